"""The best of some scored photos: NaN never wins, ties are ties."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

Direction = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Best:
    """The best of some photos by one method.

    Attributes:
        path: The best photo, the first of `tied` in the order given; None if none was scored.
        score: Its score; None if none was scored.
        runner_up: The next best that is not tied with it; None without one.
        margin: How much better it is than the runner-up; None without one.
        tied: All photos that share the best score, `path` among them.
        unscored: Photos without a score, with the reason.
    """

    path: Path | None
    score: float | None
    runner_up: Path | None
    margin: float | None
    tied: tuple[Path, ...]
    unscored: Mapping[Path, str]


def best_of(table: "pd.DataFrame", column: str, direction: Direction = "higher") -> Best:
    """Find the best row of a table of scores.

    Args:
        table: Rows with `path`, `reason` and the scores.
        column: The column of scores; NaN where a photo has none.
        direction: Whether a larger or a smaller score is better.
    """
    scores = table[column].to_numpy(dtype=float)
    paths = [Path(path) for path in table["path"]]
    finite = np.isfinite(scores)
    unscored = {
        path: str(reason)
        for path, reason, scored in zip(paths, table["reason"], finite, strict=True)
        if not scored
    }
    if not finite.any():
        return Best(None, None, None, None, (), unscored)
    merit = np.where(finite, scores if direction == "higher" else -scores, -np.inf)
    top = float(merit.max())
    tied = tuple(path for path, value in zip(paths, merit, strict=True) if value == top)
    below = np.where(merit < top, merit, -np.inf)
    second = int(below.argmax()) if np.isfinite(below).any() else None
    return Best(
        path=tied[0],
        score=float(scores[int(merit.argmax())]),
        runner_up=None if second is None else paths[second],
        margin=None if second is None else top - float(below[second]),
        tied=tied,
        unscored=unscored,
    )
