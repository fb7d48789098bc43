"""From a PyTorch file to safetensors, once; the pickle in it is read as weights only.

PyTorch's restricted reader (`torch.load(weights_only=True)`) builds arrays and plain containers
and refuses everything else, so nothing that a file names is imported or called.
"""

import os
import pickle
import struct
import warnings
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.errors import MissingDependencyError, WeightsError
from sim_bench.weights.arrays import check_expansion, damaged, reason

WRAPPERS = ("state_dict", "params_ema", "params", "model_state_dict", "model", "net", "weights")
"""Keys under which a file may hold its arrays beside other things; the first that fits."""

_TROUBLE = (
    pickle.UnpicklingError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ImportError,
    zipfile.BadZipFile,
    MemoryError,
    ArithmeticError,
    AssertionError,
    struct.error,
)


def can_convert() -> bool:
    """Whether PyTorch is installed."""
    return find_spec("torch") is not None


def needs_torch(file: str, name: str) -> MissingDependencyError:
    """The error for a file that cannot be converted here, with the other way out.

    Args:
        file: Name of the file.
        name: Of the weights.
    """
    return MissingDependencyError(
        f"{file} is a PyTorch file: converting it, once, here or on another machine (there "
        f"`sim-bench models get {name} --to FOLDER`, then SIM_BENCH_MODELS=FOLDER here),",
        "torch",
    )


def convert(source: Path, target: Path, name: str) -> None:
    """Write the arrays of a PyTorch file as safetensors; names, shapes and types stay.

    A state dictionary inside another dictionary is unwrapped. What lies beside it (an epoch, an
    optimiser) is left out, and the new file's metadata names it.

    Args:
        source: `.pth` or `.pt`.
        target: `.safetensors`; appears whole or not at all.
        name: Of the weights, for messages.

    Raises:
        MissingDependencyError: PyTorch is not installed.
        WeightsError: The file is damaged, or holds anything but arrays in plain containers.
    """
    if not can_convert():
        raise needs_torch(source.name, name)
    from safetensors.numpy import save_file

    arrays, left_out = _arrays(_load(source), source)
    growing = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        save_file(arrays, growing, metadata={"left_out": ", ".join(left_out)})
        growing.chmod(0o644)  # safetensors lets nobody else read it, and a cabinet may be shared
        growing.replace(target)
    finally:
        growing.unlink(missing_ok=True)


def _load(source: Path) -> Any:
    """Read a file with PyTorch's restricted reader, mapped into memory where the kind allows."""
    import torch

    try:
        is_zip = zipfile.is_zipfile(source)
        if is_zip:
            with zipfile.ZipFile(source) as archive:
                check_expansion(source, sum(entry.file_size for entry in archive.infolist()))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pickles that it may not know, and then refuses
            return torch.load(source, map_location="cpu", weights_only=True, mmap=is_zip)
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{source} is refused: it is no file of weights only, or it asks to run code "
            f"({reason(error)}). Nothing of it was run. Fetch it again from its source."
        ) from error
    except WeightsError:
        raise
    except _TROUBLE as error:
        raise damaged(source, reason(error)) from error


def _arrays(content: Any, source: Path) -> tuple[dict[str, NDArray[Any]], list[str]]:
    """The arrays of what was read, and the names of what lies beside them."""
    import torch

    left_out: list[str] = []
    while isinstance(content, dict):
        inner = next((k for k in WRAPPERS if isinstance(content.get(k), dict)), None)
        if inner is None:
            break
        left_out += [str(key) for key in content if key != inner]
        content = content[inner]
    if not isinstance(content, dict) or not content:
        raise WeightsError(f"{source} holds no arrays by name. It is another kind of file.")
    for key, value in content.items():
        if not isinstance(key, str) or not isinstance(value, torch.Tensor):
            raise WeightsError(
                f"{source}: {key!r} is {type(value).__name__}, no array. It is another kind of "
                "file; fetch it again from its source."
            )
    check_expansion(source, sum(v.numel() * v.element_size() for v in content.values()))
    return {key: _numpy(value) for key, value in content.items()}, left_out


def _numpy(tensor: Any) -> NDArray[Any]:
    """A tensor as an array of its own; 16-bit brain floats, which numpy lacks, as 32-bit."""
    import torch

    tensor = tensor.detach()
    if tensor.is_sparse or tensor.is_quantized:
        tensor = tensor.dequantize() if tensor.is_quantized else tensor.to_dense()
    tensor = tensor.float() if tensor.dtype == torch.bfloat16 else tensor
    return np.array(tensor.contiguous().numpy(), copy=True)
