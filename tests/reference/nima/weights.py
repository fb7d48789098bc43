"""Deterministic random weights for NIMA's networks, in the layouts of the published files.

`layouts/*.json` hold the name and shape of every array but those of PyTorch's batch norms, which
are told by the convolution before them; they were written by `record_keras.py` and
`record_pyiqa.py` from the networks of those packages.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
HEAD = {"mobilenet": 3.0, "inception_resnet_v2": 0.4, "vgg16": 1.5}
"""Deviation of the linear layer's weights, such that photos get different scores."""

NORMS = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def layout(name):
    """Name to shape of every array, in the order of the file."""
    kept = json.loads((FOLDER / "layouts" / f"{name}.json").read_text(encoding="utf-8"))
    shapes = {}
    for key, shape in kept.items():
        shapes[key] = tuple(shape)
        if key.endswith(".conv.weight"):  # a batch norm comes after it
            for part in NORMS:
                bn = key.removesuffix("conv.weight") + f"bn.{part}"
                shapes[bn] = () if part == "num_batches_tracked" else (shape[0],)
    return shapes


def shortened(shapes, repeats):
    """The layout of an Inception-ResNet-v2 with fewer residual blocks of each kind."""
    most = dict(zip(("repeat", "repeat_1", "repeat_2"), repeats, strict=True))

    def stays(name):
        found = re.match(r"base_model\.(repeat\w*)\.(\d+)\.", name)
        return found is None or int(found[2]) < most[found[1]]

    return {name: shape for name, shape in shapes.items() if stays(name)}


def random_weights(name, shapes=None, seed=6):
    """Arrays by name for a layout: activations neither vanish nor explode, norms all differ."""
    random = np.random.default_rng(seed)
    shapes = layout(name) if shapes is None else shapes
    return {key: _array(random, key, shape, HEAD[name]) for key, shape in shapes.items()}


def checksum(arrays: Mapping) -> str:
    """SHA-256 over the first 100 numbers of every array, in hexadecimal."""
    found = hashlib.sha256()
    for name, array in arrays.items():
        found.update(name.encode())
        found.update(np.ravel(array)[:100].tobytes())
    return found.hexdigest()


def _array(random, key, shape, head):
    last = re.split(r"[/.]", key.removesuffix(":0"))[-1]
    if last == "num_batches_tracked":
        return np.array(1, dtype=np.int64)
    if key.startswith(("classifier", "dense")):
        wide = len(shape) == 2
        return random.normal(0, head / np.sqrt(max(shape)) if wide else 0.1, shape).astype("f4")
    if len(shape) > 1:
        keras = key.endswith(":0")
        inputs = shape[:2] if "depthwise" in key else shape[:-1] if keras else shape[1:]
        return (random.standard_normal(shape, dtype="f4") * np.sqrt(2 / np.prod(inputs))).astype(
            "f4"
        )
    if last in ("gamma", "moving_variance", "running_var") or (last == "weight"):
        return random.uniform(0.6, 1.4, shape).astype("f4")
    return random.normal(0, 0.2, shape).astype("f4")
