"""Where the store lies unless a person says otherwise."""

import os
from pathlib import Path

from sim_bench.user_folders import user_cache


def default_path() -> Path:
    """The file that SIM_BENCH_STORE names, else one in the user's cache folder."""
    if named := os.environ.get("SIM_BENCH_STORE"):
        return Path(named)
    return user_cache() / "store.sqlite"
