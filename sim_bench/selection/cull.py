"""From photos to verdicts: looked at, grouped, compared within their groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim_bench.encoders.base import Encoder
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor, looks_at_every_pixel
from sim_bench.selection.choosing import COLUMNS, ChoosingSettings, choose_all
from sim_bench.selection.choosing_group import Reasons
from sim_bench.selection.choosing_reasons import TellingReasons, technical_reasons
from sim_bench.selection.choosing_scale import known_scales
from sim_bench.selection.group import Group
from sim_bench.selection.grouping import group
from sim_bench.selection.intent import intents_of
from sim_bench.selection.shots import Card, Watch, take

if TYPE_CHECKING:
    import pandas as pd

    from sim_bench.store.store import Store

METHODS = ("clip_aesthetic", "sharpness")
"""What chooses unless other methods are named: docs/choosing.md has the comparison."""


@dataclass(frozen=True, eq=False)
class Culling:
    """What became of a card.

    Attributes:
        groups: Every photo in one.
        table: One row per photo, group by group: `choosing.COLUMNS`, then a score per method.
        card: What was seen of the photos.
    """

    groups: tuple[Group, ...]
    table: "pd.DataFrame"
    card: Card


def cull(
    paths: Sequence[Path],
    methods: Mapping[str, QualityAssessor],
    *,
    store: "Store | None" = None,
    watch: Watch = lambda records, _: records,
) -> Culling:
    """Group photos, and say of each whether to keep it; nothing on the disk is changed.

    Args:
        paths: The photos, each once.
        methods: What chooses, by column; all have equal shares, but for the pair of `METHODS`.
        store: Keeps looks, vectors and scores; what it holds is not computed again.
        watch: Passes records on, given their number; e.g. to show progress.

    Raises:
        ValueError: No methods, or a photo is given twice.
        ModelError: A method cannot run here.
    """
    card = take(paths, methods, store=store, watch=watch)
    groups = group(card.shots)
    verdicts = choose_all(
        groups,
        card.scores,
        {name: method.direction for name, method in methods.items()},
        reasons=_reasons(methods, store),
        intents=intents_of,
        settings=ChoosingSettings(scales=known_scales(methods)),
    )
    scores = card.scores.set_index("path")[list(methods)]
    table = verdicts.join(scores, on="path")
    return Culling(groups, table[[*COLUMNS, *methods]], card)


def _reasons(methods: Mapping[str, QualityAssessor], store: "Store | None") -> Reasons:
    """Reasons by technical prompts where a method has a CLIP model, else by the first method."""
    exact = any(map(looks_at_every_pixel, methods.values()))
    for method in methods.values():
        if isinstance(method, VectorBasedAssessor) and isinstance(method.encoder, Encoder):
            return technical_reasons(
                method.encoder, store, decode="exact" if exact else method.decode
            )
    return TellingReasons(next(iter(methods.values())), store=store)
