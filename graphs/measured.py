"""One figure over trades, in words and as a number: the head of an answer that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from graphs.answers import bps_text, percent_text
from memory.statistics import TradeFact
from prompts.queries import Measure
from tools.domain.market import plain
from tools.risk.figures import (
    drawdown_of,
    fees_of,
    mean_bps,
    mean_holding,
    mean_of,
    median_bps,
    median_holding,
    median_of,
    net_quotes,
    profit_factor,
    total_bps,
    total_of,
    win_share,
)
from tools.risk.measures import TradeStatistics

SEED = 7  # of the intervals: the same question about the same record gives the same answer
UNAVAILABLE = "unavailable"
PLACES = Decimal("0.00000001")
Trades: TypeAlias = Sequence[TradeFact]
Value: TypeAlias = "Decimal | float | None"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure to compare with, and in words; None and "unavailable" where it cannot be said."""

    value: Value
    told: str
    unit: str

    @property
    def data(self) -> float | str | None:
        """The value as plain data; amounts of money are decimal text."""
        return plain_value(self.value)


def figure(trades: Trades, measure: Measure, found: TradeStatistics) -> Figure:
    """The figure ``measure`` over ``trades``, whose usual statistics are ``found``."""
    value = value_of(trades, measure)
    unit = unit_of(measure, value)
    told = UNAVAILABLE if value is None else told_value(value, measure)
    words = _WORDS[measure].format(told=told)
    return Figure(value, words + _beside(trades, measure, found), unit)


def value_of(trades: Trades, measure: Measure) -> Value:
    """The figure alone; quick, for ranking."""
    return _VALUES[measure](trades)


def plain_value(value: Value) -> float | str | None:
    """A figure as plain data; amounts of money are decimal text."""
    return plain(_short(value)) if isinstance(value, Decimal) else value


def told_value(value: Decimal | float, measure: Measure) -> str:
    """A figure in words, with its unit."""
    return _TOLD[unit_of(measure, value)](value)


def unit_of(measure: Measure, value: Value) -> str:
    """What a figure is counted in; money where there was any."""
    unit = _UNITS.get(measure, "bps")
    return "bps" if unit == "quote" and isinstance(value, float) else unit


def duration(seconds: float) -> str:
    """A length of time in words, e.g. ``2 min 5 s``."""
    if seconds < 60:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    minutes, rest = divmod(round(seconds), 60)
    told = f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min {rest} s"
    return f"{told} ({seconds:.1f} s)"


def clock_parts(seconds: float) -> dict[str, int]:
    """The hours, minutes and seconds that ``duration`` tells."""
    minutes, rest = divmod(round(seconds), 60)
    return {"h": minutes // 60, "min": minutes % 60 if minutes >= 60 else minutes, "s": rest}


def told_beside(trades: Trades, value: Value, measure: Measure) -> dict[str, object]:
    """The figures that stand in words beside a figure, as plain data."""
    mean = mean_of(net_quotes(trades))
    told: dict[str, object] = {"mean_quote": None if mean is None else plain(_short(mean))}
    if unit_of(measure, value) == "s" and value is not None:
        told["told"] = clock_parts(float(value))
    return told


def _short(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    is_long = isinstance(exponent, int) and exponent < -8
    return value.quantize(PLACES).normalize() if is_long else value


def _beside(trades: Trades, measure: Measure, found: TradeStatistics) -> str:
    """What must stand beside a figure so that it is not misread."""
    if measure is Measure.WIN_RATE:
        need = UNAVAILABLE if found.breakeven_win_rate is None else f"{100 * found.breakeven_win_rate:.1f} %"
        interval = percent_text(found.win_rate).partition(" [")[2]
        return f"{' [' if interval else ''}{interval}, break-even {need}"
    if measure is Measure.NET_BPS:
        interval = bps_text(found.net_bps).partition(" [")[2]
        mean = mean_of(net_quotes(trades))
        money = "" if mean is None else f", {plain(_short(mean))} quote"
        return f"{' [' if interval else ''}{interval}{money} a trade"
    if measure is Measure.NET_QUOTE and found.fees_quote is not None:
        return f" after {plain(found.fees_quote)} of fees"
    if measure is Measure.DRAWDOWN and found.drawdown_quote is not None:
        return f", {found.drawdown_bps or 0:.2f} bps"
    return ""


def _seconds(value: int | None) -> float | None:
    return None if value is None else value / 1e9


def _net(trades: Trades) -> Value:
    amounts = net_quotes(trades)
    return total_of(amounts) if amounts else total_bps(trades)


def _factor(trades: Trades) -> Value:
    value = profit_factor(trades)
    return None if value is None else float(value)


_VALUES: Mapping[Measure, Callable[[Trades], Value]] = {
    Measure.NET_QUOTE: _net,
    Measure.MEAN_QUOTE: lambda trades: mean_of(net_quotes(trades)),
    Measure.MEDIAN_QUOTE: lambda trades: median_of(net_quotes(trades)),
    Measure.NET_BPS: mean_bps,
    Measure.MEDIAN_BPS: median_bps,
    Measure.TOTAL_BPS: total_bps,
    Measure.FEES: lambda trades: total_of(fees_of(trades)),
    Measure.MEAN_FEES: lambda trades: mean_of(fees_of(trades)),
    Measure.WIN_RATE: win_share,
    Measure.DRAWDOWN: drawdown_of,
    Measure.PROFIT_FACTOR: _factor,
    Measure.HOLDING_TIME: lambda trades: _seconds(mean_holding(trades)),
    Measure.MEDIAN_HOLDING: lambda trades: _seconds(median_holding(trades)),
}
_UNITS: Mapping[Measure, str] = {
    Measure.NET_QUOTE: "quote",
    Measure.MEAN_QUOTE: "quote",
    Measure.MEDIAN_QUOTE: "quote",
    Measure.FEES: "quote",
    Measure.MEAN_FEES: "quote",
    Measure.DRAWDOWN: "quote",
    Measure.WIN_RATE: "share",
    Measure.PROFIT_FACTOR: "ratio",
    Measure.HOLDING_TIME: "s",
    Measure.MEDIAN_HOLDING: "s",
}
_WORDS: Mapping[Measure, str] = {
    Measure.NET_QUOTE: "Net {told}",
    Measure.MEAN_QUOTE: "Mean net result a trade {told}",
    Measure.MEDIAN_QUOTE: "Median net result a trade {told}",
    Measure.NET_BPS: "Mean net result {told}",
    Measure.MEDIAN_BPS: "Median net result a trade {told}",
    Measure.TOTAL_BPS: "Net in all {told}",
    Measure.FEES: "Fees {told}",
    Measure.MEAN_FEES: "Mean fees a trade {told}",
    Measure.WIN_RATE: "Win rate {told}",
    Measure.DRAWDOWN: "Deepest drawdown {told}",
    Measure.PROFIT_FACTOR: "Profit factor {told}",
    Measure.HOLDING_TIME: "Mean holding time {told}",
    Measure.MEDIAN_HOLDING: "Median holding time {told}",
}
_TOLD: Mapping[str, Callable[[Decimal | float], str]] = {
    "quote": lambda value: f"{plain(_short(Decimal(value)))} quote",
    "bps": lambda value: f"{value:+.2f} bps",
    "share": lambda value: f"{100 * value:.1f} %",
    "ratio": lambda value: f"{value:.2f}",
    "s": lambda value: duration(float(value)),
}
