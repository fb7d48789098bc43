"""The folder in the user's cache in which everything lies that can be made again."""

import os
import sys
from pathlib import Path


def user_cache() -> Path:
    """Return the folder, as the system has such folders; it need not exist."""
    return _of_the_system() / "sim-bench"


def _of_the_system() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    named = os.environ.get("XDG_CACHE_HOME", "")
    return Path(named) if Path(named).is_absolute() else Path.home() / ".cache"
