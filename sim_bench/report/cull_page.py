"""A culling as one page that needs no other file: a contact sheet with verdicts and reasons."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sim_bench.images.capture import Capture
from sim_bench.quality_assessment.base import Explanation
from sim_bench.quality_assessment.choice import Direction
from sim_bench.report.cull.bars import Bars, bars_of_groups
from sim_bench.report.cull.cards import Section, sections
from sim_bench.report.cull.pictures import pictures, room_for
from sim_bench.report.cull.self_contained import csp_hash, environment, read_template
from sim_bench.report.cull.words import KINDS, VERDICTS
from sim_bench.report.page.thumbnails import Thumbnail
from sim_bench.selection.group import PROTECTED, Group

if TYPE_CHECKING:
    import pandas as pd
    from jinja2 import Template

_SLOT = re.compile("\0[0-9]+\0")
"""Where a picture goes: no data on the page can hold this, control characters being replaced."""


def write_cull_page(
    path: Path,
    verdicts: "pd.DataFrame",
    groups: Sequence[Group],
    *,
    title: str,
    methods: Mapping[str, Direction],
    explanations: Mapping[Path, Explanation] | None = None,
    explained: str | None = None,
    captures: Mapping[Path, Capture] | None = None,
    workers: int | None = None,
) -> Path:
    """Write one page that opens from a file, without network or other files.

    Up to 500 photos take less than 15 MB; fewer photos get larger pictures, more get smaller ones
    down to a least size. The page links to the photos by relative addresses, and shows their
    names below the folder that they share. It is written in one step: an earlier page stays until
    the new one is whole.

    Args:
        path: The file to write; its folder is made if it is not there.
        verdicts: One row per photo: `path, group, verdict, rank, win_probability, reason`, then a
            column of scores per method, NaN or None where there is no number.
        groups: Every photo in one group; sections and photos come in this order.
        title: Title of the page.
        methods: Columns of scores to show, and whether larger or smaller is better.
        explanations: What photos' scores are made of, by file; drawn as reason bars.
        explained: The method whose score is explained; the first of `methods` when None.
        captures: How photos were taken, by file; shown, and sorted by.
        workers: Threads that read photos; the number of CPU cores when None.

    Returns:
        The file written.

    Raises:
        ValueError: Photos and rows do not match, or a column, verdict or method is unknown.
        OSError: The page cannot be written.
    """
    bars = _bars(groups, methods, explanations or {}, explained)
    sheet = sections(
        verdicts, groups, methods=list(methods), bars=bars, captures=captures or {}, page=path
    )
    text = _page_text(sheet, title, methods)
    photos = [(card.name, card.path) for section in sheet for card in section.cards]
    tags = (_tag(Thumbnail(name, "data:", 9999, 9999)) for name, _ in photos)
    room = room_for(len(photos), len(text.encode()) + sum(len(tag.encode()) for tag in tags))
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_name(f"{path.name}.tmp")
    try:
        with begun.open("w", encoding="utf-8", newline="\n") as file:
            # Between texts stand the pictures, in the order in which they are made.
            texts = _SLOT.split(text)
            file.write(texts[0])
            made = pictures(photos, room, workers=workers)
            for picture, after in zip(made, texts[1:], strict=True):
                file.write(_tag(picture) + after)
        return begun.replace(path)
    finally:
        begun.unlink(missing_ok=True)


def _tag(picture: Thumbnail) -> str:
    return _picture_template().render(one=picture)


@cache
def _picture_template() -> "Template":
    return environment().get_template("cull_picture.html")


def _bars(
    groups: Sequence[Group],
    methods: Mapping[str, Direction],
    explanations: Mapping[Path, Explanation],
    explained: str | None,
) -> list[list[Bars | None]]:
    method = explained or next(iter(methods), "")
    if explanations and method not in methods:
        raise ValueError(
            f"explained must be one of the methods: {', '.join(methods) or 'none'}. "
            f"Got {explained!r}."
        )
    return bars_of_groups(
        [[explanations.get(path) for path in group.paths] for group in groups],
        [group.kind not in PROTECTED for group in groups],
        method=method,
        direction=methods.get(method, "higher"),
    )


def _page_text(sheet: Sequence[Section], title: str, methods: Mapping[str, Direction]) -> str:
    """Make the page without its pictures: a mark stands where each goes."""
    from markupsafe import Markup

    # What both kinds of report look like is in one style sheet; the second adds to it.
    style = read_template("report.css") + read_template("cull_page.css")
    script = read_template("cull_page.js")
    cards = [card for section in sheet for card in section.cards]
    counts = Counter(card.verdict for card in cards)
    kinds = Counter(section.group.kind for section in sheet)
    return (
        environment()
        .get_template("cull_page.html")
        .render(
            title=title,
            sheet=sheet,
            photos=len(cards),
            totals=[(name, word, counts[name]) for name, word in VERDICTS.items()],
            kinds=[(kind, word, kinds[kind]) for kind, word in KINDS.items() if kinds[kind]],
            methods=methods,
            explained=any(card.bars for card in cards),
            timed=any(section.taken is not None for section in sheet),
            mark=lambda slot: Markup(f"\0{slot}\0"),
            style=Markup(style),  # our own files, no data in them
            script=Markup(script),
            style_hash=csp_hash(style),
            script_hash=csp_hash(script),
        )
    )
