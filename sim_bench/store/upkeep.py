"""Upkeep of the store: what it holds, what can go, and whether it is as it was written."""

from sim_bench.store.info import AssessorInfo, EncoderInfo, StoreInfo, info
from sim_bench.store.prune import Pruned, prune
from sim_bench.store.verify import TableCheck, Verification, verify

__all__ = [
    "AssessorInfo",
    "EncoderInfo",
    "Pruned",
    "StoreInfo",
    "TableCheck",
    "Verification",
    "info",
    "prune",
    "verify",
]
