"""A sidecar taken apart by a real parser, to the byte.

Source: ISO 16684-1:2012 (XMP part 1), 7.4 and 7.5: a simple property is an attribute of a
top-level rdf:Description or an element in it. Nested descriptions describe something else.
"""

from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from sim_bench.export.outcome import ExportError
from sim_bench.export.xml_tag import Tag, Units, read_tag
from sim_bench.export.xmp_places import LABEL, RATING, RDF, XMP, Place, Places, Room

LARGEST = 8 * 2**20
"""Bytes. Chosen by us: sidecars with the history and masks of one photo stay below a few MB."""

_PLAIN = {"http://www.w3.org/XML/1998/namespace lang", f"{RDF} datatype"}


def find_places(data: bytes) -> Places:
    """Take a sidecar apart.

    Raises:
        ExportError: It is no XMP that can be changed safely; the message says why.
    """
    if len(data) > LARGEST:
        raise ExportError(
            f"it is larger than a sidecar should be ({len(data)} bytes, at most {LARGEST})"
        )
    if not data.strip():
        raise ExportError("it is empty, which is no XMP: remove it to have it written anew")
    reader = _Reader(Units.of(data))
    reader.parse(data)
    return Places(reader.units, tuple(reader.held), reader.room())


@dataclass(slots=True)
class _Property:
    name: str
    tag: Tag
    depth: int
    text: list[str] = field(default_factory=list)


class _Reader:
    """Follows the parser through one file."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.held: list[Place] = []
        self._parents: list[str] = []
        self._bound: dict[str | None, list[str | None]] = {}  # by prefix, the innermost last
        self._root: tuple[Tag, str | None] | None = None  # of rdf:RDF, and the prefix there
        self._described: list[tuple[Tag, str | None]] = []
        self._property: _Property | None = None
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.ordered_attributes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartNamespaceDeclHandler = self._bind
        self._parser.EndNamespaceDeclHandler = self._unbind
        self._parser.StartDoctypeDeclHandler = self._doctype

    def parse(self, data: bytes) -> None:
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            raise ExportError(
                f"it is broken XML ({error}): mend it, or remove it to have it written anew"
            ) from error
        except (LookupError, ValueError) as error:
            raise ExportError(f"its text cannot be read ({error})") from error
        if self._root is None:
            raise ExportError("it is XML, but no XMP: it has no rdf:RDF")

    def room(self) -> Room:
        """Where to add: the description that knows the namespace, else the first, else a new."""
        known = [tag for tag in self._described if tag[1] is not None]
        if self._described:
            tag, prefix = (known or self._described)[0]
            last = tag.attributes[-1] if tag.attributes else None
            space, quote = (last.space, last.quote) if last else (" ", '"')
            name = prefix or self._free(tag)
            return Room(tag.inner, tag.inner, "", "", space, quote, name, prefix is not None)
        assert self._root is not None  # parse has seen to it
        tag, prefix = self._root
        rdf = tag.name.rpartition(":")[0]
        opened = f'<{rdf}:Description {rdf}:about=""' if rdf else "<Description"
        start = tag.stop - 2 if tag.empty else tag.stop
        before, after = (">" + opened, f"/></{tag.name}>") if tag.empty else (opened, "/>")
        name = prefix or self._free(tag)
        return Room(start, tag.stop, before, after, " ", '"', name, prefix is not None)

    def _free(self, tag: Tag) -> str:
        """A prefix that nothing in a tag uses and that is bound nowhere in the file."""
        taken = {a.name.removeprefix("xmlns:") for a in tag.attributes if a.binds}
        names = ("xmp", *(f"xmp{number}" for number in range(2, 1000)))
        return next(name for name in names if name not in taken and name not in self._bound)

    def _prefix(self) -> str | None:
        """A prefix by which the XMP namespace is known here; only such as every encoding has."""
        for prefix, spaces in self._bound.items():
            if prefix and prefix.isascii() and spaces and spaces[-1] == XMP:
                return prefix
        return None

    def _tag(self) -> Tag:
        return read_tag(self.units.text, self._parser.CurrentByteIndex // self.units.width)

    def _start(self, name: str, pairs: list[str]) -> None:
        depth = len(self._parents)
        parents = self._parents[-2:]
        self._parents.append(name)
        if self._property is not None:
            self._refuse(self._property.name)
        if name == f"{RDF} RDF" and depth <= 1:
            if self._root is not None:
                raise ExportError("it has two rdf:RDF, so it is not clear which one counts")
            self._root = (self._tag(), self._prefix())
        elif name == f"{RDF} Description" and parents[-1:] == [f"{RDF} RDF"]:
            tag = self._tag()
            self._described.append((tag, self._prefix()))
            written = [attribute for attribute in tag.attributes if not attribute.binds]
            for attribute, key, value in zip(written, pairs[::2], pairs[1::2], strict=True):
                if key in (RATING, LABEL):
                    self.held.append(Place(key, value, attribute.start, attribute.stop))
        elif name in (RATING, LABEL) and parents == [f"{RDF} RDF", f"{RDF} Description"]:
            if not set(pairs[::2]) <= _PLAIN:
                self._refuse(name)
            self._property = _Property(name, self._tag(), depth)

    def _end(self, name: str) -> None:
        self._parents.pop()
        found = self._property
        if found is None or found.depth != len(self._parents):
            return
        tag, value = found.tag, "".join(found.text)
        if tag.empty:
            place = Place(name, value, tag.stop - 2, tag.stop, ">", f"</{tag.name}>")
        else:
            stop = self._parser.CurrentByteIndex // self.units.width
            place = Place(name, value, tag.stop, stop)
        self.held.append(place)
        self._property = None

    def _text(self, text: str) -> None:
        if self._property is not None:
            self._property.text.append(text)

    def _bind(self, prefix: str | None, space: str | None) -> None:
        self._bound.setdefault(prefix, []).append(space)

    def _unbind(self, prefix: str | None) -> None:
        self._bound[prefix].pop()

    def _doctype(self, *_: object) -> NoReturn:
        raise ExportError(
            "it has a document type declaration, which XMP does not use: entities are not read"
        )

    def _refuse(self, name: str) -> NoReturn:
        raise ExportError(f"its xmp:{name.split()[1]} is no plain value, so it is left alone")
