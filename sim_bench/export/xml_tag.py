"""Start tags of an XML file, to the byte: a parser says where they are, this says what is where.

A file is seen as a string of one character per code unit: a byte, or two in UTF-16. XML's own
signs are then where they are in the file, whatever else it holds. Source: XML 1.0, 5th ed., 3.1.
"""

import re
import sys
from array import array
from dataclasses import dataclass

_SPACE = "[ \t\r\n]"
_NAME = re.compile("<([^ \t\r\n/>]+)")
_ATTRIBUTE = re.compile(
    rf"({_SPACE}+)([^ \t\r\n=/>]+){_SPACE}*={_SPACE}*(?:\"([^\"]*)\"|'([^']*)')"
)
_END = re.compile(f"{_SPACE}*(/?)>")


@dataclass(frozen=True, slots=True)
class Units:
    """An XML file, one character per code unit.

    Attributes:
        text: The characters; n of them for a file of n * width bytes.
        width: Bytes of a unit: 2 for UTF-16, else 1.
        codec: Turns such characters back into bytes.
    """

    text: str
    width: int
    codec: str

    @classmethod
    def of(cls, data: bytes) -> "Units":
        """Tell UTF-16 by its mark or its zeros, as XML 1.0, appendix F, has it."""
        if data[:2] == b"\xff\xfe" or data[1:2] == b"\0":
            return cls(_pairs(data, "little"), 2, "utf-16-le")
        if data[:2] == b"\xfe\xff" or data[:1] == b"\0":
            return cls(_pairs(data, "big"), 2, "utf-16-be")
        return cls(data.decode("latin-1"), 1, "latin-1")

    def encode(self, text: str) -> bytes:
        """Turn characters, each of them a unit, into bytes of the file."""
        return text.encode(self.codec, "surrogatepass" if self.width == 2 else "strict")


def _pairs(data: bytes, order: str) -> str:
    units = array("H", data[: len(data) // 2 * 2])
    if order != sys.byteorder:
        units.byteswap()
    return "".join(map(chr, units))


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute in a start tag; places count units from the beginning of the file.

    Attributes:
        name: As it is written, with its prefix.
        space: The white space before it.
        quote: The sign around its value.
        start: Where the value begins, behind the quote.
        stop: Where the value ends, at the quote.
    """

    name: str
    space: str
    quote: str
    start: int
    stop: int

    @property
    def binds(self) -> bool:
        """Whether it binds a prefix to a namespace."""
        return self.name == "xmlns" or self.name.startswith("xmlns:")


@dataclass(frozen=True, slots=True)
class Tag:
    """One start tag; places count units from the beginning of the file.

    Attributes:
        name: As it is written, with its prefix.
        attributes: In the order of the file.
        inner: Where the last attribute ends, or the name if there is none.
        stop: Behind the sign ">".
        empty: Whether it ends in "/>" and so is the whole element.
    """

    name: str
    attributes: tuple[Attribute, ...]
    inner: int
    stop: int
    empty: bool


def read_tag(text: str, start: int) -> Tag:
    """Read the start tag that begins at a place.

    Args:
        text: A well-formed file, one character per unit.
        start: Where the sign "<" is.

    Raises:
        ValueError: There is no start tag.
    """
    name = _NAME.match(text, start)
    if name is None:
        raise ValueError(f"no start tag at {start}")
    attributes, at = [], name.end()
    while found := _ATTRIBUTE.match(text, at):
        value = 3 if found[4] is None else 4
        start_of_value, stop = found.span(value)
        quote = '"' if value == 3 else "'"
        attributes.append(Attribute(found[2], found[1], quote, start_of_value, stop))
        at = found.end()
    end = _END.match(text, at)
    if end is None:
        raise ValueError(f"the start tag at {start} does not end")
    return Tag(name[1], tuple(attributes), at, end.end(), bool(end[1]))
