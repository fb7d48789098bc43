"""Which file formats are read, and how a file's first bytes tell them apart."""

from typing import Literal

Format = Literal["JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "AVIF", "HEIC", "RAW"]

SUFFIXES: dict[Format, tuple[str, ...]] = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
    "BMP": (".bmp", ".dib"),
    "GIF": (".gif",),
    "AVIF": (".avif", ".avifs"),
    "HEIC": (".heic", ".heif", ".heics", ".heifs", ".hif"),
    "RAW": (
        *(".dng", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".sr2", ".srf", ".raf", ".rw2"),
        *(".raw", ".rwl", ".orf", ".pef", ".srw", ".3fr", ".fff", ".iiq", ".erf", ".mrw", ".x3f"),
        *(".kdc", ".dcr", ".mef", ".mos", ".gpr"),
    ),
}
"""The suffixes by which a folder's photos are found; the contents decide how a file is read."""

KNOWN_SUFFIXES = frozenset(suffix for group in SUFFIXES.values() for suffix in group)

_MAGIC: tuple[tuple[int, bytes, Format], ...] = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (8, b"WEBP", "WEBP"),
    (0, b"BM", "BMP"),
    (8, b"CR\x02", "RAW"),  # Canon CR2 inside a TIFF header
    (0, b"FUJIFILMCCD-RAW", "RAW"),
    (0, b"IIRO", "RAW"),  # Olympus
    (0, b"IIRS", "RAW"),
    (0, b"MMOR", "RAW"),
    (0, b"IIU\x00", "RAW"),  # Panasonic
    (0, b"FOVb", "RAW"),  # Sigma
    (0, b"\x00MRM", "RAW"),  # Minolta
    (6, b"HEAPCCDR", "RAW"),  # Canon CRW
    (4, b"ftypcrx ", "RAW"),  # Canon CR3
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (0, b"II+\x00", "TIFF"),  # BigTIFF
    (0, b"MM\x00+", "TIFF"),
)

_STRANGERS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript file"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"\xff\x0a", "a JPEG XL image, which is not supported"),
    (4, b"JXL \r\n\x87\n", "a JPEG XL image, which is not supported"),
    (4, b"jP  \r\n\x87\n", "a JPEG 2000 image, which is not supported"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 image, which is not supported"),
    (4, b"ftyp", "a video or another ISO media file"),
    (0, b"\x1aE\xdf\xa3", "a Matroska video"),
    (8, b"AVI ", "an AVI video"),
)

_AVIF_BRANDS = {b"avif", b"avis"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def identify(data: bytes, suffix: str = "") -> Format | None:
    """Tell the format by the contents; None for anything that is not read here.

    The suffix counts in one case: most RAW files begin like any TIFF, so a TIFF whose suffix is a
    camera's is RAW.
    """
    for offset, magic, name in _MAGIC:
        if data.startswith(magic, offset):
            if name == "WEBP" and not data.startswith(b"RIFF"):
                continue
            if name == "TIFF" and suffix.lower() in SUFFIXES["RAW"]:
                return "RAW"
            return name
    return _media_brand(data)


def describe_stranger(data: bytes) -> str:
    """Say in words what a file that `identify` does not know seems to be."""
    for offset, magic, words in _STRANGERS:
        if data.startswith(magic, offset):
            return words
    head = data[:512]
    if not any(head):
        return "nothing but zero bytes"
    try:
        text = head.decode("utf-8", "ignore" if len(data) > len(head) else "strict").lstrip(
            "\ufeff"
        )
    except UnicodeDecodeError:
        return "of an unknown format"
    if not all(sign.isprintable() or sign.isspace() for sign in text):
        return "of an unknown format"
    start = text.lstrip().lower()
    if start.startswith(("<!doctype html", "<html")):
        return "an HTML page"
    return "an SVG drawing or another XML text" if start.startswith("<") else "text"


def _media_brand(data: bytes) -> Format | None:
    """AVIF or HEIC by the brands of the `ftyp` box (ISO/IEC 14496-12, 4.3)."""
    if data[4:8] != b"ftyp":
        return None
    box = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    brands = {box[at : at + 4] for at in range(0, len(box), 4) if at != 4}  # at 4: the version
    if brands & _AVIF_BRANDS:
        return "AVIF"
    return "HEIC" if brands & _HEIF_BRANDS else None
