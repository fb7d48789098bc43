"""Reading the arrays of Keras' HDF5 files; models, layers and other code in them are not looked at.

Only what lies in the file itself is read: links to elsewhere, arrays kept in other files and
arrays of anything but numbers are refused.
"""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from sim_bench.errors import WeightsError
from sim_bench.weights.arrays import Arrays, check_expansion, damaged, reason

_TROUBLE = (OSError, RuntimeError, ValueError, KeyError, TypeError)
_MOST_NAMES = 100_000  # a file's groups could name each other in a circle
_MOST_LEVELS = 32  # of groups in groups, a handful in Keras' files; chosen by us


def read_hdf5(path: Path) -> Arrays:
    """List the arrays of a file by their full path, without a slash before it.

    Raises:
        WeightsError: The file is damaged, or holds what is not read.
    """

    def read(name: str) -> NDArray[Any]:
        with h5py.File(path, "r") as file:
            return np.asarray(file[name][()])

    sizes: dict[str, int] = {}
    try:
        with h5py.File(path, "r") as file:
            _list(file, path, sizes)
    except _TROUBLE as error:
        raise damaged(path, reason(error)) from error
    check_expansion(path, sum(sizes.values()))
    return Arrays(sizes, read, path, _TROUBLE)


def _list(file: Any, path: Path, sizes: dict[str, int]) -> None:
    """Note the size in bytes of every array."""
    waiting, seen = [("", file)], 0
    while waiting:
        prefix, group = waiting.pop()
        for key in group:
            name, seen = f"{prefix}{key}", seen + 1
            if seen > _MOST_NAMES:
                raise WeightsError(f"{path} is refused: it names more than {_MOST_NAMES} arrays.")
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise WeightsError(
                    f"{path} is refused: {name!r} is a link to elsewhere, which weights never are."
                )
            found = group[key]
            if isinstance(found, h5py.Group):
                if name.count("/") >= _MOST_LEVELS:
                    raise WeightsError(
                        f"{path} is refused: its groups lie in each other more than "
                        f"{_MOST_LEVELS} deep."
                    )
                waiting.append((f"{name}/", found))
            elif isinstance(found, h5py.Dataset):
                if found.external or found.is_virtual:
                    raise WeightsError(f"{path} is refused: {name!r} is kept in another file.")
                if found.dtype.kind not in "fiub":
                    raise WeightsError(
                        f"{path} is refused: {name!r} holds {found.dtype}, no numbers."
                    )
                sizes[name] = found.nbytes
