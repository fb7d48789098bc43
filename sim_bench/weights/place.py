"""Where weight files lie: the folder of offline copies, then the cabinet's own folder."""

import os
from pathlib import Path

from sim_bench.encoders.local import OFFLINE_FOLDER
from sim_bench.user_folders import user_cache

FOLDER = "SIM_BENCH_WEIGHTS"
"""Environment variable: the cabinet's folder, instead of one in the user's cache folder."""

COPIES = "weights"
"""Folder of weight files inside the folder that SIM_BENCH_MODELS names."""


def weights_folder() -> Path:
    """The cabinet's folder: the one that SIM_BENCH_WEIGHTS names, else in the user's cache."""
    if named := os.environ.get(FOLDER):
        return Path(named).expanduser()
    return user_cache() / "weights"


def home_of(name: str) -> Path:
    """The cabinet's own folder of one name."""
    return weights_folder() / name


def copies_folders() -> tuple[Path, ...]:
    """The folders of offline copies, SIM_BENCH_MODELS and `weights` in it; none if not set."""
    named = os.environ.get(OFFLINE_FOLDER)
    if not named:
        return ()
    folder = Path(named).expanduser()
    return folder, folder / COPIES
