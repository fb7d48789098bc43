"""The convolutions of VGG-16 (Simonyan and Zisserman 2015, arXiv 1409.1556, configuration D).

Names of the arrays are those of timm's `vgg16` with `features_only`, inside a NIMA of pyiqa.
"""

from collections.abc import Sequence

from sim_bench.networks.layers import Node, convolution, max_pool, relu
from sim_bench.weights.tensors import Tensors

STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Channels and number of the 3 x 3 convolutions before each pooling."""


def vgg16(x: Node, tensors: Tensors, *, stages: Sequence[tuple[int, int]] = STAGES) -> Node:
    """Features of pictures, after the last pooling.

    Args:
        x: Pictures (n, 3, H, W), normalised by ImageNet's mean and standard deviation.
        tensors: The weights; all that is left in them must belong to the network.
        stages: Channels and convolutions of each stage.

    Returns:
        Shape (n, 512, H // 32, W // 32).

    Raises:
        WeightsError: The weights are of another network, or damaged.
    """
    before, number = 3, 0
    for channels, convolutions in stages:
        for _ in range(convolutions):
            name = f"base_model.features_{number}"
            weight = tensors.take(f"{name}.weight", channels, before, 3, 3)
            bias = tensors.take(f"{name}.bias", channels)
            x = relu(convolution(x, weight, bias, pad=1))
            before, number = channels, number + 2  # a ReLU has a number too
        x, number = max_pool(x, 2, 2), number + 1
    tensors.finish()
    return x
