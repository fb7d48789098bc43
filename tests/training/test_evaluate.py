"""The figures of the model card, on cases small enough to do by hand."""

import numpy as np
import pandas as pd
import pytest

from training.embedded.evaluate import (
    NAMING,
    Bursts,
    agreement,
    burst_figures,
    burst_hits,
    interval,
    naming,
    series,
    srcc,
)


def test_srcc_by_hand() -> None:
    """Ranks 1 2 3 4 against 2 1 4 3: 1 - 6 * 4 / (4 * 15) = 0.6."""
    assert srcc(np.array([1.0, 2, 3, 4]), np.array([2.0, 1, 4, 3])) == pytest.approx(0.6)


def test_interval_draws_whole_clusters() -> None:
    """Two clusters with means 0 and 1: a draw gives 0, 0.5 or 1, never anything between."""
    values = np.array([0.0, 0, 1, 1])
    figure = interval(lambda i: float(values[i].mean()), ["a", "a", "b", "b"], draws=200)
    assert (figure.value, figure.low, figure.high, figure.n) == (0.5, 0.0, 1.0, 2)


def photos() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "image": list("abcdef"),
            "subset": ["ss01"] * 3 + ["ss03"] * 3,
            "series_id": ["S"] * 3 + [""] * 3,
            "mos": [0.1, 0.5, 0.52, 0.7, 0.8, 0.9],
        }
    )


def test_perfect_scores_agree_perfectly() -> None:
    """Forty photos, the first twenty in one series: 21 clusters."""
    dev = pd.DataFrame(
        {
            "image": [f"{i}.jpg" for i in range(40)],
            "subset": ["ss01"] * 20 + ["ss03"] * 20,
            "series_id": ["S"] * 20 + [""] * 20,
            "mos": np.linspace(0.1, 0.9, 40),
        }
    )
    found = agreement(dev, dev["mos"].to_numpy(), draws=20)
    assert [found[k].value for k in ("all", "ss01", "ss03")] == pytest.approx([1, 1, 1])
    assert found["all"].n == 21


def test_series_forgive_a_near_tie_and_count_clear_pairs_only() -> None:
    """The pick 0.5 is within 0.05 of 0.52; clear pairs are 0.1 against the other two."""
    dev = photos()
    scores = np.array([0.0, 3.0, -1.0, 0, 0, 0])
    found = series(dev, scores, draws=5)
    assert found["pick within 0.05"].value == 1.0
    assert found["pairs in order"].value == 0.5


def test_bursts_are_won_against_every_damage() -> None:
    """The first photo beats both of its damaged versions at 0.25, the second loses to one."""
    rows = [(0, "", 0.0, 1.0), (1, "", 0.0, 1.0)]
    for strength in (0.25, 0.6, 1.0):
        rows += [(0, "jpeg", strength, 0.9 - strength / 2), (0, "tilt", strength, 0.5)]
        rows += [(1, "jpeg", strength, 0.9 - strength / 2), (1, "tilt", strength, 1.2)]
    table = pd.DataFrame(rows, columns=["photo", "kind", "strength", "score"])
    bursts = Bursts(np.zeros((len(table), 1, 1, 3), np.uint8), table.drop(columns="score"))
    scores = table["score"].to_numpy()
    assert burst_hits(bursts, scores, 0.25, draws=10).value == 0.5
    kinds = burst_figures(bursts, scores).set_index("kind")
    assert kinds.loc["jpeg", "wins at 0.25"] == 1.0
    assert kinds.loc["jpeg", "tau"] == pytest.approx(-1.0)
    assert kinds.loc["tilt", "wins at 1.0"] == 0.5


def test_the_defect_is_named_by_the_prompt_that_rises_most() -> None:
    """Damage at 0.25 lifts no prompt but the first, at 0.6 its own: half of the JPEGs are named.

    The undamaged photo starts with a high similarity to the last but one, which must not count;
    colour casts have no prompt and are left out.
    """
    rows = [(0, "", 0.0), (0, "jpeg", 0.25), (0, "jpeg", 0.6), (0, "colour_cast", 0.6)]
    vectors = np.zeros((4, 8), dtype=np.float32)
    vectors[:, 6] = 0.9
    vectors[1, 0] = vectors[2, 7] = 0.1
    table = pd.DataFrame(rows, columns=["photo", "kind", "strength"])
    bursts = Bursts(np.zeros((4, 1, 1, 3), np.uint8), table)
    found = naming(bursts, vectors, lambda texts: np.eye(8, dtype=np.float32), draws=5)
    assert list(found) == list(NAMING)
    shares = {name: figure.value for name, figure in found["everyday"].items()}
    assert shares == {"all": 0.5, "jpeg": 0.5, "strength 0.25": 0.0, "strength 0.6": 1.0}
