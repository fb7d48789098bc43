"""Random weights in the exact layout of LIQE's checkpoints, and the pictures they are compared on.

numpy alone, so that the script that records the reference and the tests make the same.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from tests.reference.photos import photo, photos

LARGE = ((768, 1024), (800, 1100), (1300, 900), (600, 1100), (900, 900))
"""Height and width of pictures that the authors' pipeline resizes, or looks at in wider steps."""


@dataclass(frozen=True)
class Shape:
    """Of a model; as in openai/CLIP, a head has 64 numbers of the width."""

    vision_width: int
    vision_layers: int
    text_width: int
    text_layers: int
    dim: int


FULL = Shape(768, 12, 512, 12, 512)
"""ViT-B/32, as published."""

SMALL = Shape(128, 2, 64, 2, 48)


def all_photos():
    """The twenty shared pictures and the large ones."""
    return [*photos(), *(photo(h, w, 100 + k) for k, (h, w) in enumerate(LARGE))]


def state_dict(shape, seed=6):
    """Arrays by the names of openai/CLIP's state dict; every one matters to the result."""
    random = np.random.default_rng(seed)

    def normal(scale, *size):
        return random.standard_normal(size, dtype=np.float32) * np.float32(scale)

    def norm(name, width):
        return {f"{name}.weight": 1 + normal(0.2, width), f"{name}.bias": normal(0.2, width)}

    def blocks(prefix, layers, width):
        made = {}
        for k in range(layers):
            name = f"{prefix}transformer.resblocks.{k}"
            made |= {
                f"{name}.attn.in_proj_weight": normal(1.4 * width**-0.5, 3 * width, width),
                f"{name}.attn.in_proj_bias": normal(0.1, 3 * width),
                f"{name}.attn.out_proj.weight": normal(width**-0.5, width, width),
                f"{name}.attn.out_proj.bias": normal(0.1, width),
                f"{name}.mlp.c_fc.weight": normal(width**-0.5, 4 * width, width),
                f"{name}.mlp.c_fc.bias": normal(0.1, 4 * width),
                f"{name}.mlp.c_proj.weight": normal((4 * width) ** -0.5, width, 4 * width),
                f"{name}.mlp.c_proj.bias": normal(0.1, width),
                **norm(f"{name}.ln_1", width),
                **norm(f"{name}.ln_2", width),
            }
        return made

    vision, text = shape.vision_width, shape.text_width
    return {
        "positional_embedding": normal(0.2, 77, text),
        "text_projection": normal(text**-0.5, text, shape.dim),
        "logit_scale": np.array(np.log(100.0), dtype=np.float32),
        "visual.class_embedding": normal(0.5, vision),
        "visual.positional_embedding": normal(0.5, 50, vision),
        "visual.proj": normal(vision**-0.5, vision, shape.dim),
        "visual.conv1.weight": normal(2 * 3072**-0.5, vision, 3, 32, 32),
        **norm("visual.ln_pre", vision),
        **blocks("visual.", shape.vision_layers, vision),
        **norm("visual.ln_post", vision),
        **blocks("", shape.text_layers, text),
        "token_embedding.weight": normal(0.5, 49408, text),
        **norm("ln_final", text),
    }


def checksum(state):
    """Of all numbers of one array of the middle, to tell another generator from a wrong network."""
    return hashlib.sha256(state["ln_final.weight"].tobytes()).hexdigest()
