"""What you chose in your own bursts: best photos named, or ratings given.

Bursts come as a mapping from their names to the image ids of their photos.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim_bench.datasets.star_rating import rating_of, stars
from sim_bench.datasets.text_table import image_ids, read_text_table
from sim_bench.errors import DatasetError

BEST_FILE = "best.txt"
"""Inside a burst: the file name of a best photo in every line."""

BEST_TABLE = "best.csv"
"""In the root: columns `burst` and `best`, a row per best photo."""

RATINGS_TABLE = "ratings.csv"
"""In the root: columns `image` and `rating`, a row per photo."""


def read_best(root: Path, bursts: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the best photos, each once, of every burst that has some named.

    Raises:
        DatasetError: A file is broken or names what is not there, or both kinds of file are
            about one burst.
    """
    named: dict[str, list[str]] = {}
    table = root / BEST_TABLE
    if table.is_file():
        rows = read_text_table(table, ["burst", "best"])
        for line, given, best in zip(rows.index, rows["burst"], rows["best"], strict=True):
            burst, place = given.replace("\\", "/").strip("/"), f"{table}, line {line}"
            if burst not in bursts:
                raise DatasetError(f"{place}: there is no burst {given!r} below {root}")
            named.setdefault(burst, []).append(_photo(best, bursts[burst], place))
    for burst, photos in bursts.items():
        path = (root / photos[0]).with_name(BEST_FILE)
        if path.is_file():
            if burst in named:
                raise DatasetError(f"{path}: the best of {burst} is named in {table} already")
            named[burst] = _in_file(path, photos)
    return {burst: list(dict.fromkeys(best)) for burst, best in named.items()}


def read_ratings(root: Path, bursts: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the stars of every photo that has some: 1 to 5, or -1 for a rejected one.

    Where there is a table of ratings, it alone counts; else what photos and sidecar files hold.

    Raises:
        DatasetError: A rating cannot be, a file is broken, or a photo is not there.
    """
    known = {photo for photos in bursts.values() for photo in photos}
    table = root / RATINGS_TABLE
    if table.is_file():
        ratings = _in_table(table, known)
    else:
        ratings = {photo: stars(root / photo) for photo in sorted(known)}
    return {photo: rating for photo, rating in ratings.items() if rating is not None}


def _in_table(table: Path, known: set[str]) -> dict[str, int | None]:
    rows = read_text_table(table, ["image", "rating"])
    ratings: dict[str, int | None] = {}
    columns = zip(rows.index, image_ids(rows, "image", table), rows["rating"], strict=True)
    for line, photo, rating in columns:
        place = f"{table}, line {line}"
        if photo not in known:
            raise DatasetError(f"{place}: there is no photo {photo!r} below {table.parent}")
        if photo in ratings:
            raise DatasetError(f"{place}: {photo} is rated already")
        ratings[photo] = rating_of(rating, place)
    return ratings


def _in_file(path: Path, photos: Sequence[str]) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: not a text file in UTF-8: {error}") from error
    return [
        _photo(line.strip(), photos, f"{path}, line {number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]


def _photo(name: str, photos: Sequence[str], place: str) -> str:
    """Return the image id of a photo of a burst by its file name."""
    by_name = {photo.rpartition("/")[2]: photo for photo in photos}
    found = by_name.get(name.removeprefix("./"))
    if found is None:
        there = ", ".join(list(by_name)[:10])
        raise DatasetError(f"{place}: there is no photo {name!r} in this burst; there are {there}")
    return found
