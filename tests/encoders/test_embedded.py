"""The model that ships inside the package: small, sealed, and as good as its card says."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from sim_bench.encoders.golden import check
from sim_bench.encoders.load import load_encoder
from sim_bench.encoders.resolve import EMBEDDED, resolve
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor


def test_it_is_at_most_25_megabytes():
    assert sum(path.stat().st_size for path in EMBEDDED.rglob("*") if path.is_file()) <= 25e6


def test_its_files_are_those_that_were_sealed():
    bundle = resolve("embedded").open()
    bundle.verify()
    assert bundle.licence


def test_it_gives_the_golden_vectors_of_where_it_was_made():
    report = check(load_encoder("embedded", device="cpu"), resolve("embedded").open())
    assert report.passed, report


def test_it_has_a_card_with_its_data_and_their_terms():
    card = (EMBEDDED / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "BIQ2021" in card
    assert "CC BY-SA 4.0" in card


@pytest.mark.data
def test_it_agrees_with_people_on_photos_it_was_not_trained_on(data_dir):
    """Issued bars, on the development split: 0.58 with the default prompts, 0.60 with the pair."""
    labels = pd.read_csv(data_dir / "biq2021" / "labels.csv")
    labels = labels[labels["split"] == "dev"]
    paths = [data_dir / "biq2021" / "photos" / name for name in labels["image"]]
    pair = [("Good photo.", "Bad photo.")]
    for bar, prompts in (
        (0.58, {}),
        (0.60, {"contrastive_pairs": pair, "aggregation_method": "contrastive_only"}),
    ):
        assessor = CLIPAestheticAssessor(model_name="embedded", device="cpu", **prompts)
        table = assessor.assess_batch(paths)
        assert np.isfinite(table["clip_aesthetic"]).all()
        assert spearmanr(table["clip_aesthetic"], labels["mos"]).statistic >= bar
