"""The contact sheet: what it says, and that nothing in it comes from outside or gets out."""

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from PIL import Image

from sim_bench.report.cull.words import VERDICTS
from sim_bench.selection.choosing import COLUMNS
from sim_bench.selection.choosing import VERDICTS as CHOSEN
from sim_bench.selection.group import Group
from tests.report.made_cull import HOSTILE, Culling, culling, explanation, photo, row

VOID = {"meta", "link", "img", "input", "path", "use"}


class Page(HTMLParser):
    """Checks that tags nest, and collects what the tests ask for."""

    def __init__(self, html):
        super().__init__()
        self.open, self.text, self.attributes, self.ids = [], [], [], []
        self.cards, self.totals, self.tags = [], {}, []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.ids += [found["id"]] if "id" in found else []
        if tag == "li" and "card" in found.get("class", ""):
            self.cards.append([found["data-verdict"], ""])
        if tag not in VOID:
            self.open.append((tag, found))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if any(tag in ("style", "script") for tag, _ in self.open):
            return
        self.text.append(data)
        inside = [found for tag, found in self.open if tag == "li"]
        if inside and "card" in inside[-1].get("class", ""):
            self.cards[-1][1] += data
        elif inside and self.open[-1][0] == "b":
            self.totals[inside[-1]["data-verdict"]] = int(data)

    @property
    def said(self):
        return " ".join("".join(self.text).split())

    def card(self, number):
        return " ".join(self.cards[number][1].split())


def bars_of(html, number):
    """The rows of one card's bars: name, length to the right, number."""
    card = html.split('<li class="card ')[1 + number]
    table = re.search(r'<table class="bars.*?</table>', card, re.S)[0]
    rows = re.findall(
        r'<tr(?P<class>[^>]*)><th scope="row"[^>]*>(.*?)</th>.*?class="by">(.*?)</td>', table, re.S
    )
    return [(name, float(text.replace("\u2212", "-")), mark) for mark, name, text in rows]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return culling(tmp_path_factory.mktemp("card"))


@pytest.fixture(scope="module")
def html(made, tmp_path_factory):
    path = made.write(tmp_path_factory.mktemp("page") / "new" / "cull.html")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_the_page_needs_nothing_from_outside(html, page):
    assert "http://" not in html
    assert "https://" not in html
    assert "@import" not in html
    assert "url(" not in html
    for tag, name, value in page.attributes:
        if name == "src":
            assert tag == "img"
            assert value.startswith("data:image/webp;base64,")
        if name == "href":
            assert value.startswith("#") or value == "data:,"


def test_the_policy_names_the_two_inline_blocks_and_allows_no_other(html):
    policy = re.search(r'Security-Policy" content="([^"]*)"', html)[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        block = re.search(f"<{tag}>(.*?)</{tag}>", html, re.S)[1]
        digest = b64encode(sha256(block.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"\son[a-z]+=", html)


def test_ids_are_used_once_and_what_is_referred_to_is_there(page):
    assert len(page.ids) == len(set(page.ids))
    named = {value for _, name, value in page.attributes if name == "aria-labelledby"}
    named |= {v[1:] for _, name, v in page.attributes if name == "href" and v.startswith("#")}
    assert named <= set(page.ids)


def test_every_photo_is_on_the_page_once_and_the_totals_add_up(page, made):
    assert [verdict for verdict, _ in page.cards] == [row["verdict"] for row in made.rows]
    assert page.totals == {
        "pick": 1,
        "close": 2,
        "reject": 2,
        "protected": 2,
        "single": 1,
        "unscored": 1,
    }
    assert sum(page.totals.values()) == len(made.rows)
    assert "9 photos in 5 groups: 2 bursts, 1 exposure bracket, 2 single photos." in page.said


def test_a_card_says_what_the_row_says(page):
    assert page.card(1).startswith("Pick1 of 360% DSC00002.JPG +0.25 s · 1/500 s · ISO 400")
    assert "sharper focus" in page.card(1)
    assert page.card(1).endswith("composite0.7000")
    assert page.card(3).startswith("Single DSC00004.JPG 2 s · f/4")
    assert "%" not in page.card(3)
    assert "\u22122.0 EV" in page.card(4)


def test_each_verdict_has_a_word_and_a_sign_of_its_own(html, page):
    for number, (verdict, _) in enumerate(page.cards):
        assert re.search(rf"(^|shown: .* ){VERDICTS[verdict].mark}", page.card(number))
        assert f'href="#i-{verdict}"' in html.split('<li class="card ')[1 + number]
    signs = dict(re.findall(r'<symbol id="i-(\w+)"[^>]*><path d="([^"]*)"', html))
    assert set(signs) == set(VERDICTS)
    assert len(set(signs.values())) == len(VERDICTS)


def test_every_verdict_that_choosing_gives_has_a_word():
    assert set(VERDICTS) == set(CHOSEN)
    assert COLUMNS == ("path", "group", "verdict", "rank", "win_probability", "reason")


def test_the_sections_say_kind_size_number_and_reason(page):
    assert "Burst of 3 0001 3 photos within 1.2 s" in page.said
    assert "Exposure bracket of 2 0003 2 photos, 2 EV apart" in page.said


def test_a_group_is_as_close_as_the_lead_of_its_best_photo(page):
    gaps = [float(value) for _, name, value in page.attributes if name == "data-gap"]
    assert gaps == pytest.approx([0.6 - 0.3, 0.0])


def test_bars_in_a_compared_group_are_differences_to_its_mean_and_add_up(html):
    for number, total in ((0, 0.0), (1, 0.3), (2, -0.3)):
        *parts, (word, together, _) = bars_of(html, number)
        shown = [value for _, value, mark in parts if "rest" not in mark]
        few = [value for _, value, mark in parts if "more" not in mark]
        assert word == "Together"
        assert together == pytest.approx(total, abs=5e-4)
        assert sum(shown) == pytest.approx(together, abs=3e-3)
        assert sum(few) == pytest.approx(together, abs=3e-3)
        assert [name for name, _, mark in parts if "rest" in mark] == ["2 others"]
    assert dict(part[:2] for part in bars_of(html, 1))["sharpness"] == pytest.approx(0.2)


def test_bars_of_photos_that_are_not_compared_add_up_to_the_score(html):
    for number, score in ((3, 0.5), (4, 0.2), (5, 0.3)):
        *parts, (word, total, _) = bars_of(html, number)
        assert (word, total) == ("Score", score)
        assert sum(v for _, v, mark in parts if "rest" not in mark) == pytest.approx(total)


def test_bars_of_equal_photos_are_empty(html):
    *parts, together = bars_of(html, 6)
    assert [part[:2] for part in parts] == [("sharpness", 0), ("noise", 0), ("2 reasons", 0)]
    assert together[1] == 0
    assert [re.search(r'class="(\w+)"', mark)[1] for *_, mark in parts] == ["more", "more", "rest"]
    card = html.split('<li class="card ')[7]
    assert 'class="for"' not in card
    assert 'class="against"' not in card


def test_a_photo_without_an_explanation_has_no_bars(html):
    assert "<table" not in html.split('<li class="card ')[9]


def test_where_smaller_is_better_the_bars_are_turned(tmp_path):
    paths = [photo(tmp_path / f"{k}.jpg", k) for k in range(2)]
    rows = [row(paths[0], "1", "pick", 1, 0.9, composite=0.2), row(paths[1], "1", "reject", 2, 0.1)]
    explained = {paths[0]: explanation(0.1, 0.1), paths[1]: explanation(0.5, 0.1)}
    made = Culling([Group("1", "burst", tuple(paths), "")], rows, explained, {})
    html = made.write(tmp_path / "a.html", methods={"composite": "lower"}).read_text("utf-8")
    assert bars_of(html, 0)[0][:2] == ("sharpness", 0.2)
    assert bars_of(html, 1)[0][:2] == ("sharpness", -0.2)
    assert "composite (smaller is better)" in html


def test_names_and_reasons_are_text_whatever_they_hold(html, page):
    assert "<script>window" not in html
    assert page.tags.count("script") == 1
    assert "a'b\"<script>window.ran = 1;<script>&amp;\\n\u202e\U0001f4f7.jpg" in page.card(8)
    assert " ".join(HOSTILE.split()) in page.card(8)


def test_a_name_that_is_no_text_is_written_with_escapes(tmp_path):
    path = tmp_path / "caf\udce9\x07.jpg"
    try:
        photo(path)
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system takes no such name")
    made = Culling([Group("1", "single", (path,), "")], [row(path, "1", "single")], {}, {})
    page = Page(made.write(tmp_path / "a.html", title="\0001\0 \x1b").read_text("utf-8"))
    assert "caf\\udce9\\x07.jpg" in page.card(0)
    assert "\\x001\\x00 \\x1b" in page.said
    assert ("li", "data-file", "caf%E9%07.jpg") in page.attributes


def test_a_photo_without_pixels_has_a_box_with_the_reason(page):
    assert "cannot be shown: JPEG cannot be decoded" in page.card(8)
    assert page.tags.count("img") == 8


def test_links_lead_from_the_page_to_the_photos(tmp_path):
    folder = tmp_path / "my card #1"
    folder.mkdir()
    path = photo(folder / "a?b%.jpg")
    made = Culling([Group("1", "single", (path,), "")], [row(path, "1", "single")], {}, {})
    written = made.write(tmp_path / "pages" / "cull.html")
    html = written.read_text("utf-8")
    link = re.search(r'data-file="([^"]*)"', html)[1]
    assert link == "../my%20card%20%231/a%3Fb%25.jpg"
    assert (written.parent / unquote(link)).resolve() == path
    assert str(tmp_path) not in html


def test_names_are_shown_below_the_folder_that_all_photos_share(tmp_path):
    paths = []
    for name in ("one/a.jpg", "two/a.jpg"):
        (tmp_path / name).parent.mkdir()
        paths.append(photo(tmp_path / name))
    groups = [Group(str(k), "single", (path,), "") for k, path in enumerate(paths)]
    rows = [row(path, str(k), "single") for k, path in enumerate(paths)]
    page = Page(Culling(groups, rows, {}, {}).write(tmp_path / "a.html").read_text("utf-8"))
    assert [page.card(k) for k in (0, 1)] == [
        "Single one/a.jpg composite–",
        "Single two/a.jpg composite–",
    ]


def test_pictures_are_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    path = tmp_path / "a.jpg"
    Image.new("RGB", (60, 40)).save(path, exif=exif)
    made = Culling([Group("1", "single", (path,), "")], [row(path, "1", "single")], {}, {})
    html = made.write(tmp_path / "a.html").read_text("utf-8")
    data = re.search(r'src="data:image/webp;base64,([^"]*)" width="40" height="60"', html)[1]
    assert Image.open(BytesIO(b64decode(data))).size == (40, 60)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda made: made.rows.pop(), "is in group 0005, but has no row of verdicts"),
        (lambda made: made.groups.pop(), "has a row of verdicts, but is in no group"),
        (lambda made: made.rows.append(made.rows[0]), "has two rows in the table of verdicts"),
        (lambda made: made.groups.append(made.groups[1]), "is in two groups"),
        (lambda made: made.rows[0].update(group="9"), "its row of verdicts says '9'"),
        (lambda made: made.rows[0].update(verdict="best"), "must be one of pick, close, reject"),
        (lambda made: [one.pop("rank") for one in made.rows], "has no column rank"),
        (lambda made: [one.pop("composite") for one in made.rows], "has no column composite"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path, change, message):
    made = culling(tmp_path)
    change(made)
    with pytest.raises(ValueError, match=message):
        made.write(tmp_path / "cull.html")
    assert not (tmp_path / "cull.html").exists()


def test_explanations_of_an_unknown_method_are_refused(tmp_path, made):
    with pytest.raises(ValueError, match=r"one of the methods: composite. Got 'clip'"):
        made.write(tmp_path / "cull.html", explained="clip")


def test_an_earlier_page_stays_until_the_new_one_is_whole(tmp_path, made, monkeypatch):
    path = tmp_path / "cull.html"
    path.write_text("before")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim_bench.report.cull_page.pictures", full)
    with pytest.raises(OSError, match="No space left"):
        made.write(path)
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir() if "cull" in one.name] == ["cull.html"]


def test_the_same_culling_gives_the_same_bytes(tmp_path, made):
    pages = [made.write(tmp_path / "cull.html", workers=n).read_bytes() for n in (1, 3)]
    assert pages[0] == pages[1]


def test_missing_numbers_of_every_sort_are_no_numbers(tmp_path, made):
    table = made.table.astype({"rank": "Int64"})
    table.loc[8, "win_probability"] = float("nan")
    table.loc[3, "reason"] = None
    from sim_bench.report.cull_page import write_cull_page

    path = write_cull_page(
        tmp_path / "a.html", table, made.groups, title="t", methods={"composite": "higher"}
    )
    text = Page(path.read_text("utf-8")).said
    assert "nan" not in text.lower()
    assert "<NA>" not in text
    assert "None" not in text


def test_a_page_without_photos_says_so(tmp_path):
    columns = ["path", "group", "verdict", "rank", "win_probability", "reason"]
    from sim_bench.report.cull_page import write_cull_page

    table = pd.DataFrame(columns=columns)
    path = write_cull_page(tmp_path / "a.html", table, [], title="Empty", methods={})
    assert "0 photos in 0 groups." in Page(path.read_text("utf-8")).said


def test_paths_may_be_strings(tmp_path, made):
    rows = [one | {"path": str(one["path"])} for one in made.rows]
    page = Page(
        Culling(made.groups, rows, made.explanations, {})
        .write(tmp_path / "a.html")
        .read_text("utf-8")
    )
    assert len(page.cards) == 9
    assert isinstance(made.rows[0]["path"], Path)
