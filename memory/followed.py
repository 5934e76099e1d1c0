"""Signals with what came of them on paper: the raw material of training."""

from __future__ import annotations

from sqlalchemy import select

from memory.archives import filled
from memory.rows import record_of
from memory.schema import METADATA
from memory.sources import not_from_candles
from memory.store import Store
from tools.domain.trading import Outcome, Signal


def followed_signals(store: Store) -> list[tuple[Signal, Outcome]]:
    """Every signal that was followed on paper, with its outcome, in the order of decision.

    A market that was played twice counts once: a signal with the same symbol, entry and
    features as a later one is the same observation, and the later one is kept. Signals made from candles
    are other trades, and not among them.
    """
    signals, outcomes = METADATA.tables["signal"], METADATA.tables["outcome"]
    followed = store.read(select(outcomes).where(outcomes.c.kind == "shadow"))
    by_signal = {row["signal_id"]: record_of(Outcome, row) for row in followed}
    seen: dict[tuple[str, str, int, str], tuple[Signal, Outcome]] = {}
    for row in filled(
        store,
        "signal",
        store.read(select(signals).where(not_from_candles()).order_by(signals.c.ts, signals.c.signal_id)),
    ):
        outcome = by_signal.get(row["signal_id"])
        if outcome is not None:
            signal = record_of(Signal, row)
            seen[(signal.venue, signal.symbol, signal.entry_price, row["features"])] = (signal, outcome)
    return sorted(seen.values(), key=lambda pair: (pair[0].ts, pair[0].signal_id))
