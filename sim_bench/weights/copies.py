"""Copies of weight files for machines without a connection, or without PyTorch."""

import os
import shutil
from pathlib import Path

from sim_bench.encoders.bundle import record_of
from sim_bench.errors import WeightsError
from sim_bench.weights.kept import Kept
from sim_bench.weights.place import COPIES
from sim_bench.weights.record import RECORD, new_record, read_record
from sim_bench.weights.table import weight_file
from sim_bench.weights.trust import record_path


def copy_weights(kept: Kept, folder: str | Path) -> Path:
    """Copy a weight file, with a record of what it must be, into a folder for another machine.

    What was converted is copied as it is used, so the other machine needs no PyTorch.

    Args:
        kept: As `find_weights` gives it.
        folder: For SIM_BENCH_MODELS on the other machine; the file goes into `weights` in it.

    Returns:
        The copy.

    Raises:
        WeightsError: The copy is not what was to be copied.
    """
    target = Path(folder).expanduser() / COPIES / kept.path.name
    if target.exists() and target.samefile(kept.path):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    growing = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        shutil.copyfile(kept.path, growing)
        copied = record_of(growing)
        if copied.sha256 != kept.sha256:
            raise WeightsError(
                f"{growing} is not what {kept.path} holds. The disk may be full or damaged; try "
                "another folder."
            )
        known = read_record(record_path(kept.name, kept.path))
        known = known or new_record(kept.name, weight_file(kept.name).url)
        target.with_name(f"{target.name}.{RECORD}").unlink(missing_ok=True)
        growing.replace(target)
        known.with_file(target.name, copied).write(target.with_name(f"{target.name}.{RECORD}"))
    finally:
        growing.unlink(missing_ok=True)
    return target
