"""`sim-bench score`: a row per input, exit statuses, formats."""

import io
import shutil

import pandas as pd
import pytest

from tests.fakes import FakeEncoder


def test_rows_and_columns_on_stdout(run, photos):
    result = run("score", photos, "--method", "clip_aesthetic", "--method", "sharpness")
    assert result.exit_code == 0
    table = pd.read_csv(io.StringIO(result.stdout), keep_default_na=False)
    assert list(table.columns) == [
        "path", "status", "reason", "width", "height", "clip_aesthetic", "sharpness",
    ]  # fmt: skip
    assert table["path"].tolist() == [
        *(str(photos / f"{k}.png") for k in range(5)),
        str(photos / "more" / "é 5.png"),
    ]
    assert set(table["width"]) == {48}
    assert table["clip_aesthetic"].between(-1, 1).all()
    assert "6 photos: 6 scored, 0 unscored" in result.stderr
    assert "passed over 1 .txt" in result.stderr
    assert "clip_aesthetic: fake" in result.stderr


def test_unscored_rows_have_a_reason_and_exit_status_3(run, photos):
    (photos / "empty.jpg").touch()
    result = run("score", photos, photos / "absent.jpg", "--method", "sharpness")
    assert result.exit_code == 3
    table = pd.read_csv(io.StringIO(result.stdout))
    unscored = table[table["status"] == "unscored"]
    assert [path.rsplit("/")[-1] for path in unscored["path"]] == ["empty.jpg", "absent.jpg"]
    assert unscored["reason"].notna().all()
    assert "8 photos: 6 scored, 2 unscored" in result.stderr


@pytest.mark.parametrize(
    ("suffix", "read"),
    [
        ("csv", pd.read_csv),
        ("parquet", pd.read_parquet),
        ("jsonl", lambda path: pd.read_json(path, lines=True)),
    ],
)
def test_output_files(run, photos, scratch, suffix, read):
    target = scratch / "out" / f"scores.{suffix}"
    result = run("score", photos, "--method", "sharpness", "--output", target)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert f"written to {target}" in result.stderr
    assert read(target)["sharpness"].between(0, 1).all()


def test_a_table_of_paths(run, photos, scratch):
    (scratch / "list.csv").write_text("name,path\na,photos/1.png\nb,photos/3.png\n")
    result = run("score", "list.csv", "--method", "contrast")
    assert result.exit_code == 0
    assert len(pd.read_csv(io.StringIO(result.stdout))) == 2


def test_options_reach_the_model(run, photos, asked, scratch):
    (scratch / "mine.yaml").write_text("positive_attributes: [golden light]")
    result = run(
        "score", photos, "--model", "ViT-L-14", "--pretrained", "openai", "--device", "cpu",
        "--precision", "f32", "--prompts", "mine.yaml", "--aggregation", "mean",
    )  # fmt: skip
    assert result.exit_code == 0
    assert asked == [("ViT-L-14", "openai", {"device": "cpu", "precision": "f32"})]


def test_the_model_is_the_notes_unless_another_is_named(run, photos, asked):
    run("score", photos)
    assert [name for name, _, _ in asked] == ["ViT-B-32"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output", "scores.xlsx"], "must be one of .csv"),
        (["--method", "sharpness", "--prompts", "clip_iqa"], "means nothing to sharpness"),
        (["--aggregation", "median"], "median"),
        ([], "PATHS"),
    ],
)
def test_wrong_usage_is_status_2(run, photos, arguments, message):
    result = run("score", *([photos] if arguments else []), *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_copy_scores_the_same_whatever_lies_beside_it(run, photos, scratch):
    alone = scratch / "alone"
    alone.mkdir()
    shutil.copy(photos / "3.png", alone / "3.png")
    both = [
        pd.read_csv(io.StringIO(run("score", folder).stdout)).set_index("path")["clip_aesthetic"]
        for folder in (photos, alone)
    ]
    assert both[0][str(photos / "3.png")] == pytest.approx(both[1].iloc[0], abs=1e-9)


def test_what_was_met_while_reading_is_noted(run, scratch):
    from PIL import Image

    Image.new("RGBA", (20, 20), (200, 10, 10, 99)).save(scratch / "glass.png")
    result = run("score", "glass.png", "--method", "contrast")
    assert "note: transparent parts laid over mid-grey" in result.stderr
    assert "(1 photos, the first glass.png)" in result.stderr


def test_long_prompts_and_images_are_encoded_once(run, photos, monkeypatch):
    encoder = FakeEncoder(dim=64)
    monkeypatch.setattr("sim_bench.encoders.load.load_encoder", lambda *a, **k: encoder)
    run("score", photos)
    assert encoder.texts_encoded == 13


def test_an_interruption_keeps_what_is_done_and_says_how_much(run, photos, scratch, monkeypatch):
    from sim_bench.quality_assessment import run as runs

    whole = runs.score_stream

    def interrupted(paths, methods, **options):
        for number, record in enumerate(whole(paths, methods, **options)):
            if number == 4:
                raise KeyboardInterrupt
            yield record

    monkeypatch.setattr(runs, "score_stream", interrupted)
    result = run("score", photos, "--method", "contrast", "--output", "out.csv")
    assert result.exit_code == 130
    assert "interrupted: 4 of 6 rows are in out.csv; the same command goes on" in result.stderr
    assert len(pd.read_csv("out.csv")) == 4
