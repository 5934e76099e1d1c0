"""A made-up reaction of a market maker to a fill."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tools.domain.market import NANOS
from tools.domain.reaction import Reaction


def a_reaction(ratio: float = 1.0, **changes: Any) -> Reaction:
    """A fill of ``ratio`` that took and was borne, known two seconds after the epoch."""
    base = Reaction(
        decision_id="d_1",
        run_id="run_1",
        world="venue",
        symbol="ALGOUSDT",
        venue="binance",
        is_taken=True,
        ratio=ratio,
        slip_bps=4.0,
        refreshes=8.0,
        has_left=False,
        ts=NANOS,
        ts_known=2 * NANOS,
    )
    return replace(base, **changes)
