"""After each fill the maker is watched: what counts as one fill, what it did, and when nothing is known."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.support.executions import COIN, at
from tools.domain.market import NANOS, UNITS, Side
from tools.domain.reaction import Reaction
from tools.domain.trading import Fill, Intent
from tools.execution.reacting import NEVER, ReactionWatch

PRICE = 100 * UNITS


class HandMarket:
    """What is sensed is what the test says."""

    def __init__(self) -> None:
        self.ts = at(0)
        self.seen: dict[str, float | None] = {
            "mid": 99.98,
            "mm_avg_order_size": 50.0,
            "mm_refresh_rate": 2.0,
            "mm_departed": 0.0,
        }

    def features(self, ts: int) -> dict[str, float | None]:
        assert ts >= self.ts, "asked for the past"
        self.ts = ts
        return dict(self.seen)


class Watching:
    """A watch with its market and all it told."""

    def __init__(self) -> None:
        self.market, self.told = HandMarket(), list[Reaction]()
        self.watch = ReactionWatch(COIN, self.market, 8, self.told.append)

    def sent(self, name: str = "k_1", ms: int = 0) -> None:
        self.watch.sent(
            Intent(name, "d_1", "run_1", "venue", COIN.symbol, COIN.venue, "entry", 1, Side.BUY, None,
                   UNITS, is_post_only=False, is_reduce_only=False, ts=at(ms))
        )  # fmt: skip

    def filled(self, ms: int, size: int = UNITS // 4, **changes: Any) -> None:
        values: dict[str, Any] = {
            "trade_id": f"t{ms}", "client_order_id": "k_1", "decision_id": "d_1", "run_id": "run_1",
            "world": "venue", "symbol": COIN.symbol, "venue": COIN.venue, "side": Side.BUY, "price": PRICE,
            "size": size, "fee_quote": Decimal(0), "is_maker": False, "ts": at(ms),
        }  # fmt: skip
        self.watch.filled(Fill(**{**values, **changes}))

    def wait(self, until_ms: int) -> None:
        """Look whenever the watch wants to."""
        while (ts := self.watch.next_look) <= at(until_ms):
            self.watch.look(ts)
            assert self.watch.next_look > ts, "it would be woken for ever"


@pytest.fixture
def desk() -> Watching:
    return Watching()


def test_a_maker_that_is_there_after_its_refreshes_has_stayed(desk: Watching) -> None:
    desk.sent()
    desk.filled(1_000)
    desk.wait(4_999)
    assert desk.told == []
    desk.wait(5_000)
    (one,) = desk.told
    assert (one.has_left, one.is_taken, one.ts, one.ts_known) == (False, True, at(1_000), at(5_000))
    assert one.ratio == pytest.approx(25 / 50)
    assert one.refreshes == pytest.approx(8)
    assert one.slip_bps == pytest.approx((100 / 99.98 - 1) * 1e4)
    assert desk.watch.next_look == NEVER


def test_a_maker_that_goes_meanwhile_has_left_and_that_is_known_at_once(desk: Watching) -> None:
    desk.filled(0)
    desk.wait(1_400)
    desk.market.seen["mm_departed"] = 1.0
    desk.wait(10_000)
    (one,) = desk.told
    assert one.has_left
    assert one.ts_known == at(1_500)
    assert one.slip_bps is None, "the order was never seen sent"


def test_fills_of_one_second_are_one_and_later_ones_another(desk: Watching) -> None:
    for ms in (0, 400, 1_000, 2_500):
        desk.filled(ms)
    desk.wait(20_000)
    assert [one.ratio for one in desk.told] == pytest.approx([1.5, 0.5])
    assert [one.ts_known for one in desk.told] == [at(2_500), at(6_500)]


def test_fills_that_took_and_fills_that_rested_are_told_apart(desk: Watching) -> None:
    desk.filled(0)
    desk.filled(100, is_maker=True)
    desk.wait(20_000)
    assert [one.is_taken for one in desk.told] == [True, False]


def test_two_reactions_never_have_one_time(desk: Watching) -> None:
    desk.filled(0)
    desk.filled(0, side=Side.SELL)
    desk.wait(20_000)
    assert [one.ts for one in desk.told] == [at(0), at(0) + 1]


@pytest.mark.parametrize(
    "unknown",
    [{"mm_avg_order_size": None}, {"mm_refresh_rate": None}, {"mm_departed": None}, {"mm_departed": 1.0}],
)
def test_without_an_established_maker_nothing_is_watched(desk: Watching, unknown: dict[str, float]) -> None:
    desk.market.seen |= unknown
    desk.filled(0)
    desk.wait(20_000)
    assert desk.watch.next_look == NEVER
    assert desk.told == []


def test_what_cannot_be_told_at_the_end_is_not_made_up(desk: Watching) -> None:
    desk.filled(0)
    desk.market.seen["mm_departed"] = None
    desk.wait(20_000)
    assert desk.told == []


@pytest.mark.parametrize(("rate", "seconds"), [(100.0, 3), (2.0, 4), (0.01, 60)])
def test_a_fast_maker_is_watched_long_enough_and_a_slow_one_not_for_ever(
    desk: Watching, rate: float, seconds: int
) -> None:
    desk.market.seen["mm_refresh_rate"] = rate
    desk.filled(0)
    desk.wait(200_000)
    assert desk.told[0].ts_known - desk.told[0].ts == seconds * NANOS


def test_only_so_many_mids_are_kept(desk: Watching) -> None:
    for number in range(40):
        desk.sent(f"k_{number}", number)
    desk.filled(1_000, client_order_id="k_0")
    desk.filled(1_001, client_order_id="k_39")
    desk.wait(20_000)
    assert desk.told[0].slip_bps == pytest.approx((100 / 99.98 - 1) * 1e4)
