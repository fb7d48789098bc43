import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_bench.quality_assessment.composite import MEASURES
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.rule_based import Calibration
from tests.quality_assessment.samples import flat, scene

measures = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)


def test_calibration_by_hand():
    """At the median 0.5; at three times the median with slope 1, odds 3 to 1."""
    rising, falling = Calibration(4.0, 1.0), Calibration(4.0, -1.0)
    raw = np.array([0.0, 4.0, 12.0, np.inf])
    assert rising(raw) == pytest.approx([0, 0.5, 0.75, 1])
    assert falling(raw) == pytest.approx([1, 0.5, 0.25, 0])
    assert np.isnan(rising(np.array([np.nan]))).all()


@measures
@given(ratio=st.floats(0.2, 2.0), step=st.floats(1e-6, 1.0))
def test_calibration_never_ties(measure, ratio, step):
    """Strictly monotonic far beyond the values that photos have, steps of a millionth told apart.

    The original's sharpness had 35% of its scores tied at a ceiling.
    """
    raw = measure.calibration.median * ratio * np.array([1.0, 1.0 + step])
    low, high = measure.calibration(raw)
    assert 0 < low < 1
    assert 0 < high < 1
    assert (low < high) if measure.raw_direction == "higher" else (low > high)


@measures
def test_slope_and_raw_direction_agree(measure):
    assert (measure.calibration.slope > 0) == (measure.raw_direction == "higher")
    assert measure.calibration.median > 0
    assert measure.unit


@measures
@pytest.mark.parametrize(
    "turn",
    [np.fliplr, np.flipud, np.rot90, lambda a: a.transpose(1, 0, 2), lambda a: a[::-1, ::-1]],
    ids=["fliplr", "flipud", "rot90", "transpose", "rot180"],
)
@pytest.mark.parametrize("size", [(37, 53), (301, 1603)], ids=["small", "reduced"])
def test_orientation_does_not_matter(measure, turn, size):
    """Exact but for float rounding; reduced colours are rounded to whole levels on the way."""
    image = scene(*size)
    turned = np.ascontiguousarray(turn(image))
    tolerance = 1e-3 if measure.name == "colourfulness" and size[1] > 1024 else 1e-6
    assert measure.measure(turned) == pytest.approx(measure.measure(image), rel=tolerance)


@measures
def test_read_only_and_strided_pixels_will_do(measure):
    image = scene()
    value = measure.measure(image)
    image.setflags(write=False)
    assert measure.measure(image) == value
    assert measure.measure(image[:, ::-1][:, ::-1]) == value


@measures
def test_details_and_description_show_the_raw_value(measure):
    observed = measure.observe(Planes(scene()))
    details = measure.details_observed(observed)
    assert details["raw"] == measure.measure(scene())
    assert details["overall"] == measure.score_observed([observed])[0]
    assert any(character.isdigit() for character in measure.describe(observed))


@measures
def test_a_flat_picture_has_a_finite_score(measure):
    score = measure.score_observed([measure.observe(Planes(flat()))])[0]
    assert score == (0.0 if measure.raw_direction == "higher" else 1.0)


@measures
def test_photos_that_differ_have_scores_that_differ(measure):
    scores = [
        measure.score_observed([measure.observe(Planes(scene(seed=seed)))])[0] for seed in range(20)
    ]
    assert len(set(scores)) == 20


def test_repr_is_truthful():
    for measure in MEASURES.values():
        assert repr(measure) == f"{type(measure).__name__}()"
