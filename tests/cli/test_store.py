"""`sim-bench store` and `sim-bench rescore`: what is kept, tidied, checked and asked again."""

import os
import sqlite3

import pandas as pd
import pytest

import sim_bench.encoders.load
from tests.fakes import FakeEncoder


@pytest.fixture
def settled(photos):
    """The photos, with an old time: that of a file just written is not trusted."""
    for path in photos.rglob("*.png"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    return photos


def score(run, photos, *options):
    result = run("score", photos, "--store", "kept.sqlite", *options, "--output", "scores.csv")
    assert result.exit_code == 0, result.stderr
    return result


def test_a_second_run_says_what_was_known(run, settled):
    assert "known already" not in score(run, settled).stderr
    first = pd.read_csv("scores.csv")
    assert "6 of them known already, and not decoded again" in score(run, settled).stderr
    assert pd.read_csv("scores.csv").equals(first)


def test_no_store_keeps_nothing(run, settled, scratch):
    for _ in range(2):
        result = run("score", settled, "--no-store")
        assert "known already" not in result.stderr
    assert not list(scratch.rglob("*.sqlite"))


def test_store_and_no_store_exclude_each_other(run, settled):
    result = run("score", settled, "--store", "kept.sqlite", "--no-store")
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr


def test_the_default_store_is_used_without_being_asked(run, settled, scratch):
    run("score", settled)
    assert "6 of them known already" in run("score", settled).stderr
    assert list(scratch.rglob("store.sqlite"))


def test_a_default_store_that_cannot_be_used_is_a_note(run, settled, scratch, monkeypatch):
    (scratch / "broken.sqlite").write_bytes(b"not a database at all" * 100)
    monkeypatch.setenv("SIM_BENCH_STORE", str(scratch / "broken.sqlite"))
    result = run("score", settled)
    assert result.exit_code == 0
    assert "note: going on without a store" in result.stderr
    assert "broken.sqlite" in result.stderr


def test_a_named_store_that_cannot_be_used_is_an_error(run, settled, scratch):
    (scratch / "broken.sqlite").write_bytes(b"not a database at all" * 100)
    result = run("score", settled, "--store", "broken.sqlite")
    assert "broken.sqlite" in str(result.exception)


def test_rescore_asks_another_question_without_the_photos(run, settled, scratch):
    score(run, settled)
    settled.rename(scratch / "elsewhere")
    options = ("--prompts", "technical", "--store", "kept.sqlite", "--output", "again.csv")
    result = run("rescore", *options)
    assert result.exit_code == 0, result.stderr
    assert "6 photos scored from kept.sqlite, none opened" in result.stderr
    again = pd.read_csv("again.csv").set_index("path")["clip_aesthetic"]
    (scratch / "elsewhere").rename(settled)
    fresh = run("score", settled, "--prompts", "technical", "--no-store", "--output", "fresh.csv")
    assert fresh.exit_code == 0
    expected = pd.read_csv("fresh.csv").set_index("path")["clip_aesthetic"]
    assert again[expected.index].equals(expected)


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_rescore_writes_other_formats(run, settled, scratch, suffix):
    score(run, settled)
    run("rescore", "--store", "kept.sqlite", "--output", f"again.{suffix}")
    read = {"parquet": pd.read_parquet, "jsonl": lambda p: pd.read_json(p, lines=True)}[suffix]
    table = read(scratch / f"again.{suffix}")
    assert len(table) == 6
    assert table["clip_aesthetic"].notna().all()


def test_rescore_of_pixels_is_refused(run, settled):
    result = run("rescore", "--method", "sharpness", "--store", "kept.sqlite")
    assert result.exit_code == 2
    assert "looks at pixels" in result.stderr


def test_rescore_of_an_ensemble_is_refused_for_what_it_is(run, settled):
    result = run("rescore", "--method", "ensemble", "--store", "kept.sqlite")
    assert result.exit_code == 2
    assert "combines other methods" in result.stderr


def test_rescore_takes_methods_over_one_encoder_only(run, settled, monkeypatch):
    """Two encoders would need photos that have the vectors of both."""
    score(run, settled)
    load = sim_bench.encoders.load.load_encoder
    wide = FakeEncoder(dim=48)
    monkeypatch.setattr(
        sim_bench.encoders.load,
        "load_encoder",
        lambda name="embedded", *rest, **options: (
            wide if name == "ViT-B-16" else load(name, *rest, **options)
        ),
    )
    methods = ("--method", "clip_aesthetic", "--method", "iqa=clip_iqa:model_name=ViT-B-16")
    result = run("rescore", "--store", "kept.sqlite", *methods)
    assert result.exit_code == 2, result.exception
    said = " ".join(result.stderr.replace("│", "").split())
    assert "they look at different vectors: clip_aesthetic at those of" in said
    assert "iqa at those of" in said


def test_rescore_says_which_vectors_there_are(run, settled):
    score(run, settled, "--method", "clip_aesthetic", "--method", "sharpness")
    result = run("rescore", "--store", "kept.sqlite")
    assert result.exit_code == 1
    assert "holds no vectors of fake" in str(result.exception)
    assert "exact" in str(result.exception)
    assert run("rescore", "--store", "kept.sqlite", "--decode", "exact").exit_code == 0


def test_info_prune_and_verify(run, settled):
    score(run, settled, "--method", "clip_aesthetic", "--method", "contrast")
    said = run("store", "info", "--store", "kept.sqlite").stdout
    assert "6 files of 6 different contents" in said
    assert "6 vectors of 64 numbers: fake" in said
    assert "6 scores: sim_bench.quality_assessment.contrast" in said
    (settled / "0.png").unlink()
    dry = run("store", "prune", "--store", "kept.sqlite", "--dry-run").stdout
    assert "would drop 1 files, 1 contents, 2 vectors, 1 scores" in dry  # and the mirrored one
    assert "dropped 1 files" in run("store", "prune", "--store", "kept.sqlite").stdout
    assert "5 files of 5" in run("store", "info", "--store", "kept.sqlite").stdout
    result = run("store", "verify", "--store", "kept.sqlite")
    assert result.exit_code == 0
    assert "0 damaged" in result.stdout


def test_damage_is_found_and_mended(run, settled):
    score(run, settled)
    with sqlite3.connect("kept.sqlite") as raw:
        raw.execute("UPDATE vectors SET value = zeroblob(length(value)) WHERE rowid IN "
                    "(SELECT rowid FROM vectors LIMIT 1)")  # fmt: skip
    raw.close()
    result = run("store", "verify", "--store", "kept.sqlite")
    assert result.exit_code == 1
    assert "1 damaged" in result.stdout
    assert run("store", "verify", "--repair", "--store", "kept.sqlite").exit_code == 0
    assert run("store", "verify", "--store", "kept.sqlite").exit_code == 0


def test_the_way_of_decoding_is_settled_by_the_company(run, settled, asked):
    from sim_bench.cli.options import build_methods

    alone = build_methods(["clip_aesthetic"])
    beside = build_methods(["clip_aesthetic", "sharpness"])
    assert alone["clip_aesthetic"].decode == "scaled"
    assert beside["clip_aesthetic"].decode == "exact"
    assert build_methods(["clip_aesthetic"], decode="exact")["clip_aesthetic"].at_least is None


def test_what_fails_leaves_an_earlier_table_alone(run, settled, scratch, monkeypatch):
    score(run, settled)
    before = (scratch / "scores.csv").read_text()
    result = run("rescore", "--store", "empty.sqlite", "--output", "scores.csv")
    assert result.exit_code == 1
    monkeypatch.setattr("sim_bench.encoders.load.load_encoder", lambda *a, **k: 1 / 0)
    assert run("score", settled, "--no-store", "--output", "scores.csv").exit_code == 1
    assert (scratch / "scores.csv").read_text() == before
