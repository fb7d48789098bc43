"""Record what the official definition says of the twenty pictures: `tensorflow.json`.

It is written down a second time here with TensorFlow's operations, those that the official
preprocessing calls, and reads the same random arrays. Nothing is shared with `sim_bench`. As in
the official code the reduced sizes are filled up with tokens that nothing attends to, which
`sim_bench` leaves out. Run in the root of the repository, in an environment of its own that has
TensorFlow (2.21.0, on the CPU, for what is recorded):

    PYTHONPATH=. python tests/reference/musiq/record_tensorflow.py

Beside the scores it records samples of the resized pictures, sizes, and places in the grid.
"""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import tensorflow as tf

from tests.reference import photos
from tests.reference.musiq.random_weights import CASES, digest, sampled

COUNTS = range(1, 401)


def main():
    pictures = photos.photos()
    recorded = {
        "versions": {name: version(name) for name in ("tensorflow", "numpy")},
        "photos": photos.digest(),
        "places": hashlib.sha256(
            b"".join(hashed(n).astype("<i8").tobytes() for n in COUNTS)
        ).hexdigest(),
        "places_of_23": hashed(23).tolist(),
        "sizes": [],
        "samples": [],
        "networks": {},
    }
    for rgb in pictures:
        for longer in (224, 384):
            small = resize(normalised(rgb), longer).numpy()
            recorded["sizes"].append(list(small.shape[:2]))
            recorded["samples"].append(sampled(small))
    for name, case in CASES.items():
        arrays = case.weights()
        said = [network(arrays, case.size, rgb) for rgb in case.pictures(pictures)]
        ratings = np.arange(1, case.size.outputs + 1)
        scores = [float(np.dot(each, ratings)) for each in said]
        recorded["networks"][name] = {"weights": digest(arrays), "scores": scores}
    text = json.dumps(recorded, indent=1) + "\n"
    Path(__file__).with_name("tensorflow.json").write_text(text, encoding="utf-8")


def normalised(rgb):
    return tf.cast(rgb, tf.float32) / 255.0 * 2.0 - 1.0


def resize(image, longer):
    height, width = image.shape[:2]
    ratio = tf.cast(longer, tf.float32) / tf.cast(max(height, width), tf.float32)
    size = [int(tf.round(tf.cast(side, tf.float32) * ratio)) for side in (height, width)]
    return tf.image.resize(image, size, method="gaussian")


def hashed(count):
    grid = tf.reshape(tf.range(10), [10, 1, 1])
    return tf.compat.v1.image.resize(grid, [count, 1], method="nearest")[:, 0, 0].numpy()


def sequence(rgb):
    """Patches, places, scales and masks, each of one row per token."""
    whole = normalised(rgb)
    parts = []
    for scale, longer in enumerate((224, 384, None)):
        image = whole if longer is None else resize(whole, longer)
        patches = tf.image.extract_patches(
            image[None], [1, 32, 32, 1], [1, 32, 32, 1], [1, 1, 1, 1], "SAME"
        )[0]
        rows, columns = patches.shape[:2]
        places = (hashed(rows)[:, None] * 10 + hashed(columns)[None]).reshape(-1)
        patches = patches.numpy().reshape(-1, 32, 32, 3)
        mask = np.ones(len(places))
        if longer is not None:
            empty = (longer // 32) ** 2 - len(places)
            patches = np.pad(patches, ((0, empty), (0, 0), (0, 0), (0, 0)))
            places, mask = np.pad(places, (0, empty)), np.pad(mask, (0, empty))
        scales = np.full(len(places), scale) * mask.astype(int)
        parts.append((patches, places, scales, mask))
    return [np.concatenate(each) for each in zip(*parts, strict=True)]


def network(arrays, size, rgb):
    """What the head says, shape (outputs,)."""
    arrays = {name.removeprefix("opt/target/"): array for name, array in arrays.items()}
    patches, places, scales, mask = sequence(rgb)

    def conv(x, name, stride=1):
        kernel = arrays[f"{name}/kernel"]
        kernel = kernel - kernel.mean((0, 1, 2))
        return tf.nn.conv2d(x, kernel / (kernel.std((0, 1, 2)) + 1e-5), stride, "SAME")

    def group_norm(x, name, eps):
        n, h, w, c = x.shape
        x = tf.reshape(x, (n, h, w, 32, c // 32))
        mean, variance = tf.nn.moments(x, (1, 2, 4), keepdims=True)
        x = tf.reshape((x - mean) * tf.math.rsqrt(variance + eps), (n, h, w, c))
        return x * arrays[f"{name}/scale"] + arrays[f"{name}/bias"]

    def layer_norm(x, name):
        mean, variance = tf.nn.moments(x, -1, keepdims=True)
        x = (x - mean) * tf.math.rsqrt(variance + 1e-6)
        return x * arrays[f"{name}/scale"] + arrays[f"{name}/bias"]

    def dense(x, name):
        return tf.matmul(x, arrays[f"{name}/kernel"]) + arrays[f"{name}/bias"]

    x = tf.nn.relu(group_norm(conv(tf.constant(patches), "conv_root", 2), "gn_root", 1e-6))
    x = tf.nn.max_pool2d(x, 3, 2, "SAME")
    unit = "block1/unit1"
    y = tf.nn.relu(group_norm(conv(x, f"{unit}/conv1"), f"{unit}/gn1", 1e-4))
    y = tf.nn.relu(group_norm(conv(y, f"{unit}/conv2"), f"{unit}/gn2", 1e-4))
    y = group_norm(conv(y, f"{unit}/conv3"), f"{unit}/gn3", 1e-4)
    x = tf.nn.relu(group_norm(conv(x, f"{unit}/conv_proj"), f"{unit}/gn_proj", 1e-4) + y)
    x = dense(tf.reshape(x, (len(patches), -1)), "embedding")
    top = "Transformer"
    x += tf.gather(arrays[f"{top}/posembed_input/pos_embedding"][0], places)
    x += tf.gather(arrays[f"{top}/scaleembed_input/scale_embedding"][0], scales)
    x = tf.concat([arrays[f"{top}/cls"][0], x], 0)
    mask = np.append(1.0, mask)
    bias = np.where(np.outer(mask, mask) > 0, 0.0, -1e10).astype(np.float32)
    for k in range(size.layers):
        block = f"{top}/encoderblock_{k}"
        attention = f"{block}/MultiHeadDotProductAttention_1"
        y = layer_norm(x, f"{block}/LayerNorm_0")
        query, key, value = (
            tf.einsum("nd,dhe->hne", y, arrays[f"{attention}/{part}/kernel"])
            + arrays[f"{attention}/{part}/bias"][:, None]
            for part in ("query", "key", "value")
        )
        products = tf.einsum("hne,hme->hnm", query / np.sqrt(query.shape[-1]), key) + bias
        y = tf.einsum("hnm,hme->nhe", tf.nn.softmax(products), value)
        y = tf.einsum("nhe,hed->nd", y, arrays[f"{attention}/out/kernel"])
        x += y + arrays[f"{attention}/out/bias"]
        y = dense(layer_norm(x, f"{block}/LayerNorm_2"), f"{block}/MlpBlock_3/Dense_0")
        x += dense(tf.nn.gelu(y, approximate=True), f"{block}/MlpBlock_3/Dense_1")
    said = dense(layer_norm(x, f"{top}/encoder_norm")[:1], "head")
    return (tf.nn.softmax(said) if size.outputs > 1 else said).numpy()[0]


if __name__ == "__main__":
    main()
