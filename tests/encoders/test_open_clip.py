import logging
import os
import pickle
import sys
import warnings
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from sim_bench.encoders.base import Encoder
from sim_bench.encoders.open_clip import OpenClipEncoder
from sim_bench.encoders.open_clip_device import (
    DeviceMemoryWarning,
    TowerRunner,
    pick_device,
    pick_precision,
)
from sim_bench.encoders.open_clip_model import load_model
from sim_bench.encoders.tokenizer import LongPromptWarning
from sim_bench.errors import (
    DeviceError,
    MissingDependencyError,
    ModelError,
    UnknownNameError,
    WeightsUnavailableError,
)
from tests.encoders.torch_models import TINY, TINY_QUICK, know_tags, know_tiny, tiny_model

TEXTS = ["a photo", "A well-composed photograph!", "", "été 🙂"]


def photos(count, seed=0):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(20, 90, (count, 2))
    return [rng.integers(0, 256, (h, w, 3), dtype=np.uint8) for h, w in sizes]


@pytest.fixture(scope="module")
def model():
    return tiny_model()


@pytest.fixture
def encoder(model):
    return OpenClipEncoder(model, device="cpu", precision="f32")


@pytest.fixture
def pretended_gpu(encoder, monkeypatch):
    """The runner takes the path of CUDA, but nothing moves: the tower stays on the CPU."""

    class Nowhere:
        def __init__(self, torch, device):
            pass

        def to_device(self, batch):
            return batch

        def to_host(self, vectors):
            return vectors.float().numpy

    monkeypatch.setattr(encoder._runner, "device", "cuda")
    monkeypatch.setattr(sys.modules[TowerRunner.__module__], "Transfer", Nowhere)


@pytest.fixture
def checkpoint(model, tmp_path):
    import torch

    path = tmp_path / "weights.pt"
    torch.save(model.network.state_dict(), path)
    return path


@pytest.mark.torch
def test_it_is_an_encoder_of_unit_rows(encoder):
    assert isinstance(encoder, Encoder)
    assert encoder.input_size == (32, 32)
    images, texts = encoder.encode_images(photos(5)), encoder.encode_texts(TEXTS)
    assert images.shape == (5, 32)
    assert texts.shape == (4, 32)
    assert images.dtype == texts.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(images, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(texts, axis=1), 1, atol=1e-6)
    assert encoder.encode_images([]).shape == encoder.encode_texts([]).shape == (0, 32)


@pytest.mark.torch
def test_vectors_are_those_of_open_clip(encoder, model):
    """Oracle: what the README of open_clip makes a user write."""
    import torch

    with torch.no_grad():
        pixels = torch.stack([model.transform(Image.fromarray(photo)) for photo in photos(3)])
        images = model.network.encode_image(pixels)
        images = (images / images.norm(dim=-1, keepdim=True)).numpy()
        texts = model.network.encode_text(model.tokenizer(TEXTS))
        texts = (texts / texts.norm(dim=-1, keepdim=True)).numpy()
    np.testing.assert_allclose(encoder.encode_images(photos(3)), images, atol=1e-6)
    np.testing.assert_allclose(encoder.encode_texts(TEXTS), texts, atol=1e-6)


@pytest.mark.torch
def test_a_batch_equals_its_photos_one_by_one_prepared_or_not(encoder):
    many = photos(40)
    together = encoder.encode_images(many)
    alone = np.concatenate([encoder.encode_images([encoder.prepare(photo)]) for photo in many])
    np.testing.assert_allclose(together, alone, atol=1e-6)


@pytest.mark.torch
@pytest.mark.parametrize("size", [(32, 32), (33, 32), (1, 9), (5, 400), (400, 3), (300, 200)])
def test_prepare_is_the_transform_before_normalisation(encoder, model, size):
    photo = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    prepared = encoder.prepare(photo)
    assert prepared.shape == (32, 32, 3)
    assert prepared.dtype == np.uint8
    np.testing.assert_array_equal(encoder.prepare(prepared), prepared)
    mean, std = (np.array(model.preprocess[key]) for key in ("mean", "std"))
    theirs = model.transform(Image.fromarray(photo)).numpy().transpose(1, 2, 0)
    tolerance = 1.001 / 255 if max(size) > 50 * min(size) else 1e-6  # see preprocess.py
    np.testing.assert_allclose(prepared / 255, theirs * std + mean, atol=tolerance)


@pytest.mark.torch
def test_a_long_text_is_cut_with_one_warning(encoder):
    long = "composition " * 100
    with pytest.warns(LongPromptWarning, match="102 tokens was cut to the model's 77: 'composi"):
        encoder.encode_texts([long])
    encoder.encode_texts([long])  # warnings are errors here: a second one would raise
    with pytest.raises(ValueError, match="a list of texts"):
        encoder.encode_texts("one string")


@pytest.mark.torch
def test_the_length_of_a_text_is_known_for_tokenizers_of_transformers_too(model):
    """Such a tokenizer has no `encode`; it is called, and gives `input_ids`."""
    import torch

    def inner(text):
        return SimpleNamespace(input_ids=text.split())

    class Theirs:
        context_length, tokenizer, clean_fn = 3, staticmethod(inner), staticmethod(str.strip)

        def __call__(self, texts):
            return torch.zeros(len(texts), 77, dtype=torch.int64)

    encoder = OpenClipEncoder(replace(model, tokenizer=Theirs()), device="cpu")
    encoder.encode_texts(["three words here"])
    with pytest.warns(LongPromptWarning, match="4 tokens was cut to the model's 3"):
        encoder.encode_texts(["four words are here"])


@pytest.mark.torch
def test_the_fingerprint_follows_what_vectors_depend_on(model, encoder):
    same = OpenClipEncoder(tiny_model(), device="cpu", precision="f32")
    assert same.fingerprint == encoder.fingerprint
    assert same.text_fingerprint == encoder.text_fingerprint
    others = [
        OpenClipEncoder(tiny_model(seed=1), device="cpu", precision="f32"),
        OpenClipEncoder(tiny_model(TINY_QUICK), device="cpu", precision="f32"),
        OpenClipEncoder(
            tiny_model(preprocess={"interpolation": "bilinear"}), device="cpu", precision="f32"
        ),
        OpenClipEncoder(model, device="cpu", precision="bf16"),
    ]
    prints = {encoder.fingerprint, *(other.fingerprint for other in others)}
    assert len(prints) == 5


@pytest.mark.torch
def test_bf16_is_close_to_f32(model, encoder):
    bf16 = OpenClipEncoder(model, device="cpu", precision="bf16")
    close = (bf16.encode_images(photos(4)) * encoder.encode_images(photos(4))).sum(axis=1)
    assert 0.999 < close.min() < 1 - 1e-9


@pytest.mark.torch
def test_too_little_device_memory_halves_the_batch_with_one_warning(encoder, monkeypatch):
    import torch

    encode, sizes = encoder._network.encode_image, []

    def small_device(pixels, **options):
        sizes.append(len(pixels))
        if len(pixels) > 10:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")
        return encode(pixels, **options)

    expected = encoder.encode_images(photos(50))
    monkeypatch.setattr(encoder._network, "encode_image", small_device)
    with pytest.warns(DeviceMemoryWarning, match="32 rows of tiny-test/random-0") as caught:
        vectors = encoder.encode_images(photos(50))
    assert len(caught) == 1
    assert sizes == [32, 16, 8, 8, 8, 8, 8, 8, 2]
    np.testing.assert_allclose(vectors, expected, atol=1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encoder.encode_images(photos(9))  # remembered: no failure, no warning
    assert sizes[-2:] == [8, 1]


@pytest.mark.torch
def test_one_row_that_does_not_fit_is_an_error(encoder, monkeypatch):
    import torch

    def no_memory(pixels, **options):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(encoder._network, "encode_image", no_memory)
    with pytest.raises(DeviceError, match="even one row at a time. Use device='cpu'"):
        encoder.encode_images(photos(1))


@pytest.mark.torch
def test_devices(monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert pick_device("auto") == pick_device("cpu") == "cpu"
    monkeypatch.setattr(torch.version, "cuda", "13.2")
    with pytest.raises(DeviceError, match="built for CUDA 13.2 but finds no GPU.*device='cpu'"):
        pick_device("cuda")
    monkeypatch.setattr(torch.version, "cuda", None)
    with pytest.raises(DeviceError, match="without CUDA; pytorch.org"):
        pick_device("cuda")
    with pytest.raises(DeviceError, match="Mac with Metal"):
        pick_device("mps")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert pick_device("mps") == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert pick_device("auto") == pick_device("cuda") == "cuda"
    assert pick_device("cpu") == "cpu"


@pytest.mark.torch
def test_f32_on_cuda_asks_cudnn_for_no_tf32(encoder, pretended_gpu, monkeypatch):
    """Without a GPU the settings can be made all the same; what counts is that they are."""
    import torch

    encode, seen = encoder._network.encode_image, []

    def watched(pixels, **options):
        seen.append(torch.backends.cudnn.allow_tf32)
        return encode(pixels, **options)

    monkeypatch.setattr(encoder._network, "encode_image", watched)
    encoder.encode_images(photos(1))
    assert seen == [False]


@pytest.mark.torch
def test_on_cuda_every_batch_has_one_shape(encoder, pretended_gpu, monkeypatch):
    expected = encoder.encode_images(photos(9))
    encode, sizes = encoder._network.encode_image, []

    def watched(pixels, **options):
        sizes.append(len(pixels))
        return encode(pixels, **options)

    monkeypatch.setattr(encoder._network, "encode_image", watched)
    monkeypatch.setattr(encoder._runner, "batch", 4)
    np.testing.assert_allclose(encoder.encode_images(photos(9)), expected, atol=1e-6)
    assert sizes == [4, 4, 4]
    texts = [f"photo {number}" for number in range(5)]
    together = encoder.encode_texts(texts)
    np.testing.assert_allclose(together[4:], encoder.encode_texts(texts[4:]), atol=1e-6)


@pytest.mark.torch
def test_precision_auto(model, monkeypatch):
    import torch

    for has, expected in ((True, "bf16"), (False, "f32")):
        monkeypatch.setattr(
            torch.cuda, "is_bf16_supported", lambda including_emulation, has=has: has
        )
        assert pick_precision("auto", "cuda", transformer=True) == expected
        assert pick_precision("auto", "cuda", transformer=False) == "f32"
        assert pick_precision("auto", "cpu", transformer=True) == "f32"
        assert pick_precision("auto", "mps", transformer=True) == "f32"
        assert pick_precision("bf16", "cpu", transformer=False) == "bf16"
    assert OpenClipEncoder(model, device="cpu").precision == "f32"


@pytest.mark.torch
def test_weights_load_from_a_file_and_leave_the_log_alone(model, encoder, checkpoint, tmp_path):
    from safetensors.torch import save_file

    safe = tmp_path / "weights.safetensors"
    save_file(model.network.state_dict(), safe)
    root = logging.getLogger()
    before = list(root.handlers), list(root.filters)
    for path in (checkpoint, safe):
        loaded = load_model(TINY, str(path))
        assert loaded.name == "tiny-test/weights"
        np.testing.assert_array_equal(
            OpenClipEncoder(loaded, device="cpu", precision="f32").encode_images(photos(2)),
            encoder.encode_images(photos(2)),
        )
    assert (list(root.handlers), list(root.filters)) == before


@pytest.mark.torch
def test_weights_that_need_quickgelu_get_it(checkpoint, monkeypatch):
    """The same weights under both tags; the other activation function moves the vectors."""
    know_tags(monkeypatch, checkpoint)
    quick = OpenClipEncoder(TINY, "quick", device="cpu", precision="f32")
    plain = OpenClipEncoder(TINY, "plain", device="cpu", precision="f32")
    right = OpenClipEncoder(tiny_model(TINY_QUICK), device="cpu", precision="f32")
    assert quick.name == load_model("tiny-test/quick", None).name == "tiny-test/quick"
    assert quick.model.config["quick_gelu"] is True
    assert "quick_gelu" not in plain.model.config
    assert quick.model.preprocess["mean"] == (0.5, 0.5, 0.5)  # the tag's
    texts = quick.encode_texts(TEXTS)
    np.testing.assert_allclose(texts, right.encode_texts(TEXTS), atol=1e-6)
    assert np.abs(texts - plain.encode_texts(TEXTS)).max() > 1e-4


@pytest.mark.torch
def test_a_model_without_weights_is_an_error(monkeypatch, tmp_path):
    know_tags(monkeypatch, tmp_path / "none.pt")
    for nothing in (None, ""):
        with pytest.raises(ModelError, match=r"Which weights of tiny-test\?.*quick, plain"):
            load_model(TINY, nothing)
    with pytest.raises(ModelError, match="it has none"):
        load_model(TINY_QUICK, None)


@pytest.mark.torch
def test_unknown_names_are_told_with_the_closest(monkeypatch, tmp_path):
    know_tags(monkeypatch, tmp_path / "none.pt")
    with pytest.raises(UnknownNameError, match="No open_clip model 'ViT-B32'. Did you mean 'ViT-B"):
        load_model("ViT-B32", "openai")
    with pytest.raises(UnknownNameError, match="'quik'. Did you mean 'quick'"):
        load_model(TINY, "quik")
    with pytest.raises(WeightsUnavailableError, match="no checkpoint file"):
        load_model(TINY, str(tmp_path / "absent.safetensors"))
    with pytest.raises(ModelError, match="a checkpoint ends in .safetensors"):
        load_model(TINY, str(tmp_path / "absent.npz"))
    with pytest.raises(WeightsUnavailableError, match="Directory .* not found"):
        load_model(f"local-dir:{tmp_path / 'absent'}", None)


class Hostile:
    """Unpickled without care, it runs a command."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


@pytest.mark.torch
@pytest.mark.parametrize("suffix", [".pt", ".pth", ".bin"])
def test_code_in_a_checkpoint_is_never_run(tmp_path, suffix):
    know_tiny()
    import torch

    mark, zipped = tmp_path / "ran", tmp_path / f"zipped{suffix}"
    plain = tmp_path / f"plain{suffix}"
    torch.save({"state_dict": Hostile(mark)}, zipped)
    plain.write_bytes(pickle.dumps({"state_dict": Hostile(mark)}, protocol=2))
    for path in (zipped, plain):
        with pytest.raises(ModelError, match="weights alone.*could run code"):
            load_model(TINY, str(path))
    assert not mark.exists()


@pytest.mark.torch
@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
@pytest.mark.parametrize("content", [b"", b"<html>404 not found</html>", bytes(range(256)) * 9])
def test_a_broken_checkpoint_is_an_error_that_names_it(tmp_path, suffix, content):
    know_tiny()
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=f"broken{suffix}"):
        load_model(TINY, str(path))


@pytest.mark.torch
def test_weights_of_another_model_are_an_error(tmp_path):
    know_tiny()
    import torch

    path = tmp_path / "other.pt"
    torch.save({"visual.weight": torch.zeros(3)}, path)
    with pytest.raises(ModelError, match="other.pt does not fit tiny-test"):
        load_model(TINY, str(path))


@pytest.mark.torch
def test_weights_that_cannot_be_fetched_name_the_ways_out(monkeypatch, tmp_path):
    know_tags(monkeypatch, tmp_path / "none.pt")
    from open_clip import factory

    def offline(*_, **__):
        raise OSError("Name or service not known")

    monkeypatch.setattr(factory, "download_pretrained", offline)
    with pytest.raises(WeightsUnavailableError, match="tiny-test/plain.*Name or.*--model embedded"):
        load_model(TINY, "plain")


@pytest.mark.torch
@pytest.mark.parametrize(
    ("raised", "error", "message"),
    [
        (ImportError("no transformers"), ModelError, "pip install transformers"),
        (OSError("offline"), WeightsUnavailableError, "tokenizer of tiny-test.*fetched: offline"),
    ],
)
def test_a_tokenizer_that_cannot_be_had(monkeypatch, checkpoint, raised, error, message):
    open_clip = know_tiny()

    def refuse(_):
        raise raised

    monkeypatch.setattr(open_clip, "get_tokenizer", refuse)
    with pytest.raises(error, match=message):
        load_model(TINY, str(checkpoint))


@pytest.mark.torch
def test_wrong_arguments(model):
    with pytest.raises(ValueError, match="precision must be auto, f32 or bf16. Got 'fp16'"):
        OpenClipEncoder(model, precision="fp16")
    with pytest.raises(ValueError, match="device must be auto, cpu, cuda or mps. Got 'gpu'"):
        OpenClipEncoder(model, device="gpu")


@pytest.mark.parametrize("missing", ["torch", "open_clip"])
def test_without_the_extra_the_error_is_its_install_line(monkeypatch, missing):
    if missing == "open_clip":
        pytest.importorskip("torch")
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'sim-bench\[torch\]'"):
        OpenClipEncoder("ViT-B-32", "openai", device="cpu")
