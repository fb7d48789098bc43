"""Inception-ResNet-v2 (Szegedy et al. 2017, arXiv 1602.07261), as TensorFlow's slim has it.

Names of the arrays are those of timm's `inception_resnet_v2`, inside a NIMA of pyiqa.
"""

from sim_bench.encoders.openvino_runtime import opset13 as ops
from sim_bench.encoders.openvino_runtime import ov
from sim_bench.networks.layers import Node, average_pool, convolution, folded, max_pool, relu
from sim_bench.weights.tensors import Tensors

REPEATS = (10, 20, 9)
"""Residual blocks at 35 x 35, 17 x 17 and 8 x 8 places of a picture of 299 x 299 pixels."""

_EPS = 1e-3  # of batch norms

Step = tuple[int, int, int]
"""Output channels, height and width of one convolution of a branch."""


def inception_resnet_v2(
    x: Node, tensors: Tensors, *, repeats: tuple[int, int, int] = REPEATS
) -> Node:
    """Features of pictures, before pooling.

    Args:
        x: Pictures (n, 3, H, W) in [-1, 1]; 299 x 299 pixels in the paper, 75 or more.
        tensors: The weights; all that is left in them must belong to the network.
        repeats: Residual blocks of each kind.

    Returns:
        Shape (n, 1536, 8, 8) for 299 x 299 pixels.

    Raises:
        WeightsError: The weights are of another network, or damaged.
    """
    net = _Network(tensors)
    x = net.layer(x, "conv2d_1a", (32, 3, 3), stride=2)
    x = net.layer(x, "conv2d_2a", (32, 3, 3))
    x = net.layer(x, "conv2d_2b", (64, 3, 3), pad=(1, 1))
    x = max_pool(x, 3, 2)
    x = net.layer(x, "conv2d_3b", (80, 1, 1))
    x = net.layer(x, "conv2d_4a", (192, 3, 3))
    x = max_pool(x, 3, 2)
    x = net.mixed_5b(x)
    at_35, at_17, at_8 = repeats
    for number in range(at_35):
        branches = [[(32, 1, 1)], [(32, 1, 1), (32, 3, 3)], [(32, 1, 1), (48, 3, 3), (64, 3, 3)]]
        x = net.residual(x, f"repeat.{number}", branches, 0.17)
    branches = [[(384, 3, 3)], [(256, 1, 1), (256, 3, 3), (384, 3, 3)]]
    x = net.reduced(x, "mixed_6a", branches)
    for number in range(at_17):
        branches = [[(192, 1, 1)], [(128, 1, 1), (160, 1, 7), (192, 7, 1)]]
        x = net.residual(x, f"repeat_1.{number}", branches, 0.10)
    branches = [
        [(256, 1, 1), (384, 3, 3)],
        [(256, 1, 1), (288, 3, 3)],
        [(256, 1, 1), (288, 3, 3), (320, 3, 3)],
    ]
    x = net.reduced(x, "mixed_7a", branches)
    branches = [[(192, 1, 1)], [(192, 1, 1), (224, 1, 3), (256, 3, 1)]]
    for number in range(at_8):
        x = net.residual(x, f"repeat_2.{number}", branches, 0.20)
    x = net.residual(x, "block8", branches, 1.0, activate=False)
    x = net.layer(x, "conv2d_7b", (1536, 1, 1))
    tensors.finish(net.counters)
    return x


class _Network:
    """Layers made of the arrays below "base_model."."""

    def __init__(self, tensors: Tensors) -> None:
        self.counters: list[str] = []  # of training steps, one per batch norm; of no use here
        self._tensors = tensors

    def layer(
        self, x: Node, name: str, step: Step, *, stride: int = 1, pad: tuple[int, int] = (0, 0)
    ) -> Node:
        """Convolution, batch norm and ReLU."""
        out, height, width = step
        full = f"base_model.{name}"
        weight = self._tensors.take(f"{full}.conv.weight", out, _channels(x), height, width)
        parts = ("weight", "bias", "running_mean", "running_var")
        scale, shift, mean, variance = (
            self._tensors.take(f"{full}.bn.{part}", out) for part in parts
        )
        weight, bias = folded(weight, scale, shift, mean, variance, _EPS)
        self.counters.append(f"{full}.bn.num_batches_tracked")
        return relu(convolution(x, weight, bias, stride=stride, pad=pad))

    def branch(self, x: Node, name: str, steps: list[Step], *, stride: int = 1) -> Node:
        """Convolutions one after the other that keep the size; the last may have a stride."""
        for number, step in enumerate(steps):
            this = f"{name}.{number}" if len(steps) > 1 else name
            if number == len(steps) - 1 and stride > 1:
                x = self.layer(x, this, step, stride=stride)
            else:
                x = self.layer(x, this, step, pad=(step[1] // 2, step[2] // 2))
        return x

    def mixed_5b(self, x: Node) -> Node:
        """Four branches side by side, of which the last begins with an average."""
        branches = [[(96, 1, 1)], [(48, 1, 1), (64, 5, 5)], [(64, 1, 1), (96, 3, 3), (96, 3, 3)]]
        around = average_pool(x, 3, 1, 1, count_padding=False)
        sides = [self.branch(x, f"mixed_5b.branch{k}", steps) for k, steps in enumerate(branches)]
        return ops.concat([*sides, self.layer(around, "mixed_5b.branch3.1", (64, 1, 1))], 1)

    def reduced(self, x: Node, name: str, branches: list[list[Step]]) -> Node:
        """Half the size: branches whose last convolution has stride 2, and a pooling, joined."""
        sides = [
            self.branch(x, f"{name}.branch{k}", steps, stride=2) for k, steps in enumerate(branches)
        ]
        return ops.concat([*sides, max_pool(x, 3, 2)], 1)

    def residual(
        self, x: Node, name: str, branches: list[list[Step]], scale: float, *, activate: bool = True
    ) -> Node:
        """Branches joined, brought to the channels of `x`, scaled and added to it."""
        sides = [self.branch(x, f"{name}.branch{k}", steps) for k, steps in enumerate(branches)]
        joined, out = ops.concat(sides, 1), _channels(x)
        full = f"base_model.{name}.conv2d"
        weight = self._tensors.take(f"{full}.weight", out, _channels(joined), 1, 1)
        bias = self._tensors.take(f"{full}.bias", out)
        y = x + convolution(joined, weight * scale, bias * scale)
        return relu(y) if activate else y


def _channels(x: Node) -> int:
    output = x if isinstance(x, ov.Output) else x.output(0)  # a pooling has two, we have the first
    return int(output.partial_shape[1].get_length())
