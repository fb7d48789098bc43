import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim_bench.encoders import openvino_cpu
from sim_bench.encoders.openvino_runtime import ov


def by_openvino():
    return "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def test_the_flags_say_what_openvino_says():
    assert openvino_cpu.supports_bf16() == by_openvino()


@pytest.mark.parametrize("content", [None, "Features\t: fp asimd bf16\n"])
def test_without_flags_openvino_is_asked(content, tmp_path, monkeypatch):
    path = tmp_path / "cpuinfo"
    if content is not None:
        path.write_text(content)
    monkeypatch.setattr(openvino_cpu, "CPUINFO", path)
    assert openvino_cpu.supports_bf16() == by_openvino()


@pytest.mark.parametrize(("flags", "expected"), [("avx2 amx_bf16", True), ("avx512f", False)])
def test_flags_decide(flags, expected, tmp_path, monkeypatch):
    path: Path = tmp_path / "cpuinfo"
    path.write_text(f"processor\t: 0\nflags\t\t: fpu {flags} sse2\n\nprocessor\t: 1\n")
    monkeypatch.setattr(openvino_cpu, "CPUINFO", path)
    assert openvino_cpu.supports_bf16() is expected


def test_nothing_is_reported_to_anybody(tmp_path):
    """Importing OpenVINO as it comes sends an event and leaves an identifier in the home folder."""
    code = (
        "from sim_bench.encoders.load import load_encoder; load_encoder('embedded')"
        ".encode_texts(['a photo']); import sys; assert sys.modules['openvino_telemetry'] is None"
    )
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert {path.name for path in tmp_path.iterdir()} <= {"cache"}
