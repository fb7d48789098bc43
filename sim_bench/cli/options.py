"""Options that several commands share, and the methods that they ask for."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sim_bench.cli.method_specs import make, parse
from sim_bench.errors import StoreError

if TYPE_CHECKING:
    from sim_bench.quality_assessment.base import QualityAssessor
    from sim_bench.store.store import Store

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
DecodeOption = Annotated[
    Literal["scaled", "exact"] | None,
    typer.Option(
        "--decode",
        help="scaled: reduce large JPEGs while decoding them; exact: decode every pixel, as is "
        "done anyway for a method that looks at pixels.",
        show_default="scaled",
    ),
]
StorePath = Annotated[
    Path | None,
    typer.Option(
        "--store",
        help="File that keeps vectors and scores, so that nothing is computed twice.",
        show_default="in the user's cache folder",
    ),
]
NoStore = Annotated[bool, typer.Option("--no-store", help="Keep nothing and look nothing up.")]
Methods = Annotated[
    list[str] | None,
    typer.Option(
        "--method",
        help="Method, repeatable; see `sim-bench methods`. With parameters, and a column of its "
        "own: taste=musiq:weights=ava.",
    ),
]
PermissiveOnly = Annotated[
    bool,
    typer.Option(
        "--permissive-only",
        help="Refuse methods whose weights' licence is not permissive, or not on record.",
    ),
]
OutputFile = Annotated[
    Path | None,
    typer.Option("--output", help="FILE.csv, .parquet or .jsonl; CSV on stdout without it."),
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
    decode: str | None = None,
    permissive_only: bool = False,
) -> "dict[str, QualityAssessor]":
    """Make the methods asked for, each with the options that it knows.

    Methods over vectors decode exactly where another method looks at every pixel: one decoded
    picture serves all.

    Args:
        names: As for `method_specs.parse`; they become the columns.
        model: Name of the CLIP model, for methods over one.
        pretrained: Its weights.
        aggregation: For `clip_aesthetic`.
        prompts: For `clip_aesthetic`.
        device: Where models run.
        precision: In which they compute.
        decode: How photos are decoded for them.
        permissive_only: Refuse methods whose weights have no permissive licence.

    Raises:
        UnknownNameError: No such method.
        LicenceError: A method is refused.
        typer.BadParameter: An option was given that none of the methods knows, or a parameter
            that its method does not take.
    """
    from sim_bench.quality_assessment.record import COLUMNS
    from sim_bench.quality_assessment.vector_based import decode_exactly, looks_at_every_pixel

    given: dict[str, Any] = {
        "model_name": model,
        "pretrained": pretrained,
        "aggregation_method": aggregation,
        "prompts": prompts,
        "device": device,
        "precision": precision,
        "decode": decode,
    }
    given = {key: value for key, value in given.items() if value is not None}
    used: set[str] = set()
    built: dict[str, QualityAssessor] = {}
    asked = [(text, *parse(text)) for text in dict.fromkeys(names)]
    for text, column, cls, params in asked:
        if column in built or column in COLUMNS:
            raise typer.BadParameter(
                f"{text!r}: there is a column {column!r} already", param_hint="--method"
            )
        options = {key: given[key] for key in _shared(cls, given)}
        used |= options.keys()
        built[column] = make(text, cls, params, options)
    if idle := sorted(given.keys() - used):
        flags = {"model_name": "model", "aggregation_method": "aggregation"}
        option = f"--{flags.get(idle[0], idle[0])}"
        raise typer.BadParameter(
            f"{option} means nothing to {', '.join(built)}; it is for methods over a CLIP model, "
            "such as clip_aesthetic"
        )
    if any(map(looks_at_every_pixel, built.values())):
        for method in built.values():
            decode_exactly(method)
    if permissive_only:
        from sim_bench.quality_assessment.permissive import refuse_restricted

        refuse_restricted(built)
    return built


def _shared(cls: "type[QualityAssessor]", given: Mapping[str, Any]) -> set[str]:
    """Options that mean something to a method; a model's name only with weights beside it."""
    parameters = signature(cls).parameters.keys()
    known = given.keys() & parameters
    return set(known) if "pretrained" in parameters else set(known - {"model_name"})


@contextmanager
def opened_store(path: Path | None, *, off: bool = False) -> "Iterator[Store | None]":
    """Open the store that was asked for, for the time of a command; None where there is none.

    The default store is a convenience: where it cannot be used, a note says so and the command
    goes on without.

    Raises:
        StoreError: The store that was named cannot be used.
    """
    from sim_bench.store.store import Store

    if off and path is not None:
        raise typer.BadParameter("--store and --no-store exclude each other")
    store = None
    if not off:
        try:
            store = Store(path)
        except StoreError as error:
            if path is not None:
                raise
            typer.echo(f"note: going on without a store: {error}", err=True)
    try:
        yield store
    finally:
        if store:
            store.close()


def check_output(path: Path | None) -> None:
    """Refuse a file for a table whose suffix names no format, before any work is done."""
    from sim_bench.report.table_file import check_suffix

    if path is not None:
        try:
            check_suffix(path)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--output") from error
