"""Published bundles: found on this machine, or fetched from the Hugging Face hub and checked.

Trust: at the first download the repository's current commit is taken (or the catalogue's
revision), every file is compared with the checksum that the hub declares for that commit, and
commit and SHA-256 of each file are written to `sim-bench.lock.json` beside the bundle in the
hub's cache. From then on exactly these files are used, or fetched again. The lock is written last
and at once, so a download that was interrupted is no bundle.
"""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim_bench.encoders.bundle import (
    MANIFEST,
    NOT_ONNX,
    REQUIRED,
    Bundle,
    open_bundle,
    record_of,
    write_manifest,
)
from sim_bench.encoders.catalogue import KnownModel
from sim_bench.encoders.settings import FileRecord, Manifest, read_settings, write_json
from sim_bench.errors import BundleError, WeightsUnavailableError

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling

OFFLINE_FOLDER = "SIM_BENCH_MODELS"  # environment variable: a folder of copied bundles
LOCK = "sim-bench.lock.json"
_PENDING = "sim-bench.pending"
_TIMEOUT = 5.0  # seconds for an answer; `auto` must not keep a person waiting


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
    lock = _lock(known)
    if lock is None:
        return None
    folder = _snapshot(known, lock.version)
    complete = all(_has(folder / name, record.bytes) for name, record in lock.files.items())
    return Located(folder, lock) if complete else None


def adopt(known: KnownModel) -> Located | None:
    """Find a bundle that something else put into the hub's cache; nothing vouches for it."""
    if (_home(known) / _PENDING).exists() or _lock(known) is not None:
        return None  # our own download, not finished
    branch = _home(known) / "refs" / "main"
    if not branch.is_file():
        return None
    folder = _snapshot(known, branch.read_text(encoding="utf-8").strip())
    return Located(folder) if all((folder / name).is_file() for name in REQUIRED) else None


def fetch(known: KnownModel) -> Located:
    """Download a bundle, check it and record it; what is in the cache already is not fetched.

    Raises:
        WeightsUnavailableError: The hub cannot be asked and the cache has no complete copy.
        BundleError: A file is not what the hub, or the earlier record, says it is.
    """
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        if adopted := adopt(known):
            return adopted
        raise WeightsUnavailableError(absent(known, "HF_HUB_OFFLINE is set"))
    lock = _lock(known)
    try:
        siblings, commit = _listing(known, lock.version if lock else known.revision)
        _home(known).mkdir(parents=True, exist_ok=True)
        (_home(known) / _PENDING).touch()
        paths = {sibling.rfilename: _download(known, sibling, commit) for sibling in siblings}
    except BundleError:
        raise
    except Exception as error:
        if adopted := adopt(known):
            return adopted
        cause = str(error).strip().partition("\n")[0].rstrip(".")
        reason = f"{type(error).__name__}: {cause}"
        raise WeightsUnavailableError(absent(known, reason)) from error
    records = {}
    for sibling in siblings:
        path = paths[sibling.rfilename]
        expected = lock.files.get(sibling.rfilename) if lock else None
        records[sibling.rfilename] = _checked(path, sibling, expected)
    manifest = Manifest(
        name=known.name,
        version=commit,
        licence=known.licence,
        source=f"{_endpoint()}/{known.repository}",
        files=records,
    )
    located = Located(_snapshot(known, commit), manifest)
    open_bundle(located.folder, manifest=manifest)
    write_json(_home(known) / LOCK, manifest.model_dump())
    (_home(known) / _PENDING).unlink(missing_ok=True)
    return located


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
    target.mkdir(parents=True, exist_ok=True)
    (target / MANIFEST).unlink(missing_ok=True)
    for relative in bundle.records:
        (target / relative).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(bundle.path(relative), target / relative)
    version = bundle.manifest.version if bundle.manifest else "unknown"
    copy = write_manifest(
        target,
        name=bundle.name,
        licence=bundle.licence,
        source=bundle.source,
        version=version,
    )
    if copy.records != bundle.records:
        raise BundleError(f"{target} is not what {bundle.folder} should hold. Fetch it again.")
    return copy


def absent(known: KnownModel, reason: str) -> str:
    """Say that a bundle is not here, what was tried and what to do."""
    copies = os.environ.get(OFFLINE_FOLDER) or "not set"
    return (
        f"The weights of {known.name} are not on this machine and could not be fetched: {reason}.\n"
        f"Tried: {OFFLINE_FOLDER} ({copies}), the cache {_home(known)}, "
        f"{_endpoint()}/{known.repository}.\n"
        "Ways out: the model that comes with sim-bench (--model embedded); or, on a machine with "
        f"a connection, `sim-bench models get {known.model} --pretrained {known.tag} --to FOLDER`, "
        f"copy FOLDER here and set {OFFLINE_FOLDER} to it."
    )


def _listing(known: KnownModel, revision: str | None) -> "tuple[list[RepoSibling], str]":
    """The files of a bundle in its repository, and the commit they belong to."""
    from huggingface_hub import HfApi

    info = HfApi(endpoint=_endpoint()).model_info(
        known.repository, revision=revision, timeout=_TIMEOUT, files_metadata=True
    )
    siblings = [file for file in info.siblings or [] if _wanted(file.rfilename)]
    missing = set(REQUIRED) - {file.rfilename for file in siblings}
    if missing or info.sha is None:
        raise BundleError(f"{known.repository} lacks {', '.join(sorted(missing))}.")
    return siblings, info.sha


def _wanted(name: str) -> bool:
    """Required files and, for large towers, the files of weights beside the model."""
    tower, _, file = name.partition("/")
    beside = tower in ("visual", "textual") and "/" not in file
    return name in REQUIRED or (beside and Path(file).suffix not in NOT_ONNX)


def _download(known: KnownModel, sibling: "RepoSibling", commit: str) -> Path:
    from huggingface_hub import hf_hub_download

    return Path(
        hf_hub_download(
            known.repository,
            sibling.rfilename,
            revision=commit,
            cache_dir=_cache(),
            endpoint=_endpoint(),
            etag_timeout=_TIMEOUT,
        )
    )


def _checked(path: Path, sibling: Any, expected: FileRecord | None) -> FileRecord:
    """Compare a downloaded file with what it must be; one that differs is removed."""
    record = record_of(path)
    if sibling.lfs is not None:
        right = record.sha256 == sibling.lfs.sha256
    else:
        content = path.read_bytes()
        git = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
        right = sibling.blob_id is None or git.hexdigest() == sibling.blob_id
    if right and expected in (None, record):
        return record
    path.resolve().unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    declared = "the record of the first download" if right else "the checksum that the hub declares"
    raise BundleError(
        f"{path.name} of {path} does not have {declared}; it was removed. Try again; if it "
        "happens again, the file was altered on the way or at its source."
    )


def _lock(known: KnownModel) -> Manifest | None:
    path = _home(known) / LOCK
    return read_settings(path, Manifest) if path.is_file() else None


def _home(known: KnownModel) -> Path:
    """The repository's folder in the hub's cache."""
    return _cache() / f"models--{known.repository.replace('/', '--')}"


def _snapshot(known: KnownModel, commit: str) -> Path:
    return _home(known) / "snapshots" / commit


def _cache() -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE).expanduser()


def _endpoint() -> str:
    from huggingface_hub import constants

    return os.environ.get("HF_ENDPOINT", constants.ENDPOINT).rstrip("/")


def _has(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size
