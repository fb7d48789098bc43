"""Pillow's warnings reach the file that caused them, and nobody else's are touched."""

import threading
import warnings

import pytest
from PIL import Image, TiffImagePlugin

from sim_bench.images.pillow_warnings import collected


def pillow_warns(text: str, category: type[Warning] = UserWarning) -> None:
    """Warn as Pillow's TIFF reader does, from its module."""
    warnings.warn_explicit(text, category, "TiffImagePlugin.py", 1, TiffImagePlugin.__name__)


def test_texts_come_once_each_and_in_one_line() -> None:
    with collected() as caught:
        for text in ("first\n  thing", "second", "first thing"):
            pillow_warns(text)
    assert caught == ["first thing", "second"]


def test_size_is_not_reported_twice() -> None:
    with collected() as caught:
        pillow_warns("too many pixels", Image.DecompressionBombWarning)
    assert caught == []


def test_warnings_of_others_go_where_they_went() -> None:
    with collected() as caught, pytest.raises(UserWarning, match="mine"):
        warnings.warn("mine", stacklevel=1)  # an error under this project's settings
    assert caught == []


def test_another_thread_keeps_its_warnings() -> None:
    """Pillow used by someone else, while a file is being decoded here."""
    with warnings.catch_warnings(record=True) as seen, collected() as caught:
        other = threading.Thread(target=pillow_warns, args=("theirs",))
        other.start()
        other.join()
        pillow_warns("ours")
    assert [str(warning.message) for warning in seen] == ["theirs"]
    assert caught == ["ours"]


def test_one_inside_another() -> None:
    with collected() as outer:
        pillow_warns("before")
        with collected() as inner:
            pillow_warns("within")
        pillow_warns("after")
    assert (outer, inner) == (["before", "after"], ["within"])


def test_everything_is_put_back() -> None:
    state = (warnings.showwarning, list(warnings.filters))
    with pytest.raises(ZeroDivisionError), collected():
        raise ZeroDivisionError
    assert (warnings.showwarning, list(warnings.filters)) == state
    with pytest.raises(UserWarning, match="outside"):
        pillow_warns("outside")
