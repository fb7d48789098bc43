"""What became of each input: one record, one row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("path", "status", "reason", "width", "height")


@dataclass(frozen=True, slots=True)
class Record:
    """What became of one input.

    Attributes:
        path: The file, as given.
        status: "scored" when every method gave a finite score, else "unscored".
        reason: Why it is unscored; empty when it is scored.
        width: Width in pixels of the upright photo; None when it gave no pixels.
        height: Height in pixels, likewise.
        scores: Score by method; NaN where a method gave none.
        notes: What was met while reading it, e.g. a colour profile that could not be used.
        known: Whether all that was asked was known, from a store or from a copy of the photo in
            the same run, so that no pixel was looked at.
        vectors: By name of those methods of which the run was asked for them; not those of a photo
            that gave no pixels.
    """

    path: Path
    status: str
    reason: str
    width: int | None
    height: int | None
    scores: Mapping[str, float]
    notes: tuple[str, ...] = ()
    known: bool = False
    vectors: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)

    def as_row(self) -> dict[str, Any]:
        """Return the record as a flat row: `COLUMNS`, then one column per method."""
        return {
            "path": str(self.path),
            "status": self.status,
            "reason": self.reason,
            "width": self.width,
            "height": self.height,
            **self.scores,
        }


def table_of(records: Iterable[Record], names: Sequence[str]) -> "pd.DataFrame":
    """Collect records into a table with the columns `COLUMNS` and `names`."""
    import pandas as pd

    rows = [record.as_row() for record in records]
    table = pd.DataFrame(rows, columns=[*COLUMNS, *names])
    return table.astype({"width": "Int64", "height": "Int64", **dict.fromkeys(names, "float64")})
