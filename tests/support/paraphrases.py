"""Typed questions and ways to say them: some that the grammar was made with, some that were kept aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from prompts.queries import Ask, Measure, Query

SYMBOLS = ("ALGOUSDT", "AVAXUSDT", "LINKUSDT", "NEARUSDT", "VETUSDT")
DAY = 86_400 * 10**9


@dataclass(frozen=True, slots=True)
class Typed:
    """What a question means, as far as it is looked at.

    Attributes:
        figure: A measure of trades, a field of decisions, or the name of what is counted.
        span: First second and last of a period, days from the beginning of the record; None is all.
        hours: Hours of the day, from and before; None is all.
    """

    figure: str
    symbol: str
    span: tuple[int, int] | None
    hours: tuple[int, int] | None = None


FIGURES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "win_rate": (
        ("what was the win rate", "tell me the win rate"),
        ("how high was your success rate", "what percentage of trades won"),
    ),
    "fees": (
        ("how much did you pay in fees", "what were the fees"),
        ("what did you spend on commissions", "total commission"),
    ),
    "net_quote": (
        ("how much did you make after fees", "what was your profit"),
        ("what did you earn", "how much money have you made or lost"),
    ),
    "holding_time": (
        ("how long did you hold on average", "what was the average holding time"),
        ("what was the mean time in a trade", "average trade duration"),
    ),
    "skips": (
        ("how many signals did you skip", "count the skips"),
        ("how often did you pass on a signal", "number of signals refused"),
    ),
    "entries": (
        ("how many times did you enter", "how many entries were there"),
        ("how often did you buy", "number of positions opened"),
    ),
    "mm_confidence": (
        ("what was the average market maker confidence", "mean mm confidence"),
        ("how high was the market-maker confidence on average", "average confidence of the market maker"),
    ),
    "spread_bps": (
        ("what was the average spread", "mean spread"),
        ("how wide was the spread on average", "what spread was there on average"),
    ),
    "spoofing_score": (
        ("what was the average spoofing score", "mean spoofing score"),
        ("how high was the spoof score on average", "average score of spoofing"),
    ),
}
PLACES = (("on {}", "for {}"), ("in {}", "with {}"))


def typed_queries(seed: int, n: int) -> Iterator[tuple[Typed, np.random.Generator]]:
    """``n`` typed questions, each with the generator that its words are drawn with."""
    rng = np.random.default_rng(seed)
    for _ in range(n):
        figure = str(rng.choice([*FIGURES]))
        symbol = str(rng.choice([*SYMBOLS, ""]))
        first = int(rng.integers(0, 18))
        last = first + int(rng.integers(0, 4))
        span = None if rng.random() < 0.3 else (first, last)
        hour = int(rng.integers(0, 22))
        hours = (hour, hour + int(rng.integers(1, 3))) if rng.random() < 0.25 else None
        yield Typed(figure, symbol, span, hours), rng


def render(typed: Typed, rng: np.random.Generator, *, is_aside: bool) -> str:
    """One way to say it; with ``is_aside`` by the templates that nothing was tuned to."""
    head = str(rng.choice(FIGURES[typed.figure][is_aside]))
    place = (
        str(rng.choice(PLACES[is_aside])).format(typed.symbol.removesuffix("USDT")) if typed.symbol else ""
    )
    return " ".join(
        f"{head} {place} {_clock(typed, is_aside)} {_period(typed, rng, is_aside)}?".split()
    ).replace(" ?", "?")


def _clock(typed: Typed, is_aside: bool) -> str:
    if typed.hours is None:
        return ""
    low, high = typed.hours
    return (
        f"from {low:02d}:00 to {high:02d}:00 every day"
        if is_aside
        else f"between {low:02d}:00 and {high:02d}:00"
    )


def _period(typed: Typed, rng: np.random.Generator, is_aside: bool) -> str:
    if typed.span is None:
        return "over all time" if typed.hours is not None and not is_aside else ""
    first, last = (3 + day for day in typed.span)
    if first == last:
        ways = (
            (f"on the {first}th of March", f"on 2031-03-{first:02d} UTC")
            if is_aside
            else (f"on {first} March", f"on 2031-03-{first:02d}")
        )
        return str(rng.choice(ways))
    if is_aside:
        return f"from March {first} through March {last}"
    return str(
        rng.choice((f"from {first} to {last} March", f"between 2031-03-{first:02d} and 2031-03-{last:02d}"))
    )


def is_meant(query: Query, typed: Typed, start: int) -> bool:
    """Whether a query is the typed one."""
    where = query.where
    is_placed = where.symbol == (typed.symbol or None)
    span = (
        (None, None)
        if typed.span is None
        else (start + typed.span[0] * DAY, start + (typed.span[1] + 1) * DAY)
    )
    low_high = None if typed.hours is None else (typed.hours[0] * 3_600, typed.hours[1] * 3_600)
    is_timed = (where.ts_from, where.ts_to) == span or (
        typed.span is not None and _is_same_day(query, typed, start)
    )
    is_clocked = where.hours == low_high or (where.hours is None and _is_same_day(query, typed, start))
    return is_placed and is_timed and is_clocked and _figure(query) == typed.figure


def _is_same_day(query: Query, typed: Typed, start: int) -> bool:
    """Hours of a single day are that day's own span."""
    if typed.span is None or typed.hours is None or typed.span[0] != typed.span[1]:
        return False
    low, high = (start + typed.span[0] * DAY + hour * 3_600 * 10**9 for hour in typed.hours)
    return (query.where.ts_from, query.where.ts_to) == (low, high)


def _figure(query: Query) -> str | None:
    if query.ask is Ask.FIELD:
        return query.field if query.statistic == "mean" else None
    if query.ask is Ask.COUNT:
        if query.measure is not None:
            return "win_rate" if query.measure is Measure.SHARE and query.won else None
        return {"skip": "skips", "enter": "entries"}.get(query.where.action or "")
    return None if query.measure is None or query.ask is not Ask.RESULT else query.measure.value
