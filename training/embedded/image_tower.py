"""The tower for photos: a residual network with statistics of every stage."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.embedded.concepts import DIM

FINE = 4.0
PATCHES = (8, 4, 2, 1, 1)  # so that a patch of any stage is 16 px of the photo, then 16 and 32
MEAN = (0.48145466, 0.4578275, 0.40821073)  # CLIP's, so that any CLIP loader's defaults fit
STD = (0.26862954, 0.26130258, 0.27577711)


def _conv(inputs: int, outputs: int, size: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False), nn.BatchNorm2d(outputs)
    )


class Block(nn.Module):
    """Two 3x3 convolutions around a shortcut, dropped at random in training."""

    def __init__(self, inputs: int, outputs: int, stride: int, drop: float) -> None:
        super().__init__()
        self.first = _conv(inputs, outputs, 3, stride)
        self.second = _conv(outputs, outputs, 3)
        self.short: nn.Module = nn.Identity()
        if stride > 1 or inputs != outputs:
            self.short = nn.Sequential(
                nn.AvgPool2d(stride, ceil_mode=True), *_conv(inputs, outputs, 1)
            )
        self.drop = drop

    def forward(self, x: Tensor) -> Tensor:
        branch = self.second(functional.relu(self.first(x)))
        if self.training and self.drop:
            keep = torch.rand(len(x), 1, 1, 1) >= self.drop
            branch = branch * (keep / (1 - self.drop)).to(branch.dtype)
        return functional.relu(branch + self.short(x))


class ImageTower(nn.Module):
    """Photos (n, 3, S, S), normalised, to unit vectors (n, DIM).

    Statistics of every stage's maps go to the head: noise, blur and blocks show in the early ones,
    and would be pooled away before the last.
    """

    def __init__(
        self,
        stem: int = 16,
        widths: tuple[int, ...] = (24, 56, 144, 288),
        depths: tuple[int, ...] = (1, 2, 2, 2),
        drop: float = 0.1,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.stem = _conv(6, stem, 3, 2)
        self.stages = nn.ModuleList()
        inputs = stem
        for i, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            blocks = []
            for j in range(depth):
                blocks.append(Block(inputs, width, 2 if j == 0 else 1, drop * i / len(widths)))
                inputs = width
            self.stages.append(nn.Sequential(*blocks))
        features = 4 * (stem + sum(widths))
        self.head = nn.Sequential(
            nn.BatchNorm1d(features),
            nn.Dropout(dropout),
            nn.Linear(features, 256),
            nn.GELU(approximate="tanh"),
            nn.Dropout(dropout / 2),
            nn.Linear(256, DIM),
        )

    def forward(self, image: Tensor) -> Tensor:
        # Fine detail is faint beside light and dark; on its own and enlarged it is learnt sooner.
        detail = FINE * (image - functional.avg_pool2d(image, 3, 1, 1, count_include_pad=False))
        x = functional.relu(self.stem(torch.cat([image, detail], dim=1)))
        pooled = [_statistics(x, PATCHES[0])]
        for stage, patch in zip(self.stages, PATCHES[1:], strict=True):
            x = stage(x)
            pooled.append(_statistics(x, patch))
        return functional.normalize(self.head(torch.cat(pooled, dim=1)), dim=1)


def _statistics(maps: Tensor, patch: int) -> Tensor:
    """Mean and spread over the plane, then the greatest and the least mean of any patch.

    Noise shows where a photo is flattest and sharpness where it is crispest: the extremes of
    patches tell them from texture and from a blurred background, which the mean cannot.
    """
    maps = maps.float()
    mean = maps.mean(dim=(2, 3))
    variance = (maps - mean[:, :, None, None]).square().mean(dim=(2, 3))
    patches = functional.avg_pool2d(maps, patch) if patch > 1 else maps
    extremes = [patches.amax(dim=(2, 3)), patches.amin(dim=(2, 3))]
    return torch.cat([mean, (variance + 1e-4).sqrt(), *extremes], dim=1)
