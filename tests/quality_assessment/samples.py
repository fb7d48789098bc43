"""Pictures for tests of pixel arithmetic, made from formulas, so that nothing is shipped."""

import numpy as np
from numpy.typing import NDArray


def grey(luma: NDArray) -> NDArray[np.uint8]:
    """Equal red, green and blue: the luma of the result is `luma`."""
    return np.repeat(np.asarray(luma, dtype=np.uint8)[..., None], 3, axis=2)


def flat(level: int = 128, size: int = 16) -> NDArray[np.uint8]:
    return np.full((size, size, 3), level, dtype=np.uint8)


def checkerboard(size: int = 8) -> NDArray[np.uint8]:
    return grey(255 * (np.indices((size, size)).sum(axis=0) % 2))


def scene(height: int = 144, width: int = 192, seed: int = 0) -> NDArray[np.uint8]:
    """A stand-in for a photo: coloured noise of all scales, in mid tones."""
    random = np.random.default_rng(seed)
    f = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    f[0, 0] = np.inf
    spectrum = random.normal(size=(3, *f.shape)) + 1j * random.normal(size=(3, *f.shape))
    shared = spectrum.sum(axis=0)  # channels of a photo go together
    waves = np.fft.irfft2((shared + 0.5 * spectrum) / f**1.5, s=(height, width))
    waves = (waves - waves.mean()) / waves.std()
    return np.clip(np.rint(120 + 45 * waves), 0, 255).astype(np.uint8).transpose(1, 2, 0).copy()
