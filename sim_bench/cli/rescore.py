"""`sim-bench rescore`: new prompts for all photos that are known, without opening one."""

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING

import typer

from sim_bench.cli import options

if TYPE_CHECKING:
    from sim_bench.quality_assessment.vector_based import VectorBasedAssessor


def rescore(
    method: options.Methods = None,
    model: options.Model = None,
    pretrained: options.Pretrained = None,
    aggregation: options.AggregationOption = None,
    prompts: options.Prompts = None,
    device: options.DeviceOption = None,
    precision: options.PrecisionOption = None,
    decode: options.DecodeOption = None,
    permissive_only: options.PermissiveOnly = False,
    store: options.StorePath = None,
    output: options.OutputFile = None,
) -> None:
    """Score every photo that earlier runs have kept, by other prompts or another aggregation.

    No file is opened or looked for: each photo is scored as it was when it was last read. For
    some photos only, or to take note of changes, use `score`.
    """
    from sim_bench.quality_assessment.ensemble import EnsembleAssessor
    from sim_bench.quality_assessment.rescore import rescore as rescored
    from sim_bench.quality_assessment.vector_based import VectorBasedAssessor
    from sim_bench.report.table_file import TableFile
    from sim_bench.store.store import Store

    options.check_output(output)
    methods = options.build_methods(
        method or ["clip_aesthetic"],
        model=model,
        pretrained=pretrained,
        aggregation=aggregation,
        prompts=prompts,
        device=device,
        precision=precision,
        decode=decode,
        permissive_only=permissive_only,
    )
    over_vectors = {
        name: one for name, one in methods.items() if isinstance(one, VectorBasedAssessor)
    }
    if others := sorted(methods.keys() - over_vectors.keys()):
        combines = isinstance(methods[others[0]], EnsembleAssessor)
        what = "combines other methods" if combines else "looks at pixels, which are not kept"
        raise typer.BadParameter(
            f"{others[0]} {what}; use `sim-bench score`", param_hint="--method"
        )
    _check_one_encoder(over_vectors)
    count = 0
    with Store(store) as kept:
        blocks = rescored(kept, over_vectors)
        first = next(blocks)  # what fails, fails before an earlier table is overwritten
        with TableFile(output, ["path", *methods], numeric=list(methods)) as table:
            for paths, scores in chain([first], blocks):
                columns = {name: column.tolist() for name, column in scores.items()}
                table.write_columns({"path": paths, **columns})
                count += len(paths)
    lines = [f"{count} photos scored from {kept.path}, none opened"]
    lines += [f"{name}: {one.made_by}" for name, one in methods.items()]
    lines += [f"written to {output}"] if output else []
    typer.echo("\n".join(lines), err=True)


def _check_one_encoder(methods: "Mapping[str, VectorBasedAssessor]") -> None:
    """Refuse methods that look at different vectors, naming one of each kind.

    Raises:
        typer.BadParameter: They do.
    """
    from sim_bench.quality_assessment.photo import Asked

    encoders = {key: name for name, (_, key) in reversed(Asked(methods).vector.items())}
    if len(encoders) > 1:
        told = ", ".join(
            f"{name} at those of {methods[name].encoder.name}"
            for name in methods
            if name in encoders.values()
        )
        raise typer.BadParameter(
            f"they look at different vectors: {told}; rescore them one after the other",
            param_hint="--method",
        )
