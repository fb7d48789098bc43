"""Write the two towers as a bundle: the folder that the package ships."""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from sim_bench.encoders import bundle as package
from training.embedded import tokenizer as words
from training.embedded.compress import compress
from training.embedded.concepts import DIM
from training.embedded.data import SIZE
from training.embedded.frozen import OPSET
from training.embedded.image_tower import MEAN, STD, ImageTower
from training.embedded.text_tower import TextTower

NAME = "embedded"
VERSION = "2"
LICENCE = (
    "Apache-2.0 (weights, in part of EfficientNet-Lite0 and MiniLM-L6); "
    "trained on photos without a stated licence, see MODEL_CARD.md"
)
TRAINED_ON = (
    "biq2021:train, the photos in this project's training split",
    "biq2021:dev, looked at to choose the recipe",
    "synthetic:damage by the same functions, on other photos",
    "ImageNet-1k (first blocks of the photo tower)",
)
SOURCE = "training/embedded of sim-bench"
TERMS = ("LICENSE.Apache-2.0.md", "NOTICE.md")


@dataclass(frozen=True)
class Towers:
    """What a bundle is made of."""

    image: ImageTower
    text: TextTower


def export(towers: Towers, tokenizer_folder: Path, bundle: Path) -> None:
    """Write every file of the bundle except the model card."""
    (bundle / "visual").mkdir(parents=True, exist_ok=True)
    _onnx(
        towers.image,
        torch.zeros(2, 3, SIZE, SIZE),
        "image",
        bundle / "visual" / "model.onnx",
    )
    textual(towers.text, tokenizer_folder, bundle / "textual")
    for name in TERMS:
        (bundle / name).write_bytes(Path(__file__).with_name(name).read_bytes())
    _json(
        bundle / "visual" / "preprocess_cfg.json",
        {
            "size": SIZE,
            "mode": "RGB",
            "mean": list(MEAN),
            "std": list(STD),
            "interpolation": "bicubic",
            "resize_mode": "shortest",
            "fill_color": 0,
        },
    )
    _json(
        bundle / "config.json",
        {
            "embed_dim": DIM,
            "vision_cfg": {"image_size": SIZE},
            "text_cfg": {
                "context_length": words.CONTEXT,
                "vocab_size": towers.text.body.tokens.num_embeddings,
                "tokenizer_kwargs": {"clean": "lower"},
            },
        },
    )
    seal(bundle)


def textual(tower: TextTower, tokenizer_folder: Path, folder: Path) -> None:
    """Write the tower for words, with its weights in eight bits, and its tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    example = torch.ones(2, words.CONTEXT, dtype=torch.int32)
    _onnx(tower, example, "text", folder / "model.onnx")
    compress(folder / "model.onnx")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes((tokenizer_folder / name).read_bytes())


def seal(bundle: Path) -> None:
    """Write the golden vectors and the manifest."""
    package.seal(
        bundle,
        name=NAME,
        licence=LICENCE,
        source=SOURCE,
        version=VERSION,
        trained_on=TRAINED_ON,
    )


def _onnx(tower: nn.Module, example: Tensor, name: str, path: Path) -> None:
    tower = tower.eval().to(memory_format=torch.contiguous_format)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            tower,
            (example,),
            str(path),
            input_names=[name],
            output_names=["embedding"],
            dynamic_axes={name: {0: "batch"}, "embedding": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )


def _json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
