"""Captions in many words, each with the direction it speaks of.

A phrase is an adjective ("blurry"), a thing seen in a photo ("camera shake") or a name for the
whole photo ("an amateur snapshot"). Templates turn phrases into captions; `sample` draws them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.embedded.concepts import direction

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Phrase:
    """A piece of a caption: its words, its form and what it says."""

    words: str
    form: str  # "adjective", "thing" or "name"
    facts: Vector


@dataclass(frozen=True)
class Caption:
    """A whole caption and its direction over the axes; length 0 says nothing about the photo."""

    words: str
    facts: Vector


# Directions. Negated, each is the direction of the opposite words.
QUALITY = direction(quality=1.0)
SHARP = direction(focus=0.8, steadiness=0.5, quality=0.25)
FOCUS = direction(focus=0.97, quality=0.2)
STEADY = direction(steadiness=0.97, quality=0.2)
CLEAN = direction(cleanness=0.97, quality=0.2)
INTACT = direction(compression=0.97, quality=0.2)
BRIGHT = direction(brightness=1.0)
EXPOSED = direction(shadows=0.6, highlights=0.6, quality=0.4)
LIT = direction(shadows=0.42, highlights=0.36, contrast=0.2, quality=0.8)
ENOUGH_LIGHT = direction(shadows=0.9, brightness=0.35, quality=0.2)
WHITES_KEPT = direction(highlights=0.95, brightness=-0.2, quality=0.2)
CONTRAST = direction(contrast=1.0)
COLOUR = direction(colour=1.0)
BALANCED = direction(balance=0.97, quality=0.2)
LEVEL = direction(level=0.95, quality=0.25)
FRAMED = direction(framing=0.93, quality=0.35)
COMPOSED = direction(quality=0.88, framing=0.36, level=0.26)
LINES = direction(quality=0.92, level=0.3, framing=0.2)
UNCLUTTERED = direction(quality=0.95, framing=0.25)
DEPTH = direction(quality=0.87, contrast=0.45)
PROFESSIONAL = direction(quality=0.95, focus=0.15, shadows=0.12, cleanness=0.12, highlights=0.12)
FAIR = direction(middling=1.0)
NOTHING = direction()

# (direction, adjectives, things, names) for the good end, then for the bad end.
_Words = tuple[str, str, str]
_VOCABULARY: list[tuple[Vector, _Words, _Words]] = [
    (
        QUALITY,
        (
            "good, great, excellent, perfect, high quality, beautiful, aesthetic, stunning, superb,"
            " aesthetically pleasing, wonderful, outstanding, amazing, gorgeous, attractive,"
            " top quality, lovely, impressive, pleasing, appealing, first-rate, fantastic, fine,"
            " breathtaking, well-made, high-quality, flawless, remarkable, pretty, nice, best",
            "high quality, excellent quality, great beauty, good quality, perfect quality,"
            " beautiful light, visual appeal, top quality, aesthetic appeal",
            "a masterpiece, a keeper, an award-winning photo, a beautiful picture, a work of art,"
            " a great shot, a photo worth keeping, the best shot of the series, a favourite",
        ),
        (
            "bad, poor, terrible, awful, low quality, ugly, unattractive, horrible, unaesthetic,"
            " not aesthetic, dreadful, mediocre at best, inferior, flawed, unpleasant, worthless,"
            " unappealing, low-quality, lousy, ruined, failed, disappointing, faulty, damaged,"
            " worst, degraded, defective, displeasing, bad-looking, hideous",
            "low quality, poor quality, bad quality, terrible quality, defects, many flaws,"
            " technical faults, mistakes, distortions, visible degradation",
            "a failed photo, a mistake, a reject, a photo to delete, an ugly picture, a bad shot,"
            " the worst shot of the series, a throwaway, an accident, a poor attempt",
        ),
    ),
    (
        PROFESSIONAL,
        (
            "professional, expert, skilful, studio quality, award-winning, magazine quality, pro",
            "professional photography, expert technique, professional lighting, great craft",
            "professional photography, a professional photograph, a photo by a professional,"
            " a magazine cover, the work of an expert photographer, fine art photography",
        ),
        (
            "amateur, careless, amateurish, unprofessional, sloppy, hasty, clumsy, casual",
            "amateur technique, a careless approach, poor craft, beginner mistakes",
            "amateur snapshot, an amateur snapshot, a careless snapshot, a quick phone snap,"
            " a snapshot, a beginner's photo, amateur photography, a thoughtless snap",
        ),
    ),
    (
        COMPOSED,
        (
            "well-composed, well composed, beautifully composed, balanced, harmonious,"
            " carefully composed, thoughtfully composed, artfully arranged",
            "excellent composition, good composition, rule of thirds composition, great balance,"
            " a strong composition, a pleasing arrangement, the rule of thirds, harmony",
            "rule of thirds composition, a study in composition, good composition",
        ),
        (
            "poorly composed, badly composed, unbalanced, awkward, carelessly composed,"
            " awkwardly arranged",
            "poor composition, bad composition, an awkward composition, a weak composition,"
            " an unbalanced arrangement, no sense of composition",
            "a poorly composed photograph, bad composition, a compositional mess",
        ),
    ),
    (
        direction(quality=0.82, framing=0.5, level=0.25),
        (
            "excellently framed, nicely framed, perfectly framed",
            "excellent framing, good framing, careful framing, great framing, perfect framing",
            "excellent framing, a well-framed shot",
        ),
        (
            "poorly framed, badly framed, carelessly framed",
            "poor framing, bad framing, careless framing, terrible framing, sloppy framing",
            "poor framing, a badly framed shot",
        ),
    ),
    (
        LINES,
        (
            "symmetrical, geometric, orderly",
            "leading lines, symmetry, strong lines, converging lines, pleasing geometry, order",
            "a photo with leading lines, a photo with symmetry",
        ),
        ("asymmetrical by mistake, disorderly", "no structure, stray lines, disorder", ""),
    ),
    (
        UNCLUTTERED,
        (
            "uncluttered, tidy, simple and clear, minimalist, neatly arranged",
            "a clear subject, an uncluttered background, a simple background, clear separation",
            "a clean composition, a simple composition",
        ),
        (
            "cluttered, messy, chaotic, busy, confusing, untidy",
            "a cluttered composition, a distracting background, clutter, a messy background,"
            " distractions, too much going on, a busy background",
            "a cluttered composition, a mess, visual clutter",
        ),
    ),
    (
        DEPTH,
        (
            "three-dimensional, lively, expressive, dynamic, vivid and deep",
            "depth, a sense of depth, layers, dimension, striking light and shadow",
            "a composition with depth",
        ),
        (
            "flat and lifeless, boring, bland, monotonous, uninteresting, lifeless",
            "a flat composition, no depth, flatness, nothing of interest, flat light",
            "a flat composition, a boring picture, a dull composition",
        ),
    ),
    (
        SHARP,
        (
            "sharp, crisp, detailed, clear, tack sharp, crystal clear, high resolution,"
            " finely detailed, razor-sharp, well-defined",
            "sharp edges, fine detail, crisp details, sharpness, clear edges, high resolution,"
            " lots of detail, high definition, well-defined texture",
            "a sharp image, a detailed picture",
        ),
        (
            "blurry, blurred, unsharp, soft, fuzzy, low resolution, indistinct, hazy and soft,"
            " smeared, not sharp, unclear",
            "blur, blurry edges, lost detail, soft edges, low resolution, no detail, blurriness,"
            " missing details, fuzzy edges",
            "a blur, a blurred image, a blurry mess",
        ),
    ),
    (
        FOCUS,
        (
            "in focus, well focused, perfectly focused, correctly focused",
            "perfect focus, accurate focus, the subject in focus, good focus, sharp focus",
            "a photo in focus",
        ),
        (
            "out of focus, defocused, badly focused, misfocused, unfocused",
            "missed focus, focus error, the focus missed, defocus, lens blur, wrong focus,"
            " a subject out of focus, focus blur",
            "an out-of-focus photo, out of focus",
        ),
    ),
    (
        STEADY,
        (
            "steady, stable, motionless, shake-free",
            "a steady camera, no movement, a frozen moment, a tripod-steady view",
            "a steady shot",
        ),
        (
            "shaky, shaken, motion blurred, streaky, jerky",
            "camera shake, motion blur, a moving camera, shake, a shaky hand, directional blur,"
            " movement blur, hand shake, streaks from movement",
            "camera shake, motion blur, a shaken photo",
        ),
    ),
    (
        CLEAN,
        (
            "clean, noise-free, noiseless, smooth, grain-free, low noise",
            "clean tones, low noise, smooth tones, no grain, a clean image, smooth shadows",
            "a clean image",
        ),
        (
            "noisy, grainy, speckled, gritty, coarse, high iso",
            "noise, grain, heavy noise, sensor noise, speckles, high ISO noise, film grain,"
            " random dots, colour noise, digital noise, photon noise, coarse grain",
            "a noisy image, a grainy image, grain everywhere",
        ),
    ),
    (
        INTACT,
        (
            "uncompressed, artifact-free, losslessly saved, intact",
            "no artifacts, no compression, lossless quality, smooth gradients",
            "an uncompressed original",
        ),
        (
            "overcompressed, blocky, pixelated, heavily compressed, jpeg compressed, artifacted",
            "compression artifacts, JPEG artifacts, blocky artifacts, jpeg compression, blocks,"
            " jpeg2000 compression, heavy compression, pixelation, block artifacts, ringing,"
            " quantization, visible blocks, banding and blocks, spatial artefacts",
            "a heavily compressed file",
        ),
    ),
    (
        BRIGHT,
        (
            "bright, light, luminous, sunny, brightly lit, light-toned, daylight",
            "bright light, brightness, light tones, a bright scene, plenty of sunshine",
            "a bright scene, high key photography",
        ),
        (
            "dark, dim, gloomy, shadowy, dark-toned, nocturnal, low-key",
            "darkness, dark tones, little light, deep darkness, a dark scene, night",
            "a dark scene, a night photo, low key photography",
        ),
    ),
    (
        EXPOSED,
        (
            "well exposed, correctly exposed, perfectly exposed, properly exposed",
            "good exposure, correct exposure, balanced exposure, proper exposure, right exposure",
            "a correct exposure",
        ),
        (
            "badly exposed, wrongly exposed, incorrectly exposed, poorly exposed",
            "bad exposure, wrong exposure, poor exposure, exposure errors, incorrect exposure",
            "an exposure mistake",
        ),
    ),
    (
        LIT,
        (
            "well lit, beautifully lit, nicely lit",
            "good lighting, flattering light, beautiful lighting, great light, soft light",
            "good lighting",
        ),
        (
            "badly lit, poorly lit, harshly lit, ill-lit",
            "bad lighting, poor lighting, ugly light, harsh lighting, unflattering light",
            "badly lit, bad lighting",
        ),
    ),
    (
        ENOUGH_LIGHT,
        (
            "amply exposed, sufficiently exposed",
            "open shadows, detail in the shadows, enough light, visible shadow detail",
            "",
        ),
        (
            "underexposed, too dark, under-exposed, much too dark, murky",
            "underexposure, blocked shadows, crushed blacks, too little light, lost shadow detail,"
            " not enough light, insufficient exposure, black shadows",
            "an underexposed photo, underexposure",
        ),
    ),
    (
        WHITES_KEPT,
        (
            "highlight-preserving, gently exposed",
            "detail in the highlights, preserved highlights, no clipping, visible clouds",
            "",
        ),
        (
            "overexposed, too bright, over-exposed, blown out, washed out by light, glaring",
            "overexposure, blown highlights, clipped highlights, burnt-out whites, a white sky,"
            " too much light, lost highlight detail, glare, blown-out highlights",
            "an overexposed photo, overexposure",
        ),
    ),
    (
        CONTRAST,
        (
            "high contrast, contrasty, high-contrast, punchy, strongly contrasted, bold",
            "high contrast, strong contrast, deep blacks and bright whites, good contrast,"
            " tonal range, rich tones",
            "",
        ),
        (
            "low contrast, faded, washed out, low-contrast, hazy, foggy, flat-toned, milky",
            "low contrast, weak contrast, haze, faded tones, no contrast, grey tones, fog,"
            " poor contrast, a milky veil",
            "",
        ),
    ),
    (
        COLOUR,
        (
            "colorful, colourful, vivid, vibrant, saturated, richly coloured, multicoloured",
            "vivid colors, vibrant colours, rich colors, saturated colours, strong color, many"
            " bright colours",
            "an explosion of colour",
        ),
        (
            "dull, drab, desaturated, colourless, pale, monochrome, black and white, grey, muted",
            "dull colors, faded colours, no color, pale colours, little saturation, muted colors",
            "a black and white photo, a monochrome image",
        ),
    ),
    (
        BALANCED,
        (
            "natural-looking, neutrally coloured, color-accurate, true to life",
            "natural colors, accurate white balance, neutral whites, correct colours, true"
            " colours, natural skin tones",
            "",
        ),
        (
            "discoloured, tinted, off-colour, wrongly coloured, colour-shifted",
            "a color cast, colour cast, wrong white balance, a strange tint, unnatural colors,"
            " a green tint, a blue cast, a yellow cast, a magenta tint, color distortion,"
            " bad white balance, an orange cast",
            "a wrong white balance",
        ),
    ),
    (
        LEVEL,
        (
            "level, straight, upright, well aligned, horizontally level",
            "a level horizon, a straight horizon, straight verticals, a level camera",
            "",
        ),
        (
            "tilted, crooked, slanted, skewed, askew, leaning, rotated",
            "a tilted horizon, a crooked horizon, a slanted horizon, tilt, a sloping horizon,"
            " leaning buildings, a dutch angle by mistake, a camera held crooked",
            "a tilted photo, tilted horizon",
        ),
    ),
    (
        FRAMED,
        (
            "well framed, fully in frame, well cropped, complete",
            "the whole subject in frame, room around the subject, a complete subject, good"
            " cropping, the subject well placed",
            "",
        ),
        (
            "badly cropped, cut off, incomplete, off-center by mistake, tightly cropped,"
            " truncated, poorly cropped",
            "the subject cut off, a cut off head, bad cropping, missing parts, a subject cut off"
            " at the edge, a wrong crop, the main subject out of frame, an awkward crop",
            "a badly cropped photo, subject cut off",
        ),
    ),
    (
        FAIR,
        (
            "fair, average, ordinary, acceptable, mediocre, so-so, passable, okay, decent,"
            " middling, usual, standard",
            "fair quality, average quality, acceptable quality, medium quality, some small flaws",
            "an ordinary photo, an average shot, an everyday picture",
        ),
        ("", "", ""),
    ),
]

_SUBJECTS = """
    dog, cat, person, child, woman, man, family, city, cityscape, landscape, mountain, beach, car,
    building, house, street, flower, plant, tree, bird, animal, human, indoor, still_life, night,
    others, room, table, meal, cup of coffee, face, portrait, party, wedding, forest, river, lake,
    boat, horse, book, toy, bicycle, sunset, sky, garden, bridge, church, kitchen, group of people
"""
SUBJECTS = tuple(s.strip() for s in _SUBJECTS.split(","))
_NOUNS = ("photo", "photograph", "picture", "image", "shot", "pic")
_ADJECTIVE = (
    "{} {noun}",
    "{} {noun}.",
    "a {} {noun}",
    "a {} {noun} of a {subject}",
    "this {noun} is {}",
    "the {noun} looks {}",
    "{}",
    "{} looking {noun}",
    "a {noun} that is {}",
    "it is {}",
    "a {noun} of a {subject}, {}",
    "the {subject} is {}",
    "{} {subject}",
)
_THING = (
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
    "a {noun} with {} artifacts",
)
_DENIAL = (
    "no {}",
    "without {}",
    "a {noun} without {}",
    "a {noun} of a {subject} without {}",
    "a {noun} with no {}",
    "there is no {} in the {noun}",
    "a {noun} free of {}",
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
)
_PLACES = ("on", "in", "over", "under", "near", "at", "behind", "with", "by", "above")
_NAME = ("{}", "{}.", "this is {}", "it looks like {}", "{} of a {subject}", "clearly {}")
_ARTICLE = re.compile(r"\b([aA]) ([aeiouAEIOU])")
_SYLLABLES = (
    ("b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "tr",
     "sh", "gr", "fl", "ch", "qu", "br", ""),
    ("a", "e", "i", "o", "u", "ea", "oo", "ai", "ou", "y"),
    ("", "", "n", "r", "t", "s", "l", "ng", "m", "ck", "nd", "st", "sh", "p", "d"),
)  # fmt: skip
_STRONG = ("very", "extremely", "really", "highly", "strongly", "so", "totally", "too", "quite")
_WEAK = ("slightly", "a little", "somewhat", "a bit", "mildly")
_LEVELS = {
    "bad": direction(quality=-1.0),
    "poor": direction(quality=-0.85, middling=0.2),
    "fair": direction(middling=1.0),
    "good": direction(quality=0.9, middling=0.1),
    "perfect": direction(quality=1.0),
    "excellent": direction(quality=1.0),
    "low": direction(quality=-1.0),
    "high": direction(quality=1.0),
    "terrible": direction(quality=-1.0),
    "average": direction(middling=1.0),
    "medium": direction(middling=1.0),
    "great": direction(quality=1.0),
}
# LIQE's eleven names for a distortion.
_DISTORTIONS = {
    "jpeg2000 compression": -INTACT,
    "jpeg compression": -INTACT,
    "noise": -CLEAN,
    "blur": -SHARP,
    "color": -BALANCED,
    "contrast": -CONTRAST,
    "overexposure": -WHITES_KEPT,
    "underexposure": -ENOUGH_LIGHT,
    "spatial": direction(quality=-0.3),
    "quantization": -INTACT,
    "other": NOTHING,
}

# Prompts in use, worded exactly so: the seed note's defaults and CLIP-IQA's pairs.
FIXED: dict[str, Vector] = {
    "a well-composed photograph": COMPOSED,
    "a poorly composed photograph": -COMPOSED,
    "excellent framing": direction(quality=0.82, framing=0.5, level=0.25),
    "poor framing": -direction(quality=0.82, framing=0.5, level=0.25),
    "professional photography": PROFESSIONAL,
    "aesthetically pleasing": QUALITY,
    "a photo with leading lines": LINES,
    "a photo with symmetry": LINES,
    "rule of thirds composition": COMPOSED,
    "amateur snapshot": -PROFESSIONAL,
    "badly lit": -LIT,
    "a cluttered composition": -UNCLUTTERED,
    "a flat composition": -DEPTH,
    "cluttered composition": -UNCLUTTERED,
    "flat composition": -DEPTH,
    "Good photo.": QUALITY,
    "Bad photo.": -QUALITY,
    "Sharp photo.": SHARP,
    "Blurry photo.": -SHARP,
    "Noisy photo.": -CLEAN,
    "Clean photo.": CLEAN,
    "Bright photo.": BRIGHT,
    "Dark photo.": -BRIGHT,
    "Colorful photo.": COLOUR,
    "Dull photo.": -COLOUR,
    "High contrast photo.": CONTRAST,
    "Low contrast photo.": -CONTRAST,
    "Aesthetic photo.": QUALITY,
    "Not aesthetic photo.": -QUALITY,
}


def phrases() -> list[Phrase]:
    """Every phrase of the vocabulary, both ends of every axis."""
    found = []
    for facts, good, bad in _VOCABULARY:
        for sign, columns in ((1.0, good), (-1.0, bad)):
            for form, words in zip(("adjective", "thing", "name"), columns, strict=True):
                found += [
                    Phrase(w.strip(), form, np.float32(sign) * facts)
                    for w in words.split(",")
                    if w.strip()
                ]
    return found


def sample(random: np.random.Generator) -> Iterator[Caption]:
    """Draw captions without end: one phrase, two phrases, levels, denials and bare subjects."""
    forms: dict[str, list[list[Phrase]]] = {"adjective": [], "thing": [], "name": []}
    for form, groups in forms.items():
        by_facts: dict[bytes, list[Phrase]] = {}
        for phrase in phrases():
            if phrase.form == form:
                by_facts.setdefault(phrase.facts.tobytes(), []).append(phrase)
        groups.extend(by_facts.values())
    fixed = list(FIXED.items())

    def pick(options: tuple[str, ...]) -> str:
        return options[random.integers(len(options))]

    def one(form: str) -> Phrase:
        groups = forms[form]
        group = groups[random.integers(len(groups))]
        return group[random.integers(len(group))]

    def subject() -> str:
        return _invented(random) if random.random() < 0.3 else pick(SUBJECTS)

    def fill(template: str, words: str) -> str:
        while "{subject}" in template:
            template = template.replace("{subject}", subject(), 1)
        template = template.replace("{noun}", pick(_NOUNS)).replace("{place}", pick(_PLACES))
        return template.replace("{}", words)

    while True:
        kind = random.random()
        if kind < 0.34:
            phrase = one("adjective")
            words, facts = _strengthen(phrase, random)
            caption = Caption(fill(pick(_ADJECTIVE), words), facts)
        elif kind < 0.54:
            phrase = one("thing")
            denied = random.random() < 0.18 and not phrase.words.startswith("no ")
            words = fill(pick(_DENIAL if denied else _THING), phrase.words)
            caption = Caption(words, np.float32(-0.8 if denied else 1.0) * phrase.facts)
        elif kind < 0.63:
            phrase = one("name")
            caption = Caption(fill(pick(_NAME), phrase.words), phrase.facts)
        elif kind < 0.75:
            first, second = one("adjective"), one(pick(("adjective", "thing")))
            join, end = (pick((" and ", ", ", " but ")), " {noun}")
            if second.form == "thing":
                join, end = " {noun} with ", ""
            words = fill(f"a {first.words}{join}{second.words}{end}", "")
            caption = Caption(words, _unit(first.facts + second.facts))
        elif kind < 0.82:
            caption = _liqe(random)
        elif kind < 0.88:
            words, facts = fixed[random.integers(len(fixed))]
            caption = Caption(words, facts)
        else:
            words = _babble(random) if random.random() < 0.25 else fill(pick(_SUBJECT), "")
            caption = Caption(words, NOTHING)
        yield Caption(_ARTICLE.sub(r"\1n \2", caption.words), caption.facts)


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


def _strengthen(phrase: Phrase, random: np.random.Generator) -> tuple[str, Vector]:
    chance = random.random()
    if chance < 0.15:
        return f"{_STRONG[random.integers(len(_STRONG))]} {phrase.words}", phrase.facts
    if chance < 0.22:
        return f"{_WEAK[random.integers(len(_WEAK))]} {phrase.words}", np.float32(
            0.6
        ) * phrase.facts
    if chance < 0.32:
        return f"not {phrase.words}", np.float32(-0.8) * phrase.facts
    return phrase.words, phrase.facts


def _liqe(random: np.random.Generator) -> Caption:
    levels, distortions = list(_LEVELS.items()), list(_DISTORTIONS.items())
    level, quality = levels[random.integers(len(levels))]
    if random.random() < 0.5:
        template = (
            "a photo with {} quality",
            "{} quality photo",
            "a photo of {} quality",
            "{} quality",
        )
        return Caption(template[random.integers(len(template))].format(level), quality)
    name, facts = distortions[random.integers(len(distortions))]
    scene = SUBJECTS[random.integers(len(SUBJECTS))]
    return Caption(
        f"a photo of a {scene} with {name} artifacts, which is of {level} quality",
        _unit(np.float32(1.2) * quality + facts),
    )


def _unit(facts: Vector) -> Vector:
    return facts / np.float32(max(1.0, float(np.linalg.norm(facts))))
