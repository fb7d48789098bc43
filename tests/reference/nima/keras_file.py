"""Weight files of the kind that idealo published: HDF5 as Keras' `save_weights` wrote it."""

from collections.abc import Mapping

import h5py
import numpy as np


def write_keras_file(path, arrays: Mapping):
    """Write arrays such as "conv1/conv1/kernel:0": a group per layer, with Keras' attributes."""
    with h5py.File(path, "w") as file:
        layers = {}
        for name, array in arrays.items():
            file[name] = array
            layer, _, weight = name.partition("/")
            layers.setdefault(layer, []).append(weight)
        file.attrs["layer_names"] = np.array(list(layers), dtype="S")
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.1.6"
        for layer, weights in layers.items():
            file[layer].attrs["weight_names"] = np.array(weights, dtype="S")
