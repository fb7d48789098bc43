"""MiniLM's WordPiece with fewer pieces: those that captions and everyday English need.

Source: Schuster & Nakajima, ICASSP 2012 (WordPiece); BERT's vocabulary as MiniLM has it. Any word
of Latin letters keeps pieces, down to single letters; what has none is [UNK].
"""

import gzip
import json
import re
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from tokenizers import Tokenizer

from training.embedded import minilm

PAD, UNKNOWN, START, END = "[PAD]", "[UNK]", "[CLS]", "[SEP]"
CONTEXT = 32
COMMON = 14_000  # words of CLIP's vocabulary whose pieces are kept; chosen by us for the size
_WORD = re.compile(r"[a-z]{2,}</w>")


def common_words(number: int = COMMON) -> list[str]:
    """The first English words of CLIP's vocabulary, about in order of how often captions say them.

    Source: Radford et al., ICML 2021; the list as open_clip (MIT) carries it.
    """
    found = find_spec("open_clip")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(
            "Training the text tower needs open_clip: pip install 'sim-bench[training]'"
        )
    path = Path(next(iter(found.submodule_search_locations))) / "bpe_simple_vocab_16e6.txt.gz"
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()[1 : 49152 - 512 - 1]
    merged = ("".join(line.split()) for line in lines)
    words = [word.removesuffix("</w>") for word in merged if _WORD.fullmatch(word)]
    return words[:number]


def pruned(texts: Iterable[str]) -> tuple[Tokenizer, list[int]]:
    """MiniLM's tokenizer with the pieces of `texts` and letters, cut to CONTEXT.

    Returns:
        The tokenizer, and MiniLM's id of each of its tokens.
    """
    whole = minilm.tokenizer()
    old = whole.get_vocab()
    keep = {PAD, UNKNOWN, START, END}
    keep |= {t for t in old if len(t.removeprefix("##")) == 1 and t.isascii()}
    for encoding in whole.encode_batch(list(texts), add_special_tokens=False):
        keep.update(encoding.tokens)
    ordered = sorted(keep, key=old.__getitem__)
    new = {token: i for i, token in enumerate(ordered)}
    layout = json.loads(whole.to_str())
    layout["model"]["vocab"] = new
    layout["added_tokens"] = [
        a | {"id": new[a["content"]]} for a in layout["added_tokens"] if a["content"] in new
    ]
    for token, entry in layout["post_processor"]["special_tokens"].items():
        entry["ids"] = [new[token]]
    tokenizer = Tokenizer.from_str(json.dumps(layout))
    tokenizer.enable_truncation(CONTEXT)
    return tokenizer, [old[token] for token in ordered]


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
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    settings = {
        "cls_token": START,
        "sep_token": END,
        "eos_token": END,
        "pad_token": PAD,
        "unk_token": UNKNOWN,
        "model_max_length": CONTEXT,
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
