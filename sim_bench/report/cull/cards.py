"""The contact sheet's contents: a card for each photo, in sections for groups."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sim_bench.images.capture import Capture
from sim_bench.report.cull.bars import Bars
from sim_bench.report.cull.self_contained import visible_name
from sim_bench.report.cull.words import (
    KINDS,
    VERDICTS,
    Word,
    camera_facts,
    chance_text,
    earliest,
    plain,
)
from sim_bench.selection.group import Group

if TYPE_CHECKING:
    import pandas as pd

_NEEDED = ("path", "group", "verdict", "rank", "win_probability", "reason")


@dataclass(frozen=True, slots=True)
class Card:
    """One photo.

    Attributes:
        slot: Its number on the page, from 0.
        path: Its file.
        name: To be shown: below the folder that all photos share.
        verdict: One of `VERDICTS`.
        word: What that is called.
        place: "2 of 5"; empty where it has no rank.
        best: Whether its rank is 1, alone or with others.
        chance: Probability that it is the best of its group, 0-1; None where there is none.
        chance_text: The same in per cent.
        reason: Why, in words.
        facts: How it was taken.
        scores: By method.
        bars: Its reason bars.
        link: Where its file is as seen from the page; empty if there is no way.
    """

    slot: int
    path: Path
    name: str
    verdict: str
    word: Word
    place: str
    best: bool
    chance: float | None
    chance_text: str
    reason: str
    facts: str
    scores: tuple[tuple[str, str], ...]
    bars: Bars | None
    link: str


@dataclass(frozen=True, slots=True)
class Section:
    """One group.

    Attributes:
        order: Its number on the page, from 0.
        group: The group.
        heading: Its kind and size, in words.
        cards: Its photos.
        gap: By how much its best photo's probability leads; None where nothing was compared.
        taken: When its first photo was taken; None if unknown.
    """

    order: int
    group: Group
    heading: str
    cards: tuple[Card, ...]
    gap: float | None
    taken: float | None


def sections(
    verdicts: "pd.DataFrame",
    groups: Sequence[Group],
    *,
    methods: Sequence[str],
    bars: Sequence[Sequence[Bars | None]],
    captures: Mapping[Path, Capture],
    page: Path,
) -> list[Section]:
    """Lay out every photo of every group, in the order given.

    Args:
        verdicts: One row per photo, as `write_cull_page` has it.
        groups: The groups; each photo is in one.
        methods: Columns of scores to show.
        bars: Of each group the bars of its photos.
        captures: How photos were taken, as far as known.
        page: The file of the page, from which links begin.

    Raises:
        ValueError: A column is missing, a verdict is unknown, or photos and rows do not match.
    """
    rows = _rows(verdicts, groups, methods)
    shared = _shared_folder(list(rows))
    made: list[Section] = []
    slot = 0
    for order, (group, group_bars) in enumerate(zip(groups, bars, strict=True)):
        begin = earliest(captures.get(path) for path in group.paths)
        ranked = sum(_number(rows[path]["rank"]) is not None for path in group.paths)
        cards = []
        for path, own_bars in zip(group.paths, group_bars, strict=True):
            row = rows[path]
            rank, chance = _number(row["rank"]), _number(row["win_probability"])
            capture = captures.get(path)
            since = begin if len(group.paths) > 1 else None
            cards.append(
                Card(
                    slot=slot,
                    path=path,
                    name=visible_name(_below(path, shared)),
                    verdict=str(row["verdict"]),
                    word=VERDICTS[str(row["verdict"])],
                    place=f"{rank:g} of {ranked}" if rank is not None else "",
                    best=rank == 1.0,
                    chance=chance,
                    chance_text=chance_text(chance),
                    reason=_words(row["reason"]),
                    facts=camera_facts(capture, since) if capture else "",
                    scores=tuple((name, plain(_number(row[name]))) for name in methods),
                    bars=own_bars,
                    link=_link(path, page),
                )
            )
            slot += 1
        heading = KINDS[group.kind].heading + (f" of {len(cards)}" if len(cards) > 1 else "")
        made.append(Section(order, group, heading, tuple(cards), _gap(cards), begin))
    return made


def _rows(
    verdicts: "pd.DataFrame", groups: Sequence[Group], methods: Sequence[str]
) -> dict[Path, dict[str, Any]]:
    """Rows by file, after a check that groups and rows hold the same photos, once each."""
    missing = [name for name in (*_NEEDED, *methods) if name not in verdicts.columns]
    if missing:
        raise ValueError(
            f"the table of verdicts has no column {', '.join(missing)}. "
            f"Got: {', '.join(map(str, verdicts.columns))}."
        )
    rows: dict[Path, dict[str, Any]] = {}
    for record in verdicts.to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        path = Path(row["path"])
        if path in rows:
            raise ValueError(f"{path} has two rows in the table of verdicts; give one per photo")
        if row["verdict"] not in VERDICTS:
            raise ValueError(
                f"{path}: the verdict must be one of {', '.join(VERDICTS)}. Got {row['verdict']!r}."
            )
        rows[path] = row
    grouped: set[Path] = set()
    for group in groups:
        for path in group.paths:
            if path in grouped:
                raise ValueError(f"{path} is in two groups; give each photo one")
            if path not in rows:
                raise ValueError(f"{path} is in group {group.name}, but has no row of verdicts")
            if str(rows[path]["group"]) != group.name:
                raise ValueError(
                    f"{path} is in group {group.name}, but its row of verdicts says "
                    f"{rows[path]['group']!r}"
                )
            grouped.add(path)
    alone = next((path for path in rows if path not in grouped), None)
    if alone is not None:
        raise ValueError(f"{alone} has a row of verdicts, but is in no group")
    return rows


def _number(value: Any) -> float | None:
    """A finite number, else None."""
    import pandas as pd

    return float(value) if not pd.isna(value) and isfinite(value) else None


def _words(value: Any) -> str:
    import pandas as pd

    return "" if pd.isna(value) else str(value)


def _gap(cards: Sequence[Card]) -> float | None:
    chances = sorted((card.chance for card in cards if card.chance is not None), reverse=True)
    return chances[0] - chances[1] if len(chances) > 1 else None


def _shared_folder(paths: Sequence[Path]) -> Path | None:
    """The folder that all photos are below; None where there is none."""
    try:
        return Path(os.path.commonpath([path.parent for path in paths]))
    except ValueError:  # no paths, absolute and relative ones, or two drives
        return None


def _below(path: Path, folder: Path | None) -> str:
    return path.relative_to(folder).as_posix() if folder is not None else str(path)


def _link(path: Path, page: Path) -> str:
    """A relative address, so that page and photos may be moved together."""
    try:
        relative = os.path.relpath(path, page.parent)  # pathlib has no walk_up before 3.12
    except ValueError:  # another drive
        return ""
    return quote(os.fsencode(Path(relative).as_posix()))
