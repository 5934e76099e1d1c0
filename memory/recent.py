"""The last decisions on a symbol as they were known at a time: the short look back of the hot path.

Straight from the index with one prepared statement; what each decision was made of stays where it is.
The pluses keep the join on the decision: an index on kind or time would find half of all there is.
"""

from __future__ import annotations

from dataclasses import dataclass

from memory.store import Store
from tools.domain.errors import BadUsage

MOST = 10_000

_LAST = """
SELECT d.decision_id, d.ts, d.action, d.route, d.is_probe, d.expected_bps, o.result, o.net_bps
FROM decision AS d
LEFT JOIN outcome AS o ON o.decision_id = d.decision_id AND +o.kind = 'shadow' AND +o.ts_known <= :ts
WHERE d.symbol = :symbol AND d.ts <= :ts AND d.ts_known <= :ts
ORDER BY d.ts DESC, d.decision_id LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class RecentDecision:
    """A decision at a glance, with what was known by then of its follow on paper.

    Attributes:
        result: How the follow ended; None while it was not known.
        net_bps: What it came to after costs; None where it was not known or never filled.
    """

    decision_id: str
    ts: int
    action: str
    route: str
    is_probe: bool
    expected_bps: float | None
    result: str | None
    net_bps: float | None


def last_decisions(store: Store, symbol: str, ts: int, limit: int = 50) -> list[RecentDecision]:
    """The last ``limit`` decisions on ``symbol`` that were known at ``ts``, newest first.

    Raises:
        BadUsage: The limit is no number of decisions.
    """
    if not 1 <= limit <= MOST:
        raise BadUsage(f"expected a limit between 1 and {MOST}, was {limit}")
    rows = store.fetch(_LAST, {"symbol": symbol, "ts": ts, "limit": limit})
    return [RecentDecision(*row[:4], bool(row[4]), *row[5:]) for row in rows]
