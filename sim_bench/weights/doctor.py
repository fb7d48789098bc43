"""Which weight files of the cabinet are here, and whether they are whole.

Nothing here raises because of one file: what is wrong with it becomes part of its status.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from sim_bench.errors import SimBenchError, WeightsError
from sim_bench.weights.cabinet import find_weights, is_offline, lacks_torch, locate
from sim_bench.weights.kept import Kept
from sim_bench.weights.place import copies_folders, home_of
from sim_bench.weights.table import TABLE, WeightFile
from sim_bench.weights.trust import check_kind, trusted

State = Literal["ready", "bad", "absent"]


@dataclass(frozen=True, slots=True)
class WeightStatus:
    """What is known about one weight file on this machine.

    Attributes:
        name: In the cabinet's table.
        state: "ready": it can be used now; "bad": it is here and must not be used; "absent": it
            is not here, or not in a form that can be used.
        where: "offline folder", "cabinet", or how to get it.
        path: The file, where it is here.
        licence: SPDX identifier.
        megabytes: On the disk, or to download.
        checked: What was found out by reading the file; empty where it was not read.
        problem: Why it is bad; empty otherwise.
    """

    name: str
    state: State
    where: str
    path: Path | None
    licence: str
    megabytes: float
    checked: str = ""
    problem: str = ""


def list_weights() -> list[WeightStatus]:
    """List every file of the table; none is read, converted or fetched."""
    return [_status(entry) for entry in TABLE.values()]


def check_weights() -> list[WeightStatus]:
    """Like `list_weights`, and every file that is here is hashed and read through."""
    return [_check(status) for status in list_weights()]


def _status(entry: WeightFile) -> WeightStatus:
    status = WeightStatus(entry.name, "absent", "", None, entry.licence, entry.megabytes)
    try:
        path = locate(entry.name)
    except OSError as error:
        return replace(
            status,
            state="bad",
            where="cannot be looked for",
            path=Path(error.filename or home_of(entry.name)),
            problem=f"{error.filename or home_of(entry.name)}: {error.strerror or error}",
        )
    status = replace(status, path=path)
    if path is None:
        offline = "offline (HF_HUB_OFFLINE is set)"
        return replace(status, where=offline if is_offline() else "can be downloaded")
    if lacks_torch(entry.name, path):
        return replace(status, where="here, to be converted: needs the extra [torch]")
    where = "offline folder" if path.parent in copies_folders() else "cabinet"
    return replace(status, state="ready", where=where, megabytes=path.stat().st_size / 1e6)


def _check(status: WeightStatus) -> WeightStatus:
    if status.path is None or status.state == "bad":
        return status
    try:
        if status.state == "absent":  # it waits to be converted, and can be hashed all the same
            trusted(TABLE[status.name], status.path)
            return status
        kept = find_weights(status.name, fetch=False)
        found = _read_through(kept)
    except (SimBenchError, OSError) as error:
        return replace(status, state="bad", problem=str(error).strip().partition("\n")[0])
    return replace(status, path=kept.path, checked=found)


def _read_through(kept: Kept) -> str:
    """Read every array of a file.

    Raises:
        WeightsError: One cannot be read, or holds NaN.
    """
    check_kind(kept.path)
    if kept.path.suffix == ".json":
        return "verified"
    tensors = kept.tensors()
    for name in tensors:
        array = tensors.raw(name)
        if np.issubdtype(array.dtype, np.floating) and np.isnan(array).any():
            raise WeightsError(f"{kept.path}: {name!r} holds NaN. Remove the file; fetch it again.")
    return f"verified, {len(tensors)} arrays"
