"""The strategies that were learned, as they stand now."""

from __future__ import annotations

from graphs.answers import Told, cited
from graphs.changes import rules_text
from memory.statistics import decisions_of
from memory.store import Store
from memory.strategies import ACTIVE, StrategyBook
from prompts.queries import Query

SHOWN = 10


def strategies(store: Store, query: Query, now: int) -> Told:
    """Every strategy known now, the active ones first, with the decisions it was found in."""
    known = StrategyBook(store).known(now, query.where.world)
    active = [one for one in known if one.standing == ACTIVE]
    others = [one for one in known if one.standing != ACTIVE]
    numbers = {"n": len(known), "active": len(active), "deprecated": len(others)}
    if not known:
        return "No strategy was learned yet: none has survived its test.", numbers, ()
    lines = [f"{len(active)} active strategies, {len(others)} deprecated:"]
    lines += [
        f"  {one.strategy_id} ({one.standing}, {one.day}): {rules_text(one.rules)}; {one.reason}; "
        f"{one.wins} of {one.n} won since, {one.net_bps:+.2f} bps a match"
        for one in (*active, *others)[:SHOWN]
    ]
    names = [name for one in known for name in one.evidence[:2]]
    found = decisions_of(store, names)
    return "\n".join(lines), numbers, cited(found[name] for name in names if name in found)
