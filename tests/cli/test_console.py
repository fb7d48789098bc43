"""What commands share: progress on a terminal, errors and warnings as lines."""

import io
import warnings

import pandas as pd
import pytest

from sim_bench.cli.console import one_line_errors, show, track
from sim_bench.errors import ConfigError


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_shows_count_and_rate_on_a_terminal(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr("sim_bench.cli.console._TICK", 0.0)
    assert list(track(range(7), total=7)) == list(range(7))
    assert "7/7" in terminal.getvalue()
    assert "photos/s" in terminal.getvalue()


def test_no_progress_in_a_pipe(capsys):
    assert list(track(range(7), total=7)) == list(range(7))
    assert capsys.readouterr().err == ""


def test_foreseen_errors_are_one_line(capsys):
    with pytest.raises(SystemExit) as stop, one_line_errors():
        raise ConfigError("x.yaml: methods: missing")
    assert stop.value.code == 1
    assert capsys.readouterr().err == "error: x.yaml: methods: missing\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(36, "File name too long", "/a/b"), "error: /a/b: File name too long\n"),
        (OSError(28, "No space left on device"), "error: No space left on device\n"),
    ],
)
def test_what_the_system_refuses_is_one_line(capsys, error, said):
    with pytest.raises(SystemExit) as stop, one_line_errors():
        raise error
    assert stop.value.code == 1
    assert capsys.readouterr().err == said


def test_an_interruption_has_the_usual_status(capsys):
    with pytest.raises(SystemExit) as stop, one_line_errors():
        raise KeyboardInterrupt
    assert stop.value.code == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_bugs_are_not_hidden():
    with pytest.raises(ZeroDivisionError), one_line_errors():
        _ = 1 / 0


def test_warnings_for_people_are_notes_and_those_for_developers_are_left_out(capsys):
    with one_line_errors():
        warnings.warn("two prompts are the same", UserWarning, stacklevel=1)
        warnings.warn("old name", DeprecationWarning, stacklevel=1)
    assert capsys.readouterr().err == "note: two prompts are the same\n"


def test_tables_are_never_cut(capsys):
    show(pd.DataFrame({"image": ["x" * 300] * 200, "score": [0.5, float("nan")] * 100}))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 201
    assert all("x" * 300 in line for line in lines[1:])
    assert lines[2].endswith("-")
