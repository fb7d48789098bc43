"""A model as a folder: two ONNX towers with everything that makes their inputs.

    visual/model.onnx              image float32 [n, 3, S, S], normalised -> embedding [n, dim]
    visual/preprocess_cfg.json     open_clip's: size, mean, std, interpolation, resize mode
    textual/model.onnx             text int32 [n, context] -> embedding [n, dim]
    textual/tokenizer.json         for the `tokenizers` library
    textual/tokenizer_config.json  the padding token
    config.json                    open_clip's model configuration
    golden.json                    ours, optional: vectors that the model must give
    manifest.json                  ours, optional: licence, source, SHA-256 of every file

Without the last two it is the layout of the `immich-app/<model>__<tag>` repositories of the
Hugging Face hub. `n` may be fixed at 1.
"""

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sim_bench.encoders.preprocess import Preprocessing
from sim_bench.encoders.settings import (
    FileRecord,
    Manifest,
    ModelConfig,
    PreprocessConfig,
    TokenizerConfig,
    read_settings,
    write_json,
)
from sim_bench.errors import BundleError

if TYPE_CHECKING:
    from sim_bench.encoders.base import Encoder

VISUAL = "visual/model.onnx"
PREPROCESS = "visual/preprocess_cfg.json"
TEXTUAL = "textual/model.onnx"
TOKENIZER = "textual/tokenizer.json"
TOKENIZER_CONFIG = "textual/tokenizer_config.json"
CONFIG = "config.json"
GOLDEN = "golden.json"
MANIFEST = "manifest.json"
REQUIRED = (VISUAL, PREPROCESS, TEXTUAL, TOKENIZER, TOKENIZER_CONFIG, CONFIG)

# What lies beside a model and is no part of it: settings, texts, other runtimes' copies.
NOT_ONNX = (".json", ".md", ".txt", ".model", ".armnn", ".rknn", ".partial", ".incomplete")


@dataclass(frozen=True)
class Bundle:
    """An opened bundle folder.

    Attributes:
        folder: Where it lies.
        name: As the manifest says, else the folder's name.
        licence: As the manifest says, else "unknown".
        source: As the manifest says, else "unknown".
        config: Vector length, context length, text cleaning.
        preprocess: The settings of `preprocessing` as they are written in the bundle.
        tokenizer: Padding and end tokens.
        manifest: None where the folder has none.
    """

    folder: Path
    name: str
    licence: str
    source: str
    config: ModelConfig
    preprocess: PreprocessConfig
    tokenizer: TokenizerConfig
    manifest: Manifest | None = field(repr=False)

    def path(self, relative: str) -> Path:
        """Path of one file of the bundle, named by a constant of this module."""
        return self.folder / relative

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.config.embed_dim

    @cached_property
    def preprocessing(self) -> Preprocessing:
        """What happens to a photo before the visual tower."""
        return Preprocessing.from_config(self.preprocess)

    @cached_property
    def fingerprint(self) -> str:
        """Names what image vectors depend on: the visual tower and the preprocessing."""
        return self._digest([*_tower(self.folder, "visual"), PREPROCESS])

    @cached_property
    def text_fingerprint(self) -> str:
        """Names what text vectors depend on: the textual tower, tokenizer and text settings."""
        files = [*_tower(self.folder, "textual"), TOKENIZER, TOKENIZER_CONFIG, CONFIG]
        return self._digest(files)

    @cached_property
    def records(self) -> dict[str, FileRecord]:
        """What each file that the bundle needs is: as recorded, else hashed once."""
        known = self.manifest.files if self.manifest else {}
        return dict(known) or records_of(self.folder)

    def verify(self) -> None:
        """Read every file of the manifest and compare it with what is recorded.

        Raises:
            BundleError: There is no manifest, or a file is missing or differs.
        """
        if self.manifest is None:
            raise BundleError(f"{self.folder} has no {MANIFEST} to check its files against.")
        for relative, record in self.manifest.files.items():
            path = self.path(relative)
            if not path.is_file():
                raise BundleError(f"{path} is missing. Fetch or copy the bundle again.")
            if record_of(path) != record:
                raise BundleError(
                    f"{path} is not the file that the manifest records (SHA-256 differs). "
                    "Fetch or copy the bundle again."
                )

    def _digest(self, files: list[str]) -> str:
        known = self.manifest.files if self.manifest else {}
        digest = hashlib.sha256()
        for relative in files:
            record = known.get(relative) or _hashed_once(self.path(relative))
            digest.update(f"{relative}\0{record.sha256}\n".encode())
        return digest.hexdigest()[:16]


def open_bundle(folder: str | Path, *, manifest: Manifest | None = None) -> Bundle:
    """Open a bundle folder: the files are there, the settings can be used, the sizes are right.

    Args:
        folder: The folder.
        manifest: What to hold the files against where the folder has no manifest of its own.

    Raises:
        BundleError: A file is missing or cut short, or a setting cannot be used.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise BundleError(f"{folder} is not a folder. A bundle holds {', '.join(REQUIRED)}.")
    missing = [name for name in REQUIRED if not (folder / name).is_file()]
    if missing:
        raise BundleError(
            f"{folder} is no complete bundle: {', '.join(missing)} missing. Fetch or copy it "
            "again, or make one with `sim-bench models export`."
        )
    if (folder / MANIFEST).is_file():
        manifest = read_settings(folder / MANIFEST, Manifest)
    for relative, record in manifest.files.items() if manifest else ():
        path = folder / relative
        if not path.is_file() or path.stat().st_size != record.bytes:
            raise BundleError(
                f"{path} is missing or not of the {record.bytes} bytes that the manifest records. "
                "Fetch or copy the bundle again."
            )
    return Bundle(
        folder=folder,
        name=manifest.name if manifest else folder.resolve().name,
        licence=manifest.licence if manifest else "unknown",
        source=manifest.source if manifest else "unknown",
        config=read_settings(folder / CONFIG, ModelConfig),
        preprocess=read_settings(folder / PREPROCESS, PreprocessConfig),
        tokenizer=read_settings(folder / TOKENIZER_CONFIG, TokenizerConfig),
        manifest=manifest,
    )


def seal(
    folder: str | Path,
    *,
    name: str,
    licence: str,
    source: str,
    version: str = "1",
    trained_on: tuple[str, ...] | None = None,
    encoder: "Encoder | None" = None,
) -> Bundle:
    """Finish a new bundle: write its golden vectors, then its manifest, which makes it complete.

    Args:
        folder: A folder with all required files.
        name: Model and weights, as a person would write them.
        licence: SPDX identifier, or a sentence where there is none.
        source: Where the weights come from.
        version: Of the weights.
        trained_on: Data sets that the weights have seen; None where that is not on record.
        encoder: Computes the golden vectors. The model that the bundle was exported from makes
            them a check of the export; by default the bundle itself, on the CPU in f32.

    Returns:
        The sealed bundle.

    Raises:
        BundleError: The bundle cannot be used.
    """
    # The one function here that runs a model, so what runs it is imported here.
    from sim_bench.encoders.golden import compute
    from sim_bench.encoders.openvino import OpenVINOEncoder

    folder = Path(folder)
    (folder / MANIFEST).unlink(missing_ok=True)
    bundle = replace(open_bundle(folder), name=name)
    golden = compute(encoder or OpenVINOEncoder(bundle, precision="f32"))
    write_json(folder / GOLDEN, golden.model_dump())
    return write_manifest(
        folder, name=name, licence=licence, source=source, version=version, trained_on=trained_on
    )


def write_manifest(
    folder: Path,
    *,
    name: str,
    licence: str,
    source: str,
    version: str,
    trained_on: tuple[str, ...] | None = None,
) -> Bundle:
    """Record every file of a bundle folder as it is now, in its manifest, written last."""
    manifest = Manifest(
        name=name,
        version=version,
        licence=licence,
        source=source,
        trained_on=trained_on,
        files=records_of(folder),
    )
    write_json(folder / MANIFEST, manifest.model_dump())
    return open_bundle(folder)


def records_of(folder: Path) -> dict[str, FileRecord]:
    """Hash every file of a bundle that a bundle needs, towers' external weights included."""
    files = {*_tower(folder, "visual"), *_tower(folder, "textual"), *REQUIRED}
    if (folder / GOLDEN).is_file():
        files.add(GOLDEN)
    return {relative: record_of(folder / relative) for relative in sorted(files)}


def record_of(path: Path) -> FileRecord:
    """Hash one file."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileRecord(sha256=digest, bytes=path.stat().st_size)


def _hashed_once(path: Path) -> FileRecord:
    """Hash a file, once per process as long as its size and time of change stay."""
    status = path.stat()
    return _hashed(path.resolve(), status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _hashed(path: Path, *_seen: int) -> FileRecord:
    return record_of(path)


def _tower(folder: Path, tower: str) -> list[str]:
    """The model and, where it keeps weights outside itself, every file of weights beside it."""
    return sorted(
        f"{tower}/{path.name}"
        for path in (folder / tower).iterdir()
        if path.is_file() and path.suffix not in NOT_ONNX
    )
