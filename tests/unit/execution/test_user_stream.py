"""What the user stream says reaches the order it is about, and no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from tests.support.order_path import SOL, an_order
from tools.domain.market import UNITS
from tools.execution.asking import Desk
from tools.execution.dialect import DIALECTS
from tools.execution.limiter import Limiter
from tools.execution.user_stream import UserStream
from tools.execution.wire import Trade, Wire
from tools.execution.working import GatewayConfig, WorkingOrder


class OneMessage:
    """A client whose user stream says one thing and then nothing more."""

    def __init__(self, *trades: dict[str, object]) -> None:
        self._trades = list(trades)

    async def watch_my_trades(self) -> Sequence[dict[str, object]]:
        if not self._trades:
            await asyncio.Event().wait()
        said, self._trades = self._trades, []
        return said


def heard_by(
    orders: Sequence[WorkingOrder], *trades: dict[str, object], stream: type[UserStream] = UserStream
) -> list[tuple[str, str]]:
    """Which order each execution was given to."""
    taken: list[tuple[str, str]] = []

    def take(trade: Trade, order: WorkingOrder) -> None:
        taken.append((trade.trade_id, order.client_order_id))

    async def listen() -> None:
        wire = Wire(OneMessage(*trades), {one.symbol: one for one in (SOL, BTC)}, DIALECTS["binance"])  # type: ignore[arg-type]
        desk = Desk(wire, Limiter(), GatewayConfig())
        task = asyncio.create_task(stream(wire, desk, lambda: orders, take).listen())
        await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(listen())
    return taken


BTC = replace(SOL, symbol="BTCUSDT", base="BTC")


def trade(symbol: str, number: int) -> dict[str, object]:
    fields = {"id": str(number), "order": "7", "price": 150.0, "amount": 1.0, "timestamp": 1}
    return {"symbol": symbol, **fields, "fee": {"cost": Decimal(0), "currency": "USDT"}}


def test_orders_of_two_symbols_may_have_the_same_number() -> None:
    """INV-03: venues number orders a symbol; an execution of one is none of the other's."""
    here = WorkingOrder(an_order("kp_sol", size=UNITS), venue_ids=("7",))
    there = WorkingOrder(an_order("kp_btc", symbol="BTCUSDT", size=UNITS), venue_ids=("7",))
    said = (trade("SOL/USDT", 1), trade("BTC/USDT", 2))
    assert heard_by([here, there], *said) == [("1", "kp_sol"), ("2", "kp_btc")]
    assert heard_by([there], *said) == [("2", "kp_btc")]


def test_an_execution_of_a_symbol_that_is_not_traded_is_nobodys() -> None:
    here = WorkingOrder(an_order("kp_sol"), venue_ids=("7",))
    assert heard_by([here], trade("ETH/USDT", 1)) == []


class ConfusedStream(UserStream):
    """Knows an order by its number alone."""

    def _sort_out(self, heard: Iterable[Trade]) -> None:
        owners = {number: order for order in self._working() for number in order.venue_ids}
        for trade in heard:
            if (order := owners.get(trade.venue_id)) is not None:
                self._take(trade, order)


def test_a_stream_that_confuses_symbols_is_caught() -> None:
    """INV-03: the same messages condemn a stream that looks at the number alone."""
    here = WorkingOrder(an_order("kp_sol", size=UNITS), venue_ids=("7",))
    there = WorkingOrder(an_order("kp_btc", symbol="BTCUSDT", size=UNITS), venue_ids=("7",))
    said = (trade("SOL/USDT", 1), trade("BTC/USDT", 2))
    assert heard_by([here, there], *said, stream=ConfusedStream) != [("1", "kp_sol"), ("2", "kp_btc")]
