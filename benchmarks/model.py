"""The model to measure with: a ViT-B-32 of open_clip with random weights, exported as a bundle.

Speed does not depend on the weights. The seed makes the peers' weights equal to the bundle's.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sides import Side

from sim_bench.encoders.export import export_model
from sim_bench.encoders.open_clip_model import random_model

if TYPE_CHECKING:
    from sim_bench.encoders.open_clip_model import OpenClipModel

FOLDER = "outputs/benchmarks/ViT-B-32"


def add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", default=FOLDER, help="a bundle's folder, made if it is not there; or 'embedded'"
    )


def random_vit() -> "OpenClipModel":
    """Make the model as open_clip has it."""
    return random_model("ViT-B-32", seed=0)


def bundle(model: str) -> str:
    """Make the bundle unless it is there; gives its name back."""
    if model == "embedded" or Path(model, "config.json").exists():
        return model
    try:
        with Side(_exporter) as side:  # PyTorch stays out of this process
            side(model)
    except ImportError as error:
        raise SystemExit(f"There is no bundle in {model}, and making one failed. {error}") from None
    return model


def _exporter() -> Callable[[str], None]:
    return _export


def _export(folder: str) -> None:
    export_model(random_vit(), folder)
