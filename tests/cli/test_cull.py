"""`sim-bench cull`: groups, verdicts, and what goes out to other tools."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sim_bench.images.degrade import degrade
from tests.quality_assessment.samples import scene

EXIF, TAKEN, SUBSECOND = 0x8769, 0x9003, 0x9291


def save(rgb, path, taken, subsecond):
    exif = Image.Exif()
    exif.get_ifd(EXIF).update({TAKEN: taken, SUBSECOND: subsecond})
    Image.fromarray(rgb).save(path, quality=95, exif=exif)


@pytest.fixture
def card(scratch):
    """Three bursts of three frames, the second and third blurred, and a file that is no photo."""
    folder = scratch / "card"
    folder.mkdir()
    for k in range(3):
        whole = np.asarray(Image.fromarray(scene(260, 340, 20 + k)).resize((340, 260)))
        for j in range(3):
            frame = whole[10 + j : 250 + j, 10 - j : 330 - j]
            frame = frame if j == 0 else degrade(frame, "defocus", 2.0 + j)
            taken = f"2026:05:01 10:{10 * k:02}:00"
            save(frame, folder / f"IMG_{10 * k + j:04}.JPG", taken, f"{20 * j:02}")
    (folder / "IMG_0099.JPG").write_bytes(b"no photo")
    return folder


@pytest.fixture
def culled(run, card):
    result = run("cull", card, "--method", "sharpness", "--output", "picks.csv")
    assert result.exit_code == 3, result.output
    return pd.read_csv("picks.csv")


def test_one_row_per_photo_with_a_pick_in_each_burst(culled, card):
    columns = ["path", "group", "verdict", "rank", "win_probability", "reason", "sharpness"]
    assert list(culled.columns) == columns
    assert sorted(culled["path"]) == sorted(map(str, card.iterdir()))
    verdicts = {Path(row.path).name: row.verdict for row in culled.itertuples()}
    assert verdicts["IMG_0099.JPG"] == "unscored"
    for k in range(3):
        assert verdicts[f"IMG_{10 * k:04}.JPG"] == "pick"
        assert verdicts[f"IMG_{10 * k + 2:04}.JPG"] == "reject"
    assert culled["reason"].notna().all()


def test_the_table_on_the_screen_has_groups_and_totals(run, card):
    result = run("cull", card, "--method", "sharpness")
    assert "10 photos in 4 groups: 3 burst, 1 single" in result.stdout
    assert "3 pick" in result.stdout
    assert "IMG_0000.JPG" in result.stdout
    assert "IMG_0099.JPG: is " in result.stderr


def test_json_has_null_where_there_is_no_number(run, card):
    run("cull", card, "--method", "sharpness", "--output", "picks.json")
    rows = json.loads(Path("picks.json").read_text())
    [broken] = [row for row in rows if row["path"].endswith("IMG_0099.JPG")]
    assert broken["sharpness"] is None
    assert broken["win_probability"] is None


def test_sidecars_are_planned_then_written_then_taken_back(run, card):
    asked = ("cull", card, "--method", "sharpness", "--xmp", "adobe", "--output", "picks.csv")
    before = sorted(card.iterdir())
    planned = run(*asked)
    assert "nothing written" in planned.stdout
    assert sorted(card.iterdir()) == before
    run(*asked, "--apply", "--journal", "journal.jsonl")
    assert 'xmp:Rating="4"' in (card / "IMG_0000.xmp").read_text()
    assert 'xmp:Rating="-1"' in (card / "IMG_0002.xmp").read_text()
    undone = run("undo", "journal.jsonl")
    assert undone.exit_code == 0
    assert sorted(card.iterdir()) == before


def test_picks_are_copied(run, card):
    run("cull", card, "--method", "sharpness", "--copy-to", "picks", "--output", "picks.csv")
    copied = sorted(path.name for path in Path("picks").iterdir())
    assert copied == ["IMG_0000.JPG", "IMG_0010.JPG", "IMG_0020.JPG"]


def test_a_page_is_written(run, card):
    asked = ("--method", "sharpness", "--page", "card.html")
    assert "Written to card.html" in run("cull", card, *asked).stdout
    assert "IMG_0000.JPG" in Path("card.html").read_text()
    Path("card.html").unlink()
    run("report", card, "--method", "sharpness", "--output", "card.html")
    assert Path("card.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--apply"], "give --xmp too"),
        (["--copy-to", "a", "--link-to", "b"], "exclude each other"),
        (["--page", "card.pdf"], "ends in .html"),
        (["--output", "picks.xls"], ".csv"),
    ],
)
def test_wrong_usage_is_refused_before_any_work(run, card, arguments, message):
    result = run("cull", card, *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
