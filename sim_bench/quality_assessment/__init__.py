"""Methods that give a photo a score and reasons, and the run of many photos through them."""

from importlib import import_module
from typing import Any

from sim_bench.registry import METHODS

_CLASSES = {target.partition(":")[2]: target.partition(":")[0] for target in METHODS.values()}
_CLASSES["QualityAssessor"] = "sim_bench.quality_assessment.base"

__all__ = list(_CLASSES)


def __getattr__(name: str) -> Any:
    if name not in _CLASSES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_CLASSES[name]), name)
