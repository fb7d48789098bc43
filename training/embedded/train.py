"""Train the image tower against the locked text tower."""

import copy
import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.embedded import prompts, text
from training.embedded.captions import FIXED, phrases, sample
from training.embedded.concepts import DAMAGED_AXIS, NAMES, WEIGHTS
from training.embedded.data import SIZE, Cache
from training.embedded.fresh import Fresh, draw, eligible
from training.embedded.image_tower import MEAN, STD, ImageTower
from training.embedded.targets import Targets, targets

EPOCHS = 12
SINGLE, SERIES, GROUPS = 36, 12, 10  # photos, photos of one series, and damaged groups a batch
RATE = 2e-3
DECAY = 0.05
EMA = 0.998
BANK = 6000  # captions in store, of which SEEN are compared with a batch
SEEN = 384
SIDES = (112, 128, 144, 160)  # crops of the 256 px cache; the whole is seen at inference
LATE = 0.75  # where the last part of the run begins, in which
LATE_SIDES = (176, 192, 208)  # crops are nearer to the whole
LATE_DAMAGE = 3.0  # and the order of damaged photos counts more,
MARGIN, LATE_MARGIN = 0.6, 1.0  # with a lead nearer to the full difference of the labels
TEMPERATURE = 0.05
FAINT = 0.03  # least spread: captions that say next to nothing must not outweigh the others
SCALE = 0.5  # overall score of a photo of quality 1
TOLERANCE = 0.08  # how far apart two scores are before their order counts as settled
LABEL_NOISE = 0.03


@dataclass(frozen=True)
class Words:
    """Caption vectors, as far as training needs them."""

    bank: Tensor  # (BANK, dim)
    spread: Tensor  # (BANK,) standard deviation of what each caption says of the training images
    ranked: Tensor  # (directions, dim): the overall score and the plainest pair
    defects: dict[str, Tensor]  # axis: captions of its bad end, (n, dim)


@dataclass(frozen=True)
class Batch:
    """Row numbers of a batch and, for the pairs within its groups, which beats which."""

    rows: np.ndarray
    scored: int  # how many at the start have human scores
    better: np.ndarray  # positions in the batch
    worse: np.ndarray


def load_words(folder: Path, seed: int, aims: Targets) -> Words:
    """Encode the caption store with the locked tower."""
    tokenizer, tower = text.load(folder)

    def encode(texts: Sequence[str]) -> Tensor:
        return text.encode(tokenizer, tower, list(texts))

    random = np.random.default_rng(seed)
    stock = [c.words for c in islice(sample(random), BANK)] + list(FIXED) * 10
    bad: dict[str, list[str]] = {axis: [] for axis, _ in DAMAGED_AXIS.values()}
    for phrase in phrases():
        leading = NAMES[int(np.abs(phrase.facts).argmax())] if phrase.facts.any() else ""
        if leading in bad and phrase.facts[NAMES.index(leading)] < -0.85:
            template = "a photo with {}" if phrase.form == "thing" else "{} photo"
            bad[leading].append(
                phrase.words if phrase.form == "name" else template.format(phrase.words)
            )
    defects = {axis: encode(words) for axis, words in bad.items()}
    ranked = torch.stack(list(prompts.weight_of(encode).values()))
    bank = encode(stock)
    meant = torch.from_numpy(aims.values * WEIGHTS) @ bank[:, : len(NAMES)].T
    return Words(bank, meant.std(dim=0).clamp(min=FAINT), ranked, defects)


def batches(cache: Cache, aims: Targets, seed: int, epoch: int) -> list[Batch]:
    """One epoch: every training photo once, with series and damaged groups beside it."""
    random = np.random.default_rng([seed, epoch])
    table = cache.table
    natural = np.flatnonzero(table["group"] < 0)
    in_series = table[(table["group"] < 0) & (table["series"] != "")]
    families = [f.index.to_numpy() for _, f in in_series.groupby("series")]
    damaged = table[table["group"] >= 0]
    groups = [g.index.to_numpy() for _, g in damaged.groupby("group")]
    order = random.permutation(natural)
    quality = aims.values[:, NAMES.index("quality")]
    kinds = table["kind"].to_numpy()
    made = []
    for start in range(0, len(order) - SINGLE + 1, SINGLE):
        family = random.permutation(families[random.integers(len(families))])[:SERIES]
        rows = [*order[start : start + SINGLE], *family]
        scored = len(rows)
        better, worse = [], []
        for g in random.choice(len(groups), GROUPS, replace=False):
            members = groups[g]
            for i in range(len(members)):
                for j in range(len(members)):
                    a, b = members[i], members[j]
                    if quality[a] > quality[b] and kinds[a] in ("", kinds[b]):
                        better.append(len(rows) + i)
                        worse.append(len(rows) + j)
            rows.extend(members)
        made.append(Batch(np.array(rows), scored, np.array(better), np.array(worse)))
    return made


def images(
    pixels: np.ndarray,
    random: np.random.Generator,
    *,
    shared: np.ndarray,
    sides: Sequence[int] = SIDES,
) -> Tensor:
    """Random crops and mirror images as normalised (n, 3, side, side).

    Args:
        pixels: uint8 (n, SIZE, SIZE, 3).
        random: the generator.
        shared: (n,) images with an equal number are cropped alike, as a damaged pair must be.
        sides: of the crops; one is drawn for the batch.
    """
    side = int(random.choice(sides))
    places = random.integers(0, SIZE - side + 1, (shared.max() + 1, 2))
    mirrored = random.random(shared.max() + 1) < 0.5
    out = np.empty((len(pixels), side, side, 3), dtype=np.uint8)
    for i, number in enumerate(shared):
        top, left = places[number]
        cut = pixels[i, top : top + side, left : left + side]
        out[i] = cut[:, ::-1] if mirrored[number] else cut
    x = normalise(torch.from_numpy(out))
    if random.random() < 0.25:  # other cameras, other resizers: a little less detail
        smaller = int(side * random.uniform(0.8, 1.0)) // 16 * 16
        x = functional.interpolate(x, smaller, mode="bilinear", antialias=True)
    return x


def normalise(pixels: Tensor) -> Tensor:
    """Uint8 (n, S, S, 3) to normalised float (n, 3, S, S)."""
    x = pixels.permute(0, 3, 1, 2).float().div_(255.0)
    return (x - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]


@dataclass(frozen=True)
class Labels:
    """What is known of the images of a batch, the photos with human scores first."""

    values: Tensor  # (n, axes)
    known: Tensor
    scored: int
    kinds: list[str]
    better: np.ndarray
    worse: np.ndarray


def labels_of(batch: Batch, fresh: Fresh, aims: Targets, kinds: np.ndarray) -> Labels:
    """Put the labels of a batch and of its freshly damaged images one after the other."""
    n = len(batch.rows)
    return Labels(
        torch.from_numpy(np.concatenate([aims.values[batch.rows], fresh.values])),
        torch.from_numpy(np.concatenate([aims.known[batch.rows], fresh.known])),
        batch.scored,
        [*kinds[batch.rows], *fresh.kinds],
        np.concatenate([batch.better, fresh.better + n]),
        np.concatenate([batch.worse, fresh.worse + n]),
    )


def loss_of(
    vectors: Tensor, labels: Labels, words: Words, random: np.random.Generator, *, late: bool
) -> dict[str, Tensor]:
    """The five parts of the loss; see README.md."""
    known = labels.known
    weights = torch.from_numpy(WEIGHTS)
    values = labels.values + LABEL_NOISE * torch.randn(labels.values.shape)
    # Similarity to captions: what the caption says of the photo, as far as it is known.
    drawn = torch.from_numpy(random.integers(0, len(words.bank), SEEN))
    seen, spread = words.bank[drawn], words.spread[drawn]
    facts = seen[:, : len(NAMES)]
    goal = (values * weights) @ facts.T
    sure = (known @ facts.square().T).clamp(min=0.02)
    error = ((vectors @ seen.T - goal) / spread).square()
    parts = {"similarity": (sure * error).sum() / sure.sum()}
    # Order of human scores among undamaged photos, by the scores that people will read.
    n = labels.scored
    scores = vectors @ words.ranked.T
    quality = values[:, NAMES.index("quality")]
    human = quality[:n] * SCALE
    parts["concordance"] = (
        2 * torch.stack([1 - _concordance(s, human) for s in scores[:n].T]).mean()
    )
    gap = human[:, None] - human[None, :]
    weight = gap.clamp(0.0, 0.3) * (gap > 0.05)
    difference = (scores[:n, None, 0] - scores[None, :n, 0]) / TOLERANCE
    parts["order"] = (weight * functional.softplus(-difference)).sum() / weight.sum()
    # The undamaged photo before the damaged one, the less damaged before the more damaged.
    margin = (
        (LATE_MARGIN if late else MARGIN) * SCALE * (quality[labels.better] - quality[labels.worse])
    )
    lead = scores[labels.better] - scores[labels.worse]
    damage = functional.softplus((margin[:, None] - lead) / TOLERANCE).mean()
    parts["damage"] = (LATE_DAMAGE if late else 1.0) * damage
    # Naming the damage: one caption of each kind, which of them fits?
    axes = list(words.defects)
    choice = torch.stack([words.defects[a][random.integers(len(words.defects[a]))] for a in axes])
    named = [(i, axes.index(DAMAGED_AXIS[k][0])) for i, k in enumerate(labels.kinds) if k]
    where, right = (torch.tensor(column) for column in zip(*named, strict=True))
    parts["naming"] = functional.cross_entropy(vectors[where] @ choice.T / TEMPERATURE, right)
    return parts


def _concordance(a: Tensor, b: Tensor) -> Tensor:
    """Lin's concordance correlation: 1 where a equals b.

    Unlike Pearson's it has a scale, so that its gradient stays small where the scores are still
    nearly alike; Pearson's then drowns every other part of the loss.
    """
    covariance = ((a - a.mean()) * (b - b.mean())).mean()
    apart = a.var(correction=0) + b.var(correction=0) + (a.mean() - b.mean()).square()
    return 2 * covariance / apart


def encode_images(tower: nn.Module, pixels: np.ndarray, batch: int = 64) -> Tensor:
    """Unit vectors of whole images, uint8 (n, SIZE, SIZE, 3)."""
    tower.eval()
    parts = []
    for start in range(0, len(pixels), batch):
        x = normalise(torch.from_numpy(np.array(pixels[start : start + batch])))
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            parts.append(tower(x.contiguous(memory_format=torch.channels_last)).float())
    return torch.cat(parts)


class Run:
    """A training run that can stop after any epoch and go on."""

    def __init__(self, cache: Cache, folder: Path, seed: int, epochs: int) -> None:
        torch.manual_seed(seed)
        self.cache, self.folder, self.seed, self.epochs = cache, folder, seed, epochs
        self.aims = targets(cache.table)
        self.good = eligible(cache.table)
        self.words = load_words(folder, seed, self.aims)
        self.tower = ImageTower().to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.tower).eval()
        steps = len(batches(cache, self.aims, seed, 0)) * epochs
        decayed = [p for p in self.tower.parameters() if p.ndim > 1]
        plain = [p for p in self.tower.parameters() if p.ndim <= 1]
        self.optimiser = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}],
            lr=RATE,
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser, RATE, total_steps=steps, pct_start=0.08
        )
        self.epoch = 0
        self.checkpoint = folder / "checkpoint.pt"
        if self.checkpoint.is_file():
            self._resume()

    def step(self, batch: Batch, random: np.random.Generator) -> dict[str, float]:
        """One step of the optimiser; returns the parts of the loss."""
        groups = self.cache.table["group"].to_numpy()[batch.rows]
        shared = np.where(groups >= 0, groups, -1 - np.arange(len(groups)))
        numbers = np.unique(shared, return_inverse=True)[1]
        late = self.schedule.last_epoch >= LATE * self.schedule.total_steps
        sides = LATE_SIDES if late else SIDES
        x = images(self.cache.pixels[batch.rows], random, shared=numbers, sides=sides)
        fresh = draw(self.cache.pixels, self.aims, self.good, x.shape[2], random)
        x = torch.cat([x, normalise(torch.from_numpy(fresh.pixels))])
        x = x.contiguous(memory_format=torch.channels_last)
        labels = labels_of(batch, fresh, self.aims, self.cache.table["kind"].to_numpy())
        self.tower.train()
        with torch.autocast("cpu", torch.bfloat16):
            vectors = self.tower(x).float()
        parts = loss_of(vectors, labels, self.words, random, late=late)
        self.optimiser.zero_grad()
        torch.stack(list(parts.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.tower.parameters(), 2.0)
        self.optimiser.step()
        self.schedule.step()
        self._follow()
        return {name: part.item() for name, part in parts.items()}

    def _follow(self) -> None:
        pace = min(EMA, (1 + self.schedule.last_epoch) / (10 + self.schedule.last_epoch))
        averages, news = self.average.state_dict(), self.tower.state_dict()  # both detached
        for kept, new in zip(averages.values(), news.values(), strict=True):
            if kept.dtype.is_floating_point:
                kept.lerp_(new, 1 - pace)
            else:
                kept.copy_(new)

    def run_epoch(self) -> dict[str, float]:
        """All batches of one epoch; returns mean losses and the seconds it took."""
        torch.manual_seed(self.seed * 1009 + self.epoch)
        random = np.random.default_rng([self.seed, self.epoch, 1])
        start = time.monotonic()
        sums: dict[str, float] = {}
        todo = batches(self.cache, self.aims, self.seed, self.epoch)
        for batch in todo:
            for name, value in self.step(batch, random).items():
                sums[name] = sums.get(name, 0.0) + value / len(todo)
        self.epoch += 1
        return {"epoch": self.epoch, **sums, "seconds": time.monotonic() - start}

    def save(self) -> None:
        """Leave a checkpoint, whole or not at all."""
        state = {
            "epoch": self.epoch,
            "tower": self.tower.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": {k: v for k, v in self.schedule.state_dict().items() if not callable(v)},
        }
        part = self.checkpoint.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.checkpoint)

    def _resume(self) -> None:
        state = torch.load(self.checkpoint, weights_only=True)
        self.epoch = state["epoch"]
        self.tower.load_state_dict(state["tower"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])


def write_log(path: Path, row: dict[str, float]) -> None:
    """Append one epoch to the log, which may gain columns on the way."""
    rows = []
    if path.is_file():
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    rows.append({name: str(round(value, 5)) for name, value in row.items()})
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(k for r in rows for k in r)))
        writer.writeheader()
        writer.writerows(rows)
