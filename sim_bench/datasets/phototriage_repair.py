"""PhotoTriage's votes and reasons joined to the files they are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim_bench.datasets.judgements import PAIR_COLUMNS, Pairs
from sim_bench.datasets.phototriage_match import Orders, match_orders
from sim_bench.datasets.phototriage_votes import Votes, numbers_of

SEVERAL = "several"
NONE = "none"


@dataclass(frozen=True)
class Repair:
    """Votes and reasons by file.

    Attributes:
        pairs: Pairs of the matched series: `wins` and `votes` count people. With reasons of a
            fixed set, the attribute `reason` is the one given most often ("several" where two
            are, "none" where none was). All other listed pairs are left out, with a reason.
        reasons: By pair id: how often people gave which reason, whichever photo they preferred.
        orders: Which review number was found to be which photo, and for which series not.
    """

    pairs: Pairs
    reasons: Mapping[str, Mapping[str, int]]
    orders: Orders


def match_votes(votes: Votes, pairs: Pairs) -> Repair:
    """Join votes to the pairs of every series whose order of review numbers can be found out.

    Args:
        votes: Votes under review numbers.
        pairs: Published preferences of `PhotoTriage`.
    """
    return join_votes(votes, pairs, match_orders(votes, pairs))


def join_votes(votes: Votes, pairs: Pairs, orders: Orders) -> Repair:
    """Join votes to pairs in the orders found."""
    import pandas as pd

    rows: list[dict[Any, Any]] = []
    reasons: dict[str, Mapping[str, int]] = {}
    left_out = dict(pairs.left_out)
    for row in pairs.table.to_dict("records"):
        pair = str(row["pair"])
        series, first, second = numbers_of(pair)
        if series not in orders.order:
            left_out[pair] = f"its series was not matched: {orders.outcome[series]}"
            continue
        a, b = (orders.order[series].index(photo) for photo in (first, second))
        wins, losses = (votes.wins[series].get(key, 0) for key in ((a, b), (b, a)))
        if wins + losses == 0:
            left_out[pair] = "nobody voted on it"
            continue
        given = votes.reasons.get(series, {}).get((min(a, b), max(a, b)), {})
        reasons[pair] = {name: count for name, count in given.items() if count}
        counted = {"wins": float(wins), "votes": float(wins + losses)}
        rows.append({**row, **counted, "reason": _commonest(given)})
    attributes = (*pairs.attributes, *(("reason",) if votes.labels else ()))
    table = pd.DataFrame(rows, columns=[*PAIR_COLUMNS, *attributes])
    return Repair(Pairs(table, pairs.photos, True, attributes, left_out), reasons, orders)


def _commonest(given: Mapping[str, int]) -> str:
    most = max(given.values(), default=0)
    if most == 0:
        return NONE
    first, *others = (name for name, count in given.items() if count == most)
    return SEVERAL if others else first
