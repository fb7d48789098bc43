"""From a model of open_clip to a bundle folder that answers as the model does, or to an error."""

import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim_bench.encoders import catalogue
from sim_bench.encoders.bundle import CONFIG, PREPROCESS, TEXTUAL, VISUAL, Bundle, open_bundle, seal
from sim_bench.encoders.export_check import COSINE, Parity, measure
from sim_bench.encoders.export_tokenizer import write_tokenizer
from sim_bench.encoders.export_towers import write_tower
from sim_bench.encoders.open_clip import OpenClipEncoder
from sim_bench.encoders.open_clip_device import import_torch
from sim_bench.encoders.open_clip_model import OpenClipModel, load_model
from sim_bench.encoders.settings import write_json
from sim_bench.errors import BundleError, MissingDependencyError


@dataclass(frozen=True, slots=True)
class Export:
    """A bundle that was made and compared with its model.

    Attributes:
        bundle: The bundle, sealed.
        parity: How close it is.
    """

    bundle: Bundle
    parity: Parity


def export_bundle(
    model_name: str,
    pretrained: str | None,
    output: str | Path,
    *,
    batch: int | None = None,
    licence: str | None = None,
) -> Export:
    """Write the bundle of any open_clip model, and compare the two before saying that it is done.

    Args:
        model_name: See `load_model`.
        pretrained: A tag of open_clip or a checkpoint file.
        output: The folder to make; it must not exist.
        batch: Rows that the towers take at once; None: any number.
        licence: Of the weights; None: as the catalogue says, else "unknown".

    Raises:
        MissingDependencyError: The extra [torch] is not installed.
        ModelError: The model cannot be loaded or cannot be expressed as a bundle.
        BundleError: The folder exists, or the bundle differs from the model. Nothing is left then.
    """
    _require_exporter()
    _refuse_existing(Path(output))
    model = load_model(model_name, pretrained)
    if licence is None:
        name, tag = (model_name, pretrained) if pretrained else model_name.partition("/")[::2]
        known = catalogue.is_known(name, tag)
        licence = catalogue.find(name, tag).licence if known else "unknown"
    return export_model(model, output, batch=batch, licence=licence)


def export_model(
    model: OpenClipModel, output: str | Path, *, batch: int | None = None, licence: str = "unknown"
) -> Export:
    """Write the bundle of a loaded model; otherwise as `export_bundle`."""
    _require_exporter()
    if batch is not None and batch < 1:
        raise ValueError(f"batch must be at least 1, or None for any number. Got {batch}.")
    output = Path(output)
    _refuse_existing(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{output.name}.", suffix=".partial", dir=output.parent))
    try:
        folder = work / output.name  # its name is in messages, and the bundle's until it is sealed
        parity = _make(model, folder, batch=batch, licence=licence)
        folder.rename(output)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Export(open_bundle(output), parity)


def _make(model: OpenClipModel, folder: Path, *, batch: int | None, licence: str) -> Parity:
    config: dict[str, Any] = {**model.config, "text_cfg": dict(model.config["text_cfg"])}
    config["text_cfg"].update(write_tokenizer(model.tokenizer, folder / "textual"))
    write_json(folder / CONFIG, config)
    write_tower(model, "image", folder / VISUAL, batch=batch)
    write_json(folder / PREPROCESS, model.preprocess)
    write_tower(model, "text", folder / TEXTUAL, batch=batch)

    reference = OpenClipEncoder(model, device="cpu", precision="f32")
    parity = measure(reference, open_bundle(folder))
    if not parity.passed:
        raise BundleError(
            f"The bundle of {model.name} does not answer as the model does, and was removed: "
            f"{parity}. Allowed: {1 - COSINE:.0e}, 1/255, none."
        )
    source = f"exported from open_clip {version('open_clip_torch')}, {model.name}"
    seal(folder, name=model.name, licence=licence, source=source, encoder=reference)
    return parity


def _refuse_existing(output: Path) -> None:
    if output.exists():
        raise BundleError(f"{output} exists already. Name a new folder, or remove it first.")


def _require_exporter() -> None:
    import_torch()
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError("The export to ONNX", "torch") from error
