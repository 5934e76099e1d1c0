"""When a book may be believed: whole messages, crossings, silences, snapshots, holes in the tape."""

import math

import numpy as np
import pytest

from tests.support.senses import BTCUSDT, Sensed
from tests.support.tapes import START_NS, book_message, print_event
from tools.detection.state import CROSSED, EMPTY, GAPPED, LOADING, SOUND
from tools.domain.market import NANOS, UNITS, Instrument
from tools.market.instruments import instrument_for

CENT = UNITS // 100
BID, ASK = 60_000 * UNITS, 60_000 * UNITS + CENT
SNAPSHOT = book_message(
    START_NS,
    [(1, BID, 3 * UNITS), (1, BID - CENT, UNITS), (-1, ASK, UNITS), (-1, ASK + CENT, 2 * UNITS)],
    is_snapshot=True,
)
PACED = 30 * NANOS  # binance: the least silence that may be a gap


def sensed(instrument: Instrument = BTCUSDT) -> Sensed:
    market = Sensed(instrument)
    market.take(SNAPSHOT)
    return market


def is_sound(market: Sensed, ts: int) -> bool:
    return market.evaluate(ts)[0]


def test_a_book_is_judged_after_the_last_row_of_its_message_alone() -> None:
    market = sensed()
    # first row crosses the book, second row lifts the ask away: whole, it is not crossed
    message = book_message(START_NS + NANOS, [(1, ASK, UNITS), (-1, ASK, 0)])
    market.take(message[:1])
    assert (market.book("status"), market.book("best_bid")) == (SOUND, BID)
    assert not is_sound(market, START_NS + NANOS)
    market.take(message[1:])
    assert (market.book("status"), market.book("crossed")) == (SOUND, 0)
    assert (market.book("best_bid"), market.book("best_ask")) == (ASK, ASK + CENT)
    assert is_sound(market, START_NS + NANOS)


def test_nothing_is_sound_before_the_first_snapshot_is_whole() -> None:
    market = Sensed()
    market.take(book_message(START_NS, [(1, BID, 1), (-1, ASK, 1)]))
    assert market.book("status") == EMPTY
    assert not is_sound(market, START_NS)
    market.take(SNAPSHOT[:-1])
    assert market.book("status") == LOADING
    assert not is_sound(market, START_NS)
    market.take(SNAPSHOT[-1:])
    assert is_sound(market, START_NS)


@pytest.mark.parametrize("price", [ASK, ASK + 5 * CENT])
def test_a_crossed_book_is_not_used_until_a_fresh_snapshot(price: int) -> None:
    market = sensed()
    market.take(book_message(START_NS + NANOS, [(1, price, UNITS)]))
    assert (market.book("status"), market.book("crossed")) == (CROSSED, 1)
    # uncrossing does not heal it: something was missed
    market.take(book_message(START_NS + 2 * NANOS, [(1, price, 0)]))
    assert market.book("status") == CROSSED
    assert math.isnan(market.features(START_NS + 2 * NANOS)["mid"])
    fresh = SNAPSHOT.copy()
    fresh["ts_init"] = START_NS + 3 * NANOS
    market.take(fresh)
    assert is_sound(market, START_NS + 3 * NANOS)


def heartbeat(market: Sensed, count: int, interval_ns: int) -> int:
    """Send ``count`` messages at a steady pace; returns the last stamp."""
    ts = START_NS
    for k in range(count):
        ts += interval_ns
        market.take(book_message(ts, [(-1, ASK + CENT, (2 + k % 2) * UNITS)]))
    return ts


@pytest.mark.parametrize(
    ("messages", "interval_ns", "longest_ns"),
    [
        (150, NANOS // 10, PACED),  # ten a second: the venue's own limit
        (150, NANOS, 50 * NANOS),  # one a second: fifty intervals
        (150, 3 * NANOS, 4 * PACED),  # one in three seconds: never more than four limits
        (20, NANOS // 10, 4 * PACED),  # a young feed has no pace yet
    ],
)
def test_a_silence_is_a_gap_by_the_feeds_own_pace(messages: int, interval_ns: int, longest_ns: int) -> None:
    quiet, silent = sensed(), sensed()
    last = heartbeat(quiet, messages, interval_ns)
    heartbeat(silent, messages, interval_ns)
    change = [(-1, ASK + CENT, 7 * UNITS)]
    quiet.take(book_message(last + longest_ns - NANOS // 100, change))
    silent.take(book_message(last + longest_ns + NANOS // 100, change))
    assert (quiet.book("status"), quiet.book("gaps")) == (SOUND, 0)
    assert (silent.book("status"), silent.book("gaps")) == (GAPPED, 1)


def test_a_gapped_book_stays_so_until_a_snapshot() -> None:
    market = sensed()
    ts = START_NS + 121 * NANOS
    market.take(book_message(ts, [(1, BID, UNITS)]), book_message(ts + NANOS, [(1, BID, 2 * UNITS)]))
    assert market.book("status") == GAPPED
    assert not is_sound(market, ts + NANOS)
    fresh = SNAPSHOT.copy()
    fresh["ts_init"] = ts + 2 * NANOS
    market.take(fresh)
    assert is_sound(market, ts + 2 * NANOS)


def test_an_event_complete_feed_may_be_silent_for_an_hour() -> None:
    market = sensed(instrument_for("nasdaq", "AMZN"))
    ts = START_NS + 3_600 * NANOS
    market.take(book_message(ts, [(1, BID, UNITS)]))
    assert is_sound(market, ts)


def test_a_snapshot_replaces_everything() -> None:
    market = sensed()
    ts = START_NS + NANOS
    market.take(book_message(ts, [(1, BID - 9 * CENT, 5), (-1, ASK - 5 * CENT, 4)], is_snapshot=True))
    assert [market.state[side]["count"][0] for side in ("bids", "asks")] == [1, 1]
    assert (market.book("best_bid"), market.book("best_ask")) == (BID - 9 * CENT, ASK - 5 * CENT)
    market.take(book_message(ts + 1, [(1, BID, 0)]))
    assert market.book("unknown_deletes") == 1


def test_a_hole_in_trade_ids_silences_the_market_for_one_window() -> None:
    market = sensed()
    hole = START_NS + NANOS
    market.take(print_event(hole, 1, ASK, UNITS, after_gap=True))
    heartbeat_at = [hole + 30 * NANOS * k // 10 for k in range(1, 25)]
    for ts in heartbeat_at:
        market.take(book_message(ts, [(-1, ASK + CENT, ts % 97 + 1)]))
    assert not is_sound(market, hole + 60 * NANOS)
    assert is_sound(market, hole + 60 * NANOS + 1)
    assert market.state["tape"]["gaps"][0] == 1


def test_the_age_of_a_level_from_a_snapshot_is_not_known() -> None:
    market = sensed()
    ts = START_NS + 2 * NANOS
    market.take(book_message(ts, [(1, BID - CENT, 0)]))
    assert math.isnan(market.features(ts)["order_lifetime_avg"])
    market.take(book_message(ts + NANOS, [(1, BID - CENT, UNITS)]))
    market.take(book_message(ts + 4 * NANOS, [(1, BID - CENT, 0)]))
    assert market.features(ts + 4 * NANOS)["order_lifetime_avg"] == 3.0


def test_a_change_of_size_leaves_the_age_of_a_level() -> None:
    market = sensed()
    for k, size in enumerate([UNITS, 3 * UNITS, 2 * UNITS, 0], 1):
        market.take(book_message(START_NS + k * NANOS, [(1, BID - 3 * CENT, size)]))
    assert market.features(START_NS + 4 * NANOS)["order_lifetime_avg"] == 3.0


def test_levels_far_from_the_touch_do_not_count_as_lives() -> None:
    market = sensed()
    far = BID - 100 * UNITS  # 17 bps away, 10 are near
    market.take(book_message(START_NS + NANOS, [(1, far, UNITS)]))
    market.take(book_message(START_NS + 2 * NANOS, [(1, far, 0)]))
    assert math.isnan(market.features(START_NS + 2 * NANOS)["order_lifetime_avg"])


def test_book_features_are_those_of_the_worked_case() -> None:
    row = sensed().features(START_NS)
    assert row["mid"] == pytest.approx(60_000.005)
    assert row["spread_bps"] == pytest.approx(0.01 / 60_000.005 * 1e4)
    assert row["microprice"] == pytest.approx((60_000.00 * 1 + 60_000.01 * 3) / 4)
    assert row["imbalance"] == pytest.approx((4 - 3) / 7)


def test_a_print_without_a_flag_takes_its_side_from_the_book() -> None:
    market = sensed()
    market.take(print_event(START_NS + 1, 0, ASK, UNITS), print_event(START_NS + 2, 0, BID, 3 * UNITS))
    assert market.features(START_NS + 2)["aggressor_ratio_60s"] == 0.25


def test_the_tick_is_learned_from_the_prices() -> None:
    market = Sensed(instrument_for("hyperliquid", "BTC"))
    levels = [(1, 111_000 * UNITS, 1), (-1, 111_002 * UNITS, 1), (-1, 111_005 * UNITS, 1)]
    market.take(book_message(START_NS, levels, is_snapshot=True))
    assert market.book("tick") == np.gcd.reduce([price for _, price, _ in levels]) == UNITS
