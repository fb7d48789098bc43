"""An export taken back: every sidecar as it was, to the byte."""

from collections.abc import Iterator
from pathlib import Path

from sim_bench.export.file import digest, read, replace, sync_folders
from sim_bench.export.journal import Journal
from sim_bench.export.journal_lines import Entry
from sim_bench.export.outcome import ExportError, Outcome, in_words


def undo(journal: Path) -> Iterator[Outcome]:
    """Take back what a journal holds, of one export or of several, the latest first.

    A sidecar that was new is removed. One that somebody else has changed or removed since is left
    as it is. The journal stays; a second undo finds nothing to do, and one that was killed can
    be started again.

    Yields:
        One outcome per sidecar, those that were new first, else in the order in which they were
        written; then a failed one for each line of the journal that is damaged.

    Raises:
        ExportError: The journal cannot be used.
    """
    with Journal(journal, new=False) as kept:
        kept.sweep()
        by_path: dict[Path, list[Entry]] = {}
        for entry in kept.entries:
            by_path.setdefault(entry.path, []).append(entry)
        # On a full disk the removals make room for the rest.
        new_first = sorted(by_path, key=lambda path: by_path[path][0].before is not None)
        try:
            for path in new_first:
                yield _outcome(path, by_path[path], kept)
        finally:
            sync_folders({path.parent for path in by_path})
        for number in kept.damaged:
            reason = f"line {number} is damaged, so a sidecar cannot be restored from it"
            yield Outcome(kept.path, "failed", reason)


def _outcome(path: Path, entries: list[Entry], journal: Journal) -> Outcome:
    try:
        return _restored(path, entries, journal)
    except ExportError as error:
        return Outcome(path, "failed", str(error))
    except OSError as error:
        return Outcome(path, "failed", f"it cannot be restored: {in_words(error)}")


def _restored(path: Path, entries: list[Entry], journal: Journal) -> Outcome:
    found = digest(read(path))
    now, back = found, None
    for entry in reversed(entries):
        if now == entry.after:
            now, back = entry.before, entry
        elif now != entry.before:
            what = "is gone" if found is None else "was changed by something else"
            raise ExportError(f"it {what} since it was written, so it is left alone")
    if back is None:
        return Outcome(path, "unchanged", "it is as it was before the export")
    former = journal.former(back)
    if former is None:
        path.unlink()
        return Outcome(path, "done", "removed: it was new")
    replace(path, former, back.between)
    return Outcome(path, "done", "restored")
