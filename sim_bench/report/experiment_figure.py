"""The experiment as one figure: scores, scores against the composite, correlations."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim_bench.benchmark.experiment import CLIP, COMPOSITE, Experiment
from sim_bench.evaluation.correlation import Correlation
from sim_bench.evaluation.verdict import GOOD_ABOVE, POOR_BELOW

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, ACCENT, SECOND, MUTED = "#222222", "#1f5fa8", "#c2571a", "#b8b8b8"
MOST_NAMED = 30
"""Photos whose names fit beside the dots; with more, the panel shows the distribution."""


def draw_experiment(result: Experiment, path: Path) -> None:
    """Draw the experiment into a PNG file.

    Args:
        result: What the experiment found.
        path: The file; its folder must exist.
    """
    from matplotlib.figure import Figure

    scored = result.photos[result.photos["status"] == "scored"]
    rows = min(len(scored), MOST_NAMED)
    figure = Figure(figsize=(15, max(5.0, 1.8 + 0.21 * rows)), layout="constrained")
    scores, against, correlations = figure.subplots(1, 3, width_ratios=[1.15, 1, 1.15])
    _scores(scores, [Path(p).stem for p in scored["path"]], scored[CLIP].tolist())
    against.scatter(scored[COMPOSITE], scored[CLIP], s=26, color=ACCENT, alpha=0.75, linewidth=0)
    against.set_xlabel("composite of rule-based measures")
    against.set_ylabel(f"{CLIP} score")
    against.set_title("CLIP beside the rules", loc="left")
    _forest(correlations, result.correlations)
    for axes in (scores, against, correlations):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(colors=INK)
    figure.suptitle(
        f"CLIP prompts as a judge of photos: {result.model}, {len(scored)} photos", fontsize=13
    )
    figure.savefig(path, dpi=110)


def _scores(axes: "Axes", names: Sequence[str], scores: Sequence[float]) -> None:
    axes.set_title("CLIP aesthetic score", loc="left")
    if len(scores) > MOST_NAMED:
        axes.hist(scores, bins="auto", color=ACCENT)
        axes.set_xlabel(f"{CLIP} score")
        axes.set_ylabel("photos")
        return
    order = sorted(range(len(scores)), key=lambda k: scores[k])
    axes.hlines(range(len(order)), 0, [scores[k] for k in order], color=MUTED, linewidth=1)
    axes.plot([scores[k] for k in order], range(len(order)), "o", color=ACCENT, markersize=5)
    axes.set_yticks(range(len(order)), [names[k] for k in order], fontsize=8)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_xlabel("larger is better")


def _forest(axes: "Axes", correlations: Mapping[tuple[str, str], Sequence[Correlation]]) -> None:
    axes.set_title("Correlation", loc="left")
    names = [other for _, other in correlations]
    for k, kinds in enumerate(correlations.values()):
        for found, shift, colour in zip(kinds, (-0.13, 0.13), (ACCENT, SECOND), strict=True):
            if found.reason:
                axes.text(0, k + shift, "undefined", fontsize=7, color=colour, va="center")
                continue
            axes.hlines(k + shift, found.low, found.high, color=colour, linewidth=2)
            label = found.kind.capitalize() if k == 0 else None
            axes.plot(found.estimate, k + shift, "o", color=colour, markersize=6, label=label)
    for level in (0.0, POOR_BELOW, GOOD_ABOVE):
        style = "-" if level == 0 else ":"
        axes.axvline(level, color=INK, linewidth=0.8, linestyle=style, zorder=0)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlim(-1, 1)
    axes.set_xlabel(
        f"with CLIP, 95% intervals; dotted: {POOR_BELOW:g}, {GOOD_ABOVE:g} (poor, good)"
    )
    axes.invert_yaxis()
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)
