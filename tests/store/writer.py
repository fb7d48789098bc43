"""A process that adds to a store until it is killed, or until it is done.

python -m tests.store.writer STORE FIRST BATCHES; says the last number of each batch it has added.
"""

import sys
from pathlib import Path

from sim_bench.store.store import Store
from tests.store.made import entry

BATCH = 16


def main():
    path, first, batches = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    with Store(path) as store:
        for start in range(first, first + batches * BATCH, BATCH):
            store.add([entry(number) for number in range(start, start + BATCH)])
            sys.stdout.write(f"{start + BATCH - 1}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
