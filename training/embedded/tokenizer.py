"""A byte-level BPE of our own: any Unicode string has tokens, and nothing is unknown."""

import json
from pathlib import Path

from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

START, END, PAD = "<|startoftext|>", "<|endoftext|>", "<|pad|>"
CONTEXT = 32
VOCABULARY = 2048


def learn(texts: list[str]) -> Tokenizer:
    """Learn merges from `texts`; lower case, start and end tokens, cut to CONTEXT."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Lowercase(), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=VOCABULARY,
            special_tokens=[PAD, START, END],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}",
        special_tokens=[(t, number(tokenizer, t)) for t in (START, END)],
    )
    tokenizer.enable_truncation(CONTEXT)
    return tokenizer


def number(tokenizer: Tokenizer, token: str) -> int:
    """Id of a token that the tokenizer must have."""
    found = tokenizer.token_to_id(token)
    if found is None:
        raise ValueError(f"The tokenizer has no token {token!r}.")
    return int(found)


def ids(tokenizer: Tokenizer, texts: list[str]) -> list[list[int]]:
    """Token ids, each padded to CONTEXT."""
    pad = number(tokenizer, PAD)
    found = [e.ids for e in tokenizer.encode_batch(texts)]
    return [row + [pad] * (CONTEXT - len(row)) for row in found]


def save(tokenizer: Tokenizer, folder: Path) -> None:
    """Write `tokenizer.json` and `tokenizer_config.json` as Hugging Face names them."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "bos_token": START,
        "eos_token": END,
        "pad_token": PAD,
        "model_max_length": CONTEXT,
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
