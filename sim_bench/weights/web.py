"""Opening an address on the web, and nothing else: no local files, no step down from https.

The hub answers a large file with a redirect, whose headers say what the file is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPMessage, HTTPResponse
from typing import IO
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from sim_bench import __version__


@dataclass(frozen=True, slots=True)
class Opened:
    """An answer whose body has not been read.

    Attributes:
        response: After all redirects.
        sha256: What the hub declares of the file; None elsewhere.
        revision: Commit of the hub's repository; None elsewhere.
    """

    response: HTTPResponse
    sha256: str | None
    revision: str | None


class _Redirects(request.HTTPRedirectHandler):
    """Follows redirects to http and https, never from https to http, and notes their headers."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}

    def redirect_request(
        self,
        req: request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> request.Request | None:
        """Check where it goes, then do as urllib does."""
        self.headers.update(_noted(headers))
        before, after = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if after not in ("http", "https") or (before, after) == ("https", "http"):
            raise URLError(f"it redirects to {newurl}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def open_url(url: str, headers: Mapping[str, str], *, timeout: float) -> Opened:
    """Ask for an address.

    Args:
        url: http or https.
        headers: To send.
        timeout: Seconds without an answer, and later without a byte.

    Raises:
        URLError: It cannot be asked, or redirects to where it must not; HTTPError among them for
            an answer that is an error.
        OSError: The connection failed.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise URLError("only http and https addresses are fetched")
    redirects = _Redirects()
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPDefaultErrorHandler(),
        redirects,
        request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    asked = {"User-Agent": f"sim-bench/{__version__}", "Accept-Encoding": "identity", **headers}
    response: HTTPResponse = opener.open(request.Request(url, headers=asked), timeout=timeout)
    if (encoding := response.headers.get("Content-Encoding", "identity")) != "identity":
        response.close()
        raise URLError(f"it sends the file encoded as {encoding}, which was not asked for")
    noted = {**_noted(response.headers), **redirects.headers}
    declared = noted.get("X-Linked-Etag", "").strip('"')
    return Opened(
        response,
        declared if re.fullmatch(r"[0-9a-f]{64}", declared) else None,
        noted.get("X-Repo-Commit"),
    )


def open_rest(url: str, have: int, validator: str | None, *, timeout: float) -> Opened | None:
    """Ask for the rest of a file: the answer holds exactly that or, if it has changed, all of it.

    None where the server has no such rest, or sends another one.
    """
    headers = {"Range": f"bytes={have}-"} | ({"If-Range": validator} if validator else {})
    try:
        opened = open_url(url, headers, timeout=timeout)
    except HTTPError as error:
        if error.code != 416:
            raise
        error.close()
        return None
    if opened.response.status == 206 and content_range(opened.response)[0] != have:
        opened.response.close()
        return None
    return opened


def content_range(response: HTTPResponse) -> tuple[int | None, int | None]:
    """First byte of a partial answer, and length of the whole; None where it does not say."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    if found is None:
        return None, None
    return int(found[1]), int(found[2]) if found[2] != "*" else None


def _noted(headers: HTTPMessage) -> dict[str, str]:
    names = ("X-Linked-Etag", "X-Repo-Commit")
    return {name: value for name in names if (value := headers.get(name)) is not None}
