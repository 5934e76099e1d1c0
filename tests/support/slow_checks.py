"""What the plain matching engine refuses, and why."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.slow_state import BAND, BUY, MILLION, SELL, TOP, Command, Slow, SlowMarket, SlowState
from venue.engine.codes import OrderKind as K
from venue.engine.codes import Reason
from venue.engine.codes import SelfTrade as S
from venue.engine.codes import TimeInForce as T


class SlowChecks(SlowState):
    """Faults of commands; 0 where there is none."""

    def words_fault(self) -> int:
        c = self.command
        if c["side"] not in (0, 1) or c["order_kind"] not in list(K):
            return Reason.ILLEGAL_PARAMETER
        if c["tif"] not in list(T) or c["stp"] not in list(S):
            return Reason.ILLEGAL_PARAMETER
        if c["order_kind"] in (K.MARKET, K.LIMIT_MAKER) and c["tif"] != T.GTC:
            return Reason.ILLEGAL_PARAMETER
        return 0

    def tick_fault(self, market: SlowMarket, price: int) -> int:
        rules = market.rules
        if not rules["min_price"] <= price <= rules["max_price"]:
            return Reason.PRICE_FILTER
        return 0 if 0 <= price - rules["origin"] < BAND else Reason.PRICE_BAND

    def limit_fault(self, market: SlowMarket, side: int, price: int, size: int) -> int:
        rules, last = market.rules, market.last
        if fault := self.tick_fault(market, price):
            return fault
        down, up = (
            (rules["bid_down"], rules["bid_up"]) if side == BUY else (rules["ask_down"], rules["ask_up"])
        )
        if price * MILLION < down * last or (up and price * MILLION > up * last):
            return Reason.PERCENT_PRICE
        if not rules["min_size"] <= size <= rules["max_size"]:
            return Reason.LOT_SIZE
        return self.notional_fault(market, price * size * rules["cost_units"])

    def notional_fault(self, market: SlowMarket, notional: int) -> int:
        low, high = market.rules["min_notional"], market.rules["max_notional"]
        return Reason.NOTIONAL if notional < low or (high and notional > high) else 0

    def market_size_fault(self, market: SlowMarket, size: int) -> int:
        low, high, step = (
            market.rules[f"{x}"] for x in ("min_market_size", "max_market_size", "market_size_step")
        )
        return 0 if low <= size <= high and (size - low) % step == 0 else Reason.MARKET_LOT_SIZE

    def is_open_client(self, account: int, client: int) -> bool:
        return client != 0 and any(
            order.client == client and order.account == account
            for market in self.markets
            for order in market.orders
        )

    def count_fault(self, market: SlowMarket, orders: int) -> int:
        own = sum(order.account == self.command["account"] for order in market.orders)
        return Reason.MAX_NUM_ORDERS if own + orders > market.rules["max_orders"] else 0

    def is_crossing(self, market: SlowMarket, side: int, price: int) -> bool:
        facing = market.queue(1 - side)
        return bool(facing) and (facing[0].price <= price if side == BUY else facing[0].price >= price)

    def limit_order_fault(self, market: SlowMarket) -> int:
        c = self.command
        side, kind, price, stop = c["side"], c["order_kind"], c["price"], c["stop"]
        is_stop = kind in (K.STOP_LOSS_LIMIT, K.TAKE_PROFIT_LIMIT)
        if c["cost"] or is_stop != bool(stop):
            return Reason.ILLEGAL_PARAMETER
        if fault := self.limit_fault(market, side, price, c["size"]):
            return fault
        if is_stop:
            if fault := self.tick_fault(market, stop):
                return fault
            goes_up = (side == BUY) == (kind == K.STOP_LOSS_LIMIT)
            if (goes_up and stop <= market.last) or (not goes_up and stop >= market.last):
                return Reason.STOP_WOULD_TRIGGER
        if (is_stop or c["tif"] == T.GTC) and (fault := self.count_fault(market, 1)):
            return fault
        if self.is_open_client(c["account"], c["client"]):
            return Reason.DUPLICATE_CLIENT_ID
        if kind == K.LIMIT_MAKER and self.is_crossing(market, side, price):
            return Reason.WOULD_TAKE
        return self.funds_fault(market, self.need(market, side, price, c["size"]))

    def funds_fault(self, market: SlowMarket, amount: int) -> int:
        c = self.command
        enough = self.free(c["account"], self.paid(market, c["side"])) >= amount
        return 0 if enough else Reason.INSUFFICIENT_BALANCE

    def within_reach(self, market: SlowMarket, order: Command, limit: int) -> Iterator[tuple[int, int]]:
        """Price and lots of what an order would meet, up to where it meets its own account."""
        for maker in market.queue(1 - order["side"]):
            if limit and (maker.price > limit if order["side"] == BUY else maker.price < limit):
                return
            if maker.account == order["account"] and order["stp"] != S.NONE:
                if order["stp"] == S.EXPIRE_MAKER:
                    continue
                return
            yield maker.price, maker.left

    def market_order(self, market: SlowMarket) -> tuple[int, int, int]:
        c, rules = self.command, market.rules
        side, size, cost, unit = c["side"], c["size"], c["cost"], rules["cost_units"]
        if c["price"] or c["stop"] or bool(size) == bool(cost) or cost < 0 or cost >= TOP:
            return Reason.ILLEGAL_PARAMETER, 0, 0
        offers = list(self.within_reach(market, c, 0))
        if cost:
            if fault := self.notional_fault(market, cost):
                return fault, 0, 0
            if not offers:
                return Reason.NO_LIQUIDITY, 0, 0
            purse = cost
            for price, lots in offers:
                take = min(lots, purse // (price * unit))
                size, purse = size + take, purse - take * price * unit
                if take < lots:
                    break
            size = min(size, rules["max_market_size"])
            size -= (size - rules["min_market_size"]) % rules["market_size_step"]
        if fault := self.market_size_fault(market, size):
            return fault, 0, 0
        if not cost and (fault := self.notional_fault(market, market.last * size * unit)):
            return fault, 0, 0
        hold, left = size * rules["lot_units"], size
        if side == BUY:
            hold = 0
            for price, lots in offers:
                hold += price * min(lots, left) * unit
                left -= min(lots, left)
        if self.is_open_client(c["account"], c["client"]):
            return Reason.DUPLICATE_CLIENT_ID, 0, 0
        return self.funds_fault(market, hold), size, hold

    def oco_fault(self, market: SlowMarket) -> int:
        c = self.command
        side, price, size, account = c["side"], c["price"], c["size"], c["account"]
        if market.halted:
            return Reason.MARKET_HALTED
        if self.words_fault() or c["order_kind"] or c["tif"] or c["cost"]:
            return Reason.ILLEGAL_PARAMETER
        for limit in (price, c["stop_limit"]):
            if fault := self.limit_fault(market, side, limit, size):
                return fault
        if fault := self.tick_fault(market, c["stop"]):
            return fault
        if side == BUY and not price < market.last < c["stop"]:
            return Reason.OCO_PRICES
        if side == SELL and not price > market.last > c["stop"]:
            return Reason.OCO_PRICES
        if fault := self.count_fault(market, 2):
            return fault
        clients = [client for client in (c["client"], c["stop_client"]) if client]
        if len(set(clients)) < len(clients) or any(self.is_open_client(account, x) for x in clients):
            return Reason.DUPLICATE_CLIENT_ID
        if self.is_crossing(market, side, price):
            return Reason.WOULD_TAKE
        most = max(self.need(market, side, limit, size) for limit in (price, c["stop_limit"]))
        return self.funds_fault(market, most)

    def amend_fault(self, market: SlowMarket, order: Slow) -> int:
        size, rules = self.command["size"], market.rules
        if market.halted:
            return Reason.MARKET_HALTED
        if order.list_id:
            return Reason.AMEND_LISTED
        if not order.size - order.left < size < order.size:
            return Reason.AMEND_SIZE
        if not rules["min_size"] <= size <= rules["max_size"]:
            return Reason.LOT_SIZE
        return self.notional_fault(market, order.price * size * rules["cost_units"])
