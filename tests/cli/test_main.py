"""The program as a whole: help, version, errors in one line."""

import subprocess
import sys

import pytest


def sim_bench(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "sim_bench", *arguments], capture_output=True, text=True, **options
    )


def test_help_lists_the_commands():
    done = sim_bench("--help")
    assert done.returncode == 0
    for command in ("score", "explain", "best", "experiment", "demo", "methods", "models"):
        assert command in done.stdout


def test_version():
    from sim_bench import __version__

    assert sim_bench("--version").stdout == f"sim-bench {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["score", "absent-folder/*.jpg"], "error: Nothing to score in absent-folder/*.jpg"),
        (["score", ".", "--method", "sharpnes"], "Did you mean 'sharpness'?"),
        (["explain", "absent.jpg", "--method", "contrast"], "error: absent.jpg: "),
        (["score", ".", "--prompts", "absent.yaml"], "error: No prompt set or file 'absent.yaml'"),
    ],
)
def test_a_foreseen_failure_is_one_line_and_status_1(arguments, message, tmp_path):
    done = sim_bench(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_closed_pipe_is_no_traceback(tmp_path):
    from PIL import Image

    for k in range(40):
        Image.new("RGB", (10, 10), (k, k, k)).save(tmp_path / f"{k}.png")
    command = f"{sys.executable} -m sim_bench score . --method contrast | head -1"
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("path,status")
