"""The axes on which a photo is labelled and a caption speaks.

Every photo gets a value in about [-1, 1] per axis, +1 being the good or the greater end, and every
caption a direction over the same axes. Their product is the similarity that training asks for.
"""

import numpy as np
from numpy.typing import NDArray

# Weight of each axis in a photo's unit vector. Quality leads, so that it shows through every
# evaluative caption; the squares of typical labels add up to less than 1. Chosen by us.
AXES: dict[str, float] = {
    "quality": 0.55,  # human score, or the source's score less the damage
    "middling": 0.15,  # neither good nor bad: what "fair" and "average" mean
    "focus": 0.28,  # in focus / out of focus
    "steadiness": 0.28,  # still / camera shake
    "cleanness": 0.28,  # clean / noisy
    "compression": 0.25,  # intact / JPEG artefacts
    "brightness": 0.28,  # bright / dark, measured
    "shadows": 0.25,  # enough light / underexposed
    "highlights": 0.25,  # whites kept / overexposed
    "contrast": 0.28,  # high / low, measured
    "colour": 0.28,  # colourful / dull, measured
    "balance": 0.25,  # natural colours / colour cast
    "level": 0.22,  # horizon level / tilted
    "framing": 0.22,  # subject whole / cut off
}
DIM = 64  # of the space that photos and captions share; the axes are its first coordinates
NAMES = tuple(AXES)
WEIGHTS: NDArray[np.float32] = np.array(list(AXES.values()), dtype=np.float32)

# Which axis a known defect damages, and how far a strong case takes the quality down, on the
# scale of the quality label, where 1 is 0.35 of the human score. Chosen by us.
DAMAGED_AXIS: dict[str, tuple[str, float]] = {
    "defocus": ("focus", 1.2),
    "motion_blur": ("steadiness", 1.2),
    "gaussian_noise": ("cleanness", 1.1),
    "shot_noise": ("cleanness", 1.1),
    "jpeg": ("compression", 1.1),
    "underexposure": ("shadows", 1.1),
    "overexposure": ("highlights", 1.1),
    "low_contrast": ("contrast", 0.9),
    "colour_cast": ("balance", 0.9),
    "tilt": ("level", 0.6),
    "bad_crop": ("framing", 0.6),
}


def direction(**facts: float) -> NDArray[np.float32]:
    """Turn named facts into a vector over the axes; longer than 1 is shortened to 1."""
    vector = np.zeros(len(NAMES), dtype=np.float32)
    for name, value in facts.items():
        vector[NAMES.index(name)] = value
    length = float(np.linalg.norm(vector))
    return vector / max(length, 1.0)


def target(facts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Place facts (n, axes) in the joint space; what a caption leaves unsaid fills one axis."""
    placed = np.zeros((len(facts), DIM), dtype=np.float32)
    placed[:, : len(NAMES)] = facts
    said = np.square(facts).sum(axis=1)
    placed[:, len(NAMES)] = np.sqrt(np.clip(1.0 - said, 0.0, 1.0))
    return placed
