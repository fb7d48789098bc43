"""The beginning of a file: what has arrived of a download, and what it is the beginning of."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sim_bench.encoders.settings import write_json


class Begun(BaseModel):
    """What a partial file is the beginning of.

    Attributes:
        url: Where it comes from.
        validator: The server's strong ETag, by which it knows the file again; None without one.
        total: Length of the whole; None where the server does not say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    validator: str | None
    total: int | None


def begun(part: Path, url: str, *, resumable: bool) -> Begun | None:
    """What there is of the file from earlier; None where one has to begin again."""
    note = _note(part)
    if not (part.is_file() and note.is_file()):
        return None
    try:
        found = Begun.model_validate_json(note.read_bytes())
    except ValidationError:
        return None  # cut off while it was written: nothing is lost but time
    known = found.validator is not None or resumable
    return found if found.url == url and known else None


def begin(part: Path, what: Begun) -> None:
    """Write down what a partial file is the beginning of."""
    write_json(_note(part), what.model_dump())


def remove(part: Path) -> None:
    """Remove a partial file and what is known of it."""
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")
