"""Models of open_clip, loaded so that none of its quiet mistakes gets through.

open_clip initialises a model at random where it finds no weights, only warns where weights were
trained with another activation function, and logs to the root logger. Here the first is an error,
the second is put right and the third is kept from the application's log.
"""

import logging
import pickle
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from sim_bench.errors import (
    MissingDependencyError,
    ModelError,
    UnknownNameError,
    WeightsUnavailableError,
)

SAFE_SUFFIXES = (".safetensors", ".pt", ".pth", ".bin")  # the last three read as weights only
_SCHEMES = ("hf-hub:", "local-dir:")  # such a model name brings its own weights


@dataclass(frozen=True)
class OpenClipModel:
    """A model of open_clip with everything that belongs to its weights.

    Attributes:
        name: Model and weights, e.g. "ViT-B-32/laion2b_s34b_b79k".
        config: open_clip's model configuration, with the activation function that is used.
        network: The `torch.nn.Module`, on the CPU, in f32, in evaluation mode.
        transform: Pillow image to normalised tensor, as open_clip evaluates; its steps are in
            `transforms`.
        tokenizer: Texts to a tensor of token ids.
    """

    name: str
    config: dict[str, Any]
    network: Any = field(repr=False)
    transform: Any = field(repr=False)
    tokenizer: Any = field(repr=False)

    @property
    def preprocess(self) -> dict[str, Any]:
        """open_clip's preprocessing configuration, which travels with the weights."""
        settings = dict(self.network.visual.preprocess_cfg)
        if settings["interpolation"] != "bilinear":
            settings["interpolation"] = "bicubic"  # which any other name means in evaluation
        return settings


def load_model(model_name: str, pretrained: str | None) -> OpenClipModel:
    """Load a model with its weights, downloading them where open_clip knows from where.

    Args:
        model_name: A name of open_clip, or one with a tag behind a slash ("ViT-B-32/openai"), or
            "hf-hub:owner/repository" or "local-dir:folder", which bring their weights.
        pretrained: A tag of open_clip, or a checkpoint file: safetensors, or a PyTorch file that
            holds nothing but weights.

    Raises:
        MissingDependencyError: The extra [torch] is not installed.
        UnknownNameError: open_clip has no such model, or no such weights for it.
        WeightsUnavailableError: The weights cannot be fetched.
        ModelError: The checkpoint cannot be used, or is not safe to read.
    """
    open_clip = _open_clip()
    if model_name.startswith(_SCHEMES):
        return _build(model_name, model_name, None, quick_gelu=False)
    if not pretrained and "/" in model_name:
        model_name, _, pretrained = model_name.partition("/")
    if model_name not in open_clip.list_models():
        raise UnknownNameError("open_clip model", model_name, open_clip.list_models())
    tags = open_clip.list_pretrained_tags_by_model(model_name)
    if not pretrained:
        raise ModelError(
            f"Which weights of {model_name}? Name a tag ({', '.join(tags) or 'it has none'}) or a "
            "checkpoint file. A model without weights answers at random."
        )
    known = open_clip.get_pretrained_cfg(model_name, pretrained)
    if known:
        quick_gelu = bool(known.get("quick_gelu"))
        return _build(f"{model_name}/{pretrained}", model_name, pretrained, quick_gelu=quick_gelu)
    if not Path(pretrained).suffix:
        raise UnknownNameError(f"weights of {model_name}", pretrained, tags)
    checkpoint = _checked_file(Path(pretrained))
    return _build(f"{model_name}/{checkpoint.stem}", model_name, str(checkpoint), quick_gelu=False)


def random_model(
    model_name: str, *, seed: int, preprocess: dict[str, Any] | None = None
) -> OpenClipModel:
    """Make a model with random weights, for tests and for measuring speed. Its scores mean nothing.

    Args:
        model_name: A name of open_clip.
        seed: Equal seeds give equal weights.
        preprocess: Overrides of open_clip's preprocessing configuration.
    """
    open_clip = _open_clip()
    import torch

    with torch.random.fork_rng(devices=[]), _muted():
        torch.manual_seed(seed)
        network = open_clip.create_model(
            model_name, pretrained_text=False, force_preprocess_cfg=preprocess
        )
    return _wrap(f"{model_name}/random-{seed}", model_name, network, quick_gelu=False)


def _build(
    name: str, model_name: str, pretrained: str | None, *, quick_gelu: bool
) -> OpenClipModel:
    """Create the network with its weights, or say why not."""
    open_clip = _open_clip()
    safetensors = import_module("safetensors")
    from_file = pretrained is not None and Path(pretrained).is_file()
    try:
        with _muted():
            network = open_clip.create_model(
                model_name,
                pretrained,
                require_pretrained=True,
                # Weights that need QuickGELU get it under either name of the model. Only that way
                # round: some configurations have it where open_clip's table of tags is silent.
                force_quick_gelu=quick_gelu,
                weights_only=True,
            )
    except (pickle.UnpicklingError, safetensors.SafetensorError, EOFError) as error:
        raise ModelError(
            f"{pretrained or model_name}: neither safetensors nor a PyTorch file of weights alone. "
            "Nothing else is read, since that could run code from the file."
        ) from error
    except (RuntimeError, OSError, ValueError) as error:
        if from_file:
            raise ModelError(f"{pretrained} does not fit {model_name}: {_short(error)}") from error
        raise WeightsUnavailableError(
            f"The weights of {name} are not available: {_short(error)} Ways out: go online, "
            "give a checkpoint file or a bundle folder, or use `--model embedded`."
        ) from error
    return _wrap(name, model_name, network, quick_gelu=quick_gelu)


def _wrap(name: str, model_name: str, network: Any, *, quick_gelu: bool) -> OpenClipModel:
    """Add to a network what open_clip would do with it."""
    open_clip = _open_clip()
    config = open_clip.get_model_config(model_name)
    if quick_gelu:
        config["quick_gelu"] = True
    try:
        with _muted():
            tokenizer = open_clip.get_tokenizer(model_name)
    except ImportError as error:
        raise ModelError(
            f"The tokenizer of {model_name} needs the transformers library: "
            "pip install transformers"
        ) from error
    except (OSError, ValueError) as error:
        raise WeightsUnavailableError(
            f"The tokenizer of {model_name} could not be fetched: {_short(error)}"
        ) from error
    preprocess = open_clip.transform.PreprocessCfg(**network.visual.preprocess_cfg)
    return OpenClipModel(
        name=name,
        config=config,
        network=network.eval().requires_grad_(False),
        transform=open_clip.transform.image_transform_v2(preprocess, is_train=False),
        tokenizer=tokenizer,
    )


def _checked_file(path: Path) -> Path:
    if path.suffix not in SAFE_SUFFIXES:
        raise ModelError(f"{path}: a checkpoint ends in {', '.join(SAFE_SUFFIXES)}.")
    if not path.is_file():
        raise WeightsUnavailableError(f"There is no checkpoint file {path}.")
    return path


def _open_clip() -> Any:
    try:
        import open_clip
    except ImportError as error:
        raise MissingDependencyError("The open_clip backend", "torch") from error
    return open_clip


@contextmanager
def _muted() -> Iterator[None]:
    """Keep open_clip's records off the root logger, where it would also leave a handler."""
    root = logging.getLogger()
    handler = logging.NullHandler()  # logging.info() adds a handler of its own where there is none

    def from_elsewhere(record: logging.LogRecord) -> bool:
        return "open_clip" not in Path(record.pathname).parts

    root.addHandler(handler)
    root.addFilter(from_elsewhere)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="QuickGELU mismatch")
            # A file written by another version of Python; what is in it is checked all the same.
            warnings.filterwarnings("ignore", message="Detected pickle protocol")
            yield
    finally:
        root.removeFilter(from_elsewhere)
        root.removeHandler(handler)


def _short(error: Exception) -> str:
    """The first line of a message, as a sentence."""
    line = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return f"{line[:200].rstrip('. ')}."
