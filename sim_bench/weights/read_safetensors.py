"""Reading `.safetensors` files, 16-bit brain floats included, which numpy does not know.

Source: the format's description, https://huggingface.co/docs/safetensors: eight bytes of length,
a JSON header with type, shape and place of every array, then the arrays. The library checks the
header (places, overlaps, lengths) when it opens the file.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from sim_bench.weights.arrays import Arrays, damaged, reason

_TROUBLE = (SafetensorError, OSError, ValueError, TypeError, KeyError)


def read_safetensors(path: Path) -> Arrays:
    """List the arrays of a file.

    Raises:
        WeightsError: The header cannot be used, or the file is not as long as it says.
    """

    def read(name: str) -> NDArray[Any]:
        with safe_open(path, framework="np") as file:
            if file.get_slice(name).get_dtype() == "BF16":
                return _brain_floats(path, name)
            array: NDArray[Any] = file.get_tensor(name)
            return array

    try:
        with safe_open(path, framework="np") as file:
            names = list(file.keys())
    except _TROUBLE as error:
        raise damaged(path, reason(error)) from error
    return Arrays(names, read, path, _TROUBLE)


def _brain_floats(path: Path, name: str) -> NDArray[np.float32]:
    """Read an array of the upper halves of 32-bit floats."""
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        entry = json.loads(stream.read(length))[name]
    begin, end = entry["data_offsets"]
    halves = np.fromfile(path, np.dtype("<u2"), (end - begin) // 2, offset=8 + length + begin)
    return (halves.astype(np.uint32) << 16).view(np.float32).reshape(entry["shape"])
