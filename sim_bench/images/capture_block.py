"""Where in a file of some format the EXIF stands, found without decoding anything."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from sim_bench.images.capture_media import media_blocks
from sim_bench.images.capture_tags import MOST_PARTS, Block

HEAD = 128
"""How many of a file's first bytes `find_exif` wants to see."""

# ITU-T T.81, table B.1: frame headers are C0 to CF, less the three that are none.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_SCAN, _END, _APP1 = 0xDA, 0xD9, 0xE1
_EXIF = b"Exif\0"  # and one byte more, 0 by the standard
_RAF_PREVIEW = 84  # where a Fuji RAW file says at which byte its JPEG begins
# TIFF 6.0; Olympus and Panasonic write a mark of their own in place of 42.
_TIFF = (b"II*\0", b"MM\0*", b"IIRO", b"IIRS", b"MMOR", b"IIU\0")


class Found(NamedTuple):
    """What the walk over a file's parts brought.

    Attributes:
        blocks: TIFF headers with EXIF tags; of equal tags the last one's counts.
        size: Width and height in pixels, where the file's own format says it.
    """

    blocks: tuple[Block, ...] = ()
    size: tuple[int, int] | None = None


def find_exif(file: BinaryIO, size: int) -> Found:
    """Find the EXIF of a JPEG, PNG, WebP, HEIC, AVIF, TIFF or camera RAW file.

    Args:
        file: Open for reading.
        size: Of the file in bytes.

    Returns:
        Nothing for other formats; for a damaged file what stands before the damage.
    """
    head = file.read(HEAD)
    if head.startswith(b"\xff\xd8"):
        return _in_jpeg(file, 0, size)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _in_png(file, size)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return _in_webp(file, size)
    if head.startswith(b"FUJIFILMCCD-RAW"):
        begin = int.from_bytes(head[_RAF_PREVIEW : _RAF_PREVIEW + 4], "big")
        return Found(_in_jpeg(file, begin, size).blocks)  # a preview: its size is not the photo's
    if head[4:8] == b"ftyp":
        return Found(media_blocks(file, size))
    return Found((Block(0, size),)) if head.startswith(_TIFF) else Found()


def _in_jpeg(file: BinaryIO, begin: int, end: int) -> Found:
    """Walk the markers up to the first scan (ITU-T T.81, B.1.1)."""
    blocks: tuple[Block, ...] = ()
    size = None
    at = begin + 2
    for _ in range(MOST_PARTS):
        file.seek(at)
        head = file.read(13)
        if len(head) < 4 or head[0] != 0xFF:
            break
        marker = head[1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in _BARE:
            at += 2
            continue
        if marker in (_SCAN, _END):
            break
        after = at + 2 + int.from_bytes(head[2:4], "big")
        if marker == _APP1 and head[4:9] == _EXIF and not blocks:
            blocks = (Block(at + 10, min(after, end)),)
        if marker in _FRAMES and len(head) >= 9:
            size = int.from_bytes(head[7:9], "big"), int.from_bytes(head[5:7], "big")
        at = after
    return Found(blocks, size)


def _in_png(file: BinaryIO, end: int) -> Found:
    """Walk the chunks (PNG specification, 3rd edition, 5.3, 11.3.3.5): eXIf may stand last."""
    size = None
    for name, begin, after in _chunks(file, 8, end, "big"):
        if name == b"IHDR":
            file.seek(begin)
            head = file.read(8)
            size = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
        if name == b"eXIf":
            return Found((Block(begin, after),), size)
    return Found((), size)


def _in_webp(file: BinaryIO, end: int) -> Found:
    """Walk the chunks of the container (RFC 9649, 2.5 to 2.7)."""
    size = None
    for name, begin, after in _chunks(file, 12, end, "little"):
        file.seek(begin)
        head = file.read(10)
        if size is None:
            size = _webp_size(name, head)
        if name == b"EXIF":
            skipped = 6 if head.startswith(_EXIF) else 0
            return Found((Block(begin + skipped, after),), size)
    return Found((), size)


def _webp_size(name: bytes, head: bytes) -> tuple[int, int] | None:
    def number(begin: int, length: int) -> int:
        return int.from_bytes(head[begin : begin + length], "little")

    if name == b"VP8X":
        return number(4, 3) + 1, number(7, 3) + 1
    if name == b"VP8 ":
        return number(6, 2) & 0x3FFF, number(8, 2) & 0x3FFF
    if name == b"VP8L":
        both = number(1, 4)
        return (both & 0x3FFF) + 1, (both >> 14 & 0x3FFF) + 1
    return None


def _chunks(file: BinaryIO, at: int, end: int, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Name, first byte and end of each chunk: PNG's are "big" and have a check sum behind them."""
    for _ in range(MOST_PARTS):
        if at + 8 > end:
            return
        file.seek(at)
        head = file.read(8)
        begin = at + 8
        if order == "big":
            name, after = head[4:8], begin + int.from_bytes(head[:4], "big")
            at = after + 4
        else:
            name, after = head[:4], begin + int.from_bytes(head[4:8], "little")
            at = after + (after - begin) % 2
        yield name, begin, min(after, end)
