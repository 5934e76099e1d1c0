"""What an act did step by step: orders placed or gone one after another, and what was traded just before.

A show need not come and go in one message. Levels of about one size that were placed within a second and
went within another are of one act; each message that withdraws some of them tells of those before it.
"""

from __future__ import annotations

from typing import Any

from tools.detection.order_pool import CANCEL, ENDED
from tools.market.kernel import kernel

STAGE_NS = 1_000_000_000  # from the first level of an act to its last, placed or withdrawn
JUST_NS = 150_000_000  # a trade so shortly before a withdrawal may be its reason
LOOK_BACK = 128  # ends before this message among which earlier levels are looked for
PRINTS = 64  # newest prints among which such a trade is looked for
ALIKE = 0.5  # of the largest level's value: smaller ones are not of the act


@kernel
def levels_before(pool: Any, n_seen: int, lead: Any, ts: int) -> int:
    """Levels like ``lead``, placed within a second of it, that went in earlier messages of the last second.

    A level that went several times counts each time: whoever places it anew does not mean to leave.
    """
    side = 1 if lead.key > 0 else -1
    n = 0
    for i in range(max(0, n_seen - LOOK_BACK), n_seen):
        row = pool.ends[i & (ENDED - 1)]
        if ts - row.ts_end > STAGE_NS or abs(row.ts_add - lead.birth) > STAGE_NS:
            continue
        if row.key * side < 0 or row.ended != CANCEL or row.ts_add == 0 or row.key == lead.key:
            continue
        if abs(row.key) * 1e-8 * (row.gone * 1e-8) >= ALIKE * lead.value:
            n += 1
    return n


@kernel
def traded_just_before(orders: Any, side: int, ts_event: int) -> bool:
    """Whether a print of the last moment took from the orders of ``side`` (+1 bids, -1 asks)."""
    newest = orders.n_prints
    for i in range(max(0, newest - PRINTS), newest):
        row = orders.prints[i & (orders.prints.shape[0] - 1)]
        if row.key * side > 0 and 0 <= ts_event - row.ts_event <= JUST_NS:
            return True
    return False
