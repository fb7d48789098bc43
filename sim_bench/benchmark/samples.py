"""Sample photos and bursts whose best shot is known.

Seven real photos that scikit-image and scikit-learn ship, and damaged versions of them. The
damage is of the kind that everyone notices (`Defect.strong`): a milder one is not surely worse,
as when a dark scene is exposed a stop longer. None of the photos took part in training the
embedded model.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sim_bench.errors import MissingDependencyError
from sim_bench.images.degrade import DEFECTS, degrade

if TYPE_CHECKING:
    from types import ModuleType


@dataclass(frozen=True, slots=True)
class Source:
    """A photo that a package ships.

    Attributes:
        package: "skimage" or "sklearn".
        file: Name the package knows it by.
        licence: Its licence, as the package states it.
    """

    package: str
    file: str
    licence: str


SOURCES: dict[str, Source] = {
    "astronaut": Source("skimage", "astronaut", "public domain (NASA)"),
    "camera": Source("skimage", "camera", "CC0 (Lav Varshney)"),
    "chelsea": Source("skimage", "chelsea", "CC0 (Stefan van der Walt)"),
    "coffee": Source("skimage", "coffee", "CC0 (Rachel Michetti)"),
    "rocket": Source("skimage", "rocket", "public domain (SpaceX)"),
    "china": Source("sklearn", "china.jpg", "CC BY 2.0 (danielbuechele)"),
    "flower": Source("sklearn", "flower.jpg", "CC BY 2.0 (vultilion)"),
}

FAULTS: dict[str, tuple[str, ...]] = {
    "focus": ("defocus", "motion_blur"),
    "light": ("underexposure", "overexposure", "low_contrast", "colour_cast"),
    "noise": ("gaussian_noise", "shot_noise", "jpeg"),
    "framing": ("tilt", "bad_crop"),
}
"""What goes wrong in each kind of burst."""

UNDAMAGED = "undamaged"


@dataclass(frozen=True, slots=True)
class Samples:
    """Where the samples lie.

    Attributes:
        photos: Folder of single photos: each scene undamaged and with two defects.
        bursts: Folder of bursts: one undamaged photo each, the rest damaged.
        truth: The undamaged photo by burst name.
    """

    photos: Path
    bursts: Path
    truth: dict[str, Path]


def scene(name: str) -> NDArray[np.uint8]:
    """Load one of the seven photos, sRGB of shape (H, W, 3).

    Raises:
        MissingDependencyError: scikit-image or scikit-learn is not installed.
    """
    skimage_data, sklearn_datasets = _packages()
    source = SOURCES[name]
    if source.package == "skimage":
        pixels = np.asarray(getattr(skimage_data, source.file)())
    else:
        pixels = np.asarray(sklearn_datasets.load_sample_image(source.file))
    if pixels.ndim == 2:
        pixels = np.stack([pixels] * 3, axis=-1)
    return np.ascontiguousarray(pixels[..., :3], dtype=np.uint8)


def write_scene(name: str, folder: Path) -> Path:
    """Write one of the seven photos as a JPEG file (quality 95).

    Raises:
        MissingDependencyError: scikit-image or scikit-learn is not installed.
    """
    path = folder / f"{name}.jpg"
    _save(scene(name), path)
    return path


def _packages() -> "tuple[ModuleType, ModuleType]":
    try:
        import skimage.data
        import sklearn.datasets
    except ImportError as error:
        raise MissingDependencyError("building the sample photos", "demo") from error
    return skimage.data, sklearn.datasets


def write_samples(folder: Path, *, seed: int = 0) -> Samples:
    """Write the samples as JPEG files (quality 95); the same files for the same seed.

    Args:
        folder: Where to make the folders `photos` and `bursts`.
        seed: Decides directions, sides and noise.

    Raises:
        MissingDependencyError: scikit-image or scikit-learn is not installed.
    """
    photos, bursts = folder / "photos", folder / "bursts"
    truth = {}
    for number, name in enumerate(SOURCES):
        rgb = scene(name)
        write_scene(name, photos)
        for kind in _two_of(list(DEFECTS), number):
            severity = DEFECTS[kind].strong
            _save(degrade(rgb, kind, severity, seed=seed + number), photos / f"{name}_{kind}.jpg")
        for fault, kinds in FAULTS.items():
            burst = f"{name}-{fault}"
            truth[burst] = bursts / burst / f"{UNDAMAGED}.jpg"
            _save(rgb, truth[burst])
            for kind in kinds:
                damaged = degrade(rgb, kind, DEFECTS[kind].strong, seed=seed + number)
                _save(damaged, bursts / burst / f"{kind}.jpg")
    return Samples(photos, bursts, truth)


def _two_of(kinds: list[str], number: int) -> list[str]:
    """Take turns, so that over all scenes every defect appears."""
    return [kinds[(2 * number + k) % len(kinds)] for k in range(2)]


def _save(rgb: NDArray[np.uint8], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rgb).save(path, quality=95, subsampling=0)
