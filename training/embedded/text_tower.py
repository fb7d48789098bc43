"""The tower for words: the first layers of BERT as MiniLM has them, and a head of our own.

Source: Devlin et al., NAACL 2019 (BERT); Wang et al., NeurIPS 2020 (MiniLM); mean over the tokens
as in Reimers & Gurevych, EMNLP 2019 (Sentence-BERT).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.embedded.concepts import DIM

WIDTH, HEADS, INNER = 384, 12, 1536  # MiniLM-L6-H384's
LAYERS = 4  # of six; with three, sentences and denials came out a little worse
HIDDEN = 256  # of the head, chosen by us
EPSILON = 1e-12  # of BERT's layer norms


class Body(nn.Module):
    """Token ids (n, length) to the mean (n, WIDTH) of the last layer; padding counts nothing."""

    def __init__(self, vocabulary: int, context: int, pad: int, layers: int) -> None:
        super().__init__()
        self.pad = pad
        self.tokens = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.Parameter(torch.zeros(context, WIDTH))  # BERT's first segment included
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))

    def forward(self, text: Tensor) -> Tensor:
        real = text != self.pad
        x = self.norm(self.tokens(text) + self.places[: text.shape[1]])
        ban = torch.zeros_like(text, dtype=x.dtype).masked_fill(~real, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, ban)
        weight = real.to(x.dtype)[:, :, None]
        return (x * weight).sum(dim=1) / weight.sum(dim=1)


class Layer(nn.Module):
    """A layer of BERT, normalised last; attention is written out for a plain ONNX graph."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.wide, self.narrow = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.norm2 = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor, ban: Tensor) -> Tensor:
        length = x.shape[1]
        parts = self.qkv(x).reshape(-1, length, 3, HEADS, WIDTH // HEADS)
        q, k, v = parts.permute(2, 0, 3, 1, 4).unbind(0)
        scores = q @ k.transpose(2, 3) * (WIDTH // HEADS) ** -0.5 + ban
        mixed = (scores.softmax(dim=-1) @ v).transpose(1, 2).reshape(-1, length, WIDTH)
        x = self.norm1(x + self.dropout(self.out(mixed)))
        return self.norm2(x + self.dropout(self.narrow(functional.gelu(self.wide(x)))))


class TextTower(nn.Module):
    """Token ids (n, length) to unit vectors (n, DIM)."""

    def __init__(self, vocabulary: int, context: int, pad: int, layers: int = LAYERS) -> None:
        super().__init__()
        self.body = Body(vocabulary, context, pad, layers)
        self.head = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(WIDTH, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, DIM)
        )

    def forward(self, text: Tensor) -> Tensor:
        return functional.normalize(self.head(self.body(text)), dim=1)
