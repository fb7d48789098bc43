import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sim_bench.encoders import Bundle, Encoder, open_bundle
from sim_bench.encoders.bundle import write_manifest
from sim_bench.encoders.catalogue import KNOWN
from sim_bench.encoders.openvino import OpenVINOEncoder
from sim_bench.encoders.openvino_cpu import supports_bf16
from sim_bench.encoders.openvino_graph import Graph
from sim_bench.encoders.openvino_tower import UNKNOWN_BATCH
from sim_bench.errors import BundleError, DeviceError
from tests.encoders.tiny import DIM, SIDE, Batch, write_bundle

BATCHES: tuple[Batch, ...] = ("free", "fixed", "baked", "stubborn", "mixing", "misfused")


def photos(count: int) -> list[NDArray[np.uint8]]:
    rng = np.random.default_rng(0)
    sizes = rng.integers(5, 60, (count, 2))
    return [rng.integers(0, 256, (height, width, 3), np.uint8) for height, width in sizes]


def encoder_of(folder: Path, batch: Batch = "free") -> OpenVINOEncoder:
    return OpenVINOEncoder(open_bundle(write_bundle(folder / batch, batch)))


def by_numpy(encoder: OpenVINOEncoder, rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The tiny visual tower of `tiny.py`, from its own constants."""
    rng = np.random.default_rng(7)
    kernel = rng.standard_normal((10, 3, 8, 8))
    rng.standard_normal(10)
    offset, projection = rng.standard_normal(DIM), rng.standard_normal((10, DIM))
    mean, std = (0.48, 0.46, 0.41), (0.27, 0.26, 0.28)
    pixels = (encoder.prepare(rgb) / 255.0 - mean) / std
    patches = pixels.reshape(2, 8, 2, 8, 3)
    active = np.maximum(np.einsum("aybxc,ocyx->oab", patches, kernel), 0.0)
    vector = active.reshape(10, 4).mean(axis=1) @ projection + offset
    return vector / np.linalg.norm(vector)


def test_it_keeps_the_protocol(bundle: Bundle) -> None:
    encoder = OpenVINOEncoder(bundle)
    assert isinstance(encoder, Encoder)
    assert (encoder.name, encoder.dim, encoder.precision) == ("tiny", DIM, "f32")
    assert encoder.fingerprint.startswith(bundle.fingerprint)
    assert encoder.fingerprint != encoder.text_fingerprint
    assert encoder.input_size == (SIDE, SIDE)
    assert encoder.prepare(photos(1)[0]).shape == (SIDE, SIDE, 3)


def test_the_vector_is_the_graphs_on_normalised_pixels(bundle: Bundle) -> None:
    encoder = OpenVINOEncoder(bundle)
    for rgb in photos(3):
        vector = encoder.encode_images([rgb])[0]
        np.testing.assert_allclose(vector, by_numpy(encoder, rgb), atol=1e-5)


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("count", [1, UNKNOWN_BATCH, 4 * UNKNOWN_BATCH + 3])
def test_neighbours_do_not_matter_to_the_last_bit(tmp_path: Path, batch: Batch, count: int) -> None:
    encoder = encoder_of(tmp_path, batch)
    images, texts = photos(count), [f"the photo {index}" for index in range(count)]
    for encode, inputs in ((encoder.encode_images, images), (encoder.encode_texts, texts)):
        together = encode(inputs)
        assert together.shape == (count, DIM)
        assert together.dtype == np.float32
        np.testing.assert_array_equal(together, np.vstack([encode([one]) for one in inputs]))
        np.testing.assert_array_equal(together, encode(inputs[::-1])[::-1])
        np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-6)


def test_a_batch_that_cannot_be_trusted_is_not_used(tmp_path: Path, user_cache: Path) -> None:
    used = {batch: encoder_of(tmp_path, batch)._visual.batch for batch in BATCHES}
    assert [used[batch] for batch in ("free", "fixed", "baked")] == [UNKNOWN_BATCH] * 3
    assert [used[batch] for batch in ("stubborn", "mixing")] == [1, 1]
    # What was found is kept, and gives the same.
    assert len(list(user_cache.glob("sim-bench/batches/*.json"))) == len(BATCHES)
    again = {batch: encoder_of(tmp_path, batch)._visual.batch for batch in BATCHES}
    assert again == used


def test_a_batch_is_compared_with_batch_1_once_on_a_machine(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, user_cache: Path
) -> None:
    compiled: list[int] = []
    compile_ = Graph.compile

    def watched(graph: Graph, batch: int) -> object:
        compiled.append(batch)
        return compile_(graph, batch)

    monkeypatch.setattr(Graph, "compile", watched)
    for expected in ([1, UNKNOWN_BATCH], [UNKNOWN_BATCH]):
        OpenVINOEncoder(bundle).encode_images(photos(1))
        assert compiled == expected
        compiled.clear()
    (kept,) = user_cache.glob("sim-bench/batches/*.json")
    kept.write_text("cut sh")  # as good as none
    OpenVINOEncoder(bundle).encode_images(photos(1))
    monkeypatch.setenv("XDG_CACHE_HOME", str(bundle.path("config.json")))  # cannot be written
    OpenVINOEncoder(bundle).encode_images(photos(1))
    assert compiled == [1, UNKNOWN_BATCH] * 2


def test_the_text_tower_leaves_when_photos_come(bundle: Bundle) -> None:
    encoder = OpenVINOEncoder(bundle)
    before = encoder.encode_texts(["a photo"])
    encoder.encode_images(photos(2))  # loads the visual tower
    assert "_textual" not in vars(encoder)
    np.testing.assert_array_equal(encoder.encode_texts(["a photo"]), before)
    encoder.encode_images(photos(2))
    assert "_textual" in vars(encoder)
    for _ in range(2):
        encoder.encode_images(photos(1) * 150)
    assert "_textual" not in vars(encoder)
    np.testing.assert_array_equal(encoder.encode_texts(["a photo"]), before)


def test_naming_vectors_loads_no_runtime(bundle: Bundle) -> None:
    """What a run needs that is answered by a store."""
    program = (
        "import sys, sim_bench.encoders.openvino\n"
        "from sim_bench.encoders import load_encoder\n"
        f"encoder = load_encoder({str(bundle.folder)!r}, device='cpu')\n"
        "assert encoder.fingerprint and encoder.text_fingerprint and encoder.input_size\n"
        "heavy = {'openvino', 'torch', 'tokenizers', 'ftfy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_prepared_or_not_is_the_same(bundle: Bundle) -> None:
    encoder, images = OpenVINOEncoder(bundle), photos(9)
    prepared = [encoder.prepare(image) for image in images]
    np.testing.assert_array_equal(encoder.encode_images(prepared), encoder.encode_images(images))


def test_nothing_gives_nothing_and_loads_nothing(tmp_path: Path) -> None:
    folder = write_bundle(tmp_path / "broken")
    (folder / "visual/model.onnx").write_bytes(b"no graph")
    (folder / "textual/model.onnx").write_bytes(b"no graph")
    encoder = OpenVINOEncoder(open_bundle(folder))
    assert encoder.encode_images([]).shape == (0, DIM)
    assert encoder.encode_texts([]).shape == (0, DIM)


def test_images_do_not_need_the_text_tower(tmp_path: Path) -> None:
    folder = write_bundle(tmp_path / "m")
    (folder / "textual/model.onnx").write_bytes(b"no graph")
    encoder = OpenVINOEncoder(open_bundle(folder))
    assert encoder.encode_images(photos(1)).shape == (1, DIM)
    with pytest.raises(BundleError, match=r"textual.model\.onnx cannot be read"):
        encoder.encode_texts(["a photo"])


def test_threads_get_their_own_answers(bundle: Bundle) -> None:
    encoder, images = OpenVINOEncoder(bundle), photos(24)
    expected, got = encoder.encode_images(images), np.zeros((24, DIM), np.float32)

    def work(start: int) -> None:
        got[start : start + 6] = encoder.encode_images(images[start : start + 6])

    threads = [threading.Thread(target=work, args=(start,)) for start in range(0, 24, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_allclose(got, expected, atol=1e-6)


@pytest.mark.parametrize("count", [1, UNKNOWN_BATCH])
def test_a_vector_that_is_not_finite_is_an_error(
    bundle: Bundle, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = OpenVINOEncoder(bundle)
    path = bundle.path("visual/model.onnx")
    content = path.read_bytes()
    offset = np.random.default_rng(7)
    offset.standard_normal((10, 3, 8, 8))
    offset.standard_normal(10)
    known = offset.standard_normal(DIM).astype(np.float32).tobytes()
    path.write_bytes(content.replace(known, np.full(DIM, np.nan, np.float32).tobytes()))
    with pytest.raises(BundleError, match=r"visual.model\.onnx gives no finite vector for input 0"):
        encoder.encode_images(photos(count))


def test_a_wrong_size_is_named(bundle: Bundle) -> None:
    bundle.path("config.json").write_text(json.dumps({"embed_dim": 9}))
    encoder = OpenVINOEncoder(open_bundle(bundle.folder))
    with pytest.raises(BundleError, match=r"gives \[1, 6\] .* \[1, 9\] is right for the embed_dim"):
        encoder.encode_images(photos(1))
    with pytest.raises(BundleError, match=r"does not take inputs of shape \[1, 77\]"):
        encoder.encode_texts(["a"])


def test_wrong_arguments(bundle: Bundle) -> None:
    with pytest.raises(ValueError, match="precision must be"):
        OpenVINOEncoder(bundle, precision="int8")
    with pytest.raises(ValueError, match="list of texts"):
        OpenVINOEncoder(bundle).encode_texts("a photo")


VIT = {"patch_size": 8, "layers": 2}


def with_vision(bundle: Bundle, vision: dict[str, object]) -> Bundle:
    """The bundle, whose configuration names another kind of visual tower."""
    path = bundle.path("config.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "vision_cfg": vision}))
    return open_bundle(bundle.folder)


def test_auto_is_bf16_for_transformers_where_the_cpu_has_it(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules[OpenVINOEncoder.__module__]
    assert OpenVINOEncoder(bundle).precision == "f32"
    for has, expected in ((True, "bf16"), (False, "f32")):
        monkeypatch.setattr(module, "supports_bf16", lambda has=has: has)
        assert OpenVINOEncoder(with_vision(bundle, VIT)).precision == expected


def test_bf16_where_the_cpu_lacks_it(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules[OpenVINOEncoder.__module__]
    monkeypatch.setattr(module, "supports_bf16", lambda: False)
    with pytest.raises(DeviceError, match="does not compute in bf16"):
        OpenVINOEncoder(bundle, precision="bf16")


@pytest.mark.skipif(not supports_bf16(), reason="this CPU has no bf16")
def test_bf16_is_close_and_has_its_own_fingerprint(bundle: Bundle) -> None:
    exact, rough = OpenVINOEncoder(bundle), OpenVINOEncoder(bundle, precision="bf16")
    images = photos(9)
    cosines = (exact.encode_images(images) * rough.encode_images(images)).sum(axis=1)
    assert cosines.min() > 0.999
    assert exact.fingerprint != rough.fingerprint
    assert exact.text_fingerprint != rough.text_fingerprint


@pytest.mark.parametrize("stated", [(), ("biq2021:train", "biq2021:dev, to choose"), None])
def test_what_its_weights_have_seen_is_what_the_manifest_says(
    bundle: Bundle, stated: tuple[str, ...] | None
) -> None:
    terms = {"name": "tiny", "licence": "MIT", "source": "a formula", "version": "1"}
    assert OpenVINOEncoder(bundle).trained_on is None  # no manifest, and no model of the table
    sealed = write_manifest(bundle.folder, trained_on=stated, **terms)
    assert OpenVINOEncoder(sealed).trained_on == stated
    assert OpenVINOEncoder(open_bundle(bundle.folder)).trained_on == stated


def test_what_a_known_model_has_seen_is_known_by_name(bundle: Bundle) -> None:
    known = next(one for one in KNOWN if one.data)
    terms = {"licence": "MIT", "source": "a formula", "version": "1"}
    sealed = write_manifest(bundle.folder, name=known.name, **terms)
    assert OpenVINOEncoder(sealed).trained_on == (known.data,)
