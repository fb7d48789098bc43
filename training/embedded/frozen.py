"""Run a frozen network over many images: torch on a GPU, OpenVINO on the CPU.

On a CPU OpenVINO is several times as fast as torch at depthwise convolutions.
"""

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sim_bench.encoders.openvino_runtime import ov as openvino
from training.embedded.image_tower import MEAN, STD

Array = NDArray[np.float32]
Run = Callable[[NDArray[np.uint8]], list[Array]]
OPSET = 17


def normalise(pixels: Tensor) -> Tensor:
    """Uint8 (n, S, S, 3) to normalised float (n, 3, S, S)."""
    x = pixels.permute(0, 3, 1, 2).float().div_(255.0)
    mean, std = (torch.tensor(v, device=x.device)[:, None, None] for v in (MEAN, STD))
    return (x - mean) / std


def runner(network: nn.Module, size: int, *, threads: int = 0) -> Run:
    """Make a function from uint8 images (n, size, size, 3) to the network's outputs.

    Args:
        network: normalised images to one tensor or several, rows in order.
        size: of the images.
        threads: of OpenVINO; 0 leaves it to choose.
    """
    network = network.eval()
    if torch.cuda.is_available():
        on_gpu = network.cuda()

        def gpu(pixels: NDArray[np.uint8]) -> list[Array]:
            parts = []
            with torch.inference_mode():
                for start in range(0, len(pixels), 128):
                    batch = torch.from_numpy(np.array(pixels[start : start + 128])).cuda()
                    parts.append(_several(on_gpu(normalise(batch))))
            return [torch.cat(p).float().cpu().numpy() for p in zip(*parts, strict=True)]

        return gpu

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / "network.onnx"
        example = torch.zeros(1, 3, size, size)
        torch.onnx.export(network, (example,), str(path), opset_version=OPSET, dynamo=False)
        model = openvino.Core().compile_model(
            path,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": "f32",
                "PERFORMANCE_HINT": "THROUGHPUT",
                "INFERENCE_NUM_THREADS": threads,
            },
        )

    scale = (1 / (255 * np.array(STD, np.float32)))[:, None, None]
    shift = -(np.array(MEAN, np.float32) / np.array(STD, np.float32))[:, None, None]

    def cpu(pixels: NDArray[np.uint8]) -> list[Array]:
        found = [np.empty((len(pixels), *output.shape[1:]), np.float32) for output in model.outputs]

        def keep(request: openvino.InferRequest, place: int) -> None:
            for i, array in enumerate(found):
                array[place] = request.get_output_tensor(i).data[0]

        queue = openvino.AsyncInferQueue(model)
        queue.set_callback(keep)
        for i in range(len(pixels)):
            levels = pixels[i : i + 1].transpose(0, 3, 1, 2)
            # Not by torch: its threads and OpenVINO's would wait for one another.
            queue.start_async({0: np.ascontiguousarray(levels * scale + shift)}, i)
        queue.wait_all()
        return found

    return cpu


def _several(output: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return output if isinstance(output, tuple) else (output,)
