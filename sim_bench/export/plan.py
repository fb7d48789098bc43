"""What an export would change, file by file, before anything is."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim_bench.export.file import check_writable, digest, read
from sim_bench.export.marks import DEFAULT_MARKS, Mark, better, check_marks
from sim_bench.export.names import Style, check_style, habits, sidecars
from sim_bench.export.outcome import ExportError, in_words
from sim_bench.export.rows import Row, Verdict
from sim_bench.export.xmp import new_sidecar, read_values, with_mark

Action = Literal["create", "edit", "same", "leave", "refuse"]


@dataclass(frozen=True, slots=True)
class Change:
    """What an export would do to one sidecar.

    Attributes:
        path: The sidecar, absolute.
        photos: The photos that it belongs to, among those given.
        action: "create": a new file; "edit": a file that is there; "same": it says so already;
            "leave": its verdict has no mark, or it is to be kept; "refuse": it cannot be done.
        mark: What it is to say.
        before: xmp:Rating and xmp:Label as they are; None each where there is none.
        digest: SHA-256 of the file as it is; None where there is none.
        note: Why, or what else a person should know; one line, may be empty.
    """

    path: Path
    photos: tuple[Path, ...]
    action: Action
    mark: Mark = Mark()  # noqa: RUF009 - frozen
    before: tuple[str | None, str | None] = (None, None)
    digest: str | None = None
    note: str = ""


def plan(
    rows: Iterable[Row],
    style: Style = "follow",
    *,
    marks: Mapping[Verdict, Mark] = DEFAULT_MARKS,
    keep: bool = False,
) -> tuple[Change, ...]:
    """Say what an export would change; it reads sidecars and writes nothing.

    Photos that share a sidecar, as IMG_1.JPG and IMG_1.CR2 share IMG_1.xmp, both get it; where
    their verdicts differ, the better mark is taken and the note says so. A rejection is not
    written where the sidecar is also that of a photo that is protected or single.

    Args:
        rows: The photos and their verdicts.
        style: How sidecars are named.
        marks: What is written for a verdict; one that is not in it is left alone.
        keep: Whether a sidecar that has a label or a rating other than 0 is left as it is.

    Returns:
        One change per sidecar, in the order of the photos, and one for each photo that is not
        there; every photo is in one at least.

    Raises:
        UnknownNameError: The style is none, or a key of `marks` is no verdict.
    """
    check_style(style)
    check_marks(marks)
    given = [Row(row.path.absolute(), row.verdict) for row in rows]
    habit = habits(row.path for row in given) if style == "follow" else {}
    shared: dict[Path, list[Row]] = {}
    for row in given:
        for path in sidecars(row.path, style, habit.get(row.path.parent, "adobe")):
            shared.setdefault(path, []).append(row)
    photos = {row.path for row in given}
    return tuple(
        change
        for path, here in shared.items()
        for change in _changes(path, here, photos, marks, keep)
    )


def _changes(
    path: Path,
    rows: Sequence[Row],
    photos: Set[Path],
    marks: Mapping[Verdict, Mark],
    keep: bool,
) -> Iterator[Change]:
    """The changes of one sidecar: one, and one more for each photo that is not there."""
    if path in photos:
        yield _refused(path, rows, "it is one of the photos itself")
        return
    gone = [row for row in rows if marks.get(row.verdict) and not _is_there(row.path)]
    for row in gone:
        yield _refused(path, [row], f"there is no photo {row.path.name!r}")
    if there := [row for row in rows if row not in gone]:
        yield _change(path, there, marks, keep)


def _change(path: Path, rows: Sequence[Row], marks: Mapping[Verdict, Mark], keep: bool) -> Change:
    mark, note = _agreed(rows, marks)
    if not mark:
        return Change(path, _photos(rows), "leave", note=note)
    try:
        data = read(path)
        before = (None, None) if data is None else read_values(data)
        if keep and _is_rated(before):
            note = "it has a rating or a label already, which is kept"
            return Change(path, _photos(rows), "leave", before=before, note=note)
        changed = new_sidecar(mark) if data is None else with_mark(data, mark)
        if changed == data:
            return Change(path, _photos(rows), "same", mark, before, digest(data), note)
        check_writable(path)
    except ExportError as error:
        return _refused(path, rows, str(error))
    except OSError as error:
        return _refused(path, rows, f"it cannot be read: {in_words(error)}")
    action: Action = "create" if data is None else "edit"
    return Change(path, _photos(rows), action, mark, before, digest(data), note)


def _is_there(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises for a name that is too long


def _photos(rows: Sequence[Row]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(row.path for row in rows))


def _refused(path: Path, rows: Sequence[Row], note: str) -> Change:
    return Change(path, _photos(rows), "refuse", note=note)


def _is_rated(before: tuple[str | None, str | None]) -> bool:
    rating, label = before
    return bool(label) or (rating is not None and rating.strip() not in ("", "0"))


def _agreed(rows: Sequence[Row], marks: Mapping[Verdict, Mark]) -> tuple[Mark, str]:
    """The mark of a sidecar, and a note on how it came about."""
    verdicts = list(dict.fromkeys(row.verdict for row in rows))
    found = [marks.get(verdict, Mark()) for verdict in verdicts]
    if not any(found):
        return Mark(), f"nothing is written for a photo that is {verdicts[0]}"
    best = next(mark for mark in found if mark)
    for mark in found:
        best = better(best, mark) if mark else best
    if len(verdicts) == 1:
        return best, ""
    said = ", ".join(f"{row.path.name!r} is {row.verdict}" for row in rows)
    spared = [row for row in rows if row.verdict in ("protected", "single")]
    spared = [row for row in spared if not marks.get(row.verdict, Mark())]
    if spared and best.rating is not None and best.rating < 0:
        return Mark(), f"{said}: they share this sidecar, so neither is rejected"
    return best, f"{said}: they share this sidecar, and the better mark is written"
