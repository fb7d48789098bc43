"""Rows that belong to something the store does not hold: never given out, so no harm but size.

They come about when a file is linked to a content that another process drops at that moment, or
when the row that they belong to is damaged.
"""

from sim_bench.store.tables import LIMIT, SHIFT

_NO_CONTENT = f"id % {LIMIT} NOT IN (SELECT id FROM contents)"

ORPHANS = {
    "files": "content NOT IN (SELECT id FROM contents) OR folder NOT IN (SELECT id FROM folders)",
    "vectors": f"{_NO_CONTENT} OR id >> {SHIFT} NOT IN (SELECT id FROM encoders)",
    "scores": f"{_NO_CONTENT} OR id >> {SHIFT} NOT IN (SELECT id FROM assessors)",
    "texts": "encoder NOT IN (SELECT id FROM encoders)",
}
"""By table, the condition that finds them."""
