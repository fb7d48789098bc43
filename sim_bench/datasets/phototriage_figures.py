"""The figures of docs/phototriage.md, computed from the files."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim_bench.datasets.judgements import Pairs
from sim_bench.datasets.phototriage import PhotoTriage
from sim_bench.datasets.phototriage_match import REPRODUCED, Orders, match_orders
from sim_bench.datasets.phototriage_repair import join_votes
from sim_bench.datasets.phototriage_votes import (
    Agreement,
    Votes,
    agreement_by_number,
    numbers_of,
    read_votes,
)

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Orders found from one half of the votes, looked at with the other half.

    Attributes:
        matched: Series matched from the first half.
        same: How many of those that all votes match as well have the same order there.
        compared: How many those are.
        agreement: Second half against published preferences, under the orders of the first.
        by_number: The same of the same series by number.
    """

    matched: int
    same: int
    compared: int
    agreement: Agreement
    by_number: Agreement


def figures(root: Path) -> str:
    """Compute all figures; one per line.

    Raises:
        DataMissingError: The pair lists or the votes are not there.
        DatasetError: They are not in their format.
    """
    pairs, votes = PhotoTriage(root).read(), read_votes(root)
    orders = match_orders(votes, pairs)
    repaired = join_votes(votes, pairs, orders).pairs
    likely = match_orders(votes, pairs, reproduce=False)
    same, compared = same_orders(likely, orders)
    foreign = match_orders(votes, with_preferences_of_another(pairs))
    half = held_out(votes, pairs, orders)
    shares = repaired.table["wins"] / repaired.table["votes"]
    published = repaired.table["pair"].map(pairs.table.set_index("pair")["wins"])
    series, r = two_photo_series(votes, pairs)
    lines = [
        f"listed pairs: {len(pairs.table)}",
        f"by number: {_said(agreement_by_number(votes, pairs))}",
        f"by number, unanimous: {_said(agreement_by_number(votes, pairs, unanimous=True))}",
        f"two-photo series: {series}; |preference - 0.5| and |vote share - 0.5| "
        f"correlate at r = {r:.4f}",
        f"series: {_listed(orders.counts)}",
        f"reproduced, by photos: {_listed(_by_size(orders, pairs))}",
        f"with the preferences of another series: {_listed(_by_size(foreign, pairs))}",
        f"matched by likelihood alone: {len(likely.order)}; the same order: {same} of {compared}",
        f"repaired pairs: {len(repaired.table)}, left out: {len(repaired.left_out)}",
        f"repaired votes: {_said(agreement(repaired, pairs))}; share and preference "
        f"correlate at r = {np.corrcoef(shares, published)[0, 1]:.3f}",
        f"from half of the votes: {half.matched} series; the same order: {half.same} of "
        f"{half.compared}; the other half: {_said(half.agreement)}; "
        f"by number: {_said(half.by_number)}",
    ]
    return "".join(f"{line}\n" for line in lines)


def two_photo_series(votes: Votes, pairs: Pairs) -> tuple[int, float]:
    """Return how many series of two photos have votes, and how their margins correlate.

    In these, the trap shows most plainly: preference and votes have the same margin, whichever
    photo it is for.
    """
    margins = []
    for pair, wins in _of_size(pairs, "2")[["pair", "wins"]].itertuples(index=False):
        counts = votes.wins.get(numbers_of(pair)[0], {})
        if total := sum(counts.values()):
            margins.append((abs(wins - 0.5), abs(counts.get((0, 1), 0) / total - 0.5)))
    return len(margins), float(np.corrcoef(np.array(margins).T)[0, 1])


def agreement(repaired: Pairs, pairs: Pairs) -> Agreement:
    """Compare repaired votes with published preferences."""
    published = pairs.table.set_index("pair")["wins"]
    lead = 2 * repaired.table["wins"] - repaired.table["votes"]
    signs = np.sign(lead * (repaired.table["pair"].map(published) - 0.5))
    return Agreement(
        agree=int((signs > 0).sum()),
        disagree=int((signs < 0).sum()),
        undecided=int((signs == 0).sum()),
        without=0,
    )


def same_orders(some: Orders, others: Orders) -> tuple[int, int]:
    """Count the series that have one order in both, and the series that both match."""
    both = some.order.keys() & others.order.keys()
    return sum(some.order[series] == others.order[series] for series in both), len(both)


def with_preferences_of_another(pairs: Pairs) -> Pairs:
    """Give each series the preferences of the next one with as many pairs: a control."""
    wins = pairs.table["wins"].to_numpy().copy()
    sizes = pairs.table.groupby("burst")["pair"].transform("size").to_numpy()
    for size in np.unique(sizes):
        wins[sizes == size] = np.roll(wins[sizes == size], size)
    return replace(pairs, table=pairs.table.assign(wins=wins))


def held_out(votes: Votes, pairs: Pairs, orders: Orders, *, seed: int = 0) -> HeldOut:
    """Match series by likelihood from a random half of their votes; look at the other half."""
    first, second = _halves(votes, np.random.default_rng(seed))
    found = match_orders(first, pairs, reproduce=False)
    same, compared = same_orders(found, orders)
    joined = join_votes(second, pairs, found).pairs
    kept = replace(pairs, table=pairs.table[pairs.table["pair"].isin(joined.table["pair"])])
    return HeldOut(
        len(found.order),
        same,
        compared,
        agreement(joined, pairs),
        agreement_by_number(second, kept),
    )


def _halves(votes: Votes, random: np.random.Generator) -> tuple[Votes, Votes]:
    """Send every vote to one of two halves at random."""
    first, second = {}, {}
    for series, counts in votes.wins.items():
        taken = {key: int(random.binomial(count, 0.5)) for key, count in counts.items()}
        first[series] = taken
        second[series] = {key: count - taken[key] for key, count in counts.items()}
    return Votes(first, {}), Votes(second, {})


def _by_size(orders: Orders, pairs: Pairs) -> Mapping[str, str]:
    sizes = pairs.table.groupby("burst")["series_size"].first()
    all_of, found = Counter(sizes), Counter[str]()
    for burst, size in sizes.items():
        found[size] += orders.outcome[int(str(burst))] == REPRODUCED
    return {size: f"{found[size]} of {all_of[size]}" for size in sorted(all_of)}


def _of_size(pairs: Pairs, size: str) -> "pd.DataFrame":
    return pairs.table[pairs.table["series_size"] == size]


def _said(found: Agreement) -> str:
    return (
        f"{found.agree} agree, {found.disagree} disagree ({found.rate:.1%} of the decided), "
        f"{found.undecided} undecided, {found.without} without votes"
    )


def _listed(counts: Mapping[str, object]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in counts.items())
