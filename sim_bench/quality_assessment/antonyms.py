"""Pairs of opposite texts between which a photo is asked to choose, and the sets that are known.

Source: IceClear/CLIP-IQA, `configs/clipiqa/clipiqa_attribute_test.py` (Wang et al., AAAI 2023);
`prompts/clip_iqa_five_pairs.yaml` for those of pyiqa.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim_bench.errors import PromptError, UnknownNameError
from sim_bench.quality_assessment.prompts import PromptSet, load_prompts, shipped_prompts


@dataclass(frozen=True, slots=True)
class Antonyms:
    """Two opposite texts.

    Attributes:
        first: What is reported: the probability of this text.
        second: Its opposite.
        second_is_good: Whether the second text is the one that a good photo gets.
    """

    first: str
    second: str
    second_is_good: bool = False

    @property
    def name(self) -> str:
        """Of the probability of the first text."""
        return f"{self.first}|{self.second}"

    @property
    def good_first(self) -> tuple[str, str]:
        """Both texts, that of a good photo first."""
        return (self.second, self.first) if self.second_is_good else (self.first, self.second)


QUALITY = (Antonyms("Good photo.", "Bad photo."),)
"""CLIP-IQA's pair for quality."""

ATTRIBUTES = (
    *QUALITY,
    Antonyms("Bright photo.", "Dark photo."),
    Antonyms("Sharp photo.", "Blurry photo."),
    Antonyms("Noisy photo.", "Clean photo.", second_is_good=True),
    Antonyms("Colorful photo.", "Dull photo."),
    Antonyms("High contrast photo.", "Low contrast photo."),
)
"""Its pairs for what photos suffer from, in the official order, which has noise before none."""

Pairs = str | Path | tuple[tuple[str, str], ...]


def antonyms(pairs: Pairs) -> tuple[Antonyms, ...]:
    """Look a set of pairs up, or take one's own.

    Args:
        pairs: "quality", "attributes", "five_pairs" (pyiqa's), the name of another shipped prompt
            set or a YAML file that has pairs only; or (positive, negative) texts.

    Raises:
        PromptError: No pairs, or a set with single prompts as well.
        UnknownNameError: Neither a known set nor a file.
    """
    if pairs == "quality":
        return QUALITY
    if pairs == "attributes":
        return ATTRIBUTES
    if isinstance(pairs, str | Path):
        known = ("quality", "attributes", "five_pairs", *shipped_prompts())
        if str(pairs) not in known and not Path(pairs).is_file():
            raise UnknownNameError("set of pairs or file", str(pairs), known)
        found = load_prompts("clip_iqa_five_pairs" if pairs == "five_pairs" else pairs)
        if found.positive_attributes or found.negative_attributes:
            raise PromptError(
                f"{pairs}: single prompts have no place here, pairs only; remove "
                "positive_attributes and negative_attributes"
            )
    else:
        found = PromptSet.of(pairs, (), ())
    return tuple(Antonyms(good, bad) for good, bad in found.contrastive_pairs)


def as_given(pairs: str | Path | Iterable[Sequence[str]]) -> Pairs:
    """Keep pairs so that nobody can change them: a name as it is, texts as tuples.

    Raises:
        PromptError: They are not two texts each.
    """
    if isinstance(pairs, str | Path):
        return pairs
    return PromptSet.of(pairs, (), ()).contrastive_pairs
