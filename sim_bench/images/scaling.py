"""Scaled decoding: a JPEG decoded at a half, a quarter or an eighth of its size.

A JPEG stores blocks of 8x8 frequencies; its decoder can make 4x4, 2x2 or 1x1 pixels of each at a
fraction of the cost. The result is close to the whole picture averaged down (`docs/images.md`).
"""

from typing import IO

from PIL import Image, JpegImagePlugin

_PER_INPUT_PIXEL = 3  # chosen by us from measurements: docs/images.md
_SCALES = (8, 4, 2)
# The decoder makes up for chroma of half the width and height (4:2:0), but of a quarter (4:1:1)
# would leave a quarter of the reduced width.
_COARSEST_CHROMA = 2
# Start-of-frame markers (ITU-T T.81, table B.1) of 8x8 frequencies: baseline, extended and
# progressive, with Huffman or arithmetic codes.
_OF_BLOCKS = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})
_BEFORE_THE_FRAME = frozenset({0xC4, 0xCC, 0xDB, 0xDD, 0xFE, *range(0xE0, 0xF0)})


def shortest_side(input_size: tuple[int, int]) -> int:
    """The `at_least` that serves an encoder: three times the larger side of its input.

    Enough is then left to the encoder's own resizing to take out what scaled decoding does
    otherwise than a good resize does.

    Args:
        input_size: Width and height of the encoder's input in pixels.
    """
    return _PER_INPUT_PIXEL * max(input_size)


def shrink(image: Image.Image, at_least: int | None) -> tuple[int, int] | None:
    """Have a JPEG that is not decoded yet decoded smaller, if it is large enough.

    The scale is the largest of 8, 4 and 2 that leaves the shorter side `at_least` whole pixels.

    Args:
        image: As a reader opened it; left alone unless it is a JPEG of 8x8 blocks.
        at_least: Shortest side in pixels that is needed; None: all pixels are.

    Returns:
        Width and height as stored; None if the picture will be decoded in full.
    """
    if at_least is None or not isinstance(image, JpegImagePlugin.JpegImageFile):
        return None
    size = image.size
    if min(size) < 2 * at_least or image.fp is None or not _is_of_blocks(image.fp):
        return None
    if max(max(across, down) for _, across, down, _ in image.layer) > _COARSEST_CHROMA:
        return None
    scale = next(scale for scale in _SCALES if min(size) >= scale * at_least)
    # The mode stays; of several scales Pillow takes the one that leaves this size or more.
    drafted = image.draft(None, (size[0] // scale, size[1] // scale))
    return size if drafted else None


def _is_of_blocks(file: IO[bytes]) -> bool:
    """Whether the frame header, reached by a walk without any surprise, is one of 8x8 blocks.

    A lossless JPEG has none. Pillow would make room for a scaled picture all the same, and with
    libjpeg-turbo 3.1 (Pillow 11.3) be handed the whole one: it writes past the end of its memory.
    """
    file.seek(2)
    while True:
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            return False
        if head[1] not in _BEFORE_THE_FRAME:
            return head[1] in _OF_BLOCKS
        file.seek(int.from_bytes(head[2:], "big") - 2, 1)
