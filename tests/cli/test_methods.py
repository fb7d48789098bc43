"""`sim-bench methods` lists every method of the table."""

from sim_bench.registry import METHODS


def test_every_method_is_listed_with_whether_it_can_run(run):
    result = run("methods")
    assert result.exit_code == 0
    rows = result.stdout.split("\n\n")[0].splitlines()[1:]
    assert [row.split()[0] for row in rows] == list(METHODS)
    assert "-1 to 1" in rows[0]
    assert all(row.endswith("yes") for row in rows if "rule-based" in row)


def test_a_method_that_lacks_something_says_what(run, monkeypatch):
    monkeypatch.setattr(
        "sim_bench.encoders.load.what_is_missing", lambda *a, **k: "The weights are not here."
    )
    result = run("methods")
    assert result.stdout.splitlines()[1].endswith("no")
    assert "\nclip_aesthetic: The weights are not here.\n" in result.stdout
