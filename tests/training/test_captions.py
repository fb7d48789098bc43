"""Captions say what their direction says."""

from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from training.embedded.captions import (
    FIXED,
    NOTHING,
    SUBJECTS,
    VOCABULARY,
    Concept,
    phrases,
    sample,
    vocabulary,
)
from training.embedded.concepts import AXES, DAMAGED_AXIS, NAMES, direction
from training.embedded.prompts import CLIP_IQA, NEGATIVE, PAIRS, POSITIVE


def test_direction_is_never_longer_than_one() -> None:
    assert direction(quality=0.6)[NAMES.index("quality")] == pytest.approx(0.6)
    assert np.linalg.norm(direction(quality=3.0, focus=4.0)) == pytest.approx(1.0)


def test_equal_seeds_give_equal_captions() -> None:
    first, second = (list(islice(sample(np.random.default_rng(3)), 50)) for _ in range(2))
    assert [c.words for c in first] == [c.words for c in second]
    assert all((a.facts == b.facts).all() for a, b in zip(first, second, strict=True))


def test_captions_are_filled_in_and_at_most_of_length_one() -> None:
    for caption in islice(sample(np.random.default_rng(0)), 3000):
        assert "{" not in caption.words or not caption.facts.any()
        assert caption.words
        assert np.linalg.norm(caption.facts) <= 1 + 1e-5


def test_both_ends_of_every_axis_have_words() -> None:
    facts = np.stack([p.facts for p in phrases()])
    for name in set(AXES) - {"middling"}:
        column = facts[:, NAMES.index(name)]
        assert column.max() > 0.3, name
        assert column.min() < -0.3, name


def test_every_default_prompt_is_learnt_word_for_word() -> None:
    used = [p for pair in (*PAIRS, *CLIP_IQA) for p in pair] + [*POSITIVE, *NEGATIVE]
    assert set(used) <= set(FIXED)


@pytest.mark.parametrize(("good", "bad"), [*PAIRS, *CLIP_IQA])
def test_the_ends_of_a_pair_are_opposite(good: str, bad: str) -> None:
    assert np.allclose(FIXED[good], -FIXED[bad])


def test_damage_is_a_known_axis() -> None:
    assert {axis for axis, _ in DAMAGED_AXIS.values()} < set(NAMES)


CONCEPT: dict[str, Any] = {"name": "sharp", "facts": {"focus": 1.0}, "good": {"things": ["detail"]}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fact": {}}, "Extra inputs are not permitted"),
        ({"good": {"adverbs": ["sharply"]}}, "Extra inputs are not permitted"),
        ({"facts": {"sharpness": 1.0}}, "no axis sharpness. Known: quality, "),
        ({"good": {"things": [False]}}, "Input should be a valid string"),
    ],
)
def test_a_concept_that_is_written_wrongly_is_refused(change: dict[str, Any], message: str) -> None:
    assert Concept.model_validate(CONCEPT).name == "sharp"
    with pytest.raises(ValidationError, match=message):
        Concept.model_validate(CONCEPT | change)


def test_a_vocabulary_that_names_a_concept_twice_is_refused(tmp_path: Path) -> None:
    content = {
        "concepts": [CONCEPT, CONCEPT],
        "verdicts": {"good": ["good"], "bad": ["bad"], "fair": ["fair"]},
        "subjects": ["dog"],
        "scenes": ["a dog"],
    }
    path = tmp_path / "vocabulary.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ValidationError, match="concepts with the same name: sharp"):
        vocabulary(path)


def test_equal_words_say_equal_things() -> None:
    said: dict[str, np.ndarray] = {}
    for phrase in phrases():
        words = phrase.words.lower()
        assert np.allclose(said.setdefault(words, phrase.facts), phrase.facts), words


def test_no_phrase_is_written_twice_in_one_list() -> None:
    counts = Counter((p.words.lower(), p.form, p.facts.tobytes()) for p in phrases())
    assert [key[:2] for key, count in counts.items() if count > 1] == []


def test_prompts_agree_with_the_phrases_of_the_same_words() -> None:
    known = {p.words.lower(): p.facts for p in phrases()}
    for words, facts in FIXED.items():
        assert np.allclose(known.get(words.lower(), facts), facts), words


def test_subjects_and_scenes_are_no_phrases() -> None:
    known = {p.words.lower() for p in phrases()}
    contents = [*SUBJECTS, *vocabulary().scenes]
    assert len(contents) > 500
    assert {w.lower() for w in contents} & known <= {"night"}


def test_the_vocabulary_is_rich_in_every_form_and_at_both_ends() -> None:
    assert len(phrases()) >= 3500
    assert VOCABULARY.stat().st_size < 1_000_000
    counts = Counter(p.form for p in phrases())
    assert min(counts[f] for f in ("adjective", "thing", "name", "sentence")) > 500
    for concept in vocabulary().concepts:
        for end in concept.ends():
            if end:
                assert {p.form for p in end} == {"adjective", "thing", "name", "sentence"}


def test_no_concept_starves() -> None:
    """Each end of each concept is drawn at least a quarter as often as an equal share would be."""
    ends = {(c.name, i): e for c in vocabulary().concepts for i, e in enumerate(c.ends()) if e}
    of = {p.words: key for key, end in ends.items() for p in end if p.form == "sentence"}
    drawn = Counter(of.get(c.words) for c in islice(sample(np.random.default_rng(1)), 60_000))
    known = sum(n for key, n in drawn.items() if key)
    assert min(drawn[key] for key in ends) > 0.25 * known / len(ends)


def test_a_share_of_captions_says_nothing() -> None:
    drawn = list(islice(sample(np.random.default_rng(2)), 5000))
    silent = sum(np.array_equal(c.facts, NOTHING) for c in drawn) / len(drawn)
    assert 0.08 < silent < 0.15


def test_prompts_keep_their_directions() -> None:
    """Written out, so that an edit of the vocabulary cannot move them unnoticed."""
    expected = {
        "Good photo.": direction(quality=1.0),
        "Noisy photo.": -direction(cleanness=0.97, quality=0.2),
        "Blurry photo.": -direction(focus=0.8, steadiness=0.5, quality=0.25),
        "excellent framing": direction(quality=0.82, framing=0.5, level=0.25),
        "a well-composed photograph": direction(quality=0.88, framing=0.36, level=0.26),
        "badly lit": -direction(shadows=0.42, highlights=0.36, contrast=0.2, quality=0.8),
        "a photo with symmetry": direction(quality=0.92, level=0.3, framing=0.2),
        "a flat composition": -direction(quality=0.87, contrast=0.45),
        "a cluttered composition": -direction(quality=0.95, framing=0.25),
        "Dull photo.": -direction(colour=1.0),
        "Low contrast photo.": -direction(contrast=1.0),
        "Bright photo.": direction(brightness=1.0),
        "amateur snapshot": -direction(
            quality=0.95, focus=0.15, shadows=0.12, cleanness=0.12, highlights=0.12
        ),
    }
    for words, facts in expected.items():
        assert np.allclose(FIXED[words], facts), words
