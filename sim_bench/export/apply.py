"""The export itself: sidecars written, each only after the journal knows how to undo it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sim_bench.export.file import digest, read, replace, sync_folders
from sim_bench.export.journal import Journal
from sim_bench.export.outcome import ExportError, Outcome, Status, in_words
from sim_bench.export.plan import Action, Change
from sim_bench.export.xmp import new_sidecar, with_mark

_NOTHING_TO_DO: dict[Action, Status] = {
    "same": "unchanged",
    "leave": "unchanged",
    "refuse": "failed",
}


def apply(changes: Sequence[Change], journal: Path) -> Iterator[Outcome]:
    """Do what was planned, one sidecar after the other.

    A kill at any moment leaves every sidecar as it was or as it was to be; the same call with the
    same journal, after a new plan, does the rest. Nothing happens before the first outcome is
    asked for, and nothing more after the last that was.

    Args:
        changes: As `plan` gives them.
        journal: The undo journal. Made if it is not there and there is something to write; one
            that is there is added to.

    Yields:
        One outcome per change, in their order.

    Raises:
        ExportError: The journal cannot be used; nothing was touched.
    """
    if not any(change.action in ("create", "edit") for change in changes):
        yield from map(_settled, changes)
        return
    folders: set[Path] = set()
    with Journal(journal, new=True) as kept:
        kept.sweep()
        try:
            for change in changes:
                if change.action in ("create", "edit"):
                    folders.add(change.path.parent)
                    yield _written(change, kept)
                else:
                    yield _settled(change)
        finally:
            sync_folders(folders)


def _settled(change: Change) -> Outcome:
    reason = change.note or "it says so already"
    return Outcome(change.path, _NOTHING_TO_DO[change.action], reason)


def _written(change: Change, journal: Journal) -> Outcome:
    try:
        former = read(change.path)
        if digest(former) != change.digest:
            raise ExportError("it has changed since the plan was made; plan again")
        data = new_sidecar(change.mark) if former is None else with_mark(former, change.mark)
        _keep(journal, change.path, former, data)
    except ExportError as error:
        return Outcome(change.path, "failed", str(error))
    except OSError as error:
        return Outcome(change.path, "failed", f"it cannot be written: {in_words(error)}")
    done = "new" if former is None else "changed"
    return Outcome(change.path, "done", f"{done}: {change.mark}")


def _keep(journal: Journal, path: Path, former: bytes | None, data: bytes) -> None:
    try:
        entry = journal.add(path, former, data)
    except OSError as error:
        raise ExportError(
            f"the undo journal cannot be written, so it is left alone: {in_words(error)}"
        ) from error
    replace(path, data, entry.between)
