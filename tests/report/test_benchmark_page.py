"""The benchmark's page: what it says, and that nothing in it comes from outside or gets out."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from sim_bench.report.benchmark_page import write_benchmark_page
from tests.report.made_results import (
    ACCURACY,
    HOSTILE,
    agreement,
    cases,
    compare,
    dataset,
    method,
    no,
    opinion_dataset,
    pair_row,
    pairs_dataset,
    results,
    series_row,
)

VOID = {"meta", "link", "br", "wbr", "img", "line", "rect", "circle", "polyline"}


class Page(HTMLParser):
    """Checks that tags nest, and collects what the tests ask for."""

    def __init__(self, html):
        super().__init__()
        self.open, self.ids, self.links, self.sources, self.text = [], [], [], [], []
        self.attributes, self.tags = [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        self.attributes += attributes
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes["href"]] if "href" in attributes else []
        self.sources += [attributes["src"]] if "src" in attributes else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)

    @property
    def said(self):
        return " ".join("".join(self.text).split())


def write(folder, *datasets, images=None, **changes):
    made = results(*datasets, **changes)
    path = write_benchmark_page(
        made, folder, title="A benchmark", image_paths=images or {}, manifest=None
    )
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    return write(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def photo(path, size=(640, 400), colour=(200, 30, 30)):
    Image.new("RGB", size, colour).save(path)
    return path


def test_the_page_needs_nothing_from_outside(html, page):
    assert "http://" not in html
    assert "https://" not in html
    assert all(link.startswith("#") or link == "data:," for link in page.links)
    assert "@import" not in html
    assert "url(" not in html


def test_the_policy_names_the_two_inline_blocks_and_allows_no_other(html):
    from base64 import b64encode
    from hashlib import sha256

    policy = re.search(r'Security-Policy" content="([^"]*)"', html)[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        block = re.search(f"<{tag}>(.*?)</{tag}>", html, re.S)[1]
        digest = b64encode(sha256(block.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_every_link_has_a_target_and_every_id_is_used_once(page):
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_each_task_begins_with_its_verdict(page):
    assert "Best: combined, 59.2% [57.5, 60.9]; after correction it is better than" in page.said
    assert "Best: combined, mean regret 0.428 [0.398, 0.458] (Bradley-Terry units)" in page.said
    assert "Best: combined, rank correlation (SRCC) 0.336" in page.said


def test_failures_and_contamination_come_before_everything_else(page):
    said = page.said
    contents = said.index("How to read this page")
    assert said.index("1 of 9 methods failed") < contents
    assert said.index("the weights of ViT-L-14 are not here") < contents
    assert said.index("its head learned from PhotoTriage's training pairs") < contents


def test_counts_are_told_and_add_up(page):
    assert "6,500 photos = 6,497 scored by every method that ran + 3 not" in page.said
    assert (
        "2,589 rows or pairs left out: 2,585 (no label in the test split), "
        "4 (photo named twice)" in page.said
    )


def test_a_contaminated_method_is_marked_in_every_table_that_names_it(html):
    for table in re.findall(r"<table.*?</table>", html.partition('id="data-2"')[0], re.S):
        for row in re.findall(r"<tr>.*?</tr>", table, re.S):
            if "clip_<wbr>weighted" in row:
                assert 'class="flag"' in row


def test_the_cost_axis_says_what_it_is_a_ratio_of(page):
    assert "time for one photo ÷ time to decode it" in page.said
    assert "Without a time: contrast." in page.said


def test_a_missing_figure_is_a_dash_that_says_why(html):
    assert '<abbr class="none" title="the scores are all the same">–</abbr>' in html
    assert "nan" not in Page(html).said.lower().replace("finance", "")
    assert "None" not in Page(html).said


def test_hostile_names_stay_text(tmp_path):
    data = dataset(
        HOSTILE,
        title=HOSTILE,
        reader=HOSTILE,
        licence=HOSTILE,
        split=HOSTILE,
        left_out={HOSTILE: 1},
        contamination={HOSTILE: HOSTILE},
        pairs=(pair_row(HOSTILE), pair_row("b", 0.5, auc=no(HOSTILE))),
        comparisons=(compare(HOSTILE, "b", 0.1, 0.01),),
        matrices=(agreement([HOSTILE, "b"]),),
        series=(series_row(HOSTILE),),
        regret_unit=HOSTILE,
        ceiling_note=HOSTILE,
        failures=cases([HOSTILE], [HOSTILE, "b"]),
    )
    methods = [method(HOSTILE, cost=1.0, made_by=HOSTILE), method("c", "failed", reason=HOSTILE)]
    path = write_benchmark_page(
        results(data, methods=methods),
        tmp_path,
        title=HOSTILE,
        image_paths={HOSTILE: {HOSTILE: tmp_path / "<b>.jpg"}},
        manifest={HOSTILE: HOSTILE, "machine": {"system": HOSTILE}},
    )
    html = path.read_text(encoding="utf-8")
    page = Page(html)
    assert html.count("<script>") == 1
    assert "alert" not in re.search("<script>(.*?)</script>", html, re.S)[1]
    assert HOSTILE in page.said
    assert "style" not in page.attributes
    assert not [name for name in page.attributes if name.startswith("on")]


def test_photos_are_shown_small_upright_and_inside_the_page(tmp_path):
    first = photo(tmp_path / "a.jpg")
    turned = Image.new("RGB", (640, 400))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(tmp_path / "b.jpg", exif=exif)
    data = pairs_dataset(images=("a.jpg", "b.jpg"))
    paths = {"a.jpg": first, "b.jpg": tmp_path / "b.jpg"}
    html = write(tmp_path / "out", data, images={"phototriage": paths})
    page = Page(html)
    assert page.sources
    assert all(source.startswith("data:image/jpeg;base64,") for source in page.sources)
    assert 'width="256" height="160"' in html  # 640 x 400 with a short side of 160
    assert 'width="160" height="256"' in html  # stored lying, shown upright
    assert str(tmp_path) not in html


def test_a_photo_that_cannot_be_shown_says_why(tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"not a photo")
    data = pairs_dataset(images=("gone.jpg", "broken.jpg", "nowhere.jpg"))
    paths = {"gone.jpg": tmp_path / "gone.jpg", "broken.jpg": tmp_path / "broken.jpg"}
    html = write(tmp_path / "out", data, images={"phototriage": paths})
    assert 'class="gone"' not in html
    assert "Their photos cannot be shown here (the first: does not exist)." in Page(html).said
    paths["fine.jpg"] = photo(tmp_path / "fine.jpg")
    data = pairs_dataset(images=("gone.jpg", "broken.jpg", "nowhere.jpg", "fine.jpg"))
    said = Page(write(tmp_path / "out", data, images={"phototriage": paths})).said
    assert "cannot be shown: does not exist gone.jpg" in said
    assert "cannot be shown: is " in said
    assert "cannot be shown: no file is known for it nowhere.jpg" in said


def test_a_page_over_much_data_stays_small(tmp_path):
    noise = np.random.default_rng(0)
    images = {}
    for number in range(120):
        pixels = noise.integers(0, 256, (170, 200, 3), dtype=np.uint8)
        path = tmp_path / f"{number}.jpg"
        Image.fromarray(pixels).save(path, quality=60)
        images[path.name] = path
    names = [f"method_{k:02d}" for k in range(20)]
    names_of = list(images)
    data = pairs_dataset(
        images=names_of,
        pairs=tuple(pair_row(name, 0.5 + 0.004 * k) for k, name in enumerate(names)),
        comparisons=tuple(
            compare(one, other, 0.01, 0.3)
            for k, one in enumerate(names)
            for other in names[k + 1 :]
        ),
        matrices=(agreement(names),),
        failures=cases(names, names_of, many=50),
    )
    made = [data.model_copy(update={"name": f"set {k}"}) for k in range(6)]
    html = write(tmp_path / "out", *made, images={one.name: images for one in made})
    assert len(html.encode()) < 15e6
    assert "16 of 1000 recorded cases are shown." in Page(html).said


def test_nothing_but_one_method_still_makes_a_page(tmp_path):
    data = dataset(pairs=(pair_row("only", 0.51, p_chance=None, reliability=(), strengths=()),))
    said = Page(write(tmp_path, data, dataset("empty"), methods=[method("only")])).said
    assert "The only method: only, 51.0%" in said
    assert "There is nothing that people said here" in said
    assert "No method here has a time" in said


def test_the_same_results_give_the_same_page(tmp_path, html):
    assert write(tmp_path) == html


def test_a_method_whose_training_is_not_on_record_is_named(tmp_path):
    methods = [method(name) for name in ACCURACY] + [method("dark", trained_on=None)]
    said = Page(write(tmp_path, opinion_dataset(), methods=methods)).said
    assert "is not on record, so an overlap cannot be ruled out: dark." in said


def test_the_manifest_is_shown_without_the_folders_of_this_machine(tmp_path):
    path = write_benchmark_page(
        results(dataset()),
        tmp_path,
        title="x",
        image_paths={},
        manifest={"datasets": {"a": {"/home/someone/labels.csv": "abc"}}, "seeds": {"draw": 3}},
    )
    said = Page(path.read_text(encoding="utf-8")).said
    assert "datasets: a: labels.csv" in said
    assert "someone" not in said
    assert "seeds: draw" in said
