"""EXIF in ISO media files: HEIC, AVIF and Canon's CR3, by their boxes alone.

The reader of HEIC is not asked: it may end the whole process on damaged metadata (`heif.py`).
"""

from collections.abc import Iterator
from typing import BinaryIO

from sim_bench.images.capture_tags import MOST_PARTS, Block

_LARGEST = 1 << 20  # bytes of `meta` that are read: a list of items, a few kB; chosen by us
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")  # the box of a CR3's metadata
_CANON_BLOCKS = (b"CMT1", b"CMT2")  # a TIFF header with IFD 0; one with the EXIF directory


class _Bytes:
    """Whole numbers read one after another."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, size: int) -> int:
        part = self._data[self._at : self._at + size]
        if len(part) < size:
            raise EOFError("the box ends early")
        self._at += size
        return int.from_bytes(part, "big")

    def skip(self, size: int) -> None:
        self._at += size


def media_blocks(file: BinaryIO, size: int) -> tuple[Block, ...]:
    """Find the TIFF headers with EXIF tags.

    Raises:
        EOFError: A box is damaged.
    """
    for name, begin, end in _boxes(file, 0, size):
        if name == b"meta":  # HEIC, AVIF
            return _exif_item(file, begin + 4, min(end, begin + _LARGEST), size)
        if name == b"moov":
            return _canon(file, begin, end)
    return ()


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, first byte and end of the contents of each box (ISO/IEC 14496-12, 4.2)."""
    for _ in range(MOST_PARTS):
        if at + 8 > end:
            return
        file.seek(at)
        head = file.read(16)
        size, begin = int.from_bytes(head[:4], "big"), at + 8
        if size == 1:
            size, begin = int.from_bytes(head[8:16], "big"), at + 16
        after = end if size == 0 else at + size
        if after < begin:
            return
        yield head[4:8], begin, min(after, end)
        at = after


def _canon(file: BinaryIO, begin: int, end: int) -> tuple[Block, ...]:
    for name, inner, after in _boxes(file, begin, end):
        file.seek(inner)
        if name == b"uuid" and file.read(16) == _CANON:
            found = {part: Block(a, b) for part, a, b in _boxes(file, inner + 16, after)}
            return tuple(found[part] for part in _CANON_BLOCKS if part in found)
    return ()


def _exif_item(file: BinaryIO, begin: int, end: int, size: int) -> tuple[Block, ...]:
    """The item of type "Exif": its number is in `iinf`, its place in `iloc`."""
    parts = {name: (a, b) for name, a, b in _boxes(file, begin, end)}
    if b"iinf" not in parts or b"iloc" not in parts:
        return ()
    number = _exif_number(file, *parts[b"iinf"])
    file.seek(parts[b"iloc"][0])
    places = _places(file.read(parts[b"iloc"][1] - parts[b"iloc"][0]))
    if number is None or number not in places:
        return ()
    at, length = places[number]
    file.seek(at)
    # ISO/IEC 23008-12, A.2.1: how far behind these four bytes the TIFF header stands.
    skipped = int.from_bytes(file.read(4), "big")
    return (Block(at + 4 + skipped, min(at + length, size)),)


def _exif_number(file: BinaryIO, begin: int, end: int) -> int | None:
    """Look through the entries of `iinf` (ISO/IEC 14496-12, 8.11.6)."""
    file.seek(begin)
    count_size = 2 if file.read(1) == b"\0" else 4
    for name, inner, after in _boxes(file, begin + 4 + count_size, end):
        file.seek(inner)
        entry = file.read(min(12, after - inner))
        id_size = 4 if entry[:1] == b"\x03" else 2
        kind = entry[4 + id_size + 2 : 4 + id_size + 6]
        if name == b"infe" and kind == b"Exif":
            return int.from_bytes(entry[4 : 4 + id_size], "big")
    return None


def _places(data: bytes) -> dict[int, tuple[int, int]]:
    """First byte and length of each item that lies in the file whole (`iloc`, 8.11.3)."""
    box = _Bytes(data)
    version = box.number(4) >> 24
    sizes = box.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    wide = 4 if version == 2 else 2
    places = {}
    for _ in range(box.number(wide)):
        item = box.number(wide)
        in_file = not version or not box.number(2) & 15  # construction method 0
        same_file = box.number(2) == 0
        base = box.number(base_size)
        many = box.number(2)
        if many != 1:
            box.skip(many * (index_size + offset_size + length_size))
            continue
        box.skip(index_size)
        place = base + box.number(offset_size), box.number(length_size)
        if in_file and same_file:
            places[item] = place
    return places
