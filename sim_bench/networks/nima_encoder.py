"""NIMA's networks: from a photo to the probabilities of the ten ratings it may be given.

Source: Talebi and Milanfar 2018 (arXiv 1709.05424): a network for pictures, the mean of its last
features over the picture, one linear layer, softmax. Dropout is for training only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.openvino_runtime import opset13 as ops
from sim_bench.encoders.openvino_runtime import ov
from sim_bench.networks.encoder import NetworkEncoder
from sim_bench.networks.inception_resnet_v2 import inception_resnet_v2
from sim_bench.networks.layers import (
    Array,
    Node,
    global_average,
    linear,
    normalised,
    softmax,
)
from sim_bench.networks.mobilenet import key, mobilenet
from sim_bench.networks.network import Network
from sim_bench.networks.nima_input import cropped, levels, squashed
from sim_bench.networks.vgg16 import vgg16
from sim_bench.weights.kept import Kept
from sim_bench.weights.tensors import Tensors

RATINGS = 10


def keras_head(tensors: Tensors, channels: int) -> tuple[Array, Array]:
    """Weight (10, channels) and bias of the linear layer, from Keras' arrays.

    Keras numbers layers without a name from 1 in idealo's files, and writes no number today.
    """
    name = "dense_1" if key("dense_1", "kernel") in tensors else "dense"
    weight = tensors.take(key(name, "kernel"), channels, RATINGS).T
    return weight, tensors.take(key(name, "bias"), RATINGS)


def torch_head(tensors: Tensors, channels: int) -> tuple[Array, Array]:
    """Weight (10, channels) and bias of the linear layer, from pyiqa's arrays."""
    weight = tensors.take("classifier.2.weight", RATINGS, channels)
    return weight, tensors.take("classifier.2.bias", RATINGS)


@dataclass(frozen=True, slots=True)
class Architecture:
    """One of the networks that NIMA is published with.

    Attributes:
        size: Height and width of its input in pixels.
        prepare: From a photo and `size` to 8-bit levels, or to 16-bit ones as pairs of bytes.
        deepest: The largest level, 255 or 65535.
        mean: Per channel, subtracted from pixels between 0 and 1.
        std: Per channel, by which they are then divided.
        features: From pictures to features, given the rest of the weights.
        channels: Number of features.
        head: Weight and bias of the linear layer, given the weights and `channels`.
    """

    size: int
    prepare: Callable[[NDArray[np.uint8], int], NDArray[np.uint8]]
    deepest: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    features: Callable[[Node, Tensors], Node]
    channels: int
    head: Callable[[Tensors, int], tuple[Array, Array]]

    def build(self, tensors: Tensors, batch: int) -> Any:
        """Make the graph: levels (batch, size, size, 3) to probabilities (batch, 10).

        Raises:
            WeightsError: The weights are of another network, or damaged.
        """
        weight, bias = self.head(tensors, self.channels)
        kind = ov.Type.u8 if self.deepest == 255 else ov.Type.u16
        photo = ops.parameter([batch, self.size, self.size, 3], kind, name="photo")
        mean, std = ([self.deepest * part for part in each] for each in (self.mean, self.std))
        features = self.features(normalised(photo, mean, std), tensors)
        return ov.Model([softmax(linear(global_average(features), weight, bias))], [photo], "nima")


_HALF = (0.5, 0.5, 0.5)  # pixels to [-1, 1]
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet

ARCHITECTURES: dict[str, Architecture] = {
    "mobilenet": Architecture(224, squashed, 255, _HALF, _HALF, mobilenet, 1024, keras_head),
    "inception_resnet_v2": Architecture(
        299, cropped, 65535, _HALF, _HALF, inception_resnet_v2, 1536, torch_head
    ),
    "vgg16": Architecture(224, cropped, 65535, _MEAN, _STD, vgg16, 512, torch_head),
}
"""By the name that `NIMAAssessor` gives them."""


class NIMAEncoder(NetworkEncoder):
    """Photos to the probabilities of the ratings 1 to 10, which add up to 1.

    Args:
        kept: The weights.
        architecture: The network that they are of.
    """

    version = 1
    dim = RATINGS
    input_size: tuple[int, int]

    def __init__(self, kept: Kept, architecture: Architecture) -> None:
        super().__init__(kept)
        self.architecture = architecture
        self.input_size = (architecture.size, architecture.size)
        self._network: Network | None = None

    def load(self) -> Network:
        """Read and check the weights, unless that is done; what is slow waits for the first photo.

        Raises:
            WeightsError: They are of another network, or damaged.
        """
        if self._network is None:
            graphs = [self.architecture.build(self.kept.tensors(), batch=1)]
            # It is not kept here, since the compiled network has its own copy of the weights.
            self._network = Network(lambda _: graphs.pop(), source=str(self.kept.path))
        return self._network

    def prepare(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """As in `ImageEncoder`: shape (size, size, 3), or (size, size, 6) for levels of 16 bits."""
        return self.architecture.prepare(rgb, self.architecture.size)

    def encode_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """As in `ImageEncoder`: probabilities of the ratings 1 to 10, shape (n, 10)."""
        rows = (levels(self.prepare(image)) for image in images)
        return self.load().run(rows, len(images), RATINGS)
