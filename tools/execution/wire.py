"""The venue as the order gateway needs it: our words in, the client library's calls out.

The client is an unmodified ccxt instance of the gateway's own, with its own limiter off and
no silent retries. Amounts go out and come back as text, so that no digit is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from tools.domain.market import Instrument, Side, plain, to_decimal, to_units
from tools.domain.trading import Intent, OrderStatus
from tools.execution.naming import list_name, stop_name

MS = 1_000_000
PAGE = 1_000
ENDED = {
    "closed": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELLED,
    "expired": OrderStatus.CANCELLED,
    "expired_in_match": OrderStatus.CANCELLED,
    "rejected": OrderStatus.REJECTED,
}
Json = Mapping[str, Any]


class Client(Protocol):
    """What is used of a ccxt client."""

    async def create_order(self, symbol: str, kind: str, side: str, /, *args: Any) -> Any:
        """Place an order."""
        ...

    async def cancel_order(self, order_id: Any, symbol: str, params: Any, /) -> Any:
        """Cancel an order."""
        ...

    async def fetch_order(self, order_id: Any, symbol: str, params: Any, /) -> Any:
        """One order."""
        ...

    async def fetch_open_orders(self, symbol: str, since: Any = None, limit: Any = None) -> Any:
        """The open orders of a symbol."""
        ...

    async def fetch_my_trades(
        self, symbol: str, since: Any = None, limit: Any = None, params: Any = ...
    ) -> Any:
        """Our trades on a symbol."""
        ...

    async def fetch_balance(self, params: Any = ...) -> Any:
        """The account's balances."""
        ...

    async def load_time_difference(self, params: Any = ...) -> Any:
        """Measure how far our clock is from the venue's."""
        ...

    async def watch_my_trades(self) -> Any:
        """Wait for new trades of ours."""
        ...

    async def private_post_orderlist_oco(self, params: Any, /) -> Any:
        """Place two orders of which one ends the other."""
        ...

    async def private_delete_orderlist(self, params: Any, /) -> Any:
        """Cancel both."""
        ...

    def parse_order(self, reply: Any, market: Any = None, /) -> Any:
        """A venue's order in the client library's structure."""
        ...


@dataclass(frozen=True, slots=True)
class OrderState:
    """What the venue says of one order; ``status`` is OPEN or how it ended.

    Attributes:
        stop_id: The venue's id of the stop, where the order is a bracket.
    """

    client_order_id: str
    venue_id: str
    status: OrderStatus
    executed: int
    size: int
    stop_id: str = ""

    @property
    def venue_ids(self) -> tuple[str, ...]:
        """Every order at the venue that it stands for."""
        return (self.venue_id, self.stop_id) if self.stop_id else (self.venue_id,)


@dataclass(frozen=True, slots=True)
class Trade:
    """One execution as the venue tells it."""

    trade_id: str
    venue_id: str
    price: int
    size: int
    fee: Decimal
    fee_asset: str
    is_maker: bool
    ts: int


class Unreadable(Exception):
    """The venue answered, but not in a way that says anything of the order."""


class Wire:
    """Calls of one client on the symbols of ``instruments``."""

    def __init__(self, client: Client, instruments: Mapping[str, Instrument]) -> None:
        self.client = client
        self.instruments = dict(instruments)

    async def place(self, intent: Intent) -> OrderState:
        """Send an order.

        Raises:
            Unreadable: The reply has no order id; the order may exist.
        """
        if intent.stop_price is not None:
            return await self._place_bracket(intent)
        params: dict[str, Any] = {"clientOrderId": intent.client_order_id}
        if intent.is_post_only:
            params["postOnly"] = True
        reply = await self.client.create_order(
            self.symbol(intent.symbol),
            "market" if intent.price is None else "limit",
            intent.side.label,
            _text(intent.size),
            None if intent.price is None else _text(intent.price),
            params,
        )
        return order_state(reply)

    async def cancel(self, intent: Intent) -> OrderState:
        """Ask for a cancel by client order id."""
        if intent.stop_price is not None:
            named = {"symbol": self.id_of(intent.symbol), "listClientOrderId": list_name(intent)}
            await self.client.private_delete_orderlist(named)
            return await self.look_up(intent)
        id_of = {"clientOrderId": intent.client_order_id}
        return order_state(await self.client.cancel_order(None, self.symbol(intent.symbol), id_of))

    async def look_up(self, intent: Intent) -> OrderState:
        """What the venue says of the order of that client order id, whatever became of it."""
        state = await self._look_up(intent.symbol, intent.client_order_id)
        if intent.stop_price is None:
            return state
        return of_bracket(state, await self._look_up(intent.symbol, stop_name(intent)))

    async def _look_up(self, symbol: str, client_order_id: str) -> OrderState:
        id_of = {"clientOrderId": client_order_id}
        state = order_state(await self.client.fetch_order(None, self.symbol(symbol), id_of))
        if state.client_order_id not in (client_order_id, ""):
            raise Unreadable(f"asked for {client_order_id}, was told of {state.client_order_id}")
        return state

    async def _place_bracket(self, intent: Intent) -> OrderState:
        reply = await self.client.private_post_orderlist_oco(oco_request(intent, self.id_of(intent.symbol)))
        legs = [order_state(self.client.parse_order(leg)) for leg in reply.get("orderReports") or ()]
        by_name = {leg.client_order_id: leg for leg in legs}
        names = (intent.client_order_id, stop_name(intent))
        if not all(name in by_name for name in names):
            raise Unreadable("the reply does not name both orders of a bracket")
        return of_bracket(*(by_name[name] for name in names))

    async def trades_of(self, symbol: str, venue_id: str) -> list[Trade]:
        """Every execution of one order."""
        found = await self.client.fetch_my_trades(self.symbol(symbol), None, PAGE, {"orderId": venue_id})
        return [trade for trade in map(trade_of, found) if trade.venue_id == venue_id]

    async def trades_from(self, symbol: str, trade_id: int) -> list[Trade]:
        """Every execution from ``trade_id`` on, oldest first."""
        gathered: list[Trade] = []
        while True:
            page = await self.client.fetch_my_trades(
                self.symbol(symbol), None, PAGE, {"fromId": str(trade_id)}
            )
            gathered.extend(map(trade_of, page))
            if len(page) < PAGE:
                return gathered
            trade_id = int(gathered[-1].trade_id) + 1

    async def open_orders(self, symbol: str) -> list[OrderState]:
        """The open orders of a symbol, ours and others'."""
        return [order_state(order) for order in await self.client.fetch_open_orders(self.symbol(symbol))]

    async def cancel_foreign(self, symbol: str, client_order_id: str) -> OrderState:
        """Cancel an order that memory does not know."""
        id_of = {"clientOrderId": client_order_id}
        return order_state(await self.client.cancel_order(None, self.symbol(symbol), id_of))

    async def totals(self) -> dict[str, Decimal]:
        """Free and locked together, by asset."""
        balance = await self.client.fetch_balance()
        return {asset: Decimal(str(total)) for asset, total in balance["total"].items() if total is not None}

    async def heal_clock(self) -> None:
        """Measure the distance to the venue's clock anew."""
        await self.client.load_time_difference()

    def retry_after(self) -> float | None:
        """How long the venue last asked us to wait, seconds; None where it did not say."""
        headers = getattr(self.client, "last_response_headers", None) or {}
        told = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
        return float(told) if str(told).isdigit() else None

    async def watch_trades(self) -> Sequence[Trade]:
        """Wait for executions on the user stream; copied at once, for the client changes them later."""
        return [trade_of(dict(trade)) for trade in await self.client.watch_my_trades()]

    def id_of(self, symbol: str) -> str:
        """The venue's own name of ``symbol``."""
        instrument = self.instruments[symbol]
        return f"{instrument.base}{instrument.quote}"

    def symbol(self, symbol: str) -> str:
        """The client library's name of ``symbol``."""
        instrument = self.instruments[symbol]
        return f"{instrument.base}/{instrument.quote}"


def order_state(reply: Json) -> OrderState:
    """What a reply says of an order.

    Raises:
        Unreadable: It names no order.
    """
    info = _info(reply)
    venue_id = reply.get("id")
    if venue_id is None:
        raise Unreadable("the reply names no order")
    named = info.get("origClientOrderId") or reply.get("clientOrderId") or ""
    return OrderState(
        client_order_id=str(named),
        venue_id=str(venue_id),
        status=ENDED.get(str(reply.get("status")), OrderStatus.OPEN),
        executed=_units(info.get("executedQty"), reply.get("filled")),
        size=_units(info.get("origQty"), reply.get("amount")),
    )


def of_bracket(target: OrderState, stop: OrderState) -> OrderState:
    """Target and stop as one order: open while one of them is, filled by both together."""
    executed = target.executed + stop.executed
    status = OrderStatus.CANCELLED
    if OrderStatus.OPEN in (target.status, stop.status):
        status = OrderStatus.OPEN
    elif executed >= target.size:
        status = OrderStatus.FILLED
    return OrderState(target.client_order_id, target.venue_id, status, executed, target.size, stop.venue_id)


def oco_request(intent: Intent, symbol: str) -> dict[str, str]:
    """A bracket in the words of Binance's order lists: the target above, the stop below.

    Raises:
        Unreadable: It is no bracket to sell.
    """
    if intent.price is None or intent.stop_price is None or intent.stop_limit is None:
        raise Unreadable(f"{intent.client_order_id} has not all prices of a bracket")
    return {
        "symbol": symbol,
        "side": intent.side.label.upper(),
        "quantity": _text(intent.size),
        "listClientOrderId": list_name(intent),
        "aboveType": "LIMIT_MAKER",
        "aboveClientOrderId": intent.client_order_id,
        "abovePrice": _text(intent.price),
        "belowType": "STOP_LOSS_LIMIT",
        "belowClientOrderId": stop_name(intent),
        "belowStopPrice": _text(intent.stop_price),
        "belowPrice": _text(intent.stop_limit),
        "belowTimeInForce": "GTC",
        "newOrderRespType": "RESULT",
    }


def trade_of(trade: Json) -> Trade:
    """An execution from the client library's structure; the venue's own text is read where it is there.

    Raises:
        Unreadable: It has no id, order, price or size.
    """
    info = _info(trade)
    if trade.get("id") is None or trade.get("order") is None:
        raise Unreadable("a trade without id or order")
    fee = trade.get("fee") or {}
    is_stream = "l" in info and "L" in info
    return Trade(
        trade_id=str(trade["id"]),
        venue_id=str(trade["order"]),
        price=_units(info.get("L" if is_stream else "price"), trade.get("price")),
        size=_units(info.get("l" if is_stream else "qty"), trade.get("amount")),
        fee=Decimal(str(info.get("n" if is_stream else "commission") or fee.get("cost") or 0)),
        fee_asset=str(fee.get("currency") or ""),
        is_maker=_is_maker(info, trade),
        ts=int(trade.get("timestamp") or 0) * MS,
    )


def side_of(label: str) -> Side:
    """``buy`` or ``sell`` as a side."""
    return Side.BUY if label == "buy" else Side.SELL


def _info(told: Json) -> Json:
    info = told.get("info")
    return info if isinstance(info, dict) else {}


def _is_maker(info: Json, trade: Json) -> bool:
    for key in ("isMaker", "m"):
        if isinstance(info.get(key), bool):
            return bool(info[key])
    return trade.get("takerOrMaker") == "maker"


def _text(units: int) -> str:
    return plain(to_decimal(units))


def _units(told: Any, parsed: Any) -> int:
    value = told if told not in (None, "") else parsed
    if value is None:
        raise Unreadable("an amount is missing")
    return to_units(Decimal(str(value)))
