"""A real browser for tests of pages."""

import os
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
QUIET += ["--disable-background-networking", "--disable-component-update"]


def missing(reason):
    """Skip, or fail where the browser's tests are required."""
    if os.environ.get("SIM_BENCH_BROWSER_REQUIRED") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser():
    """Chromium without a window; one for each file of tests."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed: the extra [browser] has it")
    if not CHROMIUM.exists():
        missing(f"{CHROMIUM} is not there: install Debian's package chromium")
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe():
    """The script of axe-core, which checks a page for what shuts people out."""
    try:
        import axe_playwright_python
    except ImportError:
        missing("axe-playwright-python is not installed: the extra [browser] has it")
    script = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    return script.read_text(encoding="utf-8")
