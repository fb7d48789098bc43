"""Ctrl-C in the middle of a real run: it ends with what is done, and the next run goes on."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
from PIL import Image

COUNT = 600


def test_ctrl_c_keeps_what_is_done(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for k in range(COUNT):
        path = folder / f"{k:03d}.jpg"
        Image.fromarray(rng.integers(0, 256, (240, 320, 3), np.uint8)).save(path)
        os.utime(path, (1_600_000_000, 1_600_000_000))
    command = [sys.executable, "-m", "sim_bench", "score", "photos", "--model", "embedded"]
    command += ["--store", "kept.sqlite", "--output", "scores.csv"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    target = tmp_path / "scores.csv"
    while process.poll() is None and not (target.exists() and target.stat().st_size > 1000):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    rows = pd.read_csv(target)
    assert 0 < len(rows) < COUNT
    assert f"interrupted: {len(rows)} of {COUNT} rows are in scores.csv" in said
    done = subprocess.run(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, check=True)
    assert f"{COUNT} photos: {COUNT} scored, 0 unscored" in done.stderr
    known = int(done.stderr.split(" of them known")[0].splitlines()[-1])
    assert len(rows) <= known < COUNT
    table = pd.read_csv(target)
    assert table.head(len(rows)).equals(rows)
