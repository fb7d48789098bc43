"""What a check says of a folder that is whole, of one that is not, and that it goes on."""

from hashlib import sha256

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sim_bench.datasets.base import Dataset, DatasetInfo, Finding, LabelFile
from sim_bench.datasets.check import check, photo_ids, verdict
from sim_bench.datasets.judgements import Opinions, Pairs
from sim_bench.datasets.ukbench import UKBench
from sim_bench.errors import DatasetError

LABELS = "a,1\nb,2\nc,3\n"


class Tiny(Dataset):
    """Three photos, a label file with a known checksum, an optional one without."""

    info = DatasetInfo(
        name="tiny",
        title="Tiny",
        shape="opinion",
        paper="none",
        licence="not stated",
        source="made here",
        splits=("test",),
        labels=(
            LabelFile(("labels.csv",), sha256=(sha256(LABELS.encode()).hexdigest(),)),
            LabelFile(("more.csv",), needed=False),
        ),
        photo_folders=("photos",),
    )

    def read(self):
        text = self.label_file().read_text()
        if "1" not in text:
            raise DatasetError(f"{self.label_file()}, line 1: nonsense")
        names = ["a.jpg", "b.png", "c.jpg"][: text.count("\n")] if self.split is None else []
        table = pd.DataFrame({"image": names, "mean": range(len(names)), "group": names})
        return Opinions(table, self.photos, left_out={"d": "no vote", "e": "no vote", "f": "odd"})


@pytest.fixture
def root(tmp_path):
    (tmp_path / "labels.csv").write_text(LABELS)
    (tmp_path / "more.csv").write_text("more")
    (tmp_path / "photos").mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    for name in ["a.jpg", "b.png", "c.jpg"]:
        Image.fromarray(pixels).save(tmp_path / "photos" / name)
    return tmp_path


def states(findings):
    return [(finding.what.rpartition("/")[2], finding.state) for finding in findings]


def test_a_whole_data_set_is_complete(root):
    findings = check(Tiny(root))
    assert states(findings) == [
        ("labels.csv", "present"),
        ("more.csv", "unverified"),
        ("labels", "present"),
        ("photos", "present"),
    ]
    assert findings[2].detail == (
        "3 opinions in 3 groups, 3 photos; 3 left out: 2 no vote, first d; 1 odd, first f"
    )
    assert findings[3].detail == "3 of 3"
    assert verdict(findings) == "complete"


def test_missing_and_broken_photos_are_counted_and_the_first_are_named(root):
    (root / "photos" / "a.jpg").unlink()
    (root / "photos" / "c.jpg").write_text("<html>404</html>")
    findings = check(Tiny(root))
    assert states(findings)[3:] == [
        ("photos", "present"),
        ("photos", "missing"),
        ("photos", "broken"),
    ]
    assert findings[4].detail == "1 of 3 are not there, first a.jpg"
    assert findings[5].detail.startswith("1 of 2 cannot be read, first c.jpg is ")
    assert verdict(findings) == "incomplete"


@pytest.mark.parametrize(("content", "reason"), [(b"", "is empty"), (b"\xff\xd8\xff", "damaged")])
def test_an_empty_file_and_a_damaged_header_are_broken(root, content, reason):
    (root / "photos" / "a.jpg").write_bytes(content)
    assert reason in check(Tiny(root))[-1].detail


def test_only_a_deep_check_finds_a_photo_whose_end_is_missing(root):
    photo = root / "photos" / "a.jpg"
    photo.write_bytes(photo.read_bytes()[:1500])
    assert verdict(check(Tiny(root))) == "complete"
    findings = check(Tiny(root), deep=True)
    assert findings[-1].state == "broken"
    assert "a.jpg" in findings[-1].detail


def test_photos_that_can_all_not_be_read_are_no_use(root):
    for photo in (root / "photos").iterdir():
        photo.write_text("no photo")
    assert verdict(check(Tiny(root))) == "unusable"


def test_labels_without_photos_serve_for_recorded_scores(root):
    for photo in (root / "photos").iterdir():
        photo.unlink()
    findings = check(Tiny(root))
    assert findings[-1].detail.startswith("none is there; without photos only recorded scores")
    (root / "photos").rmdir()
    findings = check(Tiny(root))
    assert findings[-1].detail.startswith("there is no such folder; without photos")
    assert verdict(findings) == "incomplete"


def test_a_missing_label_file_says_where_to_get_it(root):
    (root / "labels.csv").unlink()
    findings = check(Tiny(root))
    assert findings[0] == Finding("labels.csv", "missing", "made here")
    assert states(findings)[1:] == [("more.csv", "unverified"), ("labels", "missing")]
    assert verdict(findings) == "unusable"


def test_a_missing_file_that_is_not_needed_leaves_it_usable(root):
    (root / "more.csv").unlink()
    assert verdict(check(Tiny(root))) == "incomplete"


def test_labels_that_cannot_be_read_are_broken_with_the_line(root):
    (root / "labels.csv").write_text("nonsense\n")
    findings = check(Tiny(root))
    assert findings[0].detail == "not a version whose checksum is known"
    assert findings[-1].state == "broken"
    assert "line 1: nonsense" in findings[-1].detail
    assert verdict(findings) == "unusable"


def test_a_split_without_labels_cannot_be_used(root):
    findings = check(Tiny(root, "test"))
    assert findings[2].state == "missing"
    assert findings[2].detail.startswith("nothing to compare with: 0 opinions")
    assert verdict(findings) == "unusable"


def test_a_data_set_without_any_labels_lacks_them(tmp_path):
    findings = check(UKBench(tmp_path))
    assert (findings[-1].what, findings[-1].state) == ("labels", "missing")
    assert "no judgement of their quality" in findings[-1].detail
    assert verdict(findings) == "unusable"


def test_without_the_folder_there_is_one_finding(tmp_path):
    findings = check(Tiny(tmp_path / "nowhere"))
    assert [finding.detail for finding in findings] == ["there is no such folder"]
    assert verdict(findings) == "unusable"


def test_photos_of_pairs_are_listed_once(tmp_path):
    table = pd.DataFrame({"left": ["b", "a"], "right": ["a", "c"]})
    assert photo_ids(Pairs(table, tmp_path)) == ["a", "b", "c"]
