import io
import sys

from sim_bench.weights.progress import bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_a_bar_and_nothing_else_does(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with bar("weights [of] mine") as progress:
        assert progress is None
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "120")
    with bar("weights [of] mine") as progress:
        progress(500_000, 1_000_000)
    assert "weights [of] mine" in terminal.getvalue()
    assert "0.5/1.0 MB" in terminal.getvalue()
