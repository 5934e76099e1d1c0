"""Who leads: the cycles of one process, each told of the leader's market beside its own."""

from __future__ import annotations

from collections.abc import Mapping

from scheduler.cycle import DecisionCycle
from tools.detection.links import LEADER


def follow_leader(cycles: Mapping[str, DecisionCycle]) -> str | None:
    """Let every other cycle hear the leader; the leader's symbol, None where it is not among them."""
    leads = [symbol for symbol in sorted(cycles) if cycles[symbol].market.instrument.base == LEADER]
    if not leads:
        return None
    leader = cycles[leads[0]].market
    for symbol, cycle in cycles.items():
        if symbol != leads[0]:
            cycle.market.hear_leader(leader.senses)
    return leads[0]
