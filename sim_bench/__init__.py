"""sim-bench: which of these photos is the best, and why?

Public names are resolved when first used, so `import sim_bench` loads nothing heavy.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "CLIPAestheticAssessor": "sim_bench.quality_assessment.clip_aesthetic",
    "Encoder": "sim_bench.encoders.base",
    "Explanation": "sim_bench.quality_assessment.base",
    "ImageError": "sim_bench.errors",
    "METHODS": "sim_bench.registry",
    "Picture": "sim_bench.images.picture",
    "PromptSet": "sim_bench.quality_assessment.prompts",
    "QualityAssessor": "sim_bench.quality_assessment.base",
    "Reason": "sim_bench.quality_assessment.base",
    "SimBenchError": "sim_bench.errors",
    "degrade": "sim_bench.images.degrade",
    "discover": "sim_bench.images.discover",
    "load_encoder": "sim_bench.encoders.load",
    "load_prompts": "sim_bench.quality_assessment.prompts",
    "method_class": "sim_bench.registry",
    "read_picture": "sim_bench.images.decode",
    "score_stream": "sim_bench.quality_assessment.run",
    "score_table": "sim_bench.quality_assessment.run",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'sim_bench' has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
