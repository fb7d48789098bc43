"""The user's folders: for what can be made again, and for what cannot."""

import os
import sys
from pathlib import Path


def user_cache() -> Path:
    """Return the folder of what can be made again, as the system has such folders."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "sim-bench"
    return _windows() or _xdg("XDG_CACHE_HOME", ".cache")


def user_state() -> Path:
    """Return the folder of what must stay, such as journals that undo something."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "sim-bench"
    return _windows() or _xdg("XDG_STATE_HOME", ".local/state")


def _windows() -> Path | None:
    if sys.platform != "win32":
        return None
    local = os.environ.get("LOCALAPPDATA")
    return (Path(local) if local else Path.home() / "AppData" / "Local") / "sim-bench"


def _xdg(variable: str, usual: str) -> Path:
    """XDG Base Directory Specification: a relative path does not count."""
    named = os.environ.get(variable, "")
    return (Path(named) if Path(named).is_absolute() else Path.home() / usual) / "sim-bench"
