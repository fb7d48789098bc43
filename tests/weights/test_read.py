"""Reading weight files: what is in them, and nothing that would harm."""

import json
import pickle
import struct
import zipfile

import h5py
import numpy as np
import pytest

from sim_bench.errors import WeightsError
from sim_bench.weights.read import PICKLES, read_tensors
from tests.weights.made import ARRAYS, KINDS, npz_with, write


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_come_back_as_32_bit_floats(tmp_path, kind):
    tensors = read_tensors(write(tmp_path / f"w{kind}"))
    assert sorted(tensors) == sorted(ARRAYS)
    weight = tensors.take("conv.weight", 2, 3, 4)
    assert weight.dtype == np.float32
    np.testing.assert_array_equal(weight, ARRAYS["conv.weight"])
    np.testing.assert_array_equal(tensors.take("conv.bias", 2), [0.5, -0.25])
    assert tensors.take("scale") == 3.0
    assert tensors.raw("steps") == 7
    tensors.finish(["steps"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_short_anywhere_is_refused(tmp_path, kind):
    whole = write(tmp_path / f"w{kind}").read_bytes()
    cut = tmp_path / f"cut{kind}"
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        cut.write_bytes(whole[:length])
        with pytest.raises(WeightsError, match=r"cannot be read as weights: .*fetch it again"):
            read_tensors(cut)


def test_a_changed_byte_inside_an_npz_is_found_out(tmp_path):
    path = write(tmp_path / "w.npz")
    content = bytearray(path.read_bytes())
    content[content.index(ARRAYS["conv.weight"].tobytes()) + 5] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"'conv.weight': Bad CRC"):
        read_tensors(path).take("conv.weight", 2, 3, 4)


@pytest.mark.parametrize("kind", KINDS)
def test_another_kind_of_file_under_a_weights_name_is_refused(tmp_path, kind):
    path = tmp_path / f"w{kind}"
    path.write_text("<html>Please log in to this network.</html>")
    with pytest.raises(WeightsError, match=str(path)):
        read_tensors(path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_file_and_a_folder_are_told(tmp_path, kind):
    with pytest.raises(WeightsError, match="No such file"):
        read_tensors(tmp_path / f"none{kind}")
    (tmp_path / f"folder{kind}").mkdir()
    with pytest.raises(WeightsError, match="cannot be read"):
        read_tensors(tmp_path / f"folder{kind}")


def test_an_unknown_suffix_is_told(tmp_path):
    with pytest.raises(WeightsError, match=r"weights\.onnx is no weight file by its name"):
        read_tensors(tmp_path / "weights.onnx")


class Bomb:
    """Unpickled, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("suffix", [*PICKLES, ".npz", ".hdf5", ".safetensors"])
def test_a_pickle_is_never_unpickled_whatever_it_is_called(tmp_path, suffix):
    boom = tmp_path / "boom"
    path = tmp_path / f"bomb{suffix}"
    path.write_bytes(pickle.dumps(Bomb(boom)))
    with pytest.raises(WeightsError, match=str(path)):
        read_tensors(path)
    assert not boom.exists()
    pickle.loads(path.read_bytes()).close()
    assert boom.exists()  # so it would have been noticed


def test_python_objects_in_an_npz_are_never_unpickled(tmp_path):
    boom = tmp_path / "boom"
    array = np.empty(1, dtype=object)
    array[0] = Bomb(boom)
    np.savez(tmp_path / "bomb.npz", x=array, y=np.ones(1, np.float32))
    tensors = read_tensors(tmp_path / "bomb.npz")
    with pytest.raises(WeightsError, match="'x': it holds Python objects"):
        tensors.take("x", 1)
    assert tensors.take("y", 1) == 1.0
    assert not boom.exists()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", bytes(70_000_000))
    with pytest.raises(WeightsError, match="would unpack to 70000000"):
        read_tensors(path)


@pytest.mark.parametrize("shape", ["(3,)", "(99999999999,)", "(0,)", "(-1,)"])
def test_an_array_that_claims_another_size_than_it_has_is_refused(tmp_path, shape):
    path = npz_with(tmp_path / "w.npz", "x", shape, b"\0" * 8)
    with pytest.raises(WeightsError, match="'x': 8 bytes do not make shape"):
        read_tensors(path).raw("x")


def test_fortran_order_and_later_versions_of_the_format_are_read(tmp_path):
    array = np.asfortranarray(ARRAYS["conv.weight"])
    np.savez(tmp_path / "w.npz", x=array)
    np.testing.assert_array_equal(read_tensors(tmp_path / "w.npz").take("x", 2, 3, 4), array)
    with zipfile.ZipFile(tmp_path / "w2.npz", "w") as archive, archive.open("x.npy", "w") as out:
        np.lib.format.write_array(out, array, version=(2, 0))
    np.testing.assert_array_equal(read_tensors(tmp_path / "w2.npz").take("x", 2, 3, 4), array)


def test_arrays_of_a_kind_that_numpy_lacks_do_no_harm_until_they_are_taken(tmp_path):
    momentum = np.arange(4, dtype=np.uint16).view("V2")  # as bfloat16 is written
    np.savez(tmp_path / "w.npz", momentum=momentum, x=np.ones(2, np.float32))
    tensors = read_tensors(tmp_path / "w.npz")
    assert tensors.take("x", 2).sum() == 2
    with pytest.raises(WeightsError, match="no floating-point numbers"):
        tensors.take("momentum", 4)


def test_brain_floats_of_safetensors_become_32_bit_floats(tmp_path):
    values = np.array([[1.0, -2.5], [0.15625, 3e38]], np.float32)
    halves = (values.view(np.uint32) >> 16).astype("<u2")
    padding = np.zeros(2, np.float32).tobytes()
    header = json.dumps(
        {
            "before": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
            "x": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [8, 16]},
        }
    ).encode()
    path = tmp_path / "w.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + padding + halves.tobytes())
    expected = (halves.astype(np.uint32) << 16).view(np.float32)
    np.testing.assert_array_equal(read_tensors(path).take("x", 2, 2), expected)
    assert expected[0].tolist() == [1.0, -2.5]


def test_keras_files_give_arrays_by_their_full_path(tmp_path):
    with h5py.File(tmp_path / "w.hdf5", "w") as file:
        file.attrs["keras_version"] = "2.1.6"
        file.create_group("dropout_1")
        file["conv1/conv1/kernel:0"] = ARRAYS["conv.weight"]
    tensors = read_tensors(tmp_path / "w.hdf5")
    assert list(tensors) == ["conv1/conv1/kernel:0"]
    tensors.take("conv1/conv1/kernel:0", 2, 3, 4)
    tensors.finish()


def test_links_and_arrays_outside_an_hdf5_file_are_refused(tmp_path):
    secret = write(tmp_path / "secret.hdf5")
    (tmp_path / "raw").write_bytes(bytes(80))
    layout = h5py.VirtualLayout(shape=(2,), dtype="f4")
    layout[:] = h5py.VirtualSource(str(secret), "conv.bias", shape=(2,))
    made = {
        "external": lambda f: f.__setitem__("x", h5py.ExternalLink(str(secret), "scale")),
        "soft": lambda f: f.__setitem__("x", h5py.SoftLink("/elsewhere")),
        "kept outside": lambda f: f.create_dataset(
            "x", (10,), "f8", external=[(str(tmp_path / "raw"), 0, 80)]
        ),
        "virtual": lambda f: f.create_virtual_dataset("x", layout),
        "text": lambda f: f.__setitem__("x", ["words"]),
    }
    for what, make in made.items():
        path = tmp_path / f"{what}.h5"
        with h5py.File(path, "w") as file:
            make(file)
        with pytest.raises(WeightsError, match="is refused: 'x'"):
            read_tensors(path)


def test_groups_that_hold_each_other_do_not_run_on_for_ever(tmp_path, monkeypatch):
    from sim_bench.weights import read_hdf5

    monkeypatch.setattr(read_hdf5, "_MOST_NAMES", 500)
    with h5py.File(tmp_path / "w.h5", "w") as file:
        group = file.create_group("a")
        for name in "abcdefghijklmnopqrst":
            group[name] = group
    with pytest.raises(WeightsError, match="names more than 500 arrays"):
        read_tensors(tmp_path / "w.h5")


def test_a_group_that_holds_itself_is_refused_at_once(tmp_path):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        group = file.create_group("a")
        group["a"] = group
    with pytest.raises(WeightsError, match="lie in each other more than 32 deep"):
        read_tensors(tmp_path / "w.h5")


def test_an_hdf5_file_that_claims_to_be_vast_is_refused(tmp_path):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.create_dataset("x", (10_000, 10_000), "f8", chunks=(100, 100))  # nothing written
    with pytest.raises(WeightsError, match="would unpack to 800000000"):
        read_tensors(tmp_path / "w.h5")
