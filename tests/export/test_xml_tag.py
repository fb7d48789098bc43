import pytest

from sim_bench.export.xml_tag import Units, read_tag


def test_a_tag_is_read_with_every_place_in_it():
    text = "<a/><x:b\n p:q = 'v>/' r=\"\"  />"
    tag = read_tag(text, 4)
    assert (tag.name, tag.empty, text[tag.inner : tag.stop]) == ("x:b", True, "  />")
    assert [(a.name, a.space, a.quote) for a in tag.attributes] == [
        ("p:q", "\n ", "'"),
        ("r", " ", '"'),
    ]
    assert [text[a.start : a.stop] for a in tag.attributes] == ["v>/", ""]


def test_only_declarations_of_namespaces_bind():
    tag = read_tag("<a xmlns='u' xmlns:b='v' xmlnsc='w' d:xmlns='x'>", 0)
    assert [attribute.binds for attribute in tag.attributes] == [True, True, False, False]
    assert not tag.empty


def test_an_end_tag_is_no_start_tag():
    with pytest.raises(ValueError, match="no start tag at 3"):
        read_tag("<a></a>", 3)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_units_turn_back_into_the_same_bytes(codec):
    data = "<a>ä 𝄞 \x85</a>".encode(codec)
    units = Units.of(data)
    assert len(units.text) * units.width == len(data)
    assert units.encode(units.text) == data
    assert units.text.index("</a>") * units.width == len(data) - 4 * units.width
