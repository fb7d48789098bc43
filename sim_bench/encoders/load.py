"""From a model's name and a device to an encoder that runs there."""

from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal
from weakref import WeakValueDictionary

from sim_bench.encoders.base import Device, Encoder, Precision, Provenance
from sim_bench.encoders.catalogue import DEFAULT, find, is_known
from sim_bench.encoders.resolve import ResolvedModel, is_folder, resolve
from sim_bench.errors import (
    DeviceError,
    ModelError,
    UnknownNameError,
    WeightsUnavailableError,
)

if TYPE_CHECKING:
    from sim_bench.encoders.openvino import OpenVINOEncoder

Backend = Literal["openvino", "open_clip"]

_OPENED: "WeakValueDictionary[object, OpenVINOEncoder]" = WeakValueDictionary()
_OPENING = Lock()


def load_encoder(
    model_name: str = "embedded",
    pretrained: str | None = None,
    *,
    device: Device = "auto",
    precision: Precision = "auto",
) -> Encoder:
    """Load an encoder.

    Bundles run on the CPU through OpenVINO. open_clip runs what has an open_clip name on CUDA,
    and on the CPU the models that nobody has published as a bundle.

    Args:
        model_name: "embedded", "auto", a bundle's folder, a name of the catalogue, or, with the
            extra [torch], any model of open_clip.
        pretrained: Tag of the weights; None: the usual ones of the model.
        device: "auto" is CUDA where PyTorch finds one and the model has an open_clip name.
        precision: See `OpenVINOEncoder`.

    Raises:
        UnknownNameError: No such model or weights.
        WeightsUnavailableError: The weights are neither here nor to be had.
        BundleError: The bundle cannot be used.
        DeviceError: The device or the precision is not to be had here.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device must be auto, cpu or cuda. Got {device!r} instead.")
    if choose_backend(model_name, pretrained, device=device) == "open_clip":
        from sim_bench.encoders.open_clip import OpenClipEncoder

        model, tag = _open_clip_name(model_name, pretrained)
        try:
            return OpenClipEncoder(model, tag, device=device, precision=precision)
        except WeightsUnavailableError:
            # The bundle may be here where the weights in PyTorch's format are not to be had.
            if device == "cuda" or what_is_missing(model, tag, device="cpu"):
                raise
    return open_encoder(resolve(model_name, pretrained), precision=precision)


def open_encoder(resolved: ResolvedModel, *, precision: Precision = "auto") -> Encoder:
    """Run a model that `resolve` has found, on the CPU.

    While one that was opened is in use, whoever opens the same files again gets the same encoder,
    so that several methods load its towers once.
    """
    from sim_bench.encoders.openvino import OpenVINOEncoder

    key = resolved.title, _state(resolved.folder), precision
    with _OPENING:
        found = _OPENED.get(key)
        if found is None:
            found = _OPENED[key] = OpenVINOEncoder(resolved.open(), precision=precision)
    return found


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells whether a folder's files are still the same."""
    found = ((path, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple((str(path), status.st_size, status.st_mtime_ns) for path, status in found)


def what_is_missing(
    model_name: str = "embedded", pretrained: str | None = None, *, device: Device = "auto"
) -> str | None:
    """Say what keeps a model from running on this machine as it is now; None: nothing does.

    Nothing is downloaded or loaded.
    """
    try:
        if choose_backend(model_name, pretrained, device=device) == "openvino":
            resolve(model_name, pretrained, download=False)
    except WeightsUnavailableError:
        wanted = find(DEFAULT if model_name == "auto" else model_name, pretrained)
        return (
            f"The weights of {wanted.name} are not on this machine: they are fetched when first "
            f"used ({wanted.megabytes} MB), or by `sim-bench models get {wanted.model} "
            f"--pretrained {wanted.tag}`."
        )
    except (ModelError, UnknownNameError) as error:
        return str(error).partition("\n")[0]
    return None


def provenance_of(model_name: str = "embedded", pretrained: str | None = None) -> Provenance:
    """Say what is on record of a model's weights; nothing is downloaded or loaded.

    Nothing is on record of a model that is in no table, or of a folder that does not say.
    """
    if model_name == "embedded" or is_folder(model_name):
        try:
            bundle = resolve(model_name, pretrained).open()
        except ModelError:  # whoever loads it is told why
            return Provenance()
        trained_on = bundle.manifest.trained_on if bundle.manifest else None
        return Provenance(bundle.licence, trained_on)
    model, tag = _open_clip_name(model_name, pretrained)
    if not is_known(model, tag):
        return Provenance()
    known = find(model, tag)
    return Provenance(known.licence, (known.data,))


def choose_backend(
    model_name: str, pretrained: str | None = None, *, device: Device = "auto"
) -> Backend:
    """Choose what runs a model.

    Raises:
        DeviceError: CUDA was asked for and is not to be had, or not for this model.
    """
    is_bundle = model_name == "embedded" or is_folder(model_name)
    if device == "cuda":
        if is_bundle:
            raise DeviceError(
                f"{model_name} is an ONNX bundle, which runs on the CPU here. Use --device cpu or "
                "auto, or name an open_clip model."
            )
        if reason := _no_cuda():
            raise DeviceError(reason)
        return "open_clip"
    if is_bundle or model_name == "auto":
        return "openvino"
    if is_known(*_open_clip_name(model_name, pretrained)):
        return "openvino" if device == "cpu" or _no_cuda() else "open_clip"
    return "open_clip" if find_spec("open_clip") else "openvino"


def _open_clip_name(model_name: str, pretrained: str | None) -> tuple[str, str | None]:
    """Name a model as open_clip does, with the usual weights where the catalogue knows them."""
    if model_name == "auto":
        model_name = DEFAULT
    if pretrained is None and "/" in model_name and ":" not in model_name:
        model_name, _, pretrained = model_name.partition("/")
    if pretrained is None and is_known(model_name):
        pretrained = find(model_name).tag
    return model_name, pretrained


def _no_cuda() -> str | None:
    """Why CUDA cannot be used; None when it can."""
    if find_spec("torch") is None or find_spec("open_clip") is None:
        return "device cuda needs the extra [torch]: pip install 'sim-bench[torch]'"
    import torch

    if torch.cuda.is_available():
        return None
    return "PyTorch finds no CUDA device. Use --device cpu, or check the driver."
