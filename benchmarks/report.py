"""What a benchmark prints: one table, then one line of JSON with the machine in it."""

import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_FLAGS = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16")
_PACKAGES = (
    "numpy",
    "openvino",
    "pillow",
    "sim-bench",
    "torch",
    "open-clip-torch",
    "torchmetrics",
    "transformers",
    "pyiqa",
)


def report(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], figures: Mapping[str, Any]
) -> None:
    """Print rows under their headings, and the figures as the last line."""
    cells = [[str(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        rest = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *rest]))
    print(json.dumps({**figures, **machine()}))


def machine() -> dict[str, Any]:
    """Where and with what this was measured."""
    text = _cpuinfo()
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    flags = re.search(r"^flags\s*:(.*)$", text, re.MULTILINE)
    known = set(flags[1].split()) if flags else set()
    return {
        "cpu": model[1].strip() if model else platform.processor(),
        "cpu_flags": [flag for flag in _FLAGS if flag in known],
        "cores": cores(),
        "versions": {"python": platform.python_version(), **_versions()},
    }


def cores() -> int:
    """CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _cpuinfo() -> str:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return ""
