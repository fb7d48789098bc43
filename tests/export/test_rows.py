from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

from sim_bench.errors import UnknownNameError
from sim_bench.export.rows import Row, Verdict, rows_of


def test_rows_come_from_a_table_in_its_order():
    table = pd.DataFrame({"verdict": ["pick", "single"], "path": [Path("b.jpg"), "a.jpg"]})
    assert rows_of(table) == (Row(Path("b.jpg"), "pick"), Row(Path("a.jpg"), "single"))


def test_a_table_without_verdicts_is_refused():
    with pytest.raises(ValueError, match="no column 'verdict'.*Got: path, score"):
        rows_of(pd.DataFrame({"path": ["a.jpg"], "score": [1.0]}))


def test_what_is_no_verdict_is_refused():
    with pytest.raises(UnknownNameError, match="verdict 'picked'. Did you mean 'pick'"):
        rows_of(pd.DataFrame({"path": ["a.jpg"], "verdict": ["picked"]}))
    with pytest.raises(UnknownNameError, match="verdict 'nan'"):
        rows_of(pd.DataFrame({"path": ["a.jpg"], "verdict": [float("nan")]}))


def test_the_verdicts_are_those_that_choosing_gives():
    from sim_bench.selection.choosing import VERDICTS

    assert get_args(Verdict) == VERDICTS
