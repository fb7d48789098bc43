"""Which way the edges of a photo run, near the horizontal and the vertical: what shows a tilt.

Horizons, walls and trunks leave a peak at exactly 0 and 90 degrees. A tilt of two degrees moves it,
which the maps of a network trained to name things hardly show: it was taught to overlook that.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

DEGREES = (1.0, 2.0, 3.5, 5.5, 8.0, 12.0, 18.0, 28.0)  # bins on either side of 0
FAINT = 8.0  # contrast, in 8-bit levels a pixel, from which an edge counts by half
LUMA = (0.299, 0.587, 0.114)
SMOOTH = (3 / 16, 10 / 16, 3 / 16)  # Scharr's, whose slopes point the right way
STRIDE = 4  # every so manieth pixel and line is looked at
WIDTH = 2 * (2 * len(DEGREES) + 1)


class Orientation(nn.Module):
    """Normalised images (n, 3, S, S) to histograms of edge directions, (n, WIDTH), fixed.

    For edges nearer the horizontal and for those nearer the vertical: the logarithm of each bin's
    share, as the mean of both sides of 0, and how far the sides differ.
    """

    kernel: Tensor
    places: Tensor
    bins: Tensor

    def __init__(self, std: tuple[float, ...]) -> None:
        super().__init__()
        half = np.tan(np.radians(DEGREES))
        places = np.concatenate([[-1.0], -half[::-1], [0.0], half, [1.0]])
        across = np.outer(SMOOTH, (-1.0, 0.0, 1.0))
        luma = 255 * np.array(LUMA) * np.array(std)
        kernel = np.stack([across, across.T])[:, None] * luma[None, :, None, None]
        for name, values in (("kernel", kernel), ("places", places), ("bins", _hats(places))):
            self.register_buffer(name, torch.tensor(values, dtype=torch.float32))

    def forward(self, image: Tensor) -> Tensor:
        slopes = functional.conv2d(image, self.kernel, stride=STRIDE).flatten(2)
        x, y = slopes.split(1, dim=1)
        xx, yy = x * x, y * y
        turn = x * y / (torch.maximum(xx, yy) + 1e-3)  # tangent of the angle to the nearer axis
        energy = xx + yy
        weight = energy / (energy + 4 * FAINT**2)  # slopes are over two pixels
        level = weight * (xx < yy).to(weight.dtype)
        weights = torch.cat([level, weight - level], dim=1).transpose(1, 2)
        sums = functional.relu(turn - self.places[:, None]) @ weights
        total = weights.sum(dim=1) + 1e-3 * turn.shape[1]
        logs = torch.log((self.bins @ sums).clamp(min=0) / total[:, None, :] + 1e-3)
        middle = len(DEGREES)
        right, left = logs[:, middle + 1 :], logs[:, :middle].flip(1)
        found = [logs[:, middle : middle + 1], (right + left) / 2, (right - left).abs()]
        return torch.cat(found, dim=1).flatten(1)


def _hats(places: np.ndarray) -> np.ndarray:
    """Weights that turn sums of relu(x - place) into sums of triangles around each inner place."""
    found = np.zeros((len(places) - 2, len(places)))
    gaps = np.diff(places)
    for i in range(len(found)):
        found[i, i] = 1 / gaps[i]
        found[i, i + 1] = -1 / gaps[i] - 1 / gaps[i + 1]
        found[i, i + 2] = 1 / gaps[i + 1]
    return found
