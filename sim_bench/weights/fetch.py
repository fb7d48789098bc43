"""Downloading one file: resumed where it stopped, bounded, checked, and whole or not there.

What has arrived lies in `NAME.partial`, what it is a part of in `NAME.partial.json`. The rest is
asked for with `Range`, and with `If-Range` so that a file that was changed meanwhile is sent from
its beginning. Only http and https are followed, redirects included.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

from sim_bench.encoders.bundle import record_of
from sim_bench.encoders.settings import FileRecord
from sim_bench.errors import WeightsError, WeightsUnavailableError
from sim_bench.weights.partial import Begun, begin, begun, remove
from sim_bench.weights.web import Opened, content_range, open_rest, open_url

STALL = 30.0
"""Seconds without a single byte after which a download is given up; a slow one may go on."""

_CHUNK = 1 << 18
_NETWORK = (URLError, HTTPException, TimeoutError, ConnectionError, OSError)

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are here, and the bytes of the whole where they are known."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was downloaded and checked.

    Attributes:
        record: Its SHA-256 and length.
        revision: Commit of the hub's repository; None where the server names none.
    """

    record: FileRecord
    revision: str | None


def download(
    url: str,
    target: Path,
    *,
    most: int,
    sha256: str | None = None,
    progress: Progress | None = None,
) -> Fetched:
    """Download a file to `target`, going on where an earlier attempt stopped.

    Args:
        url: http or https.
        target: Appears whole and checked, or not at all; its folder is made.
        most: More bytes are refused.
        sha256: What it must be; None: what the hub declares, if it is the hub.
        progress: Told how far it is.

    Raises:
        WeightsUnavailableError: No answer, an error, or an end before the end; what has arrived
            is kept for the next attempt.
        WeightsError: The file is not what it must be, or too large; what has arrived is removed.
    """
    part = target.with_name(f"{target.name}.partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    what = begun(part, url, resumable=sha256 is not None)
    have = part.stat().st_size if what else 0
    declared: str | None = None
    revision: str | None = None
    if what is None or have != what.total:
        with _answer(url, what, have) as opened:
            declared, revision = opened.sha256, opened.revision
            try:
                _receive(opened, part, url, most, progress or _silent)
            except OSError as error:
                raise WeightsUnavailableError(
                    f"{part} cannot be written: {error.strerror or error}"
                ) from error
    record = record_of(part)
    for wanted, whose in ((sha256, "on record"), (declared, "that the server declares")):
        if wanted is not None and record.sha256 != wanted:
            remove(part)
            raise WeightsError(
                f"{url} sent {record.bytes} bytes with another SHA-256 than the one {whose}: "
                f"{record.sha256} instead of {wanted}. What was downloaded has been removed. "
                "Try again; if it happens again, the file was altered on the way or at its source."
            )
    part.replace(target)
    remove(part)
    return Fetched(record, revision)


def _silent(done: int, total: int | None) -> None:
    """Tell nobody."""


@contextmanager
def _answer(url: str, what: Begun | None, have: int) -> Iterator[Opened]:
    """Ask for the file or the rest of it, and for the whole where the rest is not to be had."""
    try:
        opened = None
        if what and have:
            opened = open_rest(url, have, what.validator, timeout=STALL)
        opened = opened or open_url(url, {}, timeout=STALL)
    except HTTPError as error:
        error.close()
        raise WeightsUnavailableError(f"{url} answered {error.code} {error.reason}") from error
    except _NETWORK as error:
        raise WeightsUnavailableError(f"{url} does not answer: {_cause(error)}") from error
    with opened.response:
        yield opened


def _receive(opened: Opened, part: Path, url: str, most: int, progress: Progress) -> None:
    """Write an answer into the partial file.

    Raises:
        WeightsUnavailableError: It ended too early, or nothing came for too long.
        WeightsError: It is longer than it may be.
    """
    response = opened.response
    start, total = 0, response.length
    if response.status == 206:
        first, total = content_range(response)
        start = first or 0
        total = start + response.length if total is None and response.length else total
    if total is not None and total > most:
        remove(part)
        raise _too_long(url, total, most)
    tag: str | None = response.headers.get("ETag")
    strong = tag if tag and tag.startswith('"') else None
    begin(part, Begun(url=url, validator=strong, total=total))
    done = start
    with part.open("r+b" if start else "wb") as stream:
        stream.seek(start)
        stream.truncate()
        progress(done, total)
        for chunk in _chunks(response, url, start):
            done += len(chunk)
            if done > most:
                stream.close()
                remove(part)
                raise _too_long(url, done, most)
            stream.write(chunk)
            progress(done, total)
        stream.flush()
        os.fsync(stream.fileno())
    if total is not None and done < total:
        raise WeightsUnavailableError(
            f"{url} ended after {done} of {total} bytes; they are kept, and the next attempt goes "
            "on from there"
        )


def _chunks(response: HTTPResponse, url: str, done: int) -> Iterator[bytes]:
    """Read an answer as it comes, `done` bytes being here already."""
    kept = "they are kept, and the next attempt goes on from there"
    while True:
        try:
            chunk = response.read1(_CHUNK)
        except TimeoutError as error:
            raise WeightsUnavailableError(
                f"{url} sent nothing for {STALL:g} seconds after {done} bytes; {kept}"
            ) from error
        except _NETWORK as error:
            raise WeightsUnavailableError(
                f"{url} broke off after {done} bytes ({_cause(error)}); {kept}"
            ) from error
        if not chunk:
            return
        done += len(chunk)
        yield chunk


def _too_long(url: str, size: int, most: int) -> WeightsError:
    return WeightsError(
        f"{url} sends {size} bytes or more, and {most} at most are expected, so it is not the file "
        "that was meant. Nothing was kept. Fetch the file by hand if you trust the place."
    )


def _cause(error: Any) -> str:
    reason = getattr(error, "reason", error)
    reason = getattr(reason, "strerror", None) or reason
    return str(reason).strip().partition("\n")[0].rstrip(".") or type(error).__name__
