"""The folder of a finished run: every table, the page, and what it was made with."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sim_bench.benchmark.run import BenchmarkRun, DatasetRun
from sim_bench.datasets.judgements import OPINION_COLUMNS
from sim_bench.errors import MissingDependencyError
from sim_bench.evaluation.pairwise import Ties, pair_credits
from sim_bench.evaluation.series import series_measures
from sim_bench.report.benchmark_page import write_benchmark_page
from sim_bench.report.benchmark_tables import (
    comparisons_table,
    methods_summary,
    parts_table,
    subgroups_table,
)
from sim_bench.report.table_file import TableFile

if TYPE_CHECKING:
    import pandas as pd

RESULTS = "results.json"
CONFIG = "config.yaml"
MANIFEST = "manifest.json"
PAIRS = "pairs.csv"
SERIES = "series.csv"
DETAILS = "detailed_results.csv"
PAGE = "report.html"

_HEAD = ("dataset", "image", "path", "status", "reason", "width", "height")


def write_run(run: BenchmarkRun, *, title: str) -> list[Path]:
    """Write a run into its output folder.

    `scores.parquet` needs the extra [parquet]; without it the same table is `scores.csv`.

    Args:
        run: What was found.
        title: Of the page.

    Returns:
        The files, `results.json` last: a folder that has it is complete.
    """
    folder = run.config.output.dir
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RESULTS).unlink(missing_ok=True)
    scores = _write_scores(run, folder)
    tables = {
        DETAILS: _details(run),
        PAIRS: _concatenated(_pairs(name, one, run) for name, one in run.datasets.items()),
        SERIES: _concatenated(_series(name, one, run) for name, one in run.datasets.items()),
        "methods_summary.csv": methods_summary(run.results),
        "comparisons.csv": comparisons_table(run.results),
        "subgroups.csv": subgroups_table(run.results),
        "parts.csv": parts_table(run.results),
    }
    written = [scores]
    for name, table in tables.items():
        if name in (PAIRS, SERIES) and table.empty:
            (folder / name).unlink(missing_ok=True)
            continue
        table.to_csv(folder / name, index=False)
        written.append(folder / name)
    written += [
        _write(folder / CONFIG, yaml.safe_dump(run.config.resolved(), sort_keys=False)),
        _write(folder / MANIFEST, json.dumps(run.manifest, indent=1)),
        write_benchmark_page(
            run.results,
            folder,
            title=title,
            image_paths={name: one.material.images for name, one in run.datasets.items()},
            manifest=run.manifest,
        ),
        _write(folder / RESULTS, run.results.model_dump_json(indent=1)),
    ]
    return written


def _write(path: Path, text: str) -> Path:
    """Write a file in one step, so that it is whole wherever it is there."""
    begun = path.with_name(f"{path.name}.tmp")
    begun.write_text(text + "\n", encoding="utf-8")
    return begun.replace(path)


def _write_scores(run: BenchmarkRun, folder: Path) -> Path:
    table = _concatenated(one.scores.assign(dataset=name) for name, one in run.datasets.items())
    methods = [name for name in table.columns if name not in _HEAD]
    table = table[[*_HEAD, *methods]].astype(object)
    columns = table.where(table.notna(), None)
    path = folder / "scores.parquet"
    (folder / "scores.csv").unlink(missing_ok=True)
    try:
        file = TableFile(path, list(table.columns), methods)
    except MissingDependencyError:
        path.unlink(missing_ok=True)
        path = folder / "scores.csv"
        file = TableFile(path, list(table.columns), methods)
    with file:
        file.write_columns({str(name): columns[name].tolist() for name in columns})
    return path


def _details(run: BenchmarkRun) -> "pd.DataFrame":
    """Per photo: what people said, if they did, then the scores."""
    tables = []
    for name, one in run.datasets.items():
        table = one.scores.assign(dataset=name)
        if one.material.opinions is not None:
            opinions = one.material.opinions
            names = {name: f"attribute_{name}" for name in opinions.attributes}
            columns = [*OPINION_COLUMNS, *names]
            said = opinions.table[columns].rename(columns=names)
            table = table.merge(said, on="image", how="left", validate="one_to_one")
        tables.append(table)
    joined = _concatenated(tables)
    first = [*_HEAD, *(c for c in OPINION_COLUMNS[1:] if c in joined)]
    return joined[[*first, *(c for c in joined.columns if c not in first)]]


def _pairs(name: str, one: DatasetRun, run: BenchmarkRun) -> "pd.DataFrame":
    """Per pair: what people said, then both scores and the credit of every method."""
    import pandas as pd

    items, pairs = one.joined.pairs, one.material.pairs
    if items is None or pairs is None:
        return pd.DataFrame()
    columns: dict[str, Any] = {"dataset": name}
    columns |= {c: pairs.table[c] for c in ("pair", "left", "right", "wins", "votes", "burst")}
    columns["preference"] = items.preference
    scores = one.scores.set_index("image")
    ties: Ties = run.results.ties
    for k, method in enumerate(items.methods):
        columns[f"{method}_left"] = scores.loc[list(pairs.table["left"]), method].to_numpy()
        columns[f"{method}_right"] = scores.loc[list(pairs.table["right"]), method].to_numpy()
        columns[f"{method}_credit"] = pair_credits(
            items.left[:, k], items.right[:, k], items.preference, ties
        )
    return pd.DataFrame(columns)


def _series(name: str, one: DatasetRun, run: BenchmarkRun) -> "pd.DataFrame":
    """Per series and method: where the best photo stands, and the regret of the pick."""
    import pandas as pd

    items = one.joined.series
    if items is None:
        return pd.DataFrame()
    met = next(data.contamination for data in run.results.datasets if data.name == name)
    head = ["dataset", "method", "trained_on_it"]
    tables = [
        series_measures(merit, items.value, items.series).assign(
            dataset=name, method=method, trained_on_it=met.get(method, "")
        )
        for method, merit in zip(items.methods, items.merit.T, strict=True)
    ]
    joined = _concatenated(tables)
    return joined[[*head, *[c for c in joined if c not in head]]]


def _concatenated(tables: "Iterable[pd.DataFrame]") -> "pd.DataFrame":
    import pandas as pd

    some = [table for table in tables if len(table.columns)]
    return pd.concat(some, ignore_index=True) if some else pd.DataFrame()
