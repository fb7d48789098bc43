"""Runs over a store: nothing is decoded or encoded twice, and the table is the same as without."""

import os
import shutil
import sqlite3

import numpy as np
import pytest
from PIL import Image

import sim_bench.quality_assessment.photo as photo_module
from sim_bench.errors import ImageError
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.composite import CompositeAssessor
from sim_bench.quality_assessment.remarks import SAMPLE
from sim_bench.quality_assessment.run import score_stream, score_table
from sim_bench.quality_assessment.sharpness import SharpnessAssessor
from sim_bench.store.store import Store
from tests.fakes import FakeEncoder
from tests.quality_assessment.samples import scene

pytestmark = pytest.mark.filterwarnings("ignore::sim_bench.quality_assessment.remarks.RunRemark")

COUNT = 20
LONG_AGO = 1_600_000_000


def settle(path, at=LONG_AGO):
    """Give a file an old time: the time of one that was just written is not trusted."""
    os.utime(path, (at, at))


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "photos"
    root.mkdir()
    for seed in range(COUNT):
        path = root / f"{seed:02d}.png"
        Image.fromarray(scene(40, 50, seed)).save(path)
        settle(path)
    return root


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "kept.sqlite") as opened:
        yield opened


@pytest.fixture
def decoded(monkeypatch):
    """Names of the files that are decoded."""
    names = []
    real = photo_module.decode

    def decode(data, path, **options):
        names.append(path.name)
        return real(data, path, **options)

    monkeypatch.setattr(photo_module, "decode", decode)
    return names


@pytest.fixture
def read(monkeypatch):
    """Names of the files that are opened at all."""
    names = []
    real = photo_module.read_bytes

    def read_bytes(path):
        names.append(path.name)
        return real(path)

    monkeypatch.setattr(photo_module, "read_bytes", read_bytes)
    return names


def clip(encoder=None, **options):
    return CLIPAestheticAssessor(encoder=encoder or FakeEncoder(), **options)


def table(folder, methods, store=None, **options):
    paths = sorted(folder.rglob("*.*"))
    return score_table(paths, methods, store=store, **options)


def test_a_second_run_opens_nothing_and_gives_the_same_table(folder, store, read):
    encoder = FakeEncoder()
    methods = {"clip": clip(encoder), "sharpness": SharpnessAssessor()}
    first = table(folder, methods, store)
    assert encoder.images_encoded == COUNT + SAMPLE
    assert len(read) == COUNT
    second = table(folder, methods, store)
    assert encoder.images_encoded == COUNT + SAMPLE
    assert len(read) == COUNT
    assert second.equals(first)
    assert first.equals(table(folder, methods))


def test_another_process_finds_what_was_kept(folder, store, read):
    first = table(folder, {"clip": clip()}, store)
    with Store(store.path) as other:
        encoder = FakeEncoder()
        assert table(folder, {"clip": clip(encoder)}, other).equals(first)
    assert encoder.images_encoded == 0
    assert encoder.texts_encoded == 0


def test_new_prompts_open_nothing(folder, store, read):
    table(folder, {"clip": clip()}, store)
    read.clear()
    new = clip(prompts="technical", aggregation_method="mean")
    kept = table(folder, {"clip": new}, store)
    assert not read
    assert kept.equals(table(folder, {"clip": new}))


def test_moved_renamed_and_copied_photos_are_not_decoded_again(folder, store, decoded, read):
    first = table(folder, {"clip": clip(), "sharpness": SharpnessAssessor()}, store)
    decoded.clear()
    read.clear()
    (folder / "sub").mkdir()
    (folder / "00.png").rename(folder / "sub" / "moved.png")
    (folder / "01.png").rename(folder / "renamed.png")
    shutil.copy2(folder / "02.png", folder / "copied.png")
    encoder = FakeEncoder()
    methods = {"clip": clip(encoder), "sharpness": SharpnessAssessor()}
    second = table(folder, methods, store).set_index("path")
    assert not decoded
    assert encoder.images_encoded == 0
    assert sorted(read) == ["copied.png", "moved.png", "renamed.png"]
    before = first.set_index("path")
    for new, old in {"sub/moved": "00", "renamed": "01", "copied": "02"}.items():
        for column in ("clip", "sharpness"):
            found = second.loc[str(folder / f"{new}.png"), column]
            assert found == before.loc[str(folder / f"{old}.png"), column]
    read.clear()
    table(folder, methods, store)
    assert not read


def test_a_changed_photo_is_looked_at_again(folder, store, decoded):
    first = table(folder, {"clip": clip()}, store)
    decoded.clear()
    shutil.copy2(folder / "07.png", folder / "03.png")
    Image.fromarray(scene(40, 50, 99)).save(folder / "05.png")
    second = table(folder, {"clip": clip()}, store)
    assert decoded == ["05.png"]
    assert second.loc[3, "clip"] == first.loc[7, "clip"]
    assert second.loc[5, "clip"] != first.loc[5, "clip"]
    assert second.drop(index=[3, 5]).equals(first.drop(index=[3, 5]))


def test_a_photo_of_the_same_size_and_another_time_is_read_but_not_decoded(
    folder, store, decoded, read
):
    table(folder, {"clip": clip()}, store)
    decoded.clear()
    read.clear()
    settle(folder / "04.png", LONG_AGO + 1)
    table(folder, {"clip": clip()}, store)
    assert (read, decoded) == (["04.png"], [])
    read.clear()
    table(folder, {"clip": clip()}, store)
    assert not read


def test_a_file_that_was_just_written_is_read_again(folder, store, read, decoded):
    """Its time says nothing yet: it may be written once more within the clock's tick."""
    os.utime(folder / "09.png")
    table(folder, {"clip": clip()}, store)
    read.clear()
    decoded.clear()
    table(folder, {"clip": clip()}, store)
    assert (read, decoded) == (["09.png"], [])


def test_copies_within_one_run_are_decoded_once(folder, store, decoded):
    for k in range(3):
        shutil.copy2(folder / "00.png", folder / f"zz copy {k}.png")
    encoder = FakeEncoder()
    methods = {"clip": clip(encoder), "sharpness": SharpnessAssessor()}
    result = table(folder, methods, store, workers=1)
    assert len(decoded) == COUNT
    assert encoder.images_encoded == COUNT + SAMPLE
    for column in ("clip", "sharpness", "width"):
        assert result[column].iloc[-3:].tolist() == [result[column].iloc[0]] * 3
    assert (result["status"] == "scored").all()
    with Store(store.path) as other:
        states = [(str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in folder.glob("zz*")]
        assert all(other.find_files(states))


def test_copies_of_a_broken_file_share_its_reason(tmp_path, store):
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_text("no photo")
    result = score_table([tmp_path / "a.jpg", tmp_path / "b.jpg"], {"clip": clip()}, store=store)
    assert result["reason"].nunique() == 1
    assert (result["status"] == "unscored").all()


def test_a_method_added_later_decodes_but_does_not_encode_again(folder, store, decoded):
    exact = {"clip": clip(decode="exact")}
    table(folder, exact, store)
    decoded.clear()
    encoder = FakeEncoder()
    both = {"clip": clip(encoder, decode="exact"), "sharpness": SharpnessAssessor()}
    table(folder, both, store)
    assert len(decoded) == COUNT
    assert encoder.images_encoded == 0


def test_scaled_and_exact_vectors_are_kept_apart(folder, store):
    table(folder, {"clip": clip()}, store)
    encoder = FakeEncoder()
    table(folder, {"clip": clip(encoder, decode="exact")}, store)
    assert encoder.images_encoded == COUNT + SAMPLE


def test_another_encoder_shares_nothing(folder, store):
    table(folder, {"clip": clip()}, store)
    other = FakeEncoder(dim=12)
    kept = table(folder, {"clip": clip(other)}, store)
    assert other.images_encoded == COUNT + SAMPLE
    assert kept.equals(table(folder, {"clip": clip(FakeEncoder(dim=12))}))


def test_methods_over_one_encoder_encode_once(folder):
    encoder = FakeEncoder()
    methods = {name: clip(encoder, aggregation_method=name) for name in ("weighted", "mean")}
    table(folder, methods)
    assert encoder.images_encoded == COUNT + SAMPLE


def test_a_subclass_without_a_version_is_measured_every_time(folder, store, decoded):
    class Mine(SharpnessAssessor):
        def observe(self, planes):
            return {"raw": float(planes.rgb.mean())}

    assert Mine().fingerprint is None
    table(folder, {"mine": Mine()}, store)
    decoded.clear()
    table(folder, {"mine": Mine()}, store)
    assert len(decoded) == COUNT


def test_a_new_version_or_other_weights_are_measured_again(folder, store, decoded, monkeypatch):
    table(folder, {"sharpness": SharpnessAssessor(), "composite": CompositeAssessor()}, store)
    decoded.clear()
    table(folder, {"composite": CompositeAssessor({"sharpness": 1.0})}, store)
    assert len(decoded) == COUNT
    decoded.clear()
    monkeypatch.setattr(SharpnessAssessor, "version", 2)
    table(folder, {"sharpness": SharpnessAssessor()}, store)
    table(folder, {"composite": CompositeAssessor()}, store)
    assert len(decoded) == 2 * COUNT


def test_a_damaged_vector_is_computed_again_and_said(folder, store):
    first = table(folder, {"clip": clip()}, store)
    with sqlite3.connect(store.path) as raw:
        [(row, value)] = raw.execute("SELECT rowid, value FROM vectors LIMIT 1")
        raw.execute("UPDATE vectors SET value = ? WHERE rowid = ?", (b"\0" + value[1:], row))
    raw.close()
    encoder = FakeEncoder()
    with (
        Store(store.path) as other,
        pytest.warns(UserWarning, match="sim-bench store verify"),
    ):
        again = table(folder, {"clip": clip(encoder)}, other)
    assert again.equals(first)
    assert encoder.images_encoded == 2  # the photo, and its mirror image
    encoder = FakeEncoder()
    with Store(store.path) as other:
        table(folder, {"clip": clip(encoder)}, other)
    assert encoder.images_encoded == 0


def test_a_record_is_handed_out_only_when_it_is_kept(folder, store):
    stream = score_stream(sorted(folder.iterdir()), {"clip": clip()}, store=store, batch=4)
    done = [next(stream).path for _ in range(5)]
    stream.close()
    with Store(store.path) as other:
        encoder = FakeEncoder()
        score_table(done, {"clip": clip(encoder)}, store=other)
    assert encoder.images_encoded == 0


def test_unreadable_files_are_tried_again(folder, store, read):
    broken = folder / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff nothing")
    settle(broken)
    for _ in range(2):
        result = table(folder, {"clip": clip()}, store).set_index("path")
        assert result.loc[str(broken), "status"] == "unscored"
    assert read.count("broken.jpg") == 2


def test_a_photo_without_a_finite_score_is_remembered_as_such(folder, store, decoded):
    class Never(SharpnessAssessor):
        version = 1

        def score_observed(self, observed):
            return np.full(len(observed), np.nan)

    for expected in (COUNT, 0):
        decoded.clear()
        result = table(folder, {"never": Never()}, store)
        assert (result["reason"] == "no finite score by never").all()
        assert len(decoded) == expected


def test_a_known_photo_that_cannot_be_read_any_more_is_no_damage(folder, store, monkeypatch):
    """Its mirrored vector is there, its own is not, and nobody in the run says how long one is."""
    table(folder, {"clip": clip()}, store)
    with sqlite3.connect(store.path) as raw:
        raw.execute("DELETE FROM vectors WHERE id IN (SELECT id FROM vectors ORDER BY id LIMIT 1)")
    raw.close()

    def refuse(path):
        raise ImageError(path, "cannot be read")

    monkeypatch.setattr(photo_module, "read_bytes", refuse)
    result = score_table([folder / "00.png"], {"clip": clip()}, store=store)
    assert result["reason"].tolist() == ["cannot be read"]
    assert store.database.damaged == 0


@pytest.mark.parametrize("batch", [1, 3, 64])
@pytest.mark.parametrize("workers", [1, 3])
def test_neither_batch_nor_workers_change_a_bit(folder, batch, workers):
    methods = {"clip": clip(), "sharpness": SharpnessAssessor()}
    whole = table(folder, methods)
    assert table(folder, methods, batch=batch, workers=workers).equals(whole)
