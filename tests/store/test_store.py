"""What is added is found, by whoever asks for exactly this."""

import threading
from math import isnan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim_bench.images import decode
from sim_bench.store import reading, writing
from sim_bench.store.store import Content, Store, default_path
from tests.store.made import ASSESSOR, DIM, ENCODER, digest, entry, file, vector


def test_a_known_file_is_found_with_all_that_was_computed(store):
    store.add([entry(1)])
    (content,) = store.find_files([file(1)])
    assert content == Content(content.id, 41, 30, ("turned",))
    assert store.find_content(digest(1), False) == content
    found = store.vectors([content.id], ENCODER, DIM)[content.id]
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, vector(1))
    assert store.scores([content.id], ASSESSOR) == {content.id: 1 / 3}


def test_answers_come_in_the_order_of_the_questions(store):
    store.add([entry(number) for number in range(10)])
    asked = [7, 3, 99, 3, 0]
    found = store.find_files([file(number) for number in asked])
    widths = [content and content.width for content in found]
    assert widths == [47, 43, None, 43, 40]


def test_more_than_one_statement_full(store):
    store.add([entry(number) for number in range(1300)])
    contents = store.find_files([file(number) for number in range(1300)])
    assert [content.width - 40 for content in contents] == list(range(1300))
    found = store.vectors([content.id for content in contents], ENCODER, DIM)
    for number, content in enumerate(contents):
        np.testing.assert_array_equal(found[content.id], vector(number))


def test_nothing_is_known_of_nothing(store):
    assert store.find_files([]) == []
    assert store.find_files([file(1)]) == [None]
    assert store.find_content(digest(1), False) is None
    assert store.vectors([], ENCODER, DIM) == {}
    assert store.vectors([1], ENCODER, DIM) == {}
    assert store.scores([1], ASSESSOR) == {}
    assert store.texts(ENCODER, ["a"], DIM) == {}
    assert list(store.stored(ENCODER, DIM)) == []
    store.add([])
    store.link([])
    store.add_texts(ENCODER, {})


@pytest.mark.parametrize(("size", "later"), [(1, 0), (0, 1), (-1, 0), (0, -1)])
def test_a_changed_file_is_not_known(store, size, later):
    store.add([entry(1)])
    path, old_size, old_time = file(1)
    assert store.find_files([(path, old_size + size, old_time + later)]) == [None]


def test_what_another_encoder_made_is_not_given_out(store):
    store.add([entry(1), entry(2, vectors={"other": vector(5)}, scores={"other": 1.0})])
    one, two = (content.id for content in store.find_files([file(1), file(2)]))
    assert set(store.vectors([one, two], ENCODER, DIM)) == {one}
    assert set(store.vectors([one, two], "other", DIM)) == {two}
    assert set(store.scores([one, two], ASSESSOR)) == {one}


def test_the_same_bytes_under_a_cameras_suffix_are_another_content(store):
    store.add([entry(1, file=None), entry(1, camera=True, width=7, file=None)])
    assert store.find_content(digest(1), False).width == 41
    assert store.find_content(digest(1), True).width == 7


def test_a_file_that_may_have_changed_is_not_kept_but_its_content_is(store):
    store.add([entry(1, file=None)])
    assert store.find_files([file(1)]) == [None]
    assert store.find_content(digest(1), False) is not None


def test_a_link_makes_a_copy_known(store):
    store.add([entry(1)])
    (content,) = store.find_files([file(1)])
    store.link([("/copy/of.jpg", 5, 6, content.id)])
    assert store.find_files([("/copy/of.jpg", 5, 6)]) == [content]


def test_a_link_to_a_content_that_is_gone_is_not_known(store):
    store.link([("/copy/of.jpg", 5, 6, 77)])
    assert store.find_files([("/copy/of.jpg", 5, 6)]) == [None]


def test_a_file_that_was_overwritten_is_known_by_its_new_content(store):
    store.add([entry(1)])
    path = file(1)[0]
    store.add([entry(2, file=(path, 5, 6))])
    assert store.find_files([file(1)]) == [None]
    assert store.find_files([(path, 5, 6)])[0].width == 42


def test_no_finite_score_is_kept_as_such_and_zero_keeps_its_sign(store):
    store.add([entry(1, scores={ASSESSOR: float("nan"), "b": -0.0, "c": 2.0})])
    (content,) = store.find_files([file(1)])
    assert isnan(store.scores([content.id], ASSESSOR)[content.id])
    assert str(store.scores([content.id], "b")[content.id]) == "-0.0"
    assert store.scores([content.id], "c") == {content.id: 2.0}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"scores": {ASSESSOR: float("inf")}}, "finite or NaN, not inf"),
        ({"vectors": {ENCODER: np.full(DIM, np.nan, np.float32)}}, "must be finite"),
        ({"vectors": {ENCODER: np.ones(DIM + 1, np.float32)}}, "shape"),
        ({"vectors": {ENCODER: np.ones((2, DIM), np.float32)}}, "shape"),
        ({"digest": b"short"}, "32 bytes, not 5"),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_of_its_batch_is_kept(store, changes, says):
    with pytest.raises(ValueError, match=says):
        store.add([entry(1), entry(2, **changes)])
    assert store.find_files([file(1)]) == [None]


def test_texts_of_any_characters_come_back(store):
    texts = {
        "a photo": vector(1),
        "ein Föto 📷": vector(2),
        "half \ud83d": vector(3),
        "": vector(4),
    }
    store.add_texts(ENCODER, texts)
    found = store.texts(ENCODER, [*texts, "unknown"], DIM)
    assert set(found) == set(texts)
    for text, expected in texts.items():
        np.testing.assert_array_equal(found[text], expected)
    assert store.texts("other", list(texts), DIM) == {}


def test_another_version_of_decoding_makes_contents_unknown_until_added_again(store, monkeypatch):
    store.add([entry(1)])
    (old,) = store.find_files([file(1)])
    for module in (reading, writing):
        monkeypatch.setattr(module, "DECODE_VERSION", decode.DECODE_VERSION + 1)
    assert store.find_files([file(1)]) == [None]
    assert store.find_content(digest(1), False) is None
    store.add([entry(1, width=99)])
    assert store.find_files([file(1)]) == [Content(old.id, 99, 30, ("turned",))]


def test_all_stored_vectors_come_with_their_paths(store):
    store.add([entry(number) for number in range(20)])
    store.add([entry(50, vectors={})])
    (content,) = store.find_files([file(4)])
    store.link([("/another/path.jpg", 5, 6, content.id)])
    expected = {file(number)[0]: vector(number) for number in range(20)}
    expected["/another/path.jpg"] = vector(4)
    for block in (1, 2, 7, 21, 100):
        blocks = list(store.stored(ENCODER, DIM, block))
        assert max(len(paths) for paths, _ in blocks) <= block
        found = {
            path: row for paths, matrix in blocks for path, row in zip(paths, matrix, strict=True)
        }
        assert found.keys() == expected.keys()
        assert sum(len(paths) for paths, _ in blocks) == 21
        for path, row in found.items():
            np.testing.assert_array_equal(row, expected[path])


def test_the_store_can_be_used_between_two_blocks(store):
    store.add([entry(number) for number in range(6)])
    for paths, _ in store.stored(ENCODER, DIM, 2):
        assert len(paths) == 2
        store.link([(file(0)[0], 1, 2, 1)])


def test_what_was_added_is_there_after_closing(tmp_path):
    path = tmp_path / "new" / "folders" / "store.sqlite"
    with Store(path) as store:
        store.add([entry(1)])
    with Store(path) as store:
        assert store.find_files([file(1)])[0].width == 41
    assert [one.name for one in path.parent.iterdir()] == ["store.sqlite"]


def test_threads_may_look_up_and_link_while_others_add(store):
    store.add([entry(0)])
    failed = []

    def work(first):
        try:
            for number in range(first, first + 20):
                store.add([entry(number, file=None)])
                content = store.find_content(digest(number), False)
                store.link([(*file(number), content.id)])
        except Exception as error:  # noqa: BLE001 - shown below
            failed.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in (100, 200, 300, 400)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    known = [file(first + i) for first in (100, 200, 300, 400) for i in range(20)]
    assert None not in store.find_files(known)


def test_the_default_path_can_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("SIM_BENCH_STORE", str(tmp_path / "mine"))
    assert default_path() == tmp_path / "mine"
    with Store() as store:
        assert store.path == tmp_path / "mine"


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/xdg"}, "/xdg/sim-bench/store.sqlite"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/me/.cache/sim-bench/store.sqlite"),
        ("linux", {}, "/home/me/.cache/sim-bench/store.sqlite"),
        ("darwin", {}, "/home/me/Library/Caches/sim-bench/store.sqlite"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/sim-bench/store.sqlite"),
        ("win32", {}, "/home/me/AppData/Local/sim-bench/store.sqlite"),
    ],
)
def test_the_default_path_lies_in_the_users_cache(monkeypatch, platform, variables, expected):
    for name in ("SIM_BENCH_STORE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    assert default_path() == Path(expected)


NAMES = st.text(st.characters(blacklist_characters="\0/"), min_size=1, max_size=12)
FILES = st.tuples(
    st.builds("/{}/{}".format, NAMES, NAMES),
    st.integers(0, 2**50),
    st.integers(-(2**62), 2**64 - 1),  # ext4 knows times until the year 2446
)
SCORES = st.floats(allow_infinity=False)
VALUES = st.lists(st.floats(-1, 1, width=32), min_size=DIM, max_size=DIM)
PHOTOS = st.lists(
    st.tuples(FILES, st.binary(min_size=32, max_size=32), st.booleans(), SCORES, VALUES),
    max_size=8,
    unique_by=(lambda photo: photo[0][0], lambda photo: photo[1:3]),
)


@given(photos=PHOTOS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_added_is_found_and_what_has_changed_is_not(photos, tmp_path_factory):
    entries = [
        entry(
            1,
            digest=sha,
            camera=camera,
            file=place,
            width=number,
            notes=(place[0],),
            vectors={ENCODER: np.array(values, np.float32)},
            scores={ASSESSOR: score},
        )
        for number, (place, sha, camera, score, values) in enumerate(photos)
    ]
    with Store(tmp_path_factory.mktemp("any") / "store.sqlite") as store:
        store.add(entries)
        contents = store.find_files([one.file for one in entries])
        ids = [content.id for content in contents]
        vectors = store.vectors(ids, ENCODER, DIM)
        scores = store.scores(ids, ASSESSOR)
        for one, content in zip(entries, contents, strict=True):
            assert content == Content(content.id, one.width, 30, one.notes)
            assert store.find_content(one.digest, one.camera) == content
            expected = one.vectors[ENCODER]
            assert vectors[content.id].tobytes() == expected.tobytes()
            np.testing.assert_equal(scores[content.id], one.scores[ASSESSOR])
            path, size, time = one.file
            changed = [(path, size + 1, time), (path, size, time - 1), (path + "x", size, time)]
            others = {other.file for other in entries}
            assert store.find_files([c for c in changed if c not in others]) == [None] * len(
                [c for c in changed if c not in others]
            )
        streamed = sorted(path for paths, _ in store.stored(ENCODER, DIM, 3) for path in paths)
        assert streamed == sorted(one.file[0] for one in entries)
