"""Records what pyiqa's NIMA says of the twenty pictures, with random weights.

    python -m tests.reference.nima.record_pyiqa

Recorded with pyiqa 0.1.16, timm 1.0.31, torch 2.15.0 and torchvision 0.29.2 on a CPU. The weights
are written as a checkpoint of the published kind and loaded by pyiqa itself. Only numbers are kept.
"""

import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import timm
import torch

from tests.reference.nima.weights import FOLDER, checksum, layout, random_weights, shortened
from tests.reference.photos import digest, photos

create = timm.create_model
timm.create_model = lambda name, pretrained, **rest: create(name, pretrained=False, **rest)

from pyiqa.archs.nima_arch import NIMA  # noqa: E402

SMALL = {"vgg16": 96, "inception_resnet_v2": 139}
"""Size of the input of the small networks, which are compared in every run of the tests."""

REPEATS = (1, 2, 1)


def write_layout(name):
    """Keep names and shapes of everything but what comes with a convolution's batch norm."""
    state = NIMA(name, pretrained=False).state_dict()
    kept = {key: list(value.shape) for key, value in state.items() if ".bn." not in key}
    path = FOLDER / "layouts" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    lines = ",\n".join(f'"{key}": {json.dumps(shape)}' for key, shape in kept.items())
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    known = {key: tuple(value.shape) for key, value in state.items()}
    assert layout(name) == known, f"{path} does not say it all"
    assert list(layout(name)) == list(known), f"{path} is in another order"


def loaded(name, arrays, size=None, repeats=None):
    """A NIMA of pyiqa with these weights, read from a checkpoint by pyiqa."""
    net = NIMA(name, pretrained=False).eval()
    if repeats:
        for part, number in zip(("repeat", "repeat_1", "repeat_2"), repeats, strict=True):
            net.base_model[part] = net.base_model[part][:number]
    if size:
        net.base_model.default_cfg = {**net.base_model.default_cfg, "input_size": (3, size, size)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nima.pth"
        torch.save({"params": {key: torch.tensor(value) for key, value in arrays.items()}}, path)
        from pyiqa.archs.arch_util import load_pretrained_network

        load_pretrained_network(net, str(path), True, weight_keys="params")
    return net


@torch.no_grad()
def said(net, pictures):
    """Scores and probabilities of pictures, each by itself."""
    scores, shares = [], []
    for rgb in pictures:
        x = torch.from_numpy(rgb).permute(2, 0, 1)[None].float() / 255
        score, distribution = net(x, return_dist=True)
        scores.append(float(score))
        shares.append([round(value, 8) for value in distribution[0].tolist()])
    return {"scores": scores, "probabilities": shares}


def record(name):
    """Write scores of the full network, and of a small one."""
    arrays = random_weights(name)
    repeats = REPEATS if name == "inception_resnet_v2" else None
    few = random_weights(name, shortened(layout(name), REPEATS)) if repeats else arrays
    found = {
        "versions": {p: version(p) for p in ("pyiqa", "timm", "torch", "torchvision", "numpy")},
        "photos": digest(),
        "weights": checksum(arrays),
        "full": said(loaded(name, arrays), photos()),
        "small_size": SMALL[name],
        "small_repeats": repeats,
        "small_weights": checksum(few),
        "small": said(loaded(name, few, SMALL[name], repeats), photos()),
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for model in sys.argv[1:] or SMALL:
        write_layout(model)
        record(model)
