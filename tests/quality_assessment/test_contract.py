"""What every registered method keeps to, whatever it measures; a new one is picked up by itself."""

import math

import numpy as np
import pytest
from PIL import Image

from sim_bench.errors import ImageError, UnscoredError
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.rule_based import RuleBasedAssessor
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor
from sim_bench.registry import METHODS, method_class
from tests.fakes import FakeEncoder
from tests.networks.nima_networks import small_encoder
from tests.quality_assessment.ensembles import small_ensemble
from tests.quality_assessment.fake_pyiqa import random_pyiqa_assessor
from tests.quality_assessment.laion_heads import random_laion_assessor
from tests.quality_assessment.random_clip_iqa import random_clip_iqa
from tests.quality_assessment.random_liqe import random_liqe
from tests.quality_assessment.random_musiq import random_musiq
from tests.quality_assessment.samples import flat, grey, scene

pytestmark = pytest.mark.filterwarnings("ignore::sim_bench.quality_assessment.remarks.RunRemark")

SCENES = 5
ODD = ("empty.jpg", "text.jpg", "truncated.png", "missing.jpg")
UNREADABLE = len(ODD)


BUILDERS = {
    "clip_aesthetic": lambda: method_class("clip_aesthetic")(encoder=FakeEncoder()),
    "clip_iqa": random_clip_iqa,
    "liqe": random_liqe,
    "laion_aesthetic": random_laion_assessor,
    "nima": lambda: method_class("nima")(encoder=small_encoder()),
    "musiq": random_musiq,
    "pyiqa": random_pyiqa_assessor,
    "ensemble": small_ensemble,
}
"""Methods with random weights of their own architecture, as small as it goes."""


def build(name):
    """Construct a method, one that needs weights with random ones."""
    return BUILDERS.get(name, method_class(name))()


@pytest.fixture(params=sorted(METHODS))
def method(request):
    return build(request.param)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Five scenes, a copy of the first, a flat photo, and files that give no pixels."""
    root = tmp_path_factory.mktemp("photos")
    for seed in range(SCENES):
        Image.fromarray(scene(60 + seed, 80, seed)).save(root / f"scene{seed}.png")
    (root / "copy.png").write_bytes((root / "scene0.png").read_bytes())
    Image.fromarray(flat()).save(root / "flat.png")
    (root / "empty.jpg").write_bytes(b"")
    (root / "text.jpg").write_text("no photo")
    whole = (root / "scene1.png").read_bytes()
    (root / "truncated.png").write_bytes(whole[: len(whole) // 2])
    return root


@pytest.fixture
def good(folder):
    return [*sorted(folder.glob("scene*.png")), folder / "copy.png", folder / "flat.png"]


@pytest.fixture
def mixed(folder, good):
    """Good and unreadable files by turns."""
    odd = [folder / name for name in ODD]
    return [path for two in zip(good, odd, strict=False) for path in two] + good[len(odd) :]


def scores_of(method, paths):
    table = method.assess_batch(paths)
    return dict(zip(table["path"], table[method.name], strict=True))


def test_attributes_are_truthful(method):
    assert isinstance(method, QualityAssessor)
    assert METHODS[method.name].endswith(f":{type(method).__name__}")
    assert method_class(type(method).__name__) is type(method)
    assert method.direction in ("higher", "lower")
    assert method.kind in ("rule-based", "learned")
    low, high = method.score_range
    assert low < high
    assert method.licence
    assert type(method).__name__ in repr(method)


def test_it_can_run_here(method):
    assert method.missing() is None
    assert method.is_available()
    method.load()


def test_one_row_per_input_in_order(method, mixed):
    table = method.assess_batch(mixed)
    assert list(table["path"]) == [str(path) for path in mixed]
    unscored = table[table["status"] == "unscored"]
    assert len(unscored) == UNREADABLE
    assert unscored["reason"].str.len().gt(0).all()
    assert unscored[method.name].isna().all()
    scored = table[table["status"] == "scored"]
    assert len(scored) + len(unscored) == len(mixed)
    assert np.isfinite(scored[method.name]).all()
    assert (scored["reason"] == "").all()


def test_no_inputs_give_no_rows(method):
    table = method.assess_batch([])
    assert len(table) == 0
    assert {"path", "status", "reason", "width", "height", method.name} <= set(table.columns)


def test_batch_equals_singles(method, good):
    batch = scores_of(method, good)
    for path in good:
        assert batch[str(path)] == pytest.approx(method.assess_image(path), abs=1e-6)


def test_company_and_order_do_not_matter(method, good, mixed):
    alone = scores_of(method, good)
    backwards = scores_of(method, mixed[::-1])
    for path, score in alone.items():
        assert backwards[path] == pytest.approx(score, abs=1e-6)


def test_a_second_look_sees_the_same(method, good):
    assert scores_of(method, good) == scores_of(method, good)


def test_scores_lie_in_the_range_and_tell_scenes_apart(method, good):
    low, high = method.score_range
    scores = scores_of(method, good)
    assert all(low <= score <= high for score in scores.values())
    assert len({scores[str(path)] for path in good[:SCENES]}) == SCENES


def test_equal_files_score_alike(method, folder, good):
    scores = scores_of(method, good)
    same = scores[str(folder / "copy.png")]
    assert scores[str(folder / "scene0.png")] == pytest.approx(same, abs=1e-6)


def test_parts_add_up_to_the_score(method, good):
    """Where a method is a sum; the others have no parts."""
    parts = method.parts().values()
    for path in good if parts else ():
        total = sum(weight * part.assess_image(path) for weight, part in parts)
        assert total == pytest.approx(method.assess_image(path), abs=1e-9)


def test_what_it_was_trained_on_is_names_or_not_on_record(method):
    stated = method.trained_on
    assert stated is None or (isinstance(stated, tuple) and all(map(str.strip, stated)))
    if method.kind == "rule-based":
        assert stated == ()


def test_details_are_finite_and_hold_the_score(method, good):
    for path in good:
        details = method.get_detailed_scores(path)
        assert details["overall"] == pytest.approx(method.assess_image(path), abs=1e-6)
        assert all(isinstance(key, str) for key in details)
        assert all(math.isfinite(value) for value in details.values())


def test_reasons_add_up_to_the_score(method, good):
    for path in good:
        explanation = method.explain(path)
        assert explanation.score == pytest.approx(method.assess_image(path), abs=1e-6)
        contributions = [reason.contribution for reason in explanation.reasons]
        assert math.fsum(contributions) == pytest.approx(explanation.score, abs=1e-6)
        assert [abs(c) for c in contributions] == sorted(map(abs, contributions), reverse=True)
        assert all(reason.name for reason in explanation.reasons)


def test_best_is_the_best_row_and_the_rest_is_accounted_for(method, mixed):
    scores = scores_of(method, mixed)
    best = method.select_best(mixed)
    finite = [score for score in scores.values() if math.isfinite(score)]
    top = max(finite) if method.direction == "higher" else min(finite)
    assert best.score == pytest.approx(top, abs=1e-6)
    assert scores[str(best.path)] == pytest.approx(top, abs=1e-6)
    assert len(best.unscored) == UNREADABLE
    assert all(best.unscored.values())


def test_best_of_equal_photos_is_a_tie(method, folder):
    pair = [folder / "scene0.png", folder / "copy.png"]
    best = method.select_best(pair)
    assert best.path == pair[0]
    assert best.tied == tuple(pair)
    assert best.margin is None


def test_best_of_nothing_readable_is_none(method, folder):
    best = method.select_best([folder / name for name in ODD])
    assert best.path is None
    assert best.score is None
    assert len(best.unscored) == len(ODD)


def test_best_of_no_photos_is_refused(method):
    with pytest.raises(ValueError, match="no photos"):
        method.select_best([])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_photo_without_a_finite_score_never_wins(method, good, monkeypatch, value):
    failing = next(iter(method.members().values()), method)
    scoring = "score_vectors" if isinstance(failing, VectorBasedAssessor) else "score_observed"
    real = getattr(failing, scoring)
    monkeypatch.setattr(failing, scoring, lambda seen: np.append(value, real(seen)[1:]))
    with pytest.raises(UnscoredError, match=method.name):
        method.assess_image(good[0])
    row = method.assess_batch(good).iloc[0]
    assert row["status"] == "unscored"
    assert math.isnan(row[method.name])
    best = method.select_best(good)
    assert best.path in good[1:]
    assert method.name in best.unscored[good[0]]


def test_a_photo_of_a_few_pixels_has_a_score_or_a_reason(method, folder, tmp_path):
    Image.fromarray(grey(np.array([[0, 9, 200], [3, 4, 5]]))).save(tmp_path / "tiny.png")
    row = method.assess_batch([tmp_path / "tiny.png", folder / "scene0.png"]).iloc[0]
    assert math.isfinite(row[method.name]) == (row["status"] == "scored") == (row["reason"] == "")


@pytest.mark.parametrize("call", ["assess_image", "explain", "get_detailed_scores"])
def test_an_unreadable_file_is_an_error_that_names_it(method, folder, call):
    with pytest.raises(ImageError, match=r"empty\.jpg"):
        getattr(method, call)(folder / "empty.jpg")


def test_paths_may_be_strings(method, folder):
    path = folder / "scene0.png"
    assert method.assess_image(str(path)) == method.assess_image(path)
    assert list(method.assess_batch([str(path)])["path"]) == [str(path)]


def test_a_picture_is_left_as_it_was(method):
    rgb = scene()
    rgb.setflags(write=False)
    method.observe(Planes(rgb))
    assert (rgb == scene()).all()


@pytest.mark.parametrize("turn", [np.fliplr, np.flipud, np.rot90], ids=lambda turn: turn.__name__)
def test_orientation_does_not_matter_to_arithmetic(method, turn):
    if method.kind != "rule-based":
        pytest.skip("a learned method may tell left from right")
    upright, turned = (
        method.score_observed([method.observe(Planes(np.ascontiguousarray(rgb)))])[0]
        for rgb in (scene(), turn(scene()))
    )
    assert turned == pytest.approx(upright, rel=1e-6)


def test_a_calibrated_measure_states_unit_direction_and_raw_value(method):
    if not isinstance(method, RuleBasedAssessor):
        pytest.skip("has no raw value of its own")
    assert method.unit
    assert method.raw_direction in ("higher", "lower")
    raw = method.measure(scene())
    details = method.details_observed(method.observe(Planes(scene())))
    assert details["raw"] == raw
    assert method.calibration(np.array([raw]))[0] == details["overall"]
