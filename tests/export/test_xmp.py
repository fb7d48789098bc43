"""A rating and a label in a sidecar; all else stays, to the byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_bench.export.marks import Mark
from sim_bench.export.outcome import ExportError
from sim_bench.export.xmp import new_sidecar, read_values, with_mark
from sim_bench.export.xmp_reader import LARGEST
from tests.export.samples import ADOBE, DARKTABLE, EXIFTOOL, RDF, XMP, sidecar

PICK = Mark(4, "Green")


def test_a_new_sidecar_says_what_it_was_told():
    assert read_values(new_sidecar(PICK)) == ("4", "Green")
    assert read_values(new_sidecar(Mark(-1))) == ("-1", None)
    assert read_values(new_sidecar(Mark(label="Rot & <Grün> \"'"))) == (None, "Rot & <Grün> \"'")


@pytest.mark.parametrize(
    ("before", "old", "new"),
    [
        (ADOBE, ['xmp:Rating="3"', 'xmp:Label="Blue"'], ['xmp:Rating="4"', 'xmp:Label="Green"']),
        (EXIFTOOL, [">3</xmp:R", ">Blue</xmp:L"], [">4</xmp:R", ">Green</xmp:L"]),
        (
            DARKTABLE,
            ['applied="1">'],
            [
                'applied="1"\n   xmlns:xmp="http://ns.adobe.com/xap/1.0/"\n   xmp:Rating="4"'
                '\n   xmp:Label="Green">'
            ],
        ),
    ],
    ids=["adobe", "exiftool", "darktable"],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_rest_of_a_sidecar_stays_to_the_byte(before, old, new, codec, newline):
    if codec.startswith("utf-16"):
        before = before.replace(' encoding="UTF-8"', "")
    after = before
    for one, other in zip(old, new, strict=True):
        assert after.count(one) == 1
        after = after.replace(one, other)
    before, after = (text.replace("\n", newline).encode(codec) for text in (before, after))
    changed = with_mark(before, PICK)
    assert changed == after
    assert with_mark(changed, PICK) == changed


@pytest.mark.parametrize("declared", ["ISO-8859-1", "windows-1252", "US-ASCII"])
def test_other_encodings_keep_their_bytes_and_get_none_that_they_lack(declared):
    word = "plain" if declared == "US-ASCII" else "é"
    text = f'<?xml version="1.0" encoding="{declared}"?>' + sidecar(
        f"<dc:title xmlns:dc='u'>{word}</dc:title>", ' xmp:Label="Red"'
    )
    changed = with_mark(text.encode(declared), Mark(label="Жёлтый €"))
    assert changed.decode(declared).replace(
        "&#1046;&#1105;&#1083;&#1090;&#1099;&#1081; &#8364;", "Red"
    ) == (text)
    assert read_values(changed) == (None, "Жёлтый €")


def test_only_what_was_asked_for_is_touched():
    assert with_mark(ADOBE.encode(), Mark(5)).decode() == ADOBE.replace('ing="3"', 'ing="5"')
    assert with_mark(ADOBE.encode(), Mark(label="Red")).decode() == ADOBE.replace("Blue", "Red")
    assert with_mark(ADOBE.encode(), Mark()).decode() == ADOBE


@pytest.mark.parametrize("rating", ["4", "4.0", " 4 ", "+4"])
def test_a_value_that_is_right_already_is_not_written_again(rating):
    data = sidecar("", f' xmp:Rating="{rating}"').encode()
    assert with_mark(data, Mark(4)) == data


@pytest.mark.parametrize("rating", ["", "nan", "four", "3.5"])
def test_a_rating_that_is_none_is_replaced(rating):
    data = sidecar(f"<xmp:Rating>{rating}</xmp:Rating>").encode()
    assert with_mark(data, Mark(4)) == sidecar("<xmp:Rating>4</xmp:Rating>").encode()


def test_the_prefix_is_the_one_of_the_file():
    data = sidecar("", ' xap:Rating="1"', prefix="xap").encode()
    assert with_mark(data, PICK).decode() == sidecar(
        "", ' xap:Rating="4" xap:Label="Green"', prefix="xap"
    )


def test_a_prefix_that_means_something_else_is_not_taken():
    inside = '<rdf:Description xmlns:xmp="other" xmp:Rating="one"/>'
    data = f'<rdf:RDF xmlns:rdf="{RDF}">{inside}</rdf:RDF>'
    assert with_mark(data.encode(), Mark(2)).decode() == data.replace(
        "/></rdf", f' xmlns:xmp2="{XMP}" xmp2:Rating="2"/></rdf'
    )


def test_a_namespace_without_a_prefix_serves_elements_but_no_attributes():
    data = (
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description xmlns="{XMP}"><Rating>1</Rating>'
        "</rdf:Description></rdf:RDF>"
    )
    changed = with_mark(data.encode(), PICK).decode()
    assert changed == data.replace(">1<", ">4<").replace(
        f'xmlns="{XMP}"', f'xmlns="{XMP}" xmlns:xmp="{XMP}" xmp:Label="Green"'
    )


def test_a_prefix_bound_further_out_is_used():
    data = f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:m="{XMP}"><rdf:Description/></rdf:RDF>'
    assert with_mark(data.encode(), Mark(0)).decode() == data.replace(
        "<rdf:Description", '<rdf:Description m:Rating="0"'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<xmp:Rating/>", "<xmp:Rating>4</xmp:Rating>"),
        ("<xmp:Rating />", "<xmp:Rating >4</xmp:Rating>"),
        ("<xmp:Rating></xmp:Rating >", "<xmp:Rating>4</xmp:Rating >"),
        ("<xmp:Rating><![CDATA[3]]></xmp:Rating>", "<xmp:Rating>4</xmp:Rating>"),
        ("<xmp:Rating>&#51;<!-- > --></xmp:Rating>", "<xmp:Rating>4</xmp:Rating>"),
        ("<xmp:Rating xml:lang='x>y'>3</xmp:Rating>", "<xmp:Rating xml:lang='x>y'>4</xmp:Rating>"),
        (
            "<!-- <xmp:Rating>9</xmp:Rating> --><xmp:Rating>3</xmp:Rating>",
            "<!-- <xmp:Rating>9</xmp:Rating> --><xmp:Rating>4</xmp:Rating>",
        ),
        (
            "<a xmlns='u'><![CDATA[<xmp:Rating>9</xmp:Rating>]]></a><xmp:Rating>3</xmp:Rating>",
            "<a xmlns='u'><![CDATA[<xmp:Rating>9</xmp:Rating>]]></a><xmp:Rating>4</xmp:Rating>",
        ),
    ],
)
def test_a_rating_in_an_element_is_replaced_where_it_is(before, after):
    assert with_mark(sidecar(before).encode(), Mark(4)).decode() == sidecar(after)


def test_a_rating_that_is_there_twice_is_changed_in_both_places():
    more = f'<rdf:Description xmlns:y="{XMP}"><y:Rating>2</y:Rating></rdf:Description>'
    data = sidecar("", ' xmp:Rating="1"', more)
    changed = with_mark(data.encode(), Mark(5)).decode()
    assert changed == data.replace('"1"', '"5"').replace(">2<", ">5<")


def test_what_a_nested_description_says_is_of_something_else():
    inside = (
        '<q:from xmlns:q="u"><rdf:Description xmp:Rating="1"><xmp:Label>Red</xmp:Label>'
        "</rdf:Description></q:from>"
    )
    data = sidecar(inside)
    assert read_values(data.encode()) == (None, None)
    assert with_mark(data.encode(), Mark(5)).decode() == data.replace(
        f'xmlns:xmp="{XMP}"', f'xmlns:xmp="{XMP}" xmp:Rating="5"'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"<rdf:RDF xmlns:rdf='{RDF}'/>",
            f'<rdf:RDF xmlns:rdf=\'{RDF}\'><rdf:Description rdf:about="" xmlns:xmp="{XMP}"'
            ' xmp:Rating="4"/></rdf:RDF>',
        ),
        (
            f"<r:RDF xmlns:r='{RDF}'>\n</r:RDF>",
            f'<r:RDF xmlns:r=\'{RDF}\'><r:Description r:about="" xmlns:xmp="{XMP}"'
            ' xmp:Rating="4"/>\n</r:RDF>',
        ),
        (
            f"<RDF xmlns='{RDF}'></RDF>",
            f'<RDF xmlns=\'{RDF}\'><Description xmlns:xmp="{XMP}" xmp:Rating="4"/></RDF>',
        ),
    ],
)
def test_a_sidecar_without_a_description_gets_one(before, after):
    assert with_mark(before.encode(), Mark(4)).decode() == after


_BOMB = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
_OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (ADOBE.encode()[:-30], r"broken XML \(unclosed token: line 25"),
        (ADOBE.replace("&amp;", "&").encode(), "broken XML .not well-formed"),
        (ADOBE.replace("</dc:subject>", "</dc:object>").encode(), "broken XML .mismatched tag"),
        (ADOBE.replace("xmlns:crs=", "xmlns:csr=").encode(), "broken XML .unbound prefix"),
        (ADOBE.encode().replace("ä".encode(), b"\xe4"), "broken XML .not well-formed"),
        (ADOBE.encode("utf-16")[:-1], "broken XML"),
        (ADOBE.encode("utf-32"), "broken XML"),
        (b"\0" * 500, "broken XML"),
        (ADOBE.encode() + b"\0" * 9, "broken XML"),
        (b'<?xml version="1.0" encoding="klingon"?>' + ADOBE.encode(), "text cannot be read"),
        (b'<?xml version="1.0" encoding="gb18030"?>' + ADOBE.encode(), "text cannot be read"),
        (_BOMB.encode() + ADOBE.encode(), "document type declaration"),
        (_OUTSIDE.encode() + ADOBE.encode(), "document type declaration"),
        (b"<html><p>hello</p></html>", "no XMP: it has no rdf:RDF"),
        (
            f"<a><rdf:RDF xmlns:rdf='{RDF}'/><rdf:RDF xmlns:rdf='{RDF}'/></a>".encode(),
            "two rdf:RDF",
        ),
        (sidecar("<xmp:Label><rdf:Alt/></xmp:Label>").encode(), "xmp:Label is no plain value"),
        (sidecar("<xmp:Rating rdf:resource='u'/>").encode(), "xmp:Rating is no plain value"),
        (
            sidecar("<xmp:Rating rdf:parseType='Resource'>3</xmp:Rating>").encode(),
            "xmp:Rating is no plain value",
        ),
        (b" " * LARGEST + ADOBE.encode(), "larger than a sidecar should be"),
    ],
)
def test_what_cannot_be_changed_safely_is_refused_with_the_reason(data, message):
    with pytest.raises(ExportError, match=message):
        with_mark(data, PICK)
    with pytest.raises(ExportError, match=message):
        read_values(data)


def test_very_deep_nesting_is_no_trouble():
    data = sidecar("<a:a xmlns:a='u'>" + "<a>" * 100_000 + "</a>" * 100_000 + "</a:a>")
    assert with_mark(data.encode(), Mark(1)).decode() == data.replace(
        f'xmlns:xmp="{XMP}"', f'xmlns:xmp="{XMP}" xmp:Rating="1"'
    )


_WORDS = st.text(st.sampled_from("a ä€𝄞>/='\u0085\u00a0\n\t"), max_size=6)
_JUNK = st.one_of(
    _WORDS,
    _WORDS.map(lambda w: f"<!-- <xmp:Rating {w.replace('-', '')} -->"),
    _WORDS.map(lambda w: f"<![CDATA[<a{w}]]>"),
    _WORDS.map(lambda w: f"<?pi {w.replace('?', '')}?>"),
    _WORDS.map(lambda w: '<é:q é:w="' + w.replace("'", '"').replace('"', "&quot;") + '"/>'),
)


@given(
    junk=st.lists(_JUNK, min_size=4, max_size=4),
    word=_WORDS,
    form=st.sampled_from(["double", "single", "element", "cdata"]),
    prefix=st.sampled_from(["xmp", "xap", "é2", "rating"]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]),
    rating=st.integers(-1, 5),
)
def test_whatever_is_around_the_rating_stays(junk, word, form, prefix, codec, rating):
    name = f"{prefix}:Rating"

    def document(value, form=form):
        attribute = {"double": f' {name}\n = "{value}"', "single": f" {name}='{value}'"}.get(form)
        text = f"<![CDATA[{value}]]>" if form == "cdata" else value
        inside = "" if attribute else f"<{name}>{text}</{name}>"
        return (
            f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:é="u">{junk[0]}<rdf:Description'
            f' é:w="{word}" xmlns:{prefix}="{XMP}"{attribute or ""} é:x=">">{junk[1]}{inside}'
            f"{junk[2]}</rdf:Description>{junk[3]}</rdf:RDF>"
        ).encode(codec)

    before = document("2.5")
    expected = document(str(rating), "element" if form == "cdata" else form)
    assert with_mark(before, Mark(rating)) == expected
