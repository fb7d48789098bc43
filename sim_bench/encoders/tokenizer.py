"""Text to token ids, as open_clip makes them.

Source: open_clip, `SimpleTokenizer` and `HFTokenizer`: the text is cleaned, tokenised between the
start and the end token, cut to the context with the end token kept, and padded.
Deviation: none. Where the padding token is the end token (CLIP's tokenizer as others ship it), the
padding is 0, as in open_clip: the tower looks for the end token, and there must be one only.
"""

import html
import re
import string
import warnings
from collections.abc import Callable, Sequence

import ftfy
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from sim_bench.encoders.bundle import TOKENIZER, TOKENIZER_CONFIG, Bundle
from sim_bench.encoders.settings import AddedToken, Clean
from sim_bench.errors import BundleError

_PUNCTUATION = str.maketrans("", "", string.punctuation)


class LongPromptWarning(UserWarning):
    """A text is longer than the model's context and was cut."""


def clean(text: str, how: Clean = "lower") -> str:
    """Repair and simplify a text before it is tokenised.

    Args:
        text: Any text.
        how: "whitespace" repairs encoding and entities and collapses white space; "lower" also
            lowers the case; "canonicalize" also removes ASCII punctuation (the SigLIP family).
    """
    text = html.unescape(html.unescape(ftfy.fix_text(text))).strip()
    if how == "canonicalize":
        text = text.replace("_", " ").translate(_PUNCTUATION)
    text = text if how == "whitespace" else text.lower()
    return re.sub(r"\s+", " ", text).strip()


class BundleTokenizer:
    """The tokenizer of a bundle.

    Attributes:
        context_length: Tokens of a row, start and end included.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.context_length = bundle.config.text_cfg.context_length
        self._clean = bundle.config.text_cfg.clean
        self._tokenizer = _read(bundle)
        # The end token, which stays last in a text that is cut; some tokenizers add none.
        self._end = self._tokenizer.encode("").ids[-1:]
        pad = self._id(bundle, "pad_token", bundle.tokenizer.pad_token)
        # open_clip pads CLIP's own tokenizer with 0, whatever the published settings say; the
        # SigLIP family, whose end token pads too, is padded as it says.
        is_clip = getattr(self._tokenizer.model, "end_of_word_suffix", None) == "</w>"
        self._pad = 0 if is_clip and [pad] == self._end else pad
        self._warned: set[str] = set()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Tokenise texts to int32 of shape (n, context_length).

        A text that is too long is cut, with one warning per text that quotes it.
        """
        rows = np.full((len(texts), self.context_length), self._pad, dtype=np.int32)
        for row, text in zip(rows, texts, strict=True):
            ids = self._tokenizer.encode(clean(text, self._clean)).ids
            if len(ids) > self.context_length:
                self._warn(text, len(ids))
                ids = [*ids[: self.context_length - len(self._end)], *self._end]
            row[: len(ids)] = ids
        return rows

    def _warn(self, text: str, length: int) -> None:
        if text in self._warned:
            return
        self._warned.add(text)
        warnings.warn(
            f"A text of {length} tokens was cut to the model's {self.context_length}: {text!r}",
            LongPromptWarning,
            stacklevel=3,
        )

    def _id(self, bundle: Bundle, key: str, token: str | AddedToken | None) -> int:
        path = bundle.path(TOKENIZER_CONFIG)
        if token is None:
            raise BundleError(f"{path}: key {key!r} is missing.")
        name = token if isinstance(token, str) else token.content
        found = self._tokenizer.token_to_id(name)
        if found is None:
            raise BundleError(f"{path}: {key} {name!r} is no token of {bundle.path(TOKENIZER)}.")
        return int(found)


def _read(bundle: Bundle) -> Tokenizer:
    path = bundle.path(TOKENIZER)
    load: Callable[[str], Tokenizer] = Tokenizer.from_file
    try:
        tokenizer = load(str(path))
    except Exception as error:  # what the library raises
        raise BundleError(f"{path} cannot be read by the tokenizers library: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    # A prompt that spells out a special token is text, as in open_clip.
    tokenizer.encode_special_tokens = True
    if getattr(tokenizer.model, "end_of_word_suffix", None) == "</w>":
        # CLIP's: its normaliser repeats the cleaning above, except that it would compose accents
        # written as entities, which open_clip leaves alone.
        tokenizer.normalizer = None
    return tokenizer
