"""`sim-bench methods` lists every method of the table."""

from sim_bench.registry import METHODS, method_class


def test_every_method_is_listed_with_whether_it_can_run(run):
    result = run("methods")
    assert result.exit_code == 0
    rows = result.stdout.split("\n\n")[0].splitlines()[1:]
    assert [row.split()[0] for row in rows] == list(METHODS)
    assert "-1 to 1" in rows[0]
    for row in rows:
        rule_based = method_class(row.split()[0]).kind == "rule-based"
        assert row.endswith("none needed") == rule_based
        assert rule_based or row.endswith(("ready", "missing"))


def test_every_learned_method_says_what_it_was_trained_on_and_whether_it_can_run(run):
    said = run("methods").stdout.split("\n\n")[1:]
    learned = [name for name in METHODS if method_class(name).kind == "learned"]
    assert [note.splitlines()[0] for note in said] == learned
    assert all(note.splitlines()[1].startswith("  Trained on: ") for note in said)


def test_a_method_that_lacks_something_says_what(run, monkeypatch):
    monkeypatch.setattr(
        "sim_bench.encoders.load.what_is_missing", lambda *a, **k: "The weights are not here."
    )
    result = run("methods")
    assert result.stdout.splitlines()[1].endswith("missing")
    assert "\n  The weights are not here.\n" in result.stdout


def test_listing_loads_no_weights(run, monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("loaded")

    monkeypatch.setattr("sim_bench.encoders.load.load_encoder", refuse)
    assert run("methods").exit_code == 0


def test_a_method_that_lacks_nothing_is_not_said_to_be_sound(run, monkeypatch):
    monkeypatch.setattr("sim_bench.encoders.load.what_is_missing", lambda *a, **k: None)
    result = run("methods")
    assert result.stdout.splitlines()[1].endswith("ready")
    assert "\n  Nothing is missing; `sim-bench models doctor` reads weights" in result.stdout
