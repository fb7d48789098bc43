"""The benchmark's page in a real browser: no error, no warning, no request, and it sorts."""

import pytest
from PIL import Image

from sim_bench.report.benchmark_page import write_benchmark_page
from tests.report.made_results import opinion_dataset, pairs_dataset, results

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    paths = {}
    for name, colour in (("a.jpg", "red"), ("b.jpg", "blue")):
        paths[name] = folder / name
        Image.new("RGB", (400, 300), colour).save(paths[name])
    images = (*paths, "gone.jpg")
    made = results(pairs_dataset(images=images), opinion_dataset(images=images))
    return write_benchmark_page(
        made, folder, title="A benchmark", image_paths={"phototriage": paths, "biq2021": paths}
    )


@pytest.fixture
def opened(browser, report):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.heard = []
    page.on("console", lambda message: page.heard.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.on("requestfailed", lambda request: page.heard.append(f"failed: {request.url[:80]}"))
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(report.as_uri())
    yield page
    page.close()


def test_the_page_opens_without_a_word_in_the_console(opened, report):
    assert opened.heard == []
    assert [url for url in opened.asked if not url.startswith("data:")] == [report.as_uri()]
    assert opened.title() == "A benchmark"


def test_every_thumbnail_is_drawn(opened):
    widths = opened.eval_on_selector_all("img", "all => all.map(one => one.naturalWidth)")
    assert widths
    assert set(widths) == {213}  # 400 x 300 with a short side of 160


@pytest.mark.parametrize("width", [1200, 400])
def test_the_page_is_never_wider_than_the_window(opened, width):
    opened.set_viewport_size({"width": width, "height": 900})
    assert opened.evaluate("document.documentElement.scrollWidth") == width


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_the_order(opened):
    table = opened.locator("#data-1-pairs table.sortable").first

    def ties():
        return table.locator("tbody tr td:nth-child(8)").all_inner_texts()

    heading = table.locator("th:nth-child(8) button")
    heading.click()
    assert ties()[0] == "1,403"
    assert table.locator("th:nth-child(8)").get_attribute("aria-sort") == "descending"
    heading.click()
    assert ties()[-1] == "1,403"
    assert opened.heard == []


def test_a_missing_figure_sorts_last_either_way(opened):
    table = opened.locator("#data-2-opinion table.sortable").first
    heading = table.locator("th:nth-child(3) button")
    for _ in range(2):
        heading.click()
        assert table.locator("tbody tr").last.locator("td").first.inner_text() == "contrast"


def test_a_script_that_was_slipped_in_does_not_run(opened):
    opened.evaluate(
        "() => { const one = document.createElement('script'); one.textContent = 'window.ran = 1';"
        " document.body.append(one); }"
    )
    assert opened.evaluate("window.ran") is None
    assert any("Content Security Policy" in heard for heard in opened.heard)
