"""A run in a process of its own, slow enough to be killed in the middle.

    python -m tests.slow_run FOLDER STORE TABLE LOG

Appends a line to LOG for every picture that is encoded, and writes TABLE at the end.
"""

import hashlib
import sys
import time
import warnings
from pathlib import Path

from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.run import score_table
from sim_bench.quality_assessment.sharpness import SharpnessAssessor
from sim_bench.store.store import Store
from tests.fakes import FakeEncoder


def digest(prepared):
    return hashlib.sha256(prepared.tobytes()).hexdigest()


class SlowEncoder(FakeEncoder):
    """Takes its time, and says what it encoded."""

    def __init__(self, log):
        super().__init__()
        self.log = log

    def encode_images(self, images):
        with self.log.open("a") as log:
            for image in images:
                log.write(digest(self.prepare(image)) + "\n")
        time.sleep(0.004 * len(images))
        return super().encode_images(images)


def methods(log):
    return {
        "clip": CLIPAestheticAssessor(encoder=SlowEncoder(log)),
        "sharpness": SharpnessAssessor(),
    }


def main():
    folder, store, table, log = map(Path, sys.argv[1:])
    warnings.simplefilter("ignore")
    with Store(store) as kept:
        result = score_table(sorted(folder.iterdir()), methods(log), store=kept, batch=5)
    result.to_csv(table, index=False)


if __name__ == "__main__":
    main()
