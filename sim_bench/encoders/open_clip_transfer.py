"""Bringing batches to the device of a tower and vectors back, beside the computation on CUDA."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Transfer:
    """Moves tensors between the host and a device.

    On CUDA a batch goes from pinned memory over a stream of its own, so that it travels while the
    batch before it is computed; vectors come back without holding up the batch after them.
    Elsewhere everything happens at once. Written without a GPU at hand; not measured.

    Args:
        torch: The module.
        device: Where the tower lies.
    """

    def __init__(self, torch: Any, device: str) -> None:
        self._torch = torch
        self._device = device
        self._stream = torch.cuda.Stream() if device == "cuda" else None

    def to_device(self, batch: Any) -> Any:
        """Start copying a tensor of the host; what is computed next waits for it."""
        if self._stream is None:
            return batch.to(self._device)
        cuda = self._torch.cuda
        with cuda.stream(self._stream):
            there = batch.pin_memory().to(self._device, non_blocking=True)
        computing = cuda.current_stream()
        computing.wait_stream(self._stream)
        there.record_stream(computing)  # its memory is not reused before that has read it
        return there

    def to_host(self, vectors: Any) -> Callable[[], NDArray[np.float32]]:
        """Start copying vectors back.

        Returns:
            Waits for them and gives them, in f32.
        """
        vectors = vectors.float()
        if self._stream is None:
            return lambda: np.asarray(vectors.cpu().numpy(), dtype=np.float32)
        here = self._torch.empty(vectors.shape, dtype=vectors.dtype, pin_memory=True)
        here.copy_(vectors, non_blocking=True)
        done = self._torch.cuda.Event()
        done.record()

        def wait() -> NDArray[np.float32]:
            done.synchronize()
            return np.asarray(here.numpy(), dtype=np.float32)

        return wait
