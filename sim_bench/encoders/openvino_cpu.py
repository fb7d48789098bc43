"""What the CPU can do, told without loading OpenVINO where the system says it."""

import re
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
_BF16 = {"avx512_bf16", "amx_bf16"}  # either is enough for OpenVINO to compute in bf16


def supports_bf16() -> bool:
    """Whether the CPU multiplies in bf16: by its flags on Linux, else as OpenVINO says."""
    flags = _flags()
    if flags is not None:
        return bool(_BF16 & flags)
    from sim_bench.encoders.openvino_runtime import ov

    return "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def _flags() -> set[str] | None:
    """The flags of the first x86 core; None where the system does not list them."""
    try:
        text = CPUINFO.read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"^flags\s*:(.*)$", text, re.MULTILINE)
    return set(found[1].split()) if found else None
