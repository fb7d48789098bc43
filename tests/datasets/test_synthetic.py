"""A folder of photos as a benchmark: what is compared, what is written, what is written again."""

import numpy as np
import pytest
from PIL import Image

from sim_bench.datasets import damaged
from sim_bench.datasets.check import check, verdict
from sim_bench.datasets.damaged import UNDAMAGED
from sim_bench.datasets.synthetic import Synthetic
from sim_bench.errors import DataMissingError, DatasetError, DiscoveryError
from sim_bench.images.degrade import degrade

DEFECTS = ["defocus", "jpeg", "tilt"]


@pytest.fixture
def root(tmp_path):
    """Two photos, one of them deeper and larger, and a file that is none."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name, size in [("a.png", (32, 48, 3)), ("more/b.jpg", (60, 120, 3))]:
        Image.fromarray(rng.integers(0, 256, size, dtype=np.uint8)).save(folder / name)
    (folder / "broken.jpg").write_bytes(b"")
    return folder


@pytest.fixture
def make(root, tmp_path):
    def of(**options):
        return Synthetic(root, **{"defects": DEFECTS, "output": tmp_path / "out", **options})

    return of


def pixels_of(path):
    with Image.open(path) as image:
        return np.asarray(image).astype(int)


def winner(row):
    return row.left if row.wins == 1 else row.right


def loser(row):
    return row.right if row.wins == 1 else row.left


def test_a_photo_beats_its_damage_and_milder_beats_stronger_of_the_same_kind(make):
    table = make(defects=["jpeg"]).read().table
    of_a = table[table["burst"] == "a.png"]
    assert {(winner(row), loser(row), row.severity) for row in of_a.itertuples()} == {
        ("a.png/undamaged.jpg", "a.png/jpeg-30.0.jpg", "undamaged over mild"),
        ("a.png/undamaged.jpg", "a.png/jpeg-6.0.jpg", "undamaged over strong"),
        ("a.png/jpeg-30.0.jpg", "a.png/jpeg-6.0.jpg", "mild over strong"),
    }


def test_kinds_and_photos_are_not_compared_with_each_other(make):
    found = make().read()
    assert len(found.table) == 2 * 3 * 3  # photos, kinds, pairs of three versions
    for row in found.table.itertuples():
        assert row.left.rpartition("/")[0] == row.right.rpartition("/")[0] == row.burst
        kinds = {side.rpartition("/")[2].partition("-")[0] for side in (row.left, row.right)}
        assert kinds - {UNDAMAGED} == {row.defect}
    assert found.table["pair"].is_unique
    assert set(found.table["votes"]) == {1}
    assert found.counted is False
    assert found.attributes == ("defect", "severity")


def test_neither_side_is_the_better_one_as_a_rule(make):
    """Of 18 fair tosses, 4 to 14 fall on one side in 99.8 % of cases; these always fall alike."""
    table = make().read().table
    assert 4 <= table["wins"].sum() <= 14
    assert list(make().read().table["left"]) == list(table["left"])


def test_a_photo_that_cannot_be_read_is_left_out_with_the_reason(make):
    assert make().read().left_out == {"broken.jpg": "is empty (0 bytes)"}


def test_every_photo_of_the_labels_is_written(make, tmp_path):
    findings = check(make(), deep=True)
    assert findings[-1].detail == "14 of 14"  # two photos, each undamaged and with 3 x 2 damages
    assert verdict(findings) == "complete"


def test_the_damage_is_that_of_degrade_up_to_the_jpeg(make, root, tmp_path):
    """Saving at quality 95 moves flat grey by a level at most, and noise by a few on average."""
    make(defects=["low_contrast"], severities={"low_contrast": [0.0]}).read()
    folder = tmp_path / "out" / "a.png"
    rgb = pixels_of(root / "a.png").astype(np.uint8)
    grey = pixels_of(folder / "low_contrast-0.0.jpg")
    assert np.abs(grey - degrade(rgb, "low_contrast", 0.0)).max() <= 1
    assert np.abs(pixels_of(folder / UNDAMAGED) - rgb).mean() < 6


def test_larger_photos_are_reduced_first(make, tmp_path):
    photo = tmp_path / "out" / "more" / "b.jpg" / UNDAMAGED
    make(side=40).read()
    assert pixels_of(photo).shape == (20, 40, 3)
    make(side=None).read()
    assert pixels_of(photo).shape == (60, 120, 3)


def test_damage_that_changes_nothing_gives_no_answer(make):
    found = make(defects=["defocus"], severities={"defocus": [0.0, 6.0]}).read()
    reasons = {pair: reason for pair, reason in found.left_out.items() if pair != "broken.jpg"}
    assert reasons == {
        "a.png:defocus:undamaged>0 px": "the damage changes nothing",
        "more/b.jpg:defocus:undamaged>0 px": "the damage changes nothing",
    }
    assert len(found.table) == 4


def test_bursts_have_a_known_best(make):
    found = make(mode="bursts").read()
    assert found.series
    of_a = found.table[found.table["group"] == "a.png"]
    assert dict(zip(of_a["image"], of_a["mean"], strict=True)) == {
        "a.png/undamaged.jpg": 1,
        "a.png/defocus-6.0.jpg": 0,
        "a.png/jpeg-6.0.jpg": 0,
        "a.png/tilt-15.0.jpg": 0,
    }
    assert list(of_a["defect"]) == ["none", "defocus", "jpeg", "tilt"]
    assert found.left_out == {"broken.jpg": "is empty (0 bytes)"}


def test_bursts_leave_out_damage_that_changes_nothing(make):
    found = make(mode="bursts", severities={kind: [0.0] for kind in ["defocus"]}, defects=None)
    assert list(found.read().table["defect"]) == ["none", "none"]


def bytes_below(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*.jpg")
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_files_and_another_seed_others(make, tmp_path):
    kinds = ["gaussian_noise"]
    for name, seed in [("one", 0), ("two", 0), ("three", 1)]:
        make(defects=kinds, seed=seed, output=tmp_path / name).read()
    one, two, three = (bytes_below(tmp_path / name) for name in ["one", "two", "three"])
    assert one == two
    assert {str(path) for path in one if one[path] != three[path]} == {
        f"{photo}/gaussian_noise-{sigma}.jpg"
        for photo in ["a.png", "more/b.jpg"]
        for sigma in ["8.0", "35.0"]
    }


def test_files_made_before_are_used_again(make, monkeypatch):
    make().read()
    monkeypatch.setattr(damaged, "degrade", None)  # would raise if it were called
    assert len(make().read().table) == 18


@pytest.mark.parametrize("harm", ["unlink", "cut", "marker"])
def test_what_is_missing_or_cut_short_is_made_again(make, tmp_path, harm):
    make().read()
    folder = tmp_path / "out" / "a.png"
    whole = bytes_below(folder)
    victim = folder / (".made.json" if harm == "marker" else "jpeg-6.0.jpg")
    if harm == "unlink":
        victim.unlink()
    else:
        victim.write_bytes(victim.read_bytes()[:20])
    make().read()
    assert bytes_below(folder) == whole


def test_a_changed_photo_is_damaged_anew(make, root, tmp_path):
    make().read()
    before = bytes_below(tmp_path / "out" / "a.png")
    Image.fromarray(np.zeros((32, 48, 3), np.uint8)).save(root / "a.png")
    make().read()
    after = bytes_below(tmp_path / "out" / "a.png")
    assert all(after[name] != before[name] for name in before)


@pytest.mark.parametrize("other", [{"seed": 1}, {"side": 40}])
def test_other_parameters_into_the_same_folder_are_made_anew(make, tmp_path, other):
    make(defects=["gaussian_noise"]).read()
    before = bytes_below(tmp_path / "out" / "more" / "b.jpg")
    make(defects=["gaussian_noise"], **other).read()
    after = bytes_below(tmp_path / "out" / "more" / "b.jpg")
    assert any(after[name] != before[name] for name in before)


def test_no_half_written_file_is_left(make, tmp_path):
    make().read()
    hidden = [path.name for path in (tmp_path / "out").rglob(".*")]
    assert set(hidden) == {".made.json"}


def test_without_an_output_the_files_are_in_the_cache_by_what_was_asked(root, tmp_path):
    plain, other = Synthetic(root), Synthetic(root, seed=1)
    assert plain.photos.parent == tmp_path / "default-store" / "synthetic"
    assert plain.photos != other.photos
    assert plain.photos == Synthetic(root).photos


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "series"}, "mode must be 'pairs' or 'bursts'. Got 'series'"),
        ({"side": 8}, "side must be 16 or more"),
        ({"defects": ["blur"]}, "No defect 'blur'"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(make, options, message):
    with pytest.raises(ValueError, match=message):
        make(**options)


def test_an_output_among_the_photos_is_refused(make, root):
    with pytest.raises(ValueError, match="damaged photos would be damaged again"):
        make(output=root / "damaged")


def test_a_folder_that_is_missing_or_empty_is_an_error(tmp_path):
    with pytest.raises(DataMissingError, match="is not a folder"):
        Synthetic(tmp_path / "nowhere").read()
    (tmp_path / "empty").mkdir()
    with pytest.raises(DiscoveryError):
        Synthetic(tmp_path / "empty").read()


def test_an_output_that_cannot_be_written_names_the_parameter(make, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DatasetError, match="give another folder as `output`"):
        make(output=tmp_path / "file").read()
