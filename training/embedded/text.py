"""Train the text tower: every caption is sent to its direction, in coordinates fixed beforehand.

The tower begins as the first layers of MiniLM with its words, which stay as they are, so that a
word no caption uses keeps its relation to those that captions use.

The image tower is trained against this locked tower, so that the two need never be trained
together and either can be replaced alone.
"""

import csv
import time
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from training.embedded import minilm
from training.embedded import tokenizer as words
from training.embedded.captions import FIXED, SUBJECTS, Caption, phrases, sample, vocabulary
from training.embedded.concepts import target
from training.embedded.text_tower import Body, TextTower

STEPS = 2500
BATCH = 80
RATE, HEAD_RATE = 3e-4, 1e-3  # of MiniLM's layers, and of the head
DECAY = 0.02
TOGETHER = 32  # texts that are padded to one length
TYPO = 0.06  # captions in which a letter is lost, doubled or swapped


def train(folder: Path, seed: int, steps: int = STEPS) -> None:
    """Prune the tokenizer, learn the tower, and leave both in `folder`."""
    done = folder / "text.pt"
    if done.is_file():
        return
    torch.manual_seed(seed)
    tokenizer, tower = begin()
    words.save(tokenizer, folder / "textual")
    learn(tokenizer, tower.train(), np.random.default_rng(seed), steps, folder / "text_log.csv")
    torch.save(tower.state_dict(), done)


def begin() -> tuple[Tokenizer, TextTower]:
    """The tower before training: MiniLM's words and first layers, and a head that knows nothing."""
    known = [p.words for p in phrases()] + list(FIXED) + list(SUBJECTS) + vocabulary().scenes
    tokenizer, kept = words.pruned([*words.common_words(), *known])
    tower = _tower(tokenizer)
    tower.body.load_state_dict(
        minilm.body(kept, words.CONTEXT, len(tower.body.layers)).state_dict()
    )
    for held in (tower.body.tokens.weight, tower.body.places):
        held.requires_grad_(False)
    return tokenizer, tower


def learn(
    tokenizer: Tokenizer,
    tower: TextTower,
    random: np.random.Generator,
    steps: int,
    log: Path,
) -> None:
    """Train in place; the loss of every hundred steps goes to `log`."""
    captions = (_mistype(c, random) for c in sample(random))
    body = [p for p in tower.body.parameters() if p.requires_grad]
    groups = [{"params": body, "lr": RATE}, {"params": tower.head.parameters(), "lr": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [RATE, HEAD_RATE], total_steps=steps, pct_start=0.1
    )
    start, recent = time.monotonic(), []
    with log.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["step", "loss", "seconds"])
        for step in range(1, steps + 1):
            batch = list(islice(captions, BATCH))
            aim = torch.from_numpy(target(np.stack([c.facts for c in batch])))
            with torch.autocast("cpu", torch.bfloat16):
                vectors = tower.head(means(tower.body, tokenizer, [c.words for c in batch]))
            loss = (1 - functional.cosine_similarity(vectors.float(), aim)).mean()
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(tower.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            recent.append(loss.item())
            if step % 100 == 0 or step == steps:
                seconds = time.monotonic() - start
                table.writerow([step, round(float(np.mean(recent)), 5), round(seconds, 1)])
                file.flush()
                recent.clear()


def _tower(tokenizer: Tokenizer) -> TextTower:
    pad = words.number(tokenizer, words.PAD)
    return TextTower(tokenizer.get_vocab_size(), words.CONTEXT, pad)


def load(folder: Path) -> tuple[Tokenizer, TextTower]:
    """Open the trained tower, ready to encode."""
    tokenizer = Tokenizer.from_file(str(folder / "textual" / "tokenizer.json"))
    tower = _tower(tokenizer)
    tower.load_state_dict(torch.load(folder / "text.pt", weights_only=True))
    return tokenizer, tower.eval()


def encode(tokenizer: Tokenizer, tower: TextTower, texts: list[str]) -> Tensor:
    """Unit vectors (n, DIM) of texts."""
    with torch.no_grad():
        return functional.normalize(tower.head(means(tower.body, tokenizer, texts)), dim=1)


def means(body: Body, tokenizer: Tokenizer, texts: list[str]) -> Tensor:
    """What `body` makes of texts (n, width); texts of like length go together, to pad little."""
    rows = [torch.tensor(e.ids, dtype=torch.int32) for e in tokenizer.encode_batch(texts)]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    found = []
    for start in range(0, len(order), TOGETHER):
        some = [rows[i] for i in order[start : start + TOGETHER]]
        padded = nn.utils.rnn.pad_sequence(some, batch_first=True, padding_value=body.pad)
        found.append(body(padded))
    return torch.cat(found)[torch.tensor(order).argsort()]


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
