"""The news of an account as pushes: orders, deals, and each asset that moved."""

from __future__ import annotations

from collections.abc import Callable

from venue.engine.codes import EventKind, Side
from venue.engine.history import OrderState, Status
from venue.mexc import words as spoken
from venue.mexc.channels import ACCOUNT, DEALS, ORDERS
from venue.mexc.desk import Desk
from venue.mexc.frames import Balance, Deal, Order
from venue.serving.desk import Market
from venue.serving.events import NS_A_MS, Event

Tell = Callable[[int, str, str, tuple[int, bytes]], None]
Units = dict[str, tuple[int, int]]
ENDINGS = {EventKind.CANCELLED: Status.CANCELED, EventKind.EXPIRED: Status.EXPIRED}


class Reports:
    """Words what happens to the accounts of ``desk``; ``tell`` gets account, channel, symbol and body."""

    def __init__(self, desk: Desk, tell: Tell) -> None:
        self._desk = desk
        self._tell = tell
        self._balances: dict[int, Units] = {one: desk.exchange.balances(one) for one in desk.accounts}
        self._transfers: dict[tuple[int, str], str] = {}
        desk.owners.append(self)

    def traded(self, market: Market, order: OrderState, event: Event, *, is_maker: bool) -> None:
        """Tell of a trade: the deal, and what it made of the order."""
        left = event.other_left if is_maker else event.left
        status = Status.PARTIALLY_FILLED if left else Status.FILLED
        self._deal(market, order, event, is_maker=is_maker)
        self._order(market, order, status, left, event.size, is_maker=is_maker)

    def changed(self, market: Market, order: OrderState, event: Event) -> None:
        """Tell of a change without a trade."""
        filled = order.size - event.left
        status = ENDINGS.get(EventKind(event.kind), Status.PARTIALLY_FILLED if filled else Status.NEW)
        self._order(market, order, status, event.left, 0, is_maker=False)

    def transferred(self, account: int, asset: str, event: Event) -> None:
        """Remember why a balance is about to move."""
        self._transfers[account, asset] = "DEPOSIT" if event.size > 0 else "WITHDRAW"

    def moved(self, account: int, assets: set[str]) -> None:
        """Tell the balances of those assets that did move, and by how much."""
        desk, known, ms = self._desk, self._balances[account], self._desk.now_ms()
        for asset, (free, locked) in desk.exchange.balances(account).items():
            before = known.get(asset, (0, 0))
            kind = self._transfers.pop((account, asset), "ENTRUST")
            if asset not in assets or before == (free, locked):
                continue
            known[asset] = (free, locked)
            told = Balance(
                asset=asset,
                free=desk.amount(asset, free),
                free_change=desk.amount(asset, free - before[0]),
                locked=desk.amount(asset, locked),
                locked_change=desk.amount(asset, locked - before[1]),
                kind=kind,
                ms=ms,
            )
            self._tell(account, ACCOUNT, "", told.body())

    def _deal(self, market: Market, order: OrderState, event: Event, *, is_maker: bool) -> None:
        words = market.words
        asset = words.received(order.side)
        told = Deal(
            price=words.price(event.price),
            size=words.size(event.size),
            cost=words.quote(event.price * event.size * words.cost_units),
            side=_side(order),
            is_maker=is_maker,
            is_self_trade=event.account == event.other_account,
            trade_id=spoken.trade_id(event.number),
            client=self._desk.client_id(order),
            order_id=spoken.order_id(order.id),
            fee=words.amount(asset, event.other_fee if is_maker else event.fee),
            fee_asset=asset,
            ms=event.ms,
        )
        self._tell(order.account, DEALS, market.symbol, told.body())

    def _order(
        self, market: Market, order: OrderState, status: Status, left: int, last: int, *, is_maker: bool
    ) -> None:
        words, filled = market.words, order.size - left
        spent = _spent(order, filled)
        cost = order.cost or order.price * order.size * words.cost_units
        average = spent // (filled * words.cost_units) if filled else 0
        told = Order(
            order_id=spoken.order_id(order.id),
            client=self._desk.client_id(order),
            price=words.price(order.price),
            size=words.size(order.size),
            cost=words.quote(cost),
            average=words.price(average),
            kind=spoken.kind_number(order),
            side=_side(order),
            is_maker=is_maker,
            left_cost=words.quote(max(0, cost - spent)),
            left=words.size(left),
            last=words.size(last) if last else "",
            filled=words.size(filled),
            spent=words.quote(spent),
            status=spoken.STATUS_NUMBERS[spoken.status_word(status, filled)],
            ms=order.placed // NS_A_MS,
        )
        self._tell(order.account, ORDERS, market.symbol, told.body())


def _side(order: OrderState) -> int:
    return spoken.BUYS if order.side == Side.BUY else spoken.SELLS


def _spent(order: OrderState, filled: int) -> int:
    """What the first ``filled`` lots of an order cost, quote units: later trades may be known already."""
    spent = so_far = 0
    for fill in order.trades:
        if so_far >= filled:
            break
        so_far += fill.size
        spent += fill.cost
    return spent
