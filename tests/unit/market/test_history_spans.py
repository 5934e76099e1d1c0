"""Stretches of time behave as the sets of numbers they stand for; timeframes have a grid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.domain.errors import BadUsage
from tools.market.history.spans import Spans
from tools.market.history.timeframes import DAY_MS, MONDAY_MS, timeframe_of

SPAN = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda ends: (min(ends), max(ends)))
OFFERED = ("1s", "1m", "5m", "1h", "1d", "3d", "1w", "1M")


def numbers(spans: list[tuple[int, int]]) -> set[int]:
    return {number for start, end in spans for number in range(start, end)}


@given(st.lists(SPAN), SPAN)
def test_spans_are_sets(parts: list[tuple[int, int]], other: tuple[int, int]) -> None:
    spans, held, asked = Spans.of(parts), numbers(parts), numbers([other])
    assert numbers(list(spans.parts)) == held
    assert numbers(list(spans.plus(*other).parts)) == held | asked
    assert numbers(list(spans.without(*other).parts)) == held - asked
    assert numbers(spans.missing(*other)) == asked - held
    assert numbers(spans.within(*other)) == asked & held
    assert all(end < start for (_, end), (start, _) in zip(spans.parts, spans.parts[1:], strict=False)), (
        "spans that touch must be one"
    )


@pytest.mark.parametrize(("name", "length"), [("1s", 1_000), ("5m", 300_000), ("1d", DAY_MS)])
def test_timeframe_has_a_length_and_a_grid(name: str, length: int) -> None:
    frame = timeframe_of(name, OFFERED, "binance")
    assert frame.span_ms == length
    assert (frame.up(length + 1), frame.up(length), frame.down(length + 1)) == (2 * length, length, length)
    assert frame.count((1, 3 * length + 1)) == 3


def test_weeks_open_on_mondays() -> None:
    frame = timeframe_of("1w", OFFERED, "binance")
    monday = 1_735_516_800_000  # 2024-12-30
    assert (monday - MONDAY_MS) % frame.span_ms == 0
    assert frame.down(monday + 3 * DAY_MS) == monday
    assert frame.up(monday - 1) == monday


@pytest.mark.parametrize("name", ["7m", "1M", "3d", "2h", "", "5", "m", "5m "])
def test_other_timeframes_are_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(BadUsage, match=r"binance has \(1s, 1m, 5m, 1h, 1d, 1w\)"):
        timeframe_of(name, OFFERED, "binance")
