"""Ensembles: values by hand, their file, and what they share with a run."""

import math

import numpy as np
import pytest
import yaml
from PIL import Image

from sim_bench.errors import ConfigError, UnscoredError
from sim_bench.quality_assessment.base import Explanation, QualityAssessor, Reason
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.ensemble import EnsembleAssessor
from sim_bench.quality_assessment.ensemble_file import MemberBlock, read_ensemble, write_ensemble
from sim_bench.quality_assessment.ensemble_member import Member, share_below
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.noise import NoiseAssessor
from sim_bench.quality_assessment.run import score_table
from sim_bench.quality_assessment.sharpness import SharpnessAssessor
from tests.fakes import FakeEncoder
from tests.quality_assessment.ensembles import small_ensemble
from tests.quality_assessment.samples import scene

pytestmark = pytest.mark.filterwarnings("ignore::sim_bench.quality_assessment.remarks.RunRemark")


class Mean(QualityAssessor):
    """Mean of the pixels of one channel."""

    name = "mean"
    kind = "learned"
    score_range = (0.0, 255.0)

    def __init__(self, channel=0, direction="higher", seen=(), licence="MIT"):
        self.channel = channel
        self.direction = direction
        self.seen = seen
        self.of = licence
        self.loads = 0

    @property
    def trained_on(self):
        return self.seen

    @property
    def licence(self):
        return self.of

    def load(self, store=None):
        self.loads += 1

    def observe(self, planes):
        return float(planes.rgb[..., self.channel].mean())

    def score_observed(self, observed):
        return np.array(observed)

    def details_observed(self, observed):
        return {"overall": observed}

    def explain_observed(self, observed):
        return Explanation.of(observed, [Reason("mean", observed)])


def two(**options):
    """Red is good, with mean 100 and spread 20; green is bad, with mean 50 and spread 10."""
    return EnsembleAssessor(
        [
            Member(Mean(0), 3.0, 100.0, 20.0, (0.0, 100.0, 200.0), "red"),
            Member(Mean(1, "lower"), 1.0, 50.0, 10.0, (0.0, 40.0, 80.0), "green"),
        ],
        **options,
    )


def photo(red, green):
    rgb = np.zeros((4, 4, 3), np.uint8)
    rgb[..., 0], rgb[..., 1] = red, green
    return Planes(rgb)


@pytest.fixture
def photos(tmp_path):
    for seed in range(4):
        Image.fromarray(scene(60 + seed, 80, seed)).save(tmp_path / f"{seed}.png")
    return sorted(tmp_path.glob("*.png"))


def test_zscores_by_hand():
    """Red is 2 spreads better, green 1 spread worse: (3 * 2 - 1 * 1) / 4."""
    made = two()
    seen = made.observe(photo(140, 60))
    assert made.score_observed([seen])[0] == pytest.approx(1.25)
    assert made.details_observed(seen) == pytest.approx(
        {"red": 140, "green": 60, "red_merit": 2, "green_merit": -1, "overall": 1.25}
    )
    reasons = {one.name: one for one in made.explain_observed(seen).reasons}
    assert reasons["red"].contribution == pytest.approx(1.5)
    assert reasons["green"].contribution == pytest.approx(-0.25)
    assert reasons["green"].detail == "60: 1.00 spreads worse than the reference's mean"


def test_ranks_by_hand():
    """Red is above 0.7 of its reference, green (lower is better) better than 0.25 of its own."""
    made = two(combine="rank")
    seen = made.observe(photo(140, 60))
    assert made.score_observed([seen])[0] == pytest.approx((3 * 0.7 + 0.25) / 4)
    assert made.score_range == (0.0, 1.0)
    [first, _] = made.explain_observed(seen).reasons
    assert first.detail == "140: better than 70% of the reference"


def test_every_number_of_a_member_and_the_way_to_combine_are_in_the_fingerprint():
    plain = {"weight": 2.0, "mean": 0.4, "spread": 0.1, "quantiles": (0.0, 0.5, 1.0), "name": "a"}
    changes = {"weight": 1.0, "mean": 0.5, "spread": 0.2, "quantiles": (0.0, 0.4, 1.0), "name": "b"}
    other = Member(NoiseAssessor(), 1.0, 0.0, 1.0, (0.0, 1.0))

    def fingerprint(combine="zscore", **change):
        changed = Member(SharpnessAssessor(), **{**plain, **change})
        return EnsembleAssessor([changed, other], combine=combine).fingerprint

    each = [fingerprint(**{key: value}) for key, value in changes.items()]
    assert len({fingerprint(), fingerprint("rank"), *each}) == 2 + len(each)
    assert fingerprint() == fingerprint()


def test_a_member_of_negative_weight_counts_against():
    """Of a combination that was learned: sizes of weights add up to 1, so no sign is turned."""
    made = EnsembleAssessor(
        [Member(Mean(0), 1.0, 0.0, 1.0, (), "red"), Member(Mean(1), -3.0, 0.0, 1.0, (), "green")]
    )
    assert made.shares == {"red": 0.25, "green": -0.75}
    assert made.score_observed([made.observe(photo(40, 20))])[0] == pytest.approx(-5.0)
    assert made.score_range == pytest.approx((-0.75 * 255, 0.25 * 255))


def test_a_member_of_no_weight_is_not_computed():
    idle = Mean(1)
    made = EnsembleAssessor(
        [Member(Mean(0), 1.0, 0.0, 1.0, (), "red"), Member(idle, 0.0, name="idle")]
    )
    assert list(made.members()) == ["red"]
    made.load()
    assert idle.loads == 0


def test_bounds_follow_from_those_of_the_members():
    """Red: -5 to 7.75 spreads, green: -20.5 to 5."""
    low, high = two().score_range
    assert low == pytest.approx((3 * -5 + -20.5) / 4)
    assert high == pytest.approx((3 * 7.75 + 5) / 4)


@pytest.mark.parametrize("combine", ["zscore", "rank"])
def test_parts_are_the_members_by_themselves(combine, photos):
    made = two(combine=combine)
    parts = made.parts()
    assert {name: weight for name, (weight, _) in parts.items()} == {"red": 0.75, "green": 0.25}
    for path in photos:
        total = sum(weight * part.assess_image(path) for weight, part in parts.values())
        assert total == pytest.approx(made.assess_image(path), abs=1e-9)
    assert parts["red"][1].parts() == {}


@pytest.mark.parametrize(
    ("score", "share"),
    [(-1, 0), (0, 0), (1, 0.125), (2, 0.25), (5, 0.5), (6, 0.75), (7, 0.875), (8, 1), (9, 1)],
)
def test_share_of_a_reference_below_a_score(score, share):
    """Quantiles 0, 2, 5, 5, 8 at probabilities 0, 1/4, 1/2, 3/4, 1: one in four is exactly 5."""
    found = share_below(np.array([float(score)]), np.array([0.0, 2.0, 5.0, 5.0, 8.0]))[0]
    expected = {5: 0.625, 6: 0.75 + 1 / 12, 7: 0.75 + 2 / 12}.get(score, share)
    assert found == pytest.approx(expected)


def test_shares_are_those_of_the_reference_itself():
    """A hundred quantiles of five thousand values tell their ranks to a part in a hundred."""
    reference = np.random.default_rng(0).gamma(2.0, size=5000)
    quantiles = np.quantile(reference, np.linspace(0, 1, 101))
    below = (reference[None, :] < reference[:500, None]).mean(axis=1)
    assert np.abs(share_below(reference[:500], quantiles) - below).max() < 0.01


def test_a_constant_reference_knows_below_and_above_only():
    found = share_below(np.array([1.0, 2.0, 3.0, np.nan]), np.array([2.0, 2.0, 2.0]))
    assert found[:3].tolist() == [0.0, 0.5, 1.0]
    assert math.isnan(found[3])


@pytest.mark.parametrize("combine", ["zscore", "rank"])
def test_a_photo_has_the_same_score_in_any_company(combine, photos):
    made = small_ensemble(combine)
    together = list(made.assess_batch(photos)["ensemble"])
    assert together == [made.assess_image(path) for path in photos]
    assert list(made.assess_batch(photos[1:])["ensemble"]) == together[1:]


def test_each_photo_is_encoded_once_for_the_ensemble_and_the_method_beside_it(photos):
    encoder = FakeEncoder()
    clip = CLIPAestheticAssessor(encoder=encoder)
    both = EnsembleAssessor(
        [
            Member(SharpnessAssessor(), 1.0, 0.5, 0.2),
            Member(CLIPAestheticAssessor(encoder=encoder), 1.0, 0.0, 0.1),
        ]
    )
    table = score_table(photos, {"clip_aesthetic": clip, "ensemble": both})
    assert encoder.images_encoded == 2 * len(photos)  # and each mirrored, for the remark
    sharp = SharpnessAssessor().assess_batch(photos)["sharpness"]
    expected = ((sharp - 0.5) / 0.2 + table["clip_aesthetic"] / 0.1) / 2
    assert np.abs(table["ensemble"] - expected).max() < 1e-9


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("combine", ["zscore", "rank"])
def test_without_a_score_by_one_member_there_is_none(combine, value, photos, monkeypatch):
    made = two(combine=combine)
    green = made.members()["green"]
    monkeypatch.setattr(
        green, "score_observed", lambda seen: np.append(value, np.array(seen[1:], dtype=float))
    )
    with pytest.raises(UnscoredError, match="for want of one by green$"):
        made.assess_image(photos[0])
    table = made.assess_batch(photos)
    assert list(table["status"]) == ["unscored", "scored", "scored", "scored"]
    assert made.select_best(photos).path in photos[1:]


def test_licences_and_training_of_all_members_count():
    made = EnsembleAssessor(
        [
            Member(Mean(0, seen=("ava",)), 1.0, 0.0, 1.0, (), "a"),
            Member(Mean(0, seen=None, licence="CC-BY-NC-4.0"), 1.0, 0.0, 1.0, (), "b"),
            Member(SharpnessAssessor(), 1.0, 0.0, 1.0, (), "c"),
        ]
    )
    assert made.trained_on == ("ava", "b: not on record")
    assert made.licences() == ("MIT", "CC-BY-NC-4.0", "none needed")
    assert made.licence == "MIT AND CC-BY-NC-4.0"
    only_rules = EnsembleAssessor([Member(SharpnessAssessor(), 1.0, 0.0, 1.0)])
    assert (only_rules.licence, only_rules.trained_on) == ("none needed", ())
    unknown = EnsembleAssessor([Member(Mean(0, seen=None), 1.0, 0.0, 1.0)])
    assert unknown.trained_on is None


def test_what_a_member_lacks_the_ensemble_lacks(monkeypatch):
    made = two()
    monkeypatch.setattr(made.members()["green"], "missing", lambda: "fetch green")
    assert made.missing() == "green: fetch green"
    assert not made.is_available()


def test_it_decodes_no_finer_than_its_members_ask_for():
    small = CLIPAestheticAssessor(encoder=FakeEncoder())
    alone = EnsembleAssessor([Member(small, 1.0, 0.0, 1.0)])
    assert alone.at_least == small.at_least is not None
    assert small_ensemble().at_least is None


def test_an_ensemble_of_nothing_says_what_it_lacks():
    made = EnsembleAssessor()
    assert "members" in made.missing()
    with pytest.raises(ConfigError, match="needs methods to combine"):
        made.load()
    assert made.score_range == (-math.inf, math.inf)


BLOCK = {"class": "SharpnessAssessor", "weight": 2.0, "mean": 0.4, "spread": 0.1}


def test_members_may_be_given_as_in_a_file():
    made = EnsembleAssessor([BLOCK, {**BLOCK, "class": "noise", "name": "quiet"}])
    assert {name: type(one) for name, one in made.members().items()} == {
        "sharpness": SharpnessAssessor,
        "quiet": NoiseAssessor,
    }
    assert "SharpnessAssessor" in repr(made)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([], "at least one"),
        ([{**BLOCK, "weight": 0}], "a weight other than 0"),
        (
            [{**BLOCK, "wieght": 1}],
            r"members\.0\.wieght: unknown key; allowed: class, name, params",
        ),
        ([BLOCK, {**BLOCK, "class": "Sharpnes"}], r"members\.1\.class: .*Did you mean 'sharpness'"),
        ([{**BLOCK, "params": {"size": 3}}], r"members\.0\.params\.size: .*no such parameter"),
        ([{**BLOCK, "class": "composite", "params": {"weights": {"x": 1}}}], r"members\.0: .*'x'"),
        ([{**BLOCK, "spread": 0}], r"members\.0: spread must be .* above 0"),
        ([{**BLOCK, "spread": "wide"}], r"members\.0\.spread: .*number"),
        ([{**BLOCK, "mean": math.nan}], r"members\.0: mean must be a finite number"),
        ([{**BLOCK, "weight": math.inf}], r"members\.0: weight must be a finite number"),
        ([{**BLOCK, "quantiles": [1.0]}], r"members\.0: quantiles must be two"),
        ([{**BLOCK, "quantiles": [1.0, 0.5]}], r"members\.0: quantiles must be two"),
        ([BLOCK, BLOCK], r"members\.1\.name: two members are called 'sharpness'"),
        ([{"class": "noise", "mean": 1.0}], "'noise' needs spread to be combined by zscore"),
        ([{"class": "noise"}], "'noise' needs mean and spread"),
    ],
)
def test_members_that_cannot_be_used_are_refused(members, message, tmp_path):
    """Alike in Python and in a file, whose name the error gives."""
    with pytest.raises(ValueError, match=message):
        EnsembleAssessor(members)
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({"members": members}))
    with pytest.raises(ConfigError, match=r"mine\.yaml: ") as error:
        EnsembleAssessor(file=path)
    if members and members[0].get("weight") != 0:
        assert error.match(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it must be a block of `key: value` lines"),
        ("members: [", "mine.yaml is no YAML file: [^\n]*$"),
        ("members: [{clas: noise}]", "members.0.clas: unknown key; allowed: class, name"),
        ("members: [{class: nima, params: {encoder: 3}}]", "encoder: NIMAAssessor has no such"),
        ("members: [{class: laion_aesthetic, params: {head: 3}}]", "it has version, model_name"),
        ("combine: mean\nmembers: []", "combine: .*'zscore' or 'rank'"),
        ("member: []", "member"),
        ("combine: rank\nmembers: [{class: noise}]", "'noise' needs quantiles"),
        ("members: [{class: !!python/name:os.system x}]", "mine.yaml"),
        ("members: [{class: ensemble, params: {file: mine.yaml}}]", "a member of itself"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(text, message, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        EnsembleAssessor(file=path)
    with pytest.raises(ConfigError, match=r"not_there\.yaml"):
        EnsembleAssessor(file=tmp_path / "not_there.yaml")


def test_members_and_file_and_combination_must_make_sense(tmp_path):
    with pytest.raises(ValueError, match="not both"):
        EnsembleAssessor([BLOCK], file=tmp_path / "mine.yaml")
    with pytest.raises(ValueError, match="zscore, rank"):
        EnsembleAssessor([BLOCK], combine="median")


def test_what_is_written_is_read_again(tmp_path):
    blocks = [
        MemberBlock(**BLOCK),
        MemberBlock(
            **{"class": "noise", "name": "quiet", "weight": -1, "quantiles": [0.25, 0.5, 0.5]}
        ),
    ]
    path = write_ensemble(
        tmp_path / "mine.yaml", blocks, trained_on=["biq2021:dev"], note="How it was made."
    )
    found = read_ensemble(path)
    sharp, quiet = found.members
    assert (sharp.name, sharp.weight, sharp.mean, sharp.spread) == ("sharpness", 2.0, 0.4, 0.1)
    assert (quiet.name, quiet.weight, quiet.quantiles) == ("quiet", -1.0, (0.25, 0.5, 0.5))
    assert (found.combine, found.trained_on, found.note) == (
        "zscore",
        ("biq2021:dev",),
        "How it was made.",
    )
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ConfigError, match="'quiet' needs mean and spread"):
        EnsembleAssessor(file=path)


def test_a_file_says_what_its_numbers_come_from(tmp_path):
    path = write_ensemble(
        tmp_path / "mine.yaml", [MemberBlock(**BLOCK)], trained_on=["biq2021:dev"]
    )
    assert EnsembleAssessor(file=path).trained_on == ("biq2021:dev",)
    assert repr(EnsembleAssessor(file=path)) == (
        f"EnsembleAssessor(file={str(path)!r}, combine='zscore')"
    )


def test_paths_in_a_file_are_relative_to_it(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "prompts.yaml").write_text(yaml.safe_dump({"positive_attributes": ["a fine photo"]}))
    clip = {
        "class": "clip_aesthetic",
        "params": {"prompts": "prompts.yaml"},
        "mean": 0,
        "spread": 1,
    }
    (inner / "inner.yaml").write_text(yaml.safe_dump({"members": [clip]}))
    nested = {"class": "ensemble", "params": {"file": "inner/inner.yaml"}, "mean": 0, "spread": 1}
    named = {**clip, "name": "shipped", "params": {"prompts": "technical"}}
    (tmp_path / "outer.yaml").write_text(yaml.safe_dump({"members": [nested, named]}))
    outer = EnsembleAssessor(file=tmp_path / "outer.yaml")
    [method] = outer.members()["ensemble"].members().values()
    assert method.prompts.positive_attributes == ("a fine photo",)
