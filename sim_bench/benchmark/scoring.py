"""Every photo of a run through every method: once, and again only where nothing is known of it."""

import hashlib
import logging
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim_bench import __version__
from sim_bench.benchmark.brightness import Brightness
from sim_bench.benchmark.journal import NAME, Journal
from sim_bench.benchmark.manifest import fingerprint_of
from sim_bench.benchmark.methods import Methods
from sim_bench.images.decode import DECODE_VERSION
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.record import Record
from sim_bench.quality_assessment.run import score_stream

if TYPE_CHECKING:
    from sim_bench.store.store import Store

Watch = Callable[[Iterable[Record], int], Iterable[Record]]

BRIGHTNESS = Brightness.name

log = logging.getLogger(__name__)


def score_photos(
    paths: Sequence[Path],
    methods: Methods,
    folder: Path,
    *,
    store: "Store | None",
    resume: bool,
    watch: Watch,
) -> tuple[dict[Path, Record], dict[str, str]]:
    """Score photos by methods, their parts, and brightness.

    Scores are written into a journal in the folder as they come, so that a run that was killed
    goes on where it was. A method that fails on the way is found out by letting each run alone
    over the photos that are left.

    Args:
        paths: The photos, each once.
        methods: What to run.
        folder: For the journal.
        store: Keeps vectors and scores; what it holds is not computed again.
        resume: Whether to use the journal of an earlier run of the same methods.
        watch: Passes records on, given their number; e.g. to show progress.

    Returns:
        A record for every path, and why methods failed on the way, by name.
    """
    asked: dict[str, QualityAssessor] = {
        **methods.whole,
        **methods.of_parts,
        BRIGHTNESS: Brightness(),
    }
    with Journal(folder / NAME, _belongs_to(asked), resume=resume) as journal:
        done = {path: journal.done[path] for path in paths if path in journal.done}
        left = [path for path in paths if path not in done]
        if resume:
            log.info("%d of %d photos were scored before, by these methods", len(done), len(paths))
        failed: dict[str, str] = {}
        try:
            for record in watch(journal.keep(score_stream(left, asked, store=store)), len(left)):
                done[record.path] = record
        except Exception as error:  # noqa: BLE001 - named below, with the method it came from
            log.warning("a method failed (%s); running each by itself", _told(error))
            rest = [path for path in left if path not in done]
            alone, failed = _one_by_one(rest, asked, store, watch)
            done |= alone
    return done, failed


def forget_journal(folder: Path) -> None:
    """Delete the journal: its scores are among the results now."""
    (folder / NAME).unlink(missing_ok=True)


def _one_by_one(
    paths: Sequence[Path],
    asked: Mapping[str, QualityAssessor],
    store: "Store | None",
    watch: Watch,
) -> tuple[dict[Path, Record], dict[str, str]]:
    found: dict[Path, Record] = {}
    failed: dict[str, str] = {}
    for name, method in asked.items():
        try:
            alone = list(watch(score_stream(paths, {name: method}, store=store), len(paths)))
        except Exception as error:  # noqa: BLE001 - becomes the method's reason in every table
            failed[name] = _told(error)
            log.warning("%s failed: %s", name, failed[name])
            continue
        for record in alone:
            before = found.setdefault(record.path, replace(record, scores={}))
            worse = record if record.status == "unscored" else before
            found[record.path] = replace(
                worse, scores={**before.scores, **record.scores}, notes=before.notes
            )
    for path in paths:
        found.setdefault(path, Record(path, "unscored", "no method could run", None, None, {}))
    return found, failed


def _told(error: Exception) -> str:
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _belongs_to(asked: Mapping[str, QualityAssessor]) -> str:
    lines = [f"sim-bench {__version__}, decoding {DECODE_VERSION}"]
    lines += [f"{name}: {fingerprint_of(method)}" for name, method in asked.items()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def score_of(record: Record | None, name: str) -> float:
    """Return a record's score by a method; NaN where there is none."""
    return math.nan if record is None else record.scores.get(name, math.nan)
