"""Captions in many words, each with the direction it speaks of.

The phrases are in `vocabulary.yaml`: adjectives ("blurry"), things seen in a photo ("camera
shake"), names for the whole photo ("an amateur snapshot") and sentences that stand alone.
Templates turn phrases into captions; `sample` draws them.
"""

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator

from training.embedded.concepts import NAMES, direction

Vector = NDArray[np.float32]
Form = Literal["adjective", "thing", "name", "sentence"]
_T = TypeVar("_T")
VOCABULARY = Path(__file__).with_name("vocabulary.yaml")


@dataclass(frozen=True)
class Phrase:
    """A piece of a caption: its words, its form and what it says."""

    words: str
    form: Form
    facts: Vector


@dataclass(frozen=True)
class Caption:
    """A whole caption and its direction over the axes; length 0 says nothing about the photo."""

    words: str
    facts: Vector


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class End(_Strict):
    """The words for one end of a concept, by form."""

    adjectives: list[str] = Field(default_factory=list)
    things: list[str] = Field(default_factory=list)
    names: list[str] = Field(default_factory=list)
    sentences: list[str] = Field(default_factory=list)

    def phrases(self, facts: Vector) -> list[Phrase]:
        forms: dict[Form, list[str]] = {
            "adjective": self.adjectives,
            "thing": self.things,
            "name": self.names,
            "sentence": self.sentences,
        }
        return [Phrase(words, form, facts) for form, column in forms.items() for words in column]


class Concept(_Strict):
    """What a photo can be praised or blamed for; the bad end's direction is the negative."""

    name: str
    facts: dict[str, float]
    aspects: list[str] = Field(default_factory=list)
    good: End
    bad: End = End()

    @field_validator("facts", mode="before")
    @classmethod
    def _known_axes(cls, facts: Any) -> Any:
        unknown = sorted(set(facts) - set(NAMES))
        if unknown:
            raise ValueError(f"no axis {', '.join(unknown)}. Known: {', '.join(NAMES)}.")
        return {axis: float(value) for axis, value in facts.items()}

    @property
    def direction(self) -> Vector:
        return direction(**self.facts)

    def ends(self) -> list[list[Phrase]]:
        return [e.phrases(f) for e, f in ((self.good, self.direction), (self.bad, -self.direction))]


class Verdicts(_Strict):
    """What can be said of any concept's aspect: "poor" of the framing."""

    good: list[str]
    bad: list[str]
    fair: list[str]


class Vocabulary(_Strict):
    """Every phrase, and subjects and scenes, which say nothing of how good a photo is."""

    concepts: list[Concept]
    verdicts: Verdicts
    subjects: list[str]
    scenes: list[str]

    @field_validator("concepts")
    @classmethod
    def _each_once(cls, concepts: list[Concept]) -> list[Concept]:
        names = [c.name for c in concepts]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"concepts with the same name: {', '.join(twice)}.")
        return concepts


@cache
def vocabulary(path: Path = VOCABULARY) -> Vocabulary:
    """Read the vocabulary; an unknown key or axis raises ValueError."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as file:
        return Vocabulary.model_validate(yaml.load(file, loader))


def phrases() -> list[Phrase]:
    """Every phrase of the vocabulary, both ends of every concept."""
    return [p for concept in vocabulary().concepts for end in concept.ends() for p in end]


_DIRECTIONS = {c.name: c.direction for c in vocabulary().concepts}
QUALITY = _DIRECTIONS["quality"]
FAIR = _DIRECTIONS["fair"]
NOTHING = direction()
SUBJECTS = tuple(vocabulary().subjects)

_NOUNS = (
    "photo", "photograph", "picture", "image", "shot", "pic", "snap", "frame", "print", "capture",
    "exposure", "file",
)  # fmt: skip
_NOUN_WEIGHTS = (6, 4, 5, 5, 4, 1, 1, 1, 0.5, 0.5, 0.3, 0.3)
_ADJECTIVE = (
    "{} {noun}",
    "{} {noun}.",
    "a {} {noun}",
    "a {} {noun} of a {subject}",
    "this {noun} is {}",
    "the {noun} looks {}",
    "{}",
    "{}",
    "{} looking {noun}",
    "a {noun} that is {}",
    "it is {}",
    "a {noun} of a {subject}, {}",
    "the {subject} is {}",
    "{} {subject}",
    "what a {} {noun}",
    "such a {} {noun}",
    "the {noun} came out {}",
    "it turned out {}",
    "everything looks {}",
    "{scene}, {}",
    "I find this {noun} {}",
    "a {noun} which I would call {}",
    "the {} one",
    "the {} one of the two",
    "a {noun} with a {} look",
    "my {noun} of the {subject} is {}",
    "the {noun} is {} overall",
    "{} photography",
)
# For "in focus", "with deep blacks", "too dark to see": after the noun, not before it.
_PREDICATE = (
    "{}",
    "{}",
    "this {noun} is {}",
    "the {noun} is {}",
    "the {noun} looks {}",
    "a {noun} that is {}",
    "it is {}",
    "a {noun}, {}",
    "a {noun} of a {subject}, {}",
    "{noun} {}",
    "a {noun} {}",
    "a {noun} of a {subject} {}",
    "it came out {}",
    "{scene}, {}",
    "the {subject} is {}",
)
# (template, factor on what the phrase says)
_DEGREES: tuple[tuple[str, float], ...] = (
    ("very {}", 1.0),
    ("extremely {}", 1.0),
    ("really {}", 1.0),
    ("highly {}", 1.0),
    ("strongly {}", 1.0),
    ("so {}", 1.0),
    ("totally {}", 1.0),
    ("too {}", 1.0),
    ("quite {}", 0.9),
    ("incredibly {}", 1.0),
    ("remarkably {}", 1.0),
    ("absolutely {}", 1.0),
    ("completely {}", 1.0),
    ("noticeably {}", 0.9),
    ("obviously {}", 1.0),
    ("as {} as it gets", 1.0),
    ("more {} than most", 0.9),
    ("more {} than the other one", 0.9),
    ("pretty {}", 0.9),
    ("rather {}", 0.8),
    ("fairly {}", 0.7),
    ("slightly {}", 0.6),
    ("a little {}", 0.6),
    ("somewhat {}", 0.6),
    ("a bit {}", 0.6),
    ("mildly {}", 0.6),
    ("a touch {}", 0.6),
    ("barely {}", -0.4),
)
_NOT: tuple[tuple[str, float], ...] = (
    ("not {}", -0.8),
    ("not {}", -0.8),
    ("not very {}", -0.7),
    ("not {} at all", -0.9),
    ("not a bit {}", -0.9),
    ("not in the least {}", -0.9),
    ("not at all {}", -0.9),
    ("not really {}", -0.7),
    ("not particularly {}", -0.7),
    ("far from {}", -1.0),
    ("anything but {}", -1.0),
    ("hardly {}", -0.7),
    ("less {} than it should be", -0.7),
    ("less {} than the other one", -0.7),
    ("nowhere near {}", -1.0),
    ("never {}", -0.8),
)
_THING = (
    "{}",
    "{}",
    "a {noun} with {}",
    "a {noun} of a {subject} with {}",
    "{noun} showing {}",
    "this {noun} has {}",
    "{} in the {noun}",
    "there is {} in the {noun}",
    "{}.",
    "{noun} with {}.",
    "an example of {}",
    "{scene}, with {}",
    "I can see {}",
    "you notice {} at once",
    "look at {}",
    "the first thing I see is {}",
    "the {subject} shows {}",
    "{} all over",
)
_FAULT = (
    "the {noun} suffers from {}",
    "spoilt by {}",
    "a {noun} ruined by {}",
    "a {noun} marred by {}",
    "{} spoils the {noun}",
    "the trouble is {}",
    "the {noun} is let down by {}",
    "a {noun} of a {subject} spoilt by {}",
)
_MERIT = (
    "the {noun} benefits from {}",
    "what I like is {}",
    "a {noun} with {}, well done",
    "{} makes this {noun}",
    "I love {} here",
    "a {noun} that shines with {}",
)
_AMOUNTS: tuple[tuple[str, float], ...] = (
    ("lots of {}", 1.0),
    ("plenty of {}", 1.0),
    ("so much {}", 1.0),
    ("a great deal of {}", 1.0),
    ("obvious {}", 1.0),
    ("visible {}", 0.9),
    ("some {}", 0.8),
    ("a hint of {}", 0.6),
    ("a touch of {}", 0.6),
    ("a little {}", 0.6),
    ("slight {}", 0.6),
)
_DENIAL = (
    "no {}",
    "no {} at all",
    "without {}",
    "without any {}",
    "a {noun} without {}",
    "a {noun} without any {}",
    "a {noun} of a {subject} without {}",
    "a {noun} with no {}",
    "a {noun} with hardly any {}",
    "a {noun} with no trace of {}",
    "there is no {} in the {noun}",
    "a {noun} free of {}",
    "free from {}",
    "not a trace of {}",
    "not a hint of {}",
    "no sign of {}",
    "no visible {}",
    "no {} to speak of",
    "zero {}",
    "a lack of {}",
    "the {noun} lacks {}",
    "this {noun} has no {}",
    "I can see no {}",
    "absence of {}",
    "next to no {}",
    "devoid of {}",
)
_VERDICT = (
    "{verdict} {aspect}",
    "{verdict} {aspect}",
    "{verdict} {aspect}.",
    "the {aspect} is {verdict}",
    "the {aspect} is {verdict}",
    "the {aspect} of this {noun} is {verdict}",
    "a {noun} with {verdict} {aspect}",
    "a {noun} of a {subject} with {verdict} {aspect}",
    "this {noun} has {verdict} {aspect}",
    "{aspect}: {verdict}",
    "{verdict} {aspect} in this {noun}",
    "its {aspect} is {verdict}",
    "I find the {aspect} {verdict}",
    "a {noun} of {verdict} {aspect}",
    "{verdict} in terms of {aspect}",
    "as for the {aspect}, {verdict}",
    "a {noun} whose {aspect} is {verdict}",
)
_PRAISE = (
    "I like the {aspect}",
    "I love the {aspect} here",
    "full marks for {aspect}",
    "the {aspect} could not be better",
    "the {aspect} works",
    "what I like most is the {aspect}",
    "nothing wrong with the {aspect}",
    "the {aspect} is a strength of this {noun}",
    "well done on the {aspect}",
    "the {aspect} was handled well",
    "the {aspect} is exactly right",
    "no complaints about the {aspect}",
    "the {aspect} is better than in the other one",
)
_BLAME = (
    "I don't like the {aspect}",
    "no marks for {aspect}",
    "the {aspect} could be better",
    "the {aspect} does not work",
    "the {aspect} is a problem",
    "the {aspect} lets it down",
    "something is wrong with the {aspect}",
    "the {aspect} is a weakness of this {noun}",
    "problems with the {aspect}",
    "the {aspect} was handled badly",
    "the {aspect} is off",
    "the {aspect} needs work",
    "the {aspect} went wrong",
    "the {aspect} ruins it",
    "the {aspect} is worse than in the other one",
)
_SUBJECT = (
    "a {noun} of a {subject}",
    "a {noun} of {subject}",
    "{subject}",
    "{subject} {place} the {subject}",
    "{subject} and {subject}",
    "a {subject} {place} a {subject}, {noun}",
    "{noun}",
    "a {noun}",
    "a {subject}",
    "{scene}",
    "{scene}",
    "{scene}",
    "{scene}.",
    "a {noun} of {scene}",
    "a {noun} showing {scene}",
    "this is a {noun} of {scene}",
    "here is a {subject}",
    "my {subject}",
    "the {subject} {place} the {subject}",
    "{subject}, {subject} and {subject}",
    "we see a {subject} and a {subject}",
)
_PLACES = (
    "on", "in", "over", "under", "near", "at", "behind", "with", "by", "above", "next to",
    "in front of", "beside",
)  # fmt: skip
_NAME = (
    "{}",
    "{}",
    "{}.",
    "this is {}",
    "it looks like {}",
    "{} of a {subject}",
    "clearly {}",
    "{}, if you ask me",
    "I would call it {}",
    "looks like {} to me",
    "another example of {}",
    "{scene}: {}",
)
_SENTENCE = (
    "{}", "{}", "{}", "{}", "{}", "{}.", "{}.", "{}!", "honestly, {}", "I think {}",
    "a {subject}; {}", "{scene}. {}",
)  # fmt: skip
# For sentences that can be a subordinate clause.
_CLAUSE = (
    "a {noun} where {}",
    "a {noun} in which {}",
    "a {noun} of a {subject} where {}",
    "you can tell that {}",
    "I notice that {}",
    "a {noun} that shows {scene}, and {}",
    "one of those {noun}s where {}",
)
_SYLLABLES = (
    ("b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "tr",
     "sh", "gr", "fl", "ch", "qu", "br", ""),
    ("a", "e", "i", "o", "u", "ea", "oo", "ai", "ou", "y"),
    ("", "", "n", "r", "t", "s", "l", "ng", "m", "ck", "nd", "st", "sh", "p", "d"),
)  # fmt: skip
_LEVELS = {
    "bad": -QUALITY,
    "poor": direction(quality=-0.85, middling=0.2),
    "fair": FAIR,
    "good": direction(quality=0.9, middling=0.1),
    "perfect": QUALITY,
    "excellent": QUALITY,
    "low": -QUALITY,
    "high": QUALITY,
    "terrible": -QUALITY,
    "average": FAIR,
    "medium": FAIR,
    "great": QUALITY,
}
# LIQE's eleven names for a distortion.
_DISTORTIONS = {
    "jpeg2000 compression": -_DIRECTIONS["intact"],
    "jpeg compression": -_DIRECTIONS["intact"],
    "noise": -_DIRECTIONS["clean"],
    "blur": -_DIRECTIONS["sharp"],
    "color": -_DIRECTIONS["balanced"],
    "contrast": -_DIRECTIONS["contrast"],
    "overexposure": -_DIRECTIONS["whites kept"],
    "underexposure": -_DIRECTIONS["enough light"],
    "spatial": direction(quality=-0.3),
    "quantization": -_DIRECTIONS["intact"],
    "other": NOTHING,
}

# Prompts in use, worded exactly so: the seed note's defaults and CLIP-IQA's pairs.
_PROMPTS = {
    "a well-composed photograph": (1, "composed"),
    "a poorly composed photograph": (-1, "composed"),
    "excellent framing": (1, "framing"),
    "poor framing": (-1, "framing"),
    "professional photography": (1, "professional"),
    "aesthetically pleasing": (1, "quality"),
    "a photo with leading lines": (1, "lines"),
    "a photo with symmetry": (1, "lines"),
    "rule of thirds composition": (1, "composed"),
    "amateur snapshot": (-1, "professional"),
    "badly lit": (-1, "lit"),
    "a cluttered composition": (-1, "uncluttered"),
    "a flat composition": (-1, "depth"),
    "cluttered composition": (-1, "uncluttered"),
    "flat composition": (-1, "depth"),
    "Good photo.": (1, "quality"),
    "Bad photo.": (-1, "quality"),
    "Sharp photo.": (1, "sharp"),
    "Blurry photo.": (-1, "sharp"),
    "Noisy photo.": (-1, "clean"),
    "Clean photo.": (1, "clean"),
    "Bright photo.": (1, "bright"),
    "Dark photo.": (-1, "bright"),
    "Colorful photo.": (1, "colour"),
    "Dull photo.": (-1, "colour"),
    "High contrast photo.": (1, "contrast"),
    "Low contrast photo.": (-1, "contrast"),
    "Aesthetic photo.": (1, "quality"),
    "Not aesthetic photo.": (-1, "quality"),
}
FIXED: dict[str, Vector] = {
    words: np.float32(sign) * _DIRECTIONS[name] for words, (sign, name) in _PROMPTS.items()
}

_A = re.compile(r"\b([aA]) (?=[aeiouAEIOU])(?!one\b|use|usu|unif|uniq|uni[tv]|euro)")
_AN = re.compile(r"\b([aA])n (?=[b-df-gj-np-tv-z])")
_ARTICLE = re.compile(r"^(an?) ")
_UNDENIABLE = re.compile(
    r"^(the|no|not|nothing|nobody|none|never|without|zero|little|few|hardly|barely|too|only|lack"
    r"|lacks|lacking|missing|absence|lost|less|every|each|all|more|most|very|just|some|both"
    r"|many|lots|plenty|enough|free|freedom|neither|her|his|my|your|their)\b"
)
_GRADED = re.compile(
    r"^(an?|good|great|bad|poor|high|low|nice|lovely|beautiful|perfect|terrible|awful|dreadful|ugly"
    r"|excellent|superb|severe|strong|heavy|slight|weak|correct|wrong|incorrect|insufficient)\b"
)
_AFTER = re.compile(
    r"^(with|without|in|at|of|under|like|as|from|out|shot|caught|seen|too|second|well above|worth"
    r"|either|neither|not|close|off|free|starved|lit|hard|easy|good enough|fit|full|rich)\b"
    r"|\w+ \w+ \w"
)
_CLAUSAL = re.compile(
    r"^(the|there|her|his|every|everything|everyone|everybody|nothing|nobody|no|only|half|all|most"
    r"|some|somebody|people|both|left|light|faces|white|pale|colours) .*\b(is|are|was|were|has|have"
    r"|had|can|could|did|does|do|fall|falls|runs|leans?|looks?|shows?|stands?|hold|holds|sits|lacks"
    r"|needs|pop|glow|melts|spoils?|ruins?|makes?|suits?)\b"
)
_SWAPPED = re.compile(
    r"\b(an?|the|this|that) (photo|photograph|picture|image|shot)(?=$|[ ,.;!?])(?! (noise|quality))"
)
_COLOUR = re.compile(r"([Cc])olour|\b([Gg])rey")


def _before_noun(phrase: Phrase) -> bool:
    return _AFTER.search(phrase.words) is None


@dataclass(frozen=True)
class _Deck:
    """Phrases of one form by concept and end; an end is drawn by the root of its size."""

    groups: list[list[Phrase]]
    upto: list[float]

    def draw(self, random: np.random.Generator) -> Phrase:
        group = self.groups[bisect(self.upto, random.random())]
        return group[int(random.random() * len(group))]


def _deck(form: Form) -> _Deck:
    ends = [end for concept in vocabulary().concepts for end in concept.ends()]
    groups = [g for end in ends if (g := [p for p in end if p.form == form])]
    return _Deck(groups, _upto([len(g) ** 0.5 for g in groups]))


def _upto(weights: Sequence[float]) -> list[float]:
    total = np.cumsum(np.asarray(weights, dtype=np.float64))
    return [float(t) for t in total[:-1] / total[-1]]


class _Writer:
    """Fills templates with phrases, nouns, subjects and scenes drawn from one generator."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        self.decks: dict[Form, _Deck] = {
            "adjective": _deck("adjective"),
            "thing": _deck("thing"),
            "name": _deck("name"),
            "sentence": _deck("sentence"),
        }
        self.judged = [c for c in vocabulary().concepts if c.aspects]
        columns = [
            [[p for p in end if p.form == "adjective" and _before_noun(p)] for end in c.ends()]
            for c in vocabulary().concepts
        ]
        self.opposites = [(good, bad) for good, bad in columns if good and bad]
        self.scenes = tuple(vocabulary().scenes)
        self.nouns = _upto(_NOUN_WEIGHTS)
        self.fixed = list(FIXED.items())
        self.levels = list(_LEVELS.items())
        self.distortions = list(_DISTORTIONS.items())
        shares = {
            self.adjective: 0.17,
            self.thing: 0.14,
            self.named: 0.07,
            self.sentence: 0.25,
            self.verdict: 0.09,
            self.opposed: 0.04,
            self.several: 0.07,
            self.liqe: 0.04,
            self.prompt: 0.03,
            self.nothing: 0.10,
        }
        self.makers = (list(shares), _upto(list(shares.values())))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, options: Sequence[_T]) -> _T:
        return options[int(self.random.random() * len(options))]

    def one(self, form: Form) -> Phrase:
        return self.decks[form].draw(self.random)

    def attribute(self) -> Phrase:
        """An adjective that may stand before a noun."""
        while True:
            phrase = self.one("adjective")
            if _before_noun(phrase):
                return phrase

    def noun(self) -> str:
        return _NOUNS[bisect(self.nouns, self.random.random())]

    def subject(self) -> str:
        return _invented(self.random) if self.chance(0.06) else self.pick(SUBJECTS)

    def fill(self, template: str, words: str = "") -> str:
        while "{subject}" in template:
            template = template.replace("{subject}", self.subject(), 1)
        if "{scene}" in template:
            template = template.replace("{scene}", self.pick(self.scenes))
        if "{noun}" in template:
            template = template.replace("{noun}", self.noun())
        if "{place}" in template:
            template = template.replace("{place}", self.pick(_PLACES))
        return template.replace("{}", words)

    def adjective(self) -> Caption:
        """An adjective as it is, in a degree, or denied."""
        phrase, chance = self.one("adjective"), self.random.random()
        words, facts = phrase.words, phrase.facts
        after = not _before_noun(phrase)
        if chance < 0.2 and not after:
            template, factor = self.pick(_DEGREES)
        elif chance < 0.32 and not _UNDENIABLE.match(words):
            template, factor = self.pick(_NOT[: len(_NOT) // 2] if after else _NOT)
        else:
            template, factor = "{}", 1.0
        words = template.replace("{}", words)
        alone = after or factor < 0 or " than " in template or template.startswith(("a ", "as "))
        frames = _PREDICATE if alone else _ADJECTIVE
        return Caption(self.fill(self.pick(frames), words), np.float32(factor) * facts)

    def thing(self) -> Caption:
        phrase, chance = self.one("thing"), self.random.random()
        words, facts = phrase.words, phrase.facts
        if chance < 0.2 and not _UNDENIABLE.match(words):
            words = self.fill(self.pick(_DENIAL), _ARTICLE.sub("", words))
            return Caption(words, np.float32(-0.8) * facts)
        if chance < 0.32 and not _UNDENIABLE.match(words) and not _GRADED.match(words):
            template, factor = self.pick(_AMOUNTS)
            words, facts = template.replace("{}", words), np.float32(factor) * facts
        elif chance < 0.5 and abs(facts[0]) > 0.1:
            return Caption(self.fill(self.pick(_MERIT if facts[0] > 0 else _FAULT), words), facts)
        return Caption(self.fill(self.pick(_THING), words), facts)

    def verdict(self) -> Caption:
        """An aspect and how it is judged: "the framing is poor"."""
        concept = self.pick(self.judged)
        aspect, chance = self.pick(concept.aspects), self.random.random()
        verdicts = vocabulary().verdicts
        if chance < 0.1:
            frame, words, facts = self.pick(_VERDICT), self.pick(verdicts.fair), FAIR
        elif chance < 0.55:
            frame, words = self.pick(_VERDICT), self.pick(verdicts.good)
            facts = concept.direction
        else:
            frame, words = self.pick(_VERDICT), self.pick(verdicts.bad)
            facts = -concept.direction
        if 0.1 < chance < 0.2:
            frame = self.pick(_PRAISE)
        elif chance > 0.88:
            frame = self.pick(_BLAME)
        return Caption(
            self.fill(frame.replace("{aspect}", aspect).replace("{verdict}", words)), facts
        )

    def opposed(self) -> Caption:
        """Both ends of one concept, or one end in two words."""
        good, bad = self.pick(self.opposites)
        if self.chance(0.5):
            good, bad = bad, good
        yes, no, other = self.pick(good), self.pick(bad), self.pick(good)
        frames = ("{yes}, not {no}", "not {no} but {yes}", "{yes} instead of {no}",
                  "more {yes} than {no}", "{yes} rather than {no}", "{yes} and not {no}",
                  "{yes} and {other}", "{yes}, {other}", "a {yes}, {other} {noun}",
                  "{yes} and {other} {noun}", "the {noun} is {yes} and {other}")  # fmt: skip
        words = self.pick(frames)
        for name, phrase in (("{yes}", yes), ("{no}", no), ("{other}", other)):
            words = words.replace(name, phrase.words)
        return Caption(self.fill(words), yes.facts)

    def several(self) -> Caption:
        """Two or three phrases at once; they need not agree."""
        first, second = self.attribute(), self.attribute()
        facts = first.facts + second.facts
        chance = self.random.random()
        if chance < 0.35:
            thing = self.one("thing")
            words, facts = f"a {first.words} {{noun}} with {thing.words}", first.facts + thing.facts
        elif chance < 0.5:
            third = self.attribute()
            words = f"{first.words}, {second.words} and {third.words}"
            facts = facts + third.facts
        elif chance < 0.6:
            last = self.one("sentence")
            words, facts = f"{first.words}, {last.words}", first.facts + last.facts
        elif chance < 0.7:
            words = f"the {{noun}} is {first.words}{self.pick((' and ', ', ', ' but '))}" + (
                second.words
            )
        elif chance < 0.8:
            one, other = self.one("thing"), self.one("thing")
            words, facts = f"{one.words} and {other.words}", one.facts + other.facts
        else:
            join = self.pick((" and ", ", ", " but "))
            words = f"a {first.words}{join}{second.words} {{noun}}"
        return Caption(self.fill(words), _unit(facts))

    def liqe(self) -> Caption:
        level, quality = self.pick(self.levels)
        if self.chance(0.5):
            frames = ("a photo with {} quality", "{} quality photo", "a photo of {} quality",
                      "{} quality", "the quality is {}")  # fmt: skip
            return Caption(self.pick(frames).format(level), quality)
        name, facts = self.pick(self.distortions)
        scene = self.pick(SUBJECTS)
        return Caption(
            f"a photo of a {scene} with {name} artifacts, which is of {level} quality",
            _unit(np.float32(1.2) * quality + facts),
        )

    def caption(self) -> Caption:
        makers, upto = self.makers
        return makers[bisect(upto, self.random.random())]()

    def named(self) -> Caption:
        phrase = self.one("name")
        return Caption(self.fill(self.pick(_NAME), phrase.words), phrase.facts)

    def sentence(self) -> Caption:
        phrase = self.one("sentence")
        clausal = self.chance(0.3) and _CLAUSAL.match(phrase.words)
        frames = _CLAUSE if clausal else _SENTENCE
        return Caption(self.fill(self.pick(frames), phrase.words), phrase.facts)

    def prompt(self) -> Caption:
        return Caption(*self.pick(self.fixed))

    def nothing(self) -> Caption:
        words = _babble(self.random) if self.chance(0.1) else self.fill(self.pick(_SUBJECT))
        return Caption(words, NOTHING)

    def varied(self, caption: Caption) -> Caption:
        """Other words for "photo", the other spelling, the right article."""
        words = caption.words
        if self.chance(0.35):
            words = _SWAPPED.sub(lambda m: f"{m[1]} {self.noun()}", words)
        if self.chance(0.5):
            words = _COLOUR.sub(lambda m: f"{m[1]}olor" if m[1] else f"{m[2]}ray", words)
        return Caption(_AN.sub(r"\1 ", _A.sub(r"\1n ", words)), caption.facts)


def sample(random: np.random.Generator) -> Iterator[Caption]:
    """Draw captions without end: one phrase, several, levels, denials and bare subjects."""
    writer = _Writer(random)
    while True:
        caption = writer.caption()
        yield caption if caption.words in FIXED else writer.varied(caption)


def _invented(random: np.random.Generator) -> str:
    """A word that is none: what a word never read before may look like."""
    starts, middles, ends = _SYLLABLES
    syllables = []
    for _ in range(random.integers(1, 4)):
        parts = (p[random.integers(len(p))] for p in (starts, middles, ends))
        syllables.append("".join(parts))
    return "".join(syllables)


def _babble(random: np.random.Generator) -> str:
    """Letters and signs without meaning: what cannot be read says nothing."""
    blocks = ((97, 123), (0x20, 0x7F), (0xA1, 0x250), (0x400, 0x460), (0x3040, 0x30FF),
              (0x4E00, 0x9FA5), (0x1F300, 0x1F650))  # fmt: skip
    low, high = blocks[random.integers(len(blocks))]
    letters = [chr(c) for c in random.integers(low, high, random.integers(1, 20))]
    for i in np.flatnonzero(random.random(len(letters)) < 0.15):
        letters[i] = " "
    return "".join(letters) or "?"


def _unit(facts: Vector) -> Vector:
    return facts / np.float32(max(1.0, float(np.linalg.norm(facts))))
