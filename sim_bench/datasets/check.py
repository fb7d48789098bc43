"""What of a data set is present, missing or broken, said before anything is scored."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from sim_bench.datasets.base import Dataset, Finding, State
from sim_bench.datasets.judgements import Judgements, Opinions
from sim_bench.errors import DataMissingError, ImageError, SimBenchError

Verdict = Literal["complete", "incomplete", "unusable"]

_NAMED = 3  # examples in a finding
_HEAD = 4096  # bytes that tell a photo's format
_PILLOW = {"JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF"}  # headers are read without any extra


def check(dataset: Dataset, *, deep: bool = False) -> list[Finding]:
    """Look at a data set's label files, its labels and its photos; never stops at a problem.

    Args:
        dataset: Which one, where, and which split of it.
        deep: Decode every photo. Otherwise only its header is read, which does not find a photo
            whose end is missing.
    """
    if not dataset.root.is_dir():
        return [Finding(str(dataset.root), "missing", "there is no such folder")]
    try:
        findings = list(dataset.check_labels())
    except OSError as error:
        findings = [Finding("label files", "broken", str(error))]
    try:
        judgements = dataset.read()
    except DataMissingError as error:
        return [*findings, Finding("labels", "missing", str(error))]
    except SimBenchError as error:
        state: State = "broken" if dataset.label_files else "missing"  # there may be none at all
        return [*findings, Finding("labels", state, str(error))]
    return [*findings, _labels(judgements), *_photos(judgements, deep=deep)]


def verdict(findings: Sequence[Finding]) -> Verdict:
    """Sum up: all there; something missing that can be done without; or nothing to be done."""
    bad = [finding for finding in findings if finding.state in ("missing", "broken")]
    if any(finding.needed for finding in bad):
        return "unusable"
    return "incomplete" if bad else "complete"


def photo_ids(judgements: Judgements) -> list[str]:
    """Return the id of every photo that judgements are about, once, in order."""
    table = judgements.table
    columns = ("image",) if isinstance(judgements, Opinions) else ("left", "right")
    return sorted({image for column in columns for image in table[column]})


def _labels(judgements: Judgements) -> Finding:
    table, left_out = judgements.table, judgements.left_out
    kind = "opinions" if isinstance(judgements, Opinions) else "pairs"
    groups = table["group" if isinstance(judgements, Opinions) else "burst"].nunique()
    said = f"{len(table)} {kind} in {groups} groups, {len(photo_ids(judgements))} photos"
    if left_out:
        reasons = Counter(left_out.values()).most_common()
        more = f"; {len(reasons) - _NAMED} other reasons" if len(reasons) > _NAMED else ""
        example: dict[str, str] = {}
        for item, reason in left_out.items():
            example.setdefault(reason, item)
        listed = "; ".join(
            f"{count} {reason}, first {example[reason]}" for reason, count in reasons[:_NAMED]
        )
        said += f"; {len(left_out)} left out: {listed}{more}"
    if table.empty:
        return Finding("labels", "missing", f"nothing to compare with: {said}")
    return Finding("labels", "present", said)


def _photos(judgements: Judgements, *, deep: bool) -> list[Finding]:
    folder, ids = judgements.photos, photo_ids(judgements)
    what = f"photos in {folder}"
    here = [image for image in ids if (folder / image).is_file()]
    if not here:
        why = "none is there" if folder.is_dir() else "there is no such folder"
        detail = f"{why}; without photos only recorded scores can be compared"
        return [Finding(what, "missing", detail, needed=False)]
    findings = [Finding(what, "present", f"{len(here)} of {len(ids)}")]
    if missing := sorted(set(ids) - set(here)):
        said = f"{len(missing)} of {len(ids)} are not there, {_first(missing)}"
        findings.append(Finding(what, "missing", said, needed=False))
    if broken := _broken(folder, here, deep=deep):
        named = ", ".join(f"{image} {reason}" for image, reason in list(broken.items())[:_NAMED])
        said = f"{len(broken)} of {len(here)} cannot be read, first {named}"
        findings.append(Finding(what, "broken", said, needed=len(broken) == len(here)))
    return findings


def _broken(folder: Path, ids: Sequence[str], *, deep: bool) -> Mapping[str, str]:
    from sim_bench.images.decode import read_picture

    look = read_picture if deep else _read_header
    reasons = {}
    for image in ids:
        try:
            look(folder / image)
        except ImageError as error:
            reasons[image] = error.reason
    return reasons


def _read_header(path: Path) -> None:
    """Find what a header can tell against a photo.

    Raises:
        ImageError: The file is no photo, or its header is damaged; with the reason.
    """
    from PIL import Image

    from sim_bench.images.formats import describe_stranger, identify

    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise ImageError(path, f"cannot be read: {error.strerror}") from error
    if not head:
        raise ImageError(path, "is empty (0 bytes)")
    kind = identify(head, path.suffix)
    if kind is None:
        raise ImageError(path, f"is {describe_stranger(head)}")
    if kind in _PILLOW:
        try:
            Image.open(path, formats=[kind]).close()
        except Exception as error:  # it raises anything at all on hostile bytes
            reason = f"has a damaged header: {type(error).__name__}"
            raise ImageError(path, reason) from error


def _first(names: Sequence[str]) -> str:
    return f"first {', '.join(names[:_NAMED])}"
