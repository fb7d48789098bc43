"""Verdicts as the export takes them: a photo, and what was said of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

from sim_bench.errors import UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal["pick", "reject", "close", "protected", "single", "unscored"]


@dataclass(frozen=True, slots=True)
class Row:
    """One photo and its verdict.

    Attributes:
        path: The photo.
        verdict: What `choose_all` said of it.
    """

    path: Path
    verdict: Verdict

    def __post_init__(self) -> None:
        if self.verdict not in get_args(Verdict):
            raise UnknownNameError("verdict", str(self.verdict), get_args(Verdict))


def rows_of(table: "pd.DataFrame") -> tuple[Row, ...]:
    """Take the verdicts from a table such as `choose_all` gives, in its order.

    Args:
        table: One row per photo, with the columns `path` and `verdict`.

    Raises:
        ValueError: A column is missing.
        UnknownNameError: Something in the column `verdict` is no verdict.
    """
    missing = [name for name in ("path", "verdict") if name not in table.columns]
    if missing:
        raise ValueError(
            f"the table has no column {missing[0]!r}; it needs path and verdict. "
            f"Got: {', '.join(map(str, table.columns))}."
        )
    pairs: Iterable[tuple[object, object]] = zip(table["path"], table["verdict"], strict=True)
    return tuple(Row(Path(str(path)), cast(Verdict, str(verdict))) for path, verdict in pairs)
