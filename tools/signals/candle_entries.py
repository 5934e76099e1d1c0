"""Candidates of candles as entries on a market's grid: bought at the best bid, stop and target on the tick.

Spot is long only: what points down is no entry here, and is counted by whoever asks. The signal proposes;
whether the trade pays is for the decision graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tools.domain.market import UNITS
from tools.domain.parameter import ParameterSet
from tools.domain.sources import candle_source
from tools.market.history.timeframes import Timeframe
from tools.signals.candle_candidates import CandleCandidate, CandleConfig


@dataclass(frozen=True, slots=True)
class CandleEntry:
    """One entry that a closed candle proposes.

    Attributes:
        entry: Where to buy, price units; likewise ``take_profit`` and ``stop``.
        hold_ns: How long it is held at most.
        confidence: In [0, 1]; of scores, the score / 100. Not a probability of winning.
        evidence: What it was made of, by the names of ``units.EVIDENCE_UNIT_OF``.
    """

    source: str
    ts_event: int
    entry: int
    take_profit: int
    stop: int
    hold_ns: int
    confidence: float
    evidence: Mapping[str, float]


def candle_config(parameters: ParameterSet) -> CandleConfig:
    """From where a signal counts, as the parameters in force have it."""
    return CandleConfig(parameters["score_threshold"], parameters["momentum_threshold"])


def entry_of(
    candidate: CandleCandidate, frame: Timeframe, bid: int, tick: int, parameters: ParameterSet
) -> CandleEntry | None:
    """``candidate`` bought at the best bid ``bid`` (price units); None where it points down or has no room.

    Stop and target keep their distance from the candle's close, which was moments ago; the target is rounded
    up to the tick and the stop down.
    """
    if candidate.direction <= 0 or bid <= 0:
        return None
    entry = bid - bid % tick
    target = entry + round((candidate.target - candidate.entry) * UNITS)
    stop = entry - round((candidate.entry - candidate.stop) * UNITS)
    target, stop = target + -target % tick, stop - stop % tick
    if not 0 < stop < entry < target:
        return None
    return CandleEntry(
        source=candle_source(candidate.model, frame.name),
        ts_event=candidate.ts_event,
        entry=entry,
        take_profit=target,
        stop=stop,
        hold_ns=round(parameters["candle_hold"] * frame.span_ms * 1e6),
        confidence=candidate.confidence,
        evidence=candidate.evidence,
    )
