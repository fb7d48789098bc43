"""Upkeep: counts by hand, what goes when photos are gone, and what must stay."""

import numpy as np
import pytest

from sim_bench.errors import UnknownNameError
from sim_bench.store.connection import PAGE
from sim_bench.store.prune import DROPS
from sim_bench.store.store import Store
from sim_bench.store.upkeep import Pruned, info, prune, verify
from tests.store.made import ASSESSOR, DIM, ENCODER, entry, file, vector


@pytest.fixture
def photos(store, tmp_path):
    """Six photos in two folders, one of them twice, known to the store."""
    paths = [tmp_path / "photos" / folder / f"{n}.jpg" for folder in "ab" for n in range(3)]
    for number, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        store.add([entry(number, file=(str(path), 1, 2))])
    (content,) = store.find_files([(str(paths[0]), 1, 2)])
    copy = paths[0].with_name("copy.jpg")
    copy.touch()
    store.link([(str(copy), 1, 2, content.id)])
    return paths


def known(store, paths):
    return [content is not None for content in store.find_files([(str(p), 1, 2) for p in paths])]


def test_info_counts_everything(store, photos):
    store.name_encoder(ENCODER, "a name")
    store.add_texts("for texts only", {"a": vector(1, 5), "b": vector(2, 5)})
    store.add([entry(9, file=None, vectors={}, scores={"other": float("nan")})])
    found = info(store)
    assert (found.path, found.files, found.contents, found.texts) == (store.path, 7, 7, 2)
    assert found.bytes == sum(one.stat().st_size for one in store.path.parent.glob("store.sqlite*"))
    encoders = [(e.fingerprint, e.name, e.dim, e.vectors, e.texts) for e in found.encoders]
    assert encoders == [(ENCODER, "a name", DIM, 6, 0), ("for texts only", "", 5, 0, 2)]
    assert [(a.fingerprint, a.scores) for a in found.assessors] == [(ASSESSOR, 6), ("other", 1)]


def test_a_name_can_be_told_before_and_after_and_again(store):
    for name in ("first", "second"):
        store.name_encoder(ENCODER, name)
        store.add([entry(1)])
        assert [one.name for one in info(store).encoders] == [name]


def test_an_empty_store_has_nothing(store):
    found = info(store)
    assert (found.files, found.contents, found.encoders, found.assessors) == (0, 0, (), ())
    assert prune(store) == Pruned(0, 0, 0, 0, 0, 0, 0)
    assert verify(store).sound


def test_prune_drops_what_is_gone_and_keeps_the_rest(store, photos):
    photos[0].unlink()  # its copy stays
    photos[1].unlink()
    expected = Pruned(files=2, folders=0, contents=1, encoders=0, vectors=1, scores=1, texts=0)
    assert prune(store, dry_run=True) == expected
    assert known(store, photos) == [True] * 6
    assert prune(store) == expected
    assert known(store, photos) == [False, False, True, True, True, True]
    assert prune(store) == Pruned(0, 0, 0, 0, 0, 0, 0)
    found = verify(store)
    assert found.sound
    assert found.orphans == 0


def test_what_no_file_holds_is_found_through_the_index(store):
    """Without it, pruning takes the square of the number of photos."""
    query = f"EXPLAIN QUERY PLAN DELETE FROM contents WHERE {DROPS['contents']}"
    plan = b" ".join(row[3] for row in store.database.connection.execute(query))
    assert b"SEARCH files USING COVERING INDEX files_by_content (content=?)" in plan


def test_photos_of_a_missing_folder_stay_unless_told_otherwise(store, photos):
    for path in photos[:3]:
        path.unlink()
    photos[0].with_name("copy.jpg").unlink()
    photos[0].parent.rmdir()
    assert prune(store) == Pruned(0, 0, 0, 0, 0, 0, 0)
    dropped = prune(store, include_missing_folders=True)
    assert dropped == Pruned(
        files=4, folders=1, contents=3, encoders=0, vectors=3, scores=3, texts=0
    )
    assert known(store, photos) == [False] * 3 + [True] * 3


def test_prune_drops_one_encoder(store, photos):
    store.add([entry(0, vectors={"other": vector(1)}, file=(str(photos[0]), 1, 2))])
    store.add_texts(ENCODER, {"a": vector(1)})
    dropped = prune(store, encoder=ENCODER)
    assert dropped == Pruned(
        files=0, folders=0, contents=0, encoders=1, vectors=6, scores=0, texts=1
    )
    assert [one.fingerprint for one in info(store).encoders] == ["other"]
    assert known(store, photos) == [True] * 6
    with pytest.raises(UnknownNameError, match=r"No encoder .*Known: other"):
        prune(store, encoder=ENCODER)


def test_the_number_of_a_dropped_content_is_never_given_to_another(tmp_path):
    """Otherwise who still holds the number would get another photo's vector."""
    numbers = set()
    for number in range(3):
        with Store(tmp_path / "store.sqlite") as store:
            place = (str(tmp_path / "gone.jpg"), 1, number)
            store.add([entry(number, file=place)])
            numbers.add(store.find_files([place])[0].id)
            assert prune(store).contents == 1
            assert store.vectors(list(numbers), ENCODER, DIM) == {}
    assert len(numbers) == 3


def test_prune_gives_the_space_back(store, tmp_path):
    vectors = np.random.default_rng(0).standard_normal((600, 512)).astype(np.float32)
    place = str(tmp_path / "{}.jpg")
    store.add(
        [
            entry(n, file=(place.format(n), 1, 2), vectors={ENCODER: one})
            for n, one in enumerate(vectors)
        ]
    )
    before = info(store).bytes
    assert prune(store).vectors == 600
    assert info(store).bytes < before / 2


def test_verify_counts_rows_and_orphans(store):
    store.add([entry(number) for number in range(4)])
    store.link([("/a/b.jpg", 1, 2, 1000)])
    found = verify(store)
    assert found.sound
    assert found.orphans == 1
    rows = {table.name: (table.rows, table.damaged) for table in found.tables}
    assert rows == {
        "folders": (4, 0),
        "files": (5, 0),
        "contents": (4, 0),
        "encoders": (1, 0),
        "assessors": (1, 0),
        "vectors": (4, 0),
        "scores": (4, 0),
        "texts": (0, 0),
    }
    assert "files: 5 rows, 0 damaged" in found.lines()
    assert verify(store, repair=True).orphans == 1
    assert verify(store).orphans == 0
    assert store.find_files([file(number) for number in range(4)]).count(None) == 0


def test_verify_tells_of_an_index_that_differs_and_repair_makes_it_anew(store):
    store.add([entry(number) for number in range(4)])
    query = "SELECT rootpage FROM sqlite_master WHERE name = 'files_by_content'"
    (page,) = store.database.connection.execute(query).fetchone()
    store.close()
    data = bytearray(store.path.read_bytes())
    begin = (page - 1) * PAGE
    place = data.rindex(b"IMG_0002.JPG", begin, begin + PAGE)
    data[place] ^= 1
    store.path.write_bytes(data)
    with Store(store.path) as again:
        found = verify(again)
        assert not found.sound
        assert any("files_by_content" in fault for fault in found.structure)
        assert verify(again, repair=True).repaired
        assert verify(again).sound
