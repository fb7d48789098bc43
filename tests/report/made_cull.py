"""A small culling: photos from formulas, groups of every kind, verdicts, reasons."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from PIL import Image

from sim_bench.images.capture import Capture
from sim_bench.quality_assessment.base import Explanation, Reason
from sim_bench.report.cull_page import write_cull_page
from sim_bench.selection.group import Group
from tests.quality_assessment.samples import scene

HOSTILE = "a'b\"<script>window.ran = 1;</script>&amp;\n\u202e\U0001f4f7"
"""Without a slash, so that it may be in a file's name once the tag's end has gone."""
HOSTILE_NAME = HOSTILE.replace("/", "") + ".jpg"


@dataclass
class Culling:
    """What `write_cull_page` is given."""

    groups: list
    rows: list
    explanations: dict
    captures: dict

    @property
    def table(self):
        return pd.DataFrame(self.rows)

    def write(self, path, **changes):
        given = {
            "title": "A weekend",
            "methods": {"composite": "higher"},
            "explanations": self.explanations,
            "captures": self.captures,
            "workers": 2,
        }
        return write_cull_page(path, self.table, self.groups, **(given | changes))


def explanation(*contributions, names=("sharpness", "noise", "exposure", "contrast", "colour")):
    reasons = [
        Reason(name, value, f"{name} seen")
        for name, value in zip(names, contributions, strict=False)
    ]
    return Explanation.of(sum(contributions), reasons)


def photo(path, seed=0, size=(48, 36)):
    width, height = size
    Image.fromarray(scene(height, width, seed)).save(path, quality=92)
    return path


def row(path, group, verdict, rank=None, chance=None, reason="", **scores):
    return {
        "path": path,
        "group": group,
        "verdict": verdict,
        "rank": rank,
        "win_probability": chance,
        "reason": reason,
        "composite": None,
    } | scores


def culling(folder: Path) -> Culling:
    """Nine photos in five groups, one of which gives no pixels.

    0001: a burst of three, 0002: a single, 0003: a bracket of two, 0004: a burst of two that are
    close, 0005: a single with a hostile name and no pixels.
    """
    names = [f"DSC0000{k}.JPG" for k in range(1, 9)]
    paths = [photo(folder / name, seed) for seed, name in enumerate(names)]
    broken = folder / HOSTILE_NAME
    broken.write_bytes(b"\xff\xd8\xff no photo")
    groups = [
        Group("0001", "burst", tuple(paths[:3]), "3 photos within 1.2 s"),
        Group("0002", "single", (paths[3],), ""),
        Group("0003", "bracket", tuple(paths[4:6]), "2 photos, 2 EV apart"),
        Group("0004", "burst", tuple(paths[6:]), "2 photos within 0.3 s"),
        Group("0005", "single", (broken,), ""),
    ]
    rows = [
        row(paths[0], "0001", "reject", 2, 0.3, "softer focus", composite=0.40),
        row(paths[1], "0001", "pick", 1, 0.6, "sharper focus", composite=0.70),
        row(paths[2], "0001", "reject", 3, 0.1, "too dark", composite=0.10),
        row(paths[3], "0002", "single", composite=0.5),
        row(paths[4], "0003", "protected", reason="part of a bracket", composite=0.2),
        row(paths[5], "0003", "protected", reason="part of a bracket", composite=0.3),
        row(paths[6], "0004", "close", 1, 0.5, "within noise", composite=0.45),
        row(paths[7], "0004", "close", 1, 0.5, "within noise", composite=0.45),
        row(broken, "0005", "unscored", reason=HOSTILE),
    ]
    explanations = {
        paths[0]: explanation(0.30, 0.05, 0.03, 0.01, 0.01),
        paths[1]: explanation(0.50, 0.10, 0.06, 0.02, 0.02),
        paths[2]: explanation(0.10, -0.03, 0.02, 0.005, 0.005),
        paths[3]: explanation(0.30, 0.10, 0.05, 0.03, 0.02),
        paths[4]: explanation(0.15, 0.05),
        paths[5]: explanation(0.25, 0.05),
        paths[6]: explanation(0.40, 0.05),
        paths[7]: explanation(0.40, 0.05),
    }
    captures = {
        path: Capture(taken=1000.0 + 0.25 * k, resolution=0.01, exposure_time=1 / 500, iso=400)
        for k, path in enumerate(paths[:3])
    }
    captures[paths[3]] = Capture(taken=500.0, resolution=1.0, aperture=4.0, exposure_time=2.0)
    captures[paths[4]] = Capture(taken=2000.0, resolution=1.0, bias=-2.0)
    return Culling(groups, rows, explanations, captures)
