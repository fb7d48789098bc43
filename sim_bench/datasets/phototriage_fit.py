"""How PhotoTriage's published preferences follow from the votes.

Found by us in the published files, not stated by the paper: with q the Bradley-Terry strengths of
a series by maximum likelihood, summing to 1,

    P(a preferred to b) = (q_a + 0.01) / (q_a + q_b + 0.02)

gives the published probabilities to their last decimal for more than nine series in ten (the
figures are in docs/phototriage.md). Two photos: q is the share of votes.

Strengths by the iteration of Zermelo (Mathematische Zeitschrift 29, 1929), as in Hunter (Annals
of Statistics 32, 2004, section 2). Where a photo lost or won every vote there is no finite
maximum and q creeps towards 0; the number of steps then matters a little, and is chosen by us.
"""

import numpy as np
from numpy.typing import NDArray

STEPS = 1000
OFFSET = 0.01
_LEAST = 1e-300  # keeps 0 / 0 out, where two photos of no strength meet


def published_preferences(wins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute preferences of several series of one size from their votes.

    Args:
        wins: How often photo i was preferred to photo j, shape (series, photos, photos), with at
            least one vote in each series and zeros on the diagonal.

    Returns:
        Probability that photo i is preferred to photo j, of the same shape; 0.5 on the diagonal.
    """
    strength = strengths(wins) + OFFSET
    return np.asarray(strength[:, :, None] / (strength[:, :, None] + strength[:, None, :]))


def strengths(wins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute Bradley-Terry strengths, shape (series, photos), that sum to 1 in each series."""
    compared = wins + wins.transpose(0, 2, 1)
    won = wins.sum(axis=2)
    strength = np.full(won.shape, 1 / won.shape[1])
    for _ in range(STEPS):
        both = np.maximum(strength[:, :, None] + strength[:, None, :], _LEAST)
        following = won / np.maximum((compared / both).sum(axis=2), _LEAST)
        following /= following.sum(axis=1, keepdims=True)
        settled = np.abs(following - strength).max() < 1e-12
        strength = following
        if settled:
            break
    return strength
