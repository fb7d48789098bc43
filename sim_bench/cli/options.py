"""Options that several commands share, and the methods that they ask for."""

from collections.abc import Sequence
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sim_bench.registry import method_class

if TYPE_CHECKING:
    from sim_bench.quality_assessment.base import QualityAssessor

Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="CLIP model: a name of `sim-bench models list`, 'embedded', 'auto', or a folder.",
        show_default="ViT-B-32",
    ),
]
ModelOrAuto = Annotated[
    str,
    typer.Option(
        "--model",
        help="CLIP model: a name of `sim-bench models list`, 'embedded', a folder, or 'auto': "
        "ViT-B-32 when its weights are at hand, else embedded.",
    ),
]
Pretrained = Annotated[
    str | None, typer.Option("--pretrained", help="Weights tag of the model.", show_default=False)
]
AggregationOption = Annotated[
    Literal["contrastive_only", "weighted", "mean"] | None,
    typer.Option("--aggregation", help="How prompts become a score.", show_default="weighted"),
]
Prompts = Annotated[
    str | None,
    typer.Option(
        "--prompts", help="Prompt set: a shipped name or a YAML file.", show_default="default"
    ),
]
DeviceOption = Annotated[
    Literal["auto", "cpu", "cuda"] | None,
    typer.Option("--device", help="Where the model runs.", show_default="auto"),
]
PrecisionOption = Annotated[
    Literal["auto", "f32", "bf16"] | None,
    typer.Option("--precision", help="Arithmetic of the model.", show_default="auto"),
]
Methods = Annotated[
    list[str] | None,
    typer.Option("--method", help="Method, repeatable; see `sim-bench methods`."),
]
OutputFolder = Annotated[Path, typer.Option("--output", help="Folder for the results.")]


def build_methods(
    names: Sequence[str],
    *,
    model: str | None = None,
    pretrained: str | None = None,
    aggregation: str | None = None,
    prompts: str | None = None,
    device: str | None = None,
    precision: str | None = None,
) -> "dict[str, QualityAssessor]":
    """Make the methods asked for, each with the options that it knows.

    Raises:
        UnknownNameError: No such method.
        typer.BadParameter: An option was given that none of the methods knows.
    """
    given: dict[str, Any] = {
        "model_name": model,
        "pretrained": pretrained,
        "aggregation_method": aggregation,
        "prompts": prompts,
        "device": device,
        "precision": precision,
    }
    given = {key: value for key, value in given.items() if value is not None}
    used: set[str] = set()
    built = {}
    for name in dict.fromkeys(names):
        cls = method_class(name)
        known = given.keys() & signature(cls).parameters.keys()
        used |= known
        built[cls.name] = cls(**{key: given[key] for key in known})
    if idle := sorted(given.keys() - used):
        flags = {"model_name": "model", "aggregation_method": "aggregation"}
        option = f"--{flags.get(idle[0], idle[0])}"
        raise typer.BadParameter(
            f"{option} means nothing to {', '.join(built)}; it needs a method that uses a model"
        )
    return built
