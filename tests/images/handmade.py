"""Files put together byte by byte, where Pillow writes none of the kind."""

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BYTE, ASCII, SHORT, LONG, RATIONAL, SRATIONAL = 1, 2, 3, 4, 5, 10
_CODES = {BYTE: "B", ASCII: "B", SHORT: "H", LONG: "I", RATIONAL: "I", SRATIONAL: "i"}
Tag = tuple[int, int, Sequence[int]]


def chunk(name: bytes, body: bytes) -> bytes:
    """One PNG chunk with its check sum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(pixels: NDArray[np.uint8] | NDArray[np.uint16], *extra: bytes) -> bytes:
    """A PNG of (H, W) grey, (H, W, 2) grey and alpha, (H, W, 3) RGB or (H, W, 4) RGBA.

    Args:
        pixels: Whole samples, 8 or 16 bits.
        extra: Chunks to stand before the pixels.
    """
    planes = pixels.shape[2] if pixels.ndim == 3 else 1
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[planes]
    depth = 8 * pixels.itemsize
    rows = pixels.reshape(len(pixels), -1).astype(pixels.dtype.newbyteorder(">"))
    body = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], depth, colour, 0, 0, 0)
    return b"".join(
        (
            *(b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", head), *extra),
            *(chunk(b"IDAT", zlib.compress(body)), chunk(b"IEND", b"")),
        )
    )


def bomb_png(width: int, height: int) -> bytes:
    """A valid black RGB PNG that is far smaller than its pixels, made without having them.

    A fully flushed block of zeros may be repeated; the Adler-32 sum of n zeros is n * 65536 + 1.
    """
    size = height * (1 + 3 * width)
    block = 1 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = zlib.compressobj(9, zlib.DEFLATED, -15)
    end = rest.compress(bytes(size % block)) + rest.flush()
    total = struct.pack(">I", (size % 65521) << 16 | 1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"\x78\xda" + zeros * (size // block) + end + total
    return b"".join(
        (
            *(b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", head)),
            *(chunk(b"IDAT", body), chunk(b"IEND", b"")),
        )
    )


def ifd(tags: list[Tag], at: int) -> bytes:
    """A little-endian TIFF directory that will lie at byte `at`, its long values behind it."""
    head, extra = struct.pack("<H", len(tags)), b""
    start = at + 2 + 12 * len(tags) + 4
    for tag, kind, values in sorted(tags):
        body = struct.pack(f"<{len(values)}{_CODES[kind]}", *values)
        count = len(values) // 2 if kind in (RATIONAL, SRATIONAL) else len(values)
        field = body.ljust(4, b"\0")
        if len(body) > 4:
            field = struct.pack("<I", start + len(extra))
            extra += body + b"\0" * (len(body) % 2)
        head += struct.pack("<HHI", tag, kind, count) + field
    return head + struct.pack("<I", 0) + extra


def tiff(width: int, height: int, strip: bytes, *tags: Tag) -> bytes:
    """An uncompressed TIFF of one strip, with more tags such as the bits per sample (258)."""

    def directory(offset: int) -> bytes:
        own: list[Tag] = [
            *((256, LONG, [width]), (257, LONG, [height]), (259, SHORT, [1])),
            *((273, LONG, [offset]), (278, LONG, [height]), (279, LONG, [len(strip)])),
        ]
        return ifd([*own, *tags], 8)

    offset = 8 + len(directory(0))
    return b"II*\0" + struct.pack("<I", 8) + directory(offset) + strip


def dng(preview: bytes, size: tuple[int, int], orientation: int, sensor: tuple[int, int]) -> bytes:
    """A DNG: a JPEG preview in the first directory, flat 16-bit sensor data in a second one."""
    width, height = sensor
    pixels = struct.pack("<H", 1000) * (width * height)
    preview += b"\0" * (len(preview) % 2)

    def directories(at_sensor: int, at_preview: int, at_pixels: int) -> tuple[bytes, bytes]:
        outer: list[Tag] = [
            *((254, LONG, [1]), (256, LONG, [size[0]]), (257, LONG, [size[1]])),
            *((258, SHORT, [8, 8, 8]), (259, SHORT, [7]), (262, SHORT, [6])),
            *(
                (271, ASCII, b"sim-bench\0"),
                (272, ASCII, b"by hand\0"),
                (274, SHORT, [orientation]),
            ),
            *((273, LONG, [at_preview]), (277, SHORT, [3]), (279, LONG, [len(preview)])),
            *((278, LONG, [size[1]]), (330, LONG, [at_sensor]), (50706, BYTE, [1, 4, 0, 0])),
            *((50708, ASCII, b"sim-bench by hand\0"), (50778, SHORT, [21])),
            (50721, SRATIONAL, [1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1]),
        ]
        inner: list[Tag] = [
            *((254, LONG, [0]), (256, LONG, [width]), (257, LONG, [height]), (258, SHORT, [16])),
            *((259, SHORT, [1]), (262, SHORT, [32803]), (273, LONG, [at_pixels])),
            *((277, SHORT, [1]), (278, LONG, [height]), (279, LONG, [len(pixels)])),
            *((33421, SHORT, [2, 2]), (33422, BYTE, [0, 1, 1, 2]), (50717, SHORT, [4095])),
        ]
        return ifd(outer, 8), ifd(inner, at_sensor)

    first, second = directories(0, 0, 0)
    at_sensor = 8 + len(first)
    at_preview = at_sensor + len(second)
    first, second = directories(at_sensor, at_preview, at_preview + len(preview))
    return b"II*\0" + struct.pack("<I", 8) + first + second + preview + pixels


def lossless_jpeg(width: int, height: int, planes: int) -> bytes:
    """A lossless JPEG (ITU-T T.81, process 14) of mid-grey: every difference is 0, coded 0000."""

    def segment(marker: int, body: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body

    numbers = range(1, planes + 1)
    frame = struct.pack(">BHHB", 8, height, width, planes)
    frame += b"".join(bytes([number, 0x11, 0]) for number in numbers)
    table = bytes([0, *(0, 0, 0, 9), *[0] * 12, *range(9)])  # nine codes of four bits
    scan = bytes([planes]) + b"".join(bytes([number, 0]) for number in numbers)
    as_rgb = segment(0xEE, b"Adobe\0\x64\0\0\0\0\0") if planes == 3 else b""
    return b"".join(
        (
            *(b"\xff\xd8", as_rgb, segment(0xC3, frame), segment(0xC4, table)),
            *(segment(0xDA, scan + bytes([1, 0, 0])), bytes(-(-width * height * planes // 2))),
            b"\xff\xd9",
        )
    )
