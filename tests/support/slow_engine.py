"""A second matching engine, as plain as can be: the oracle of the venue's compiled one.

Orders are objects in one list, the book is that list sorted anew whenever it is asked for,
balances are dictionaries of Python integers, and what is locked is added up from the open
orders rather than kept. It shares the vocabulary with the engine and nothing else.
"""

from __future__ import annotations

from tests.support.slow_checks import SlowChecks
from tests.support.slow_state import BUY, MILLION, TOP, Command, Event, Slow, SlowMarket, rising
from venue.engine.codes import CommandKind as C
from venue.engine.codes import EventKind as E
from venue.engine.codes import OrderKind as K
from venue.engine.codes import Reason
from venue.engine.codes import SelfTrade as S
from venue.engine.codes import TimeInForce as T


class SlowEngine(SlowChecks):
    """The commands and what follows from them."""

    def perform(self, command: Command) -> list[Event]:
        """One command; what follows from it."""
        self.events, self.command = [], command
        self.count += 1
        kind = command["kind"]
        if kind in (C.OPEN_ACCOUNT, C.SET_FEES, C.DEPOSIT, C.WITHDRAW):
            self.counter()
        elif kind not in list(C):
            self.refuse(-1, Reason.ILLEGAL_PARAMETER)
        elif not 0 <= command["market"] < len(self.markets):
            self.refuse(-1, Reason.UNKNOWN_MARKET, side=command["side"], client=command["client"])
        else:
            self.at(self.markets[command["market"]])
        return self.events

    def counter(self) -> None:
        c = self.command
        kind, account, asset, amount = c["kind"], c["account"], c["order"], c["size"]
        if kind != C.OPEN_ACCOUNT and not 0 <= account < len(self.rates):
            return self.refuse(-1, Reason.UNKNOWN_ACCOUNT)
        if kind in (C.OPEN_ACCOUNT, C.SET_FEES):
            if not (0 <= c["price"] <= MILLION and 0 <= amount <= MILLION):
                return self.refuse(-1, Reason.ILLEGAL_PARAMETER)
            if kind == C.OPEN_ACCOUNT:
                account = len(self.rates)
                self.rates.append((0, 0))
            self.rates[account] = (c["price"], amount)
            event = E.ACCOUNT_OPENED if kind == C.OPEN_ACCOUNT else E.FEES_SET
            return self.say(event, account=account, fee=amount, other_fee=c["price"])
        if not 0 <= asset < self.assets:
            return self.refuse(-1, Reason.UNKNOWN_ASSET)
        if amount <= 0 or (kind == C.DEPOSIT and self.supply[asset] + amount > TOP):
            return self.refuse(-1, Reason.AMOUNT)
        if kind == C.WITHDRAW and self.free(account, asset) < amount:
            return self.refuse(-1, Reason.INSUFFICIENT_BALANCE)
        amount = amount if kind == C.DEPOSIT else -amount
        self.total[account, asset] += amount
        self.supply[asset] += amount
        return self.say(E.TRANSFERRED, account=account, size=amount, number=asset)

    def at(self, market: SlowMarket) -> None:
        c = self.command
        if c["kind"] in (C.HALT, C.RESUME):
            market.halted = c["kind"] == C.HALT
            return self.say(E.HALTED if market.halted else E.RESUMED, 0, market.number)
        if not 0 <= c["account"] < len(self.rates):
            return self.refuse(
                market.number, Reason.UNKNOWN_ACCOUNT, side=c["side"], order=c["order"], client=c["client"]
            )
        if c["kind"] == C.PLACE:
            self.place(market)
        elif c["kind"] == C.PLACE_OCO:
            self.place_oco(market)
        elif c["kind"] == C.AMEND:
            self.amend(market)
        elif c["kind"] == C.CANCEL:
            self.cancel(market, Reason.REQUESTED)
        else:
            old = self.cancel(market, Reason.REPLACED)
            if old or c["mode"] == 1:
                self.place(market, old)
        self.run_stops(market)
        return self.report_levels(market)

    def report_levels(self, market: SlowMarket) -> None:
        if market.touched:
            market.update += 1
        for side, price in market.touched:
            size = market.levels(side).get(price, 0)
            self.say(E.LEVEL, 0, market.number, side=side, price=price, size=size, number=market.update)
        market.touched = []

    def place(self, market: SlowMarket, replaced: int = 0) -> None:
        c = self.command
        fault, size, hold = (Reason.MARKET_HALTED if market.halted else self.words_fault()), c["size"], 0
        if not fault and c["order_kind"] == K.MARKET:
            fault, size, hold = self.market_order(market)
        elif not fault:
            fault = self.limit_order_fault(market)
        if fault:
            return self.refuse(market.number, fault, side=c["side"], client=c["client"])
        order = self.new(market, c["order_kind"], c["price"], size, c["stop"], c["client"])
        order.hold = hold
        self.tell(market, E.ACCEPTED, order)
        if replaced:
            self.tell(market, E.REPLACED, order, other_order=replaced)
        if order.stop:
            return self.join(market, order, "waiting")
        return self.work(market, order)

    def new(self, market: SlowMarket, kind: int, price: int, size: int, stop: int, client: int) -> Slow:
        c = self.command
        market.last_order += 1
        order = Slow(
            market.last_order,
            c["account"],
            client,
            c["side"],
            kind,
            c["tif"],
            c["stp"],
            price,
            stop,
            size,
            size,
        )
        market.orders.append(order)
        return order

    def join(self, market: SlowMarket, order: Slow, state: str) -> None:
        market.joined += 1
        order.queued, order.state = market.joined, state
        if state == "resting":
            market.touch(order)

    def place_oco(self, market: SlowMarket) -> None:
        c = self.command
        if fault := self.oco_fault(market):
            return self.refuse(market.number, fault, side=c["side"], client=c["client"])
        maker = self.new(market, K.LIMIT_MAKER, c["price"], c["size"], 0, c["client"])
        stop = self.new(market, K.STOP_LOSS_LIMIT, c["stop_limit"], c["size"], c["stop"], c["stop_client"])
        maker.other, stop.other = stop, maker
        maker.list_id = stop.list_id = maker.id
        self.tell(market, E.ACCEPTED, maker)
        self.tell(market, E.ACCEPTED, stop)
        self.join(market, maker, "resting")
        return self.join(market, stop, "waiting")

    def end(self, market: SlowMarket, order: Slow, event: E, reason: int) -> None:
        """Take an order out, then the other leg of its OCO."""
        self.remove(market, order)
        self.tell(market, event, order, reason)
        self.end_other(market, order)

    def remove(self, market: SlowMarket, order: Slow) -> None:
        if order.state == "resting":
            market.touch(order)
        market.orders.remove(order)

    def end_other(self, market: SlowMarket, order: Slow) -> None:
        other, order.other = order.other, None
        if other is not None:
            other.other = None
            self.end(market, other, E.CANCELLED, Reason.OTHER_LEG)

    def find(self, market: SlowMarket) -> Slow | None:
        c = self.command
        for order in market.orders:
            known = order.id == c["order"] if c["order"] else order.client == c["target_client"] != 0
            if known and order.account == c["account"]:
                return order
        self.refuse(
            market.number, Reason.UNKNOWN_ORDER, side=c["side"], order=c["order"], client=c["target_client"]
        )
        return None

    def cancel(self, market: SlowMarket, reason: int) -> int:
        order = self.find(market)
        if order is None:
            return 0
        self.end(market, order, E.CANCELLED, reason)
        return order.id

    def amend(self, market: SlowMarket) -> None:
        order = self.find(market)
        if order is None:
            return
        fault, size = self.amend_fault(market, order), self.command["size"]
        if fault:
            self.refuse(market.number, fault, side=order.side, order=order.id, client=order.client)
            return
        order.left -= order.size - size
        order.size = size
        if order.state == "resting":
            market.touch(order)
        self.tell(market, E.AMENDED, order)

    def work(self, market: SlowMarket, order: Slow) -> None:
        if order.tif == T.FOK:
            like = {"side": order.side, "account": order.account, "stp": order.stp}
            if sum(lots for _, lots in self.within_reach(market, like, order.price)) < order.left:
                return self.end(market, order, E.EXPIRED, Reason.FILL_OR_KILL)
        met_itself = self.match(market, order)
        if not order.left:
            return self.remove(market, order)
        if met_itself:
            return self.end(market, order, E.EXPIRED, Reason.SELF_TRADE)
        if order.kind == K.MARKET:
            return self.end(market, order, E.EXPIRED, Reason.NO_LIQUIDITY)
        if order.tif == T.IOC:
            return self.end(market, order, E.EXPIRED, Reason.IMMEDIATE_OR_CANCEL)
        return self.join(market, order, "resting")

    def match(self, market: SlowMarket, taker: Slow) -> bool:
        while taker.left:
            facing = market.queue(1 - taker.side)
            if not facing:
                return False
            maker = facing[0]
            if taker.price and (
                maker.price > taker.price if taker.side == BUY else maker.price < taker.price
            ):
                return False
            if maker.account == taker.account and taker.stp != S.NONE:
                if taker.stp in (S.EXPIRE_MAKER, S.EXPIRE_BOTH):
                    self.end(market, maker, E.EXPIRED, Reason.SELF_TRADE)
                if taker.stp in (S.EXPIRE_TAKER, S.EXPIRE_BOTH):
                    return True
                continue
            self.trade(market, taker, maker)
        return False

    def trade(self, market: SlowMarket, taker: Slow, maker: Slow) -> None:
        lots, price = min(taker.left, maker.left), maker.price
        taker.left -= lots
        maker.left -= lots
        market.touch(maker)
        market.last_trade += 1
        market.last = price
        market.prints.append(price)
        fee = self.settle(market, taker, price, lots, self.rates[taker.account][1])
        other_fee = self.settle(market, maker, price, lots, self.rates[maker.account][0])
        about = {"account": taker.account, "order": taker.id, "client": taker.client, "left": taker.left}
        about |= {"other_account": maker.account, "other_order": maker.id, "other_client": maker.client}
        about |= {"other_left": maker.left, "fee": fee, "other_fee": other_fee, "order_kind": taker.kind}
        self.say(
            E.TRADE,
            0,
            market.number,
            side=taker.side,
            price=price,
            size=lots,
            number=market.last_trade,
            **about,
        )
        self.end_other(market, maker)
        if not maker.left:
            self.remove(market, maker)

    def settle(self, market: SlowMarket, order: Slow, price: int, lots: int, ppm: int) -> int:
        rules = market.rules
        quote, base = price * lots * rules["cost_units"], lots * rules["lot_units"]
        out, came = (quote, base) if order.side == BUY else (base, quote)
        fee = -(-came * ppm // MILLION)
        received = self.paid(market, 1 - order.side)
        self.total[order.account, self.paid(market, order.side)] -= out
        self.total[order.account, received] += came - fee
        self.fees[received] += fee
        order.hold -= min(order.hold, out)
        return fee

    def run_stops(self, market: SlowMarket) -> None:
        while market.prints:
            waiting = [order for order in market.orders if order.state == "waiting"]
            up = [o for o in waiting if rising(o) and o.stop <= max(market.prints)]
            down = [o for o in waiting if not rising(o) and o.stop >= min(market.prints)]
            if up:
                order = min(up, key=lambda o: (o.stop, o.queued))
            elif down:
                order = min(down, key=lambda o: (-o.stop, o.queued))
            else:
                break
            order.state = "new"
            self.end_other(market, order)
            self.tell(market, E.TRIGGERED, order)
            self.work(market, order)
        market.prints = []
