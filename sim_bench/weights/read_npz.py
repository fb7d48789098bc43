"""Reading `.npz` files without numpy's trust in them: no pickles, no more memory than is there.

Source: numpy's description of its `.npy` format, numpy.lib.format. An array's header says its
shape; it is believed only where the bytes that follow are as many.
"""

import zipfile
import zlib
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from sim_bench.weights.arrays import Arrays, check_expansion, damaged, reason

_TROUBLE = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
)


def read_npz(path: Path) -> Arrays:
    """List the arrays of a file.

    Raises:
        WeightsError: It is no zip file, or would unpack to far more than weights do.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {e.filename.removesuffix(".npy"): e for e in archive.infolist()}
    except _TROUBLE as error:
        raise damaged(path, reason(error)) from error
    check_expansion(path, sum(entry.file_size for entry in entries.values()))
    return Arrays(entries, lambda name: _read(path, entries[name]), path, _TROUBLE)


def _read(path: Path, entry: zipfile.ZipInfo) -> NDArray[Any]:
    with zipfile.ZipFile(path) as archive, archive.open(entry) as stream:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(stream)
        if dtype.hasobject:
            raise ValueError("it holds Python objects, which could run code")
        content = stream.read()
    if len(content) != prod(shape) * dtype.itemsize:
        raise ValueError(f"{len(content)} bytes do not make shape {shape} of {dtype}")
    return np.frombuffer(content, dtype).reshape(shape, order="F" if fortran else "C")
