"""Candles of a feed are those of its prints, made once, only where all was seen, however it came in."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.candle_markets import GRID_NS, SPAN_NS, by_hand, ticking
from tests.support.senses import BUNDLED, instrument_of, opening
from tests.support.tapes import print_event
from tools.domain.errors import InvariantBroken
from tools.domain.market import NANOS, UNITS
from tools.market.candle_feed import NEVER, CandleFeed
from tools.market.candles import TIMEFRAMES, CandleStore, rolled_up
from tools.market.events import GAP, PRINT, RESET, Events
from tools.market.history.candles import Candles

SYMBOL = "COINEUR"
HOUR = ticking(GRID_NS, 3_600, every=7)


class Fed:
    """A feed that is looked at whenever it asks to be, as a cycle does."""

    def __init__(self) -> None:
        self.store = CandleStore()
        self.feed = CandleFeed(self.store, SYMBOL)
        self.fresh: list[tuple[int, str]] = []

    def run(self, events: Events, until: int) -> None:
        index, stamps = 0, events["ts_init"]
        self.feed.begin(events)
        while True:
            wake = self.feed.next_look
            end = int(np.searchsorted(stamps, min(wake, until), side="right"))
            self.feed.take(events[index:end])
            index = end
            if wake > until:
                return
            self.fresh += [(wake, name) for name in self.feed.look(wake)]

    def candles(self, timeframe: str = "5m", ts: int = NEVER) -> Candles:
        return self.store.ring(SYMBOL, timeframe).window(ts)


def fed(events: Events, until: int | None = None) -> Fed:
    found = Fed()
    found.run(events, int(events["ts_init"][-1]) if until is None else until)
    return found


def test_an_hour_gives_the_candles_that_plain_python_makes() -> None:
    found = fed(HOUR, GRID_NS + 3_602 * NANOS)
    assert found.candles().tolist() == by_hand(HOUR, GRID_NS, 11)
    assert found.feed.counts["made 5m"] == 11  # the hour's last span waits for the venue's clock to pass it
    assert [name for _, name in found.fresh] == ["5m"] * 6 + ["30m"] + ["5m"] * 5


def test_the_bundled_tape_gives_the_candles_that_plain_python_makes() -> None:
    tape = BUNDLED[0]
    events = opening(tape, 700)
    found = Fed()
    found.feed = CandleFeed(found.store, SYMBOL)
    found.run(events, int(events["ts_init"][-1]))
    first = (int(events["ts_event"][0]) // SPAN_NS + 1) * SPAN_NS
    whole = (int(events["ts_event"].max()) - first) // SPAN_NS
    assert whole == 2, instrument_of(tape)
    assert found.candles().tolist() == by_hand(events[events["kind"] == PRINT], first, whole)
    assert found.feed.counts["incomplete 5m"] == 1  # the span in which the tape began


@given(st.lists(st.integers(1, len(HOUR)), max_size=12), st.lists(st.integers(0, 3_700), max_size=12))
def test_however_the_feed_is_cut_the_candles_are_the_same(cuts: list[int], looks: list[int]) -> None:
    whole, parts = fed(HOUR), Fed()
    start = 0
    for cut in [*sorted(cuts), len(HOUR)]:
        end = int(np.searchsorted(HOUR["ts_init"], HOUR["ts_init"][cut - 1], side="right"))
        if end > start:
            last = int(HOUR["ts_init"][end - 1])
            later = [GRID_NS + look * NANOS for look in looks]
            ahead = int(HOUR["ts_init"][end]) if end < len(HOUR) else last + 1
            parts.run(HOUR[start:end], max([last, *(one for one in later if last < one < ahead)]))
            start = end
    assert parts.candles().tolist() == whole.candles().tolist()
    assert parts.candles("30m").tolist() == whole.candles("30m").tolist()
    assert parts.fresh == whole.fresh
    assert +parts.feed.counts == +whole.feed.counts


@given(st.integers(1, len(HOUR) - 1))
def test_what_comes_later_changes_no_candle(cut: int) -> None:
    part, whole = fed(HOUR[:cut]), fed(HOUR)
    end = int(HOUR["ts_init"][cut - 1])
    assert part.candles(ts=end).tolist() == whole.candles(ts=end)[: len(part.candles(ts=end))].tolist()
    assert part.fresh == whole.fresh[: len(part.fresh)]


def test_a_candle_is_not_there_before_it_is_closed_on_both_clocks() -> None:
    for behind_s in (-2.0, 0.0, 3.0):  # the venue's clock, against the receiver's
        events = HOUR.copy()
        events["ts_event"] -= int(behind_s * NANOS)
        found = fed(events, GRID_NS + 640 * NANOS)
        first = next(ts for ts, _ in found.fresh)
        end = (int(found.candles()["open_time"][0]) + 300_000_000) * 1_000
        assert first >= end + NANOS
        assert first >= end + (behind_s + 0.5) * NANOS


def test_larger_candles_are_those_of_the_small_ones() -> None:
    events = ticking(GRID_NS, 4 * 3_600 + 10, every=30)
    found = fed(events)
    small = found.candles()
    for name, n in (("30m", 8), ("4h", 1), ("1d", 0)):
        made = found.candles(name)
        assert len(made) == n
        assert made.tolist() == rolled_up(small, TIMEFRAMES["5m"], TIMEFRAMES[name]).tolist()


def without(events: Events, first_s: float, last_s: float) -> Events:
    stamps = (events["ts_init"] - GRID_NS) / NANOS
    return events[(stamps < first_s) | (stamps >= last_s)]


def opens(candles: Candles) -> list[int]:
    return [int(number) for number in (candles["open_time"] * 1_000 - GRID_NS) // SPAN_NS]


def test_a_span_in_which_the_feed_paused_is_left_out_and_counted() -> None:
    found = fed(without(HOUR, 400, 470))
    assert opens(found.candles()) == [0, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert len(found.candles("30m")) == 0
    assert found.feed.counts["incomplete 5m"] == 1
    assert found.feed.counts["incomplete 30m"] == 1


def test_a_pause_across_an_end_spoils_both_spans_and_a_short_one_none() -> None:
    assert opens(fed(without(HOUR, 560, 640)).candles())[:3] == [0, 3, 4]
    calm = HOUR.copy()
    calm["flags"] &= ~RESET  # a feed that goes on without a new snapshot
    assert opens(fed(without(calm, 560, 600)).candles())[:3] == [0, 1, 2]


def test_a_snapshot_after_a_short_pause_says_that_something_was_missed() -> None:
    assert opens(fed(without(HOUR, 400, 410)).candles())[:2] == [0, 2]


def test_a_hole_in_the_trade_ids_spoils_the_spans_it_may_reach_into() -> None:
    events = HOUR.copy()
    prints = np.flatnonzero(events["kind"] == PRINT)
    stamps = (events["ts_event"][prints] - GRID_NS) / NANOS
    events["flags"][prints[np.searchsorted(stamps, 450)]] |= GAP
    assert opens(fed(events).candles())[:2] == [0, 2]
    assert fed(events).feed.counts["holes known too late"] == 0


def test_a_hole_that_only_the_next_span_tells_of_is_counted() -> None:
    events = HOUR.copy()
    prints = np.flatnonzero(events["kind"] == PRINT)
    stamps = (events["ts_event"][prints] - GRID_NS) / NANOS
    events["flags"][prints[np.searchsorted(stamps, 901.5)]] |= GAP  # span 2 was closed at 901
    found = fed(events)
    assert opens(found.candles())[:4] == [0, 1, 2, 4]
    assert found.feed.counts["holes known too late"] == 1


def quiet(*spoken: int, seconds: int = 1_300) -> Events:
    """Books all the time, prints in these seconds alone."""
    events = ticking(GRID_NS, seconds, every=1)
    at = (events["ts_init"] - GRID_NS) // NANOS
    kept: Events = events[(events["kind"] != PRINT) | np.isin(at, spoken)]
    return kept


def test_a_span_without_a_print_repeats_the_close() -> None:
    events = quiet(10, 20, 950)
    rows = fed(events).candles()
    assert opens(rows) == [0, 1, 2, 3]
    close = rows["close"][0]
    for name in ("open", "high", "low", "close"):
        assert rows[name][1:3].tolist() == [close, close]
    assert rows["volume"][1:3].tolist() == [0.0, 0.0]


def test_without_a_price_before_it_a_silent_span_is_no_candle() -> None:
    assert opens(fed(quiet(650)).candles()) == [2, 3]


def test_a_print_that_comes_after_its_span_was_closed_changes_nothing_and_is_counted() -> None:
    late = print_event(GRID_NS + 320 * NANOS, 1, 77 * UNITS, UNITS)
    late["ts_event"] = GRID_NS + 299 * NANOS
    at = int(np.searchsorted(HOUR["ts_init"], late["ts_init"][0]))
    found = fed(np.concatenate([HOUR[:at], late, HOUR[at:]]))
    assert found.candles().tolist() == fed(HOUR).candles().tolist()
    assert found.feed.counts["late prints"] == 1


def test_volumes_beyond_a_machine_word_are_summed_exactly() -> None:
    events = HOUR.copy()
    events["size"][events["kind"] == PRINT] = 2**62
    count = int((HOUR["ts_event"][HOUR["kind"] == PRINT] < GRID_NS + SPAN_NS).sum())
    assert fed(events).candles()["volume"][0] == count * 2**62 / UNITS


def test_before_the_first_event_nothing_is_due_and_a_look_too_early_is_a_fault() -> None:
    feed = CandleFeed(CandleStore(), SYMBOL, Counter())
    assert feed.next_look == NEVER
    feed.take(HOUR[:0])
    assert feed.next_look == NEVER
    feed.take(HOUR[:5])
    with pytest.raises(InvariantBroken, match="are due at"):
        feed.look(feed.next_look - 1)


def test_a_candle_that_was_downloaded_stays_and_is_not_new() -> None:
    found = Fed()
    known = rows_of(by_hand(HOUR, GRID_NS, 1))
    known["volume"] += 1
    found.store.ring(SYMBOL, "5m").warm(known, GRID_NS + SPAN_NS)
    found.run(HOUR, GRID_NS + 700 * NANOS)
    assert found.candles()["volume"][0] == known["volume"][0]
    assert [name for _, name in found.fresh] == ["5m"]


def rows_of(rows: Sequence[tuple[float, ...]]) -> Candles:
    ring = CandleStore().ring(SYMBOL, "5m")
    return np.array(rows, ring.window(0).dtype)
