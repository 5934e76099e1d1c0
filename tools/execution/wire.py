"""The venue as the order gateway needs it: our words in, the client library's calls out.

The client is an unmodified ccxt instance of the gateway's own, with its own limiter off and
no silent retries. Amounts go out and come back as text, so that no digit is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tools.domain.market import Instrument, plain, to_decimal, to_units
from tools.domain.trading import Intent, OrderStatus
from tools.execution.dialect import REST_TRADES, Dialect
from tools.execution.library import Client
from tools.execution.naming import list_name, stop_name

MS = 1_000_000
ENDED = {
    "closed": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELLED,
    "expired": OrderStatus.CANCELLED,
    "expired_in_match": OrderStatus.CANCELLED,
    "rejected": OrderStatus.REJECTED,
}
Json = Mapping[str, Any]


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
    """One execution as the venue tells it.

    Attributes:
        symbol: In the client library's words; venues number orders and trades a symbol.
    """

    symbol: str
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
    """Calls of one client, in its venue's dialect, on the symbols of ``instruments``.

    Args:
        traded: Those of them that may be entered; None is all. The others hold what an earlier run left.
    """

    def __init__(
        self,
        client: Client,
        instruments: Mapping[str, Instrument],
        dialect: Dialect,
        traded: Sequence[str] | None = None,
    ) -> None:
        self.client = client
        self.dialect = dialect
        self.instruments = dict(instruments)
        self.traded = {
            name: one for name, one in self.instruments.items() if traded is None or name in traded
        }

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
        return order_state(reply) if self.dialect.has_full_replies else just_named(reply, intent)

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
        if not self.dialect.has_brackets:
            raise Unreadable(f"{self.dialect.venue} keeps no brackets, {intent.client_order_id} is one")
        reply = await self.client.private_post_orderlist_oco(oco_request(intent, self.id_of(intent.symbol)))
        legs = [order_state(self.client.parse_order(leg)) for leg in reply.get("orderReports") or ()]
        by_name = {leg.client_order_id: leg for leg in legs}
        names = (intent.client_order_id, stop_name(intent))
        if not all(name in by_name for name in names):
            raise Unreadable("the reply does not name both orders of a bracket")
        return of_bracket(*(by_name[name] for name in names))

    async def trades_of(self, symbol: str, venue_id: str) -> list[Trade]:
        """Every execution of one order; where pages go by time, from the newest back."""
        gathered: dict[str, Trade] = {}
        asked: dict[str, Any] = {"orderId": venue_id}
        while True:
            most = self.dialect.trades
            page = [
                trade_of(one, self.dialect)
                for one in await self.client.fetch_my_trades(self.symbol(symbol), None, most, asked)
            ]
            fresh = [one for one in page if one.trade_id not in gathered]
            gathered |= {one.trade_id: one for one in page if one.venue_id == venue_id}
            if len(page) < most or not fresh or not self.dialect.has_pages_by_time:
                return list(gathered.values())
            asked["until"] = min(one.ts for one in page) // MS

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
        return [trade_of(dict(trade), self.dialect) for trade in await self.client.watch_my_trades()]

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


def just_named(reply: Json, intent: Intent) -> OrderState:
    """An order of which the answer says that it exists and nothing else: open until asked for.

    ccxt takes a text in place of an answer, be it a gateway's error page, for an order's id.

    Raises:
        Unreadable: It names no order.
    """
    venue_id = _info(reply).get("orderId")
    if venue_id is None:
        raise Unreadable("the reply names no order")
    return OrderState(intent.client_order_id, str(venue_id), OrderStatus.OPEN, 0, intent.size)


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


def trade_of(trade: Json, dialect: Dialect) -> Trade:
    """An execution from the client library's structure; the venue's own text is read where it is there.

    Raises:
        Unreadable: It has no id, order, price or size.
    """
    info = _info(trade)
    if trade.get("id") is None or trade.get("order") is None:
        raise Unreadable("a trade without id or order")
    fee = trade.get("fee") or {}
    is_stream = dialect.stream.size in info
    words = dialect.stream if is_stream else REST_TRADES
    return Trade(
        symbol=str(trade.get("symbol") or ""),
        trade_id=str(trade["id"]),
        venue_id=str(trade["order"]),
        price=_units(info.get(words.price), trade.get("price")),
        size=_units(info.get(words.size), trade.get("amount")),
        fee=Decimal(str(info.get(words.fee) or fee.get("cost") or 0)),
        fee_asset=str(fee.get("currency") or ""),
        is_maker=_is_maker(info, trade),
        ts=int(trade.get("timestamp") or 0) * MS,
    )


def _info(told: Json) -> Json:
    info = told.get("info")
    return info if isinstance(info, dict) else {}


def _is_maker(info: Json, trade: Json) -> bool:
    """The venue's own flag; ccxt calls every fill on MEXC's stream a taker's, which only holds without it."""
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
