"""Positions and wallets of futures accounts, kept from fills in whole units of the quote.

The engine settles spot trades between accounts that own both assets; a futures account's
riches there are no one's money. What its owner has is here: a wallet, and a position a market.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from venue.engine.codes import Side
from venue.engine.exchange import Exchange

MILLION = 1_000_000


@dataclass(slots=True)
class Position:
    """One market's position: ``size`` lots, negative is short; ``cost`` is what it was entered at.

    ``cost`` has the sign of ``size`` and is in quote units.
    """

    size: int = 0
    cost: int = 0
    realised: int = 0
    updated: int = 0

    def fill(self, side: int, lots: int, value: int) -> int:
        """Take in a fill worth ``value``; returns the profit it realises.

        >>> long = Position()
        >>> long.fill(Side.BUY, 2, 200), long.fill(Side.SELL, 3, 330), long.size, long.cost
        (0, 20, -1, -110)
        """
        sign = 1 if side == Side.BUY else -1
        closed = min(lots, abs(self.size)) if self.size * sign < 0 else 0
        profit = 0
        if closed:
            entered = self.cost * closed // abs(self.size)
            left = value * closed // lots
            profit = -sign * left - entered
            self.size += sign * closed
            self.cost = self.cost - entered if self.size else 0
        opened = lots - closed
        self.size += sign * opened
        self.cost += sign * (value - value * closed // lots)
        self.realised += profit
        return profit


@dataclass(slots=True)
class Wallet:
    """What an account's owner has."""

    balance: int
    positions: dict[int, Position] = field(default_factory=dict)
    reduce_only: set[tuple[int, int]] = field(default_factory=set)  # market and order
    booked: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)  # trade, order: profit, fee

    def position(self, market: int) -> Position:
        """The position of a market, flat where there was none."""
        return self.positions.setdefault(market, Position())


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One side of a trade: lots, and their value in quote units."""

    account: int
    market: int
    trade: int
    order: int
    side: int
    lots: int
    value: int
    is_maker: bool
    ts: int


@dataclass(frozen=True, slots=True)
class OpenSizes:
    """Lots of an account's open orders in one market."""

    bids: int = 0
    asks: int = 0

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int]]) -> OpenSizes:
        """The sums of (side, lots left)."""
        sums = [0, 0]
        for side, left in rows:
            sums[side] += left
        return cls(*sums)


NOTHING = OpenSizes()


class FuturesLedger:
    """All wallets.

    Args:
        maker_ppm: Fee of resting fills in millionths of their value, as ``taker_ppm`` of the others.
    """

    def __init__(self, exchange: Exchange, *, maker_ppm: int = 200, taker_ppm: int = 500) -> None:
        self._exchange = exchange
        self.maker_ppm = maker_ppm
        self.taker_ppm = taker_ppm
        self.wallets: dict[int, Wallet] = {}

    def open(self, account: int, units: int) -> None:
        """Give an account a wallet with so much money."""
        self.wallets[account] = Wallet(units)

    def book(self, one: Filled) -> tuple[int, int]:
        """Take in a fill; returns the profit it realises and its fee, which is rounded up."""
        wallet = self.wallets[one.account]
        fee = -(-one.value * (self.maker_ppm if one.is_maker else self.taker_ppm) // MILLION)
        position = wallet.position(one.market)
        profit = position.fill(one.side, one.lots, one.value)
        position.updated = one.ts
        wallet.balance += profit - fee
        wallet.booked[one.trade, one.order] = (profit, fee)
        return profit, fee

    def mark(self, market: int) -> int:
        """Value of a lot at the last price, quote units."""
        symbol = self._exchange.rules[market].symbol
        return self._exchange.last_price(symbol) * self._cost_units(market)

    def _cost_units(self, market: int) -> int:
        rules = self._exchange.rules[market]
        return self._exchange.assets.units(rules.quote, rules.tick * rules.lot)

    def unrealised(self, account: int, market: int) -> int:
        """Profit of the open position at the mark."""
        position = self.wallets[account].position(market)
        return position.size * self.mark(market) - position.cost

    def open_sizes(self, account: int, market: int) -> OpenSizes:
        """Lots of the orders that could enlarge a position."""
        wallet, symbol = self.wallets[account], self._exchange.rules[market].symbol
        rows = self._exchange.open_orders(account, symbol)
        free = [row for row in rows if (market, int(row["id"])) not in wallet.reduce_only]
        return OpenSizes.of((int(row["side"]), int(row["left"])) for row in free)

    def margin(self, account: int, market: int, extra: OpenSizes = NOTHING) -> int:
        """The largest position that open orders can lead to, in full, at the mark."""
        size = self.wallets[account].position(market).size
        waiting = self.open_sizes(account, market)
        long = size + waiting.bids + extra.bids
        short = -size + waiting.asks + extra.asks
        return max(long, short, 0) * self.mark(market)

    def held(self, account: int, market: int) -> int:
        """What covers the position alone."""
        return abs(self.wallets[account].position(market).size) * self.mark(market)

    def total(self, account: int, measure: Callable[[int, int], int]) -> int:
        """A measure summed over all markets."""
        return sum(measure(account, number) for number in range(len(self._exchange.rules)))

    def available(self, account: int) -> int:
        """What covers neither position nor order."""
        wealth = self.wallets[account].balance + self.total(account, self.unrealised)
        return wealth - self.total(account, self.margin)

    def affords(self, account: int, market: int, side: int, lots: int) -> bool:
        """Whether an order could be covered in full if it traded."""
        extra = OpenSizes(lots, 0) if side == Side.BUY else OpenSizes(0, lots)
        more = self.margin(account, market, extra) - self.margin(account, market)
        return more <= max(0, self.available(account))

    def closable(self, account: int, market: int, side: int) -> int:
        """Lots that a reduce-only order of a side may still have."""
        wallet, symbol = self.wallets[account], self._exchange.rules[market].symbol
        size = wallet.position(market).size
        against = -size if side == Side.BUY else size
        taken = sum(
            int(row["left"])
            for row in self._exchange.open_orders(account, symbol)
            if (market, int(row["id"])) in wallet.reduce_only and int(row["side"]) == side
        )
        return max(0, against) - taken
