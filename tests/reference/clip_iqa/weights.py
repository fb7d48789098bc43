"""Random weights in the exact layout of CLIP RN50's state dict, at full and at small size.

numpy alone, so that the script that records the reference and the tests make the same. All numbers
of convolutions and linear layers can be written in 16 bits, because other implementations round
them to that when they read a checkpoint.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TOKENIZER = Path(__file__).with_name("tokenizer.json")


@dataclass(frozen=True)
class Shape:
    """Of both towers, as `ClipSize`."""

    blocks: tuple[int, ...]
    width: int
    text_width: int
    text_layers: int
    dim: int


FULL = Shape((3, 4, 6, 3), 64, 512, 12, 1024)
"""RN50, as published."""

SMALL = Shape((3, 4, 6, 3), 16, 64, 2, 48)


def state_dict(size, seed=3):
    """Arrays by open_clip's names; every one of those that are used matters to the result."""
    random = np.random.default_rng(seed)

    def normal(scale, *shape):
        drawn = random.standard_normal(shape, dtype=np.float32) * np.float32(scale)
        return drawn.astype(np.float16).astype(np.float32)

    def linear(name, out, into, bias=0.1):
        return {f"{name}.weight": normal(into**-0.5, out, into), f"{name}.bias": normal(bias, out)}

    def differences(name, width, scale, bias):
        """Blind to what all activations have in common, so that pictures differ in the result."""
        weight = scale * normal(width**-0.5, width, width)
        weight -= weight.mean(axis=1, keepdims=True)
        weight = weight.astype(np.float16).astype(np.float32)
        return {f"{name}.weight": weight, f"{name}.bias": normal(bias, width)}

    def layer_norm(name, width):
        return {f"{name}.weight": 1 + normal(0.2, width), f"{name}.bias": normal(0.2, width)}

    def convolution(name, norm, out, into, side, scale=1.0):
        return {
            f"{name}.weight": normal((2 / (into * side * side)) ** 0.5, out, into, side, side),
            f"{norm}.weight": scale * (1 + normal(0.2, out)),
            f"{norm}.bias": normal(0.1, out),
            f"{norm}.running_mean": normal(0.3, out),
            f"{norm}.running_var": 1 + np.abs(normal(0.4, out)),
            f"{norm}.num_batches_tracked": np.array(7, dtype=np.int64),
        }

    def block(name, width):
        return {
            f"{name}.attn.in_proj_weight": normal(1.4 * width**-0.5, 3 * width, width),
            f"{name}.attn.in_proj_bias": normal(0.1, 3 * width),
            **linear(f"{name}.attn.out_proj", width, width),
            **linear(f"{name}.mlp.c_fc", 4 * width, width),
            **linear(f"{name}.mlp.c_proj", width, 4 * width),
            **layer_norm(f"{name}.ln_1", width),
            **layer_norm(f"{name}.ln_2", width),
        }

    def bottleneck(name, planes, into, aside):
        made = {
            **convolution(f"{name}.conv1", f"{name}.bn1", planes, into, 1),
            **convolution(f"{name}.conv2", f"{name}.bn2", planes, planes, 3),
            **convolution(f"{name}.conv3", f"{name}.bn3", 4 * planes, planes, 1, 0.6),
        }
        if aside:
            down = f"{name}.downsample"
            made |= convolution(f"{down}.0", f"{down}.1", 4 * planes, into, 1)
        return made

    width, text = size.width, size.text_width
    made = {
        "positional_embedding": normal(0.5, 77, text),
        "text_projection": normal(text**-0.5, text, size.dim),
        "logit_scale": np.array(np.log(100.0), dtype=np.float32),
        "token_embedding.weight": normal(0.5, 49408, text),
        **layer_norm("ln_final", text),
        **convolution("visual.conv1", "visual.bn1", width // 2, 3, 3),
        **convolution("visual.conv2", "visual.bn2", width // 2, width // 2, 3),
        **convolution("visual.conv3", "visual.bn3", width, width // 2, 3),
    }
    for k in range(size.text_layers):
        made |= block(f"transformer.resblocks.{k}", text)
    into = width
    for stage, number in enumerate(size.blocks):
        planes = width * 2**stage
        for k in range(number):
            made |= bottleneck(f"visual.layer{stage + 1}.{k}", planes, into, aside=k == 0)
            into = 4 * planes
    made |= {
        "visual.attnpool.positional_embedding": normal(1.0, 50, into),
        **differences("visual.attnpool.q_proj", into, 3.0, 0.1),
        **differences("visual.attnpool.k_proj", into, 3.0, 0.1),
        **differences("visual.attnpool.v_proj", into, 1.0, 0.01),
        **linear("visual.attnpool.c_proj", size.dim, into, bias=0.01),
    }
    return made


def checksum(state):
    """Of all numbers of the last array, to tell another generator from a wrong network."""
    return hashlib.sha256(state["visual.attnpool.c_proj.bias"].tobytes()).hexdigest()
