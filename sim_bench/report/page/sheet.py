"""The image sheet: where methods fail although people agree, and where they disagree."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim_bench.benchmark.results import DatasetResult, FailureRow
from sim_bench.report.page.thumbnails import Thumbnail, Thumbnails

MOST_FAILURES = 16
MOST_DISAGREEMENTS = 8


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the sheet.

    Attributes:
        method: Who failed, or which two disagree.
        flag: What the method was trained on of this data; empty for nothing known.
        said: What the method said.
        people: What people said.
        photos: Its photos with what each is: "preferred by people", "the other one", or nothing
            for a photo by itself.
    """

    method: str
    flag: str
    said: str
    people: str
    photos: Sequence[tuple[Thumbnail, str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cases of one kind.

    Attributes:
        title: Its heading.
        caption: What it shows, how many cases there are and how many are shown.
        cases: Those that are shown.
        pictured: Whether any of their photos can be shown; if not, they are named only.
    """

    title: str
    caption: str
    cases: Sequence[Case]
    pictured: bool


def sheets(data: DatasetResult, thumbnails: Thumbnails) -> list[Sheet]:
    """The failures, then the disagreements, each with as many cases as a page can show."""
    texts = {
        "failure": (
            "Where methods fail",
            "Cases that a method gets wrong although people agree, in turn for each method, its "
            "worst first.",
        ),
        "disagreement": (
            "Where methods disagree",
            "Cases that two methods decide apart, in turn for each two, the clearest first.",
        ),
    }
    room = {"failure": MOST_FAILURES, "disagreement": MOST_DISAGREEMENTS}
    made = []
    for kind, (title, caption) in texts.items():
        found = [one for one in data.failures if one.kind == kind]
        if not found:
            continue
        shown = in_turn(found, room[kind])
        counts = f" {len(shown)} of {len(found)} recorded cases are shown."
        cases = [_case(data, one, thumbnails) for one in shown]
        photos = [thumbnail for case in cases for thumbnail, _ in case.photos]
        pictured = any(thumbnail.uri for thumbnail in photos)
        if not pictured:
            counts += f" Their photos cannot be shown here (the first: {photos[0].reason})."
        made.append(Sheet(title, caption + counts, cases, pictured))
    return made


def in_turn(found: Sequence[FailureRow], most: int) -> list[FailureRow]:
    """Choose cases so that each method has its worst before any has its second worst.

    A method's tasks take turns too, since how bad a case is cannot be compared between tasks.
    """
    by_task: dict[tuple[str, str], int] = {}
    ranked: list[tuple[int, FailureRow]] = []
    for one in sorted(found, key=lambda one: -one.badness):
        place = by_task.setdefault((one.method, one.task), 0)
        by_task[one.method, one.task] = place + 1
        ranked.append((place, one))
    queues: dict[str, list[FailureRow]] = {}
    for _, one in sorted(ranked, key=lambda pair: pair[0]):
        queues.setdefault(one.method, []).append(one)
    turns = max((len(queue) for queue in queues.values()), default=0)
    chosen = [queue[k] for k in range(turns) for queue in queues.values() if k < len(queue)]
    return chosen[:most]


def _case(data: DatasetResult, one: FailureRow, thumbnails: Thumbnails) -> Case:
    two = ["preferred by people", "the other one"]
    roles = two if len(one.images) == len(two) else [""] * len(one.images)
    photos = [
        (thumbnails.of(data.name, image), role)
        for image, role in zip(one.images, roles, strict=True)
    ]
    names = [one.method] if one.kind == "failure" else one.method.split(" / ")
    flag = "; ".join(data.contamination[name] for name in names if name in data.contamination)
    return Case(one.method, flag, one.said, one.people, photos)
