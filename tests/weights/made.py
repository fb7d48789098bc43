"""Small weight files of each kind, made for tests."""

import struct

import h5py
import numpy as np
from safetensors.numpy import save_file

ARRAYS = {
    "conv.weight": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "conv.bias": np.array([0.5, -0.25], np.float16),
    "scale": np.array(3.0, np.float32),
    "steps": np.array(7, np.int64),
}
KINDS = (".safetensors", ".npz", ".hdf5")


def write(path, arrays=ARRAYS):
    """Write arrays as the suffix of the path says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".safetensors":
        save_file(arrays, path)
    elif path.suffix == ".npz":
        np.savez(path, **arrays)
    else:
        with h5py.File(path, "w") as file:
            for name, array in arrays.items():
                file[name] = array
    return path


def write_torch(path, content):
    import torch

    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(content, path)
    return path


def npz_with(path, name, shape, content):
    """An `.npz` whose array says another shape than it has bytes for."""
    import zipfile

    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}"
    header = text.ljust(117).encode() + b"\n"
    npy = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.npy", npy)
    return path
