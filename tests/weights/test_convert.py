"""From PyTorch's pickles to safetensors; nothing that a pickle names is run."""

import pickle
import zipfile

import numpy as np
import pytest
from safetensors import safe_open

from sim_bench.errors import MissingDependencyError, WeightsError
from sim_bench.weights import convert as module
from sim_bench.weights.cabinet import find_weights
from sim_bench.weights.convert import convert
from sim_bench.weights.read import read_tensors
from tests.weights.made import write_torch
from tests.weights.test_read import Bomb


def converted(path):
    target = path.with_suffix(".safetensors")
    convert(path, target, "mine")
    assert sorted(each.name for each in path.parent.iterdir()) == [path.name, target.name]
    return target


def test_without_torch_nothing_is_opened_and_both_ways_out_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    boom = tmp_path / "boom"
    source = tmp_path / "w.pth"
    source.write_bytes(pickle.dumps(Bomb(boom)))
    with pytest.raises(MissingDependencyError) as caught:
        convert(source, tmp_path / "w.safetensors", "mine")
    assert "w.pth is a PyTorch file" in str(caught.value)
    assert "`sim-bench models get mine --to FOLDER`" in str(caught.value)
    assert str(caught.value).endswith("pip install 'sim-bench[torch]'")
    assert [path.name for path in tmp_path.iterdir()] == ["w.pth"]


@pytest.mark.torch
@pytest.mark.parametrize("new", [True, False])
def test_arrays_keep_name_shape_kind_and_value(tmp_path, new):
    import torch

    content = {
        "a.weight": torch.arange(6.0).reshape(2, 3).T,  # not contiguous
        "half": torch.tensor([0.5], dtype=torch.float16),
        "brain": torch.tensor([1.5], dtype=torch.bfloat16),
        "steps": torch.tensor(7),
        "parameter": torch.nn.Parameter(torch.ones(2)),
    }
    path = tmp_path / "w.pth"
    torch.save(content, path, _use_new_zipfile_serialization=new)
    tensors = read_tensors(converted(path))
    np.testing.assert_array_equal(tensors.take("a.weight", 3, 2), [[0, 3], [1, 4], [2, 5]])
    assert tensors.raw("half").dtype == np.float16
    assert tensors.raw("brain").tolist() == [1.5]
    assert tensors.raw("steps").dtype == np.int64
    assert tensors.take("parameter", 2).tolist() == [1, 1]


@pytest.mark.torch
@pytest.mark.parametrize("wrapper", ["params", "state_dict", "model"])
def test_arrays_inside_a_wrapper_are_found_and_what_is_left_out_is_noted(tmp_path, wrapper):
    import torch

    inner = {"conv.weight": torch.ones(2)}
    content = {"epoch": 3, wrapper: inner, "optimizer": {"lr": 0.1}}
    target = converted(write_torch(tmp_path / "w.pth", content))
    assert list(read_tensors(target)) == ["conv.weight"]
    with safe_open(target, framework="np") as file:
        assert file.metadata() == {"left_out": "epoch, optimizer"}


@pytest.mark.torch
def test_arrays_that_share_their_memory_are_each_written(tmp_path):
    import torch

    base = torch.arange(4.0)
    content = {"all": base, "again": base, "half": base[:2]}
    tensors = read_tensors(converted(write_torch(tmp_path / "w.pth", content)))
    assert tensors.take("again", 4).tolist() == [0, 1, 2, 3]
    assert tensors.take("half", 2).tolist() == [0, 1]


@pytest.mark.torch
@pytest.mark.parametrize("new", [True, False])
def test_a_bomb_is_refused_and_does_not_go_off(tmp_path, new):
    import torch

    boom = tmp_path / "boom"
    path = tmp_path / "w.pth"
    content = {"weight": torch.ones(1), "x": Bomb(boom)}
    torch.save(content, path, _use_new_zipfile_serialization=new)
    with pytest.raises(WeightsError, match=r"w\.pth is refused: .* Nothing of it was run"):
        convert(path, tmp_path / "w.safetensors", "mine")
    assert [each.name for each in tmp_path.iterdir()] == ["w.pth"]
    torch.load(path, weights_only=False)["x"].close()
    assert boom.exists()  # so it would have been noticed


@pytest.mark.torch
def test_a_plain_pickle_bomb_is_refused_and_does_not_go_off(tmp_path):
    path = tmp_path / "w.pt"
    path.write_bytes(pickle.dumps(Bomb(tmp_path / "boom")))
    with pytest.raises(WeightsError, match=r"w\.pt"):
        convert(path, tmp_path / "w.safetensors", "mine")
    assert not (tmp_path / "boom").exists()


@pytest.mark.torch
def test_a_bomb_in_the_cabinet_is_refused_before_any_scoring(cabinet, tmp_path):
    from sim_bench.weights.table import TABLE

    unpinned = next(one for one in TABLE.values() if one.is_pickle and one.sha256 is None)
    folder = cabinet / unpinned.name
    folder.mkdir(parents=True)
    (folder / unpinned.file).write_bytes(pickle.dumps(Bomb(tmp_path / "boom")))
    with pytest.raises(WeightsError, match="refused"):
        find_weights(unpinned.name)
    assert not (tmp_path / "boom").exists()


@pytest.mark.torch
@pytest.mark.parametrize("new", [True, False])
def test_a_file_cut_short_anywhere_is_refused(tmp_path, new):
    import torch

    whole = tmp_path / "whole.pth"
    torch.save({"weight": torch.arange(99.0)}, whole, _use_new_zipfile_serialization=new)
    content = whole.read_bytes()
    for length in range(0, len(content), len(content) // 12):
        path = tmp_path / "cut.pth"
        path.write_bytes(content[:length])
        with pytest.raises(WeightsError, match=r"cut\.pth"):
            convert(path, tmp_path / "cut.safetensors", "mine")
    assert not (tmp_path / "cut.safetensors").exists()


@pytest.mark.torch
@pytest.mark.parametrize("content", [{}, [1, 2], "text", {"weight": 3}, {1: "x"}])
def test_what_holds_no_arrays_by_name_is_another_kind_of_file(tmp_path, content):
    path = write_torch(tmp_path / "w.pth", content)
    with pytest.raises(WeightsError, match="another kind of file"):
        convert(path, tmp_path / "w.safetensors", "mine")


@pytest.mark.torch
def test_a_small_file_of_vast_arrays_is_refused(tmp_path):
    import torch

    vast = torch.ones(1).expand(10_000, 10_000)
    with pytest.raises(WeightsError, match="would unpack to 400000000"):
        converted(write_torch(tmp_path / "w.pth", {"weight": vast}))
    path = tmp_path / "zip.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(70_000_000))
    with pytest.raises(WeightsError, match="would unpack to 70000000"):
        convert(path, tmp_path / "zip.safetensors", "mine")


@pytest.mark.torch
@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "folder", "inputs"),
    [
        ("laion-v1-vit-l-14", "laion_v1", 768),
        ("laion-v1-vit-b-32", "laion_v1", 512),
        ("laion-v1-vit-b-16", "laion_v1", 512),
        ("laion-v2-vit-l-14", "laion_v2", 768),
    ],
)
def test_the_published_laion_heads_are_what_the_table_says(
    cabinet, data_dir, monkeypatch, name, folder, inputs
):
    monkeypatch.setenv("SIM_BENCH_MODELS", str(data_dir / "heads" / folder))
    tensors = find_weights(name).tensors()
    if folder == "laion_v1":
        tensors.take("weight", 1, inputs)
        tensors.take("bias", 1)
        tensors.finish()
    else:
        tensors.take("layers.0.weight", 1024, inputs)
