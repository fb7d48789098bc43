"""Small packages called pyiqa and torch, for tests of what passes between us and the real ones."""

import sys

from sim_bench.quality_assessment.pyiqa_bridge import LoadedMetric, PyIQAAssessor

TABLE = """
DEFAULT_CONFIGS = {
    "bright": {"metric_mode": "NR", "score_range": "0, ~255"},
    "dark": {"metric_mode": "NR", "lower_better": True, "score_range": "0, 255"},
    "odd": {"metric_mode": "NR", "score_range": "quality 0, 1; rank"},
    "random": {"metric_mode": "NR", "score_range": "0, 1"},
    "several": {"metric_mode": "NR"},
    "nothing": {"metric_mode": "NR"},
    "broken": {"metric_mode": "NR"},
    "absent": {"metric_mode": "NR"},
    "ssim": {"metric_mode": "FR", "score_range": "0, 1"},
    "fid": {"metric_mode": "NR", "lower_better": True},
}
"""
PYIQA = """
import numpy as np
import torch

__version__ = "9.8.7"


class Metric:
    def __init__(self, name, device):
        self.name = name
        self.device = device or "cpu"

    def __call__(self, photo):
        assert photo.mode == "RGB"
        mean = np.asarray(photo).mean(keepdims=True)
        if self.name == "broken" and photo.width < 50:
            raise AssertionError("too small")
        if self.name == "nothing":
            return mean * np.nan
        if self.name == "random":
            return np.array([torch.state.random()])
        return (mean, "and more") if self.name == "several" else mean


def create_metric(name, device=None):
    if name == "absent":
        raise OSError("no weights to be had")
    return Metric(name, device)
"""
TORCH = """
import random as _random
from contextlib import contextmanager
from types import SimpleNamespace

__version__ = "1.2.3"
state = _random.Random(5)
cuda = SimpleNamespace(is_available=lambda: False)
forked = []


def manual_seed(seed):
    state.seed(seed)


@contextmanager
def _fork_rng(devices):
    forked.append(list(devices))
    kept = state.getstate()
    yield
    state.setstate(kept)


random = SimpleNamespace(fork_rng=_fork_rng)
"""


def install(folder, monkeypatch):
    """Make both importable, in place of real ones, for one test."""
    for name, text in (("pyiqa", PYIQA), ("torch", TORCH)):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(text)
        for loaded in [one for one in sys.modules if one.partition(".")[0] == name]:
            monkeypatch.delitem(sys.modules, loaded)
        # Noted as absent, so that what the test imports goes when it ends.
        monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.delitem(sys.modules, name)
    (folder / "pyiqa" / "default_model_configs.py").write_text(TABLE)
    monkeypatch.syspath_prepend(folder)


def random_pyiqa_assessor():
    """One with a made-up metric, whether pyiqa is installed or not: the mean of the pixels."""
    made = PyIQAAssessor()
    made.score_range = (0.0, 255.0)
    made.loaded = LoadedMetric(lambda photo: _mean(photo), "a test")
    return made


def _mean(photo):
    import numpy as np

    return float(np.asarray(photo).mean())
