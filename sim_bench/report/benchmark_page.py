"""A benchmark as one page that needs no other file: text, tables, charts and thumbnails."""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from sim_bench.benchmark.results import Results
from sim_bench.report.page.sections import dataset_sections
from sim_bench.report.page.thumbnails import Thumbnails

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
_MINUS = re.compile(r"(?<![\w.\-])-(?=\d)")
_EQUATION = re.compile(r"\b([pn]) ([<=≤]) ")
TIES = {
    "half": "a tie counts as half a right answer",
    "left": "a tie counts as a choice of the first photo",
    "right": "a tie counts as a choice of the second photo",
}


def write_benchmark_page(
    results: Results,
    folder: Path,
    *,
    title: str,
    image_paths: Mapping[str, Mapping[str, Path]],
    manifest: Mapping[str, Any] | None = None,
) -> Path:
    """Write `report.html`: one page that opens from a file, without network or other files.

    Args:
        results: What the benchmark found.
        folder: Where to write; made if it is not there.
        title: Title of the page.
        image_paths: Where photos are, by data set and image id; one that is missing or cannot be
            read becomes a grey box that says so.
        manifest: What the run was made with, as in `manifest.json`.

    Returns:
        The file written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "report.html"
    path.write_text(
        page_text(results, title, image_paths, manifest), encoding="utf-8", newline="\n"
    )
    return path


def page_text(
    results: Results,
    title: str,
    image_paths: Mapping[str, Mapping[str, Path]],
    manifest: Mapping[str, Any] | None,
) -> str:
    """Make the page's HTML; the arguments are those of `write_benchmark_page`."""
    from markupsafe import Markup

    style, script = (_read(name) for name in ("report.css", "report.js"))
    ran = [one for one in results.methods if one.status != "failed"]
    return (
        _environment()
        .get_template("report.html")
        .render(
            title=title,
            results=results,
            level=f"{100 * results.level:g}%",
            ties=TIES[results.ties],
            failed=[one for one in results.methods if one.status == "failed"],
            ran=ran,
            not_on_record=[one.name for one in ran if one.trained_on is None],
            contaminated=[data for data in results.datasets if data.contamination],
            sections=dataset_sections(results, Thumbnails(image_paths)),
            manifest=_flat(manifest or {}),
            made=_made(manifest or {}),
            style=Markup(style),  # our own files, no data in them
            script=Markup(script),
            style_hash=_csp_hash(style),
            script_hash=_csp_hash(script),
        )
    )


def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["minus"] = _typeset
    return made


def _typeset(text: str) -> str:
    """Give numbers a true minus sign, and keep "p < 0.001" and "n = 12" on one line."""
    text = _MINUS.sub("\u2212", text)
    return _EQUATION.sub("\\1\u00a0\\2\u00a0", text).replace(">=", "≥")


def _read(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _csp_hash(text: str) -> str:
    """What a content security policy names an inline block by: nothing else may run or style."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}"


def _made(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """When and on what the run was made, as far as the manifest says."""
    machine = manifest.get("machine")
    facts = {"finished": manifest.get("finished")}
    facts |= dict(machine) if isinstance(machine, Mapping) else {"machine": machine}
    rows = [(str(name), str(value)) for name, value in facts.items() if value]
    return [
        (name, text.replace("T", " ").replace("+00:00", " UTC") if name == "finished" else text)
        for name, text in rows
    ]


def _flat(manifest: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Lay nested keys out as one list; of a path only its last part, since pages are passed on."""
    rows: list[tuple[str, str]] = []
    for key, value in manifest.items():
        name = f"{before}{PurePath(str(key)).name or key}"
        if isinstance(value, Mapping):
            rows += _flat(value, f"{name}: ")
        else:
            rows.append((name, "–" if value is None else str(value)))
    return rows
