"""Pillow's warnings, collected for the file that caused them.

Pillow warns about damaged metadata through `warnings`, whose state belongs to the whole process:
`warnings.catch_warnings` in several threads at once can leave it altered for good. Here one filter
(Pillow's modules only) and one hook are put in by the first thread and taken out by the last; the
hook keeps what a collecting thread causes and passes everything else on to where it went before.
"""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, cast

from PIL import Image

_lock = threading.Lock()
_local = threading.local()
_users = 0
_filter: object = None
_passed_on = warnings.showwarning


@contextmanager
def collected() -> Iterator[list[str]]:
    """Collect what Pillow warns about in this thread, each text once, as it comes."""
    before = getattr(_local, "caught", None)
    caught: list[str] = []
    _local.caught = caught
    _install()
    try:
        yield caught
    finally:
        _remove()
        _local.caught = before


def _install() -> None:
    global _users, _filter, _passed_on
    with _lock:
        _users += 1
        warnings.filterwarnings("always", module=r"PIL\.")
        _filter = warnings.filters[0]
        if warnings.showwarning is not _hook:
            _passed_on = warnings.showwarning
            warnings.showwarning = _hook


def _remove() -> None:
    global _users
    with _lock:
        _users -= 1
        if _users:
            return
        filters = cast("list[object]", warnings.filters)
        if _filter in filters:
            filters.remove(_filter)
        if warnings.showwarning is _hook:
            warnings.showwarning = _passed_on


def _hook(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    caught: list[str] | None = getattr(_local, "caught", None)
    if caught is None:
        _passed_on(message, category, filename, lineno, file, line)
        return
    text = " ".join(str(message).split())
    # Size is a matter of `Limits`, which a file has passed or failed by then.
    if not issubclass(category, Image.DecompressionBombWarning) and text not in caught:
        caught.append(text)
