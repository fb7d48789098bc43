"""Published bundles: found on this machine, or fetched from the Hugging Face hub and checked.

Trust: the catalogue's revision and checksums are held to where it has them; else the repository's
current commit is taken at the first download. Every file is compared with the checksum that the
hub declares for that commit, and commit and SHA-256 of each file are written to
`sim-bench.lock.json` beside the bundle in the hub's cache. From then on exactly these files are
used, or fetched again. The lock is written last and at once, so a download that was interrupted
is no bundle.
"""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim_bench.encoders.bundle import NOT_ONNX, REQUIRED, open_bundle, record_of
from sim_bench.encoders.catalogue import KnownModel
from sim_bench.encoders.local import (
    LOCK,
    OFFLINE_FOLDER,
    PENDING,
    Located,
    absent,
    adopt,
    cache_folder,
    copy_bundle,
    endpoint,
    home_of,
    locate,
    lock_of,
    snapshot_of,
)
from sim_bench.encoders.settings import FileRecord, Manifest, write_json
from sim_bench.errors import BundleError, WeightsUnavailableError

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling

__all__ = ["LOCK", "OFFLINE_FOLDER", "Located", "absent", "adopt", "copy_bundle", "fetch", "locate"]

_TIMEOUT = 5.0  # seconds for an answer; `auto` must not keep a person waiting


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
    lock = lock_of(known)
    try:
        siblings, commit = _listing(known, lock.version if lock else known.revision)
        home_of(known).mkdir(parents=True, exist_ok=True)
        (home_of(known) / PENDING).touch()
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
        expected = (lock or known).files.get(sibling.rfilename)
        records[sibling.rfilename] = _checked(path, sibling, expected)
    manifest = Manifest(
        name=known.name,
        version=commit,
        licence=known.licence,
        source=f"{endpoint()}/{known.repository}",
        files=records,
    )
    located = Located(snapshot_of(known, commit), manifest)
    open_bundle(located.folder, manifest=manifest)
    write_json(home_of(known) / LOCK, manifest.model_dump())
    (home_of(known) / PENDING).unlink(missing_ok=True)
    return located


def _listing(known: KnownModel, revision: str | None) -> "tuple[list[RepoSibling], str]":
    """The files of a bundle in its repository, and the commit they belong to."""
    from huggingface_hub import HfApi

    info = HfApi(endpoint=endpoint()).model_info(
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
            cache_dir=cache_folder(),
            endpoint=endpoint(),
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
    declared = "the recorded checksum" if right else "the checksum that the hub declares"
    raise BundleError(
        f"{path.name} of {path} does not have {declared}; it was removed. Try again; if it "
        "happens again, the file was altered on the way or at its source."
    )
