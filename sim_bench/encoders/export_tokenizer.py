"""open_clip's tokenizers as the files of a bundle.

Two families: CLIP's own byte-pair encoding, which is written out here rule by rule, and tokenizers
of the transformers library, which can save themselves.
"""

import json
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers.processors import TemplateProcessing

from sim_bench.encoders.settings import Clean
from sim_bench.errors import ModelError

START, END = "<|startoftext|>", "<|endoftext|>"  # as published bundles name them
# SimpleTokenizer's pattern; there, as here, the case of a contraction does not matter.
_WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
_CLEAN: dict[str, Clean] = {
    "_clean_lower": "lower",
    "_clean_whitespace": "whitespace",
    "_clean_canonicalize": "canonicalize",
}


def write_tokenizer(tokenizer: Any, folder: Path) -> dict[str, Any]:
    """Write `tokenizer.json` and `tokenizer_config.json`.

    Args:
        tokenizer: One of open_clip's.
        folder: Where to write.

    Returns:
        What `text_cfg` of the bundle's `config.json` must say about texts.

    Raises:
        ModelError: The tokenizer does something to texts that a bundle cannot say.
    """
    name = type(tokenizer).__name__
    if name == "SimpleTokenizer":
        if tokenizer.reduction_fn is not None:
            raise ModelError("A bundle cannot express a tokenizer that drops words of a text.")
        built, names = _clip(tokenizer), _clip_names(tokenizer)
        how: Clean = _CLEAN[tokenizer.clean_fn.__name__]
    elif name in ("HFTokenizer", "SigLipTokenizer"):
        if getattr(tokenizer, "strip_sep_token", False) or getattr(tokenizer, "tokenizer_mode", ""):
            raise ModelError("A bundle cannot express a tokenizer that moves its special tokens.")
        built = Tokenizer.from_str(tokenizer.tokenizer.backend_tokenizer.to_str())
        built.no_padding()
        built.no_truncation()
        names = {
            key: str(token)
            for key, token in tokenizer.tokenizer.special_tokens_map.items()
            if key in ("bos_token", "eos_token", "pad_token", "unk_token")
        }
        clean = getattr(tokenizer, "clean_fn", None)
        how = _CLEAN[clean.__name__] if clean else "canonicalize"
    else:
        raise ModelError(f"A bundle cannot express open_clip's {name}.")
    folder.mkdir(parents=True, exist_ok=True)
    built.save(str(folder / "tokenizer.json"))
    settings = {**names, "model_max_length": tokenizer.context_length}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", "utf-8")
    return {"context_length": tokenizer.context_length, "tokenizer_kwargs": {"clean": how}}


def _clip(tokenizer: Any) -> Tokenizer:
    """CLIP's tokenizer, given its vocabulary and merges."""
    vocabulary = dict(tokenizer.encoder)
    for old, new in zip(("<start_of_text>", "<end_of_text>"), (START, END), strict=True):
        vocabulary[new] = vocabulary.pop(old)
    built = Tokenizer(
        models.BPE(
            vocab=vocabulary,
            merges=sorted(tokenizer.bpe_ranks, key=tokenizer.bpe_ranks.__getitem__),
            end_of_word_suffix="</w>",
            unk_token=END,
        )
    )
    built.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    built.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    built.add_special_tokens([AddedToken(START), AddedToken(END)])
    ends = [(START, vocabulary[START]), (END, vocabulary[END])]
    built.post_processor = TemplateProcessing(single=f"{START} $A {END}", special_tokens=ends)
    built.decoder = decoders.ByteLevel()
    return built


def _clip_names(tokenizer: Any) -> dict[str, str]:
    """open_clip pads with the id 0, whatever token that is; some towers look for it."""
    padding = next(token for token, index in tokenizer.encoder.items() if index == 0)
    return {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": padding}
