"""Downloads from a server on this machine that answers well, badly, late, or not at all."""

import hashlib
import json

import numpy as np
import pytest

from sim_bench.errors import WeightsError, WeightsUnavailableError
from sim_bench.weights import fetch
from sim_bench.weights.fetch import download
from tests.weights.file_server import Answer, serve

CONTENT = np.random.default_rng(0).bytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
CUT = 100_000


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "new" / "file.npz"


def get(site, target, **arguments):
    return download(f"{site.url}/file", target, **({"most": 1_000_000} | arguments))


def files_of(target):
    return sorted(path.name for path in target.parent.iterdir())


def test_a_good_answer_becomes_the_file_and_nothing_else(site, target):
    site.answers["/file"] = Answer(CONTENT)
    told = []
    fetched = get(site, target, sha256=SHA256, progress=lambda *far: told.append(far))
    assert target.read_bytes() == CONTENT
    assert (fetched.record.sha256, fetched.record.bytes) == (SHA256, 300_000)
    assert files_of(target) == ["file.npz"]
    assert told[0] == (0, 300_000)
    assert told[-1] == (300_000, 300_000)


def test_an_answer_without_length_is_taken_to_its_end(site, target):
    site.answers["/file"] = Answer(CONTENT, length=False)
    get(site, target)
    assert target.read_bytes() == CONTENT


def test_a_broken_download_is_kept_and_only_its_rest_is_fetched(site, target):
    site.answers["/file"] = Answer(CONTENT, cut=CUT)
    with pytest.raises(WeightsUnavailableError, match="ended after 100000 of 300000 bytes; they"):
        get(site, target)
    assert files_of(target) == ["file.npz.partial", "file.npz.partial.json"]
    site.answers["/file"] = Answer(CONTENT)
    get(site, target)
    assert target.read_bytes() == CONTENT
    assert site.requests == [("/file", None), ("/file", f"bytes={CUT}-")]
    assert site.sent == len(CONTENT)
    assert files_of(target) == ["file.npz"]


def test_it_goes_on_as_often_as_it_must(site, target):
    for cut in (1, 50_000, 120_000):
        site.answers["/file"] = Answer(CONTENT, cut=cut)
        with pytest.raises(WeightsUnavailableError):
            get(site, target)
    site.answers["/file"] = Answer(CONTENT)
    get(site, target)
    assert target.read_bytes() == CONTENT
    assert site.sent == len(CONTENT)


def test_a_download_that_was_killed_at_its_very_end_is_not_fetched_again(site, target):
    site.answers["/file"] = Answer(CONTENT, cut=CUT)
    with pytest.raises(WeightsUnavailableError):
        get(site, target)
    (target.parent / "file.npz.partial").write_bytes(CONTENT)
    get(site, target, sha256=SHA256)
    assert target.read_bytes() == CONTENT
    assert len(site.requests) == 1


def test_a_file_that_was_changed_meanwhile_is_fetched_from_its_beginning(site, target):
    site.answers["/file"] = Answer(CONTENT, cut=CUT)
    with pytest.raises(WeightsUnavailableError):
        get(site, target)
    other = CONTENT[::-1]
    site.answers["/file"] = Answer(other)
    get(site, target)
    assert target.read_bytes() == other


def test_a_server_that_ignores_ranges_sends_the_whole_file(site, target):
    site.answers["/file"] = Answer(CONTENT, cut=CUT, ranges=False)
    with pytest.raises(WeightsUnavailableError):
        get(site, target)
    site.answers["/file"] = Answer(CONTENT, ranges=False)
    get(site, target)
    assert target.read_bytes() == CONTENT
    assert site.sent == CUT + len(CONTENT)


@pytest.mark.parametrize("skew", [-10, 10])
def test_a_rest_that_begins_elsewhere_is_not_used(site, target, skew):
    site.answers["/file"] = Answer(CONTENT, cut=CUT)
    with pytest.raises(WeightsUnavailableError):
        get(site, target)
    site.answers["/file"] = Answer(CONTENT, skew=skew)
    get(site, target)
    assert target.read_bytes() == CONTENT
    assert site.requests[-1] == ("/file", None)


def test_a_file_that_has_become_shorter_is_fetched_from_its_beginning(site, target):
    site.answers["/file"] = Answer(CONTENT, cut=CUT, tag=False)
    with pytest.raises(WeightsUnavailableError):
        get(site, target, sha256=SHA256)
    short = CONTENT[:50_000]
    site.answers["/file"] = Answer(short, tag=False)
    get(site, target, sha256=hashlib.sha256(short).hexdigest())
    assert target.read_bytes() == short


def test_without_tag_and_checksum_nothing_tells_that_it_is_the_same_file(site, target):
    site.answers["/file"] = Answer(CONTENT, cut=CUT, tag=False)
    with pytest.raises(WeightsUnavailableError):
        get(site, target)
    site.answers["/file"] = Answer(CONTENT, tag=False)
    get(site, target)
    assert target.read_bytes() == CONTENT
    assert site.requests == [("/file", None), ("/file", None)]


def test_a_partial_file_of_another_address_is_not_gone_on_with(site, target):
    site.answers["/file"] = site.answers["/other"] = Answer(CONTENT, cut=CUT)
    with pytest.raises(WeightsUnavailableError):
        get(site, target)
    with pytest.raises(WeightsUnavailableError):
        download(f"{site.url}/other", target, most=1_000_000)
    assert site.requests[-1] == ("/other", None)


def test_a_damaged_note_costs_time_and_nothing_else(site, target):
    site.answers["/file"] = Answer(CONTENT, cut=CUT)
    with pytest.raises(WeightsUnavailableError):
        get(site, target)
    (target.parent / "file.npz.partial.json").write_text("{")
    site.answers["/file"] = Answer(CONTENT)
    get(site, target)
    assert target.read_bytes() == CONTENT


def test_wrong_content_is_refused_and_removed(site, target):
    site.answers["/file"] = Answer(b"x" + CONTENT)
    with pytest.raises(WeightsError, match="another SHA-256 than the one on record"):
        get(site, target, sha256=SHA256)
    assert files_of(target) == []


def test_a_partial_file_that_was_altered_is_found_out(site, target):
    site.answers["/file"] = Answer(CONTENT, cut=CUT)
    with pytest.raises(WeightsUnavailableError):
        get(site, target, sha256=SHA256)
    (target.parent / "file.npz.partial").write_bytes(b"\0" * CUT)
    site.answers["/file"] = Answer(CONTENT)
    with pytest.raises(WeightsError, match="removed"):
        get(site, target, sha256=SHA256)
    get(site, target, sha256=SHA256)
    assert target.read_bytes() == CONTENT


def test_the_hubs_own_checksum_is_held_to_and_its_commit_is_told(site, target):
    headers = {"X-Linked-Etag": f'"{SHA256}"', "X-Repo-Commit": "c0ffee"}
    moved = Answer(status=302, headers={"Location": f"{site.url}/cdn", **headers})
    site.answers |= {"/file": moved, "/cdn": Answer(CONTENT)}
    assert get(site, target).revision == "c0ffee"
    site.answers["/cdn"] = Answer(CONTENT[1:])
    with pytest.raises(WeightsError, match="than the one that the server declares"):
        get(site, target.with_name("again"))


def test_a_slow_answer_that_goes_on_is_waited_for(site, target, monkeypatch):
    monkeypatch.setattr(fetch, "STALL", 0.6)
    site.answers["/file"] = Answer(CONTENT, slow=0.1)  # 0.8 seconds together
    get(site, target)
    assert target.read_bytes() == CONTENT


def test_a_stall_is_an_error_that_keeps_what_has_arrived(site, target, monkeypatch):
    monkeypatch.setattr(fetch, "STALL", 0.3)
    site.answers["/file"] = Answer(CONTENT, stall=CUT)
    with pytest.raises(WeightsUnavailableError, match=r"sent nothing for 0\.3 seconds after 10000"):
        get(site, target)
    assert (target.parent / "file.npz.partial").read_bytes() == CONTENT[:CUT]
    site.answers["/file"] = Answer(CONTENT)
    get(site, target)
    assert site.sent == len(CONTENT)


def test_more_than_was_expected_is_refused_before_it_is_fetched(site, target):
    site.answers["/file"] = Answer(CONTENT)
    with pytest.raises(WeightsError, match="300000 bytes or more, and 1000 at most"):
        get(site, target, most=1000)
    assert not target.exists()
    assert files_of(target) == []


def test_more_than_was_expected_is_refused_when_no_length_was_told(site, target):
    site.answers["/file"] = Answer(CONTENT, length=False)
    with pytest.raises(WeightsError, match="250000 at most are expected"):
        get(site, target, most=250_000)
    assert files_of(target) == []


def test_more_than_was_declared_is_not_read(site, target):
    site.answers["/file"] = Answer(CONTENT, length=False, headers={"Content-Length": "1000"})
    with pytest.raises(WeightsError, match="sent 1000 bytes with another SHA-256"):
        get(site, target, sha256=SHA256)


@pytest.mark.parametrize("status", [404, 403, 500, 503])
def test_an_answer_that_is_an_error_is_told(site, target, status):
    site.answers["/file"] = Answer(status=status)
    with pytest.raises(WeightsUnavailableError, match=f"/file answered {status} "):
        get(site, target)
    assert not target.exists()


def test_nobody_answering_is_told(target):
    with serve() as gone:
        url = gone.url
    with pytest.raises(WeightsUnavailableError, match=f"{url}/file does not answer: "):
        download(f"{url}/file", target, most=1)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x"])
def test_only_web_addresses_are_fetched_or_followed(site, target, place):
    with pytest.raises(WeightsUnavailableError, match="only http and https"):
        download(place, target, most=1_000_000)
    site.answers["/file"] = Answer(status=302, headers={"Location": place})
    with pytest.raises(WeightsUnavailableError, match="is not (allowed|followed)"):
        get(site, target)
    assert files_of(target) == []


def test_a_redirect_from_https_to_http_is_not_followed():
    from urllib.error import URLError
    from urllib.request import Request

    from sim_bench.weights.web import _Redirects

    with pytest.raises(URLError, match="is not followed"):
        _Redirects().redirect_request(Request("https://a/x"), None, 302, "Found", {}, "http://a/x")


def test_an_encoded_answer_is_refused(site, target):
    site.answers["/file"] = Answer(CONTENT, headers={"Content-Encoding": "gzip"})
    with pytest.raises(WeightsUnavailableError, match="encoded as gzip"):
        get(site, target)


def test_what_a_partial_file_is_part_of_is_written_beside_it(site, target):
    site.answers["/file"] = Answer(CONTENT, cut=CUT)
    with pytest.raises(WeightsUnavailableError):
        get(site, target)
    note = json.loads((target.parent / "file.npz.partial.json").read_text())
    assert note["url"] == f"{site.url}/file"
    assert note["total"] == 300_000
