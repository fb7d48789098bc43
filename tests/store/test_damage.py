"""What is not as it was written is noticed, told of and never given out."""

import os
import sqlite3
import warnings
from contextlib import suppress

import pytest

from sim_bench.errors import StoreError
from sim_bench.store import connection
from sim_bench.store.connection import PAGE
from sim_bench.store.store import DamagedStoreWarning, Store
from sim_bench.store.tables import APPLICATION, VERSION
from sim_bench.store.upkeep import verify
from tests.store.made import ASSESSOR, DIM, ENCODER, digest, entry, file, vector


@pytest.fixture
def path(tmp_path):
    """A store of three photos and a text."""
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        store.add([entry(number) for number in (1, 2, 3)])
        store.add_texts(ENCODER, {"a photo": vector(9)})
    return path


def change(path, statement, *given):
    with sqlite3.connect(path) as database:
        assert database.execute(statement, given).rowcount == 1
    database.close()


def everything(store):
    """What can be known of photo 2, by each way to ask, and of the text."""
    (content,) = store.find_files([file(2)])
    id_ = 2
    streamed = [path for paths, _ in store.stored(ENCODER, DIM) for path in paths]
    return {
        "file": content,
        "content": store.find_content(digest(2), False),
        "vector": store.vectors([id_], ENCODER, DIM).get(id_),
        "score": store.scores([id_], ASSESSOR).get(id_),
        "text": store.texts(ENCODER, ["a photo"], DIM).get("a photo"),
        "stored": file(2)[0] if file(2)[0] in streamed else None,
    }


FLIPPED = "CAST(substr(value, 1, 3) || x'7F' || substr(value, 5) AS BLOB)"
OF_2 = "id % 1099511627776 = 2"
DAMAGE = {
    "vector": (f"UPDATE vectors SET value = {FLIPPED} WHERE {OF_2}", {"vector", "stored"}),
    "vector check": (f"UPDATE vectors SET crc = crc + 1 WHERE {OF_2}", {"vector", "stored"}),
    "vector cut": (
        f"UPDATE vectors SET value = substr(value, 5) WHERE {OF_2}",
        {"vector", "stored"},
    ),
    "vector no blob": (f"UPDATE vectors SET value = 1.5 WHERE {OF_2}", {"vector", "stored"}),
    "vector null": (f"UPDATE vectors SET value = NULL WHERE {OF_2}", {"vector", "stored"}),
    "vector of another": (
        "UPDATE vectors SET (value, crc) = (SELECT value, crc FROM vectors AS o"
        f" WHERE o.id % 1099511627776 = 3) WHERE {OF_2}",
        {"vector", "stored"},
    ),
    "file's content": (
        "UPDATE files SET content = 3 WHERE content = 2",
        {"file", "stored"},
    ),
    "file's content a text": (
        "UPDATE files SET content = 'two' WHERE content = 2",
        {"file", "stored"},
    ),
    "file's size": ("UPDATE files SET size = size + 1 WHERE content = 2", {"file", "stored"}),
    "file's time": ("UPDATE files SET mtime = 1.5 WHERE content = 2", {"file", "stored"}),
    "file's check": ("UPDATE files SET crc = NULL WHERE content = 2", {"file", "stored"}),
    "width": ("UPDATE contents SET width = width + 1 WHERE id = 2", {"file", "content"}),
    "notes": ("UPDATE contents SET notes = x'5B315D' WHERE id = 2", {"file", "content"}),
    "notes no text": (
        "UPDATE contents SET notes = CAST(x'FF' AS TEXT) WHERE id = 2",
        {"file", "content"},
    ),
    "digest": ("UPDATE contents SET digest = zeroblob(33) WHERE id = 2", {"file", "content"}),
    "score": (f"UPDATE scores SET value = value + 1 WHERE {OF_2}", {"score"}),
    "score null": (f"UPDATE scores SET value = NULL WHERE {OF_2}", {"score"}),
    "score a text": (f"UPDATE scores SET value = 'high' WHERE {OF_2}", {"score"}),
    "text vector": (f"UPDATE texts SET value = {FLIPPED}", {"text"}),
    "text check": ("UPDATE texts SET crc = 0", {"text"}),
    "folder": (
        "UPDATE folders SET crc = crc + 1 WHERE path = x'2F70686F746F732F322F'",
        {"file", "stored"},
    ),
    "encoder": ("UPDATE encoders SET crc = crc + 1", {"vector", "text", "stored"}),
    "method": ("UPDATE assessors SET crc = crc + 1", {"score"}),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_row_is_told_of_and_counts_as_absent_until_it_is_written_again(path, kind):
    statement, lost = DAMAGE[kind]
    change(path, statement)
    with Store(path) as store:
        with pytest.warns(DamagedStoreWarning, match=r"damaged row.*store verify") as told:
            found = everything(store)
        assert len(told) == 1
        assert {key for key, value in found.items() if value is None} == lost
        assert sum(table.damaged for table in verify(store).tables) == 1
        store.add([entry(2)])
        store.add_texts(ENCODER, {"a photo": vector(9)})
        (content,) = store.find_files([file(2)])
        assert content.width == 42
        assert (store.vectors([content.id], ENCODER, DIM)[content.id] == vector(2)).all()
        assert store.scores([content.id], ASSESSOR) == {content.id: 2 / 3}
        assert (store.texts(ENCODER, ["a photo"], DIM)["a photo"] == vector(9)).all()


@pytest.mark.parametrize("kind", DAMAGE)
def test_repair_drops_what_is_damaged(path, kind):
    change(path, DAMAGE[kind][0])
    with Store(path) as store:
        found = verify(store, repair=True)
        assert not found.sound
        assert found.repaired
        again = verify(store)
        assert again.sound
        assert again.orphans == 0
        everything(store)  # without a warning


def test_a_vector_of_another_length_is_damage(path):
    with Store(path) as store:
        with pytest.warns(DamagedStoreWarning, match="^1 damaged row "):
            assert store.vectors([2], ENCODER, DIM + 1) == {}
        assert list(store.stored(ENCODER, DIM + 1)) == []
        assert store.database.damaged == 4


def test_nothing_is_told_of_a_sound_store(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Store(path) as store:
            assert not any(value is None for value in everything(store).values())
            assert verify(store).sound


@pytest.mark.parametrize("length", [100, 40_000, 100_000])
def test_a_truncated_file_is_told_of(path, length):
    os.truncate(path, length)
    with pytest.raises(StoreError, match=r"store\.sqlite is damaged: .* Delete it"):
        use(path)


@pytest.mark.parametrize("content", [b"x", b"SQLite", b"This is no database at all. " * 100])
def test_a_file_of_something_else_is_told_of_and_left_alone(path, content):
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"store\.sqlite is not a store, nor any database\. Name"):
        Store(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("page", range(1, 16))
def test_an_overwritten_page_never_gives_anything_wrong(path, page):
    """Page by page: an error, a warning, or nothing lost at all, but no wrong value."""
    data = bytearray(path.read_bytes())
    assert page * PAGE <= len(data)
    for place in range((page - 1) * PAGE + 100, page * PAGE):
        data[place] ^= 0x5A
    path.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DamagedStoreWarning)
        with suppress(StoreError):
            use(path)


def use(path):
    with Store(path) as store:
        found = everything(store)
        assert found["file"] is None or found["file"].width == 42
        assert found["vector"] is None or (found["vector"] == vector(2)).all()
        assert found["text"] is None or (found["text"] == vector(9)).all()
        assert found["score"] in (None, 2 / 3)
        store.add([entry(2)])


def test_an_empty_file_becomes_a_store(tmp_path):
    path = tmp_path / "store.sqlite"
    path.touch()
    with Store(path) as store:
        store.add([entry(1)])


def test_another_version_is_named_and_left_alone(path):
    change_header(path, f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=rf"version {VERSION + 1}.*version {VERSION}\. Delete it"):
        Store(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "theirs.sqlite"
    change_header(path, "CREATE TABLE photos (id)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store(path)
    change_header(path, "PRAGMA application_id = 7")
    with pytest.raises(StoreError, match=f"0x7, a store has {APPLICATION:#x}"):
        Store(path)
    change_header(path, "PRAGMA application_id = 0")
    assert len(path.read_bytes()) == len(before)


def change_header(path, statement):
    database = sqlite3.connect(path)
    database.execute(statement)
    database.commit()
    database.close()


def test_a_folder_that_is_read_only_is_told_of(tmp_path, monkeypatch):
    """The check is asked directly, since nothing is read-only for the user of a container."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StoreError, match=r"cannot be used: .* is read-only for this user"):
        Store(tmp_path / "store.sqlite")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_folder_without_the_right_to_write_is_told_of(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path / "new" / "store.sqlite")
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path / "store.sqlite")


def test_a_store_that_became_read_only_is_told_of(path):
    with Store(path) as store:
        store.database.connection.execute("PRAGMA query_only = 1")
        with pytest.raises(StoreError, match=r"cannot be used: attempt to write a readonly"):
            store.add([entry(5)])
        assert store.find_files([file(1)])[0].width == 41


def test_a_full_disk_is_told_of_and_takes_nothing_away(path):
    with Store(path) as store:
        store.database.connection.execute("PRAGMA max_page_count = 18")
        with pytest.raises(StoreError, match="cannot be used: the disk is full"):
            store.add([entry(number) for number in range(10, 9000)])
        assert store.find_files([file(1), file(10)])[1] is None
        assert verify(store).sound


@pytest.mark.parametrize("make", ["mkdir", "touch"])
def test_a_place_that_cannot_be_is_told_of(tmp_path, make):
    place = tmp_path / "taken"
    getattr(place, make)()
    path = place if make == "mkdir" else place / "store.sqlite"
    with pytest.raises(StoreError, match=r"taken.* cannot be used"):
        Store(path)


def test_a_store_held_by_another_is_waited_for_and_then_told_of(path, monkeypatch):
    monkeypatch.setattr(connection, "PATIENCE", 0.05)
    with Store(path) as one, Store(path) as other, one.database.change():
        with pytest.raises(StoreError, match="held by another process"):
            other.add([entry(7)])
        assert other.find_files([file(1)])[0].width == 41


def test_a_closed_store_is_a_mistake_of_the_caller(path):
    store = Store(path)
    store.close()
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        store.find_files([file(1)])
