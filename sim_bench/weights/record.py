"""What was recorded of a weight file when it was first trusted, and what it is held to since."""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from sim_bench.encoders.settings import FileRecord, read_settings, write_json
from sim_bench.errors import BundleError, WeightsError

RECORD = "record.json"
"""In the cabinet's folder of one name; beside a copy it is called like the copy, `.record.json`."""


class Record(BaseModel):
    """Where a weight file came from and what its files must be.

    Attributes:
        name: In the cabinet's table.
        url: Where it was fetched from; "put there by hand" for what was found.
        revision: Commit of the hub's repository, where it has one.
        date: When it was first trusted, in UTC.
        files: By name: the file as published and, where it was converted, the file that is used.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    url: str
    revision: str | None = None
    date: str
    files: dict[str, FileRecord]

    def with_file(self, file: str, record: FileRecord) -> "Record":
        """The same with one file more."""
        return self.model_copy(update={"files": {**self.files, file: record}})

    def write(self, path: Path) -> None:
        """Write it, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, self.model_dump())


def new_record(name: str, url: str, revision: str | None = None) -> Record:
    """A record of today, without files."""
    today = datetime.now(UTC).isoformat(timespec="seconds")
    return Record(name=name, url=url, revision=revision, date=today, files={})


def read_record(path: Path) -> Record | None:
    """Read a record; None where there is none.

    Raises:
        WeightsError: It cannot be read, so it vouches for nothing.
    """
    if not path.is_file():
        return None
    try:
        return read_settings(path, Record)
    except BundleError as error:
        raise WeightsError(
            f"{error}. It records what a weight file must be; remove it to trust the file that is "
            "there, or fetch the file again (sim-bench models get)."
        ) from error
