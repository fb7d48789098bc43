"""When and how a photo was taken: from headers that Pillow, exiftool or a test wrote."""

import os
import shutil
import struct
import subprocess
from calendar import timegm
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from sim_bench.images.capture import Capture, read_capture
from sim_bench.images.capture_tags import Tag
from tests.images.handmade import ASCII, LONG, RATIONAL, SHORT, SRATIONAL, ifd

NOON = timegm((2024, 5, 14, 12, 34, 56))
DATE = "2024:05:14 12:34:56"


def exif_of(tags, camera=("SONY", "ILCE-7M4")):
    """An EXIF record by Pillow, of tags of the EXIF directory."""
    exif = Image.Exif()
    exif[Tag.MAKE], exif[Tag.MODEL] = camera
    exif.get_ifd(ExifTags.IFD.Exif).update(tags)
    return exif


def photo(folder, tags, name="DSC01234.JPG", **options):
    path = folder / name
    Image.new("RGB", (40, 30)).save(path, exif=exif_of(tags), **options)
    return path


def raw_jpeg(folder, directory, name="DSC01234.JPG"):
    """A JPEG header around a TIFF directory that no library would write."""
    block = b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory
    path = folder / name
    path.write_bytes(b"\xff\xd8\xff\xe1" + struct.pack(">H", len(block) + 2) + block)
    return path


def text(words):
    return list(words.encode() + b"\0")


EVERYTHING = {
    Tag.DATE_TIME_ORIGINAL: DATE,
    Tag.SUBSEC_ORIGINAL: "07",
    Tag.OFFSET_ORIGINAL: "+02:00",
    Tag.EXPOSURE_TIME: IFDRational(1, 250),
    Tag.F_NUMBER: IFDRational(28, 10),
    Tag.ISO: 800,
    Tag.BIAS: IFDRational(-2, 3),
    Tag.DISTANCE: IFDRational(125, 100),
    Tag.FOCAL_LENGTH: IFDRational(50, 1),
    Tag.IMAGE_NUMBER: 77,
    Tag.EXPOSURE_MODE: 2,
    Tag.BODY_SERIAL: "0012345",
}
ALL_READ = Capture(
    taken=NOON + 0.07 - 7200,
    resolution=0.01,
    camera="SONY ILCE-7M4 0012345",
    number=77,
    exposure_time=0.004,
    aperture=2.8,
    iso=800.0,
    bias=-2 / 3,
    focal_length=50.0,
    distance=1.25,
    bracketing=True,
    width=40,
    height=30,
)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("photo.jpg", {}),
        ("photo.png", {}),
        ("photo.webp", {}),
        ("lossless.webp", {"lossless": True}),
        ("photo.avif", {}),
        ("photo", {"format": "JPEG"}),
    ],
)
def test_every_field_is_read_from_what_pillow_writes(tmp_path, name, options):
    read = read_capture(photo(tmp_path, EVERYTHING, name, **options))
    if name.endswith(".avif"):  # no EXIF of the pixels' number, and no other place is looked at
        assert (read.width, read.height) == (None, None)
        read = Capture(**{**fields(read), "width": 40, "height": 30})
    assert read == ALL_READ


def fields(capture):
    return {name: getattr(capture, name) for name in Capture.__slots__}


@pytest.mark.parametrize("order", ["<", ">"])
def test_every_field_is_read_from_a_tiff_file(tmp_path, order):
    """Of both byte orders; the size is the first directory's."""
    exif = exif_of(EVERYTHING)
    exif.endian = order
    exif[Tag.WIDTH], exif[Tag.HEIGHT] = 40, 30
    data = exif.tobytes().removeprefix(b"Exif\0\0")
    assert data.startswith({"<": b"II", ">": b"MM"}[order])
    (tmp_path / "photo.tif").write_bytes(data)
    assert read_capture(tmp_path / "photo.tif") == ALL_READ


NAMES = ("a.jpg", "b.png", "c.tif", "d.webp", "quarters.heic", "f.avif")


@pytest.fixture(scope="module")
def by_exiftool(tmp_path_factory):
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not installed")
    paths = [tmp_path_factory.mktemp("exiftool") / name for name in NAMES]
    for path in paths:
        if path.suffix == ".heic":
            shutil.copy(Path(__file__).with_name(path.name), path)
        else:
            Image.new("RGB", (40, 30)).save(path)
    tags = [
        *("-Make=FUJIFILM", "-Model=X-T5", "-SerialNumber=3A1", f"-DateTimeOriginal={DATE}"),
        *("-SubSecTimeOriginal=123", "-OffsetTimeOriginal=-03:30", "-ExposureTime=1/3"),
        *("-ExposureCompensation=-1", "-ExposureMode=Auto bracket", "-SubjectDistance=2.5"),
    ]
    command = ["exiftool", "-q", "-overwrite_original", *tags, *map(str, paths)]
    subprocess.run(command, check=True, timeout=60)
    return dict(zip(NAMES, paths, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_what_exiftool_writes_is_read(by_exiftool, name):
    read = read_capture(by_exiftool[name])
    assert read.taken == pytest.approx(NOON + 0.123 + 3.5 * 3600, abs=1e-6)
    assert (read.resolution, read.camera) == (0.001, "FUJIFILM X-T5 3A1")
    assert (read.bias, read.bracketing, read.distance) == (-1.0, True, 2.5)
    assert read.exposure_time == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("subsec", "part", "resolution"),
    [
        ("5", 0.5, 0.1),
        ("05", 0.05, 0.01),
        ("500", 0.5, 0.001),
        ("123456", 0.123456, 0.001),
        ("07 ", 0.07, 0.01),
        ("", 0.0, 1.0),
        ("  ", 0.0, 1.0),
        ("a1", 0.0, 1.0),
        ("²", 0.0, 1.0),
    ],
)
def test_sub_seconds_are_the_digits_behind_the_point(tmp_path, subsec, part, resolution):
    tags = [
        (Tag.DATE_TIME_ORIGINAL, ASCII, text(DATE)),
        (Tag.SUBSEC_ORIGINAL, ASCII, text(subsec)),
    ]
    read = read_capture(raw_jpeg(tmp_path, ifd(tags, 8)))
    assert read.taken == pytest.approx(NOON + part, abs=1e-6)
    assert read.resolution == resolution


@pytest.mark.parametrize(
    ("offset", "hours"),
    [
        *(("+02:00", 2.0), ("-0330", -3.5), ("+14:00", 14.0), ("Z", 0.0), ("+15:00", 0.0)),
        *(("+02:60", 0.0), ("  :  ", 0.0), ("02:00", 0.0)),
    ],
)
def test_the_offset_leads_to_universal_time(tmp_path, offset, hours):
    path = photo(tmp_path, {Tag.DATE_TIME_ORIGINAL: DATE, Tag.OFFSET_ORIGINAL: offset})
    assert read_capture(path).taken == NOON - 3600 * hours


@pytest.mark.parametrize(
    "broken",
    [
        *("0000:00:00 00:00:00", "    :  :     :  :  ", "2024:13:45 12:00:00", "", "yesterday"),
        *("2024:05:14", "2024:05:14 12:34", "2024:02:30 10:00:00", "2024:05:14 12:34:61"),
        "٢٠٢٤:05:14 12:34:56",
    ],
)
def test_a_date_without_meaning_gives_way_to_the_next(tmp_path, broken):
    """The second of the digitising has its own sub-seconds and offset, and they count."""
    tags = [(Tag.DATE_TIME_ORIGINAL, ASCII, text(broken)), (Tag.SUBSEC_ORIGINAL, ASCII, text("9"))]
    path = raw_jpeg(tmp_path, ifd(tags, 8))
    assert (read_capture(path).taken, read_capture(path).resolution) == (None, None)
    tags += [
        (Tag.DATE_TIME_DIGITIZED, ASCII, text(DATE)),
        (Tag.SUBSEC_DIGITIZED, ASCII, text("25")),
        (Tag.OFFSET_DIGITIZED, ASCII, text("+01:00")),
    ]
    read = read_capture(raw_jpeg(tmp_path, ifd(tags, 8)))
    assert (read.taken, read.resolution) == (NOON + 0.25 - 3600, 0.01)


def test_the_date_of_the_last_change_is_the_last_resort(tmp_path):
    tags = [(Tag.DATE_TIME, ASCII, text(DATE)), (Tag.SUBSEC, ASCII, text("5"))]
    assert read_capture(raw_jpeg(tmp_path, ifd(tags, 8))).taken == NOON + 0.5


@pytest.mark.parametrize("date", ["2024-05-14 12:34:56", "2024:05:14T12:34:56", f"{DATE} \0\0x"])
def test_other_separators_and_what_follows_a_zero_byte(tmp_path, date):
    tags = [(Tag.DATE_TIME_ORIGINAL, ASCII, list(date.encode()))]
    assert read_capture(raw_jpeg(tmp_path, ifd(tags, 8))).taken == NOON


def test_fractions_over_zero_and_numbers_without_meaning_are_missing(tmp_path):
    tags = [
        (Tag.EXPOSURE_TIME, RATIONAL, [1, 0]),
        (Tag.F_NUMBER, RATIONAL, [0, 10]),
        (Tag.BIAS, SRATIONAL, [-1, 0]),
        (Tag.FOCAL_LENGTH, RATIONAL, [0, 0]),
        (Tag.DISTANCE, RATIONAL, [0xFFFFFFFF, 1]),
        (Tag.ISO, SHORT, [0]),
        (Tag.EXPOSURE_MODE, SHORT, [7]),
        (Tag.IMAGE_NUMBER, LONG, [0]),
    ]
    assert read_capture(raw_jpeg(tmp_path, ifd(tags, 8))) == Capture(number=1234)


def test_no_bias_is_a_bias_of_zero(tmp_path):
    assert read_capture(photo(tmp_path, {Tag.BIAS: IFDRational(0, 1)})).bias == 0.0
    assert read_capture(photo(tmp_path, {})).bias is None


@pytest.mark.parametrize(("mode", "bracketing"), [(0, False), (1, False), (2, True)])
def test_the_exposure_mode_says_whether_it_is_a_bracket(tmp_path, mode, bracketing):
    assert read_capture(photo(tmp_path, {Tag.EXPOSURE_MODE: mode})).bracketing is bracketing


def test_a_sensitivity_beyond_two_bytes_is_in_another_tag(tmp_path):
    large = {Tag.ISO: 65535, Tag.RECOMMENDED_INDEX: 102400}
    assert read_capture(photo(tmp_path, large)).iso == 102400
    assert read_capture(photo(tmp_path, {Tag.ISO: 65535})).iso == 65535


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("DSC01234.JPG", 1234), ("IMG_0456.JPG", 456), ("7.jpg", 7), ("IMG_0456-edit.jpg", None)),
        *(("beach.jpg", None), ("IMG_20240514_123456.jpg", None), ("20240514123456789.jpg", None)),
        *(("PXL_20240514_123456789.jpg", None), ("1234567890.jpg", None), ("x١٢.jpg", None)),
    ],
)
def test_the_number_in_the_name(tmp_path, name, number):
    """Digits of a clock are no count."""
    assert read_capture(tmp_path / name) == Capture(number=number)


def test_the_size_is_the_files_own_whatever_its_exif_says(tmp_path):
    path = photo(tmp_path, {Tag.EXIF_WIDTH: 4000, Tag.EXIF_HEIGHT: 3000})
    assert (read_capture(path).width, read_capture(path).height) == (40, 30)


def test_the_size_of_a_thumbnail_is_not_the_photos(tmp_path):
    tags = [(Tag.SUBFILE, LONG, [1]), (Tag.WIDTH, LONG, [160]), (Tag.HEIGHT, LONG, [120])]
    path = tmp_path / "DSC01234.NEF"
    path.write_bytes(b"II*\0" + struct.pack("<I", 8) + ifd(tags, 8))
    assert read_capture(path) == Capture(number=1234)


@pytest.mark.parametrize("magic", [b"II*\0", b"IIRO", b"IIU\0"])
def test_camera_files_with_a_tiff_header_of_their_own(tmp_path, magic):
    path = tmp_path / "P1010007.ORF"
    tags = [(Tag.MODEL, ASCII, text("E-M1")), (Tag.DATE_TIME_ORIGINAL, ASCII, text(DATE))]
    path.write_bytes(magic + struct.pack("<I", 8) + ifd(tags, 8))
    assert read_capture(path) == Capture(NOON, 1.0, "E-M1", 1010007)


def box(name, *contents):
    body = b"".join(contents)
    return struct.pack(">I", len(body) + 8) + name + body


def test_a_fuji_raw_file_has_its_exif_in_its_preview(tmp_path):
    jpeg = photo(tmp_path, EVERYTHING).read_bytes()
    path = tmp_path / "DSCF0001.RAF"
    path.write_bytes(b"FUJIFILMCCD-RAW ".ljust(84, b"0") + struct.pack(">I", 200).ljust(116) + jpeg)
    assert read_capture(path) == Capture(**{**fields(ALL_READ), "width": None, "height": None})


def test_a_canon_raw_file_has_two_headers(tmp_path):
    head = b"II*\0" + struct.pack("<I", 8)
    first = head + ifd([(Tag.MODEL, ASCII, text("Canon EOS R5"))], 8)
    second = head + ifd([(Tag.DATE_TIME_ORIGINAL, ASCII, text(DATE))], 8)
    canon = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    inner = box(b"uuid", canon, box(b"CNCV", b"x"), box(b"CMT1", first), box(b"CMT2", second))
    path = tmp_path / "IMG_0001.CR3"
    path.write_bytes(box(b"ftyp", b"crx \0\0\0\0") + box(b"moov", box(b"uuid", bytes(16)), inner))
    assert read_capture(path) == Capture(NOON, 1.0, "Canon EOS R5", 1)


def media_file(places, kind=b"Exif"):
    """A HEIC header with one item and its list of places."""
    entry = box(b"infe", bytes([2, 0, 0, 0]), struct.pack(">HH", 1, 0), kind, b"\0")
    items = box(b"iinf", bytes(4), struct.pack(">H", 1), entry)
    meta = box(b"meta", bytes(4), items, box(b"iloc", places))
    return box(b"ftyp", b"heic\0\0\0\0mif1") + meta


def test_a_list_of_places_that_takes_no_bytes_takes_no_time(tmp_path):
    """65,535 items of 65,535 places of 0 bytes each: 4,294,836,225 steps if one walked them."""
    endless = b"\0\0\0\0" + b"\0\0" + b"\xff\xff" + b"\0\1\0\0\xff\xff" * 65535
    path = tmp_path / "a.heic"
    path.write_bytes(media_file(endless))
    assert read_capture(path) == Capture()


def test_only_items_that_lie_in_the_file_itself_are_read(tmp_path):
    """Construction method 0 of `iloc`; by method 1 the place is one within another box."""
    exif = bytes(4) + b"II*\0" + struct.pack("<I", 8) + ifd([(Tag.MODEL, ASCII, text("X-T5"))], 8)
    cameras = []
    for method in (0, 1):
        place = struct.pack(">HHHHII", 1, method, 0, 1, 0, len(exif))
        head = media_file(b"\1\0\0\0\x44\0\0\1" + place)
        start = len(head)  # `mdat` is left out: nothing asks for it
        place = struct.pack(">HHHHII", 1, method, 0, 1, start, len(exif))
        path = tmp_path / "a.heic"
        path.write_bytes(media_file(b"\1\0\0\0\x44\0\0\1" + place) + exif)
        cameras.append(read_capture(path).camera)
    assert cameras == ["X-T5", ""]


def riff(name, body):
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def test_a_webp_chunk_of_odd_length_and_one_that_begins_like_in_jpeg(tmp_path):
    exif = b"Exif\0\0II*\0" + struct.pack("<I", 8) + ifd([(Tag.MODEL, ASCII, text("X-T5"))], 8)
    large = bytes(4) + (39).to_bytes(3, "little") + (29).to_bytes(3, "little")
    body = b"WEBP" + riff(b"VP8X", large) + riff(b"ICCP", b"odd") + riff(b"EXIF", exif)
    (tmp_path / "a.webp").write_bytes(riff(b"RIFF", body))
    assert read_capture(tmp_path / "a.webp") == Capture(camera="X-T5", width=40, height=30)


def exif_segment(model):
    directory = ifd([(Tag.MODEL, ASCII, text(model)), (Tag.EXIF_WIDTH, LONG, [40])], 8)
    block = b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory
    return b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block


def test_of_several_exif_segments_the_first_counts(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff\xd8" + exif_segment("first") + exif_segment("other"))
    assert read_capture(path).camera == "first"


def test_fill_bytes_between_segments(tmp_path):
    """ITU-T T.81, B.1.1.2: any marker may be preceded by bytes FF."""
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff\xd8" + b"\xff" * 3 + exif_segment("X-T5"))
    assert read_capture(path).camera == "X-T5"


def test_a_frame_of_no_lines_has_no_size(tmp_path):
    """The number of lines may follow the scan (B.2.5): then EXIF's size is the best there is."""
    directory = ifd([(Tag.EXIF_WIDTH, LONG, [40]), (Tag.EXIF_HEIGHT, LONG, [30])], 8)
    path = raw_jpeg(tmp_path, directory)
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8, 8, 0, 64, 0)
    path.write_bytes(path.read_bytes() + frame)
    assert (read_capture(path).width, read_capture(path).height) == (40, 30)


def test_what_follows_an_endless_row_of_empty_parts_is_left_unread(tmp_path):
    """10,000 parts are walked over; the EXIF behind 100,000 is not found."""
    directory = ifd([(Tag.MODEL, ASCII, text("X-T5"))], 8)
    exif = b"II*\0" + struct.pack("<I", 8) + directory
    chunk = struct.pack(">I", len(exif)) + b"eXIf" + exif + bytes(4)
    inner = box(b"uuid", bytes.fromhex("85c0b687820f11e08111f4ce462b6a48"), box(b"CMT1", exif))
    heads = {
        "a.jpg": (b"\xff\xd8", b"\xff", exif_segment("X-T5")),
        "b.png": (b"\x89PNG\r\n\x1a\n", bytes(4) + b"tEXt" + bytes(4), chunk),
        "c.webp": (b"RIFF\0\0\0\0WEBP", riff(b"XMP ", b""), riff(b"EXIF", exif)),
        "d.cr3": (box(b"ftyp", b"crx "), box(b"free"), box(b"moov", inner)),
    }
    for name, (head, part, end) in heads.items():
        path = tmp_path / name
        path.write_bytes(head + part * 9000 + end)
        assert read_capture(path).camera == "X-T5", name
        path.write_bytes(head + part * 100_000 + end)
        assert read_capture(path).camera == "", name


def test_directories_that_lead_nowhere(tmp_path):
    """A pointer beyond the file, one to itself, more entries than there are bytes, no type."""
    for tags in ([(Tag.EXIF, LONG, [4_000_000_000])], [(Tag.EXIF, LONG, [8])]):
        made = [(Tag.MODEL, ASCII, text("X-T5")), *tags]
        assert read_capture(raw_jpeg(tmp_path, ifd(made, 8))).camera == "X-T5"
    endless = struct.pack("<H", 65535) + struct.pack("<HHI4s", Tag.MODEL, 2, 4, b"X-T5")
    assert read_capture(raw_jpeg(tmp_path, endless)).camera == "X-T5"
    odd = struct.pack("<H", 1) + struct.pack("<HHI4s", Tag.ISO, 99, 1, b"\1\0\0\0")
    assert read_capture(raw_jpeg(tmp_path, odd)) == Capture(number=1234)


def test_a_text_is_not_read_from_outside_its_block(tmp_path):
    """The model points at bytes behind the EXIF segment."""
    path = raw_jpeg(tmp_path, ifd([(Tag.MODEL, ASCII, text("longer than four"))], 8))
    data = path.read_bytes()
    at = data.index(struct.pack("<HH", Tag.MODEL, 2)) + 8
    behind = len(data) - 12  # counted from the TIFF header
    path.write_bytes(data[:at] + struct.pack("<I", behind) + data[at + 4 :] + b"secret" * 9)
    assert read_capture(path).camera == ""


def test_what_is_no_photo_gives_nothing_and_raises_nothing(tmp_path):
    (tmp_path / "empty_1.jpg").write_bytes(b"")
    (tmp_path / "text_2.jpg").write_text("hello")
    (tmp_path / "folder_3").mkdir()
    os.mkfifo(tmp_path / "pipe_4")
    (tmp_path / "link_5").symlink_to("nowhere")
    for number, name in enumerate(("empty_1.jpg", "text_2.jpg", "folder_3", "pipe_4", "link_5"), 1):
        assert read_capture(tmp_path / name) == Capture(number=number)
    assert read_capture(Path("zero\0byte_6")) == Capture(number=6)


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """One small file of each kind, all with every tag."""
    folder = tmp_path_factory.mktemp("samples")
    names = ("a.jpg", "b.png", "c.webp", "d.tif", "e.avif")
    return [photo(folder, EVERYTHING, name).read_bytes() for name in names]


@given(data=st.data())
def test_damaged_bytes_never_raise(samples, tmp_path_factory, data):
    good = data.draw(st.sampled_from(samples))
    bad = bytearray(good[: data.draw(st.integers(0, len(good)))])
    for _ in range(data.draw(st.integers(0, 8)) if bad else 0):
        bad[data.draw(st.integers(0, min(len(bad), 400) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(bad)
    read = read_capture(path)
    assert isinstance(read, Capture)
    assert read.taken is None or read.resolution is not None


def test_many_threads_read_the_same(tmp_path):
    paths = [
        photo(tmp_path, {Tag.DATE_TIME_ORIGINAL: DATE, Tag.SUBSEC_ORIGINAL: f"{n:02}"}, f"{n}.jpg")
        for n in range(40)
    ]
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(read_capture, paths * 5))
    assert [one.taken for one in read[:40]] == pytest.approx([NOON + n / 100 for n in range(40)])
    assert read == read[:40] * 5


@pytest.mark.data
def test_a_photo_from_a_real_camera(data_dir):
    """By exiftool 12.57."""
    read = read_capture(data_dir / "ukbench" / "ukbench00000.jpg")
    assert read == Capture(
        *(timegm((2005, 7, 29, 13, 32, 59)), 1.0, "Canon Canon PowerShot S230", 0),
        *(0.1, 2.8, None, 0.0, pytest.approx(5.4, abs=0.05), None, False, 640, 480),
    )
