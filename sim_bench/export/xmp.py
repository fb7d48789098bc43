"""A rating and a label in a sidecar, and nothing else of it changed."""

from xml.sax.saxutils import escape

from sim_bench.export.marks import Mark
from sim_bench.export.outcome import ExportError
from sim_bench.export.xmp_places import LABEL, RATING, XMP, Places
from sim_bench.export.xmp_reader import find_places

_NEW = b"""<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"/>
 </rdf:RDF>
</x:xmpmeta>
"""
"""The least that ISO 16684-1:2012, 7.4, calls XMP."""

_QUOTES = {'"': "&quot;", "'": "&apos;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def new_sidecar(mark: Mark) -> bytes:
    """Write a sidecar that says this and nothing more."""
    return with_mark(_NEW, mark)


def read_values(data: bytes) -> tuple[str | None, str | None]:
    """Read xmp:Rating and xmp:Label as they are written; None for one that is not there.

    Raises:
        ExportError: It is no XMP that can be read safely.
    """
    places = find_places(data)
    return places.value(RATING), places.value(LABEL)


def with_mark(data: bytes, mark: Mark) -> bytes:
    """Put a mark into a sidecar; every byte outside of the two properties stays.

    A property that is there is replaced in every place where it is; one that is missing becomes
    an attribute of a description that is there. A value that is right already is not touched, so
    a sidecar that says it all comes back as it was.

    Raises:
        ExportError: It is no XMP that can be changed safely.
    """
    places = find_places(data)
    wanted = {RATING: _text(mark.rating), LABEL: mark.label}
    edits: list[tuple[int, int, str]] = []
    missing: list[tuple[str, str]] = []
    for name, value in wanted.items():
        if value is None:
            continue
        here = [place for place in places.held if place.name == name]
        edits += [
            (place.start, place.stop, f"{place.before}{_escaped(value)}{place.after}")
            for place in here
            if not _same(name, place.value, value)
        ]
        missing += [] if here else [(name, value)]
    edits += _additions(places, missing)
    changed = _spliced(data, places, edits)
    _check(changed, wanted)
    return changed


def _text(rating: int | None) -> str | None:
    return None if rating is None else str(rating)


def _same(name: str, one: str, other: str) -> bool:
    if name == LABEL:
        return one == other
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def _escaped(value: str) -> str:
    """As XML in ASCII, which every encoding that the parser knows can hold."""
    return escape(value, _QUOTES).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _additions(places: Places, missing: list[tuple[str, str]]) -> list[tuple[int, int, str]]:
    if not missing:
        return []
    room = places.room
    attributes = [] if room.bound else [(f"xmlns:{room.prefix}", XMP)]
    attributes += [(f"{room.prefix}:{name.split()[1]}", value) for name, value in missing]
    text = "".join(
        f"{room.space}{name}={room.quote}{_escaped(value)}{room.quote}"
        for name, value in attributes
    )
    return [(room.start, room.stop, f"{room.before}{text}{room.after}")]


def _spliced(data: bytes, places: Places, edits: list[tuple[int, int, str]]) -> bytes:
    units, parts, at = places.units, [], 0
    for start, stop, text in sorted(edits):
        parts += [data[at : start * units.width], units.encode(text)]
        at = stop * units.width
    return b"".join([*parts, data[at:]])


def _check(changed: bytes, wanted: dict[str, str | None]) -> None:
    """Read the result as another program would; nothing is written that does not hold it."""
    held = find_places(changed).held
    for name, value in wanted.items():
        found = [place.value for place in held if place.name == name]
        if value is not None and not (found and all(_same(name, v, value) for v in found)):
            raise ExportError(f"its xmp:{name.split()[1]} could not be set safely")
