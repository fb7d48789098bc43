"""Which models can be used now, from where, and whether they still answer as they should.

Nothing here raises because of one model: what is wrong with it becomes part of its status.
"""

import os
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from sim_bench.encoders import golden, local
from sim_bench.encoders.bundle import CONFIG, GOLDEN, Bundle
from sim_bench.encoders.catalogue import KNOWN, KnownModel
from sim_bench.encoders.resolve import EMBEDDED, ResolvedModel
from sim_bench.errors import BundleError, SimBenchError

State = Literal["ready", "bad", "absent"]

# What a broken folder or a broken runtime can raise below the checks of this package.
_TROUBLE = (SimBenchError, OSError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What is known about one model on this machine.

    Attributes:
        name: Model and weights, e.g. "ViT-B-32/openai"; "embedded"; or a folder.
        state: "ready": it can be used now; "bad": it is here and must not be used; "absent": it
            is not here.
        where: "with sim-bench", "offline folder", "hub cache" (fetched and recorded, or left there
            by another program), "folder", or how to get it.
        folder: Of the bundle, where it is here.
        licence: Of the weights.
        megabytes: On the disk, or to download.
        checksums: "verified", "none recorded", or "" where they were not looked at.
        golden: What the golden vectors say, "none recorded", or "" where they were not looked at.
        problem: Why it is bad; empty otherwise.
    """

    name: str
    state: State
    where: str
    folder: Path | None
    licence: str
    megabytes: int
    checksums: str = ""
    golden: str = ""
    problem: str = ""


def find_models(folders: Iterable[str | Path] = ()) -> list[ModelStatus]:
    """List the embedded model, the catalogue, copied bundles and further folders.

    Bundles are opened but not read through: `check_models` does that.

    Args:
        folders: Bundle folders to list as well.
    """
    return [status for _, status in _find(folders)]


def check_models(folders: Iterable[str | Path] = ()) -> list[ModelStatus]:
    """Like `find_models`, and every bundle that is here is hashed and run.

    Args:
        folders: Bundle folders to check as well.
    """
    return [check(bundle, status) if bundle else status for bundle, status in _find(folders)]


def check(bundle: Bundle, status: ModelStatus) -> ModelStatus:
    """Verify a bundle's checksums, run it, and compare it with its golden vectors."""
    checksums = "none recorded"
    try:
        if bundle.manifest is not None:
            bundle.verify()
            checksums = "verified"
        answer = _answer(bundle)
    except _TROUBLE as error:
        return replace(status, state="bad", checksums=checksums, problem=_line(error))
    return replace(status, checksums=checksums, golden=answer)


def _answer(bundle: Bundle) -> str:
    """Run a bundle.

    Raises:
        BundleError: It cannot be run, or differs from its golden vectors.
    """
    from sim_bench.encoders.openvino import OpenVINOEncoder
    from sim_bench.encoders.tokenizer import LongPromptWarning

    encoder = OpenVINOEncoder(bundle, precision="f32")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LongPromptWarning)  # of a model with a short context
        if not bundle.path(GOLDEN).is_file():
            encoder.encode_images([golden.picture()])
            encoder.encode_texts(golden.TEXTS)
            return "none recorded (it runs)"
        report = golden.check(encoder, bundle)
    if not report.passed:
        raise BundleError(
            f"The golden vectors differ by {max(report.image, report.texts):.2g} (1 - cosine); "
            f"{report.tolerance:g} is allowed."
        )
    return f"1 - cosine: image {report.image:.1e}, text {report.texts:.1e}"


def backends() -> dict[str, str]:
    """What can run models here: backend to what it offers, or what it lacks."""
    from sim_bench.encoders.openvino_cpu import supports_bf16

    found = {"openvino": "ready: CPU, f32" + (", bf16" if supports_bf16() else "")}
    if find_spec("torch") is None or find_spec("open_clip") is None:
        return found | {"open_clip": "not installed: pip install 'sim-bench[torch]'"}
    import torch

    device = "CUDA" if torch.cuda.is_available() else "CPU only, no CUDA device"
    return found | {"open_clip": f"ready: PyTorch {torch.__version__}, {device}"}


def _find(folders: Iterable[str | Path]) -> Iterator[tuple[Bundle | None, ModelStatus]]:
    """Every model once: its bundle, where there is one that opens, and its status."""
    embedded = ResolvedModel("embedded", None, EMBEDDED, "MIT")
    yield _open(embedded, "with sim-bench", 0)
    listed = set()
    for known in KNOWN:
        found = _known(known)
        if found[1].folder:
            listed.add(found[1].folder.resolve())
        yield found
    for folder, where in [*_copies(), *((Path(each).expanduser(), "folder") for each in folders)]:
        if folder.resolve() not in listed:
            listed.add(folder.resolve())
            yield _open(ResolvedModel(str(folder), None, folder, "unknown"), where, 0)


def _known(known: KnownModel) -> tuple[Bundle | None, ModelStatus]:
    """A model of the catalogue, here or not."""
    try:
        located = local.locate(known)
        adopted = None if located else local.adopt(known)
    except _TROUBLE as error:  # the record of the download cannot be read
        where, size = "hub cache", known.megabytes
        status = ModelStatus(known.name, "bad", where, None, known.licence, size)
        return None, replace(status, problem=_line(error))
    here = located or adopted
    if here is None:
        offline = os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")
        where = "offline (HF_HUB_OFFLINE is set)" if offline else "can be downloaded"
        size = known.megabytes
        return None, ModelStatus(known.name, "absent", where, None, known.licence, size)
    where = "hub cache, left there by another program" if adopted else "hub cache"
    if here.folder.parent in {folder.parent for folder, _ in _copies()}:
        where = "offline folder"
    model = ResolvedModel(
        known.model, known.tag, here.folder, known.licence, manifest=here.manifest
    )
    return _open(model, where, known.megabytes)


def _copies() -> list[tuple[Path, str]]:
    """The folders of bundles in the folder that SIM_BENCH_MODELS names."""
    copies = os.environ.get(local.OFFLINE_FOLDER)
    if not copies or not Path(copies).expanduser().is_dir():
        return []
    inside = sorted(Path(copies).expanduser().iterdir())
    return [(folder, "offline folder") for folder in inside if (folder / CONFIG).is_file()]


def _open(model: ResolvedModel, where: str, size: int) -> tuple[Bundle | None, ModelStatus]:
    """Open a bundle that should be here."""
    status = ModelStatus(model.title, "ready", where, model.folder, model.licence, size)
    try:
        bundle = model.open()
        size = sum(path.stat().st_size for path in model.folder.rglob("*") if path.is_file())
    except _TROUBLE as error:
        return None, replace(status, state="bad", problem=_line(error))
    licence = model.licence if bundle.licence == "unknown" else bundle.licence
    return bundle, replace(status, licence=licence, megabytes=max(1, round(size / 1e6)))


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
