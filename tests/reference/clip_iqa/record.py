"""Record what piq's and pyiqa's CLIP-IQA say of the reference pictures, with random weights.

Run in the repository, with torch 2.15.0, piq 0.8.0, pyiqa 0.1.16, openai-clip 1.0.1, Pillow 13.0.0
and tokenizers 0.23.3 (none but the last two is needed by the tests; nothing is downloaded):

    PYTHONPATH=. python tests/reference/clip_iqa/record.py

Each builds its network from the same state dict with its own function, and has OpenAI's tokenizer
make the ids. `piq` is the published pair,
`pyiqa` its five pairs, both with the photos at their own size and without positional embedding.
The tokenizer that is written has all bytes, and the words of the prompts that the tests use.
"""

import json
import sys
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import packaging.version
import piq.clip_iqa
import torch
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers

from tests.reference.clip_iqa.weights import FULL, SMALL, TOKENIZER, checksum, state_dict
from tests.reference.photos import SIZES, digest, photos

# openai-clip asks setuptools for it, which no longer brings it.
sys.modules.setdefault("pkg_resources", SimpleNamespace(packaging=packaging))

import clip  # noqa: E402
from clip.simple_tokenizer import SimpleTokenizer, bytes_to_unicode  # noqa: E402
from pyiqa.archs import clipiqa_arch  # noqa: E402
from pyiqa.archs.clip_model import build_model  # noqa: E402

HERE = Path(__file__).parent
PROMPTS = (
    "Good photo.",
    "Bad photo.",
    "Bright photo.",
    "Dark photo.",
    "Sharp photo.",
    "Blurry photo.",
    "Noisy photo.",
    "Clean photo.",
    "Colorful photo.",
    "Dull photo.",
    "High contrast photo.",
    "Low contrast photo.",
    "Good image",
    "bad image",
    "Sharp image",
    "blurry image",
    "sharp edges",
    "blurry edges",
    "High resolution image",
    "low resolution image",
    "Noise-free image",
    "noisy image",
)


def piq_scores(state, inputs):
    """The published pair, by piq, whose network is made of the state dict by its own function."""
    module = piq.clip_iqa.clip
    tensors = {name: torch.from_numpy(array) for name, array in state.items()}
    module.load = lambda: module.build_model(dict(tensors)).float()
    piq.clip_iqa.download_tensor = lambda *_: clip.tokenize(["Good photo.", "Bad photo."])
    network = piq.CLIPIQA(data_range=1.0)
    return [network(x).item() for x in inputs]


def pyiqa_scores(state, inputs):
    """Five pairs, by pyiqa, whose network is made of the state dict by its own function."""
    tensors = {name: torch.from_numpy(array) for name, array in state.items()}
    clipiqa_arch.load = lambda *_: build_model(dict(tensors)).float()
    network = clipiqa_arch.CLIPIQA(pretrained=False).eval()
    return [network(x).item() for x in inputs]


def record(size, inputs):
    state = state_dict(size)
    return {
        "weights": checksum(state),
        "piq": piq_scores(state, inputs),
        "pyiqa": pyiqa_scores(state, inputs),
    }


def merges_of(word, full):
    """The merges that make tokens of a word, each with its rank."""
    parts, used = [*word[:-1], f"{word[-1]}</w>"], {}
    while len(parts) > 1:
        pairs = list(pairwise(parts))
        best = min(pairs, key=lambda pair: full.bpe_ranks.get(pair, np.inf))
        if best not in full.bpe_ranks:
            break
        used[best] = full.bpe_ranks[best]
        joined, k = [], 0
        while k < len(parts):
            both = tuple(parts[k : k + 2]) == best
            joined.append("".join(parts[k : k + 1 + both]))
            k += 1 + both
        parts = joined
    if parts != full.bpe(word).split():
        raise ValueError(f"{word!r} became {parts}, not {full.bpe(word)}")
    return used


def write_tokenizer(path):
    """CLIP's tokenizer, cut down to single bytes and the words of the prompts; ids are true."""
    full = SimpleTokenizer()
    words = {word for text in PROMPTS for word in full.pat.findall(text.lower())}
    ranked = {}
    for word in words:
        ranked |= merges_of(word, full)
    letters = bytes_to_unicode().values()
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), *map("".join, ranked)]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    model = models.BPE(
        vocab={token: full.encoder[token] for token in tokens},
        merges=sorted(ranked, key=ranked.__getitem__),
        end_of_word_suffix="</w>",
        unk_token="<|endoftext|>",
    )
    tokenizer = Tokenizer(model)
    pattern = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.add_special_tokens([AddedToken("<|startoftext|>"), AddedToken("<|endoftext|>")])
    tokenizer.save(str(path), pretty=False)


def main():
    torch.set_grad_enabled(False)
    inputs = [torch.from_numpy(rgb).permute(2, 0, 1)[None].float() / 255 for rgb in photos()]
    small, full = record(SMALL, inputs), record(FULL, inputs)
    packages = ("piq", "pyiqa", "torch", "openai-clip", "tokenizers", "numpy")
    ids = dict(zip(PROMPTS, clip.tokenize(PROMPTS).tolist(), strict=True))
    found = {
        "made_with": {package: version(package) for package in packages},
        "photos": digest(),
        "sizes": SIZES,
        "tokens": {text: row[: row.index(49407) + 1] for text, row in ids.items()},
        "small": small,
        "full": full,
    }
    (HERE / "scores.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write_tokenizer(TOKENIZER)


if __name__ == "__main__":
    main()
