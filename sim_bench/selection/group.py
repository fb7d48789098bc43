"""Photos that belong together, and in what way."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["single", "burst", "duplicates", "bracket", "focus_stack", "panorama"]

PROTECTED: frozenset[Kind] = frozenset({"bracket", "focus_stack", "panorama"})
"""Kinds whose photos are parts of one picture: none of them is offered for culling."""


@dataclass(frozen=True, slots=True)
class Group:
    """Photos that belong together.

    Attributes:
        name: Its name in tables: "0001" and so on, in the order of the first photo.
        kind: "burst": tries at one picture; "duplicates": one picture several times; "bracket",
            "focus_stack" and "panorama": parts of one; "single": a photo alone.
        paths: The photos, in the order in which they were taken as far as that is known.
        reason: Why they were grouped, in words.
    """

    name: str
    kind: Kind
    paths: tuple[Path, ...]
    reason: str
