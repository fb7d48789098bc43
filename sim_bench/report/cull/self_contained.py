"""What a page that needs no other file is made with: templates, policy, text that cannot harm."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent.parent / "templates"
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_UNSEEN_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def environment() -> "Environment":
    """Make the environment of the templates: everything escaped, a missing name an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )


def read_template(name: str) -> str:
    """Read a style sheet or a script as it is."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def csp_hash(text: str) -> str:
    """What a content security policy names an inline block by: nothing else may run or style."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}"


def visible(text: str) -> str:
    r"""Write control characters as Python does, `\x07`, line breaks and tabs left alone.

    So are bytes of a file name that are no text: they could not be written as UTF-8.
    """
    return _UNSEEN.sub(_escaped, text)


def visible_name(name: str) -> str:
    """Do as `visible` for a file name, in which a line break or a tab would not be seen either."""
    return _UNSEEN_IN_NAMES.sub(_escaped, name)


def _escaped(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode("ascii")


def _finalize(value: Any) -> Any:
    """Clean all data on its way into a page; what is markup already is our own."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return visible(value)
    return value
