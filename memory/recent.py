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
SELECT decision.decision_id, decision.ts, action, route, decision.is_probe, expected_bps, result, net_bps
FROM decision LEFT JOIN outcome
ON outcome.decision_id = decision.decision_id AND +outcome.kind = 'shadow' AND +outcome.ts_known <= :ts
WHERE decision.symbol = :symbol AND decision.ts <= :ts AND decision.ts_known <= :ts
ORDER BY decision.ts DESC, decision.decision_id LIMIT :limit
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
    return [
        RecentDecision(name, taken, action, route, bool(is_probe), expected, result, net)
        for name, taken, action, route, is_probe, expected, result, net in rows
    ]
