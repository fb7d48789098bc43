"""What goes into the store and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Content:
    """What is known of one content.

    Attributes:
        id: Its number in this store; a number is never given to another content.
        width: Of the decoded, upright picture, in pixels.
        height: Likewise.
        notes: What the decoder had to decide.
    """

    id: int
    width: int
    height: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo to be kept.

    Attributes:
        digest: SHA-256 of the file's bytes.
        camera: Whether it was read under the suffix of a camera's RAW file: the same bytes may
            mean another picture then.
        width: Of the decoded, upright picture, in pixels.
        height: Likewise.
        notes: What the decoder had to decide.
        file: Absolute path, size in bytes and modification time in nanoseconds; None when the
            file may have changed while it was read. Then only the content is kept.
        vectors: Vector of shape (dim,) by the fingerprint of its encoder.
        scores: By the fingerprint of the assessor; NaN: the method found no finite score.
    """

    digest: bytes
    camera: bool
    width: int
    height: int
    notes: tuple[str, ...]
    file: tuple[str, int, int] | None
    vectors: Mapping[str, NDArray[np.float32]]
    scores: Mapping[str, float]
