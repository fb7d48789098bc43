"""The picture tower against the same in a few lines of numpy, and against broken weights."""

import numpy as np
import pytest

from sim_bench.errors import WeightsError
from sim_bench.networks.clip_vision import MEAN, STD, VisionSize, vision_graph
from sim_bench.networks.network import Network
from sim_bench.weights.tensors import Tensors
from tests.reference.liqe.weights import Shape, state_dict

SIZE = VisionSize(resolution=224, patch=32, width=128, layers=2, heads=2, dim=24)


@pytest.fixture(scope="module")
def state():
    made = state_dict(Shape(SIZE.width, SIZE.layers, 64, 0, SIZE.dim), seed=1)
    return {name: array for name, array in made.items() if name.startswith("visual.")}


@pytest.fixture(scope="module")
def photos():
    random = np.random.default_rng(2)
    smooth = random.integers(0, 256, (3, 7, 7, 3)).repeat(32, axis=1).repeat(32, axis=2)
    return np.clip(smooth + random.integers(-30, 31, smooth.shape), 0, 255).astype(np.uint8)


def network_of(arrays, batch=1, size=SIZE):
    return Network(vision_graph(Tensors(arrays, "test.pt"), size), source="test.pt", batch=batch)


def by_hand(photo, state, size):
    """The tower in 64-bit numpy, one photo."""
    get = {name.removeprefix("visual."): array.astype(np.float64) for name, array in state.items()}

    def norm(x, name):
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        return x * get[f"{name}.weight"] + get[f"{name}.bias"]

    def attention(x, name):
        projected = x @ get[f"{name}.in_proj_weight"].T + get[f"{name}.in_proj_bias"]
        query, key, value = np.split(projected, 3, axis=1)
        mixed = []
        for head in np.split(np.arange(size.width), size.heads):
            products = query[:, head] @ key[:, head].T / np.sqrt(len(head))
            shares = np.exp(products)
            mixed.append(shares / shares.sum(1, keepdims=True) @ value[:, head])
        return (
            np.concatenate(mixed, 1) @ get[f"{name}.out_proj.weight"].T
            + get[f"{name}.out_proj.bias"]
        )

    x = (photo / 255.0 - MEAN) / STD
    kernel = get["conv1.weight"].transpose(0, 2, 3, 1).reshape(size.width, -1)
    across = range(0, size.resolution, size.patch)
    patches = [x[r : r + size.patch, c : c + size.patch].ravel() for r in across for c in across]
    tokens = np.vstack([get["class_embedding"], np.array(patches) @ kernel.T])
    tokens = norm(tokens + get["positional_embedding"], "ln_pre")
    for k in range(size.layers):
        name = f"transformer.resblocks.{k}"
        tokens = tokens + attention(norm(tokens, f"{name}.ln_1"), f"{name}.attn")
        wide = norm(tokens, f"{name}.ln_2") @ get[f"{name}.mlp.c_fc.weight"].T
        wide += get[f"{name}.mlp.c_fc.bias"]
        wide /= 1 + np.exp(-1.702 * wide)
        tokens = tokens + wide @ get[f"{name}.mlp.c_proj.weight"].T + get[f"{name}.mlp.c_proj.bias"]
    vector = norm(tokens[0], "ln_post") @ get["proj"]
    return vector / np.linalg.norm(vector)


def test_the_tower_is_what_numpy_says(state, photos):
    found = network_of(state).run(photos, len(photos), SIZE.dim)
    wanted = [by_hand(photo, state, SIZE) for photo in photos]
    assert np.ptp(wanted, axis=0).max() > 0.05
    assert found == pytest.approx(np.array(wanted), abs=5e-6)


def test_every_array_matters(photos):
    size = VisionSize(width=64, layers=1, heads=1, dim=8)
    made = state_dict(Shape(64, 1, 64, 0, 8))
    state = {name: array for name, array in made.items() if name.startswith("visual.")}
    usual = network_of(state, size=size).run(photos[:1], 1, 8)
    for name in state:
        changed = network_of(state | {name: np.roll(state[name], 1)}, size=size)
        assert np.abs(changed.run(photos[:1], 1, 8) - usual).max() > 1e-4, name


def test_other_patches_and_resolutions_are_possible():
    size = VisionSize(resolution=48, patch=16, width=64, layers=1, heads=1, dim=8)
    made = state_dict(Shape(64, 1, 64, 0, 8))
    random = np.random.default_rng(0)
    made["visual.conv1.weight"] = random.normal(size=(64, 3, 16, 16)).astype(np.float32) / 16
    made["visual.positional_embedding"] = made["visual.positional_embedding"][:10]
    photo = random.integers(0, 256, (1, 48, 48, 3), dtype=np.uint8)
    found = network_of(made, size=size).run(photo, 1, 8)
    state = {name: array for name, array in made.items() if name.startswith("visual.")}
    assert found[0] == pytest.approx(by_hand(photo[0], state, size), abs=5e-6)


def test_company_and_place_change_no_bit(state, photos):
    alone = network_of(state).run(photos, len(photos), SIZE.dim)
    five = network_of(state, batch=5)
    together = five.run(photos, len(photos), SIZE.dim)
    assert (together == five.run(photos[::-1], len(photos), SIZE.dim)[::-1]).all()
    assert together == pytest.approx(alone, abs=1e-6)


def test_the_defaults_are_those_of_vit_b_32():
    size = VisionSize()
    assert (size.width, size.layers, size.heads, size.dim, size.tokens) == (768, 12, 12, 512, 50)


def test_a_missing_array_is_named(state):
    less = {name: array for name, array in state.items() if name != "visual.proj"}
    with pytest.raises(WeightsError, match=r"test\.pt.*'visual\.proj'"):
        network_of(less)


def test_another_width_is_refused(state):
    wider = VisionSize(width=192, layers=2, heads=3, dim=24)
    with pytest.raises(WeightsError, match=r"'visual\.conv1\.weight' has shape \(128, 3, 32, 32\)"):
        network_of(state, size=wider)


def test_a_vector_without_length_is_refused(state, photos):
    silent = state | {"visual.proj": np.zeros_like(state["visual.proj"])}
    with pytest.raises(WeightsError, match="not finite"):
        network_of(silent).run(photos, len(photos), SIZE.dim)
