"""`sim-bench cull`: from a card full of photos to the keepers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sim_bench.cli import options
from sim_bench.cli.console import SOME_UNSCORED, track

if TYPE_CHECKING:
    from sim_bench.export.rows import Row
    from sim_bench.quality_assessment.base import QualityAssessor
    from sim_bench.selection.cull import Culling
    from sim_bench.store.store import Store

Style = Literal["follow", "adobe", "darktable", "both"]

Xmp = Annotated[
    Style | None,
    typer.Option(
        "--xmp",
        help="Plan sidecars with stars and colours: photo.xmp (adobe), photo.ext.xmp (darktable), "
        "both, or as those that are there (follow). Nothing is written without --apply.",
    ),
]


def cull(
    inputs: Annotated[
        list[str], typer.Argument(metavar="FOLDER|PHOTOS", help="The photos of a card.")
    ],
    method: options.Methods = None,
    model: options.Model = None,
    device: options.DeviceOption = None,
    precision: options.PrecisionOption = None,
    permissive_only: options.PermissiveOnly = False,
    output: Annotated[
        Path | None,
        typer.Option(help="FILE.csv, .json, .jsonl or .parquet: one row per photo."),
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="FILE.html: a contact sheet with verdicts and reasons.")
    ] = None,
    xmp: Xmp = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the sidecars that --xmp plans.")
    ] = False,
    journal: Annotated[
        Path | None,
        typer.Option(
            help="What `sim-bench undo` needs to take the sidecars back.",
            show_default="a new file in the user's state folder",
        ),
    ] = None,
    copy_to: Annotated[Path | None, typer.Option(help="Copy the picks into this folder.")] = None,
    link_to: Annotated[
        Path | None, typer.Option(help="Hard-link the picks into this folder.")
    ] = None,
    store: options.StorePath = None,
    no_store: options.NoStore = False,
) -> None:
    """Group photos into bursts and say which of each to keep, and why.

    Brackets, focus stacks and panoramas are protected. Photos are never changed, moved or deleted;
    sidecars, copies and links are made only where asked for. By default clip_aesthetic with the
    embedded model and sharpness choose. Exit status: 0 done, 3 some photos unscored or some files
    not written, 2 wrong usage, 1 failed.
    """
    from sim_bench.cli.cull_output import show_groups, show_outcomes, show_totals, write_table
    from sim_bench.export.gather import gather
    from sim_bench.export.rows import rows_of
    from sim_bench.images.discover import discover
    from sim_bench.selection import cull as culling

    _check(output, page, apply=apply, xmp=xmp, targets=(copy_to, link_to))
    methods = options.build_methods(
        method or list(culling.METHODS),
        model=model or (None if method else "embedded"),
        device=device,
        precision=precision,
        permissive_only=permissive_only,
    )
    found = discover(inputs)
    with options.opened_store(store, off=no_store) as kept:
        result = culling.cull(found.paths, methods, store=kept, watch=track)
        if page is not None:
            _write_page(
                result,
                page,
                methods,
                kept,
                title=", ".join(Path(name).resolve().name or name for name in inputs),
            )
    if output is None and page is None:
        show_groups(result)
    show_totals(result)
    if output is not None:
        write_table(result.table, output)
        typer.echo(f"Written to {output}")
    if page is not None:
        typer.echo(f"Written to {page}")
    rows = rows_of(result.table)
    failed = 0
    if xmp is not None:
        failed += _sidecars(rows, xmp, apply=apply, journal=journal)
    for folder, how in ((copy_to, "copy"), (link_to, "link")):
        if folder is not None:
            made = gather(rows, folder, "copy" if how == "copy" else "link")
            failed += show_outcomes(f"{how} to {folder}", made)
    if failed or "unscored" in set(result.table["verdict"]):
        raise typer.Exit(SOME_UNSCORED)


def _check(
    output: Path | None,
    page: Path | None,
    *,
    apply: bool,
    xmp: str | None,
    targets: Sequence[Path | None],
) -> None:
    if output is not None and output.suffix != ".json":
        options.check_output(output)
    if page is not None and page.suffix not in (".html", ".htm"):
        raise typer.BadParameter("the page is a file that ends in .html", param_hint="--page")
    if apply and xmp is None:
        raise typer.BadParameter("--apply writes what --xmp plans; give --xmp too")
    if all(targets):
        raise typer.BadParameter("--copy-to and --link-to exclude each other")


def _write_page(
    result: "Culling",
    page: Path,
    methods: "Mapping[str, QualityAssessor]",
    store: "Store | None",
    *,
    title: str,
) -> None:
    from sim_bench.report.cull_page import write_cull_page
    from sim_bench.selection.choosing_reasons import TellingReasons

    name, method = next(iter(methods.items()))
    explain = TellingReasons(method, store=store).explain
    scored = set(result.table.loc[result.table[name].notna(), "path"])
    write_cull_page(
        page,
        result.table,
        result.groups,
        title=title,
        methods={name: one.direction for name, one in methods.items()},
        explanations={
            path: explain(path)
            for group in result.groups
            for path in group.paths
            if len(group.paths) > 1 and str(path) in scored
        },
        explained=name,
        captures={shot.path: shot.capture for shot in result.card.shots},
    )


def _sidecars(rows: "Sequence[Row]", style: Style, *, apply: bool, journal: Path | None) -> int:
    """Plan the sidecars, and write them if that is wanted; return how many failed."""
    from sim_bench.cli.cull_output import show_outcomes
    from sim_bench.export.apply import apply as write
    from sim_bench.export.plan import plan
    from sim_bench.user_folders import user_state

    changes = plan(rows, style)
    if not apply:
        counts = Counter(change.action for change in changes)
        told = ", ".join(f"{number} to {action}" for action, number in counts.items())
        typer.echo(f"sidecars (planned, nothing written; --apply writes them): {told}")
        for change in changes:
            if change.note and change.action in ("create", "edit", "refuse"):
                typer.echo(f"  {change.path}: {change.note}", err=True)
        return counts["refuse"]
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S-%f")
    where = journal or user_state() / "journals" / f"{stamp}.jsonl"
    where.parent.mkdir(parents=True, exist_ok=True)
    failed = show_outcomes("sidecars", write(changes, where))
    typer.echo(f"To take them back: sim-bench undo {where}")
    return failed
