"""The bridge to pyiqa, with a small package in its place, and with the real one where it is."""

import importlib.util
import math
import sys

import numpy as np
import pytest
from PIL import Image

from sim_bench.errors import (
    DeviceError,
    LicenceError,
    MissingDependencyError,
    ModelError,
    UnknownNameError,
    UnscoredError,
)
from sim_bench.quality_assessment import pyiqa_bridge
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.permissive import refuse_restricted, restricted
from sim_bench.quality_assessment.pyiqa_bridge import PyIQAAssessor, PyIQAWarning
from sim_bench.quality_assessment.pyiqa_metrics import stated_range
from sim_bench.quality_assessment.run import score_table
from sim_bench.quality_assessment.sharpness import SharpnessAssessor
from sim_bench.store.store import Store
from tests.quality_assessment.fake_pyiqa import install
from tests.quality_assessment.samples import scene

NO_PYIQA = importlib.util.find_spec("pyiqa") is None


@pytest.fixture
def fake(tmp_path, monkeypatch):
    install(tmp_path / "packages", monkeypatch)


@pytest.fixture
def photos(tmp_path):
    for seed, width in enumerate((40, 60, 80)):
        Image.fromarray(scene(50, width, seed)).save(tmp_path / f"{seed}.png")
    return sorted(tmp_path.glob("*.png"))


def means(photos):
    return [float(np.asarray(Image.open(path)).mean()) for path in photos]


@pytest.mark.usefixtures("fake")
def test_scores_are_those_of_the_metric(photos):
    made = PyIQAAssessor("bright")
    assert made.assess_image(photos[0]) == means(photos)[0]
    assert list(made.assess_batch(photos)["pyiqa"]) == means(photos)
    assert made.get_detailed_scores(photos[1]) == {"overall": means(photos)[1]}
    explained = made.explain(photos[1])
    assert [(one.name, one.contribution) for one in explained.reasons] == [
        ("bright", explained.score)
    ]


@pytest.mark.usefixtures("fake")
def test_the_best_is_by_the_direction_of_the_metric(photos):
    scores = means(photos)
    bright, dark = PyIQAAssessor("bright"), PyIQAAssessor("dark")
    assert (bright.direction, dark.direction) == ("higher", "lower")
    assert bright.select_best(photos).path == photos[int(np.argmax(scores))]
    assert dark.select_best(photos).path == photos[int(np.argmin(scores))]


@pytest.mark.usefixtures("fake")
def test_bounds_are_those_that_pyiqa_states_as_firm():
    assert PyIQAAssessor("bright").score_range == (0.0, math.inf)
    assert PyIQAAssessor("dark").score_range == (0.0, 255.0)
    assert PyIQAAssessor("odd").score_range == (-math.inf, math.inf)
    assert stated_range("~, 2") == (-math.inf, 2.0)
    assert stated_range("") == (-math.inf, math.inf)


@pytest.mark.usefixtures("fake")
def test_knowing_a_metric_imports_neither_pyiqa_nor_pytorch():
    PyIQAAssessor("bright")
    assert not {"pyiqa", "torch"} & set(sys.modules)


@pytest.mark.usefixtures("fake")
def test_an_unknown_metric_is_refused_with_the_closest_one():
    with pytest.raises(UnknownNameError, match=r"Did you mean 'bright'\?") as error:
        PyIQAAssessor("brigth")
    assert "ssim" not in str(error.value)
    assert "fid" not in str(error.value)


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(("metric", "why"), [("ssim", "reference photo"), ("fid", "sets")])
def test_a_metric_that_needs_more_than_the_photo_is_refused(metric, why):
    with pytest.raises(ValueError, match=why):
        PyIQAAssessor(metric)


def test_an_unknown_device_is_refused():
    with pytest.raises(ValueError, match="auto, cpu or cuda"):
        PyIQAAssessor(device="tpu")


@pytest.mark.usefixtures("fake")
def test_arguments_can_be_read_back():
    made = PyIQAAssessor(metric="dark", device="cpu")
    assert repr(made) == "PyIQAAssessor(metric='dark', device='cpu')"
    assert (made.metric, made.device) == ("dark", "cpu")


@pytest.mark.usefixtures("fake")
def test_the_first_of_several_results_is_the_score(photos):
    assert PyIQAAssessor("several").assess_image(photos[0]) == means(photos)[0]


@pytest.mark.usefixtures("fake")
def test_random_crops_are_the_same_each_time(photos):
    import torch

    made = PyIQAAssessor("random")
    first = made.assess_image(photos[0])
    torch.manual_seed(77)
    before = torch.state.getstate()
    assert list(made.assess_batch(photos)["pyiqa"]) == [first] * 3
    assert torch.state.getstate() == before, "the caller's random numbers go on as they were"


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(("device", "forked"), [("cpu", []), ("cuda", ["cuda"])])
def test_the_random_numbers_of_the_graphics_card_are_put_back_too(
    device, forked, photos, monkeypatch
):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    PyIQAAssessor("random", device=device).assess_image(photos[0])
    assert torch.forked == [forked]


@pytest.mark.usefixtures("fake")
def test_no_number_is_no_score(photos):
    made = PyIQAAssessor("nothing")
    with pytest.raises(UnscoredError, match="no finite score"):
        made.assess_image(photos[0])
    table = made.assess_batch(photos)
    assert set(table["status"]) == {"unscored"}
    assert made.select_best(photos).path is None


@pytest.mark.usefixtures("fake")
def test_a_failure_on_one_photo_is_told_and_leaves_the_others(photos):
    methods = {"pyiqa": PyIQAAssessor("broken"), "sharpness": SharpnessAssessor()}
    with pytest.warns(PyIQAWarning, match="40 x 50 pixels no score: AssertionError: too small"):
        table = score_table(photos, methods)
    assert list(table["status"]) == ["unscored", "scored", "scored"]
    assert table["reason"][0] == "no finite score by pyiqa"
    assert list(table["pyiqa"][1:]) == means(photos)[1:]
    assert np.isfinite(table["sharpness"]).all()


@pytest.mark.usefixtures("fake")
def test_a_metric_that_cannot_be_made_fails_on_loading():
    with pytest.raises(ModelError, match=r"'absent': OSError: no weights to be had.*PyTorch's"):
        PyIQAAssessor("absent").load()


@pytest.mark.usefixtures("fake")
def test_cuda_that_is_not_there_fails_on_loading():
    with pytest.raises(DeviceError, match="no CUDA device"):
        PyIQAAssessor("bright", device="cuda").load()


def test_without_pyiqa_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(pyiqa_bridge, "is_installed", lambda: False)
    made = PyIQAAssessor("whatever")
    assert "pip install 'sim-bench[pyiqa]'" in made.missing()
    with pytest.raises(MissingDependencyError, match="whatever"):
        made.load()


@pytest.mark.usefixtures("fake")
def test_a_pyiqa_without_its_table_is_told(tmp_path):
    (tmp_path / "packages" / "pyiqa" / "default_model_configs.py").unlink()
    with pytest.raises(ModelError, match="no table of its metrics"):
        PyIQAAssessor("bright")


@pytest.mark.usefixtures("fake")
def test_scores_are_kept_by_metric_and_versions(photos, tmp_path):
    made = PyIQAAssessor("bright")
    assert made.missing() is None
    assert made.made_by == "bright of pyiqa 9.8.7, torch 1.2.3, cpu"
    assert made.fingerprint != PyIQAAssessor("dark").fingerprint
    with Store(tmp_path / "kept.sqlite") as store:
        first = score_table(photos, {"pyiqa": made}, store=store)
        made.loaded = pyiqa_bridge.LoadedMetric(lambda photo: 1 / 0, made.loaded.made_by)
        assert score_table(photos, {"pyiqa": made}, store=store).equals(first)


def test_it_is_not_for_permissive_use():
    made = PyIQAAssessor.__new__(PyIQAAssessor)
    assert restricted(made) == "PolyForm-Noncommercial-1.0.0"
    with pytest.raises(LicenceError, match="PolyForm"):
        refuse_restricted({"pyiqa": made})
    assert made.trained_on is None


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(NO_PYIQA, reason="pyiqa is not installed: pip install 'sim-bench[pyiqa]'")
def test_the_real_pyiqa_computes_entropy():
    """Of two equally frequent levels the entropy is 1 bit: a metric that needs no weights."""
    halves = np.zeros((64, 64, 3), np.uint8)
    halves[:, 32:] = 255
    made = PyIQAAssessor("entropy", device="cpu")
    assert (made.direction, made.score_range) == ("higher", (0.0, 8.0))
    made.load()
    assert made.observe(Planes(halves)) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(NO_PYIQA, reason="pyiqa is not installed: pip install 'sim-bench[pyiqa]'")
def test_the_real_pyiqa_scores_pixels_as_it_scores_files(photos):
    import pyiqa

    made = PyIQAAssessor("piqe", device="cpu")
    assert (made.direction, made.score_range) == ("lower", (0.0, 100.0))
    metric = pyiqa.create_metric("piqe", device="cpu")
    for path in photos:
        assert made.assess_image(path) == pytest.approx(metric(str(path)).item(), abs=1e-6)


@pytest.mark.torch
@pytest.mark.skipif(NO_PYIQA, reason="pyiqa is not installed: pip install 'sim-bench[pyiqa]'")
def test_the_real_table_is_read_and_its_names_are_checked():
    assert PyIQAAssessor("brisque").direction == "lower"
    assert PyIQAAssessor("nima").score_range == (0.0, 10.0)
    with pytest.raises(UnknownNameError, match="'topiq_nr'"):
        PyIQAAssessor("topic_nr")
    for metric in ("lpips", "inception_score", "clipscore", "sfid", "fid_dinov2"):
        with pytest.raises(ValueError, match="photo"):
            PyIQAAssessor(metric)
