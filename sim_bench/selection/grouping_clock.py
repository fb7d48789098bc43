"""Which times of capture can be true.

A clock without a battery begins anew at midnight of a 1 January, and scanners and programs give
many photos one stamp: such times order nothing, and group nothing.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from sim_bench.selection.shot import Shot

MOST_AT_ONCE = 120
"""Photos that one camera may take in a second: the fastest (Sony ILCE-9M3) takes 120."""


def knows_time(shot: Shot) -> bool:
    """Whether a photo's time can be its own: not midnight of a 1 January, where clocks stand."""
    if shot.capture.taken is None:
        return False
    if shot.capture.resolution != 1.0 or not -(2**33) < shot.capture.taken < 2**33:
        return True
    moment = datetime.fromtimestamp(shot.capture.taken, UTC)
    return (moment.month, moment.day, moment.hour, moment.minute, moment.second) != (1, 1, 0, 0, 0)


def crowds(shots: Iterable[Shot]) -> Counter[tuple[str, float | None]]:
    """Count the photos of each camera and time."""
    return Counter((shot.capture.camera, shot.capture.taken) for shot in shots)


def is_crowded(shot: Shot, crowd: Counter[tuple[str, float | None]]) -> bool:
    """Whether more photos have a photo's camera and time than a camera takes in a second."""
    return crowd[shot.capture.camera, shot.capture.taken] > MOST_AT_ONCE
