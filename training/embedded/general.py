"""Texts about anything, with what MiniLM says of them: they keep words that no caption uses alive.

Source: Hinton et al., 2015 (distillation). The student tower regresses the teacher's sentence
embedding on these texts while it learns the captions.
"""

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from training.embedded import minilm
from training.embedded.text_tower import Body
from training.embedded.tokenizer import common_words

SINGLE, MANY = 12_000, 24_000  # words alone, and all texts
FRAMES = (
    "a photo of a {0}",
    "{0} {1}",
    "the {0} is {1}",
    "a {0} {1}",
    "{0} and {1}",
    "{0} {1} photo",
    "a photo with {0} {1}",
    "a picture that is {0}",
    "this photo has {0}",
)


def texts(random: np.random.Generator) -> list[str]:
    """Common words alone, then two of them in a frame."""
    words = common_words()
    found = words[:SINGLE]
    while len(found) < MANY:
        frame = FRAMES[random.integers(len(FRAMES))]
        found.append(frame.format(*(words[i] for i in random.integers(0, SINGLE, 2))))
    return found


def embeddings(given: list[str]) -> Tensor:
    """MiniLM's unit vectors (n, 384) of texts."""
    tokenizer = minilm.tokenizer()
    teacher = minilm.body(range(tokenizer.get_vocab_size()), 512)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        return functional.normalize(means(teacher, tokenizer, given), dim=1)


def means(body: Body, tokenizer: Tokenizer, given: list[str], chunk: int = 64) -> Tensor:
    """What `body` makes of texts (n, width); texts of like length go together, to pad little."""
    rows = [torch.tensor(e.ids, dtype=torch.int32) for e in tokenizer.encode_batch(given)]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    found = []
    for start in range(0, len(order), chunk):
        some = [rows[i] for i in order[start : start + chunk]]
        padded = torch.nn.utils.rnn.pad_sequence(some, batch_first=True, padding_value=body.pad)
        found.append(body(padded).float())
    return torch.cat(found)[torch.tensor(order).argsort()]
