"""Random walks through two matching engines at once, compared after every command."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.support.slow_engine import SlowEngine
from venue.engine.codes import CommandKind as C
from venue.engine.codes import EventKind
from venue.engine.exchange import Exchange
from venue.engine.layout import COMMAND, EVENT
from venue.engine.rules import MarketRules, as_record, assets_of

COIN = MarketRules(
    symbol="COINUSDT",
    base="COIN",
    quote="USDT",
    tick=Decimal("0.01"),
    lot=Decimal("0.001"),
    reference=Decimal("1.00"),
    max_price=Decimal("1.30"),
    min_size=Decimal("0.002"),
    max_size=Decimal("0.060"),
    min_market_size=Decimal("0.003"),
    max_market_size=Decimal("0.041"),
    market_lot=Decimal("0.002"),
    min_notional=Decimal("0.004"),
    max_notional=Decimal("0.058"),
    bid_down=Decimal("0.93"),
    bid_up=Decimal("1.08"),
    ask_down=Decimal("0.92"),
    ask_up=Decimal("1.08"),
    max_orders=5,
)
GEM = MarketRules(
    symbol="GEMUSDT",
    base="GEM",
    quote="USDT",
    tick=Decimal("0.00000001"),
    lot=Decimal(1),
    reference=Decimal("0.003"),
    min_price=Decimal("0.000001"),
    max_size=Decimal(70),
    max_orders=4,
)
Void = npt.NDArray[np.void]
MISSING = 7  # no such market
CENTRES = (100, 300_000)
ACCOUNTS = 5
FEES = ((0, 0), (1_000, 1_000), (37, 419), (0, 750), (200, 1_000_000))
KINDS = (
    C.PLACE,
    C.PLACE_OCO,
    C.CANCEL,
    C.REPLACE,
    C.AMEND,
    C.HALT,
    C.RESUME,
    C.DEPOSIT,
    C.WITHDRAW,
    C.SET_FEES,
)
WEIGHTS = np.array([64, 8, 9, 6, 5, 0.15, 3, 2, 1.4, 0.3]) / 100


def new_exchange() -> Exchange:
    """The two markets of the walks."""
    return Exchange([COIN, GEM])


def new_oracle(kind: type[SlowEngine] = SlowEngine) -> SlowEngine:
    """The same two markets in the plain engine."""
    assets = assets_of([COIN, GEM])
    rules = [as_record(market, assets) for market in (COIN, GEM)]
    return kind(rules, list(CENTRES), len(assets.names))


def opening() -> Void:
    """Accounts with different fees and (in COIN, USDT and GEM) just enough money to run out of it."""
    commands = []
    for maker, taker in FEES:
        commands.append(command(kind=C.OPEN_ACCOUNT, price=maker, size=taker))
    for account in range(ACCOUNTS):
        for asset, units in enumerate((9_000_000, 25_000_000, 9_000_000_000)):
            commands.append(command(kind=C.DEPOSIT, account=account, order=asset, size=units))
    return np.concatenate(commands)


def command(**fields: int) -> Void:
    """One command."""
    row = np.zeros(1, COMMAND)
    for name, value in fields.items():
        row[name] = value
    return row


def random_commands(rng: np.random.Generator, n: int) -> Void:
    """Commands of all kinds that collide as often as possible, sound and unsound."""
    rows = np.zeros(n, COMMAND)
    rows["kind"] = rng.choice(KINDS, n, p=WEIGHTS / WEIGHTS.sum())
    rows["ts"] = np.cumsum(rng.integers(1, 1_000, n))
    market = rng.choice([0, 1, MISSING], n, p=[0.6, 0.398, 0.002])
    centre = np.where(market == 0, *CENTRES)
    rows["market"] = market
    rows["account"] = rng.choice([*range(ACCOUNTS), 99], n, p=[0.2] * 4 + [0.198, 0.002])
    rows["side"] = rng.integers(0, 2, n)
    rows["order_kind"] = rng.choice([0, 1, 2, 3, 4, 9], n, p=[0.5, 0.15, 0.13, 0.11, 0.107, 0.003])
    rows["tif"] = rng.choice([0, 1, 2], n, p=[0.72, 0.14, 0.14])
    rows["stp"] = rng.integers(0, 4, n)
    rows["mode"] = rng.integers(0, 2, n)
    rows["price"] = centre + rng.integers(-7, 8, n)
    rows["size"] = rng.integers(1, 30, n)
    rows["client"] = np.where(rng.random(n) < 0.5, rng.integers(1, 40, n), 0)
    rows["stop_client"] = np.where(rng.random(n) < 0.5, rng.integers(1, 40, n), 0)
    rows["target_client"] = rng.integers(0, 40, n)
    rows["order"] = np.where(rng.random(n) < 0.5, rng.integers(1, 2 + n // 3, n), 0)
    _shape_orders(rng, rows, centre)
    _shape_transfers(rng, rows)
    rows["side"][rng.random(n) < 0.002] = 2
    rows["kind"][rng.random(n) < 0.002] = 40
    return rows


def _shape_orders(rng: np.random.Generator, rows: Void, centre: npt.NDArray[np.int64]) -> None:
    """Give each kind of order the fields it needs, mostly."""
    n = len(rows)
    noise = rng.random(n) > 0.01
    kind = rows["order_kind"]
    is_market = (kind == 1) & noise
    rows["tif"][((kind == 1) | (kind == 2)) & noise] = 0
    rows["price"][is_market] = 0
    by_cost = is_market & (rng.random(n) < 0.5)
    unit = np.where(rows["market"] == 0, 1_000, 1)
    rows["cost"][by_cost] = (unit * centre * rng.integers(1, 400, n) // 10)[by_cost]
    rows["size"][by_cost] = 0
    stops = ((kind >= 3) & noise) | (rows["kind"] == C.PLACE_OCO)
    rows["stop"][stops] = (centre + rng.integers(-8, 9, n))[stops]
    oco = rows["kind"] == C.PLACE_OCO
    rows["order_kind"][oco & noise] = 0
    rows["tif"][oco & noise] = 0
    rows["price"][oco] = (centre + np.where(rows["side"] == 0, -1, 1) * rng.integers(-1, 7, n))[oco]
    rows["stop"][oco] = (centre + np.where(rows["side"] == 0, 1, -1) * rng.integers(-1, 7, n))[oco]
    rows["cost"][oco] = 0
    rows["stop_limit"] = rows["stop"] + rng.integers(-3, 4, n)
    wild = rng.random(n) < 0.01
    rows["price"][wild] = rng.choice([-5, 0, 1, 131, 1 << 17, 1 << 40, 1 << 61], n)[wild]
    huge = rng.random(n) < 0.005
    rows["size"][huge] = rng.choice([-3, 0, 1 << 33, 1 << 61], n)[huge]


def _shape_transfers(rng: np.random.Generator, rows: Void) -> None:
    transfers = (rows["kind"] == C.DEPOSIT) | (rows["kind"] == C.WITHDRAW)
    rows["order"][transfers] = rng.integers(0, 4, len(rows))[transfers]
    rows["size"][transfers] = rng.integers(-1, 20, len(rows))[transfers] * 1_000_003
    fees = rows["kind"] == C.SET_FEES
    rows["price"][fees] = rng.integers(-10, 3_000, len(rows))[fees]
    rows["size"][fees] = rng.integers(0, 3_000, len(rows))[fees]


def as_dicts(rows: Void) -> list[dict[str, int]]:
    """Records as plain dictionaries."""
    names = rows.dtype.names or ()
    return [dict(zip(names, row, strict=True)) for row in rows.tolist()]


def whole(event: dict[str, int]) -> dict[str, int]:
    """An event of the oracle with every field."""
    return {name: int(event.get(name, 0)) for name in EVENT.names or ()}


def difference(fast: Exchange, slow: SlowEngine, row: Void) -> str:
    """Perform one command on both; what differs afterwards, or nothing."""
    told = as_dicts(fast.run(row))
    expected = [whole(event) for event in slow.perform(as_dicts(row)[0])]
    if told != expected:
        return f"events differ: {told} but expected {expected}"
    return books_differ(fast, slow) or balances_differ(fast, slow)


def books_differ(fast: Exchange, slow: SlowEngine) -> str:
    """Levels, update ids and the open orders of each account."""
    for rules, market in zip(fast.rules, slow.markets, strict=True):
        book = fast.book(rules.symbol, 50)
        expected = (market.update, *(list(market.levels(side).items()) for side in (0, 1)))
        if (book.update_id, book.bids, book.asks) != expected:
            return f"books differ: {book} but expected {expected}"
        for account in range(len(slow.rates)):
            own = fast.open_orders(account, rules.symbol)
            mine = [o for o in market.orders if o.account == account]
            found = list(zip(own["id"].tolist(), own["left"].tolist(), own["locked"].tolist(), strict=True))
            wanted = sorted((o.id, o.left, slow.held(market, o)) for o in mine)
            if found != wanted:
                return f"open orders of {account} differ: {found} but expected {wanted}"
    return ""


def balances_differ(fast: Exchange, slow: SlowEngine) -> str:
    """Free and locked of every account, fees and supply."""
    for account in range(len(slow.rates)):
        for asset, found in enumerate(fast.balances(account).values()):
            locked = slow.locked(account, asset)
            if found != (slow.total[account, asset] - locked, locked):
                return f"balance of {account} in asset {asset} is {found}, locked should be {locked}"
    for asset, (name, taken) in enumerate(fast.fees_taken().items()):
        if taken != slow.fees[asset] or fast.supply()[name] != slow.supply[asset]:
            return f"fees or supply of {name} differ"
    return ""


def first_difference(seed: int, n: int, fast: Exchange, slow: SlowEngine) -> tuple[int, str]:
    """Walk ``n`` commands; where and how the engines first differ, (n, "") where they never do."""
    rng = np.random.default_rng(seed)
    for row in np.split(opening(), len(opening())):
        assert difference(fast, slow, row) == ""
    commands = random_commands(rng, n)
    for i in range(n):
        aim(rng, slow, commands[i])
        if found := difference(fast, slow, commands[i : i + 1]):
            return i, f"{found} after {as_dicts(commands[i : i + 1])}"
    return n, ""


def aim(rng: np.random.Generator, slow: SlowEngine, row: np.void) -> None:
    """Point most commands about orders at one that is open."""
    if row["kind"] not in (C.CANCEL, C.REPLACE, C.AMEND) or row["market"] == MISSING or rng.random() < 0.2:
        return
    orders = slow.markets[int(row["market"])].orders
    if not orders:
        return
    order = orders[int(rng.integers(len(orders)))]
    row["account"] = order.account
    by_client = order.client != 0 and rng.random() < 0.5
    row["order"], row["target_client"] = (0, order.client) if by_client else (order.id, 0)
    if row["kind"] == C.AMEND:
        row["size"] = max(1, order.size - int(rng.integers(0, 6)))


def tally(events: Void) -> dict[tuple[str, int], int]:
    """How often each kind of event came with each reason."""
    kinds, counts = np.unique(np.stack([events["kind"], events["reason"]], 1), axis=0, return_counts=True)
    return {(EventKind(int(k)).name, int(r)): int(c) for (k, r), c in zip(kinds, counts, strict=True)}


def unsound(fast: Exchange) -> str:
    """The first broken invariant of the compiled engine alone, or nothing."""
    held: dict[tuple[int, str], int] = {}
    for rules in fast.rules:
        book = fast.book(rules.symbol, 1)
        if book.bids and book.asks and book.bids[0][0] >= book.asks[0][0]:
            return f"{rules.symbol} is crossed: {book}"
        for account in fast.accounts():
            for order in fast.open_orders(account, rules.symbol):
                asset = rules.quote if order["side"] == 0 else rules.base
                held[account, asset] = held.get((account, asset), 0) + int(order["locked"])
    return _unsound_money(fast, held)


def _unsound_money(fast: Exchange, held: dict[tuple[int, str], int]) -> str:
    owned: dict[str, int] = fast.fees_taken()
    for account in fast.accounts():
        for asset, (free, locked) in fast.balances(account).items():
            owned[asset] += free + locked
            if min(free, locked) < 0 or locked != held.get((account, asset), 0):
                return f"account {account} has {free} free, {locked} locked of {asset}, its orders {held}"
    return "" if owned == fast.supply() else f"owned {owned}, brought in {fast.supply()}"


def summary(event: Any) -> tuple[Any, ...]:
    """The part of an event a worked example talks about."""
    kind = EventKind(int(event["kind"])).name
    if kind == "TRADE":
        return kind, int(event["order"]), int(event["other_order"]), int(event["price"]), int(event["size"])
    if kind == "LEVEL":
        return kind, int(event["side"]), int(event["price"]), int(event["size"])
    return kind, int(event["order"])
