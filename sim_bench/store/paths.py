"""Paths as bytes, since a file's name need not be text; every string comes back as it was."""

import os
from collections.abc import Iterable

_TIME = 1 << 64


def encode(text: str) -> bytes:
    """Any string as bytes; half characters, as in names that are not text, are kept."""
    return text.encode("utf-8", "surrogatepass")


def decode(stored: bytes) -> str:
    """What `encode` was given."""
    return str(stored, "utf-8", "surrogatepass")


def split(path: str) -> tuple[bytes, bytes]:
    """The folder, with its last separator, and the name: joined they are the path."""
    cut = path.rfind(os.sep) + 1
    return encode(path[:cut]), encode(path[cut:])


def decode_all(names: Iterable[bytes]) -> list[str]:
    """What `encode` was given, for many names of files; these never hold a zero byte."""
    together = decode(b"\0".join(names))
    return together.split("\0") if together else []


def fit(nanoseconds: int) -> int:
    """A time as a number of 64 bits, which the years after 2262 are too late for."""
    return (nanoseconds + _TIME // 2) % _TIME - _TIME // 2
