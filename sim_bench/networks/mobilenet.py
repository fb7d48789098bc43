"""MobileNet v1, as Keras has it (Howard et al. 2017, arXiv 1704.04861; keras.applications).

Names and layouts of the arrays are those of Keras' `save_weights` in HDF5. Convolutions of stride 2
pad one row below and one column to the right only, as TensorFlow does for an even size.
"""

from sim_bench.networks.layers import Array, Node, convolution, depthwise, folded, relu6
from sim_bench.weights.tensors import Tensors

_BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5)
_BLOCKS += ((1024, 2), (1024, 1))
"""Output channels and stride of each depthwise convolution with the pointwise one after it."""

_BELOW_AND_RIGHT = ((0, 0), (1, 1))
_EPS = 1e-3  # of batch norms: Keras' default


def mobilenet(x: Node, tensors: Tensors, *, width: float = 1.0) -> Node:
    """Features of pictures, before pooling.

    Args:
        x: Pictures (n, 3, H, W) in [-1, 1], H and W divisible by 32.
        tensors: The weights; all that is left in them must belong to the network.
        width: Multiplies the number of channels of every layer (alpha in the paper).

    Returns:
        Shape (n, 1024 * width, H / 32, W / 32).

    Raises:
        WeightsError: The weights are of another network, or damaged.
    """
    channels = int(32 * width)
    kernel = tensors.take(key("conv1", "kernel"), 3, 3, 3, channels).transpose(3, 2, 0, 1)
    fused = _fused(tensors, "conv1_bn", kernel)
    x = relu6(convolution(x, *fused, stride=2, pad=_BELOW_AND_RIGHT))
    for number, (full, stride) in enumerate(_BLOCKS, start=1):
        name, out = f"conv_dw_{number}", int(full * width)
        kernel = tensors.take(key(name, "depthwise_kernel"), 3, 3, channels, 1)
        fused = _fused(tensors, f"{name}_bn", kernel.transpose(2, 3, 0, 1))
        pad = 1 if stride == 1 else _BELOW_AND_RIGHT
        x = relu6(depthwise(x, *fused, stride=stride, pad=pad))
        name = f"conv_pw_{number}"
        kernel = tensors.take(key(name, "kernel"), 1, 1, channels, out).transpose(3, 2, 0, 1)
        x = relu6(convolution(x, *_fused(tensors, f"{name}_bn", kernel)))
        channels = out
    tensors.finish()
    return x


def key(layer: str, array: str) -> str:
    """Name of an array in Keras' HDF5: a group for the layer, in it the weight's own name."""
    return f"{layer}/{layer}/{array}:0"


def _fused(tensors: Tensors, norm: str, kernel: Array) -> tuple[Array, Array]:
    """Kernel (out, ...) and bias of a convolution with the batch norm that follows it."""
    parts = ("gamma", "beta", "moving_mean", "moving_variance")
    scale, shift, mean, variance = (tensors.take(key(norm, part), len(kernel)) for part in parts)
    return folded(kernel, scale, shift, mean, variance, _EPS)
