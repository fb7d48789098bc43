"""Where a sidecar holds its rating and its label, or has room for them."""

from dataclasses import dataclass

from sim_bench.export.xml_tag import Units

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMP = "http://ns.adobe.com/xap/1.0/"
RATING, LABEL = f"{XMP} Rating", f"{XMP} Label"


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a property is written; counted in units from the beginning of the file.

    Attributes:
        name: `RATING` or `LABEL`.
        value: What is there now.
        start: Where the part begins that a new value replaces.
        stop: Where it ends.
        before: To be written before the new value.
        after: To be written after it.
    """

    name: str
    value: str
    start: int
    stop: int
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """Where attributes can be added.

    Attributes:
        start: Where, in units; what is there up to `stop` is replaced.
        stop: Where that ends.
        before: To be written before the attributes.
        after: To be written after them.
        space: What goes before each attribute.
        quote: The sign around its value.
        prefix: The prefix of the XMP namespace.
        bound: Whether that prefix is bound there already.
    """

    start: int
    stop: int
    before: str
    after: str
    space: str
    quote: str
    prefix: str
    bound: bool


@dataclass(frozen=True, slots=True)
class Places:
    """A sidecar, taken apart.

    Attributes:
        units: The file.
        held: Where the rating and the label are; a property can be there twice.
        room: Where one that is missing can be added.
    """

    units: Units
    held: tuple[Place, ...]
    room: Room

    def value(self, name: str) -> str | None:
        """What a property is now, by its first place; None if it is not there."""
        return next((place.value for place in self.held if place.name == name), None)
