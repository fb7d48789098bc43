"""What a benchmark found, as it stands in `results.json`.

Every table of the report and every CSV file is a view of these records. A number that is not
known is null with a reason beside it; every count of items is stated with what was left out.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Task = Literal["opinion", "pairs", "series"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="null")


class Figure(_Record):
    """A statistic and how sure it is.

    Attributes:
        value: The statistic; None where it is not defined.
        low: Lower end of its interval; None without one.
        high: Upper end.
        reason: Why there is no value or no interval; empty where both are there.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""


class OpinionRow(_Record):
    """One method against mean opinions; signed, larger agrees better but for `rmse`.

    Attributes:
        method: Its name.
        n: Photos with a score.
        unscored: Photos without one.
        srcc: Spearman's rank correlation.
        krcc: Kendall's tau-b.
        plcc: Pearson's correlation of the raw scores.
        plcc_fitted: The same after the four-parameter logistic fit of VQEG.
        rmse_fitted: Root mean square error after the fit, in units of the opinions.
        p_chance: Probability of such a rank correlation if the method knew nothing, corrected
            by Holm over the methods of the table.
    """

    method: str
    n: int
    unscored: int
    srcc: Figure
    krcc: Figure
    plcc: Figure
    plcc_fitted: Figure
    rmse_fitted: Figure
    p_chance: float | None


class StrengthRow(_Record):
    """Accuracy on the pairs of one strength of agreement."""

    strength: str
    n: int
    accuracy: Figure


class ReliabilityRow(_Record):
    """One point of the calibration curve: what was foretold, what people said, how many pairs."""

    predicted: float
    observed: float
    n: int


class PairRow(_Record):
    """One method against people's preferences between two photos; all shares from 0 to 1.

    Attributes:
        method: Its name.
        n: Pairs with two scores.
        unscored: Pairs without.
        ties: Pairs with two exactly equal scores.
        divided: Pairs on which people are evenly divided; they count a half whatever is said.
        accuracy: Share of pairs decided as most people do, ties as the configuration says.
        accuracy_ties_half: The same with a half for each tie.
        accuracy_without_ties: The same over the pairs that are not tied.
        auc: Area under the ROC curve of the score difference.
        log_loss: Of the win probability, fitted on other series; in nats.
        log_loss_floor: The least that could be reached on these pairs.
        calibration_error: Expected calibration error of the win probability.
        strengths: Accuracy by strength of agreement.
        reliability: The calibration curve.
        p_chance: Probability of such an accuracy if the method knew nothing, corrected by Holm.
        effect: Cohen's h against a half.
    """

    method: str
    n: int
    unscored: int
    ties: int
    divided: int
    accuracy: Figure
    accuracy_ties_half: Figure
    accuracy_without_ties: Figure
    auc: Figure
    log_loss: Figure
    log_loss_floor: float | None
    calibration_error: float | None
    strengths: tuple[StrengthRow, ...]
    reliability: tuple[ReliabilityRow, ...]
    p_chance: float | None
    effect: float | None


class SizeRow(_Record):
    """Top-1 by size of series, beside what a random choice would give."""

    size: str
    n: int
    top1: Figure
    top1_random: float


class SeriesRow(_Record):
    """One method's choice inside each series.

    Attributes:
        method: Its name.
        n: Series in which at least one photo has a score.
        unscored: Series without any.
        top1: Share of series whose best photo is put first.
        top2: Share whose best photo is among the first two.
        mrr: Mean reciprocal rank of the best photo.
        mean_rank: Mean rank of the best photo.
        regret: Mean value of the best photo less that of the pick, in `regret_unit`.
        within: Share of picks within the tolerance of the best; None without a tolerance.
        top1_random: What a random choice gives, likewise for the next four.
        by_size: Top-1 by size of series.
        p_chance: Probability of such a regret by a random choice of scores, corrected by Holm.
    """

    method: str
    n: int
    unscored: int
    top1: Figure
    top2: Figure
    mrr: Figure
    mean_rank: Figure
    regret: Figure
    within: Figure | None
    top1_random: float
    top2_random: float
    mrr_random: float
    mean_rank_random: float
    regret_random: float
    by_size: tuple[SizeRow, ...]
    p_chance: float | None


class Comparison(_Record):
    """Whether one method is better than another on the same items.

    Attributes:
        task: Which table it belongs to.
        measure: "srcc", "accuracy" or "regret".
        first: One method.
        second: The other.
        n: Items that both scored.
        difference: First less second, turned so that above 0 the first is better.
        p: Two-sided paired permutation test, signs flipped by whole series.
        p_holm: Corrected by Holm over all comparisons of the table.
        effect: Cohen's h (accuracy) or q (correlation); None for regret.
        smallest: The smallest difference that this data would have shown 8 times in 10 by a single
            test; after Holm's correction it takes a larger one.
    """

    task: Task
    measure: str
    first: str
    second: str
    n: int
    difference: Figure
    p: float | None
    p_holm: float | None
    effect: float | None
    smallest: float | None


class SubgroupRow(_Record):
    """One method on one part of the items.

    Attributes:
        task: "opinion" or "pairs".
        measure: "srcc" or "accuracy".
        attribute: By what the items are split.
        value: Which part.
        method: The method.
        n: Items of the part that it scored.
        figure: The statistic over them.
    """

    task: Task
    measure: str
    attribute: str
    value: str
    method: str
    n: int
    figure: Figure


class EnsembleResult(_Record):
    """The best linear combination of the methods, judged on series it did not see.

    Attributes:
        task: "opinion" or "pairs".
        measure: "srcc" or "accuracy".
        weights: By method, per standard deviation of its scores.
        figure: The combination, out of fold.
        best_single: The best method by itself on the same items.
        difference: Combination less best single method, on the same items.
        p: Paired permutation test of that difference.
    """

    task: Task
    measure: str
    weights: dict[str, float]
    figure: Figure
    best_single: str
    difference: Figure
    p: float | None


class PartRow(_Record):
    """What one prompt, or one measure of a composite, contributes to a method.

    Attributes:
        task: "opinion" or "pairs".
        measure: "srcc" or "accuracy".
        method: The method it is part of.
        part: The prompt pair, attribute or measure.
        weight: Its weight in the score.
        alone: The statistic of the part by itself.
        gain: The whole less the whole without the part: above 0 the part helps.
        p_holm: Of that gain, corrected over the parts of the method.
    """

    task: Task
    measure: str
    method: str
    part: str
    weight: float
    alone: Figure
    gain: Figure
    p_holm: float | None


class MatrixResult(_Record):
    """How alike the methods are.

    Attributes:
        kind: "srcc" (Spearman between scores) or "pairs" (share of pairs decided alike).
        methods: Row and column names.
        values: One row per method; None where it is not defined.
        n: Items behind each cell.
    """

    kind: Literal["srcc", "pairs"]
    methods: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    n: tuple[tuple[int, ...], ...]


class FailureRow(_Record):
    """A case that a method gets wrong although people agree, or that two methods decide apart.

    Attributes:
        kind: "failure" (against people) or "disagreement" (between methods).
        task: "opinion" or "pairs".
        method: The method; for a disagreement the two, as "first / second".
        images: Image ids: one photo, or the preferred one and the other.
        said: What the method said, in words.
        people: What people said, in words.
        badness: By how much, for the order.
    """

    kind: Literal["failure", "disagreement"]
    task: Task
    method: str
    images: tuple[str, ...]
    said: str
    people: str
    badness: float


class DatasetResult(_Record):
    """What was found on one data set.

    Attributes:
        name: What the configuration calls it.
        reader: Which reader read it.
        title: Its name in full.
        split: Which split; empty for all.
        licence: On which terms.
        photos: Distinct photos that its items name.
        scored: Those with a score by every method that ran.
        unscored: Those without; their reasons are in the scores table too.
        unscored_reasons: Number of unscored photos by reason; the frequent reasons first.
        left_out: Rows of its label files that name no usable item, by reason.
        contamination: By method, what it was trained on of this very data; empty lists nothing.
        opinion: A row per method; empty where the data has no opinions.
        pairs: A row per method; empty where it has no pairs.
        series: A row per method; empty where it has no series.
        regret_unit: Unit of the regret.
        human_ceiling: How often one person agrees with the others; None without single votes.
        ceiling_note: What the ceiling rests on.
        comparisons: Every two methods, by table.
        subgroups: Methods by part of the data.
        ensembles: Best linear combinations.
        parts: What prompts and measures contribute.
        matrices: Agreement between methods.
        failures: The worst cases, for the image sheet.
    """

    name: str
    reader: str
    title: str
    split: str
    licence: str
    photos: int
    scored: int
    unscored: int
    left_out: dict[str, int]
    contamination: dict[str, str]
    unscored_reasons: dict[str, int] = {}
    opinion: tuple[OpinionRow, ...] = ()
    pairs: tuple[PairRow, ...] = ()
    series: tuple[SeriesRow, ...] = ()
    regret_unit: str = ""
    human_ceiling: Figure | None = None
    ceiling_note: str = ""
    comparisons: tuple[Comparison, ...] = ()
    subgroups: tuple[SubgroupRow, ...] = ()
    ensembles: tuple[EnsembleResult, ...] = ()
    parts: tuple[PartRow, ...] = ()
    matrices: tuple[MatrixResult, ...] = ()
    failures: tuple[FailureRow, ...] = ()


class MethodResult(_Record):
    """What became of one configured method.

    Attributes:
        name: Its name in the configuration.
        class_name: Its class; empty for recorded scores.
        status: "ran", "recorded" (scores came from a file) or "failed".
        reason: Why it failed.
        made_by: The model behind it, or the file of recorded scores.
        licence: Of its weights.
        direction: Whether larger or smaller scores are better.
        trained_on: Data sets its weights have seen; None where that is not on record.
        cost: Time for one photo over the time to decode it, in one run on a few photos of this
            benchmark; None for recorded scores or where nothing could be timed.
    """

    name: str
    class_name: str
    status: Literal["ran", "recorded", "failed"]
    reason: str
    made_by: str
    licence: str
    direction: Literal["higher", "lower"]
    trained_on: tuple[str, ...] | None
    cost: float | None


class Results(_Record):
    """A whole run.

    Attributes:
        version: Of sim-bench.
        level: Of every interval.
        ties: How tied scores were counted: "half", "left" or "right".
        methods: In the order of the configuration.
        datasets: In the order of the configuration.
    """

    version: str
    level: float
    ties: Literal["half", "left", "right"]
    methods: tuple[MethodResult, ...]
    datasets: tuple[DatasetResult, ...]
