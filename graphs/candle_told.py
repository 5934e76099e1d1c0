"""What a signal from candles was made of, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from tools.domain.sources import SCORING_MODELS, is_from_candles, model_of
from tools.domain.trading import Signal

PREFIX = "candle_"


def candle_evidence(signal: Signal) -> Mapping[str, float]:
    """The values that a signal from candles was made of, by name; none on other signals."""
    if not is_from_candles(signal.source):
        return {}
    told = {name: value for name, value in signal.features.items() if name.startswith(PREFIX)}
    return {name: value for name, value in told.items() if value is not None}


def candle_lines(signal: Signal) -> list[str]:
    """One line on a signal from candles; none on other signals."""
    seen = candle_evidence(signal)
    if not seen:
        return []
    sure = "score" if model_of(signal.source) in SCORING_MODELS else "confidence"
    missing = f", {seen['candle_missing']:.0f} of the last 50 missing" if seen["candle_missing"] else ""
    parts = (
        f"From closed candles of {seen['candle_minutes']:g} min, the last at {seen['candle_close']:g}:",
        f"{sure} {seen['candle_confidence']:.0%}, which is no chance of winning;",
        f"RSI {seen['candle_rsi']:.1f}, {seen['candle_band']:+.2f} deviations from the mean,",
        f"{seen['candle_change']:+.2%} over twelve, ATR {seen['candle_range_bps']:.1f} bps{missing}.",
    )
    return [" ".join(parts)]
