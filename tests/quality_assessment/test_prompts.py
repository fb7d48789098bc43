"""Prompt sets: what a file may hold, and what is refused."""

import pytest

from sim_bench.errors import PromptError, UnknownNameError
from sim_bench.quality_assessment.prompts import (
    PromptSet,
    PromptWarning,
    load_prompts,
    shipped_prompts,
)


def write(tmp_path, text):
    path = tmp_path / "prompts.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_with_every_key(tmp_path):
    path = write(
        tmp_path,
        "contrastive_pairs: [[a sunny beach, a rainy beach]]\n"
        "positive_attributes: [golden light]\nnegative_attributes: [grey sky]\n",
    )
    expected = PromptSet((("a sunny beach", "a rainy beach"),), ("golden light",), ("grey sky",))
    assert load_prompts(path) == expected


def test_each_key_is_optional(tmp_path):
    assert load_prompts(write(tmp_path, "positive_attributes: [golden light]")) == PromptSet(
        (), ("golden light",), ()
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("contrastive_prompts: [[a, b]]", "contrastive_prompts: extra inputs are not permitted"),
        ("contrastive_pairs: [[a]]", r"must be \[positive, negative\]"),
        ("contrastive_pairs: [[a, a]]", "two different prompts"),
        ("positive_attributes: [3]", "positive_attributes.0: input should be a valid string"),
        ("positive_attributes: ['  ']", "not blank"),
        ("positive_attributes: [a]\nnegative_attributes: [a]", "both a positive and a negative"),
        ("", "no prompts at all"),
        ("contrastive_pairs: []", "no prompts at all"),
        ("- a\n- b", "the file: "),
        ("a: [", "while parsing"),
        ("!!python/object/apply:os.system ['true']", "could not determine a constructor"),
    ],
)
def test_what_is_refused_names_the_file_and_the_key(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(PromptError, match=message) as caught:
        load_prompts(path)
    assert str(path) in str(caught.value)


def test_a_prompt_listed_twice_counts_once_and_says_so():
    with pytest.warns(PromptWarning, match="'sharp' is listed twice"):
        prompts = PromptSet.of([], ["sharp", "bright", "sharp"], [])
    assert prompts.positive_attributes == ("sharp", "bright")


def test_shipped_sets_load_by_name():
    assert shipped_prompts() == ["clip_iqa", "clip_iqa_five_pairs", "technical"]
    assert load_prompts("clip_iqa").contrastive_pairs[0] == ("Good photo.", "Bad photo.")
    assert all(load_prompts(name).contrastive_pairs for name in shipped_prompts())


def test_an_unknown_name_lists_the_shipped_ones():
    with pytest.raises(UnknownNameError, match="Did you mean 'clip_iqa'.*default, technical"):
        load_prompts("clip_iqs")
