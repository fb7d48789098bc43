"""What a method has met before: photos of a benchmark that its weights were trained on."""

import re
from collections.abc import Iterable, Mapping


def contamination(
    trained_on: Mapping[str, tuple[str, ...] | None], known_as: Iterable[str]
) -> dict[str, str]:
    """Say which methods have met the photos of a data set.

    Which part of a data set was met is told, not judged: parts have been mixed up before.

    Args:
        trained_on: By method, the data sets its weights have seen ("name" or "name:part"); None
            where that is not on record, () for a method without weights.
        known_as: Names of the data set and of those that share photos with it. A name that goes
            on after that of a seen data set is that data set ("biq2021-dev" after "biq2021"),
            unless with a letter, digit or underscore ("live_challenge" is not "live").

    Returns:
        By method, what overlaps, in words. Methods that have met nothing are not in it, nor are
        those of which nothing is on record: their `trained_on` says so.
    """
    names = [name.casefold() for name in known_as]
    found = {}
    for method, seen in trained_on.items():
        overlap = [one for one in seen or () if any(_is_of(name, one) for name in names)]
        if overlap:
            found[method] = "trained on or chosen by photos of this data: " + "; ".join(overlap)
    return found


def _is_of(name: str, seen: str) -> bool:
    whole = re.escape(seen.partition(":")[0].strip().casefold())
    return re.fullmatch(rf"{whole}([-:./ ].*)?", name) is not None
