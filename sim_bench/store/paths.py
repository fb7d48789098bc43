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


def unsplit(folders: Iterable[str], names: Iterable[bytes]) -> list[str]:
    """The paths of files, given their folders and names."""
    return [
        folder + str(name, "utf-8", "surrogatepass")
        for folder, name in zip(folders, names, strict=True)
    ]


def fit(nanoseconds: int) -> int:
    """A time as a number of 64 bits, which the years after 2262 are too late for."""
    return (nanoseconds + _TIME // 2) % _TIME - _TIME // 2
