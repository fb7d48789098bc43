"""HEIC: two tiny files of our own, and what happens without pi-heif.

`quarters.heic` and `quarters_turned.heic` show four flat quarters of 24x16 pixels. They were made
for this test with pillow-heif 1.x (x265, quality 80); the second carries EXIF orientation 6 and
the same rotation in its container, as phones write it.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim_bench.errors import ImageError
from sim_bench.images.decode import decode, read_picture
from sim_bench.images.heif import open_heif, without_metadata
from sim_bench.images.limits import Limits

FILE = Path(__file__).with_name("quarters.heic")
TURNED = Path(__file__).with_name("quarters_turned.heic")
QUARTERS = np.array([[(200, 30, 40), (30, 160, 60)], [(40, 60, 190), (235, 235, 235)]])


def test_heic_gives_its_pixels() -> None:
    pytest.importorskip("pi_heif")
    picture = read_picture(FILE)
    assert (picture.format, picture.width, picture.height) == ("HEIC", 48, 32)
    assert np.abs(picture.rgb[8::16, 12::24].astype(int) - QUARTERS).max() <= 3
    assert picture.notes == ()


def test_the_rotation_of_heic_is_applied_once() -> None:
    """Orientation 6: a quarter turn clockwise, although EXIF and container both say so."""
    pytest.importorskip("pi_heif")
    assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in TURNED.read_bytes()
    assert b"irot" in TURNED.read_bytes()
    picture = read_picture(TURNED)
    assert (picture.width, picture.height) == (32, 48)
    expected = np.rot90(QUARTERS, -1)
    assert np.abs(picture.rgb[12::24, 8::16].astype(int) - expected).max() <= 3


def test_heic_under_another_name() -> None:
    pytest.importorskip("pi_heif")
    assert decode(FILE.read_bytes(), Path("photo.jpg")).format == "HEIC"


@pytest.mark.parametrize("tenth", range(1, 10))
def test_truncated_heic(tenth: int) -> None:
    pytest.importorskip("pi_heif")
    data = FILE.read_bytes()
    with pytest.raises(ImageError, match="HEIC cannot be decoded"):
        decode(data[: len(data) * tenth // 10], FILE)


def test_the_limit_on_pixels_holds() -> None:
    pytest.importorskip("pi_heif")
    with pytest.raises(ImageError, match="48x32 is 0 megapixels, over the limit"):
        read_picture(FILE, limits=Limits(pixels=1535))


def test_without_the_extra_the_reason_is_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    with pytest.raises(ImageError) as caught:
        read_picture(FILE)
    assert caught.value.reason == (
        "Reading HEIC needs the extra [heic]: pip install 'sim-bench[heic]'"
    )


def test_a_damaged_metadata_type_does_not_end_the_process(tmp_path: Path) -> None:
    """In a process of its own: left to itself, pi-heif 1.4.0 crashes on this file."""
    pytest.importorskip("pi_heif")
    data = TURNED.read_bytes()
    path = tmp_path / "damaged.heic"
    path.write_bytes(data.replace(b"Exif", b"\xffxif", 1))  # the type of the item
    code = (
        "import sys; from pathlib import Path; from sim_bench.images.decode import read_picture\n"
        "sys.exit(read_picture(Path(sys.argv[1])).width)"
    )
    assert subprocess.run([sys.executable, "-c", code, path], check=False).returncode == 32


def test_cutting_metadata_off_touches_references_only() -> None:
    data = TURNED.read_bytes()
    changed = without_metadata(data)
    differing = [at for at, (old, new) in enumerate(zip(data, changed, strict=True)) if old != new]
    assert {data[at : at + 4] for at in differing[:1]} == {b"cdsc"}
    assert len(differing) <= 4
    assert without_metadata(FILE.read_bytes()) == FILE.read_bytes()


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"\0\0\0\x08meta", b"\0\0\0\x04free", b"\0\0\0\0mdat..."),
        *(b"\0\0\0\x01meta", b"\0\0\0\x0cmeta\0\0\0\0\0\0\0\x0direfcdsc."),
    ],
)
def test_boxes_that_lead_nowhere_are_left_alone(data: bytes) -> None:
    assert without_metadata(data) == data


def test_large_and_open_boxes_are_entered() -> None:
    """A size of 1 means that 8 bytes of size follow, 0 that the box goes on to the end."""
    head = b"\0\0\0\x01meta" + (16 + 4 + 12).to_bytes(8, "big") + bytes(4)
    assert without_metadata(head + b"\0\0\0\x0cirefcdsc") == head + b"\0\0\0\x0cirefnone"
    head = b"\0\0\0\x08free" + b"\0\0\0\0meta" + bytes(4)
    assert without_metadata(head + b"\0\0\0\0irefcdsc") == head + b"\0\0\0\0irefnone"


@pytest.mark.parametrize(
    ("meant", "notes"),
    [
        ({}, ()),
        ({"color_primaries": 1, "transfer_characteristics": 13}, ()),
        ({"color_primaries": 12}, ("Display P3 without an ICC profile: taken as sRGB",)),
        ({"transfer_characteristics": 18}, ("HLG without an ICC profile: taken as sRGB",)),
    ],
)
def test_wide_colour_without_a_profile_is_noted(
    meant: dict[str, int], notes: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code points are put into the opened file: no writer for such a file is at hand."""
    pi_heif = pytest.importorskip("pi_heif")
    opened = pi_heif.open_heif(FILE.read_bytes())
    opened.info.pop("icc_profile", None)
    opened.info["nclx_profile"] = meant
    monkeypatch.setattr(pi_heif, "open_heif", lambda *_, **__: opened)
    assert open_heif(b"", Limits())[1] == notes


def test_a_container_without_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated: libheif itself refuses most of these."""
    pi_heif = pytest.importorskip("pi_heif")
    monkeypatch.setattr(pi_heif, "open_heif", lambda *_, **__: [])
    with pytest.raises(ImageError, match="a HEIF container without a picture"):
        read_picture(FILE)
