"""An export on a disk in trouble: run in a mount namespace of its own, it mounts a tiny disk.

    unshare --mount --map-root-user python -m tests.export.trouble full|readonly DISK ELSEWHERE

Prints as JSON what became of each file.
"""

import json
import subprocess
import sys
from pathlib import Path

from sim_bench.export.apply import apply
from sim_bench.export.gather import gather
from sim_bench.export.outcome import ExportError
from sim_bench.export.plan import plan
from sim_bench.export.undo import undo
from tests.export.killed_export import VERDICTS, rows_in
from tests.export.samples import ADOBE, photo, tree

PHOTOS = 30


def mount(disk, *options):
    subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "none", disk], check=True)


def words(outcomes):
    return [[outcome.path.name, outcome.status, outcome.reason] for outcome in outcomes]


def names(files):
    return {str(path): data.hex() for path, data in files.items()}


def fill_up(disk):
    """Leave no byte, then give a few pages back."""
    with (disk / "filler").open("wb", buffering=0) as stream:
        try:
            while stream.write(bytes(4096)):
                pass
        except OSError:
            stream.truncate(stream.tell() - 8 * 4096)


def full(disk, elsewhere):
    mount(disk, "size=512k")
    for number in range(PHOTOS):
        path = photo(disk / "card" / f"{number:02}.jpg")
        if number % 2:
            path.with_suffix(".xmp").write_text(ADOBE, encoding="utf-8")
    rows = rows_in(disk / "card")
    before = tree(disk / "card")
    changes = plan(rows)
    fill_up(disk)
    written = words(apply(changes, elsewhere / "journal"))
    after = tree(disk / "card")
    restored = words(undo(elsewhere / "journal"))
    same = tree(disk / "card") == before
    gathered = words(gather(rows, disk / "picks", verdicts=VERDICTS))
    whole = [path.name for path in tree(disk / "picks")]
    try:
        no_journal = words(apply(plan(rows), disk / "journal"))
    except ExportError as error:
        no_journal = str(error)
    return {
        "before": names(before),
        "written": written,
        "after": names(after),
        "restored": restored,
        "same": same,
        "gathered": gathered,
        "whole": whole,
        "no_journal": no_journal,
        "untouched": tree(disk / "card") == before,
    }


def readonly(disk, elsewhere):
    mount(disk, "size=512k")
    for number in range(PHOTOS):
        photo(disk / f"{number:02}.jpg")
    rows = rows_in(disk)
    changes = plan(rows)
    mount(disk, "remount", "ro")
    return {
        "planned": [[change.path.name, change.action, change.note] for change in plan(rows)],
        "written": words(apply(changes, elsewhere / "journal")),
        "restored": words(undo(elsewhere / "journal")),
    }


def main():
    what, disk, elsewhere = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    sys.stdout.write(json.dumps({"full": full, "readonly": readonly}[what](disk, elsewhere)))


if __name__ == "__main__":
    main()
