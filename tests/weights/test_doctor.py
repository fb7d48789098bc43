"""What the doctor says of weight files: ready, bad or absent, and why."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim_bench.weights import cabinet as the_cabinet
from sim_bench.weights import doctor
from sim_bench.weights.doctor import check_weights, list_weights
from sim_bench.weights.table import TABLE, WeightFile
from tests.weights.made import ARRAYS, write


@pytest.fixture
def files(cabinet, monkeypatch):
    """Three files in the table, none of them here."""
    known = [
        WeightFile(n, f, f"https://example.org/{f}", "MIT", 9.0, (), "https://example.org")
        for n, f in (("arrays", "a.npz"), ("tokens", "t.json"), ("pickled", "p.pth"))
    ]
    monkeypatch.setattr(doctor, "TABLE", {one.name: one for one in known})
    for one in known:
        monkeypatch.setitem(TABLE, one.name, one)
    return cabinet


def states(statuses):
    return {status.name: status.state for status in statuses}


def test_what_is_not_here_can_be_downloaded(files, monkeypatch):
    statuses = list_weights()
    assert {status.state for status in statuses} == {"absent"}
    assert {status.where for status in statuses} == {"can be downloaded"}
    assert statuses == check_weights()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert list_weights()[0].where == "offline (HF_HUB_OFFLINE is set)"


def test_what_is_here_is_hashed_and_read_through(files):
    path = write(files / "arrays" / "a.npz")
    (files / "tokens").mkdir(parents=True)
    (files / "tokens" / "t.json").write_text("{}")
    listed = list_weights()[0]
    assert (listed.state, listed.where, listed.path) == ("ready", "cabinet", path)
    assert listed.megabytes == pytest.approx(path.stat().st_size / 1e6)
    assert not (files / "arrays" / "record.json").exists()
    checked = check_weights()
    assert [status.checked for status in checked] == ["verified, 4 arrays", "verified", ""]
    assert (files / "arrays" / "record.json").exists()


def damage_byte(path):
    content = bytearray(path.read_bytes())
    content[content.index(ARRAYS["conv.weight"].tobytes()) + 5] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (damage_byte, "'conv.weight': Bad CRC"),
        (lambda p: p.write_bytes(p.read_bytes()[:-30]), "cannot be read as weights"),
        (lambda p: p.write_bytes(b""), "cannot be read as weights"),
        (lambda p: write(p, {"x": np.array([1, np.nan])}), "'x' holds NaN"),
    ],
)
def test_what_is_damaged_is_bad_and_nothing_else_is(files, damage, problem):
    damage(write(files / "arrays" / "a.npz"))
    (files / "tokens").mkdir(parents=True)
    (files / "tokens" / "t.json").write_text("{}")
    checked = check_weights()
    assert states(checked) == {"arrays": "bad", "tokens": "ready", "pickled": "absent"}
    assert problem in checked[0].problem
    assert "\n" not in checked[0].problem


def test_what_has_changed_since_it_was_recorded_is_bad(files):
    path = write(files / "arrays" / "a.npz")
    check_weights()
    write(path, {"x": np.ones(2, np.float32)})
    assert "has changed since" in check_weights()[0].problem


def test_a_tokenizer_that_is_no_json_is_bad(files):
    (files / "tokens").mkdir(parents=True)
    (files / "tokens" / "t.json").write_text('{"version": ')
    assert "it is no JSON" in check_weights()[1].problem


def test_a_pickle_without_torch_is_absent_and_says_what_it_needs(files, monkeypatch):
    (files / "pickled").mkdir(parents=True)
    (files / "pickled" / "p.pth").write_bytes(b"a pickle")
    monkeypatch.setattr(the_cabinet, "can_convert", lambda: False)
    status = check_weights()[2]
    assert (status.state, status.where) == (
        "absent",
        "here, to be converted: needs the extra [torch]",
    )


def test_a_pickle_is_converted_when_it_is_checked(files, monkeypatch):
    (files / "pickled").mkdir(parents=True)
    (files / "pickled" / "p.pth").write_bytes(b"a pickle")
    monkeypatch.setattr(the_cabinet, "can_convert", lambda: True)
    monkeypatch.setattr(the_cabinet, "convert", lambda source, target, name: write(target))
    status = check_weights()[2]
    assert (status.state, status.checked) == ("ready", "verified, 4 arrays")
    assert status.path == files / "pickled" / "p.safetensors"
    assert set(json.loads((files / "pickled" / "record.json").read_text())["files"]) == {
        "p.pth",
        "p.safetensors",
    }


def test_a_folder_that_may_not_be_looked_into_is_bad_and_hides_no_other(files, monkeypatch):
    write(files / "arrays" / "a.npz")
    is_file = Path.is_file

    def refuse(path):
        if path.parent.name == "tokens":
            raise PermissionError(13, "Permission denied", str(path))
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", refuse)
    assert states(check_weights()) == {"arrays": "ready", "tokens": "bad", "pickled": "absent"}
    problem = f"{files / 'tokens' / 't.json'}: Permission denied"
    assert list_weights()[1].problem == problem


def test_an_altered_file_is_bad_even_where_it_cannot_be_converted(files, monkeypatch):
    monkeypatch.setattr(the_cabinet, "can_convert", lambda: False)
    path = files / "pickled" / "p.pth"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    assert states(check_weights())["pickled"] == "absent"
    altered = replace(doctor.TABLE["pickled"], sha256="0" * 64)
    monkeypatch.setitem(doctor.TABLE, "pickled", altered)
    monkeypatch.setitem(TABLE, "pickled", altered)
    status = check_weights()[2]
    assert status.state == "bad"
    assert status.problem.startswith(f"{path} is not the published file of pickled")
