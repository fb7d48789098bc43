"""Opening a weight file by the kind that its name says; no file runs code.

A pickle (`.pth`, `.pt`) is not opened here at all: the cabinet converts it once, as weights only.
"""

from pathlib import Path

from sim_bench.errors import WeightsError
from sim_bench.weights.arrays import Arrays, damaged, reason
from sim_bench.weights.tensors import Tensors

PICKLES = (".pth", ".pt", ".bin", ".ckpt", ".pkl", ".pickle", ".tar")
"""Suffixes of files that PyTorch and others write as pickles, which can run code."""


def read_tensors(path: str | Path) -> Tensors:
    """Open the arrays of `.safetensors`, `.npz`, and Keras `.hdf5` or `.h5` files.

    Only the list of arrays is read at once; an array is read when it is taken.

    Args:
        path: The file. HDF5 arrays have their full path as a name ("conv1/conv1/kernel:0").

    Returns:
        The arrays, each of which may be of any kind until it is taken.

    Raises:
        WeightsError: The file is not here, is damaged or unsafe, or is of another kind.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in PICKLES:
        raise WeightsError(
            f"{path} is a pickle, which can run code when it is opened, so it is not opened as it "
            "is. A file of the cabinet is converted once: sim-bench models get NAME."
        )
    if suffix not in (".safetensors", ".npz", ".hdf5", ".h5"):
        raise WeightsError(
            f"{path} is no weight file by its name: .safetensors, .npz, .hdf5 or .h5 can be read."
        )
    try:
        path.stat()
        return Tensors(_arrays(path, suffix), str(path))
    except OSError as error:
        raise damaged(path, error.strerror or reason(error)) from error


def _arrays(path: Path, suffix: str) -> Arrays:
    if suffix == ".safetensors":
        from sim_bench.weights.read_safetensors import read_safetensors

        return read_safetensors(path)
    if suffix == ".npz":
        from sim_bench.weights.read_npz import read_npz

        return read_npz(path)
    from sim_bench.weights.read_hdf5 import read_hdf5

    return read_hdf5(path)
