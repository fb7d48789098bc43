"""What a run was made with, so that another can tell whether it is the same."""

import os
import platform
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim_bench import __version__
from sim_bench.encoders.base import Encoder
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor

_PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "scikit-learn",
    "pillow",
    "openvino",
    "open-clip-torch",
    "torch",
)


def manifest(
    *,
    digest: str,
    methods: Mapping[str, QualityAssessor],
    label_files: Mapping[str, Iterable[Path]],
    seeds: Mapping[str, int],
) -> dict[str, Any]:
    """Describe the software, the weights, the data and the machine of a run.

    Args:
        digest: Of the configuration as resolved.
        methods: Those that ran, by name.
        label_files: Files of labels and of recorded scores, by data set.
        seeds: Every seed, by what it decides.
    """
    return {
        "sim_bench": __version__,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "configuration": digest,
        "python": sys.version.split()[0],
        "packages": {name: found for name in _PACKAGES if (found := _version(name))},
        "methods": {name: fingerprint_of(method) for name, method in methods.items()},
        "datasets": {
            name: {str(path): digest_of(path) for path in paths}
            for name, paths in label_files.items()
        },
        "seeds": dict(seeds),
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "processor": _processor(),
            "cores": os.cpu_count(),
        },
    }


def fingerprint_of(method: QualityAssessor) -> str:
    """Name all that a method's scores depend on: weights, preprocessing, settings."""
    if members := method.members():
        made_of = "; ".join(f"{name}: {fingerprint_of(one)}" for name, one in members.items())
        return f"{method.fingerprint or repr(method)} of {made_of}"
    if isinstance(method, VectorBasedAssessor):
        encoder = method.encoder
        over = [encoder.name, encoder.fingerprint]
        over += [encoder.text_fingerprint] if isinstance(encoder, Encoder) else []
        return f"{method!r} over {', '.join(over)}"
    return method.fingerprint or repr(method)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        digest = sha256()
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        platform.processor(),
    )
