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
from tools.domain.market import NANOS

MOST = 10_000
LONGEST_WAIT_NS = 60 * NANOS  # for an answer; what was followed meanwhile may end before its decision

_LAST = """
SELECT decision_id, ts, action, route, is_probe, expected_bps FROM decision
WHERE symbol = :symbol AND ts <= :ts AND +ts_known <= :ts AND (:world IS NULL OR world = :world)
ORDER BY ts DESC, decision_id LIMIT :limit
"""

_ENDED = """
SELECT decision_id, kind, ts_known, result, net_bps FROM outcome
WHERE symbol = :symbol AND ts_known BETWEEN :first AND :ts
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a follow on paper or a round trip ended.

    Attributes:
        ts: When that was known, ns.
        net_bps: What it came to after costs; None where it never filled.
    """

    ts: int
    result: str
    net_bps: float | None


@dataclass(frozen=True, slots=True)
class RecentDecision:
    """A decision at a glance, with what was known by then of what came of it.

    Attributes:
        followed: How its follow on paper ended; None while that was not known.
        traded: How its round trip ended; None while that was not known, or where nothing was entered.
    """

    decision_id: str
    ts: int
    action: str
    route: str
    is_probe: bool
    expected_bps: float | None
    followed: Ended | None = None
    traded: Ended | None = None

    @property
    def result(self) -> str | None:
        """How the follow on paper ended; None while it was not known."""
        return None if self.followed is None else self.followed.result

    @property
    def net_bps(self) -> float | None:
        """What the follow came to after costs; None where it was not known or never filled."""
        return None if self.followed is None else self.followed.net_bps


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
    ended = _ended(store, symbol, int(rows[-1][1]) - LONGEST_WAIT_NS, ts)
    return [
        RecentDecision(
            name,
            taken,
            action,
            route,
            bool(is_probe),
            expected,
            ended.get((name, "shadow")),
            ended.get((name, "taken")),
        )
        for name, taken, action, route, is_probe, expected in rows
    ]


def _ended(store: Store, symbol: str, first: int, ts: int) -> Mapping[tuple[str, str], Ended]:
    """What was known at ``ts`` of what ended since ``first``, by decision and kind."""
    rows = store.fetch(_ENDED, {"symbol": symbol, "first": first, "ts": ts})
    return {(name, kind): Ended(known, result, net) for name, kind, known, result, net in rows}
