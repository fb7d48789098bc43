"""What was recorded of MUSIQ, and the pictures that it was recorded of, made once."""

import json
from functools import cache
from pathlib import Path

from tests.reference import photos


@cache
def pictures():
    return photos.photos()


@cache
def recorded(by):
    """All that "pyiqa" or "tensorflow" said, if the pictures here are those that it saw."""
    found = json.loads(Path(__file__).with_name(f"{by}.json").read_text(encoding="utf-8"))
    assert found["photos"] == _digest(), "the pictures are not those that were recorded"
    return found


@cache
def _digest():
    return photos.digest()
