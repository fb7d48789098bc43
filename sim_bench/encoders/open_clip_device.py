"""Running a tower of open_clip: on which device, in which precision, how many rows at once."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import Precision
from sim_bench.encoders.open_clip_transfer import Transfer
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


def pick_precision(
    precision: Precision, device: TorchDevice, *, transformer: bool
) -> Literal["f32", "bf16"]:
    """Settle how to compute: "auto" is bf16 for transformers on GPUs that compute in it.

    Args:
        precision: As asked for.
        device: Where the tower lies.
        transformer: Whether the visual tower is a vision transformer; others lose more.
    """
    if precision != "auto":
        return precision
    if not transformer or device != "cuda":  # autocast on a CPU was not faster than f32
        return "f32"
    # A GPU that only emulates bf16 is slower with it.
    has = import_torch().cuda.is_bf16_supported(including_emulation=False)
    return "bf16" if has else "f32"


class TowerRunner:
    """Runs rows through a tower, with smaller batches where the device has too little memory.

    On CUDA every batch has the same shape, padded, so that its libraries choose the same kernels.

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
        self,
        rows: Sequence[T],
        load: Callable[[Sequence[T]], Any],
        encode: Callable[[Any], Any],
        dim: int,
    ) -> NDArray[np.float32]:
        """Apply `encode` to batches of rows and bring the vectors to unit length.

        While the device computes a batch, the next one is loaded and sent.

        Args:
            rows: What to encode.
            load: Makes a tensor of the host of some rows.
            encode: Maps such a tensor, on the device, to a tensor (n, dim).
            dim: Length of a vector.

        Raises:
            DeviceError: Not even one row fits on the device.
        """
        torch = import_torch()
        transfer = Transfer(torch, self.device)
        out = np.empty((len(rows), dim), dtype=np.float32)
        waiting: list[tuple[int, Callable[[], NDArray[np.float32]]]] = []

        def collect() -> None:
            while waiting:
                first, vectors = waiting.pop()
                out[first : first + self.batch] = vectors()[: len(rows) - first]

        start = 0
        while start < len(rows):
            batch = self._padded(torch, load(rows[start : start + self.batch]))
            try:
                with torch.inference_mode(), self._precisely(torch):
                    vectors = transfer.to_host(encode(transfer.to_device(batch)))
            except torch.OutOfMemoryError as error:
                collect()
                self._halve(len(batch), error)
                continue
            collect()
            waiting.append((start, vectors))
            start += self.batch
        collect()
        return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True), dtype=np.float32)

    def _padded(self, torch: Any, batch: Any) -> Any:
        """On CUDA, the batch with its last row repeated until it has the constant shape."""
        missing = self.batch - len(batch)
        if self.device != "cuda" or not missing:
            return batch
        return torch.cat([batch, batch[-1:].expand(missing, *batch.shape[1:])])

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
