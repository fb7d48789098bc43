"""Stars that a photographer gave a photo, as programs write them into XMP.

`xmp:Rating` is 1 to 5, 0 for a photo without a rating, or -1 for a rejected one (XMP
specification part 2, 2016, section 1.2.2.1). It stands in a sidecar file (`photo.jpg.xmp`, as
darktable writes it, or `photo.xmp`, as Lightroom does) or inside a JPEG file (part 3, section
1.1.3). Extended XMP, the part beyond 64 KB, is not read; ratings stand in the main part.

XMP comes from anywhere, so it is read by a parser that builds no tree, from at most 4 MiB, and
refused if it declares a document type: without one, XML has no entities that could grow.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError, XMLParser

from sim_bench.errors import DatasetError

REJECTED = -1
LARGEST = 4 * 2**20
"""Bytes of the largest sidecar file that is read."""

_RATING = "{http://ns.adobe.com/xap/1.0/}Rating"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_DESCRIPTION = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"
_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_APP1, _SCAN, _END = 0xE1, 0xDA, 0xD9
_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length


def stars(photo: Path) -> int | None:
    """Read how many stars a photo has: from a sidecar file, or else from inside a JPEG file.

    Returns:
        1 to 5, or -1 for a rejected photo; None for one without a rating.

    Raises:
        DatasetError: A rating is not one of these, or the XMP cannot be read; names the file.
    """
    sidecars = (photo.with_name(f"{photo.name}.xmp"), photo.with_suffix(".xmp"))
    source = next((sidecar for sidecar in sidecars if sidecar.is_file()), photo)
    try:
        packet = _embedded(photo) if source is photo else _whole(source)
    except OSError as error:
        raise DatasetError(f"{source}: cannot be read: {error.strerror}") from error
    return None if packet is None else rating_in(packet, source)


def rating_in(packet: bytes, source: Path) -> int | None:
    """Read the rating from an XMP packet.

    Args:
        packet: XML in UTF-8.
        source: File to name in errors.

    Raises:
        DatasetError: As `stars`.
    """
    try:
        text = packet.rstrip(b"\0 \r\n").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{source}: its XMP is not in UTF-8: {error}") from error
    if "\0" in text:  # the parser would take it for UTF-16, and read what is refused below
        raise DatasetError(f"{source}: its XMP is not in UTF-8: it has zero bytes")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DatasetError(f"{source}: its XMP declares a document type, so it is not read")
    found = _Ratings()
    parser = XMLParser(target=found)
    try:
        parser.feed(text)
        parser.close()
    except ParseError as error:
        raise DatasetError(f"{source}: its XMP is damaged: {error}") from error
    given = {rating.strip() for rating in found.ratings}
    if len(given) > 1:
        raise DatasetError(f"{source}: its XMP has several ratings: {', '.join(sorted(given))}")
    return rating_of(given.pop(), str(source)) if given else None


def rating_of(text: str, place: str) -> int | None:
    """Read a rating: -1, or 0 to 5; None for 0 and for no text, which mean that there is none.

    Raises:
        DatasetError: It is something else; the message begins with `place`.
    """
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value not in (REJECTED, 0, 1, 2, 3, 4, 5):
        raise DatasetError(f"{place}: a rating is -1 (rejected) or 0 to 5. Got {text!r}.")
    return int(value) or None


class _Ratings:
    """Collects ratings while a parser runs: an attribute or an element of the description.

    Descriptions further inside are about other photos, such as those that one was made from.
    """

    def __init__(self) -> None:
        self.ratings: list[str] = []
        self._path: list[str] = []
        self._open: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag)
        if self._path[-2:] == [_RDF, _DESCRIPTION] and _RATING in attributes:
            self.ratings.append(attributes[_RATING])
        self._open = [] if self._path[-3:] == [_RDF, _DESCRIPTION, _RATING] else None

    def data(self, text: str) -> None:
        if self._open is not None:
            self._open.append(text)

    def end(self, tag: str) -> None:
        if self._open is not None:
            self.ratings.append("".join(self._open))
        self._open = None
        self._path.pop()

    def close(self) -> None:
        """The parser asks for this at the end."""


def _whole(sidecar: Path) -> bytes:
    if sidecar.stat().st_size > LARGEST:
        raise DatasetError(f"{sidecar}: larger than {LARGEST} bytes, so it is not read")
    return sidecar.read_bytes()


def _embedded(photo: Path) -> bytes | None:
    """Return the XMP packet of a JPEG file; None where there is none, or it is no JPEG file."""
    for marker, content in _segments(photo):
        if marker == _APP1 and content.startswith(_JPEG_XMP):
            return content.removeprefix(_JPEG_XMP)
    return None


def _segments(photo: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the segments of a JPEG file that come before its pixels; what is damaged ends them."""
    with photo.open("rb") as file:
        if file.read(2) != b"\xff\xd8":
            return
        while (start := file.read(2)) and start[0] == 0xFF and len(start) == 2:
            marker = start[1]
            if marker == 0xFF:  # a fill byte
                file.seek(-1, 1)
                continue
            if marker in _ALONE:
                continue
            if marker in (_SCAN, _END):
                return
            length = int.from_bytes(file.read(2), "big")
            if length < 2:
                return
            yield marker, file.read(length - 2)
