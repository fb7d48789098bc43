"""Train the upper image tower, on what the frozen lower one says, against fixed directions."""

import copy
import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.embedded import prompts
from training.embedded.captions import FIXED, phrases, sample
from training.embedded.concepts import DAMAGED_AXIS, NAMES, WEIGHTS, target
from training.embedded.data import Cache
from training.embedded.image_tower import Upper
from training.embedded.targets import Targets, targets

EPOCHS = 12
SINGLE, GROUPS = 64, 24  # photos and damaged groups a batch
FAMILIES, SERIES = 3, 8  # series a batch, and photos of each
RATE = 1e-3
DECAY = 0.3
EMA = 0.995
BANK = 6000  # captions in store, of which SEEN are compared with a batch
SEEN = 384
MARGIN = 0.6  # of the difference of two damaged photos' labels, by which their scores differ
DAMAGE = 2.5  # weight of their order
SAME = 1.0  # weight of the order within a series
TEMPERATURE = 0.05
FAINT = 0.03  # least spread: captions that say next to nothing must not outweigh the others
SCALE = 0.5  # overall score of a photo of quality 1
TOLERANCE = 0.08  # how far apart two scores are before their order counts as settled
LABEL_NOISE = 0.1


@dataclass(frozen=True)
class Words:
    """Directions of captions, as far as training needs them."""

    bank: Tensor  # (BANK, dim)
    spread: Tensor  # (BANK,) standard deviation of what each caption says of the training images
    ranked: Tensor  # (directions, dim): the overall score and the plainest pair
    defects: dict[str, Tensor]  # axis: captions of its bad end, (n, dim)

    def to(self, device: torch.device) -> "Words":
        """Move to a device."""
        defects = {axis: part.to(device) for axis, part in self.defects.items()}
        tensors = (part.to(device) for part in (self.bank, self.spread, self.ranked))
        return Words(*tensors, defects)


@dataclass(frozen=True)
class Batch:
    """Row numbers of a batch and, for the pairs within its groups, which beats which."""

    rows: np.ndarray
    families: np.ndarray  # for the rows at the start, which have human scores: series, or -1
    better: np.ndarray  # positions in the batch
    worse: np.ndarray


def load_words(seed: int, aims: Targets) -> Words:
    """Draw captions; their directions are known, so no text tower is asked."""
    random = np.random.default_rng(seed)

    def place(facts: Sequence[np.ndarray]) -> Tensor:
        return torch.from_numpy(target(np.stack(facts)))

    stock = [c.facts for c in islice(sample(random), BANK)] + list(FIXED.values()) * 10
    bad: dict[str, list[np.ndarray]] = {axis: [] for axis, _ in DAMAGED_AXIS.values()}
    for phrase in phrases():
        leading = NAMES[int(np.abs(phrase.facts).argmax())] if phrase.facts.any() else ""
        if leading in bad and phrase.facts[NAMES.index(leading)] < -0.85:
            bad[leading].append(phrase.facts)
    ranked = torch.stack(
        list(prompts.weight_of(lambda words: place([FIXED[w] for w in words])).values())
    )
    bank = place(stock)
    meant = torch.from_numpy(aims.values * WEIGHTS) @ bank[:, : len(NAMES)].T
    spread = meant.std(dim=0).clamp(min=FAINT)
    return Words(bank, spread, ranked, {axis: place(facts) for axis, facts in bad.items()})


def batches(cache: Cache, aims: Targets, seed: int, epoch: int) -> list[Batch]:
    """One epoch: every training photo once in one view, with series and damaged groups."""
    random = np.random.default_rng([seed, epoch])
    table = cache.table
    natural = table[table["group"] < 0]
    photos = [g.index.to_numpy() for _, g in natural.groupby("file")]
    in_series = natural[natural["series"] != ""]
    families = [
        [g.index.to_numpy() for _, g in family.groupby("file")]
        for _, family in in_series.groupby("series")
    ]
    groups = [g.index.to_numpy() for _, g in table[table["group"] >= 0].groupby("group")]
    quality = aims.values[:, NAMES.index("quality")]
    order = random.permutation(len(photos))
    queue = np.concatenate([random.permutation(len(groups)) for _ in range(1 + len(order) // 64)])
    made = []
    for number, start in enumerate(range(0, len(order) - SINGLE + 1, SINGLE)):
        rows = [random.choice(photos[i]) for i in order[start : start + SINGLE]]
        of = [-1] * len(rows)
        for number_of in random.choice(len(families), min(FAMILIES, len(families)), replace=False):
            family = families[number_of]
            some = random.permutation(len(family))[:SERIES]
            rows += [random.choice(family[i]) for i in some]
            of += [number_of] * len(some)
        better, worse = [], []
        for g in queue[number * GROUPS : (number + 1) * GROUPS]:
            members = groups[g]
            for i in range(len(members)):
                for j in range(len(members)):
                    if quality[members[i]] > quality[members[j]]:
                        better.append(len(rows) + i)
                        worse.append(len(rows) + j)
            rows.extend(members)
        made.append(Batch(np.array(rows), np.array(of), np.array(better), np.array(worse)))
    return made


@dataclass(frozen=True)
class Labels:
    """What is known of the images of a batch, the photos with human scores first."""

    values: Tensor  # (n, axes)
    known: Tensor
    families: Tensor  # (scored,)
    kinds: list[str]
    better: np.ndarray
    worse: np.ndarray


def loss_of(
    vectors: Tensor, labels: Labels, words: Words, random: np.random.Generator
) -> dict[str, Tensor]:
    """The six parts of the loss; see README.md."""
    known, device = labels.known, vectors.device
    weights = torch.from_numpy(WEIGHTS).to(device)
    values = labels.values + LABEL_NOISE * torch.randn_like(labels.values)
    # Similarity to captions: what the caption says of the photo, as far as it is known.
    drawn = torch.from_numpy(random.integers(0, len(words.bank), SEEN)).to(device)
    seen, spread = words.bank[drawn], words.spread[drawn]
    facts = seen[:, : len(NAMES)]
    goal = (values * weights) @ facts.T
    sure = (known @ facts.square().T).clamp(min=0.02)
    error = ((vectors @ seen.T - goal) / spread).square()
    parts = {"similarity": (sure * error).sum() / sure.sum()}
    # Order of human scores among undamaged photos, by the scores that people will read.
    n = len(labels.families)
    scores = vectors @ words.ranked.T
    quality = values[:, NAMES.index("quality")]
    human = quality[:n] * SCALE
    parts["concordance"] = (
        2 * torch.stack([1 - _concordance(s, human) for s in scores[:n].T]).mean()
    )
    gap = human[:, None] - human[None, :]
    weight = gap.clamp(0.0, 0.3) * (gap > 0.05)
    lost = functional.softplus((scores[None, :n, 0] - scores[:n, None, 0]) / TOLERANCE)
    parts["order"] = (weight * lost).sum() / weight.sum()
    family = labels.families
    weight = weight * ((family[:, None] == family[None, :]) & (family[:, None] >= 0))
    parts["series"] = SAME * (weight * lost).sum() / weight.sum().clamp(min=1e-6)
    # The undamaged photo before the damaged one, the less damaged before the more damaged.
    margin = MARGIN * SCALE * (quality[labels.better] - quality[labels.worse])
    lead = scores[labels.better] - scores[labels.worse]
    damage = functional.softplus((margin[:, None] - lead) / TOLERANCE).mean()
    parts["damage"] = DAMAGE * damage
    # Naming the damage: one caption of each kind, which of them fits?
    axes = list(words.defects)
    choice = torch.stack([words.defects[a][random.integers(len(words.defects[a]))] for a in axes])
    named = [(i, axes.index(DAMAGED_AXIS[k][0])) for i, k in enumerate(labels.kinds) if k]
    where, right = (torch.tensor(c, device=device) for c in zip(*named, strict=True))
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


def vectors_of(tower: Upper, seen: Sequence[np.ndarray]) -> Tensor:
    """Unit vectors on the CPU of images given by what the lower tower says of them."""
    tower.eval()
    device = next(tower.parameters()).device
    parts = []
    for start in range(0, len(seen[0]), 256):
        some = [part[start : start + 256] for part in seen]
        with torch.no_grad():
            parts.append(tower(*_tensors(some, device)).cpu())
    return torch.cat(parts)


def _tensors(seen: Sequence[np.ndarray], device: torch.device) -> list[Tensor]:
    found = [torch.from_numpy(np.asarray(part)).to(device).float() for part in seen]
    return [x.contiguous(memory_format=torch.channels_last) if x.ndim > 2 else x for x in found]


class Run:
    """A training run that can stop after any epoch and go on."""

    def __init__(self, cache: Cache, upper: Upper, folder: Path, seed: int, epochs: int) -> None:
        torch.manual_seed(seed)
        self.cache, self.folder, self.seed, self.epochs = cache, folder, seed, epochs
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.aims = targets(cache.table)
        self.words = load_words(seed, self.aims).to(self.device)
        self.tower = upper.to(self.device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.tower).eval()
        steps = len(batches(cache, self.aims, seed, 0)) * epochs
        self.optimiser = torch.optim.AdamW(self.tower.parameters(), RATE, weight_decay=DECAY)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser, RATE, total_steps=steps, pct_start=0.1
        )
        self.epoch = 0
        self.checkpoint = folder / "checkpoint.pt"
        if self.checkpoint.is_file():
            self._resume()

    def step(self, batch: Batch, random: np.random.Generator) -> dict[str, float]:
        """One step of the optimiser; returns the parts of the loss."""
        order = np.argsort(batch.rows)  # the maps lie on disk
        back = np.argsort(order)
        maps = [m[batch.rows[order]][back] for m in (self.cache.fine, self.cache.coarse)]
        known = (torch.from_numpy(a[batch.rows]) for a in (self.aims.values, self.aims.known))
        values, sure = (part.to(self.device) for part in known)
        kinds = self.cache.table["kind"].to_numpy()[batch.rows].tolist()
        families = torch.from_numpy(batch.families).to(self.device)
        labels = Labels(values, sure, families, kinds, batch.better, batch.worse)
        self.tower.train()
        with torch.autocast(self.device.type, torch.bfloat16):
            seen = [*maps, self.cache.statistics[batch.rows]]
            vectors = self.tower(*_tensors(seen, self.device)).float()
        parts = loss_of(vectors, labels, self.words, random)
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
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
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
