"""CLIP's own tokenizer: texts to rows of 77 token ids.

Source: openai/CLIP, `clip.tokenize`, and open_clip, `SimpleTokenizer`: the text is cleaned and
lowered, tokenised between the start and the end token, cut to the context with the end token kept,
and padded with 0.
Deviation: a text that is too long is cut with a warning, as in open_clip, where openai/CLIP refuses
it; a text that spells out a special token is text.
"""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from sim_bench.encoders.tokenizer import LongPromptWarning, clean
from sim_bench.errors import WeightsError

START, END = "<|startoftext|>", "<|endoftext|>"


class ClipTokenizer:
    """The byte-pair tokenizer of OpenAI's CLIP models, from a file of the tokenizers library.

    Args:
        path: `tokenizer.json`, of any of these models.
        context: Tokens of a row, start and end included.

    Raises:
        WeightsError: The file cannot be read, or is another kind of tokenizer.
    """

    def __init__(self, path: Path, context: int = 77) -> None:
        self.path = path
        self.context = context
        self._tokenizer = _read(path)
        self._start, self._end = (self._special(token) for token in (START, END))
        self._warned: set[str] = set()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Tokenise texts to int32 of shape (n, context); one that is too long is cut.

        Each text that is cut is quoted in one `LongPromptWarning`.
        """
        rows = np.zeros((len(texts), self.context), dtype=np.int32)
        for row, text in zip(rows, texts, strict=True):
            words = self._tokenizer.encode(clean(text), add_special_tokens=False).ids
            room = self.context - 2
            if len(words) > room:
                self._warn(text, len(words) + 2)
            ids = [self._start, *words[:room], self._end]
            row[: len(ids)] = ids
        return rows

    def _special(self, token: str) -> int:
        found = self._tokenizer.token_to_id(token)
        if found is None:
            raise WeightsError(
                f"{self.path} is no tokenizer of CLIP: it has no token {token!r}. Remove it and "
                "fetch it again."
            )
        return int(found)

    def _warn(self, text: str, length: int) -> None:
        if text in self._warned:
            return
        self._warned.add(text)
        warnings.warn(
            f"A text of {length} tokens was cut to the model's {self.context}: {text!r}",
            LongPromptWarning,
            stacklevel=3,
        )


def _read(path: Path) -> Tokenizer:
    load: Callable[[str], Tokenizer] = Tokenizer.from_file
    try:
        tokenizer = load(str(path))
    except Exception as error:  # what the library raises
        raise WeightsError(
            f"{path} cannot be read by the tokenizers library: {error}. Remove it and fetch it "
            "again."
        ) from error
    if getattr(tokenizer.model, "end_of_word_suffix", None) != "</w>":
        raise WeightsError(
            f"{path} is no tokenizer of CLIP: its words do not end with '</w>'. Remove it and "
            "fetch it again."
        )
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    # It repeats the cleaning, except that it would compose accents written as entities.
    tokenizer.normalizer = None
    return tokenizer
