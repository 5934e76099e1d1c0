"""A followed signal as a path: its geometry, and how far the market went for and against it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FollowedPath:
    """One signal followed on paper, with its geometry and its excursions.

    Attributes:
        rules: Hard rules that refused it.
        upper_bps: Distance of the market maker's upper bound from the entry; None where none was seen.
        fees_bps: Fees of the follow as it ended; None where it had no position.
    """

    outcome_id: str
    symbol: str
    run_id: str
    result: str
    rules: tuple[str, ...]
    ts: int
    ts_known: int
    cost_bps: float
    upper_bps: float | None
    mm_confidence: float | None
    spoofing_score: float | None
    entry_timeout_ns: int
    net_bps: float | None
    fees_bps: float | None
    time_to_fill_ns: int | None
    reach_bps: float | None
    halt_bps: float | None
    final_bps: float | None
