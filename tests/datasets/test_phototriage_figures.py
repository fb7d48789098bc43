import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "phototriage.md"


def run(*arguments):
    command = [sys.executable, "-W", "error", "-m", "sim_bench.datasets.phototriage_votes"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.data
def test_the_page_says_what_the_command_prints(data_dir):
    """Counts of four digits or more, and shares; the page sets commas into counts."""
    done = run(str(data_dir / "phototriage"))
    assert done.returncode == 0, done.stderr
    page = PAGE.read_text(encoding="utf-8")
    found = re.findall(r"\d+\.\d%|(?<![.\d])\d{4,}", done.stdout)
    shown = [number if "%" in number else f"{int(number):,}" for number in found]
    missing = [number for number in shown if number not in page]
    assert len(shown) > 20
    assert missing == UNSAID


UNSAID = ["9,735", "93.7%", "1,280"]
"""Printed, but said on the page in another way: 6.3% differ; 96.4% of the decided pairs."""


def test_the_command_says_how_it_is_used():
    done = run()
    assert done.returncode != 0
    assert "usage: python -m sim_bench.datasets.phototriage_votes FOLDER" in done.stderr
