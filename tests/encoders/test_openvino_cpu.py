from pathlib import Path

import openvino as ov
import pytest

from sim_bench.encoders import openvino_cpu


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
