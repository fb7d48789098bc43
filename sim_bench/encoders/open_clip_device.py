"""Running a tower of open_clip: on which device, in which precision, how many rows at once."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim_bench.errors import DeviceError, MissingDependencyError

TorchDevice = Literal["cpu", "cuda", "mps"]
T = TypeVar("T")

BATCH = {"cpu": 32, "mps": 32, "cuda": 128}  # 32 on CPUs is measured, the others chosen by us


class DeviceMemoryWarning(UserWarning):
    """A batch did not fit on the device and was halved."""


def import_torch() -> Any:
    """The torch module.

    Raises:
        MissingDependencyError: The extra [torch] is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingDependencyError("The open_clip backend", "torch") from error
    return torch


def pick_device(device: str) -> TorchDevice:
    """Settle where to compute: "auto" is CUDA where there is one, else the CPU.

    Raises:
        MissingDependencyError: The extra [torch] is not installed.
        DeviceError: The device that was asked for is not there.
    """
    if device not in ("auto", "cpu", "cuda", "mps"):
        raise ValueError(f"device must be auto, cpu, cuda or mps. Got {device!r} instead.")
    torch = import_torch()
    if device == "cuda" and not torch.cuda.is_available():
        build = torch.version.cuda
        why = (
            f"it is built for CUDA {build} but finds no GPU with a driver for that"
            if build
            else "this build of it is without CUDA; pytorch.org has others"
        )
        raise DeviceError(
            f"device='cuda' was asked for, but PyTorch {torch.__version__} has no CUDA device "
            f"here: {why}. Use device='cpu' or 'auto', or mend the CUDA installation."
        )
    if device == "mps":
        if not torch.backends.mps.is_available():
            raise DeviceError("device='mps' needs a Mac with Metal. Use device='cpu' or 'auto'.")
        return "mps"
    return "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"


class TowerRunner:
    """Runs rows through a tower, with smaller batches where the device has too little memory.

    Args:
        name: Of the model, for messages.
        device: Where the tower lies.
        precision: "f32" (without TF32) or "bf16" (autocast).

    Attributes:
        batch: Rows that are computed at once.
    """

    def __init__(self, name: str, device: TorchDevice, precision: Literal["f32", "bf16"]) -> None:
        self.name = name
        self.device = device
        self.precision = precision
        self.batch = BATCH[device]
        self._warned = False

    def run(
        self, rows: Sequence[T], encode: Callable[[Sequence[T]], Any], dim: int
    ) -> NDArray[np.float32]:
        """Apply `encode` to batches of rows and bring the vectors to unit length.

        Args:
            rows: What to encode.
            encode: Maps some rows to a tensor (n, dim).
            dim: Length of a vector.

        Raises:
            DeviceError: Not even one row fits on the device.
        """
        torch = import_torch()
        parts = [np.empty((0, dim), dtype=np.float32)]
        start = 0
        while start < len(rows):
            chunk = rows[start : start + self.batch]
            try:
                with torch.inference_mode(), self._precisely(torch):
                    vectors = encode(chunk).float().cpu().numpy()
            except torch.OutOfMemoryError as error:
                self._halve(len(chunk), error)
                continue
            parts.append(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
            start += len(chunk)
        return np.concatenate(parts).astype(np.float32, copy=False)

    @contextmanager
    def _precisely(self, torch: Any) -> Iterator[None]:
        if self.precision == "bf16":
            with torch.autocast(self.device, dtype=torch.bfloat16):
                yield
        elif self.device == "cuda":  # cuDNN's convolutions would round to TF32
            with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
                yield
        else:
            yield

    def _halve(self, failed: int, error: Exception) -> None:
        if failed == 1:
            raise DeviceError(
                f"{self.name} does not fit into the memory of device {self.device!r}, even one "
                "row at a time. Use device='cpu' or a smaller model."
            ) from error
        if self.device == "cuda":
            import_torch().cuda.empty_cache()
        self.batch = failed // 2
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"{failed} rows of {self.name} do not fit into the memory of device "
                f"{self.device!r}; going on with half as many at a time, or fewer.",
                DeviceMemoryWarning,
                stacklevel=4,
            )
