"""A TIFF header and its directories: the few EXIF tags that say when and how a photo was taken.

Source: TIFF 6.0, section 2; EXIF 2.32 (CIPA DC-008), section 4.6. Only wanted tags are read, and of
each only its first value, so that a damaged file costs no more than a good one.
"""

import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import BinaryIO, Literal, NamedTuple

Value = int | float | str


class Tag(IntEnum):
    """Numbers of the tags, by EXIF 2.32; the serial number in IFD 0 by DNG 1.7."""

    SUBFILE = 254
    WIDTH = 256
    HEIGHT = 257
    MAKE = 271
    MODEL = 272
    DATE_TIME = 306
    EXPOSURE_TIME = 0x829A
    F_NUMBER = 0x829D
    EXIF = 0x8769
    ISO = 0x8827
    OUTPUT_SENSITIVITY = 0x8831
    RECOMMENDED_INDEX = 0x8832
    DATE_TIME_ORIGINAL = 0x9003
    DATE_TIME_DIGITIZED = 0x9004
    OFFSET = 0x9010
    OFFSET_ORIGINAL = 0x9011
    OFFSET_DIGITIZED = 0x9012
    BIAS = 0x9204
    DISTANCE = 0x9206
    FOCAL_LENGTH = 0x920A
    IMAGE_NUMBER = 0x9211
    SUBSEC = 0x9290
    SUBSEC_ORIGINAL = 0x9291
    SUBSEC_DIGITIZED = 0x9292
    EXIF_WIDTH = 0xA002
    EXIF_HEIGHT = 0xA003
    EXPOSURE_MODE = 0xA402
    BODY_SERIAL = 0xA431
    DNG_SERIAL = 0xC62F


MOST_PARTS = 10_000
"""Parts of a file (markers, chunks, boxes) that are walked over in search of EXIF; chosen by us: a
photo has some dozens, and an endless row of empty ones would take minutes."""


class Block(NamedTuple):
    """Where in a file a TIFF header stands, and where what belongs to it ends; in bytes."""

    start: int
    end: int


_WANTED = frozenset(Tag)
_ORDERS: dict[bytes, Literal["<", ">"]] = {b"II": "<", b"MM": ">"}
_NUMBERS = {1: "B", 3: "H", 4: "I", 8: "h", 9: "i"}  # BYTE, SHORT, LONG, SSHORT, SLONG
_RATIONALS = {5: "II", 10: "ii"}
_TEXTS = (2, 7)  # ASCII; UNDEFINED, as some software writes text
_SIZES = {2: 1, 7: 1, **{kind: struct.calcsize(code) for kind, code in _NUMBERS.items()}}
_LONGEST = 256  # bytes read of a text; the longest here is a camera's name; chosen by us


def read_tags(file: BinaryIO, block: Block) -> dict[Tag, Value]:
    """Read the wanted tags of the first directory and of the EXIF directory it points to.

    Args:
        file: Open at any place.
        block: Of a TIFF header in it.

    Returns:
        First value by tag; texts without zero bytes and spaces around them. Left out: tags that are
        not there, point out of the block, have another type, or are a fraction over 0. Where both
        directories have a tag, the EXIF directory's.
    """
    head = _read(file, block, 0, 8)
    order = _ORDERS.get(head[:2])
    if order is None or len(head) < 8:
        return {}
    tags = dict(_directory(file, block, order, struct.unpack(order + "I", head[4:])[0]))
    exif = tags.get(Tag.EXIF)
    if isinstance(exif, int):
        tags.update(_directory(file, block, order, exif))
    return tags


def _directory(
    file: BinaryIO, block: Block, order: Literal["<", ">"], at: int
) -> Iterator[tuple[Tag, Value]]:
    head = _read(file, block, at, 2)
    count = struct.unpack(order + "H", head)[0] if len(head) == 2 else 0
    entries = _read(file, block, at + 2, 12 * count)
    for begin in range(0, len(entries) - 11, 12):
        number, kind, many = struct.unpack_from(order + "HHI", entries, begin)
        if number not in _WANTED or not many:
            continue
        field = entries[begin + 8 : begin + 12]
        size = 8 if kind in _RATIONALS else _SIZES.get(kind, 0) * many
        if size > 4:
            size = min(size, _LONGEST)
            field = _read(file, block, struct.unpack(order + "I", field)[0], size)
        value = _value(field[:size], kind, order)
        if value is not None:
            yield Tag(number), value


def _value(field: bytes, kind: int, order: Literal["<", ">"]) -> Value | None:
    if kind in _TEXTS:
        return field.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
    if kind in _RATIONALS and len(field) == 8:
        over, under = struct.unpack(order + _RATIONALS[kind], field)
        return float(over) / float(under) if under else None
    if kind in _NUMBERS and len(field) >= _SIZES[kind]:
        return int(struct.unpack_from(order + _NUMBERS[kind], field)[0])
    return None


def _read(file: BinaryIO, block: Block, at: int, size: int) -> bytes:
    """Read inside the block; fewer bytes where it ends before."""
    begin = block.start + at
    file.seek(begin)
    return file.read(max(0, min(size, block.end - begin)))
