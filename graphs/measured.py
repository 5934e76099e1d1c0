"""One figure over trades, in words and as a number: the head of an answer that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from graphs.answers import bps_text, percent_text
from memory.statistics import TradeFact
from prompts.queries import Measure
from tools.domain.market import plain
from tools.risk.figures import (
    mean_holding,
    mean_of,
    median_bps,
    median_holding,
    median_of,
    net_quotes,
    profit_factor,
    total_bps,
)
from tools.risk.measures import TradeStatistics, measure_trades

SEED = 7  # of the intervals: the same question about the same record gives the same answer
UNAVAILABLE = "unavailable"
PLACES = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: ``value`` to compare with, ``told`` in words; None and "unavailable" where it cannot be said."""

    value: float | Decimal | None
    told: str
    unit: str

    @property
    def data(self) -> float | str | None:
        """The value as plain data; amounts of money are decimal text."""
        return plain(self.value) if isinstance(self.value, Decimal) else self.value


def figure(trades: Sequence[TradeFact], measure: Measure) -> Figure:
    """The figure ``measure`` over ``trades``."""
    return _FIGURES[measure](trades, measure_trades(trades, SEED))


def duration(ns: int) -> str:
    """A length of time in words, e.g. ``2 min 5 s``."""
    seconds = ns / 1e9
    if seconds < 60:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min {rest} s"


def _amount(value: Decimal | None, words: str) -> Figure:
    if value is None:
        return Figure(None, f"{words} {UNAVAILABLE}", "quote")
    rounded = value.quantize(PLACES).normalize() if value.as_tuple().exponent < -8 else value  # type: ignore[operator]
    return Figure(rounded, f"{words} {plain(rounded)} quote", "quote")


def _bps(value: float | None, words: str) -> Figure:
    told = UNAVAILABLE if value is None else f"{value:+.2f} bps"
    return Figure(value, f"{words} {told}", "bps")


def _time(value: int | None, words: str) -> Figure:
    if value is None:
        return Figure(None, f"{words} {UNAVAILABLE}", "s")
    return Figure(value / 1e9, f"{words} {duration(value)}", "s")


def _net_quote(trades: Sequence[TradeFact], found: TradeStatistics) -> Figure:
    if found.net_quote is None or found.fees_quote is None:
        return _bps(total_bps(trades), "Net, without money, in all")
    told = f"Net {plain(found.net_quote)} quote after {plain(found.fees_quote)} of fees"
    return Figure(found.net_quote, told, "quote")


def _net_bps(trades: Sequence[TradeFact], found: TradeStatistics) -> Figure:
    mean = mean_of(net_quotes(trades))
    money = "" if mean is None else f", {plain(mean.quantize(PLACES).normalize())} quote"
    value = None if found.net_bps is None else found.net_bps.value
    return Figure(value, f"Mean net result {bps_text(found.net_bps)}{money} a trade", "bps")


def _win_rate(trades: Sequence[TradeFact], found: TradeStatistics) -> Figure:
    value = None if found.win_rate is None else found.win_rate.value
    need = UNAVAILABLE if found.breakeven_win_rate is None else f"{100 * found.breakeven_win_rate:.1f} %"
    return Figure(value, f"Win rate {percent_text(found.win_rate)}, break-even {need}", "share")


def _drawdown(trades: Sequence[TradeFact], found: TradeStatistics) -> Figure:
    if found.drawdown_quote is None:
        return _bps(found.drawdown_bps, "Deepest drawdown")
    told = f"Deepest drawdown {plain(found.drawdown_quote)} quote, {found.drawdown_bps or 0:.2f} bps"
    return Figure(found.drawdown_quote, told, "quote")


def _profit_factor(trades: Sequence[TradeFact], found: TradeStatistics) -> Figure:
    value = profit_factor(trades)
    told = UNAVAILABLE if value is None else f"{value:.2f}"
    return Figure(None if value is None else float(value), f"Profit factor {told}", "ratio")


_Making = Callable[[Sequence[TradeFact], TradeStatistics], Figure]
_FIGURES: Mapping[Measure, _Making] = {
    Measure.NET_QUOTE: _net_quote,
    Measure.MEAN_QUOTE: lambda trades, _: _amount(mean_of(net_quotes(trades)), "Mean net result a trade"),
    Measure.MEDIAN_QUOTE: lambda trades, _: _amount(
        median_of(net_quotes(trades)), "Median net result a trade"
    ),
    Measure.NET_BPS: _net_bps,
    Measure.MEDIAN_BPS: lambda trades, _: _bps(median_bps(trades), "Median net result a trade"),
    Measure.TOTAL_BPS: lambda trades, _: _bps(total_bps(trades), "Net in all"),
    Measure.FEES: lambda trades, found: _amount(found.fees_quote, "Fees"),
    Measure.MEAN_FEES: lambda trades, _: _amount(
        mean_of([one.fees_quote for one in trades if one.fees_quote is not None]), "Mean fees a trade"
    ),
    Measure.WIN_RATE: _win_rate,
    Measure.DRAWDOWN: _drawdown,
    Measure.PROFIT_FACTOR: _profit_factor,
    Measure.HOLDING_TIME: lambda trades, _: _time(mean_holding(trades), "Mean holding time"),
    Measure.MEDIAN_HOLDING: lambda trades, _: _time(median_holding(trades), "Median holding time"),
}
