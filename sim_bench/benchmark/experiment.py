"""The experiment of the note: three tests of whether CLIP prompts can judge photos.

Test 1 sets CLIP scores beside rule-based measures over single photos; Test 2 compares the
best shot of each burst by CLIP and by the rule-based composite; Test 3 compares the three
ways of aggregating prompts. Every photo is decoded once and encoded once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim_bench.encoders.base import Encoder
from sim_bench.evaluation.correlation import Correlation, Kind, correlate
from sim_bench.evaluation.verdict import verdict
from sim_bench.quality_assessment.aggregate import AGGREGATIONS
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.record import COLUMNS, table_of
from sim_bench.quality_assessment.run import score_stream
from sim_bench.registry import METHODS, method_class
from sim_bench.selection.burst import Burst, Choice, choose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

    from sim_bench.quality_assessment.record import Record
    from sim_bench.store.store import Store

CLIP = "clip_aesthetic"
COMPOSITE = "composite"
KINDS: tuple[Kind, ...] = ("pearson", "spearman")


@dataclass(frozen=True)
class Experiment:
    """What the three tests found.

    Attributes:
        model: The model behind the CLIP scores.
        rules: Names of the rule-based methods.
        photos: Test 1 and 3: one row per photo, a column per method and aggregation.
        correlations: Test 1: CLIP against each rule-based method, by each kind.
        aggregations: Test 3: each aggregation against each other, by each kind.
        choices: Test 2: the best of each burst by CLIP and by the composite.
    """

    model: str
    rules: tuple[str, ...]
    photos: "pd.DataFrame"
    correlations: Mapping[tuple[str, str], Sequence[Correlation]]
    aggregations: Mapping[tuple[str, str], Sequence[Correlation]]
    choices: Sequence[Choice]


def rule_based() -> dict[str, QualityAssessor]:
    """Make every rule-based method."""
    classes = {name: method_class(name) for name in METHODS}
    return {name: cls() for name, cls in classes.items() if cls.kind == "rule-based"}


def run_experiment(
    encoder: Encoder,
    photos: Sequence[Path],
    bursts: Sequence[Burst] = (),
    *,
    store: "Store | None" = None,
    watch: "Callable[[Iterable[Record], int], Iterable[Record]]" = lambda records, _: records,
) -> Experiment:
    """Run the three tests.

    Args:
        encoder: The model to test.
        photos: Single photos, for Tests 1 and 3.
        bursts: Bursts, for Test 2; none skips it.
        store: Keeps vectors and scores; what it holds is not computed again.
        watch: Passes records on, given their number; e.g. to show progress.
    """
    rules = rule_based()
    clip = CLIPAestheticAssessor(encoder=encoder, decode="exact")  # as the rules beside it need
    others: dict[str, QualityAssessor] = {
        name: CLIPAestheticAssessor(encoder=encoder, decode="exact", aggregation_method=name)
        for name in AGGREGATIONS
        if name != clip.aggregation_method
    }
    judges = {CLIP: clip, **rules}
    records = watch(score_stream(photos, judges | others, store=store), len(photos))
    table = table_of(records, [*judges, *others])
    table[clip.aggregation_method] = table[CLIP]
    judging = {name: judges[name] for name in (CLIP, COMPOSITE)}
    choices = _choose(bursts, judging, store, watch)
    return Experiment(
        model=encoder.name,
        rules=tuple(rules),
        photos=table,
        correlations={(CLIP, rule): _correlate(table, CLIP, rule) for rule in rules},
        aggregations={
            (one, other): _correlate(table, one, other)
            for k, one in enumerate(AGGREGATIONS)
            for other in AGGREGATIONS[k + 1 :]
        },
        choices=choices,
    )


def _correlate(table: "pd.DataFrame", one: str, other: str) -> list[Correlation]:
    x, y = table[one].to_numpy(dtype=float), table[other].to_numpy(dtype=float)
    return [correlate(x, y, kind) for kind in KINDS]


def _choose(
    bursts: Sequence[Burst],
    methods: Mapping[str, QualityAssessor],
    store: "Store | None",
    watch: "Callable[[Iterable[Record], int], Iterable[Record]]",
) -> list[Choice]:
    paths = [path for burst in bursts for path in burst.paths]
    if not paths:
        return []
    table = table_of(watch(score_stream(paths, methods, store=store), len(paths)), list(methods))
    directions = {name: method.direction for name, method in methods.items()}
    choices, start = [], 0
    for burst in bursts:
        rows = table.iloc[start : start + len(burst.paths)].reset_index(drop=True)
        choices.append(choose(burst, rows, directions))
        start += len(burst.paths)
    return choices


def correlation_table(
    correlations: Mapping[tuple[str, str], Sequence[Correlation]], *, with_verdict: bool
) -> "pd.DataFrame":
    """Lay correlations out, one row per pair and kind, with interval, n and verdict."""
    import pandas as pd

    rows = []
    for (one, other), kinds in correlations.items():
        for found in kinds:
            row = {"method": one, "against": other, **asdict(found), "reason": found.reason or ""}
            rows.append(row | ({"verdict": verdict(found)} if with_verdict else {}))
    return pd.DataFrame(rows)


def choice_table(choices: Sequence[Choice], truth: Mapping[str, Path]) -> "pd.DataFrame":
    """Lay choices out, one row per burst: each method's best, its margin, and the known best."""
    import pandas as pd

    rows = []
    for choice in choices:
        row: dict[str, object] = {"burst": choice.burst.name, "photos": len(choice.burst.paths)}
        for name, best in choice.best.items():
            row[f"best_by_{name}"] = " = ".join(path.name for path in best.tied)
            row[f"{name}_margin"] = best.margin
            row[f"{name}_unscored"] = len(best.unscored)
        row["agree"] = choice.agree
        if truth:
            known = truth.get(choice.burst.name)
            row["known_best"] = known.name if known else None
        rows.append(row)
    return pd.DataFrame(rows)


def write_results(
    result: Experiment, folder: Path, truth: Mapping[str, Path] | None = None
) -> list[Path]:
    """Write the tables as CSV files, each naming the model in its first column.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "test1_scores": result.photos[[*COLUMNS, CLIP, *result.rules]],
        "test1_correlations": correlation_table(result.correlations, with_verdict=True),
        "test2_bursts": choice_table(result.choices, truth or {}),
        "test3_aggregations": result.photos[[*COLUMNS, *AGGREGATIONS]],
        "test3_correlations": correlation_table(result.aggregations, with_verdict=False),
    }
    written = []
    for name, table in tables.items():
        if table.empty:
            continue
        path = folder / f"{name}.csv"
        table.insert(0, "model", result.model)
        table.to_csv(path, index=False)
        written.append(path)
    return written
