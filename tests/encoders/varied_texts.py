"""Texts of every kind that a prompt could be, the same on every machine."""

import random
import unicodedata

_SENTENCE = (
    "a photo of the well-composed sunset isn't blurry don't we'll they've I'd it's you're "
    "rule-of-thirds leading lines BOKEH Exposure hdr 35mm f/2.8 1/250s ISO-400 naïve café "
    "ﬁlm Ångström straße ΟΔΟΣ Σίσυφος İstanbul ǅungla Привет мир"
)
_WORDS = tuple(_SENTENCE.split())
_SCRIPTS = (
    "日本語の写真 夕焼け",
    "漂亮的照片，构图很好。",
    "아름다운 사진",
    "صورة جميلة جدا ١٢٣",
    "תמונה יפה",
    "सुंदर तस्वीर १२३",
    "ภาพถ่ายที่สวยงาม",
    "Ảnh đẹp quá",
    "φωτογραφία",
    "𝒻𝒶𝓃𝒸𝓎 𝟙𝟚𝟛 ⅷ ½ ² ①",
)
_EMOJI = ("🙂", "👩‍👩‍👧‍👧", "🏳️‍🌈", "👍🏽", "🇩🇪", "1️⃣", "❤️", "📷✨", "☹")
_ENTITIES = (
    "&amp;",
    "&lt;b&gt;",
    "&eacute;",
    "&amp;eacute;",
    "&#233;",
    "&#x1F600;",
    "e&#769;",
    "&",
)
_MOJIBAKE = ("cafÃ©", "itâ€™s", "â€œquotedâ€\x9d", "Ã¼ber", "âœ” ok", "ðŸ˜€")
_SPACE = (
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\u00a0",
    "\u2003",
    "\u3000",
    "\u200b",
    "\x1f",
    "\x85",
    "\ufeff",
)
_PUNCTUATION = (
    "!!!",
    "...",
    "?!?!",
    "---",
    "___",
    "(((",
    "$%^&*",
    "'''",
    "“”",
    "…",
    "'s",
    "'S",
    "'LL",
)
_NUMBERS = ("0", "12345", "3.14159", "1,000,000", "-5", "1e10", "٣", "½")
_SPECIAL = ("<|endoftext|>", "<|startoftext|>", "<|ENDOFTEXT|>", "</w>", "a</w>", "[PAD]", "</s>")
_FIXED = (
    "",
    " ",
    "\n\t ",
    "a",
    "!",
    "<|endoftext|>",
    "composition " * 80,
    "x" * 1000,
    "🙂" * 100,
    "a photo, " * 25 + "end",
    "1" * 75,
    "1" * 76,
    "\x00\x07",
    "ⅷ" * 10,
)


def varied_texts(count: int = 1000) -> list[str]:
    rng = random.Random(20240229)
    kinds = (_WORDS, _SCRIPTS, _EMOJI, _ENTITIES, _MOJIBAKE, _PUNCTUATION, _NUMBERS, _SPECIAL)
    texts = list(_FIXED)
    while len(texts) < count:
        parts = [_part(rng, kinds) for _ in range(rng.randint(1, rng.choice((4, 12, 60))))]
        gaps = [rng.choice(_SPACE if rng.random() < 0.2 else (" ", "")) for _ in parts]
        text = "".join(part + gap for part, gap in zip(parts, gaps, strict=True))
        form = rng.choice(("NFC", "NFD", "NFKC", None, None))
        texts.append(unicodedata.normalize(form, text) if form else text)
    return texts


def _part(rng: random.Random, kinds: tuple[tuple[str, ...], ...]) -> str:
    if rng.random() < 0.1:  # any assigned character of the first two planes
        while unicodedata.category(character := chr(rng.randrange(0x20000))) in ("Cn", "Cs", "Co"):
            pass
        return character
    part = rng.choice(_WORDS if rng.random() < 0.4 else rng.choice(kinds))
    return rng.choice((part, part, part.upper(), part.title()))
