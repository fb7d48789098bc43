"""The order in which things are asked of CUDA, written down by stand-ins: no GPU is needed."""

from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np

from sim_bench.encoders.open_clip_transfer import Transfer


class Recorder:
    """Stands in for torch, a stream, an event and a tensor; writes down what is asked."""

    def __init__(self):
        self.asked = []
        self.shape, self.dtype = (2, 3), "f32"
        self.cuda = SimpleNamespace(
            Stream=lambda: "copying",
            Event=lambda: self,
            stream=self.stream,
            current_stream=lambda: self,
        )

    @contextmanager
    def stream(self, name):
        self.asked.append(f"begin {name}")
        yield
        self.asked.append(f"end {name}")

    def pin_memory(self):
        self.asked.append("pin")
        return self

    def to(self, device, non_blocking=False):
        self.asked.append(f"to {device} {non_blocking}")
        return self

    def wait_stream(self, stream):
        self.asked.append(f"wait for {stream}")

    def record_stream(self, stream):
        assert stream is self
        self.asked.append("used by computing")

    def float(self):
        return self

    def empty(self, shape, dtype, pin_memory):
        self.asked.append(f"empty {shape} {dtype} {pin_memory}")
        return self

    def copy_(self, vectors, non_blocking):
        self.asked.append(f"copy {non_blocking}")

    def record(self):
        self.asked.append("record")

    def synchronize(self):
        self.asked.append("synchronize")

    def numpy(self):
        self.asked.append("read")
        return np.zeros(self.shape)


def test_on_cuda_a_batch_travels_beside_the_computation():
    torch = Recorder()
    transfer = Transfer(torch, "cuda")
    assert transfer.to_device(torch) is torch
    assert torch.asked == [
        "begin copying",
        "pin",
        "to cuda True",
        "end copying",
        "wait for copying",
        "used by computing",
    ]
    torch.asked.clear()
    wait = transfer.to_host(torch)
    assert torch.asked == ["empty (2, 3) f32 True", "copy True", "record"]
    vectors = wait()
    assert torch.asked[3:] == ["synchronize", "read"]
    assert vectors.dtype == np.float32


def test_elsewhere_everything_happens_at_once():
    torch = Recorder()
    assert Transfer(torch, "cpu").to_device(torch) is torch
    assert torch.asked == ["to cpu False"]
