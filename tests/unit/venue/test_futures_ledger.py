"""Positions and wallets from fills: whatever the order of fills, no unit is lost."""

from hypothesis import given
from hypothesis import strategies as st

from venue.binance.demo import demo_wire
from venue.clock import WoundClock
from venue.engine.codes import Side
from venue.futures.ledger import Filled, FuturesLedger, Position

FILLS = st.lists(
    st.tuples(st.sampled_from([Side.BUY, Side.SELL]), st.integers(1, 50), st.integers(1, 10**6)), max_size=40
)


@given(FILLS)
def test_profit_and_open_cost_add_up_to_what_was_paid(fills: list[tuple[Side, int, int]]) -> None:
    position, profit, paid, size = Position(), 0, 0, 0
    for side, lots, price in fills:
        sign = 1 if side == Side.BUY else -1
        profit += position.fill(side, lots, lots * price)
        paid += sign * lots * price
        size += sign * lots
        assert position.size == size
        assert position.cost - profit == paid
        assert position.cost * position.size >= 0
        assert (position.cost == 0) == (position.size == 0)
    assert position.realised == profit


@given(FILLS, st.integers(1, 10**6))
def test_a_position_is_entered_at_prices_that_were_traded(
    fills: list[tuple[Side, int, int]], last: int
) -> None:
    position = Position()
    for side, lots, price in fills:
        position.fill(side, lots, lots * price)
    if position.size:
        average = position.cost / position.size
        assert min(price for *_, price in fills) - 1 <= average <= max(price for *_, price in fills) + 1


def filled(side: Side, lots: int, value: int, *, is_maker: bool = False) -> Filled:
    """A fill on the first market."""
    return Filled(
        account=9, market=0, trade=1, order=1, side=side, lots=lots, value=value, is_maker=is_maker, ts=5
    )


def test_fees_are_a_share_of_the_value_rounded_up_and_leave_the_wallet() -> None:
    wire, _ = demo_wire(WoundClock(0))
    ledger = FuturesLedger(wire.exchange, maker_ppm=200, taker_ppm=500)
    ledger.open(9, 1_000_000)
    assert ledger.book(filled(Side.BUY, 3, 10_001)) == (0, 6)
    assert ledger.book(filled(Side.SELL, 3, 10_301, is_maker=True)) == (300, 3)
    assert ledger.wallets[9].balance == 1_000_000 + 300 - 9


def test_a_short_loses_what_the_price_gains() -> None:
    short = Position()
    short.fill(Side.SELL, 10, 1_000)
    assert (short.size, short.cost) == (-10, -1_000)
    assert short.fill(Side.BUY, 4, 480) == -80
    assert short.fill(Side.BUY, 6, 540) == 60
    assert (short.size, short.cost, short.realised) == (0, 0, -20)
