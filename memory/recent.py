"""The last decisions on a symbol as they were known at a time: the short look back of the hot path.

Two short walks through indexes that hold everything that is told (``DECISION_GLANCE`` and ``OUTCOME_GLANCE``
of the schema): what each decision was made of, and what came of others, is not touched. The pluses keep
SQLite from choosing another index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from memory.store import Store
from tools.domain.errors import BadUsage

MOST = 10_000

_LAST = """
SELECT decision_id, ts, action, route, is_probe, expected_bps FROM decision
WHERE symbol = :symbol AND ts <= :ts AND +ts_known <= :ts AND (:world IS NULL OR world = :world)
ORDER BY ts DESC, decision_id LIMIT :limit
"""

_FOLLOWS = """
SELECT decision_id, result, net_bps FROM outcome
WHERE symbol = :symbol AND ts_known BETWEEN :first AND :ts AND +kind = 'shadow'
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


def last_decisions(
    store: Store, symbol: str, ts: int, limit: int = 50, world: str | None = None
) -> list[RecentDecision]:
    """The last ``limit`` decisions on ``symbol`` that were known at ``ts``, newest first.

    Args:
        store: Memory.
        symbol: E.g. ``BTCUSDT``.
        ts: The time it is asked as of, ns UTC.
        limit: At most so many.
        world: Only of this world; of every one where not given.

    Raises:
        BadUsage: The limit is no number of decisions.
    """
    if not 1 <= limit <= MOST:
        raise BadUsage(f"expected a limit between 1 and {MOST}, was {limit}")
    rows = store.fetch(_LAST, {"symbol": symbol, "ts": ts, "limit": limit, "world": world})
    if not rows:
        return []
    follows = _follows(store, symbol, int(rows[-1][1]), ts)
    return [
        RecentDecision(name, taken, action, route, bool(is_probe), expected, *follows.get(name, (None, None)))
        for name, taken, action, route, is_probe, expected in rows
    ]


def _follows(store: Store, symbol: str, first: int, ts: int) -> Mapping[str, tuple[str | None, float | None]]:
    """What was known at ``ts`` of decisions taken since ``first``; a follow ends after its decision."""
    rows = store.fetch(_FOLLOWS, {"symbol": symbol, "first": first, "ts": ts})
    return {name: (result, net) for name, result, net in rows}
