"""An export, or an undo, in a process of its own, to be killed.

    python -m tests.export.killed_export apply FOLDER JOURNAL
    python -m tests.export.killed_export undo FOLDER JOURNAL
    python -m tests.export.killed_export gather FOLDER TARGET

Prints a line when it begins and one when it has ended.
"""

import sys
from pathlib import Path

from sim_bench.export.apply import apply
from sim_bench.export.gather import gather
from sim_bench.export.plan import plan
from sim_bench.export.rows import Row
from sim_bench.export.undo import undo

VERDICTS = ("pick", "reject", "close")


def rows_in(folder):
    photos = sorted(folder.glob("*.jpg"))
    return [Row(photo, VERDICTS[number % 3]) for number, photo in enumerate(photos)]


def main():
    what, folder, other = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    rows = rows_in(folder)
    changes = plan(rows, "both") if what == "apply" else ()
    sys.stdout.write("begins\n")
    sys.stdout.flush()
    if what == "apply":
        outcomes = list(apply(changes, other))
    elif what == "undo":
        outcomes = list(undo(other))
    else:
        outcomes = list(gather(rows, other, verdicts=VERDICTS))
    failed = [outcome.reason for outcome in outcomes if outcome.status == "failed"]
    sys.stdout.write(f"ended {failed}\n")


if __name__ == "__main__":
    main()
