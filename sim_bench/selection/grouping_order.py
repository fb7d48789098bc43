"""In which order photos were taken, as far as times, numbers and names say."""

import re
from collections import defaultdict
from collections.abc import Iterable
from math import inf, nan

from sim_bench.selection.grouping_clock import knows_time
from sim_bench.selection.shot import Shot

_WRAP = 5000  # numbers that lie further apart within a second: the counter went from 9999 to 1
_COUNT = re.compile(r"\d+$", re.ASCII)


def roll(shot: Shot) -> str:
    """What files of one counting have in common: their folder, and their name without its number.

    Two files of one folder and camera with different numbers are then two photos, not copies.
    """
    return str(shot.path.parent / f"{_COUNT.sub('', shot.path.stem)}#")


def name_key(shot: Shot) -> tuple[str, str]:
    """Sort key of last resort: by path."""
    return shot.path.as_posix(), str(shot.path)


def taking_order(shot: Shot) -> tuple[float, str, float, tuple[str, str]]:
    """Sort key: by time, camera and number as far as they are known, then by path."""
    time = seconds(shot) if knows_time(shot) else inf
    return time, shot.capture.camera, _turn(shot, wraps=False), name_key(shot)


def by_time_and_number(shots: Iterable[Shot]) -> list[Shot]:
    """Sort photos with times; those of one time by number, else by path."""
    by_time: dict[float, list[Shot]] = defaultdict(list)
    for shot in shots:
        by_time[seconds(shot)].append(shot)
    ordered: list[Shot] = []
    for _, same in sorted(by_time.items()):
        numbers = [shot.capture.number for shot in same if shot.capture.number is not None]
        wraps = bool(numbers) and max(numbers) - min(numbers) > _WRAP
        ordered += sorted(same, key=lambda shot: (_turn(shot, wraps), *name_key(shot)))
    return ordered


def seconds(shot: Shot) -> float:
    """When a photo was taken; NaN if that is not known."""
    return nan if shot.capture.taken is None else shot.capture.taken


def _turn(shot: Shot, wraps: bool) -> float:
    number = shot.capture.number
    if number is None:
        return inf
    return number + (2 * _WRAP if wraps and number < _WRAP else 0)
