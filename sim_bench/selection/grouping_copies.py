"""Several files of one picture: the same bytes, or saved again."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from sim_bench.selection.grouping_clock import crowds, is_crowded, knows_time
from sim_bench.selection.grouping_order import name_key, roll
from sim_bench.selection.look_copies import is_copy
from sim_bench.selection.shot import Shot


def without_copies(shots: Sequence[Shot]) -> tuple[list[Shot], dict[Path, list[Shot]]]:
    """Put files aside that are another one again: the same bytes, or saved again with its EXIF.

    Returns:
        One file of each picture, and by its path the others of that picture.
    """
    kept: list[Shot] = []
    copies: dict[Path, list[Shot]] = defaultdict(list)
    crowd = crowds(shots)
    by_bytes: dict[bytes, Shot] = {}
    by_time: dict[tuple[str, float | None], list[Shot]] = defaultdict(list)
    for shot in sorted(shots, key=_original_first):
        original = by_bytes.get(shot.digest) if shot.digest is not None else None
        if original is None and knows_time(shot) and not is_crowded(shot, crowd):
            same = by_time[shot.capture.camera, shot.capture.taken]
            original = next((one for one in same if are_one_picture(one, shot)), None)
        if original is not None:
            copies[original.path].append(shot)
            continue
        kept.append(shot)
        if shot.digest is not None:
            by_bytes[shot.digest] = shot
        by_time[shot.capture.camera, shot.capture.taken].append(shot)
    return kept, dict(copies)


def are_one_picture(a: Shot, b: Shot) -> bool:
    """Whether two files are of one picture.

    Their bytes are the same; or they have one time, and one name but for its suffix, as a camera's
    RAW file and its JPEG have; or they look as one picture saved twice does and nothing says that
    they are two: neither different times or exposures, nor different numbers in one counting.
    """
    if a.digest is not None and a.digest == b.digest:
        return True
    if _are_two_formats(a, b):
        return True
    if a.look is None or b.look is None or _differ(a, b):
        return False
    return is_copy(a.look, b.look)


def _are_two_formats(a: Shot, b: Shot) -> bool:
    at_once = knows_time(a) and a.capture.taken == b.capture.taken
    return at_once and a.path.with_suffix("") == b.path.with_suffix("")


def _differ(a: Shot, b: Shot) -> bool:
    one, other = a.capture, b.capture
    if knows_time(a) and knows_time(b) and (one.camera, one.taken) != (other.camera, other.taken):
        return True
    pairs = ((one.exposure_time, other.exposure_time), (one.bias, other.bias))
    if any(None not in pair and pair[0] != pair[1] for pair in pairs):
        return True
    numbers = one.number, other.number
    fine = one.resolution is not None and one.resolution < 1.0 and one.taken == other.taken
    return not fine and None not in numbers and numbers[0] != numbers[1] and roll(a) == roll(b)


def _original_first(shot: Shot) -> tuple[bool, int, int, tuple[str, str]]:
    """Files with a time first, then larger ones; names that were lengthened come later."""
    size = (shot.capture.width or 0) * (shot.capture.height or 0)
    return shot.capture.taken is None, -size, len(shot.path.name), name_key(shot)
