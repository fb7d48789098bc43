"""From a name to a file: looked for, fetched, recorded, held to."""

import hashlib
import json
import multiprocessing
import os
from pathlib import Path

import numpy as np
import pytest

from sim_bench.errors import (
    MissingDependencyError,
    UnknownNameError,
    WeightsError,
    WeightsUnavailableError,
)
from sim_bench.weights import cabinet as the_cabinet
from sim_bench.weights import convert
from sim_bench.weights.cabinet import find_weights, kept_file, locate, missing_weights
from sim_bench.weights.copies import copy_weights
from sim_bench.weights.table import TABLE, WeightFile
from tests.weights.file_server import Answer
from tests.weights.made import ARRAYS, write

CONVERTED = {"weight": np.ones(3, np.float32)}


def entry(name, file, **given):
    facts = {
        "address": f"https://example.org/{file}",
        "licence": "MIT",
        "megabytes": 1.0,
        "trained_on": ("ava",),
        "source": "https://example.org",
    }
    return WeightFile(name=name, file=file, **(facts | given))


@pytest.fixture
def content(tmp_path):
    """Bytes of a weight file."""
    return write(tmp_path / "published" / "small.npz").read_bytes()


@pytest.fixture
def known(cabinet, monkeypatch):
    """A table of two files: one that is used as it is, one that must be converted."""
    monkeypatch.setitem(TABLE, "small", entry("small", "small.npz"))
    monkeypatch.setitem(TABLE, "pickled", entry("pickled", "pickled.pth"))
    return cabinet


@pytest.fixture
def mirror(site, known, monkeypatch, content):
    monkeypatch.setenv("SIM_BENCH_WEIGHTS_MIRROR", f"{site.url}/all/")
    site.answers |= {"/all/small.npz": Answer(content), "/all/pickled.pth": Answer(b"a pickle")}
    return site


@pytest.fixture
def converter(monkeypatch):
    """Converting without PyTorch: what was converted, in order."""
    done = []

    def convert(source, target, name):
        done.append((source.read_bytes(), name))
        write(target, CONVERTED)

    monkeypatch.setattr(the_cabinet, "convert", convert)
    monkeypatch.setattr(the_cabinet, "can_convert", lambda: True)
    return done


def record_of(folder):
    return json.loads((folder / "record.json").read_text())


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_is_not_here_is_fetched_recorded_and_then_used(known, mirror, content):
    assert "sim-bench models get small (1 MB, MIT)" in missing_weights("small")
    kept = find_weights("small")
    assert kept.path == known / "small" / "small.npz"
    assert kept.path.read_bytes() == content
    assert (kept.sha256, kept.licence, kept.trained_on) == (sha256(kept.path), "MIT", ("ava",))
    record = record_of(known / "small")
    assert record["url"] == f"{mirror.url}/all/small.npz"
    assert record["files"] == {"small.npz": {"sha256": kept.sha256, "bytes": len(content)}}
    assert missing_weights("small") is None
    assert find_weights("small") == kept
    assert len(mirror.requests) == 1
    np.testing.assert_array_equal(
        kept.tensors().take("conv.weight", 2, 3, 4), ARRAYS["conv.weight"]
    )


def test_what_is_missing_is_told_with_the_address_and_the_place(known):
    message = missing_weights("small")
    assert "https://example.org/small.npz" in message
    assert f"to {known / 'small' / 'small.npz'}" in message
    assert "torch" not in message


def test_no_file_of_the_hub_is_asked_for_where_the_network_is_forbidden(known, mirror, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(WeightsUnavailableError, match=r"HF_HUB_OFFLINE is set\.\nFetch them"):
        find_weights("small")
    monkeypatch.delenv("HF_HUB_OFFLINE")
    with pytest.raises(WeightsUnavailableError, match="no download was asked for"):
        find_weights("small", fetch=False)
    assert mirror.requests == []


def test_a_failed_download_says_why_and_what_else_can_be_done(known, mirror):
    mirror.answers["/all/small.npz"] = Answer(status=404)
    with pytest.raises(WeightsUnavailableError) as caught:
        find_weights("small")
    assert f"{mirror.url}/all/small.npz answered 404" in str(caught.value)
    assert "Or by hand: " in str(caught.value)
    assert locate("small") is None


def test_a_page_in_place_of_the_file_is_not_kept(known, mirror):
    mirror.answers["/all/small.npz"] = Answer(b"<html>Log in, please</html>")
    with pytest.raises(WeightsError, match="cannot be read as weights"):
        find_weights("small")
    assert locate("small") is None
    assert not (known / "small" / "record.json").exists()


def test_the_tables_checksum_is_held_to_from_the_first_download_on(
    known, mirror, content, monkeypatch
):
    right = hashlib.sha256(content).hexdigest()
    monkeypatch.setitem(TABLE, "small", entry("small", "small.npz", sha256="0" * 64))
    with pytest.raises(WeightsError, match="than the one on record"):
        find_weights("small")
    assert locate("small") is None
    monkeypatch.setitem(TABLE, "small", entry("small", "small.npz", sha256=right))
    assert find_weights("small").sha256 == right


def test_a_file_put_there_by_hand_is_trusted_once_and_then_held_to(known):
    path = write(known / "small" / "small.npz")
    assert missing_weights("small") is None
    kept = find_weights("small")
    assert record_of(known / "small")["url"] == "put there by hand"
    changed = {**ARRAYS, "scale": np.array(4.0, np.float32)}
    write(path, changed)
    with pytest.raises(WeightsError, match=rf"small\.npz has changed since .*{kept.sha256}"):
        find_weights("small")
    (known / "small" / "record.json").unlink()
    assert find_weights("small").sha256 == sha256(path)


def test_a_file_by_hand_that_is_not_the_published_one_is_refused(known, monkeypatch):
    monkeypatch.setitem(TABLE, "small", entry("small", "small.npz", sha256="0" * 64))
    write(known / "small" / "small.npz")
    with pytest.raises(WeightsError, match=r"is not the published file of small: its SHA-256 is"):
        find_weights("small")


def test_what_was_recorded_is_held_to_by_a_later_download_too(known, mirror, content):
    find_weights("small").path.unlink()
    mirror.answers["/all/small.npz"] = Answer(content + b" ")
    with pytest.raises(WeightsError, match=r"than the one on record.*remove .*record\.json\.$"):
        find_weights("small")
    mirror.answers["/all/small.npz"] = Answer(content)
    assert find_weights("small").path.read_bytes() == content


def test_a_file_put_there_by_hand_and_removed_is_not_what_a_download_is_held_to(
    known, mirror, content
):
    write(known / "small" / "small.npz", CONVERTED)
    find_weights("small").path.unlink()
    assert find_weights("small").path.read_bytes() == content
    record = record_of(known / "small")
    assert record["url"].startswith("http")
    assert record["files"]["small.npz"]["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_folder_that_may_not_be_looked_into_is_told(known, monkeypatch):
    def refuse(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refuse)
    why = f"cannot be used: {known / 'small' / 'small.npz'}: Permission denied."
    assert why in missing_weights("small")
    with pytest.raises(WeightsUnavailableError) as caught:
        find_weights("small")
    assert why in str(caught.value)


def test_a_cabinet_that_may_not_be_written_to_is_told(known, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied", str(folder / ".lock"))

    monkeypatch.setattr(the_cabinet, "locked", refuse)
    why = f"cannot be used: {known / 'small'} cannot be written to: Permission denied."
    with pytest.raises(WeightsUnavailableError) as caught:
        find_weights("small")
    assert why in str(caught.value)


def test_a_file_that_may_not_be_read_is_told(known, monkeypatch):
    path = write(known / "small" / "small.npz")

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("sim_bench.weights.trust.record_of", refuse)
    with pytest.raises(WeightsUnavailableError, match=f"{path}: Permission denied"):
        find_weights("small")


def test_a_folder_or_a_link_to_nowhere_under_the_files_name_is_told(known, mirror):
    path = known / "small" / "small.npz"
    path.mkdir(parents=True)
    assert f"{path} is a folder, not the file." in missing_weights("small")
    with pytest.raises(WeightsUnavailableError, match="is a folder, not the file"):
        find_weights("small")
    assert mirror.requests == []
    path.rmdir()
    path.symlink_to(known / "nowhere")
    assert f"{path} is a link to a file that is not there." in missing_weights("small")
    assert find_weights("small").path == path  # fetched in its place


def test_a_damaged_file_is_not_what_a_sound_one_is_held_to(known, monkeypatch):
    path = write(known / "small" / "small.npz")
    whole = path.read_bytes()
    path.write_bytes(whole[:50])
    with pytest.raises(WeightsError, match="cannot be read as weights"):
        find_weights("small")
    path.write_bytes(whole)
    assert find_weights("small").path == path


def test_a_pickle_that_cannot_be_converted_is_not_what_a_sound_one_is_held_to(
    known, monkeypatch, converter
):
    source = known / "pickled" / "pickled.pth"
    source.parent.mkdir(parents=True)
    source.write_bytes(b"bad")

    def refuse(source, target, name):
        raise WeightsError("refused")

    with monkeypatch.context() as patch:
        patch.setattr(the_cabinet, "convert", refuse)
        with pytest.raises(WeightsError, match="refused"):
            find_weights("pickled")
    source.write_bytes(b"good")
    assert find_weights("pickled").path.is_file()
    assert converter == [(b"good", "pickled")]


def test_a_damaged_record_vouches_for_nothing(known):
    write(known / "small" / "small.npz")
    (known / "small" / "record.json").write_text("{}")
    with pytest.raises(WeightsError, match=r"record\.json: key 'name'.*remove it"):
        find_weights("small")


@pytest.mark.parametrize("inside", ["", "weights"])
def test_the_offline_folder_comes_first(known, tmp_path, monkeypatch, inside):
    write(known / "small" / "small.npz")
    copies = tmp_path / "copies"
    path = write(copies / inside / "small.npz", CONVERTED)
    monkeypatch.setenv("SIM_BENCH_MODELS", str(copies))
    assert find_weights("small").path == path
    assert record_of(known / "small")["files"]["small.npz"]["sha256"] == sha256(path)


def test_a_pickle_is_converted_once_and_only_the_result_is_kept(known, mirror, converter):
    kept = find_weights("pickled")
    assert kept.path == known / "pickled" / "pickled.safetensors"
    assert kept.tensors().take("weight", 3).sum() == 3
    assert converter == [(b"a pickle", "pickled")]
    assert not (known / "pickled" / "pickled.pth").exists()
    files = record_of(known / "pickled")["files"]
    assert files["pickled.pth"]["sha256"] == hashlib.sha256(b"a pickle").hexdigest()
    assert files["pickled.safetensors"]["sha256"] == kept.sha256
    assert find_weights("pickled") == kept
    assert len(converter) == len(mirror.requests) == 1


def test_a_pickle_in_the_offline_folder_is_converted_into_the_cabinet(
    known, tmp_path, monkeypatch, converter
):
    copies = tmp_path / "copies"
    copies.mkdir()
    source = copies / "pickled.pth"
    source.write_bytes(b"mine")
    monkeypatch.setenv("SIM_BENCH_MODELS", str(copies))
    kept = find_weights("pickled")
    assert kept.path == known / "pickled" / "pickled.safetensors"
    assert find_weights("pickled") == kept
    assert converter == [(b"mine", "pickled")]
    monkeypatch.setattr(the_cabinet, "can_convert", lambda: False)  # and needs no PyTorch now
    assert missing_weights("pickled") is None
    assert find_weights("pickled") == kept
    source.write_bytes(b"another")
    with pytest.raises(WeightsError, match=r"pickled\.pth has changed since"):
        find_weights("pickled")


def test_a_pickle_put_there_by_hand_is_left_where_it_is(known, converter):
    source = known / "pickled" / "pickled.pth"
    source.parent.mkdir(parents=True)
    source.write_bytes(b"mine")
    assert find_weights("pickled").path.suffix == ".safetensors"
    assert source.read_bytes() == b"mine"


def test_a_result_that_was_altered_is_refused(known, mirror, converter):
    write(find_weights("pickled").path, {"weight": np.zeros(3, np.float32)})
    with pytest.raises(WeightsError, match=r"pickled\.safetensors has changed since"):
        find_weights("pickled")


def test_without_torch_nothing_is_fetched_and_both_ways_out_are_told(known, mirror, monkeypatch):
    monkeypatch.setattr(the_cabinet, "can_convert", lambda: False)
    assert "sim-bench models get pickled --to FOLDER" in missing_weights("pickled")
    with pytest.raises(
        WeightsUnavailableError, match=r"PyTorch is not(.|\n)*\[torch\]: pip install"
    ):
        find_weights("pickled")
    assert mirror.requests == []
    (known / "pickled").mkdir(exist_ok=True)
    (known / "pickled" / "pickled.pth").write_bytes(b"a pickle")
    assert f"{known / 'pickled'}: pickled.pth is a PyTorch file" in missing_weights("pickled")
    monkeypatch.setattr(convert, "can_convert", lambda: False)
    with pytest.raises(MissingDependencyError, match=r"--to FOLDER.*\[torch\]: pip install"):
        find_weights("pickled")


def test_a_copy_is_found_on_another_machine_and_held_to_its_record(
    known, mirror, converter, tmp_path, monkeypatch
):
    kept = find_weights("pickled")
    copy = copy_weights(kept, tmp_path / "stick")
    assert copy == tmp_path / "stick" / "weights" / "pickled.safetensors"
    monkeypatch.setenv("SIM_BENCH_WEIGHTS", str(tmp_path / "another-machine"))
    monkeypatch.setenv("SIM_BENCH_MODELS", str(tmp_path / "stick"))
    monkeypatch.setattr(the_cabinet, "can_convert", lambda: False)
    assert missing_weights("pickled") is None
    assert find_weights("pickled").sha256 == kept.sha256
    assert not (tmp_path / "another-machine").exists()
    write(copy, {"weight": np.zeros(3, np.float32)})
    with pytest.raises(WeightsError, match=r"safetensors\.record\.json recorded it"):
        find_weights("pickled")


def test_a_copy_of_a_file_that_needed_no_record_has_one(known, tmp_path, monkeypatch):
    path = write(known / "small" / "small.npz")
    monkeypatch.setitem(TABLE, "small", entry("small", "small.npz", sha256=sha256(path)))
    copy = copy_weights(find_weights("small"), tmp_path)
    assert not (known / "small" / "record.json").exists()
    record = json.loads(copy.with_name("small.npz.record.json").read_text())
    assert record["files"]["small.npz"]["sha256"] == sha256(path)


def test_a_copy_over_itself_changes_nothing(known, mirror, tmp_path, monkeypatch):
    copy = copy_weights(find_weights("small"), tmp_path / "stick")
    monkeypatch.setenv("SIM_BENCH_MODELS", str(tmp_path / "stick"))
    before = copy.stat().st_mtime_ns
    assert copy_weights(find_weights("small"), tmp_path / "stick") == copy
    assert copy.stat().st_mtime_ns == before


def test_where_nothing_can_be_recorded_it_says_so_and_goes_on(known, monkeypatch, tmp_path):
    copies = tmp_path / "copies"
    write(copies / "small.npz")
    monkeypatch.setenv("SIM_BENCH_MODELS", str(copies))
    known.parent.mkdir(exist_ok=True)
    known.write_text("a file where the cabinet's folder should be")
    with pytest.warns(UserWarning, match="small is used, but a later change would go unnoticed"):
        assert find_weights("small").path == copies / "small.npz"


def test_a_folder_that_cannot_be_made_is_told(known, mirror):
    known.write_text("a file where the cabinet's folder should be")
    with pytest.raises(WeightsUnavailableError, match="cannot be used: .*cabinet"):
        find_weights("small")


def test_an_unknown_name_gets_the_closest_one(known):
    for ask in (find_weights, missing_weights, locate):
        with pytest.raises(UnknownNameError, match="No weight file 'smal'. Did you mean 'small'"):
            ask("smal")


def test_any_file_can_be_kept(tmp_path):
    kept = kept_file(write(tmp_path / "mine.hdf5"))
    assert (kept.name, kept.licence, kept.trained_on) == ("mine", "unknown", None)
    assert kept.sha256 == sha256(kept.path)
    assert kept.tensors().take("scale") == 3.0
    with pytest.raises(WeightsError, match=r"none\.npz cannot be read"):
        kept_file(tmp_path / "none.npz")


def _find(folder, url, queue):
    os.environ["SIM_BENCH_WEIGHTS"] = folder
    os.environ["SIM_BENCH_WEIGHTS_MIRROR"] = url
    TABLE["small"] = entry("small", "small.npz")
    queue.put(find_weights("small").sha256)


def test_of_two_processes_one_fetches_and_the_other_waits(known, mirror, content):
    mirror.answers["/all/small.npz"] = Answer(content, slow=0.05)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    arguments = (str(known), f"{mirror.url}/all", queue)
    processes = [context.Process(target=_find, args=arguments) for _ in range(2)]
    for process in processes:
        process.start()
    answers = {queue.get(timeout=30) for _ in processes}
    for process in processes:
        process.join()
    assert answers == {hashlib.sha256(content).hexdigest()}
    assert len(mirror.requests) == 1


def test_without_a_folder_named_it_is_in_the_users_cache(monkeypatch, tmp_path):
    from sim_bench import user_folders
    from sim_bench.weights import place

    monkeypatch.delenv("SIM_BENCH_WEIGHTS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(user_folders.sys, "platform", "linux")
    assert place.weights_folder() == tmp_path / "sim-bench" / "weights"
    monkeypatch.setenv("SIM_BENCH_WEIGHTS", "~/here")
    assert place.weights_folder() == Path.home() / "here"
