"""Resize and crop as the model's own evaluation transform does, to the pixel.

Source: open_clip, `image_transform` with `is_train=False`: torchvision's Resize and CenterCrop on
a Pillow image, whose filters antialias. The mean and the standard deviation are not applied here:
the tower's graph does it on the 8-bit pixels.
Deviations: photos longer than 50 times their short side are resized only where the crop will be
(the whole would take gigabytes), which may differ by one grey level. For inputs that are not square
open_clip up to 3.3 resizes the short side by bicubic whatever the setting; here the setting holds,
as in its later versions.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sim_bench.encoders.settings import PreprocessConfig
from sim_bench.images.photo_array import check_photo

VERSION = 1  # part of every fingerprint; raise it when the pixels of `apply` change

_FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}
_EXTREME = 50  # chosen by us: 50 times 336 px by 336 px by 3 bytes are 17 MB


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What happens to a photo before the visual tower.

    Attributes:
        height: Of the tower's input.
        width: Of the tower's input.
        mean: Per channel, of pixels from 0 to 1; applied in the graph.
        std: Per channel, of pixels from 0 to 1; applied in the graph.
        interpolation: Pillow filter.
        resize_mode: Short side to the input and centre crop, long side and pad, or squash.
        fill: Colour of the padding.
    """

    height: int
    width: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: Literal["bicubic", "bilinear"]
    resize_mode: Literal["shortest", "longest", "squash"]
    fill: tuple[int, int, int]

    @classmethod
    def from_config(cls, config: PreprocessConfig) -> "Preprocessing":
        """Read the settings of a bundle."""
        size, fill = config.size, config.fill_color
        height, width = (size, size) if isinstance(size, int) else size
        return cls(
            height=height,
            width=width,
            mean=config.mean,
            std=config.std,
            # open_clip: "random" is for training and means bicubic elsewhere.
            interpolation="bilinear" if config.interpolation == "bilinear" else "bicubic",
            resize_mode=config.resize_mode,
            fill=(fill, fill, fill) if isinstance(fill, int) else fill,
        )

    def apply(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Bring one photo (H, W, 3) to the tower's input (height, width, 3).

        A photo that has this size is returned as it is.
        """
        check_photo(rgb)
        if rgb.shape[:2] == (self.height, self.width):
            return rgb
        image = Image.fromarray(np.ascontiguousarray(rgb))
        if self.resize_mode == "squash":
            resized = self._resize(image, self.height, self.width)
        elif self.resize_mode == "longest":
            resized = self._pad(self._resize(image, *self._longest(image)))
        else:
            resized = self._crop(image, *self._shortest(image))
        return np.array(resized, dtype=np.uint8)

    def _resize(self, image: Image.Image, height: int, width: int) -> Image.Image:
        return image.resize((width, height), _FILTERS[self.interpolation])

    def _shortest(self, image: Image.Image) -> tuple[int, int]:
        """Height and width of which the crop is taken."""
        if self.height != self.width:  # as timm's ResizeKeepRatio
            ratio = min(image.height / self.height, image.width / self.width)
            return round(image.height / ratio), round(image.width / ratio)
        short, long = sorted((image.height, image.width))
        longer = int(self.height * long / short)  # torchvision truncates
        return (self.height, longer) if image.width > image.height else (longer, self.height)

    def _longest(self, image: Image.Image) -> tuple[int, int]:
        """Height and width that fit into the input."""
        ratio = max(image.height / self.height, image.width / self.width)
        # At least one pixel, where the original fails.
        return max(1, round(image.height / ratio)), max(1, round(image.width / ratio))

    def _crop(self, image: Image.Image, height: int, width: int) -> Image.Image:
        """Resize to (height, width) and take the centre."""
        top = round((height - self.height) / 2.0)  # to even at a half, as torchvision
        left = round((width - self.width) / 2.0)
        if height * width > _EXTREME * self.height * self.width:
            x, y = image.width / width, image.height / height  # source pixels per output pixel
            across = (left * x, 0.0, (left + self.width) * x, float(image.height))
            down = (0.0, top * y, float(self.width), (top + self.height) * y)
            how = _FILTERS[self.interpolation]
            # One direction after the other, in Pillow's order: it rounds in between.
            image = image.resize((self.width, image.height), how, across)
            return image.resize((self.width, self.height), how, down)
        resized = self._resize(image, height, width)
        return resized.crop((left, top, left + self.width, top + self.height))

    def _pad(self, image: Image.Image) -> Image.Image:
        """Put the photo in the middle; an odd pixel of padding goes right and below."""
        canvas = Image.new("RGB", (self.width, self.height), self.fill)
        canvas.paste(image, ((self.width - image.width) // 2, (self.height - image.height) // 2))
        return canvas
