"""Train the text tower: every caption is sent to its direction, in coordinates fixed beforehand.

The image tower is trained afterwards against this locked tower, so that the two need never be
trained together and either can be replaced alone.
"""

import csv
import time
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional

from training.embedded import tokenizer as words
from training.embedded.captions import FIXED, Caption, sample
from training.embedded.concepts import DIM, NAMES
from training.embedded.text_tower import TextTower

STEPS = 2500
BATCH = 128
RATE = 2e-3
SPLIT_AT_RANDOM = 0.1  # BPE dropout: a word seen in other pieces, as an unseen relative would be
TYPO = 0.06  # captions in which a letter is lost, doubled or swapped


def target(facts: np.ndarray) -> np.ndarray:
    """Place facts (n, axes) in the joint space; what a caption leaves unsaid fills one axis."""
    placed = np.zeros((len(facts), DIM), dtype=np.float32)
    placed[:, : len(NAMES)] = facts
    said = np.square(facts).sum(axis=1)
    placed[:, len(NAMES)] = np.sqrt(np.clip(1.0 - said, 0.0, 1.0))
    return placed


def train(folder: Path, seed: int, steps: int = STEPS) -> None:
    """Learn the tokenizer and the tower, and leave both in `folder`."""
    done = folder / "text.pt"
    if done.is_file():
        return
    random = np.random.default_rng(seed)
    torch.manual_seed(seed)
    stream = sample(random)
    tokenizer = words.learn([c.words for c in islice(stream, 60_000)] + list(FIXED))
    words.save(tokenizer, folder / "textual")
    tower = TextTower(
        tokenizer.get_vocab_size(), words.CONTEXT, words.number(tokenizer, words.PAD)
    ).train()
    optimiser = torch.optim.AdamW(tower.parameters(), lr=RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    tokenizer.model.dropout = SPLIT_AT_RANDOM
    start = time.monotonic()
    with (folder / "text_log.csv").open("w", newline="", encoding="utf-8") as file:
        log = csv.writer(file)
        log.writerow(["step", "loss", "seconds"])
        recent = 0.0
        for step in range(1, steps + 1):
            batch = [_mistype(c, random) for c in islice(stream, BATCH)]
            ids = _tensor(tokenizer, [c.words for c in batch])
            aim = torch.from_numpy(target(np.stack([c.facts for c in batch])))
            loss = (1 - functional.cosine_similarity(tower(ids), aim)).mean()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(tower.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            recent += loss.item()
            if step % 100 == 0:
                log.writerow([step, round(recent / 100, 5), round(time.monotonic() - start, 1)])
                file.flush()
                recent = 0.0
    torch.save(tower.state_dict(), done)


def load(folder: Path) -> tuple[Tokenizer, TextTower]:
    """Open the trained tower, ready to encode."""
    tokenizer = Tokenizer.from_file(str(folder / "textual" / "tokenizer.json"))
    tower = TextTower(tokenizer.get_vocab_size(), words.CONTEXT, words.number(tokenizer, words.PAD))
    tower.load_state_dict(torch.load(folder / "text.pt", weights_only=True))
    return tokenizer, tower.eval()


def encode(tokenizer: Tokenizer, tower: TextTower, texts: list[str]) -> torch.Tensor:
    """Unit vectors (n, DIM) of texts."""
    with torch.no_grad():
        parts = [tower(_tensor(tokenizer, texts[i : i + 512])) for i in range(0, len(texts), 512)]
    return torch.cat(parts)


def _tensor(tokenizer: Tokenizer, texts: list[str]) -> torch.Tensor:
    rows = words.ids(tokenizer, texts)
    pad = words.number(tokenizer, words.PAD)
    longest = max(sum(i != pad for i in row) for row in rows)
    return torch.tensor([row[:longest] for row in rows], dtype=torch.int32)


def _mistype(caption: Caption, random: np.random.Generator) -> Caption:
    text = caption.words
    if random.random() > TYPO or len(text) < 6:
        return caption
    at = int(random.integers(1, len(text) - 2))
    changed = (
        text[:at] + text[at + 1 :],
        text[:at] + text[at] + text[at:],
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
    )[random.integers(3)]
    return Caption(changed, caption.facts)
