"""The model card: fixed statements about the model, and its figures filled in."""

from math import prod
from pathlib import Path
from string import Template
from typing import Any

import pandas as pd

from training.embedded.evaluate import STRENGTHS, Figure

_TEMPLATE = Path(__file__).with_name("card_template.md")


def write(found: dict[str, Any], facts: dict[str, str], target: Path) -> None:
    """Write the card.

    Args:
        found: what `report.figures` gave.
        facts: sizes and times: image_parameters, text_parameters, cost.
        target: the file to write.
    """
    series = next(iter(found["series"].values()))
    strongest = found["bursts"][str(STRENGTHS[-1])]
    text = Template(_TEMPLATE.read_text(encoding="utf-8"))
    target.write_text(
        text.substitute(
            facts,
            agreement=_table(
                ["photos", "SRCC", "series or single photos"],
                [[_WHICH[k], _range(f), str(f["n"])] for k, f in found["srcc"].items()],
            ),
            series_count=series["n"],
            series=_table(
                ["", "share"], [[_SERIES[k], _range(f)] for k, f in found["series"].items()]
            ),
            median=f"{found['score']['median']:.3f}",
            low=f"{found['score']['from']:.3f}",
            high=f"{found['score']['to']:.3f}",
            prompts=_table(
                ["prompt", "all", "ss01", "ss03"],
                [
                    [name, *(_range(parts[k]) for k in ("all", "ss01", "ss03"))]
                    for name, parts in found["prompts"].items()
                ],
            ),
            burst_count=strongest["n"],
            bursts="; ".join(
                f"strength {s:g}: {_range(found['bursts'][str(s)])}" for s in STRENGTHS
            ),
            kinds=_table(
                ["damage", *(f"first at {s:g}" for s in STRENGTHS), "tau", "named"],
                [
                    [
                        row["kind"].replace("_", " "),
                        *(f"{row[f'wins at {s}']:.0%}" for s in STRENGTHS),
                        f"{row['tau']:+.2f}",
                        f"{found['drops']['named'][row['kind']]:.0%}",
                    ]
                    for row in found["kinds"]
                ],
            ),
            naming=_table(
                ["damage", *found["naming"]],
                [
                    [k.replace("_", " "), *(_share(f[k]) for f in found["naming"].values())]
                    for k in next(iter(found["naming"].values()))
                ],
            ),
            wordings=found["unseen"]["wordings"],
            unseen=_table(
                ["median correlation with", ""],
                [[k, _range(f)] for k, f in found["unseen"]["medians"].items()],
            ),
            scenes=_table(
                ["photos", "n", "rank gap", "beyond such human scores'", "SRCC within"],
                [
                    [
                        scene.replace("_", " "),
                        str(parts["photos"]),
                        *(_change(parts[k]) for k in ("gap", "excess")),
                        _range(parts["srcc"]),
                    ]
                    for scene, parts in found["behaviours"]["scenes"].items()
                ],
            ),
            changes=_table(
                ["good photos", "change"],
                [[k, _change(f)] for k, f in found["behaviours"]["changes"].items()],
            ),
            screens=_table(
                ["drawn", "against the median photo"],
                [[k, f"{v:+.2f}"] for k, v in found["behaviours"]["screens"].items()],
            ),
        ),
        encoding="utf-8",
    )


def facts(bundle: Path, work: Path) -> dict[str, str]:
    """Sizes of a bundle and the time its training took, from the logs in `work`."""
    towers = {name: bundle / name / "model.onnx" for name in ("visual", "textual")}
    megabytes = sum(p.stat().st_size for p in bundle.rglob("*") if p.is_file()) / 1e6
    log = pd.read_csv(work / "log.csv")
    words = pd.read_csv(work / "text_log.csv")["seconds"].iloc[-1]
    return {
        "image_parameters": _millions(towers["visual"]),
        "text_parameters": _millions(towers["textual"]),
        "cost": (
            f"The bundle has {megabytes:.1f} MB. On two cores the trained part of the photo tower "
            f"took {log['seconds'].sum() / 60:.0f} minutes for {len(log)} epochs, once the frozen "
            f"part had seen every image (about ten), and the text tower {words / 60:.0f}."
        ),
    }


def _millions(model: Path) -> str:
    """Numbers stored in a model, weights and the few constants beside them."""
    import onnx

    stored = onnx.load(model).graph.initializer
    return f"{sum(prod(tensor.dims) for tensor in stored) / 1e6:.1f} M"


_WHICH = {"all": "all", "ss01": "series of one scene (`ss01`)", "ss03": "Unsplash (`ss03`)"}
_SERIES = {
    "pick within 0.05": "pick within 0.05 of the best photo's score",
    "pairs in order": "pairs that differ by 0.1 or more in the right order",
}


def _range(figure: dict[str, Any]) -> str:
    shown = Figure(**figure)
    return f"{shown.value:.3f} [{shown.low:.3f}, {shown.high:.3f}]"


def _change(figure: dict[str, Any]) -> str:
    shown = Figure(**figure)
    return f"{shown.value:+.2f} [{shown.low:+.2f}, {shown.high:+.2f}]"


def _share(figure: dict[str, Any]) -> str:
    shown = Figure(**figure)
    return f"{shown.value:.0%} [{100 * shown.low:.0f}, {100 * shown.high:.0f}]"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
