"""What a photo's sidecar is called: two customs, and what is there already."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

from sim_bench.errors import UnknownNameError

Style = Literal["follow", "adobe", "darktable", "both"]
"""How new sidecars are named.

"adobe": `photo.xmp`, as Adobe's programs and Capture One do. "darktable": `photo.ext.xmp`, as
darktable and digiKam do. "both": one of each. "follow": whatever the photo has already, one or
both; a photo without any gets what the other photos of its folder have, and "adobe" if they have
both or none.
"""

Naming = Literal["adobe", "darktable"]
NAMINGS: tuple[Naming, ...] = ("adobe", "darktable")


def check_style(style: str) -> None:
    """Refuse what is no style.

    Raises:
        UnknownNameError: It is none.
    """
    if style not in get_args(Style):
        raise UnknownNameError("style of sidecars", style, get_args(Style))


def sidecar(photo: Path, naming: Naming) -> Path:
    """Name the sidecar of a photo: the one that is there, else the one that would be made.

    A suffix in capitals counts where the other is not there.
    """
    found = existing(photo, naming)
    return _name(photo, naming, ".xmp") if found is None else found


def existing(photo: Path, naming: Naming) -> Path | None:
    """Find the sidecar of a photo; None without one."""
    for suffix in (".xmp", ".XMP"):
        name = _name(photo, naming, suffix)
        if os.path.lexists(name):
            return name
    return None


def sidecars(photo: Path, style: Style, habit: Naming = "adobe") -> tuple[Path, ...]:
    """Name the sidecars of a photo that an export in this style concerns.

    Args:
        photo: The photo.
        style: How sidecars are named.
        habit: What "follow" takes for a photo without any; see `habits`.
    """
    if style == "follow":
        found = [path for naming in NAMINGS if (path := existing(photo, naming)) is not None]
        return tuple(dict.fromkeys(found)) or (sidecar(photo, habit),)
    namings = NAMINGS if style == "both" else (style,)
    return tuple(dict.fromkeys(sidecar(photo, naming) for naming in namings))


def habits(photos: Iterable[Path]) -> dict[Path, Naming]:
    """Tell for each folder how sidecars of its photos are named, where there are any.

    Returns:
        By folder; "darktable" where only such sidecars are, else "adobe".
    """
    seen: dict[Path, set[Naming]] = {}
    for photo in photos:
        here = seen.setdefault(photo.parent, set())
        here.update(naming for naming in NAMINGS if existing(photo, naming) is not None)
    return {
        folder: "darktable" if found == {"darktable"} else "adobe" for folder, found in seen.items()
    }


def _name(photo: Path, naming: Naming, suffix: str) -> Path:
    name = photo.stem if naming == "adobe" else photo.name
    return photo.with_name(name + suffix)
