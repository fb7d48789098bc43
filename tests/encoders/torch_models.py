"""Models of open_clip with random weights, small and large, for the tests marked `torch`."""

from pathlib import Path

import pytest

CONFIGS = Path(__file__).parent / "open_clip_configs"
TINY = "tiny-test"
TINY_QUICK = "tiny-test-quickgelu"


def know_tiny():
    """Make open_clip know the two small models; without open_clip, the test is skipped."""
    open_clip = pytest.importorskip("open_clip", reason="needs the extra [torch]")
    if TINY not in open_clip.list_models():
        open_clip.add_model_config(CONFIGS)
    return open_clip


def tiny_model(name=TINY, *, seed=0, preprocess=None):
    know_tiny()
    from sim_bench.encoders.open_clip_model import random_model

    return random_model(name, seed=seed, preprocess=preprocess)


def know_tags(monkeypatch, checkpoint):
    """Give the small model two tags for one file: weights with and without QuickGELU."""
    know_tiny()
    from open_clip import pretrained

    common = {"file": str(checkpoint), "mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}
    tags = {"quick": {**common, "quick_gelu": True}, "plain": common}
    monkeypatch.setitem(pretrained._PRETRAINED, TINY, tags)
