"""The contact sheet in a real browser: no error, no request, keys, filters, order, axe."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sim_bench.selection.group import Group
from tests.quality_assessment.samples import scene
from tests.report.made_cull import HOSTILE, Culling, culling, explanation, row

pytestmark = pytest.mark.browser
ISSUE_BOUND = 15_000_000


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("card")
    return culling(folder).write(folder / "cull.html", title=HOSTILE)


@pytest.fixture
def opened(browser, report):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.heard, page.asked = [], []
    page.on("console", lambda message: page.heard.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(report.as_uri())
    yield page
    page.close()


def number(name):
    return int(re.sub("[A-Z.0]", "", name)) if "DSC" in name else 9


def focused(page):
    """The number of the photo that has the keyboard, 9 for the last; None where none has."""
    name = page.evaluate(
        "() => document.activeElement.closest('.card')?.querySelector('.name').textContent"
    )
    return None if name is None else number(name)


def pressed(page, *keys):
    found = []
    for key in keys:
        page.keyboard.press(key)
        found.append(focused(page))
    return found


def shown(page):
    return [number(name) for name in page.locator(".card:visible .name").all_inner_texts()]


def large(page):
    return page.locator("#large").evaluate("one => one.open")


def test_the_page_opens_and_is_used_without_a_word_in_the_console(opened, report):
    for key in ("p", "Enter", "ArrowRight", "f", "Escape", "r", "c", "/"):
        opened.keyboard.press(key)
    assert opened.heard == []
    assert [url for url in opened.asked if not url.startswith("data:")] == [report.as_uri()]
    assert opened.evaluate("window.ran") is None


def test_every_picture_is_drawn(opened):
    widths = opened.eval_on_selector_all("img", "all => all.map(one => one.naturalWidth)")
    assert widths == [48] * 8


@pytest.mark.parametrize("width", [1200, 768, 400, 320])
def test_the_page_is_never_wider_than_the_window(opened, width):
    opened.set_viewport_size({"width": width, "height": 800})
    assert opened.evaluate("document.documentElement.scrollWidth") == width
    pressed(opened, "p", "Enter")
    assert opened.locator("#large").evaluate("one => one.scrollWidth <= one.clientWidth")
    assert opened.locator("#large").bounding_box()["width"] <= width


def test_the_arrows_move_from_photo_to_photo(opened):
    right = pressed(opened, *["ArrowRight"] * 4)
    assert right == [1, 2, 3, 4]  # the first press takes up where the page begins
    assert pressed(opened, "ArrowLeft", "Home", "ArrowLeft", "End", "ArrowRight") == [3, 1, 1, 9, 9]


def test_the_arrows_move_up_and_down_to_the_nearest_photo(opened):
    boxes = opened.eval_on_selector_all(
        ".open",
        "all => all.map(one => { const r = one.getBoundingClientRect(); return [r.left, r.top]; })",
    )
    first, second = [k for k in range(9) if boxes[k][1] < boxes[4][1]], [4, 5, 6, 7]
    assert (first, boxes[8][1] > boxes[7][1]) == ([0, 1, 2, 3], True)  # rows of four, four and one
    below = min(second, key=lambda k: abs(boxes[k][0] - boxes[2][0]))
    assert below != second[0]
    pressed(opened, "ArrowRight", "ArrowRight", "ArrowRight")
    assert pressed(opened, "ArrowDown", "ArrowUp") == [below + 1, 3]
    assert pressed(opened, "ArrowDown", "ArrowDown", "ArrowDown") == [below + 1, 9, 9]


def test_letters_jump_to_the_next_pick_reject_and_close_call(opened):
    assert pressed(opened, "p", "p", "r", "r", "c", "c", "c") == [2, 2, 3, 1, 7, 8, 7]
    assert pressed(opened, "p", "Shift+R", "Shift+C") == [2, 1, 8]


def test_enter_opens_a_large_view_and_escape_goes_back_to_the_photo(opened):
    pressed(opened, "p", "Enter")
    assert large(opened)
    view = opened.locator("#large")
    assert "DSC00002.JPG" in view.inner_text()
    assert "0.7000" in view.inner_text()
    assert view.locator(".bars tr:visible").count() == 6  # all five reasons and what they make
    assert view.locator("#file").get_attribute("href") == "DSC00002.JPG"
    opened.keyboard.press("Escape")
    assert not large(opened)
    assert focused(opened) == 2


def test_arrows_and_letters_move_on_within_the_large_view(opened):
    pressed(opened, "p", "Enter", "ArrowRight")
    assert "DSC00003.JPG" in opened.locator("#large-name").inner_text()
    pressed(opened, "c")
    assert "DSC00007.JPG" in opened.locator("#large-name").inner_text()
    opened.get_by_role("button", name="Photo before").click()
    assert "DSC00006.JPG" in opened.locator("#large-name").inner_text()
    assert pressed(opened, "Escape") == [6]


def test_a_large_view_closed_by_other_means_leads_back_to_its_photo_too(opened):
    pressed(opened, "p", "Enter", "ArrowRight")
    opened.evaluate("document.querySelector('#large').close()")  # as the back key of a phone does
    opened.wait_for_function("document.activeElement.closest('.card.reject') !== null")
    assert focused(opened) == 3


def test_a_photo_is_compared_with_the_best_of_its_group_in_place(opened):
    def source():
        return opened.locator(".stage img").get_attribute("src")

    pressed(opened, "r", "Enter")
    own = source()
    pick = opened.locator(".card.pick img").get_attribute("src")
    assert own != pick
    pressed(opened, "f")
    assert source() == pick
    pressed(opened, "f")
    assert source() == own
    pressed(opened, "p")
    assert opened.locator("#flip").is_hidden()
    pressed(opened, "c")
    assert opened.locator("#flip").is_hidden()  # the first of two that share rank 1
    pressed(opened, "c")
    assert opened.locator("#flip").is_visible()


def test_a_photo_without_pixels_opens_too(opened):
    pressed(opened, "End", "Enter")
    assert "cannot be shown" in opened.locator(".stage").inner_text()
    assert opened.heard == []


def test_a_card_has_few_bars_that_add_up_and_the_large_view_all(opened):
    texts = opened.locator(".card.pick .bars tr:visible").all_inner_texts()
    numbers = [float(text.split()[-1].replace("\u2212", "-")) for text in texts]
    assert len(numbers) == 5
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=2e-3)


def test_verdicts_filter_and_the_count_says_so(opened):
    opened.get_by_role("button", name=re.compile("rejects")).click()
    assert shown(opened) == [1, 3]
    assert opened.locator("#shown").inner_text() == "2 of 9 photos in 1 group"
    opened.get_by_role("button", name=re.compile("too close")).click()
    assert shown(opened) == [1, 3, 7, 8]
    assert opened.locator("section.group:visible").count() == 2
    opened.get_by_role("button", name="Show all").click()
    assert len(shown(opened)) == 9
    assert opened.locator("#shown").inner_text() == ""


def test_kind_and_words_filter_together(opened):
    opened.select_option("#kind", "burst")
    assert shown(opened) == [1, 2, 3, 7, 8]
    opened.fill("#find", "FOCUS")
    assert shown(opened) == [1, 2]
    opened.fill("#find", "nothing like it")
    assert shown(opened) == []
    assert opened.locator(".nothing").is_visible()
    opened.locator("#find").press("Escape")
    assert shown(opened) == [1, 2, 3, 7, 8]


def test_keys_pass_over_photos_that_are_not_shown(opened):
    opened.select_option("#kind", "bracket")
    opened.locator("#kind").blur()
    assert pressed(opened, "ArrowRight", "ArrowRight", "ArrowRight") == [5, 6, 6]
    assert pressed(opened, "p") == [6]


def test_letters_typed_into_the_search_are_letters(opened):
    pressed(opened, "/")
    opened.keyboard.type("pcr")
    assert opened.locator("#find").input_value() == "pcr"


def test_from_the_search_enter_goes_to_the_first_photo_found_and_escape_takes_it_back(opened):
    pressed(opened, "/")
    opened.keyboard.type("dark")
    assert shown(opened) == [3]
    assert pressed(opened, "Enter") == [3]
    pressed(opened, "/", "Escape")
    assert len(shown(opened)) == 9
    assert pressed(opened, "p") == [2]


def test_groups_are_sorted_by_closeness_time_and_name(opened):
    def order(key):
        opened.select_option("#order", key)
        names = opened.locator("section.group .number").all_inner_texts()
        assert shown(opened)
        return [int(name) for name in names]

    assert order("gap") == [4, 1, 2, 3, 5]  # 0.5 and 0.5, then 0.6 and 0.3; the rest as given
    assert order("taken") == [2, 1, 3, 4, 5]
    assert order("name") == [5, 1, 2, 3, 4]
    assert order("order") == [1, 2, 3, 4, 5]


def test_one_photo_at_a_time_is_in_the_order_of_the_tab_key(opened):
    def reachable():
        return opened.locator(".open[tabindex='0']").count()

    assert reachable() == 1
    pressed(opened, "p", "c", "ArrowLeft")
    assert reachable() == 1


def test_without_a_script_everything_can_be_read(browser, report):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator(".card:visible").count() == 9
    assert page.locator(".card.pick .bars tr:visible").count() == 6
    assert page.locator(".tools, .keys, dialog").locator("visible=true").count() == 0
    context.close()


def test_on_paper_there_are_no_tools(opened):
    opened.emulate_media(media="print")
    assert opened.locator(".tools, .keys").locator("visible=true").count() == 0
    assert opened.locator(".card:visible").count() == 9


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 400])
@pytest.mark.parametrize("keys", [(), ("p",), ("r", "Enter"), ("End", "Enter")])
def test_axe_finds_nothing_serious(opened, axe, scheme, width, keys):
    opened.set_viewport_size({"width": width, "height": 900})
    opened.emulate_media(color_scheme=scheme)
    pressed(opened, *keys)
    opened.evaluate(axe)
    found = opened.evaluate("axe.run(document)")
    assert len(found["passes"]) > 15
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []


def test_axe_would_find_a_fault(opened, axe):
    opened.evaluate("document.querySelector('img').removeAttribute('alt')")
    opened.evaluate(axe)
    found = opened.evaluate("axe.run(document)")
    assert [one["impact"] for one in found["violations"]] != []


@pytest.fixture(scope="module")
def weekend(tmp_path_factory):
    """500 photos, a hundred bursts of five, with detail and noise; files of twenty scenes."""
    folder = tmp_path_factory.mktemp("weekend")
    random = np.random.default_rng(0)
    scenes = []
    for seed in range(20):
        noisy = scene(480, 720, seed) + random.normal(0, 12, (480, 720, 3))
        Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(folder / f"s{seed}.jpg")
        scenes.append((folder / f"s{seed}.jpg").read_bytes())
    paths = [folder / f"DSC{k:05d}.JPG" for k in range(500)]
    for k, path in enumerate(paths):
        path.write_bytes(scenes[k % 20])
    names = [f"a photo that is {what}" for what in ("sharp", "well lit", "calm", "in colour")]
    names += [f"a photo that is not {what}" for what in ("sharp", "well lit", "calm", "in colour")]
    groups, rows = [], []
    for k in range(100):
        five = paths[5 * k : 5 * k + 5]
        name = f"{k:04d}"
        groups.append(Group(name, "burst", tuple(five), f"5 photos within 1.2 s, {five[0].name}"))
        rows += [
            row(path, name, "reject" if n else "pick", n + 1, 0.2, "sharper focus, less noise")
            for n, path in enumerate(five)
        ]
    explained = {path: explanation(*random.normal(size=8), names=names) for path in paths}
    return Culling(groups, rows, explained, {}).write(folder / "cull.html")


def test_500_photos_make_a_page_below_15_mb(weekend):
    size = Path(weekend).stat().st_size
    print(f"500 photos: {size / 1e6:.2f} MB")  # noqa: T201 - a measurement
    assert size < ISSUE_BOUND
    assert size > 0.5 * ISSUE_BOUND  # the room is used: pictures as large as it allows


def test_500_photos_open_and_move(browser, weekend):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.goto(Path(weekend).as_uri())
    assert page.locator(".card").count() == 500
    assert pressed(page, "End")[0] == 499
    assert page.locator(".card img").last.evaluate("one => one.naturalWidth") > 300
    page.close()
