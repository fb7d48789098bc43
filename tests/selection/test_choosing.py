"""Verdicts by hand: what is decided, what is left open, and that no photo is lost."""

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim_bench.quality_assessment.base import Reason
from sim_bench.selection.choosing import COLUMNS, ChoosingSettings, choose_all
from sim_bench.selection.group import PROTECTED, Group

NAN = float("nan")
FOCUS = "Sharp photo. / Blurry photo."
LIGHT = "Bright photo. / Dark photo."
CONTRAST = "contrast"


def _group(name, *files, kind="burst", reason="taken within a second"):
    return Group(name, kind, tuple(map(Path, files)), reason)


def _scores(m=(), reason=None, **columns):
    """Scores of the photos a.jpg, b.jpg and so on."""
    columns = columns or {"m": list(m)}
    count = len(next(iter(columns.values())))
    files = [f"{letter}.jpg" for letter in "abcdefgh"[:count]]
    return pd.DataFrame({"path": files, "reason": reason or [""] * count, **columns})


def _choose(scores, *groups, scale=1.0, methods=None, **rest):
    methods = methods or {"m": "higher"}
    scales = dict.fromkeys(methods, scale) if scale else {}
    settings = ChoosingSettings(scales=scales, **rest.pop("settings", {}))
    return choose_all(groups, scores, methods, settings=settings, **rest)


def _burst(*merits, **rest):
    files = [f"{letter}.jpg" for letter in "abcdefgh"[: len(merits)]]
    return _choose(_scores(merits), _group("0001", *files), **rest)


def test_the_best_is_picked_and_the_rest_rejected():
    found = _burst(0.0, math.log(5), math.log(2))
    assert tuple(found) == COLUMNS
    assert list(found.path) == ["a.jpg", "b.jpg", "c.jpg"]
    assert list(found.verdict) == ["reject", "pick", "reject"]
    assert list(found["rank"]) == [3, 1, 2]
    assert list(found.win_probability) == pytest.approx([1 / 8, 5 / 8, 2 / 8])
    assert found.reason[0] == "lower score than b.jpg: 17% likely to be preferred"
    assert found.reason[1] == "higher score than c.jpg: 71% likely to be preferred"


def test_odds_of_two_photos_follow_the_logistic_of_the_difference_over_the_scale():
    found = _burst(0.7, 0.2, scale=0.25)
    first, second = found.win_probability
    assert first == pytest.approx(1 / (1 + math.exp(-0.5 / 0.25)))
    assert first + second == pytest.approx(1.0)


def test_what_lies_just_below_the_bound_is_close_and_at_it_is_decided():
    bound = math.log(0.6 / 0.4)
    assert list(_burst(bound - 1e-6, 0.0).verdict) == ["close", "close"]
    assert list(_burst(bound + 1e-6, 0.0).verdict) == ["pick", "reject"]


def test_only_those_near_the_best_are_close():
    found = _burst(3.0, 2.9, 0.0, 2.8)
    assert list(found.verdict) == ["close", "close", "reject", "close"]
    assert found.reason[0] == "too close to call with b.jpg and 1 more: 52% against 48%"
    assert found.reason[1] == "too close to call with a.jpg: 48% against 52%"


def test_identical_photos_are_close_and_share_a_rank():
    found = _burst(0.3, 0.3, 0.3)
    assert list(found.verdict) == ["close"] * 3
    assert list(found["rank"]) == [1, 1, 1]
    assert list(found.win_probability) == pytest.approx([1 / 3] * 3)
    assert found.reason[0] == "too close to call: the same score as b.jpg and 1 more"


def test_ranks_after_a_tie_go_on_as_far_as_there_are_photos_before():
    assert list(_burst(9.0, 9.0, 5.0, 1.0, 5.0)["rank"]) == [1, 1, 3, 5, 3]


def test_a_photo_without_a_score_never_wins_and_says_why():
    scores = _scores([NAN, 1.0, 5.0, math.inf], reason=["cannot be decoded", "", "", ""])
    found = _choose(scores, _group("0001", "a.jpg", "b.jpg", "c.jpg", "d.jpg"))
    assert list(found.verdict) == ["unscored", "reject", "pick", "unscored"]
    assert found.reason[0] == "cannot be decoded"
    assert found.reason[3] == "no finite score by m"
    assert found["rank"].isna().tolist() == [True, False, False, True]
    assert np.isnan(found.win_probability[0])
    assert found.win_probability[1] + found.win_probability[2] == pytest.approx(1.0)


def test_infinity_takes_no_part_in_either_direction():
    scores = _scores([-math.inf, 1.0, 2.0])
    group = _group("0001", "a.jpg", "b.jpg", "c.jpg")
    found = _choose(scores, group, methods={"m": "lower"})
    assert list(found.verdict) == ["unscored", "pick", "reject"]


def test_the_only_photo_with_a_score_is_the_pick():
    found = _burst(NAN, 1.0, NAN)
    assert list(found.verdict) == ["unscored", "pick", "unscored"]
    assert found.reason[1] == "the only photo of its group with a score"
    assert found.win_probability[1] == 1.0


def test_a_group_in_which_nothing_has_a_score_has_no_pick():
    assert list(_burst(NAN, NAN).verdict) == ["unscored", "unscored"]


@pytest.mark.parametrize("kind", sorted(PROTECTED))
def test_parts_of_one_picture_are_protected_whatever_their_scores(kind):
    group = _group("0001", "a.jpg", "b.jpg", "c.jpg", kind=kind, reason="three exposures")
    found = _choose(_scores([0.0, 9.0, NAN]), group)
    assert list(found.verdict) == ["protected"] * 3
    assert found["rank"].isna().all()
    assert found.win_probability.isna().all()
    assert found.reason[0].endswith("which is kept whole: three exposures")


def test_a_photo_alone_is_single_and_keeps_the_reason_of_its_group():
    group = _group("0001", "a.jpg", kind="single", reason="nothing like it")
    found = _choose(_scores([1.0]), group)
    assert (found.verdict[0], found.reason[0]) == ("single", "nothing like it")


def test_a_photo_alone_without_a_score_is_unscored():
    found = _choose(_scores([NAN]), _group("0001", "a.jpg", kind="single"))
    assert found.verdict[0] == "unscored"


def test_duplicates_are_compared_like_a_burst():
    group = _group("0001", "a.jpg", "b.jpg", "c.jpg", kind="duplicates")
    found = _choose(_scores([1.0, 1.0, -4.0]), group)
    assert list(found.verdict) == ["close", "close", "reject"]


def test_groups_and_photos_keep_the_order_given():
    groups = _group("0002", "d.jpg", "a.jpg"), _group("0001", "c.jpg", "b.jpg")
    found = _choose(_scores([1.0, 2.0, 3.0, 4.0]), *groups)
    assert list(found.path) == ["d.jpg", "a.jpg", "c.jpg", "b.jpg"]
    assert list(found.group) == ["0002", "0002", "0001", "0001"]


def test_scores_are_compared_within_the_group_only():
    groups = _group("0001", "a.jpg", "b.jpg"), _group("0002", "c.jpg", "d.jpg")
    found = _choose(_scores([1.0, 3.0, 101.0, 103.0]), *groups)
    assert list(found.win_probability[:2]) == pytest.approx(list(found.win_probability[2:]))


def test_where_less_is_better_the_least_is_picked():
    group = _group("0001", "a.jpg", "b.jpg")
    found = _choose(_scores([5.0, 1.0]), group, methods={"m": "lower"})
    assert list(found.verdict) == ["reject", "pick"]


def test_log_odds_of_several_methods_add_up():
    group = _group("0001", "a.jpg", "b.jpg")
    found = _choose(
        _scores(up=[2.0, 0.0], down=[1.0, 4.0]),
        group,
        methods={"up": "higher", "down": "lower"},
        scale=2.0,
    )
    assert found.win_probability[0] == pytest.approx(1 / (1 + math.exp(-(2 + 3) / 2)))


def test_a_method_without_a_scale_decides_the_same_in_any_unit():
    merits = np.array([0.1, 0.9, 0.35, 0.3])
    small, large = _burst(*merits, scale=None), _burst(*(1000 * merits), scale=None)
    assert small.verdict[1] == "pick"
    assert list(small.win_probability) == pytest.approx(list(large.win_probability))


def test_more_of_a_score_never_lowers_the_probability():
    found = [_burst(x, 1.0, 2.0).win_probability[0] for x in np.linspace(-3, 6, 19)]
    assert all(a < b for a, b in pairwise(found))


def test_counts_add_up_whatever_the_groups():
    groups = (
        _group("1", "a.jpg", "b.jpg", "c.jpg"),
        _group("2", "d.jpg", kind="single"),
        _group("3", "e.jpg", "f.jpg", kind="bracket"),
        _group("4", "g.jpg", "h.jpg"),
    )
    found = _choose(_scores([1.0, 8.0, NAN, 2.0, 3.0, 4.0, 5.0, 5.0]), *groups)
    assert found.verdict.value_counts().to_dict() == {
        "pick": 1,
        "reject": 1,
        "unscored": 1,
        "single": 1,
        "protected": 2,
        "close": 2,
    }


def _because(*names):
    return lambda better, worse: tuple(Reason(name, 1.0, "") for name in names)


def test_reasons_are_told_of_the_pick_and_turned_round_of_a_reject():
    found = _burst(4.0, 0.0, reasons=_because(FOCUS, LIGHT))
    assert list(found.reason) == [
        "sharper focus, lighter than b.jpg",
        "softer focus, darker than a.jpg",
    ]


def test_no_more_reasons_are_told_than_asked_for():
    found = _burst(4.0, 0.0, reasons=_because(FOCUS, LIGHT), settings={"told": 1})
    assert found.reason[0] == "sharper focus than b.jpg"


def test_a_dark_group_does_not_punish_the_darker_photo():
    dark = {"reasons": _because(LIGHT, CONTRAST), "intents": lambda _: frozenset({"dark"})}
    found = _burst(4.0, 0.0, **dark)
    assert list(found.verdict) == ["close", "close"]
    assert found.reason[1] == (
        "only darker, flatter contrast than a.jpg, and the whole group is dark: that may be meant"
    )


def test_a_dark_group_still_punishes_blur():
    dark = {"reasons": _because(LIGHT, FOCUS), "intents": lambda _: frozenset({"dark"})}
    found = _burst(4.0, 0.0, **dark)
    assert list(found.verdict) == ["pick", "reject"]
    assert found.reason[1] == "softer focus than a.jpg"


def test_a_group_that_shares_nothing_punishes_the_darker_photo():
    found = _burst(4.0, 0.0, reasons=_because(LIGHT), intents=lambda _: frozenset())
    assert list(found.verdict) == ["pick", "reject"]


GROUP = _group("0001", "a.jpg", "b.jpg")


@pytest.mark.parametrize(
    ("groups", "scores", "methods", "message"),
    [
        ([GROUP], _scores([1, 2]), {}, "at least one method"),
        ([GROUP], _scores([1, 2]), {"n": "higher"}, "lack the column 'n'"),
        ([GROUP], _scores([1, 2, 3]), {"m": "higher"}, "c.jpg is in no group"),
        ([GROUP], _scores([1]), {"m": "higher"}, "b.jpg is in a group and has no row"),
        ([GROUP, GROUP], _scores([1, 2]), {"m": "higher"}, "a.jpg is in two groups"),
        (
            [GROUP],
            pd.concat([_scores([1, 2])] * 2),
            {"m": "higher"},
            "a.jpg has two rows of scores",
        ),
    ],
)
def test_what_does_not_fit_is_refused(groups, scores, methods, message):
    with pytest.raises(ValueError, match=message):
        choose_all(groups, scores, methods)


def test_a_scale_of_no_method_is_refused():
    settings = ChoosingSettings(scales={"other": 1.0})
    with pytest.raises(ValueError, match="'other', which is none of m"):
        choose_all([GROUP], _scores([1, 2]), {"m": "higher"}, settings=settings)


@pytest.mark.parametrize(
    "settings", [{"scales": {"m": 0.0}}, {"scales": {"m": NAN}}, {"close": 0.5}, {"told": -1}]
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match="must"):
        ChoosingSettings(**settings)
