import numpy as np
import pytest

from sim_bench.errors import WeightsError
from sim_bench.weights.tensors import Tensors


def tensors(**arrays):
    return Tensors({name.replace("__", "/"): array for name, array in arrays.items()}, "w.npz")


ONE = np.ones(1, np.float32)


def test_an_array_that_is_not_there_is_named():
    with pytest.raises(WeightsError, match=r"w\.npz does not fit .* no 'b', shape \(1,\)"):
        tensors(a=ONE).take("b", 1)


def test_another_shape_is_another_network():
    with pytest.raises(WeightsError, match=r"'a' has shape \(1,\) instead of \(2, 3\)"):
        tensors(a=ONE).take("a", 2, 3)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused(wrong):
    with pytest.raises(WeightsError, match="'a' holds values that are not finite"):
        tensors(a=ONE * wrong).take("a", 1)


def test_64_bit_floats_too_large_for_32_bit_are_refused():
    with pytest.raises(WeightsError, match="not finite"):
        tensors(a=np.array([1e300])).take("a", 1)


def test_whole_numbers_are_no_weights():
    with pytest.raises(WeightsError, match="'a' holds int64"):
        tensors(a=np.ones(1, np.int64)).take("a", 1)


def test_what_was_not_taken_makes_it_another_network():
    arrays = tensors(a=ONE, b__x=ONE, b__y=ONE)
    arrays.take("a", 1)
    with pytest.raises(WeightsError, match=r"'b/x' has no place in it \(2 such arrays\)"):
        arrays.finish()
    with pytest.raises(WeightsError, match="'b/y'"):
        arrays.finish(["b/x", "b"])
    arrays.finish(["b/"])


def test_a_prefix_is_no_wildcard_unless_it_ends_like_one():
    with pytest.raises(WeightsError, match="'ab'"):
        tensors(ab=ONE).finish(["a"])


def test_under_a_prefix_only_what_is_there_counts():
    arrays = tensors(opt__target__a=ONE, opt__state__b=ONE)
    inside = arrays.under("opt/target/")
    assert list(inside) == ["a"]
    assert "b" not in inside
    with pytest.raises(WeightsError, match="has no place"):
        inside.finish()
    assert inside.take("a", 1) == 1.0
    inside.finish()
    with pytest.raises(WeightsError, match=r"w\.npz does not fit .* nothing under 'params/'"):
        arrays.under("params/")
