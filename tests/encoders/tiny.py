"""A bundle of a few kilobytes with everything that a real one has."""

import json
from pathlib import Path
from typing import Literal

import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split
from tokenizers.processors import TemplateProcessing

from tests.encoders.onnx_writer import model, node, value

SIDE = 16
DIM = 6
CONTEXT = 12
PATCHES = 4
START, END = "<|startoftext|>", "<|endoftext|>"

# How the batch sits in the graph: free; fixed at 1 but nothing depends on it; fixed and baked into
# a constant; fixed and, if it were larger, mixing the rows; free, with a mean and a bias that
# OpenVINO 2026.4 adds up wrongly for any batch but 1.
# Stubborn: fixed, and flattened with the batch.
Batch = Literal["free", "fixed", "baked", "stubborn", "mixing", "misfused"]


def write_bundle(folder: Path, batch: Batch = "free") -> Path:
    rng = np.random.default_rng(7)
    for name in ("visual", "textual"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "visual/model.onnx").write_bytes(visual(rng, batch))
    (folder / "textual/model.onnx").write_bytes(textual(rng, batch))
    tokenizer().save(str(folder / "textual/tokenizer.json"))
    settings = {
        "visual/preprocess_cfg.json": {
            "size": SIDE,
            "mode": "RGB",
            "mean": [0.48, 0.46, 0.41],
            "std": [0.27, 0.26, 0.28],
            "interpolation": "bicubic",
            "resize_mode": "shortest",
            "fill_color": 0,
        },
        "textual/tokenizer_config.json": {"pad_token": END, "eos_token": {"content": END}},
        "config.json": {
            "embed_dim": DIM,
            "vision_cfg": {"image_size": SIDE},
            "text_cfg": {"context_length": CONTEXT},
        },
    }
    for name, content in settings.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder


def visual(rng: np.random.Generator, batch: Batch) -> bytes:
    """Patches of 8, projected, rectified, averaged and projected again."""
    hidden, first = 10, "n" if batch in ("free", "misfused") else 1
    nodes = [
        node("Conv", ["image", "kernel"], "patches", kernel_shape=[8, 8], strides=[8, 8]),
        node("Relu", ["patches"], "active"),
        node("Reshape", ["active", "shape"], "flat"),
        node("ReduceMean", ["flat"], "mean", axes=[2], keepdims=0),
        *_tail(batch),
    ]
    if batch == "stubborn":
        nodes[2:] = [
            node("Reshape", ["active", "all"], "line"),
            node("MatMul", ["line", "lines"], "row"),
            node("Reshape", ["row", "one row"], "embedding"),
        ]
    return model(
        nodes,
        inputs=[value("image", "float32", [first, 3, SIDE, SIDE])],
        outputs=[value("embedding", "float32", [first, DIM])],
        constants={
            "all": np.array([hidden * PATCHES], np.int64),
            "lines": np.random.default_rng(8)
            .standard_normal((hidden * PATCHES, DIM))
            .astype(np.float32),
            "one row": np.array([1, DIM], np.int64),
            "kernel": rng.standard_normal((hidden, 3, 8, 8)).astype(np.float32),
            "shape": np.array([0 if batch in ("free", "fixed") else 1, hidden, PATCHES], np.int64),
            "bias": rng.standard_normal(hidden).astype(np.float32),
            "offset": rng.standard_normal(DIM).astype(np.float32),
            "projection": rng.standard_normal((hidden, DIM)).astype(np.float32),
        },
    )


def textual(rng: np.random.Generator, batch: Batch) -> bytes:
    """Token vectors, weighted by their place and averaged."""
    hidden, first = 10, "n" if batch in ("free", "misfused") else 1
    nodes = [
        node("Gather", ["table", "text"], "tokens", axis=0),
        node("Mul", ["tokens", "places"], "placed"),
        node("ReduceMean", ["placed"], "mean", axes=[1], keepdims=0),
        *_tail(batch),
    ]
    return model(
        nodes,
        inputs=[value("text", "int32", [first, CONTEXT])],
        outputs=[value("embedding", "float32", [first, DIM])],
        constants={
            "table": rng.standard_normal((1000, hidden)).astype(np.float32),
            "places": rng.standard_normal((CONTEXT, 1)).astype(np.float32),
            "bias": rng.standard_normal(hidden).astype(np.float32),
            "offset": rng.standard_normal(DIM).astype(np.float32),
            "projection": rng.standard_normal((hidden, DIM)).astype(np.float32),
        },
    )


def _tail(batch: Batch) -> list[bytes]:
    """From the mean (n, hidden) to the embedding."""
    if batch == "misfused":
        add = node("Add", ["mean", "bias"], "shifted")
        return [add, node("MatMul", ["shifted", "projection"], "embedding")]
    if batch == "mixing":
        across = node("ReduceMean", ["mean"], "neighbours", axes=[0], keepdims=1)
        add = node("Add", ["mean", "neighbours"], "shifted")
        return [across, add, node("MatMul", ["shifted", "projection"], "embedding")]
    product = node("MatMul", ["mean", "projection"], "projected")
    return [product, node("Add", ["projected", "offset"], "embedding")]


def tokenizer() -> Tokenizer:
    """CLIP's kind: bytes to characters, words end in </w>, one merge."""
    letters = sorted(ByteLevel.alphabet())
    words = [*letters, *(letter + "</w>" for letter in letters), "th", "the</w>", START, END]
    vocabulary = {word: index for index, word in enumerate(words)}
    merges = [("t", "h"), ("th", "e</w>")]
    built = Tokenizer(BPE(vocabulary, merges, unk_token=END, end_of_word_suffix="</w>"))
    pattern = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    built.pre_tokenizer = Sequence(
        [Split(Regex(pattern), "removed", invert=True), ByteLevel(add_prefix_space=False)]
    )
    built.add_special_tokens([AddedToken(START), AddedToken(END)])
    built.post_processor = TemplateProcessing(
        single=f"{START} $A {END}",
        special_tokens=[(START, vocabulary[START]), (END, vocabulary[END])],
    )
    return built
