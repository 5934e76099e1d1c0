"""The triple barrier: hand-made paths of the best bid, and a slow oracle on random walks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.desk import KernelDesk
from tests.support.plain import PlainFollow
from tests.support.tapes import START_NS, book_message, print_event, synthetic_market
from tools.domain.market import NANOS
from tools.execution.following import CENSORED, STOPPED, TARGET, TIMED_OUT, UNFILLED
from tools.market.events import Events

ENTRY, TARGET_PRICE, STOP_PRICE, WIDE = 10_000, 10_020, 9_980, 5
HOLD_S = 60
ASKED = {
    "entry": ENTRY,
    "target": TARGET_PRICE,
    "stop": STOP_PRICE,
    "size": 3,
    "ts_active": START_NS + NANOS // 10,
    "ts_withdraw": START_NS + 30 * NANOS,
    "hold_ns": HOLD_S * NANOS,
}


def at(seconds: float) -> int:
    return START_NS + round(seconds * NANOS)


def bids(path: list[tuple[float, int]]) -> list[Events]:
    """Messages that move a book of one level a side: (second, best bid)."""
    messages, last = [], ENTRY
    for second, bid in path:
        rows = [(1, last, 0), (-1, last + WIDE, 0), (1, bid, 10), (-1, bid + WIDE, 10)]
        messages.append(book_message(at(second), rows))
        last = bid
    return messages


OPENING = book_message(START_NS, [(1, ENTRY, 10), (-1, ENTRY + WIDE, 10)], is_snapshot=True)
FILLING = print_event(at(1), -1, ENTRY, 13)  # ten ahead, three ours


def follow(
    *events: Events, filling: Events = FILLING, latency_ns: int = 0, dwell_ns: int = 0, **changes: int
) -> dict[str, int]:
    desk = KernelDesk(latency_ns=latency_ns, dwell_ns=dwell_ns)
    desk.follow(**(ASKED | changes))
    parts = sorted([filling, *events], key=lambda part: int(part["ts_init"][0]))
    desk.feed(np.concatenate([OPENING, *parts]))
    return desk.followed()


def steady(until: float, bid: int = ENTRY) -> list[tuple[float, int]]:
    """A book that keeps talking without moving far, so that it is never silent."""
    return [(float(second), bid + second % 2) for second in range(2, int(until))]


AFTER = [(61.5, ENTRY)]


def test_the_target_first() -> None:
    said = follow(*bids([(5, 10_010), (8, 10_021), (20, 9_970), *AFTER]))
    assert (said["result"], said["exit"], said["ts_exit"]) == (TARGET, TARGET_PRICE, at(8))
    assert (said["ts_entry"], said["ts_end"]) == (at(1), at(1 + HOLD_S))


def test_the_stop_first_leaves_at_the_bid_it_found() -> None:
    said = follow(*bids([(5, 9_990), (8, 9_975), (20, 10_050), *AFTER]))
    assert (said["result"], said["exit"], said["ts_exit"]) == (STOPPED, 9_975, at(8))


def test_both_barriers_are_noted_and_the_first_decides() -> None:
    up = follow(*bids([(5, TARGET_PRICE + 1), (9, STOP_PRICE), *AFTER]))
    down = follow(*bids([(5, STOP_PRICE), (9, TARGET_PRICE + 1), *AFTER]))
    assert (up["result"], up["ts_target"], up["ts_stop"]) == (TARGET, at(5), at(9))
    assert (down["result"], down["ts_stop"], down["ts_target"]) == (STOPPED, at(5), at(9))


def test_a_touch_is_noted_once() -> None:
    said = follow(*bids([(5, 10_030), (6, ENTRY), (9, 10_030), *AFTER]))
    assert said["ts_target"] == at(5)


def test_a_stop_must_outlive_a_flicker_of_the_quotes() -> None:
    flicker = bids([(5, STOP_PRICE), (5.02, ENTRY), (30, ENTRY + 1), *AFTER])
    assert follow(*flicker, dwell_ns=NANOS // 4)["result"] == TIMED_OUT
    lasting = bids([(5, STOP_PRICE), (5.3, STOP_PRICE - 1), (30, ENTRY), *AFTER])
    said = follow(*lasting, dwell_ns=NANOS // 4)
    assert (said["result"], said["ts_stop"], said["exit"]) == (STOPPED, at(5), STOP_PRICE)


def test_a_sale_in_haste_takes_two_latencies_and_the_bid_it_finds() -> None:
    falling = bids([(5, STOP_PRICE), (5.05, STOP_PRICE - 3), (5.3, STOP_PRICE - 9), *AFTER])
    said = follow(*falling, latency_ns=NANOS // 10)
    assert (said["result"], said["exit"], said["ts_exit"]) == (STOPPED, STOP_PRICE - 3, at(5.2))


def test_the_target_waits_in_its_queue_like_any_order() -> None:
    offered = book_message(at(3), [(-1, TARGET_PRICE, 40)])
    eaten = [print_event(at(s), 1, TARGET_PRICE, 25) for s in (10, 20)]
    said = follow(offered, *eaten, *bids([*steady(61), *AFTER]), latency_ns=NANOS)
    assert said["result"] == TARGET  # nothing was displayed when it arrived at second 2
    late = follow(offered, *eaten, *bids([*steady(61), *AFTER]), latency_ns=3 * NANOS)
    assert (late["result"], late["ts_exit"]) == (TARGET, at(20))  # forty ahead of three


def test_time_runs_out_at_the_bid_of_that_moment() -> None:
    said = follow(*bids([*steady(60), (60.5, 10_007), (61.5, 9_000)]))
    assert (said["result"], said["exit"], said["ts_exit"]) == (TIMED_OUT, 10_007, at(61))
    assert said["lowest"] == ENTRY


def test_excursions_cover_the_entire_holding_time_even_after_the_result() -> None:
    said = follow(*bids([(5, 10_020), (30, 10_090), (50, 9_900), (60.9, ENTRY), (62, 20_000)]))
    assert (said["result"], said["highest"], said["lowest"]) == (TARGET, 10_090, 9_900)


def test_prints_at_the_target_eat_its_queue_and_one_above_fills_it() -> None:
    sold = print_event(at(4), -1, TARGET_PRICE + 1, 1)
    short = print_event(at(5), 1, TARGET_PRICE, 2)
    through = print_event(at(6), 1, TARGET_PRICE + 1, 1)
    assert follow(short, sold, *bids([*steady(61), *AFTER]))["result"] == TIMED_OUT
    said = follow(short, through, *bids([*steady(61), *AFTER]))
    assert (said["result"], said["ts_exit"]) == (TARGET, at(6))


@pytest.mark.parametrize(
    "filling",
    [
        print_event(at(1), -1, ENTRY, 12),  # ten ahead of us: one of ours is missing
        print_event(at(0.05), -1, ENTRY, 99),  # before we were there
        print_event(at(1), 1, ENTRY, 99),  # a buyer
    ],
)
def test_an_entry_the_queue_did_not_reach_is_unfilled(filling: Events) -> None:
    said = follow(*bids(steady(32, ENTRY + 1)), filling=filling)
    assert (said["result"], said["ts_entry"], said["ts_end"]) == (UNFILLED, 0, at(30))


def test_an_entry_that_would_cross_is_unfilled_at_once() -> None:
    said = follow(*bids([(3, ENTRY)]), entry=ENTRY + WIDE)
    assert (said["result"], said["ts_end"]) == (UNFILLED, ASKED["ts_active"])


def test_a_print_through_the_entry_fills_it() -> None:
    said = follow(*bids([(5, 10_021), *AFTER]), filling=print_event(at(2), -1, ENTRY - 1, 1))
    assert (said["result"], said["ts_entry"]) == (TARGET, at(2))


CROSSING = book_message(at(50), [(1, ENTRY + WIDE + 1, 1)])


def test_a_book_broken_at_the_end_censors_what_was_undecided() -> None:
    tail = print_event(at(62), 1, ENTRY, 1)
    assert follow(*bids(steady(49)), CROSSING, tail)["result"] == CENSORED
    decided = follow(*bids([*steady(40), (45, 9_970)]), book_message(at(50), [(1, 99_999, 1)]), tail)
    assert (decided["result"], decided["exit"]) == (STOPPED, 9_970)


def test_an_end_in_a_silence_the_feed_never_keeps_is_censored() -> None:
    talking = [(2 + k / 5, ENTRY + k % 2) for k in range(110)]  # five a second: thirty seconds are too long
    said = follow(*bids(talking), *[print_event(at(s), 1, ENTRY, 1) for s in (40, 50, 62)])
    assert said["result"] == CENSORED


def test_a_moment_without_bids_is_no_stop() -> None:
    gone = book_message(at(5), [(1, ENTRY, 0)])
    back = book_message(at(5.5), [(1, ENTRY, 10)])
    said = follow(gone, back, *bids([(second, bid) for second, bid in steady(61) if second > 5] + AFTER))
    assert (said["result"], said["ts_stop"]) == (TIMED_OUT, 0)
    assert said["lowest"] == ENTRY


def test_an_entry_withdrawn_while_the_book_is_broken_is_censored() -> None:
    broken = book_message(at(5), [(1, ENTRY + WIDE + 1, 1)])
    tail = print_event(at(31), 1, ENTRY, 1)
    assert follow(broken, tail, filling=print_event(at(1), 1, ENTRY, 1))["result"] == CENSORED


def random_follow(seed: int, events: Events) -> dict[str, int]:
    rng = np.random.default_rng(seed)
    start = int(events["ts_init"][0])
    tick = 1_000_000
    entry = 6_000_000 * tick + int(rng.integers(-5, 4)) * tick
    active = start + int(rng.integers(1, 5 * NANOS))
    return {
        "entry": entry,
        "target": entry + int(rng.integers(1, 25)) * tick,
        "stop": entry - int(rng.integers(1, 25)) * tick,
        "size": int(rng.integers(1, 10**8)),
        "ts_active": active,
        "ts_withdraw": active + int(rng.integers(1, 8 * NANOS)),
        "hold_ns": int(rng.integers(NANOS, 12 * NANOS)),
    }


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_random_walks_end_as_the_slow_oracle_says(seed: int) -> None:
    events = synthetic_market(seed=seed, seconds=25, depth=4)
    asked = random_follow(seed, events)
    pace = {"latency_ns": (0, 80_000_000)[seed % 2], "dwell_ns": (0, 250_000_000, 0)[seed % 3]}
    desk = KernelDesk(**pace)
    desk.follow(**asked)
    desk.feed(events)
    assert desk.followed() == PlainFollow(**pace, **asked).feed(events)


def test_the_random_walks_meet_every_result() -> None:
    results = set()
    for seed in range(40):
        events = synthetic_market(seed=seed, seconds=25, depth=4)
        results.add(PlainFollow(**random_follow(seed, events)).feed(events)["result"])
    assert results >= {TARGET, STOPPED, TIMED_OUT, UNFILLED}


def late(*events: Events, **changes: int) -> dict[str, int]:
    desk = KernelDesk()
    desk.follow(**(ASKED | {"ts_forget": START_NS + 60 * NANOS} | changes))
    parts = sorted(events, key=lambda part: int(part["ts_init"][0]))
    desk.feed(np.concatenate([OPENING, *parts]))
    follow = desk.desk["follows"][0, 0]
    return {
        name: int(follow[name])
        for name in ("result", "ts_entry", "ts_end", "reach", "ts_halt", "halt", "final")
    }


def test_the_farthest_sure_target_is_noted_until_the_stop_acts() -> None:
    said = late(FILLING, *bids([(5, 10_012), (8, STOP_PRICE), (20, 10_050), (60, 9_990), *AFTER]))
    assert (said["reach"], said["ts_halt"], said["halt"], said["final"]) == (10_012, at(8), STOP_PRICE, 9_990)


def test_excursions_run_on_after_the_target() -> None:
    said = late(FILLING, *bids([(5, 10_021), (20, 10_035), (60, 9_995), *AFTER]))
    assert (said["result"], said["reach"], said["ts_halt"], said["final"]) == (TARGET, 10_035, 0, 9_995)


def test_a_print_above_a_price_has_bought_what_rested_there() -> None:
    said = late(FILLING, print_event(at(9), 1, 10_015, 1), *bids([*steady(61), *AFTER]))
    assert said["reach"] == 10_014


def test_an_entry_that_came_too_late_is_unfilled_and_watched_on() -> None:
    filling = print_event(at(40), -1, ENTRY, 13)
    said = late(filling, *bids([*steady(101), (101, ENTRY + 3), (101.5, ENTRY)]))
    assert (said["result"], said["ts_entry"], said["ts_end"]) == (UNFILLED, at(40), at(100))
    never = late(*bids([*steady(101), (101.5, ENTRY)]))
    assert (never["result"], never["ts_entry"], never["ts_end"]) == (UNFILLED, 0, at(60))
