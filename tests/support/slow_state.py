"""What the plain matching engine is made of: orders in one list, money, and what it says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from venue.engine.codes import EventKind as E
from venue.engine.codes import OrderKind as K
from venue.engine.codes import Side

BUY, SELL = Side.BUY, Side.SELL
MILLION = 1_000_000
BAND = 1 << 18
TOP = 1 << 62
Command = Mapping[str, int]
Event = dict[str, int]


@dataclass(eq=False)
class Slow:
    """One open order."""

    id: int
    account: int
    client: int
    side: int
    kind: int
    tif: int
    stp: int
    price: int
    stop: int
    size: int
    left: int
    queued: int = 0  # when it joined its queue
    hold: int = 0  # locked while it waits as the second leg of an OCO, or as a market order
    list_id: int = 0
    other: Slow | None = None
    state: str = "new"  # new, resting, waiting


@dataclass
class SlowMarket:
    """One market's open orders and counters."""

    number: int
    rules: Mapping[str, int]
    last: int
    halted: bool = False
    orders: list[Slow] = field(default_factory=list)
    last_order: int = 0
    last_trade: int = 0
    update: int = 0
    joined: int = 0
    prints: list[int] = field(default_factory=list)
    touched: list[tuple[int, int]] = field(default_factory=list)

    def queue(self, side: int) -> list[Slow]:
        """Resting orders of a side in the order in which they trade."""
        resting = [o for o in self.orders if o.state == "resting" and o.side == side]
        return sorted(resting, key=lambda o: (-o.price if side == BUY else o.price, o.queued))

    def levels(self, side: int) -> dict[int, int]:
        """Lots by price, best first."""
        sizes: dict[int, int] = defaultdict(int)
        for order in self.queue(side):
            sizes[order.price] += order.left
        return dict(sizes)

    def touch(self, order: Slow) -> None:
        """Its level changes."""
        if (order.side, order.price) not in self.touched:
            self.touched.append((order.side, order.price))


def rising(order: Slow) -> bool:
    """Whether the stop waits for a higher price."""
    if order.kind == K.STOP_LOSS_LIMIT:
        return order.side == BUY
    return order.side == SELL


class SlowState:
    """All markets and all accounts; the chapters above add what happens to them."""

    def __init__(self, rules: Sequence[Mapping[str, int]], references: list[int], assets: int) -> None:
        self.markets = [
            SlowMarket(n, rule, last) for n, (rule, last) in enumerate(zip(rules, references, strict=True))
        ]
        self.total: dict[tuple[int, int], int] = defaultdict(int)  # account, asset: free and locked
        self.fees: dict[int, int] = defaultdict(int)
        self.supply: dict[int, int] = defaultdict(int)
        self.rates: list[tuple[int, int]] = []
        self.assets = assets
        self.events: list[Event] = []
        self.command: Command = {}
        self.count = 0

    def paid(self, market: SlowMarket, side: int) -> int:
        return market.rules["quote"] if side == BUY else market.rules["base"]

    def need(self, market: SlowMarket, side: int, price: int, lots: int) -> int:
        if side == SELL:
            return lots * market.rules["lot_units"]
        return lots * price * market.rules["cost_units"]

    def held(self, market: SlowMarket, order: Slow) -> int:
        """What one order keeps locked."""
        if order.kind == K.MARKET:
            return order.hold
        whole = self.need(market, order.side, order.price, order.left)
        if order.state == "waiting" and order.other is not None:
            return max(0, whole - self.need(market, order.side, order.other.price, order.other.left))
        return whole

    def locked(self, account: int, asset: int) -> int:
        return sum(
            self.held(market, order)
            for market in self.markets
            for order in market.orders
            if order.account == account and self.paid(market, order.side) == asset
        )

    def free(self, account: int, asset: int) -> int:
        return self.total[account, asset] - self.locked(account, asset)

    def say(self, kind: E, reason: int = 0, market: int = -1, **fields: int) -> None:
        event = {
            "kind": int(kind),
            "reason": int(reason),
            "market": market,
            "ts": self.command["ts"],
            "command": self.count,
            "command_kind": self.command["kind"],
        }
        self.events.append(event | fields)

    def tell(self, market: SlowMarket, kind: E, order: Slow, reason: int = 0, **fields: int) -> None:
        about = {
            name: getattr(order, name) for name in ("side", "account", "client", "price", "size", "left")
        }
        about |= {"order": order.id, "order_kind": order.kind, "number": order.list_id}
        self.say(kind, reason, market.number, **(about | fields))

    def refuse(self, market: int, reason: int, **fields: int) -> None:
        self.say(E.REJECTED, reason, market, account=self.command["account"], **fields)
