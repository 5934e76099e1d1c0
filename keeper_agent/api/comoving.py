"""What moves together: correlations of each two symbols, from the mids that signals saw in the record."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from sqlalchemy import Float, func, select

from keeper_agent.api.performance import HOUR_NS, world_of
from keeper_agent.api.shapes_figures import Correlations, Pair, SymbolSeen
from memory.account import last_known
from memory.schema import METADATA
from memory.store import Store
from tools.domain.clock import iso
from tools.features.hayashi_yoshida import LEAST_REFRESHES
from tools.features.pairs import Reals, Stamps, comovement

MOST_SIGNALS = 10_000
MOST_SYMBOLS = 16  # 120 pairs
_T = METADATA.tables


def correlations(store: Store, hours: float, world: str | None = None) -> Correlations:
    """Of the record's last ``hours``, in ``world`` or the newest decision's; most signals first."""
    until = last_known(store) + 1
    since = max(0, until - max(1, round(hours * HOUR_NS)))
    chosen = world or world_of(store)
    sides, n_signals = _mids(store, chosen, since, until)
    names = sorted(sides, key=lambda name: (-len(sides[name][0]), name))
    shown = names[:MOST_SYMBOLS]
    return Correlations(
        world=chosen,
        hours=hours,
        since=iso(since),
        is_cut=n_signals == MOST_SIGNALS,
        least=LEAST_REFRESHES,
        symbols=[SymbolSeen(symbol=name, n=len(sides[name][0])) for name in shown],
        left_out=len(names) - len(shown),
        pairs=[_pair(one, two, sides, since, until) for one, two in combinations(shown, 2)],
    )


def _mids(
    store: Store, world: str | None, since: int, until: int
) -> tuple[dict[str, tuple[Stamps, Reals]], int]:
    """Times and mids by symbol, oldest first, and how many signals were looked at."""
    s = _T["signal"].c
    mid = func.json_extract(s.features, "$.mid", type_=Float).label("mid")
    query = select(s.symbol, s.ts, mid).where(s.world == world, s.ts >= since, s.ts < until)
    rows = store.read(query.order_by(s.ts.desc()).limit(MOST_SIGNALS))
    seen: dict[str, list[tuple[int, float]]] = {}
    for row in reversed(rows):
        if row["mid"] is not None and row["mid"] > 0:
            seen.setdefault(row["symbol"], []).append((row["ts"], row["mid"]))
    return {
        symbol: (np.array([ts for ts, _ in points], np.int64), np.array([mid for _, mid in points], float))
        for symbol, points in seen.items()
    }, len(rows)


def _pair(one: str, two: str, sides: dict[str, tuple[Stamps, Reals]], since: int, until: int) -> Pair:
    found = comovement(sides[one], sides[two], since, until)
    told = found.found
    return Pair(
        first=one,
        second=two,
        n=found.n,
        value=None if told is None else told.value,
        low=None if told is None else told.low,
        high=None if told is None else told.high,
        why=found.why,
    )
