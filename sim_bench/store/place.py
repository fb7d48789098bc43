"""Where the store lies unless a person says otherwise."""

import os
import sys
from pathlib import Path


def default_path() -> Path:
    """The file that SIM_BENCH_STORE names, else one in the user's cache folder."""
    if named := os.environ.get("SIM_BENCH_STORE"):
        return Path(named)
    return _cache_folder() / "sim-bench" / "store.sqlite"


def _cache_folder() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    named = os.environ.get("XDG_CACHE_HOME", "")
    return Path(named) if Path(named).is_absolute() else Path.home() / ".cache"
