"""Damaged versions of a photo as files: made once, the same every time."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.datasets.damage import Damage
from sim_bench.images.decode import DECODE_VERSION, decode, read_bytes
from sim_bench.images.degrade import degrade

UNDAMAGED = "undamaged.jpg"
"""File of the photo itself, saved like its damaged versions so that only the damage differs."""

QUALITY = 95
_RECIPE = 1  # raised whenever the same photo would give other files than before
_MARKER = ".made.json"  # hidden, so that the folder holds photos only; written last


def write_versions(
    source: Path, folder: Path, damages: Sequence[Damage], *, seed: int, side: int | None
) -> Mapping[str, str]:
    """Write a photo and its damaged versions, unless they are there already.

    Noise and directions depend on the seed and on the photo's bytes, not on its name; all degrees
    of one kind of damage share them. Each file is complete whenever it is there.

    Args:
        source: The photo.
        folder: Where to write; made if it is not there.
        damages: What to do to the photo.
        seed: Decides noise and directions.
        side: Longer side in pixels to which larger photos are reduced first; None keeps their size.

    Returns:
        SHA-256 by name of each file: equal ones are versions between which there is no difference.

    Raises:
        ImageError: The photo cannot be read.
        OSError: The folder cannot be written.
    """
    data = read_bytes(source)
    key = _key(data, damages, seed, side)
    if (files := _made(folder, key)) is not None:
        return files
    rgb = _reduced(decode(data, source).rgb, side)
    own_seed = int.from_bytes(sha256(f"{seed}:{sha256(data).hexdigest()}".encode()).digest()[:8])
    folder.mkdir(parents=True, exist_ok=True)
    written = {UNDAMAGED: _save(rgb, folder / UNDAMAGED)}
    for damage in damages:
        damaged = degrade(rgb, damage.kind, damage.severity, seed=own_seed)
        written[damage.file] = _save(damaged, folder / damage.file)
    marker = {"key": key, "files": written}
    _write(json.dumps(marker, indent=1).encode(), folder / _MARKER)
    return {name: str(file["sha256"]) for name, file in written.items()}


def _key(data: bytes, damages: Sequence[Damage], seed: int, side: int | None) -> str:
    """Digest everything that the files depend on."""
    recipe = [_RECIPE, DECODE_VERSION, QUALITY, seed, side, [asdict(one) for one in damages]]
    return sha256(json.dumps(recipe).encode() + b"\0" + data).hexdigest()


def _made(folder: Path, key: str) -> dict[str, str] | None:
    """Return the digests of files made before; None where they are not all there as made."""
    try:
        marker = json.loads((folder / _MARKER).read_bytes())
        if marker["key"] != key:
            return None
        files: dict[str, dict[str, Any]] = marker["files"]
        sizes = {name: (folder / name).stat().st_size for name in files}
        whole = all(file["bytes"] == sizes[name] for name, file in files.items())
        return {name: file["sha256"] for name, file in files.items()} if whole else None
    except (OSError, ValueError, KeyError, TypeError):  # not there, or cut short: made again
        return None


def _reduced(rgb: NDArray[np.uint8], side: int | None) -> NDArray[np.uint8]:
    from PIL import Image

    height, width = rgb.shape[:2]
    if side is None or max(height, width) <= side:
        return rgb
    share = side / max(height, width)
    size = max(1, round(width * share)), max(1, round(height * share))
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS))


def _save(rgb: NDArray[np.uint8], path: Path) -> dict[str, Any]:
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=QUALITY, subsampling="4:4:4")
    data = file.getvalue()
    _write(data, path)
    return {"bytes": len(data), "sha256": sha256(data).hexdigest()}


def _write(data: bytes, path: Path) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    beside.replace(path)
