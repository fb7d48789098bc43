import io

import pytest
from PIL import Image

from sim_bench.datasets.star_rating import LARGEST, rating_in, rating_of, stars
from sim_bench.errors import DatasetError

ATTRIBUTE = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="{}"/>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
ELEMENT = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:a="http://ns.adobe.com/xap/1.0/"><rdf:Description><a:Label>9</a:Label>
 <a:Rating>{}</a:Rating></rdf:Description></rdf:RDF>"""
INSIDE = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:m="http://ns.adobe.com/xap/1.0/mm/">
 <rdf:Description xmp:Rating="2"><m:Pantry><rdf:Bag><rdf:li>
 <rdf:Description xmp:Rating="5"><xmp:Rating>4</xmp:Rating></rdf:Description>
 </rdf:li></rdf:Bag></m:Pantry></rdf:Description></rdf:RDF>"""
ALIEN = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:xmp="http://ns.microsoft.com/photo/1.0/"><rdf:Description xmp:Rating="75"/></rdf:RDF>"""


def jpeg(path, xmp=None):
    """Pillow, another implementation, writes the segment."""
    extra = {} if xmp is None else {"xmp": xmp.encode()}
    Image.new("RGB", (8, 8)).save(path, "JPEG", **extra)
    return path


@pytest.mark.parametrize("packet", [ATTRIBUTE, ELEMENT])
@pytest.mark.parametrize(
    ("given", "read"),
    [("5", 5), ("1", 1), (" 3 ", 3), ("4.0", 4), ("-1", -1), ("0", None), ("", None)],
)
def test_a_rating_is_read_from_inside_a_jpeg_file(tmp_path, packet, given, read):
    assert stars(jpeg(tmp_path / "a.jpg", packet.format(given))) == read


def test_a_photo_without_xmp_has_no_rating(tmp_path):
    assert stars(jpeg(tmp_path / "a.jpg")) is None
    assert stars(jpeg(tmp_path / "b.jpg", ALIEN)) is None
    Image.new("RGB", (8, 8)).save(tmp_path / "c.png")
    assert stars(tmp_path / "c.png") is None
    (tmp_path / "d.jpg").write_bytes(b"")
    assert stars(tmp_path / "d.jpg") is None


@pytest.mark.parametrize("name", ["a.jpg.xmp", "a.xmp"])
def test_a_sidecar_file_comes_first(tmp_path, name):
    photo = jpeg(tmp_path / "a.jpg", ATTRIBUTE.format(1))
    (tmp_path / name).write_text(ATTRIBUTE.format(4), encoding="utf-8")
    assert stars(photo) == 4


def test_the_rating_of_another_photo_inside_is_not_taken():
    assert rating_in(INSIDE.encode(), "x") == 2


def test_a_truncated_or_odd_jpeg_file_is_passed_over(tmp_path):
    whole = jpeg(tmp_path / "a.jpg", ATTRIBUTE.format(5)).read_bytes()
    start = whole.index(b"http://ns.adobe.com")
    odd = tmp_path / "odd.jpg"
    for data in (whole[:3], whole[:start], b"\xff\xd8\xff\xe1\x00\x00", b"\xff\xd8\x00"):
        odd.write_bytes(data)
        assert stars(odd) is None
    filled = whole[: start - 4] + b"\xff\xff" + whole[start - 4 :]
    odd.write_bytes(filled)
    assert Image.open(io.BytesIO(filled)).info["xmp"]
    assert stars(odd) == 5


@pytest.mark.parametrize("text", ["6", "-2", "2.5", "nan", "five", "1e3"])
def test_a_rating_that_cannot_be_is_an_error(text):
    with pytest.raises(DatasetError, match="here: a rating is -1 .rejected. or 0 to 5"):
        rating_of(text, "here")


@pytest.mark.parametrize(
    ("packet", "message"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "declares a document type"),
        ("<x>", "is damaged"),
        ("", "is damaged"),
        (ELEMENT.format("1</a:Rating><a:Rating>2"), "has several ratings: 1, 2"),
    ],
)
def test_odd_xmp_is_an_error_that_names_the_file(tmp_path, packet, message):
    photo = jpeg(tmp_path / "a.jpg")
    sidecar = tmp_path / "a.xmp"
    sidecar.write_text(packet, encoding="utf-8")
    with pytest.raises(DatasetError, match=message) as raised:
        stars(photo)
    assert str(sidecar) in str(raised.value)


def test_a_document_type_in_another_encoding_is_refused_too():
    """The parser finds the encoding out by itself, and takes it."""
    packet = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        with pytest.raises(DatasetError, match="not in UTF-8"):
            rating_in(packet.encode(encoding), "x")


def test_a_huge_or_deep_sidecar_does_no_harm(tmp_path):
    photo = jpeg(tmp_path / "a.jpg")
    (tmp_path / "a.xmp").write_bytes(b" " * (LARGEST + 1))
    with pytest.raises(DatasetError, match="larger than"):
        stars(photo)
    assert rating_in(b"<a>" * 200_000 + b"</a>" * 200_000, "x") is None


def test_a_photo_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(DatasetError, match="cannot be read: No such file"):
        stars(tmp_path / "a.jpg")
