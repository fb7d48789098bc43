"""The tower for words: a small transformer."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.embedded.concepts import DIM


class TextTower(nn.Module):
    """Token ids (n, context) to unit vectors (n, DIM); padding is left out of the mean."""

    def __init__(
        self, vocabulary: int, context: int, pad: int, width: int = 128, layers: int = 2
    ) -> None:
        super().__init__()
        self.pad = pad
        self.heads = 4
        self.tokens = nn.Embedding(vocabulary, width)
        self.places = nn.Parameter(torch.randn(context, width) * 0.02)
        nn.init.normal_(self.tokens.weight, std=0.05)
        self.layers = nn.ModuleList(Layer(width, self.heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, DIM)

    def forward(self, text: Tensor) -> Tensor:
        real = text != self.pad
        x = self.tokens(text) + self.places[: text.shape[1]]
        ban = torch.zeros_like(text, dtype=x.dtype).masked_fill(~real, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, ban)
        weight = real.to(x.dtype)[:, :, None]
        mean = (self.norm(x) * weight).sum(dim=1) / weight.sum(dim=1)
        return functional.normalize(self.head(mean), dim=1)


class Layer(nn.Module):
    """A transformer layer, normalised first, attention written out for a plain ONNX graph."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 3 * width), nn.Linear(3 * width, width)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor, ban: Tensor) -> Tensor:
        length, width = x.shape[1], x.shape[2]
        parts = self.qkv(self.norm1(x)).reshape(-1, length, 3, self.heads, width // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4).unbind(0)
        scores = q @ k.transpose(2, 3) * (width // self.heads) ** -0.5 + ban
        mixed = (scores.softmax(dim=-1) @ v).transpose(1, 2).reshape(-1, length, width)
        x = x + self.dropout(self.out(mixed))
        hidden = functional.gelu(self.wide(self.norm2(x)), approximate="tanh")
        return x + self.dropout(self.narrow(hidden))
