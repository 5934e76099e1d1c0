"""The strategies that were learned, as they stand now."""

from __future__ import annotations

from typing import Any

from graphs.answers import Told, cited
from graphs.changes import rules_text
from memory.statistics import decisions_of
from memory.store import Store
from memory.strategies import ACTIVE, StrategyBook, StrategyVersion
from prompts.queries import Query
from tools.domain.clock import day_bounds

SHOWN = 10


def strategies(store: Store, query: Query, now: int) -> Told:
    """Every strategy known now that is meant, the active ones first, with decisions it was found in."""
    known = [one for one in StrategyBook(store).known(now, query.where.world) if _is_meant(one, query)]
    active = [one for one in known if one.standing == ACTIVE]
    others = [one for one in known if one.standing != ACTIVE]
    shown = (*active, *others)[:SHOWN]
    numbers = {
        "n": len(known),
        "value": len(known),
        "active": len(active),
        "deprecated": len(others),
        "strategies": [_as_data(one) for one in shown],
    }
    if not known and query.standing is None and query.where.ts_from is None:
        return "No strategy was learned yet: none has survived its test.", numbers, ()
    lines = [f"{len(active)} active strategies, {len(others)} deprecated:"]
    if query.standing is not None:
        lines = [f"{len(known)} strategies are {query.standing}:"]
    lines += [
        f"  {one.strategy_id} ({one.standing}, {one.day}): {rules_text(one.rules)}; {one.reason}; "
        f"{one.wins} of {one.n} won since, {one.net_bps:+.2f} bps a match"
        for one in shown
    ]
    names = [name for one in known for name in one.evidence[:2]]
    found = decisions_of(store, names)
    return "\n".join(lines), numbers, cited(found[name] for name in names if name in found)


def _is_meant(one: StrategyVersion, query: Query) -> bool:
    """Whether it stands as is asked and its day lies in the time that is asked."""
    start, end = day_bounds(one.day)
    is_active = one.standing == ACTIVE
    wanted = {None: True, "active": is_active, "deprecated": not is_active, "retired": not is_active}
    is_standing = wanted.get(query.standing, False)
    low, high = query.where.ts_from, query.where.ts_to
    return is_standing and (low is None or low < end) and (high is None or start < high)


def _as_data(one: StrategyVersion) -> dict[str, Any]:
    return {
        "strategy_id": one.strategy_id,
        "standing": one.standing,
        "rules": rules_text(one.rules),
        "reason": one.reason,
        "wins": one.wins,
        "n": one.n,
        "net_bps": one.net_bps,
        "day": one.day,
    }
