"""What pyiqa says of its metrics, read without importing it, and PyTorch with it.

Its table of metrics is a file of its own that imports nothing heavy; that file alone is run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from math import inf
from pathlib import Path
from typing import Any

from sim_bench.errors import ModelError, UnknownNameError
from sim_bench.quality_assessment.choice import Direction

_TABLE = "default_model_configs.py"
_NOT_OF_ONE_PHOTO = {
    "fid": "compares two sets of pictures",
    "sfid": "compares two sets of pictures",
    "fid_dinov2": "compares two sets of pictures",
    "inception_score": "judges a set of pictures",
    "clipscore": "compares a picture with a caption",
}
"""Metrics that pyiqa lists as no-reference ones."""


@dataclass(frozen=True, slots=True)
class MetricFacts:
    """What pyiqa says of a metric.

    Attributes:
        direction: Whether larger or smaller scores are better.
        score_range: Bounds that it states as firm; infinite where it calls them rough or none.
    """

    direction: Direction
    score_range: tuple[float, float]


def is_installed() -> bool:
    """Whether pyiqa could be imported; it is not."""
    return find_spec("pyiqa") is not None


def metric_facts(metric: str) -> MetricFacts:
    """Look a metric up in the table of the pyiqa that is installed.

    Raises:
        UnknownNameError: There is no such metric.
        ValueError: It needs more than one photo.
        ModelError: This pyiqa has no such table.
    """
    table = _metrics()
    if metric not in table:
        known = {name for name, one in table.items() if one.get("metric_mode") == "NR"}
        raise UnknownNameError("metric of pyiqa", metric, known - set(_NOT_OF_ONE_PHOTO))
    facts = table[metric]
    what = _NOT_OF_ONE_PHOTO.get(metric)
    if facts.get("metric_mode") != "NR":
        what = "compares a photo with a reference photo"
    if what:
        raise ValueError(
            f"pyiqa's metric {metric!r} {what}, so it cannot judge photos by themselves; choose "
            "another one of pyiqa.list_models('NR')."
        )
    direction: Direction = "lower" if facts.get("lower_better") else "higher"
    return MetricFacts(direction, stated_range(str(facts.get("score_range", ""))))


def stated_range(text: str) -> tuple[float, float]:
    """Read bounds as pyiqa writes them: in "0, ~1" the 0 is firm and the 1 is not."""
    bounds = [_firm(one) for one in text.split(",")]
    if len(bounds) != 2:
        return -inf, inf
    low, high = bounds
    return -inf if low is None else low, inf if high is None else high


def _firm(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _metrics() -> Mapping[str, Mapping[str, Any]]:
    spec = find_spec("pyiqa")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return _read(Path(folders[0], _TABLE) if folders else Path(_TABLE))


@cache
def _read(path: Path) -> Mapping[str, Mapping[str, Any]]:
    spec = spec_from_file_location("sim_bench_pyiqa_table", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ModelError(
            f"The pyiqa that is installed has no table of its metrics in {path}. Install one that "
            "has it: pip install 'sim-bench[pyiqa]'"
        )
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    table: Mapping[str, Mapping[str, Any]] = module.DEFAULT_CONFIGS
    return table
