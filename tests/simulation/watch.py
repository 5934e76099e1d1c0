"""What must hold at every instant, looked at where it counts: as a request leaves, and in the engine.

At the door: an intent is durable before its order leaves, nothing is entered after a kill or
by an owner of yesterday, nor on a symbol of which something is unknown. In the engine: no
client order id twice, and never more at stake than the limits allow.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from memory.connection import DATABASE, connect_reader
from tests.simulation.agent import LIMITS, Life
from tests.simulation.world import World
from tools.execution.kill import KillSwitch
from venue.engine.codes import EventKind, Side
from venue.engine.exchange import Void

PLACES = frozenset({"order.place", "orderList.place.oco"})
NAMES = ("newClientOrderId", "aboveClientOrderId")
TOLERANCE_USD = 0.5  # what rounding to lots leaves


@dataclass(slots=True)
class Stake:
    """What one decision has at the venue: open buys by order, lots held and what they cost."""

    market: int
    buys: dict[int, tuple[int, int]]
    lots: float = 0.0
    cost: float = 0.0


class Watch:
    """Collects breaches.

    Args:
        life_of: The life of a process number.
        owner: The number of the process that owns the account.
    """

    def __init__(
        self, world: World, switch: KillSwitch, life_of: Callable[[int], Life], owner: Callable[[], int]
    ) -> None:
        self._world = world
        self._switch = switch
        self._life_of = life_of
        self._owner = owner
        self.breaches: list[str] = []
        self.sent: Counter[str] = Counter()
        self.refused_by_kill = 0
        self._accepted: Counter[str] = Counter()
        self._decisions: dict[str, str] = {}
        self._stakes: dict[str, Stake] = {}
        self._of_order: dict[tuple[int, int], str] = {}
        self._readers: dict[int, sqlite3.Connection] = {}
        self._units = [float(rules.tick * rules.lot) for rules in world.exchange.rules]
        self.worst_usd = 0.0
        world.wire.listen(self._hear)

    def breach(self, words: str) -> None:
        """Something that must not be."""
        self.breaches.append(f"{self._world.clock.elapsed() / 1e9:.3f} s: {words}")

    # at the door

    def on_sent(self, process: int, name: str, params: Mapping[str, str]) -> None:
        """A request leaves."""
        self.sent[name] += 1
        if name not in PLACES:
            return
        order = next(params[key] for key in NAMES if key in params)
        life = self._life_of(process)
        if process != self._owner():
            self.breach(f"process {process} sent {order} although {self._owner()} owns the account")
        decision = self._durable(life, order)
        if decision is None:
            self.breach(f"order {order} left before its intent was durable")
            return
        self._decisions[order] = decision
        if params["side"] == "BUY":
            self._entering(life, order, params["symbol"])

    def _entering(self, life: Life, order: str, symbol: str) -> None:
        if self._switch.is_set:
            self.breach(f"entry {order} left while the kill switch was set")
        assert life.gateway is not None
        if life.gateway.halted:
            self.breach(f"entry {order} left while entries were halted: {life.gateway.halted}")
        if life.gateway.is_unknown(symbol):
            self.breach(f"entry {order} left while something on {symbol} was unknown")

    def _durable(self, life: Life, order: str) -> str | None:
        reader = self._readers.get(life.number)
        if reader is None:
            reader = self._readers[life.number] = connect_reader(life.home / DATABASE)
        row = reader.execute("SELECT decision_id FROM intent WHERE client_order_id = ?", (order,)).fetchone()
        return None if row is None else str(row[0])

    def close(self) -> None:
        """Let go of the files."""
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()

    # in the engine

    def _hear(self, events: Void) -> None:
        account = self._world.account
        kinds = events["kind"]
        ours = (kinds != EventKind.LEVEL) & (events["account"] == account) | (
            (kinds == EventKind.TRADE) & (events["other_account"] == account)
        )
        if not ours.any():
            return
        names = events.dtype.names or ()
        for row in events[ours].tolist():
            self._take(dict(zip(names, row, strict=True)))
        self._check_stake()

    def _take(self, event: dict[str, int]) -> None:
        kind = event["kind"]
        if kind == EventKind.ACCEPTED:
            self._accept(event)
        elif kind == EventKind.TRADE:
            account = self._world.account
            if event["account"] == account:
                self._trade(event, event["order"], event["side"], event["left"], event["fee"])
            if event["other_account"] == account:
                side = 1 - event["side"]
                self._trade(event, event["other_order"], side, event["other_left"], event["other_fee"])
        elif kind in (EventKind.CANCELLED, EventKind.EXPIRED):
            self._stake_of(event["market"], event["order"]).buys.pop(event["order"], None)

    def _accept(self, event: dict[str, int]) -> None:
        name = self._world.exchange.client_word(event["client"])
        self._accepted[name] += 1
        if self._accepted[name] > 1:
            self.breach(f"the venue took {name} {self._accepted[name]} times")
        decision = self._decisions.get(name) or self._decisions.get(name[:-1], "?")
        self._of_order[event["market"], event["order"]] = decision
        stake = self._stakes.setdefault(decision, Stake(event["market"], {}))
        if event["side"] == Side.BUY:
            stake.buys[event["order"]] = (event["price"], event["size"])

    def _stake_of(self, market: int, order: int) -> Stake:
        return self._stakes[self._of_order[market, order]]

    def _trade(self, event: dict[str, int], order: int, side: int, left: int, fee: int) -> None:
        stake = self._stake_of(event["market"], order)
        price, size = event["price"], event["size"]
        if side == Side.BUY:
            rules = self._world.exchange.rules[event["market"]]
            lot_units = self._world.exchange.assets.units(rules.base, rules.lot)
            stake.lots += size - fee / lot_units
            stake.cost += (size - fee / lot_units) * price
            stake.buys[order] = (price, left)
            if left == 0:
                del stake.buys[order]
        else:
            share = min(1.0, size / stake.lots) if stake.lots > 0 else 1.0
            stake.cost -= stake.cost * share
            stake.lots -= size

    def _check_stake(self) -> None:
        """Everything that is bought or may still be bought, at cost; less than a lot is dust, and none."""
        by_market: defaultdict[int, float] = defaultdict(float)
        for name in [name for name, stake in self._stakes.items() if stake.lots <= 0 and not stake.buys]:
            if abs(self._stakes[name].lots) < 1e-6:
                del self._stakes[name]
        for stake in self._stakes.values():
            unit = self._units[stake.market]
            held = stake.cost * unit
            buys = sum(price * lots for price, lots in stake.buys.values()) * unit
            if buys == 0 and stake.lots < 1:
                continue
            by_market[stake.market] += held + buys
        total = sum(by_market.values())
        self.worst_usd = max(self.worst_usd, total)
        if total > LIMITS["max_total_exposure_usd"] + TOLERANCE_USD:
            self.breach(f"{total:.2f} USD at stake at the venue, more than the limit")
        for market, usd in by_market.items():
            if usd > LIMITS["max_symbol_exposure_usd"] + TOLERANCE_USD:
                symbol = self._world.exchange.rules[market].symbol
                self.breach(f"{usd:.2f} USD at stake on {symbol}, more than the limit")


def order_words(event: Any) -> str:
    """An engine event in a few words, for the trace."""
    return f"{EventKind(int(event['kind'])).name.lower()} order {int(event['order'])}"
