import pytest

from sim_bench.encoders.settings import VisionConfig
from sim_bench.encoders.tower_kind import batch_of, is_transformer


@pytest.mark.parametrize(
    ("side", "patch", "bf16", "f32"),
    [(224, 32, 16, 8), (224, 16, 4, 2), (224, 14, 3, 1), (336, 14, 1, 1), (256, 32, 12, 6)],
)
def test_a_batch_holds_about_800_or_400_tokens(side, patch, bf16, f32):
    """Tokens by hand: B/32 at 224 px has 7 * 7 + 1 = 50, and 16 times 50 are 800."""
    vision = VisionConfig(patch_size=patch, layers=12)
    assert batch_of(vision, side, side, "bf16") == bf16
    assert batch_of(vision, side, side, "f32") == f32


def test_a_model_of_timm_says_its_patch_in_its_name():
    vision = VisionConfig(timm_model_name="vit_base_patch16_siglip_224")
    assert is_transformer(vision)
    assert batch_of(vision, 224, 224, "bf16") == 4
    assert is_transformer(VisionConfig(timm_model_name="eva02_base_patch16_clip_224"))
    assert batch_of(VisionConfig(timm_model_name="vit_medium_gap"), 224, 224, "bf16") is None


@pytest.mark.parametrize(
    "vision",
    [
        {},
        {"image_size": 240},
        {"layers": [3, 4, 6, 3], "patch_size": 32},  # a ResNet of open_clip
        {"timm_model_name": "convnext_base"},
        {"timm_model_name": "vitamin_large_336"},
        {"timm_model_name": "convnext_base", "patch_size": 32, "layers": 12},
        {"patch_size": "large", "layers": 12},
    ],
)
def test_what_is_not_known_to_be_a_transformer_is_none(vision):
    read = VisionConfig.model_validate(vision)
    assert not is_transformer(read)
    assert batch_of(read, 224, 224, "f32") is None
