"""ICC profiles written by hand (ICC.1:2010, version 2.4), so that their colours are known."""

import struct
from itertools import product

XYZ = tuple[float, float, float]

# Primaries adapted to D50, as the Adobe RGB (1998) specification and the sRGB profile state them.
ADOBE_RGB: tuple[XYZ, XYZ, XYZ] = (
    (0.60974, 0.31111, 0.01947),
    (0.20528, 0.62567, 0.06087),
    (0.14919, 0.06322, 0.74457),
)
SRGB: tuple[XYZ, XYZ, XYZ] = (
    (0.43607, 0.22249, 0.01392),
    (0.38515, 0.71687, 0.09708),
    (0.14307, 0.06061, 0.71410),
)
ADOBE_GAMMA = 563 / 256
_D50 = (0.9642, 1.0, 0.8249)


def rgb_profile(primaries: tuple[XYZ, XYZ, XYZ], gamma: float) -> bytes:
    """A display with three primaries and one power curve."""
    tags = {b"wtpt": _xyz(_D50)}
    for name, primary in zip(b"rgb", primaries, strict=True):
        tags[bytes([name]) + b"XYZ"] = _xyz(primary)
        tags[bytes([name]) + b"TRC"] = _curve(gamma)
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def grey_profile(gamma: float) -> bytes:
    """A grey scale with a power curve."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"wtpt": _xyz(_D50), b"kTRC": _curve(gamma)})


def cmyk_profile() -> bytes:
    """Inks on a table of 16 corners: lightness is 100 (1 - K), and 20 less for each of C, M, Y."""
    corners = b"".join(
        bytes([0 if k else round(255 * (1 - 0.2 * (c + m + y))), 128, 128])
        for c, m, y, k in product((0, 1), repeat=4)
    )
    line = bytes(range(256))
    matrix = struct.pack(">9i", *(65536 if at % 4 == 0 else 0 for at in range(9)))
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + matrix + line * 4 + corners + line * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"wtpt": _xyz(_D50), b"A2B0": table})


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(value: XYZ) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(_fixed(part) for part in value)


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def _profile(kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    text = b"by hand\0"
    tags = tags | {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78),
        b"cprt": b"text\0\0\0\0" + text,
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    size = start + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02400000, kind, space, connection)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += b"".join(_fixed(part) for part in _D50) + bytes(48)
    return head + table + body
