"""The peak of resident memory of `sim-bench score`, by the number of photos.

    python benchmarks/memory.py [--sizes 100 1000 10000]

Each size is one fresh process with an empty store; its peak is what the kernel says of
it when it has ended (`ru_maxrss`). Every tenth photo, the first among them, has 12 megapixels, the
rest 640x480: the peak comes from the largest photos, which are met from beginning to end, and
10,000 of them would be 24 GB. Linux only.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from commands import score
from model import add_model, bundle
from photos import add_folder, opened, write_photos
from report import report


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000])
    add_model(parser)
    add_folder(parser)
    options = parser.parse_args(arguments)
    model = bundle(options.model)
    with opened(options.folder) as folder:
        peaks = {n: peak(model, write_photos(folder, "mixed", n)[0].parent) for n in options.sizes}
    first = peaks[options.sizes[0]]
    report(
        ("photos", "peak MiB", "times the first"),
        [(f"{n}", f"{mib:.0f}", f"{mib / first:.3f}") for n, mib in peaks.items()],
        {"peak_mib": {n: round(mib, 1) for n, mib in peaks.items()}},
    )


def peak(model: str, folder: Path) -> float:
    """MiB that scoring a folder takes at most."""
    with TemporaryDirectory() as name:
        work = Path(name)
        arguments = score([folder], model=model, store=work / "s.sqlite", output=work / "s.csv")
        command = [sys.executable, *map(str, arguments)]
        said = work / "said.txt"
        with said.open("w") as stderr:
            process = subprocess.Popen(command, stderr=stderr, stdout=subprocess.DEVNULL)
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(said.read_text())
    return used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
