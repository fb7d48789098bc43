"""The model card states the figures it is given."""

from pathlib import Path

import numpy as np
import pytest

from training.embedded import card


def figures() -> dict[str, object]:
    figure = {"value": 0.5, "low": 0.4, "high": 0.625, "n": 25}
    return {
        "score": {"median": 0.1, "from": -0.2, "to": 0.3},
        "srcc": dict.fromkeys(("all", "ss01", "ss03"), figure),
        "series": {"pick within 0.05": figure, "pairs in order": figure},
        "prompts": {"Good photo. / Bad photo.": dict.fromkeys(("all", "ss01", "ss03"), figure)},
        "bursts": dict.fromkeys(("0.25", "0.6", "1.0"), figure),
        "kinds": [
            {
                "kind": "motion_blur",
                "wins at 0.25": 0.5,
                "wins at 0.6": 0.75,
                "wins at 1.0": 1.0,
                "tau": -0.9,
            }
        ],
        "drops": {"named": {"motion_blur": 0.8}},
        "naming": {"a photo": {"all": figure}, "everyday": {"all": figure}},
        "unseen": {
            "wordings": 40,
            "left out": [],
            "constant": 0,
            "medians": {"own pair": figure, "other pairs": figure},
        },
        "behaviours": {
            "scenes": {
                "portrait_blurred_background": {
                    "photos": 113,
                    "gap": figure,
                    "excess": figure,
                    "srcc": figure,
                }
            },
            "changes": {"made monochrome": {"value": -0.25, "low": -0.5, "high": 0.0, "n": 60}},
            "screens": {"a chat": -1.5},
        },
    }


def test_every_place_of_the_card_is_filled(tmp_path: Path) -> None:
    facts = {"image_parameters": "4.0 M", "text_parameters": "0.6 M", "cost": "An hour."}
    card.write(figures(), facts, tmp_path / "MODEL_CARD.md")
    text = (tmp_path / "MODEL_CARD.md").read_text()
    assert "$" not in text
    assert "| Unsplash (`ss03`) | 0.500 [0.400, 0.625] | 25 |" in text
    assert "| motion blur | 50% | 75% | 100% | -0.90 | 80% |" in text
    assert "| made monochrome | -0.25 [-0.50, +0.00] |" in text
    assert "| all | 50% [40, 62] | 50% [40, 62] |" in text
    assert "40 pairs of wordings" in text
    assert "| own pair | 0.500 [0.400, 0.625] |" in text
    assert "| portrait blurred background | 113 | +0.50 [+0.40, +0.62] | +0.50" in text
    assert "| a chat | -1.50 |" in text


def test_sizes_and_times_come_from_the_files(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    for tower, size in (("visual", 2_000_000), ("textual", 500_000)):
        (tmp_path / tower).mkdir()
        weights = onnx.numpy_helper.from_array(np.zeros((1000, size // 1000), np.int8), "weights")
        graph = onnx.helper.make_graph([], tower, [], [], [weights])
        onnx.save(onnx.helper.make_model(graph), tmp_path / tower / "model.onnx")
    work = tmp_path.parent / f"{tmp_path.name}-work"
    work.mkdir()
    (work / "log.csv").write_text("epoch,seconds\n1,60\n2,120\n")
    (work / "text_log.csv").write_text("step,loss,seconds\n100,0.1,240\n")
    found = card.facts(tmp_path, work)
    assert found["image_parameters"] == "2.0 M"
    assert found["text_parameters"] == "0.5 M"
    assert "2.5 MB" in found["cost"]
    assert "took 3 minutes for 2 epochs" in found["cost"]
    assert found["cost"].endswith("and the text tower 4.")
