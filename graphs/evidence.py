"""What a reflection looks at: its day and world, and each recording once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from memory.lookup import DecisionFilter
from memory.statistics import decision_facts, last_decision_time
from memory.store import Store
from tools.domain.clock import day_bounds, day_of
from tools.domain.errors import BadUsage, NotInRecord


def day_to_reflect(store: Store, day: str | None, ts: int, world: str | None = None) -> tuple[str, str]:
    """The day meant and the world to reflect on, as known at ``ts``.

    Without a day, the last one with decisions; without a world, that of its newest decision.

    Raises:
        BadUsage: ``day`` is no date.
        NotInRecord: Nothing was decided on it.
    """
    if day is None:
        newest = last_decision_time(store)
        if newest is None:
            raise NotInRecord(f"{store.path} holds no decision to reflect on; keeper run makes some")
        day = day_of(newest)
    try:
        start, end = day_bounds(day)
    except ValueError:
        raise BadUsage(f"expected a date such as 2024-08-08, was {day!r}") from None
    found = decision_facts(store, DecisionFilter(world=world, ts_from=start, ts_to=end, as_of=ts))
    if not found:
        newest = last_decision_time(store)
        last = "memory is empty" if newest is None else f"the last day with decisions is {day_of(newest)}"
        raise NotInRecord(f"no decision on {day} is in the record; {last}")
    return day_of(start), found[-1].world


def runs_counted_once(runs: Iterable[str], hashes: dict[str, str]) -> frozenset[str]:
    """Of the runs behind some rows those that count as evidence: one a recording.

    The same market played twice gives the same trades twice; as evidence they are one. The run
    that saw most of it counts.

    Args:
        runs: The run of each row.
        hashes: What each run ran on; empty text where it was no recording.
    """
    sizes = Counter(runs)
    chosen: dict[str, str] = {}
    for run_id in sorted(sizes, key=lambda name: (-sizes[name], name)):
        chosen.setdefault(hashes[run_id] or run_id, run_id)
    return frozenset(chosen.values())
