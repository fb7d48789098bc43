"""Each script runs and says what it promises; nothing is claimed of the figures themselves.

To be quick, sides and commands run in this process; what runs in processes of its own has a test.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import bound
import memory
import model
import pytest
import rescore
import startup
import throughput
from sides import Side, in_turn
from typer.testing import CliRunner

from sim_bench.cli.app import app
from sim_bench.errors import MissingDependencyError


class SideHere:
    def __init__(self, load: Callable[..., Any], *arguments: Any, core: int | None = None) -> None:
        self.work = load(*arguments)

    def __call__(self, *arguments: Any) -> tuple[float, Any]:
        start = perf_counter()
        return perf_counter() - start + 1e-3, self.work(*arguments)

    def __enter__(self) -> "SideHere":
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (bound, model, throughput):
        monkeypatch.setattr(module, "Side", SideHere)
    for module in (rescore, startup):
        monkeypatch.setattr(module, "timed", timed_here)


def timed_here(*arguments: str | Path) -> float:
    if arguments[0] == "-m":
        done = CliRunner().invoke(app, [str(each) for each in arguments[2:]])
        assert done.exit_code == 0, done.output
    return 1e-3


def small(folder: Path) -> list[str]:
    return ["--model", "embedded", "--folder", str(folder), "--photos", "640", "--n", "2"]


def last_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["cores"] >= 1
    assert "numpy" in figures["versions"]
    return figures


def test_throughput_of_ours_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    throughput.main([*small(tmp_path), "--rounds", "1", "--peers"])
    figures = last_line(capsys)
    assert figures["ratio_open_clip_loop"] is None
    assert figures["n"] == 2


def test_throughput_says_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_: str) -> None:
        raise ImportError("No module named 'torch'")

    monkeypatch.setitem(throughput.PEERS, "open_clip_loop", absent)
    monkeypatch.setattr(throughput, "ours", lambda _: None)
    with pytest.raises(SystemExit, match=r"sim-bench\[torch\]"):
        throughput.main([*small(tmp_path), "--peers", "open_clip_loop"])


def test_bound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bound.main([*small(tmp_path), "--rounds", "1"])
    figures = last_line(capsys)
    assert figures["ratio_bound"] > 0
    assert figures["share_decode"] + figures["share_encode"] == pytest.approx(1.0, abs=2e-3)


def test_rescore(capsys: pytest.CaptureFixture[str]) -> None:
    rescore.main(["--model", "embedded", "--n", "3", "--rounds", "1"])
    figures = last_line(capsys)
    assert figures["seconds"] > 0
    assert figures["seconds_score_command"] > 0


def test_rescore_notices_an_opened_photo(tmp_path: Path) -> None:
    table = tmp_path / "scores.csv"
    table.write_text("path,score\na,1\n", encoding="utf-8")
    assert rescore.checked(0.5, table, 1) == 0.5
    with pytest.raises(SystemExit, match="1 of 2"):
        rescore.checked(0.5, table, 2)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    memory.main(["--model", "embedded", "--folder", str(tmp_path), "--sizes", "1"])
    assert 20 < last_line(capsys)["peak_mib"]["1"] < 2000


def test_startup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    startup.main(["--models", "embedded", "--folder", str(tmp_path), "--rounds", "1", "--n", "1"])
    figures = last_line(capsys)
    assert figures["ratio_second_run"] > 0
    assert {"python", "help", "import", "known, embedded"} < figures["seconds"].keys()


def double() -> Callable[[int], int]:
    return (2).__mul__


def test_a_side_is_another_process_and_times_its_turns() -> None:
    with Side(double) as side:
        seconds, result = side(21)
    assert result == 42
    assert 0 < seconds < 0.5


def lacking() -> Callable[[], None]:
    raise MissingDependencyError("exporting", "torch")


def test_what_a_side_lacks_is_said() -> None:
    with pytest.raises(ImportError, match=r"sim-bench\[torch\]"):
        Side(lacking)


def test_turns_alternate_and_give_medians() -> None:
    seen: list[str] = []
    values = iter([1.0, 10.0, 3.0, 30.0, 2.0, 20.0])

    def turn(name: str) -> Callable[[], float]:
        return lambda: seen.append(name) or next(values)

    assert in_turn({"a": turn("a"), "b": turn("b")}, 3) == {"a": 2.0, "b": 20.0}
    assert seen == ["a", "b"] * 3
