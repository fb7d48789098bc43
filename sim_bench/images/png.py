"""PNG's own check sums, all of them, before anything is decoded.

Pillow does not compare the check sums of the pixel data, so a damaged PNG could pass as a photo.
"""

import zlib

from sim_bench.images.limits import RefusalError

_SIGNATURE_LENGTH = 8


def check_chunks(data: bytes) -> None:
    """Walk the chunks up to IEND (PNG specification, 3rd edition, clause 5).

    Raises:
        RefusalError: if the file ends early, or a chunk that the pixels depend on is damaged.
    """
    view = memoryview(data)
    at = _SIGNATURE_LENGTH
    while at + 12 <= len(data):
        length = int.from_bytes(view[at : at + 4], "big")
        name = bytes(view[at + 4 : at + 8])
        end = at + 8 + length
        if end + 4 > len(data):
            break
        critical = not name[0] & 0x20  # an upper-case first letter
        if critical and zlib.crc32(view[at + 4 : end]) != int.from_bytes(
            view[end : end + 4], "big"
        ):
            raise RefusalError(f"PNG is damaged: wrong check sum of {name.decode('latin-1')!r}")
        if name == b"IEND":
            return
        at = end + 4
    raise RefusalError("PNG is truncated: it ends before its IEND chunk")
