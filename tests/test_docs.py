"""The documentation and the program say the same."""

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from sim_bench import __version__
from sim_bench.registry import METHODS

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not {".venv", "outputs", "node_modules"} & set(path.relative_to(ROOT).parts)
)


def test_the_page_of_commands_is_their_help():
    """After a change: `make docs`."""
    command = [sys.executable, "-m", "typer", "sim_bench.cli.app", "utils", "docs"]
    options = ["--name", "sim-bench", "--title", "Commands"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert unescape(done.stdout).strip() == page.strip()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_method_has_a_page():
    names = {"clip_aesthetic": "clip_aesthetic_analysis"}
    for name in METHODS:
        assert (ROOT / "docs" / "quality_assessment" / f"{names.get(name, name)}.md").is_file()


def test_the_changelog_begins_with_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", text, re.MULTILINE).group(1) == __version__


def test_the_package_metadata_has_this_version():
    import tomllib

    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert metadata["project"]["version"] == __version__
