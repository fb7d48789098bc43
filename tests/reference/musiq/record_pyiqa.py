"""Record what pyiqa's MUSIQ says of the twenty pictures with random weights: `pyiqa.json`.

Run in the root of the repository, in an environment of its own that has pyiqa (0.1.16, with torch
2.15.0 on the CPU, for what is recorded). Only numbers are taken from it:

    PYTHONPATH=. python tests/reference/musiq/record_pyiqa.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from pyiqa.archs.musiq_arch import MUSIQ
from pyiqa.data.multiscale_trans_util import resize_preserve_aspect_ratio

from tests.reference import photos
from tests.reference.musiq.random_weights import CASES, digest, sampled


def main():
    torch.set_num_threads(2)
    recorded = {
        "versions": {name: version(name) for name in ("pyiqa", "torch", "numpy")},
        "photos": photos.digest(),
        "samples": [samples(rgb, longer) for rgb in photos.photos() for longer in (224, 384)],
        "networks": {},
    }
    for name, case in CASES.items():
        size, arrays = case.size, case.weights()
        network = MUSIQ(
            num_class=size.outputs,
            hidden_size=size.width,
            mlp_dim=size.mlp,
            num_heads=size.heads,
            num_layers=size.layers,
            pretrained=False,
        ).eval()
        network.load_state_dict(renamed(arrays, size))
        scores, outputs = [], []
        for rgb in case.pictures(photos.photos()):
            with torch.no_grad():
                pixels = torch.from_numpy(rgb).permute(2, 0, 1)[None].float() / 255
                score, said = network(pixels, return_mos=True, return_dist=True)
            scores.append(float(score))
            outputs.append([float(value) for value in said[0]])
        recorded["networks"][name] = {
            "weights": digest(arrays),
            "scores": scores,
            **({"probabilities": outputs} if size.outputs > 1 else {}),
        }
    text = json.dumps(recorded, indent=1) + "\n"
    Path(__file__).with_name("pyiqa.json").write_text(text, encoding="utf-8")


def samples(rgb, longer):
    """Some of the values of a resized picture."""
    pixels = torch.from_numpy(rgb).permute(2, 0, 1)[None].float() / 255 * 2 - 1
    small, _, _ = resize_preserve_aspect_ratio(pixels, *rgb.shape[:2], longer)
    return sampled(small[0].permute(1, 2, 0).numpy())


def renamed(arrays, size):
    """Give the arrays the names and the layout that pyiqa's class has."""
    arrays = {name.removeprefix("opt/target/"): array for name, array in arrays.items()}
    width, top = size.width, "Transformer"
    state = {}

    def put(name, array):
        state[name] = torch.from_numpy(np.ascontiguousarray(array))

    def layer(name, source):
        put(f"{name}.weight", arrays[f"{source}/kernel"].reshape(-1, state_width(source)).T)
        put(f"{name}.bias", arrays[f"{source}/bias"].reshape(-1))

    def state_width(source):
        return arrays[f"{source}/bias"].size

    def norm(name, source):
        put(f"{name}.weight", arrays[f"{source}/scale"].reshape(-1))
        put(f"{name}.bias", arrays[f"{source}/bias"].reshape(-1))

    for name, source in [("conv_root", "conv_root")] + [
        (f"block1.{part}", f"block1/unit1/{part}")
        for part in ("conv1", "conv2", "conv3", "conv_proj")
    ]:
        put(f"{name}.weight", arrays[f"{source}/kernel"].transpose(3, 2, 0, 1))
    norm("gn_root", "gn_root")
    for part in ("gn1", "gn2", "gn3", "gn_proj"):
        norm(f"block1.{part}", f"block1/unit1/{part}")
    layer("embedding", "embedding")
    layer("head.0" if size.outputs > 1 else "head", "head")
    encoder = "transformer_encoder"
    put(f"{encoder}.cls", arrays[f"{top}/cls"])
    put(
        f"{encoder}.posembed_input.position_emb",
        arrays[f"{top}/posembed_input/pos_embedding"].reshape(1, 100, width),
    )
    put(
        f"{encoder}.scaleembed_input.scale_emb",
        arrays[f"{top}/scaleembed_input/scale_embedding"].reshape(3, width),
    )
    norm(f"{encoder}.encoder_norm", f"{top}/encoder_norm")
    for k in range(size.layers):
        name, source = f"{encoder}.transformer.encoderblock_{k}", f"{top}/encoderblock_{k}"
        norm(f"{name}.norm1", f"{source}/LayerNorm_0")
        norm(f"{name}.norm2", f"{source}/LayerNorm_2")
        for part in ("query", "key", "value", "out"):
            layer(f"{name}.attention.{part}", f"{source}/MultiHeadDotProductAttention_1/{part}")
        layer(f"{name}.mlp.fc1", f"{source}/MlpBlock_3/Dense_0")
        layer(f"{name}.mlp.fc2", f"{source}/MlpBlock_3/Dense_1")
    return state


if __name__ == "__main__":
    main()
