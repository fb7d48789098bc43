"""Exports in processes of their own, to be killed.

    python -m tests.export.killed_export FOLDER JOURNAL TARGET

plans an export of the photos of FOLDER once, then does what each line of its input says in a new
process: "apply", "undo" or "gather", or "apply 17" to be killed at the 17th line of the code that
touches files. It answers with the number of the process when that begins, and after another line,
whatever that says, with how it ended.
"""

import os
import signal
import sys
from pathlib import Path

from sim_bench.export import apply as apply_module
from sim_bench.export import file as file_module
from sim_bench.export import journal as journal_module
from sim_bench.export import undo as undo_module
from sim_bench.export.apply import apply
from sim_bench.export.gather import gather
from sim_bench.export.plan import plan
from sim_bench.export.rows import Row
from sim_bench.export.undo import undo

VERDICTS = ("pick", "reject", "close")
TOUCHING = {module.__file__ for module in (apply_module, file_module, journal_module, undo_module)}


def rows_in(folder):
    photos = sorted(folder.glob("*.jpg"))
    return [Row(photo, VERDICTS[number % 3]) for number, photo in enumerate(photos)]


def killed_at(number):
    """Have this process killed when it comes to so many lines of the code that touches files."""
    left = number

    def trace(frame, event, _):
        nonlocal left
        if frame.f_code.co_filename not in TOUCHING:
            return None
        left -= event == "line"
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


def main():
    folder, journal, target = map(Path, sys.argv[1:])
    rows = rows_in(folder)
    changes = plan(rows)
    work = {
        "apply": lambda: apply(changes, journal),
        "undo": lambda: undo(journal),
        "gather": lambda: gather(rows, target, verdicts=VERDICTS),
    }
    while line := sys.stdin.readline():
        what, *lines = line.split()
        child = os.fork()
        if child == 0:
            sys.stdout.write(f"{os.getpid()}\n")
            sys.stdout.flush()
            if lines:
                killed_at(int(lines[0]))
            failed = sum(outcome.status == "failed" for outcome in work[what]())
            os._exit(min(failed, 100))
        sys.stdin.readline()  # until then its number stays its own
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{ended}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
