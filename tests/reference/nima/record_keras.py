"""Records what Keras' MobileNet, with idealo's head, says of the twenty pictures.

    python -m tests.reference.nima.record_keras

Recorded with tf_keras 2.21.0, tensorflow 2.21.0, h5py 3.14.0 and Pillow 13.0.0 on a CPU. The random
weights are written in idealo's layout and read by Keras' `load_weights`; the pictures are PNG files
that Keras' `load_img` opens, as idealo's `load_image` has it. Only numbers are kept.
"""

import json
import tempfile
from importlib.metadata import version
from pathlib import Path

import h5py
import numpy as np
import tf_keras as keras
from PIL import Image

from tests.reference.nima.keras_file import write_keras_file
from tests.reference.nima.weights import FOLDER, checksum, layout, random_weights
from tests.reference.photos import digest, photos


def network():
    """MobileNet without its top, pooled, and ten softmax outputs, as idealo's `Nima.build`."""
    base = keras.applications.MobileNet(
        (224, 224, 3), weights=None, include_top=False, pooling="avg"
    )
    ten = keras.layers.Dense(units=10, activation="softmax", name="dense_1")(base.output)
    return keras.Model(base.inputs, ten)


def write_layout(net, folder):
    """Keep names and shapes of what Keras writes, in the order of its attributes."""
    path = folder / "written_by_keras.h5"
    net.save_weights(path)
    with h5py.File(path) as file:
        kept = {
            f"{layer}/{weight}": file[layer][weight].shape
            for layer in _names(file.attrs["layer_names"])
            for weight in _names(file[layer].attrs["weight_names"])
        }
        found = []
        file.visititems(lambda name, item: found.append(name) if hasattr(item, "shape") else None)
    assert sorted(found) == sorted(kept), "there are arrays that the attributes do not name"
    lines = ",\n".join(f'"{key}": {json.dumps(shape)}' for key, shape in kept.items())
    target = FOLDER / "layouts" / "mobilenet.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def _names(attribute):
    return [name.decode() if isinstance(name, bytes) else name for name in attribute]


def said(net, pictures, folder):
    """Scores and probabilities of pictures, through files and Keras' own loader."""
    batch = np.empty((len(pictures), 224, 224, 3), dtype=np.float32)
    for number, rgb in enumerate(pictures):
        path = folder / f"{number}.png"
        Image.fromarray(rgb).save(path)
        batch[number] = np.asarray(keras.utils.load_img(path, target_size=(224, 224)))
    shares = net.predict(keras.applications.mobilenet.preprocess_input(batch), verbose=0)
    exact = shares.astype(np.float64)
    scores = (exact / exact.sum(axis=1, keepdims=True) * np.arange(1, 11)).sum(axis=1)
    return {"scores": scores.tolist(), "probabilities": np.round(exact, 8).tolist()}


def main():
    """Write the layout and the scores."""
    net = network()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_layout(net, folder)
        arrays = random_weights("mobilenet")
        write_keras_file(folder / "idealo.hdf5", arrays)
        assert list(layout("mobilenet")) == list(arrays)
        net.load_weights(folder / "idealo.hdf5")
        found = {
            "versions": {
                p: version(p) for p in ("tf_keras", "tensorflow", "h5py", "pillow", "numpy")
            },
            "photos": digest(),
            "weights": checksum(arrays),
            "full": said(net, photos(), folder),
        }
    (FOLDER / "mobilenet.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
