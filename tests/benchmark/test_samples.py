"""Sample photos: real, known defects, the same every time."""

import builtins

import numpy as np
import pytest
from PIL import Image

from sim_bench.benchmark.samples import FAULTS, SOURCES, UNDAMAGED, scene, write_samples
from sim_bench.errors import MissingDependencyError
from sim_bench.images.degrade import DEFECTS


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    return write_samples(tmp_path_factory.mktemp("samples"))


def test_every_scene_is_a_colour_photo():
    for name in SOURCES:
        rgb = scene(name)
        assert rgb.dtype == np.uint8, name
        assert rgb.ndim == 3
        assert rgb.shape[2] == 3
        assert min(rgb.shape[:2]) >= 300


def test_photos_are_each_scene_and_two_defects_of_it(samples):
    names = sorted(path.stem for path in samples.photos.iterdir())
    assert len(names) == 3 * len(SOURCES)
    kinds = {name.partition("_")[2] for name in names} - {""}
    assert kinds == set(DEFECTS)


def test_a_burst_holds_the_undamaged_photo_and_damaged_ones(samples):
    assert len(samples.truth) == len(SOURCES) * len(FAULTS)
    for name, best in samples.truth.items():
        files = sorted(path.name for path in (samples.bursts / name).iterdir())
        assert best.parent == samples.bursts / name
        assert best.name == f"{UNDAMAGED}.jpg"
        kinds = FAULTS[name.rpartition("-")[2]]
        assert files == sorted([f"{UNDAMAGED}.jpg", *(f"{kind}.jpg" for kind in kinds)])


def test_every_defect_is_in_some_burst():
    assert {kind for kinds in FAULTS.values() for kind in kinds} == set(DEFECTS)


def test_the_undamaged_photo_is_the_scene_itself(samples):
    """JPEG at quality 95 without subsampling moves a pixel by little."""
    saved = np.asarray(Image.open(samples.truth["coffee-focus"]), dtype=int)
    assert np.abs(saved - scene("coffee")).mean() < 2


def test_the_same_seed_writes_the_same_files(samples, tmp_path):
    again = write_samples(tmp_path)
    for path in again.bursts.rglob("coffee-noise/*.jpg"):
        twin = samples.bursts / path.relative_to(again.bursts)
        assert path.read_bytes() == twin.read_bytes()


def test_without_the_packages_the_install_line_is_named(monkeypatch, tmp_path):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name.startswith("skimage"):
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDependencyError, match=r"pip install 'sim-bench\[demo\]'"):
        write_samples(tmp_path)
