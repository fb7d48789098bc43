"""Running a configured benchmark: methods that can run do, the others say why not."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import TYPE_CHECKING

from sim_bench.benchmark.config import BenchmarkConfig, MethodConfig
from sim_bench.errors import ConfigError, DataMissingError, SimBenchError
from sim_bench.images.discover import discover
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.record import Record, table_of
from sim_bench.quality_assessment.run import score_stream
from sim_bench.registry import method_class

if TYPE_CHECKING:
    import pandas as pd

    from sim_bench.store.store import Store


@dataclass(frozen=True)
class BenchmarkRun:
    """What a run gave.

    Attributes:
        scores: One row per photo, one column per method that ran.
        made_by: The model behind each method that ran; empty for methods without one.
        failed: The reason, by method, of those that could not run.
    """

    scores: "pd.DataFrame"
    made_by: Mapping[str, str]
    failed: Mapping[str, str]


def build(method: MethodConfig, store: "Store | None" = None) -> QualityAssessor:
    """Make one configured method, ready to score.

    Raises:
        ConfigError: Its constructor knows no such parameter, or refuses a value.
        SimBenchError: The method is unknown, or cannot run here.
    """
    cls = method_class(method.class_name)
    known = signature(cls).parameters.keys()
    if unknown := sorted(method.params.keys() - known):
        raise ConfigError(
            f"{method.class_name} has no parameter {unknown[0]!r}; "
            f"it has {', '.join(known) or 'none'}"
        )
    try:
        built = cls(**method.params)
    except ValueError as error:
        raise ConfigError(f"{method.class_name}: {error}") from error
    built.load(store)
    return built


def run_benchmark(
    config: BenchmarkConfig,
    *,
    store: "Store | None" = None,
    watch: Callable[[Iterable[Record], int], Iterable[Record]] = lambda records, _: records,
) -> BenchmarkRun:
    """Score every photo under the configured folder by every method that can run.

    Args:
        config: The configuration.
        store: Keeps vectors and scores; what it holds is not computed again.
        watch: Passes records on, given their number; e.g. to show progress.

    Raises:
        DataMissingError: The folder is not there.
        DiscoveryError: It holds no photos.
    """
    root = config.dataset.root
    if not root.is_dir():
        raise DataMissingError(
            f"dataset.root: {root} is not a folder here, so there are no {config.dataset.name} "
            "photos to score; set dataset.root to the folder that holds them "
            "(docs/datasets.md says where each data set is to be had)"
        )
    paths = discover([root]).paths
    methods, failed = {}, {}
    for method in config.methods:
        try:
            methods[method.name] = build(method, store)
        except SimBenchError as error:
            failed[method.name] = str(error)
    records = watch(score_stream(paths, methods, store=store), len(paths)) if methods else []
    made_by = {name: method.made_by for name, method in methods.items()}
    return BenchmarkRun(table_of(records, list(methods)), made_by, failed)


def write_run(run: BenchmarkRun, config: BenchmarkConfig) -> None:
    """Write `scores.csv` and `methods.csv` into the configured folder."""
    import pandas as pd

    folder = config.output.dir
    folder.mkdir(parents=True, exist_ok=True)
    run.scores.to_csv(folder / "scores.csv", index=False)
    rows = [
        {
            "method": method.name,
            "class": method.class_name,
            "status": "failed" if method.name in run.failed else "ran",
            "model": run.made_by.get(method.name, ""),
            "reason": run.failed.get(method.name, ""),
        }
        for method in config.methods
    ]
    pd.DataFrame(rows).to_csv(folder / "methods.csv", index=False)
