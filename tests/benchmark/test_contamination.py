"""What a method has met before."""

from pathlib import Path

import pytest

from sim_bench.benchmark.config import load_config
from sim_bench.benchmark.contamination import contamination
from sim_bench.benchmark.material import load_material

CONFIGS = Path(__file__).parents[2] / "configs"

SEEN = ("biq2021:train, our split", "biq2021:dev, to choose the recipe", "ImageNet-1k")


def test_an_overlap_is_told_in_words():
    found = contamination({"clip": SEEN, "sharpness": ()}, ["mine", "biq2021"])
    assert found == {
        "clip": "trained on or chosen by photos of this data: "
        "biq2021:train, our split; biq2021:dev, to choose the recipe"
    }


@pytest.mark.parametrize(
    ("seen", "name", "overlaps"),
    [
        ("ava", "ava", True),
        ("AVA", "ava", True),
        ("ava:train", "ava", True),
        ("biq2021", "biq2021-dev", True),
        ("biq2021", "biq2021 dev", True),
        ("live", "live_challenge", False),
        ("ava", "avatars", False),
        ("koniq10k", "spaq", False),
        ("k.niq10k", "koniq10k", False),
    ],
)
def test_names_that_mean_the_same_photos(seen, name, overlaps):
    assert ("m" in contamination({"m": (seen,)}, [name])) == overlaps


def test_what_is_not_on_record_is_not_called_an_overlap():
    assert contamination({"m": None}, ["ava"]) == {}


@pytest.mark.data
def test_the_shipped_configuration_of_our_own_training_photos_is_flagged(data_dir, monkeypatch):
    """The embedded model saw BIQ2021: this must not be lost by reading it as a plain table."""
    from sim_bench.encoders.load import load_encoder

    monkeypatch.setenv("SIM_BENCH_DATA", str(data_dir))
    config = load_config(CONFIGS / "biq2021_dev.yaml")
    known_as = load_material(config.datasets[0]).known_as
    found = contamination({"clip": load_encoder("embedded").trained_on}, known_as)
    assert "biq2021:train" in found["clip"]
    assert "biq2021:dev" in found["clip"]
