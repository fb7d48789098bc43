"""Bundles on this machine: in the folder of offline copies, and in the hub's cache."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sim_bench.encoders.bundle import REQUIRED, Bundle, open_bundle, write_manifest
from sim_bench.encoders.catalogue import KnownModel
from sim_bench.encoders.settings import Manifest, read_settings
from sim_bench.errors import BundleError

OFFLINE_FOLDER = "SIM_BENCH_MODELS"  # environment variable: a folder of copied bundles
LOCK = "sim-bench.lock.json"
PENDING = "sim-bench.pending"  # beside the lock while a download is not finished


@dataclass(frozen=True, slots=True)
class Located:
    """A bundle on this machine, and what its files must be where that is recorded outside it."""

    folder: Path
    manifest: Manifest | None = None


def locate(known: KnownModel) -> Located | None:
    """Find a bundle in the offline folder, or as fetched and checked earlier."""
    if copies := os.environ.get(OFFLINE_FOLDER):
        for name in (known.folder_name, f"{known.model}__{known.tag}"):
            if (folder := Path(copies).expanduser() / name).is_dir():
                return Located(folder)
    lock = lock_of(known)
    if lock is None:
        return None
    folder = snapshot_of(known, lock.version)
    complete = all(_has(folder / name, record.bytes) for name, record in lock.files.items())
    return Located(folder, lock) if complete else None


def adopt(known: KnownModel) -> Located | None:
    """Find a bundle that something else put into the hub's cache; nothing vouches for it."""
    if (home_of(known) / PENDING).exists() or lock_of(known) is not None:
        return None  # our own download, not finished
    branch = home_of(known) / "refs" / "main"
    if not branch.is_file():
        return None
    folder = snapshot_of(known, branch.read_text(encoding="utf-8").strip())
    return Located(folder) if all((folder / name).is_file() for name in REQUIRED) else None


def copy_bundle(bundle: Bundle, folder: str | Path) -> Bundle:
    """Copy a bundle into a folder of bundles, complete with a manifest, for another machine.

    Returns:
        The copy. With the environment variable SIM_BENCH_MODELS naming `folder` on the other
        machine, it is found there by its name.
    """
    name = bundle.name.replace("/", "__")
    if bundle.manifest and "immich-app/" in bundle.manifest.source:
        name = bundle.manifest.source.rpartition("/")[2]
    target = Path(folder).expanduser() / name
    growing = target.with_name(f"{name}.partial")  # so that a copy cut short has another name
    shutil.rmtree(growing, ignore_errors=True)
    for relative in bundle.records:
        (growing / relative).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(bundle.path(relative), growing / relative)
    copy = write_manifest(
        growing,
        name=bundle.name,
        licence=bundle.licence,
        source=bundle.source,
        version=bundle.manifest.version if bundle.manifest else "unknown",
        trained_on=bundle.manifest.trained_on if bundle.manifest else None,
    )
    if copy.records != bundle.records:
        raise BundleError(f"{growing} is not what {bundle.folder} should hold. Fetch it again.")
    if target.exists():
        shutil.rmtree(target)
    growing.replace(target)
    return open_bundle(target)


def absent(known: KnownModel, reason: str) -> str:
    """Say that a bundle is not here, what was tried and what to do."""
    copies = os.environ.get(OFFLINE_FOLDER) or "not set"
    return (
        f"The weights of {known.name} are not on this machine and could not be fetched: {reason}.\n"
        f"Tried: {OFFLINE_FOLDER} ({copies}), the cache {home_of(known)}, "
        f"{endpoint()}/{known.repository}.\n"
        "Ways out: the model that comes with sim-bench (--model embedded); or, on a machine with "
        f"a connection, `sim-bench models get {known.model} --pretrained {known.tag} --to FOLDER`, "
        f"copy FOLDER here and set {OFFLINE_FOLDER} to it."
    )


def lock_of(known: KnownModel) -> Manifest | None:
    """What was recorded at the first download."""
    path = home_of(known) / LOCK
    return read_settings(path, Manifest) if path.is_file() else None


def home_of(known: KnownModel) -> Path:
    """The repository's folder in the hub's cache."""
    return cache_folder() / f"models--{known.repository.replace('/', '--')}"


def snapshot_of(known: KnownModel, commit: str) -> Path:
    """The folder of one commit in the hub's cache."""
    return home_of(known) / "snapshots" / commit


def cache_folder() -> Path:
    """The hub's cache."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE).expanduser()


def endpoint() -> str:
    """Address of the hub."""
    from huggingface_hub import constants

    return os.environ.get("HF_ENDPOINT", constants.ENDPOINT).rstrip("/")


def _has(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size
