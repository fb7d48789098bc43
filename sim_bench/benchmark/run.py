"""A whole benchmark: data sets read, photos scored, methods judged; nothing is written but the log.

data sets -> methods -> scores -> judgements joined -> results
"""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim_bench import __version__
from sim_bench.benchmark.config import BenchmarkConfig, DatasetConfig
from sim_bench.benchmark.contamination import contamination
from sim_bench.benchmark.cost import costs
from sim_bench.benchmark.joined import Joined, join
from sim_bench.benchmark.manifest import manifest
from sim_bench.benchmark.material import Material, load_material, need_labels
from sim_bench.benchmark.measured import measure
from sim_bench.benchmark.measures.common import Settings
from sim_bench.benchmark.methods import Methods, build_all
from sim_bench.benchmark.recorded import recorded_scores
from sim_bench.benchmark.results import MethodResult, Results
from sim_bench.benchmark.scoring import BRIGHTNESS, Watch, score_of, score_photos
from sim_bench.errors import ConfigError, SimBenchError
from sim_bench.quality_assessment.choice import Direction
from sim_bench.quality_assessment.record import Record

if TYPE_CHECKING:
    import pandas as pd

    from sim_bench.store.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DatasetRun:
    """What was scored and joined of one data set.

    Attributes:
        material: The data set.
        scores: One row per photo: `image`, `path`, `status`, `reason`, `width`, `height`, and a
            column of scores per method that ran.
        joined: Judgements joined with merits.
    """

    material: Material
    scores: "pd.DataFrame"
    joined: Joined


@dataclass(frozen=True)
class BenchmarkRun:
    """What a run gave.

    Attributes:
        config: What was asked for.
        results: What was found.
        datasets: The items behind it, by name of the data set.
        manifest: What it was made with.
    """

    config: BenchmarkConfig
    results: Results
    datasets: Mapping[str, DatasetRun]
    manifest: Mapping[str, Any]

    @property
    def complete(self) -> bool:
        """Whether every method ran and scored every photo, and nothing else must be said."""
        return (
            all(method.status != "failed" for method in self.results.methods)
            and not any(dataset.unscored for dataset in self.results.datasets)
            and not any(run.material.note for run in self.datasets.values())
        )


def run_benchmark(
    config: BenchmarkConfig,
    *,
    store: "Store | None" = None,
    resume: bool = False,
    watch: Watch = lambda records, _: records,
) -> BenchmarkRun:
    """Run a benchmark.

    Args:
        config: The configuration.
        store: Keeps vectors and scores; what it holds is not computed again.
        resume: Whether to go on where an earlier run into the same folder was stopped.
        watch: Passes records on, given their number; e.g. to show progress.

    Raises:
        DataMissingError: Label files of a data set are missing.
        DatasetError: They are not as their format says.
        ConfigError: No method could run.
    """
    materials = {dataset.name: load_material(dataset) for dataset in config.datasets}
    for material in materials.values():
        need_labels(material)
        log.info("%s: %d photos take part", material.name, len(material.images))
        if material.note:
            log.warning(material.note)
    recorded, failed = _recorded(config, materials)
    methods = build_all(config.methods, store, permissive_only=config.permissive_only)
    records: dict[Path, Record] = {}
    if methods.whole:
        paths = list(dict.fromkeys(p for m in materials.values() for p in m.images.values()))
        config.output.dir.mkdir(parents=True, exist_ok=True)
        records, on_the_way = score_photos(
            paths, methods, config.output.dir, store=store, resume=resume, watch=watch
        )
        whole = {n: m for n, m in methods.whole.items() if n not in on_the_way}
        failed |= {n: reason for n, reason in on_the_way.items() if n in methods.whole}
        methods = Methods(whole, methods.failed, methods.parts, methods.of_parts)
    failed |= methods.failed
    for name, reason in failed.items():
        log.warning("%s failed: %s", name, reason)
    if not methods.whole and not recorded:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in failed.items())
        raise ConfigError(f"no method of the configuration could run ({reasons})")
    runs = {
        dataset.name: _joined(config, dataset, materials[dataset.name], methods, recorded, records)
        for dataset in config.datasets
    }
    scored_paths = [path for path, record in records.items() if record.width is not None]
    if methods.whole:
        log.info("timing the methods on a few photos")
    spent = costs(methods.whole, scored_paths)
    return BenchmarkRun(
        config,
        _results(config, runs, methods, recorded, failed, spent),
        runs,
        manifest(
            digest=config.digest,
            methods=methods.whole,
            label_files={
                name: [*material.label_files, *_files_of(config, name)]
                for name, material in materials.items()
            },
            seeds={
                "statistics": config.statistics.seed,
                **{f"sample of {d.name}": d.sample.seed for d in config.datasets if d.sample},
            },
        ),
    )


Recorded = dict[str, tuple[str, "pd.Series[float]"]]
"""By method: its data set, and its scores by image id."""


def _recorded(
    config: BenchmarkConfig, materials: Mapping[str, Material]
) -> tuple[Recorded, dict[str, str]]:
    found: Recorded = {}
    failed: dict[str, str] = {}
    for method in config.methods:
        dataset, file = config.dataset_of(method), config.scores_file(method)
        if method.scores is None or dataset is None or file is None:
            continue
        try:
            scores = recorded_scores(method.scores, file, materials[dataset.name])
        except (SimBenchError, ValueError) as error:
            failed[method.name] = (
                f"{file}: {error}" if isinstance(error, ValueError) else str(error)
            )
            continue
        found[method.name] = dataset.name, scores
    return found, failed


def _files_of(config: BenchmarkConfig, dataset: str) -> list[Path]:
    files = [
        config.scores_file(method)
        for method in config.methods
        if (of := config.dataset_of(method)) and of.name == dataset
    ]
    return [file for file in files if file is not None]


def _joined(
    config: BenchmarkConfig,
    dataset: DatasetConfig,
    material: Material,
    methods: Methods,
    recorded: Recorded,
    records: Mapping[Path, Record],
) -> DatasetRun:
    import pandas as pd

    here = [
        method.name
        for method in config.methods
        if method.name in methods.whole
        or (method.name in recorded and recorded[method.name][0] == material.name)
    ]
    images = list(material.images)
    of = [records.get(material.images[image]) for image in images]
    columns: dict[str, Any] = {}
    for name in here:
        if name in recorded:
            columns[name] = recorded[name][1].reindex(images).to_numpy(dtype=float)
        else:
            columns[name] = [score_of(record, name) for record in of]
    scores = pd.DataFrame(columns, index=pd.Index(images, name="image"), dtype=float)
    beside = [*methods.of_parts, BRIGHTNESS] if records else []
    hidden = pd.DataFrame(
        {name: [score_of(record, name) for record in of] for name in beside},
        index=scores.index,
        dtype=float,
    )
    turned = {name: -1.0 if _direction(config, methods, name) == "lower" else 1.0 for name in here}
    merit = pd.concat([scores * pd.Series(turned, dtype=float), hidden], axis=1)
    merit.attrs["methods"] = tuple(here)
    reasons = [
        _reason(record, row, here) for record, row in zip(of, scores.to_numpy(), strict=True)
    ]
    table = pd.DataFrame(
        {
            "image": images,
            "path": [str(material.images[image]) for image in images],
            "status": ["unscored" if reason else "scored" for reason in reasons],
            "reason": reasons,
            "width": pd.Series([r.width if r else None for r in of], dtype="Int64"),
            "height": pd.Series([r.height if r else None for r in of], dtype="Int64"),
        }
    )
    table = pd.concat([table, scores.reset_index(drop=True)], axis=1)
    return DatasetRun(material, table, join(material, merit, here, dataset.tolerance))


def _reason(record: Record | None, scores: Any, names: list[str]) -> str:
    missing = [name for name, score in zip(names, scores, strict=True) if score != score]
    if not missing:
        return ""
    if record is not None and record.width is None and record.reason:
        return record.reason
    return f"no finite score by {', '.join(missing)}"


def _direction(config: BenchmarkConfig, methods: Methods, name: str) -> Direction:
    if name in methods.whole:
        return methods.whole[name].direction
    scores = next(method.scores for method in config.methods if method.name == name)
    return scores.direction if scores else "higher"


def _results(
    config: BenchmarkConfig,
    runs: Mapping[str, DatasetRun],
    methods: Methods,
    recorded: Recorded,
    failed: Mapping[str, str],
    spent: Mapping[str, float | None],
) -> Results:
    statistics = config.statistics
    settings = Settings(
        level=statistics.level,
        resamples=statistics.resamples,
        permutations=statistics.permutations,
        seed=statistics.seed,
        ties=config.ties,
    )
    trained = {name: method.trained_on for name, method in methods.whole.items()}
    splits = {dataset.name: dataset.split or "" for dataset in config.datasets}
    found = []
    for name, run in runs.items():
        log.info("%s: measuring agreement", name)
        found.append(
            measure(
                run.material,
                run.joined,
                methods.parts,
                settings,
                split=splits[name],
                scored=int((run.scores["status"] == "scored").sum()),
                contamination=contamination(trained, run.material.known_as),
                unscored_reasons=dict(Counter(filter(None, run.scores["reason"])).most_common()),
            )
        )
    return Results(
        version=__version__,
        level=statistics.level,
        ties=config.ties,
        methods=tuple(
            _method(config, name, methods, recorded, failed, spent) for name in _names(config)
        ),
        datasets=tuple(found),
    )


def _names(config: BenchmarkConfig) -> list[str]:
    return [method.name for method in config.methods]


def _method(
    config: BenchmarkConfig,
    name: str,
    methods: Methods,
    recorded: Recorded,
    failed: Mapping[str, str],
    spent: Mapping[str, float | None],
) -> MethodResult:
    configured = next(method for method in config.methods if method.name == name)
    built = methods.whole.get(name)
    file = config.scores_file(configured)
    return MethodResult(
        name=name,
        class_name=configured.class_name,
        status="failed" if name in failed else "recorded" if name in recorded else "ran",
        reason=failed.get(name, ""),
        made_by=built.made_by if built else str(file) if file else "",
        licence=", ".join(dict.fromkeys(built.licences())) if built else "",
        direction=_direction(config, methods, name) if name not in failed else "higher",
        trained_on=built.trained_on if built else None,
        cost=spent.get(name),
    )
