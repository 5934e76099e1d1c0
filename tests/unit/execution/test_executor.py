"""The executor, leg by leg, on hand-made markets: what is written, sent, held and concluded, and when."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.executions import (
    CENT,
    LOT,
    ExecutorDesk,
    at,
    finished,
    holding,
    printed,
    quotes,
)
from tools.domain.errors import InvariantBroken
from tools.domain.market import NANOS, Side
from tools.domain.trading import OrderStatus, Result

BUY, SELL = Side.BUY, Side.SELL
OPEN, FILLED, CANCELLED, REJECTED = (
    OrderStatus.OPEN,
    OrderStatus.FILLED,
    OrderStatus.CANCELLED,
    OrderStatus.REJECTED,
)


@pytest.fixture
def desk() -> ExecutorDesk:
    """A desk that has seen a book of 99.99 to 100.01, a hundred lots a level."""
    desk = ExecutorDesk()
    desk.play(quotes(0, 9_999, 10_001))
    return desk


def test_an_order_is_sent_only_after_its_intent_is_written(desk: ExecutorDesk) -> None:
    desk.enter([LOT])
    assert [kind for kind, _ in desk.journal] == ["intent", "place"]
    (intent,) = desk.intents
    assert (intent.leg, intent.side, intent.price) == ("entry", BUY, 9_999 * CENT)
    assert intent.is_post_only
    assert not intent.is_reduce_only


def test_an_order_acts_only_after_its_latency(desk: ExecutorDesk) -> None:
    desk.enter([LOT])
    desk.play(printed(79, SELL, 9_990, 1_000))
    assert desk.updates == []
    desk.play(printed(81, BUY, 10_001, 1))
    assert [update.status for update in desk.updates] == [OPEN]
    assert desk.updates[0].ts == at(80)


def test_a_filled_entry_is_followed_by_a_target_for_what_is_held(desk: ExecutorDesk) -> None:
    holding(desk)
    entry, target = desk.intents
    assert (target.leg, target.side, target.price, target.size) == ("target", SELL, 10_020 * CENT, 5 * LOT)
    assert target.is_post_only
    assert target.is_reduce_only
    assert target.client_order_id != entry.client_order_id
    assert desk.statuses("entry") == [OPEN, FILLED]


def test_a_filled_target_is_a_take_profit_as_maker_on_both_sides(desk: ExecutorDesk) -> None:
    holding(desk)
    desk.play(quotes(2_000, 10_015, 10_019), printed(3_000, BUY, 10_021, 10))
    assert finished(desk) is Result.TAKE_PROFIT
    (outcome,) = desk.outcomes
    gross = Decimal("0.005") * (Decimal("100.20") - Decimal("99.99"))
    fees = Decimal("0.005") * (Decimal("100.20") + Decimal("99.99")) / 10_000
    assert outcome.net_quote == gross - fees
    assert (outcome.ts_entry, outcome.ts_exit) == (at(1_000), at(3_000))
    assert outcome.net_bps == pytest.approx(
        float((gross - fees) / (Decimal("0.005") * Decimal("99.99"))) * 1e4
    )


def test_slices_go_one_after_the_other_with_the_delay_between(desk: ExecutorDesk) -> None:
    desk.enter([LOT, 2 * LOT, 3 * LOT])
    desk.play(quotes(100, 9_999, 10_001), printed(500, SELL, 9_998, 1))
    assert desk.legs == ["entry"], "the second slice came before its delay"
    desk.play(until=at(1_999))
    assert desk.legs == ["entry"]
    desk.play(until=at(2_000))
    assert [intent.ts for intent in desk.intents] == [at(0), at(2_000)]
    desk.play(quotes(2_100, 9_999, 10_001))
    desk.play(until=at(5_000))
    assert desk.legs == ["entry", "entry"], "the third slice came while the second was at work"
    desk.play(printed(5_500, SELL, 9_998, 1))
    assert [intent.size for intent in desk.intents] == [LOT, 2 * LOT, 3 * LOT]
    desk.play(quotes(5_600, 9_999, 10_001), printed(5_700, SELL, 9_998, 1))
    assert desk.intents[-1].leg == "target"
    assert desk.intents[-1].size == 6 * LOT


def test_an_entry_that_is_not_filled_in_time_is_withdrawn(desk: ExecutorDesk) -> None:
    desk.enter([LOT, LOT])
    desk.play(until=at(29_999))
    assert ("cancel", desk.intents[0].client_order_id) not in desk.journal
    desk.play(until=at(30_000))
    assert desk.journal[-1] == ("cancel", desk.intents[0].client_order_id)
    desk.play(quotes(31_000, 9_999, 10_001))
    assert finished(desk) is Result.UNFILLED
    assert desk.statuses("entry") == [OPEN, CANCELLED]
    assert desk.legs == ["entry"], "a slice was sent after the deadline"


def test_what_was_filled_before_the_deadline_is_kept_and_sold_at_the_target(desk: ExecutorDesk) -> None:
    desk.enter([10 * LOT])
    desk.play(quotes(500, 9_999, 10_001), printed(1_000, SELL, 9_999, 104))
    desk.play(quotes(30_200, 9_999, 10_001))
    assert desk.statuses("entry") == [OPEN, CANCELLED]
    assert (desk.intents[-1].leg, desk.intents[-1].size) == ("target", 4 * LOT)
    desk.play(quotes(31_000, 9_999, 10_001), printed(32_000, BUY, 10_021, 4))
    assert finished(desk) is Result.TAKE_PROFIT


def test_a_fill_that_overtakes_the_cancel_counts(desk: ExecutorDesk) -> None:
    desk.enter([LOT])
    desk.play(quotes(500, 9_999, 10_001))
    desk.play(until=at(30_000))
    desk.play(printed(30_079, SELL, 9_998, 1))
    assert desk.statuses("entry") == [OPEN, FILLED]
    assert desk.legs == ["entry", "target"]


def test_a_stop_cancels_the_target_first_and_then_sells_at_the_market(desk: ExecutorDesk) -> None:
    holding(desk)
    desk.play(quotes(2_000, 9_990, 10_001), quotes(3_000, 9_980, 9_982))
    target = desk.intents[-1].client_order_id
    assert desk.journal[-1] == ("cancel", target)
    assert desk.legs == ["entry", "target"], "sold while the target was still at work"
    desk.play(quotes(3_100, 9_979, 9_982), quotes(3_200, 9_978, 9_982))
    assert desk.legs == ["entry", "target", "exit"]
    exit_order = desk.intents[-1]
    assert (exit_order.price, exit_order.size, exit_order.is_post_only) == (None, 5 * LOT, False)
    assert exit_order.is_reduce_only
    desk.play(quotes(4_000, 9_978, 9_982))
    assert finished(desk) is Result.STOP
    assert not desk.fills[-1].is_maker
    assert (desk.fills[-1].ts, desk.fills[-1].price) == (at(3_180), 9_979 * CENT)


def test_a_target_that_fills_while_it_is_cancelled_leaves_nothing_to_sell(desk: ExecutorDesk) -> None:
    holding(desk)
    desk.play(quotes(2_000, 9_999, 10_001), quotes(3_000, 9_980, 10_001))
    desk.play(printed(3_079, BUY, 10_021, 50))
    assert finished(desk) is Result.STOP
    assert desk.legs == ["entry", "target"]


def test_a_target_half_filled_leaves_the_other_half_to_the_stop(desk: ExecutorDesk) -> None:
    holding(desk)
    desk.play(quotes(2_000, 9_999, 10_019), printed(2_500, BUY, 10_020, 3))
    assert desk.fills[-1].size == 3 * LOT
    desk.play(quotes(3_000, 9_980, 10_001), quotes(3_200, 9_980, 10_001), quotes(3_400, 9_979, 10_001))
    assert desk.intents[-1].leg == "exit"
    assert desk.intents[-1].size == 2 * LOT
    assert finished(desk) is Result.STOP


def test_a_stop_while_slices_are_still_placed_ends_the_entry_too(desk: ExecutorDesk) -> None:
    desk.enter([10 * LOT, LOT])
    desk.play(quotes(500, 9_999, 10_001), printed(1_000, SELL, 9_999, 104))
    desk.play(quotes(1_500, 9_980, 10_001, gone=(9_999,)))
    # Nothing was traded at 99.99, and the book is above no bid of ours: the rest is cancelled.
    desk.play(quotes(1_700, 9_980, 10_001), quotes(1_900, 9_980, 10_001))
    assert desk.legs == ["entry", "exit"]
    assert finished(desk) is Result.STOP


def test_a_position_is_sold_when_its_holding_time_is_over(desk: ExecutorDesk) -> None:
    holding(desk)
    desk.play(quotes(2_000, 9_999, 10_001))
    assert desk.executor.entry is not None
    assert desk.executor.entry.hold_deadline == at(61_000)
    assert desk.executor.next_wake() == at(4_000), "the next look at the market maker"
    desk.play(quotes(60_999, 9_999, 10_001))
    assert desk.legs == ["entry", "target"]
    desk.play(quotes(61_001, 9_999, 10_001), quotes(61_100, 9_999, 10_001), quotes(62_000, 9_999, 10_001))
    assert finished(desk) is Result.TIMEOUT


def test_a_target_that_would_cross_is_a_profit_already_there_and_is_taken(desk: ExecutorDesk) -> None:
    desk.enter([5 * LOT])
    desk.play(quotes(500, 9_999, 10_001), printed(1_000, SELL, 9_998, 1), quotes(1_010, 10_025, 10_030))
    desk.play(quotes(1_200, 10_025, 10_030), quotes(1_400, 10_025, 10_030))
    assert desk.statuses("target") == [REJECTED]
    assert desk.legs == ["entry", "target", "exit"]
    assert finished(desk) is Result.TAKE_PROFIT
    assert desk.fills[-1].price == 10_025 * CENT


def test_an_entry_that_would_cross_is_refused_and_comes_to_nothing(desk: ExecutorDesk) -> None:
    desk.enter([LOT], entry_price=10_001 * CENT)
    desk.play(quotes(100, 9_999, 10_001))
    assert finished(desk) is Result.UNFILLED
    assert desk.statuses("entry") == [REJECTED]


def test_an_exit_larger_than_the_book_goes_on_until_everything_is_sold(desk: ExecutorDesk) -> None:
    holding(desk, lots=50)
    desk.play(*(quotes(3_000 + 100 * i, 9_979, 10_001, size=6) for i in range(12)))
    assert desk.legs.count("exit") == 3
    assert desk.statuses("exit") == [CANCELLED, CANCELLED, FILLED]
    assert finished(desk) is Result.STOP


def test_a_market_maker_that_lost_its_confidence_ends_the_entry_and_the_symbol_rests(
    desk: ExecutorDesk,
) -> None:
    desk.enter([LOT, LOT], confidence=0.9)
    desk.play(until=at(1_999))
    assert desk.executor.departures == 0
    desk.play(quotes(2_100, 9_999, 10_001), quotes(2_300, 9_999, 10_001))
    assert finished(desk) is Result.ABORT
    assert desk.executor.departures == 1
    until = at(2_000) + 300 * NANOS
    assert desk.ledger.snapshot(until - 1).rests == {"COINEUR": until}
    assert desk.ledger.snapshot(until).rests == {}


def test_a_market_maker_that_was_never_trusted_cannot_lose_that_trust(desk: ExecutorDesk) -> None:
    desk.enter([LOT], confidence=0.49)
    desk.play(until=at(20_000))
    assert desk.executor.departures == 0
    assert desk.executor.is_busy


@pytest.mark.parametrize(("lower", "leaves"), [(99.99, False), (99.90, False), (99.88, True), (100.11, True)])
def test_bounds_that_moved_more_than_ten_points_end_the_entry(lower: float, leaves: bool) -> None:
    desk = ExecutorDesk()
    desk.play(quotes(0, 9_999, 10_001), *(printed(10 + i, SELL, 9_999, 1) for i in range(20)))
    desk.play(*(printed(40 + i, BUY, 10_001, 1) for i in range(20)))
    assert desk.market.features(at(60))["mm_lower_bound"] == pytest.approx(99.99)
    desk.enter([LOT], features={"mm_lower_bound": lower, "mm_upper_bound": 100.01})
    desk.play(until=desk.now + 2 * NANOS)
    assert desk.executor.departures == int(leaves)


def test_what_was_filled_before_the_market_maker_left_is_sold(desk: ExecutorDesk) -> None:
    desk.enter([10 * LOT], confidence=0.9)
    desk.play(quotes(500, 9_999, 10_001), printed(1_000, SELL, 9_999, 104))
    desk.play(quotes(2_100, 9_999, 10_001), quotes(2_300, 9_999, 10_001), quotes(2_500, 9_999, 10_001))
    assert desk.legs == ["entry", "departed"]
    assert finished(desk) is Result.ABORT


def test_exposure_follows_the_entry_from_working_to_held_to_nothing(desk: ExecutorDesk) -> None:
    desk.enter([10 * LOT])
    price, rate = Decimal("99.99"), Decimal("1.25")
    (entry,) = desk.ledger.snapshot(desk.now).entries
    assert (entry.working_usd, entry.position_usd) == (Decimal("0.010") * price * rate, 0)
    desk.play(quotes(500, 9_999, 10_001), printed(1_000, SELL, 9_999, 104))
    (entry,) = desk.ledger.snapshot(desk.now).entries
    assert entry.position_usd == Decimal("0.004") * price * rate
    assert entry.working_usd == Decimal("0.006") * price * rate
    desk.play(quotes(30_200, 9_999, 10_001))
    (entry,) = desk.ledger.snapshot(desk.now).entries
    assert (entry.working_usd, entry.position_usd) == (0, Decimal("0.004") * price * rate)
    desk.close()
    assert finished(desk) is Result.CLOSE_OUT


def test_an_order_id_is_never_used_twice(desk: ExecutorDesk) -> None:
    desk.enter([LOT])
    with pytest.raises(InvariantBroken, match="placed twice"):
        desk.market.place(desk.intents[0])


def test_the_same_market_gives_the_same_journal() -> None:
    def journal() -> list[tuple[str, object]]:
        desk = ExecutorDesk()
        desk.play(quotes(0, 9_999, 10_001))
        holding(desk)
        desk.close()
        return desk.journal

    assert journal() == journal()
