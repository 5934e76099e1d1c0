"""Virtual time: one heap of what comes next, one exchange, and everyone who trades at it.

Ties are broken by the agent's name and its own counter, so that nobody's presence reorders the
others. Whoever trades speaks to the Pit of its market; the exchange's events come back as fills.
Outsiders (clients of a facade) trade on the same wire; what they cause is taken in before the
next action, never in the middle of one.
"""

from __future__ import annotations

import hashlib
import heapq
import struct
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import numpy as np

from venue.engine.codes import CommandKind, EventKind, OrderKind, TimeInForce
from venue.engine.exchange import Exchange, Void
from venue.engine.layout import COMMAND
from venue.fundamental import STEP_NS, Reals, Regime, RegimePath
from venue.pit import Fill, Pit
from venue.public import View, public_view
from venue.symbols import Symbol
from venue.truth import Truth
from venue.wire import Wire

WEALTH = 10**15  # units of each asset an agent starts with

_PLACE, _CANCEL = CommandKind.PLACE.value, CommandKind.CANCEL.value
_ACCEPTED, _REJECTED = EventKind.ACCEPTED.value, EventKind.REJECTED.value
_TRADE, _LEVEL = EventKind.TRADE.value, EventKind.LEVEL.value
_CANCELLED, _EXPIRED = EventKind.CANCELLED.value, EventKind.EXPIRED.value

MS = 1_000_000
COMMAND_ROW = struct.Struct("=8i10q")  # of layout.COMMAND
EVENT_ROW = struct.Struct("=6i15q")  # of layout.EVENT; a fraction of the time that tolist takes


class Participant(Protocol):
    """Someone with a name who is started once and hears of its own fills."""

    name: str
    family: str

    @property
    def pit(self) -> Pit:
        """The market it trades in."""
        ...

    def start(self, sim: Simulation) -> None:
        """Schedule the first action."""
        ...

    def on_fill(self, fill: Fill) -> None:
        """One of its orders traded."""
        ...

    def on_end(self, order: int) -> None:
        """One of its orders is over without having traded in full."""
        ...

    def traits(self) -> dict[str, Any]:
        """What scorers may want to know about it."""
        ...


class Simulation:
    """Several markets on one clock.

    Args:
        symbols: the markets, in order.
        worths: the fundamental price of each at each step, shape (n_steps,).
        regimes: the state of the whole market.
        start_ns: when it starts, ns UTC.
        has_clients: whether outsiders trade, whose orders and fills are kept for their questions.
    """

    def __init__(
        self,
        symbols: tuple[Symbol, ...],
        worths: tuple[Reals, ...],
        regimes: RegimePath,
        start_ns: int,
        *,
        has_clients: bool = False,
    ) -> None:
        # Clients remember the trades of one world in the next; a trade takes longer than a millisecond.
        rules = [symbol.rules() for symbol in symbols]
        self.exchange = Exchange(rules, has_history=has_clients, first_trade=start_ns // MS)
        if self.exchange.history is not None:
            self.exchange.history.watch_nobody()
        self.wire = Wire(self.exchange)
        self.wire.drive(self._hear)
        self.clients: dict[int, str] = {}
        self.pits = tuple(
            Pit(n, s, w, start_ns) for n, (s, w) in enumerate(zip(symbols, worths, strict=True))
        )
        self.now = self.start_ns = start_ns
        self.truth = Truth()
        self.agents: dict[int, Participant] = {}
        self._heap: list[tuple[int, str, int, Callable[..., None], tuple[Any, ...]]] = []
        self._counts: dict[str, int] = {}
        self._command = np.zeros(1, COMMAND)
        self._command_bytes = self._command.view(np.uint8).data
        self._outside: deque[Void] = deque()
        self._is_acting = False
        self._regimes = regimes
        changes = np.flatnonzero(np.diff(regimes.states, prepend=-1))
        for i in changes.tolist():
            self.truth.regimes.append((start_ns + i * STEP_NS, Regime(int(regimes.states[i])).name.lower()))

    @property
    def regime(self) -> int:
        """The state of the whole market now."""
        states = self._regimes.states
        return int(states[min((self.now - self.start_ns) // STEP_NS, len(states) - 1)])

    def add(self, agent: Participant) -> None:
        """Open an account for someone and start it."""
        account = self.exchange.open_account(maker_ppm=0, taker_ppm=500, ts=self.now)
        for asset in (agent.pit.symbol.base, "USDT"):
            self.exchange.deposit(account, asset, WEALTH, ts=self.now)
        self.agents[account] = agent
        agent.pit.accounts[agent.name] = account
        self.truth.agents.append((agent.pit.symbol.name, agent.name, agent.family, agent.traits()))
        agent.start(self)

    def admit(self, name: str, *, maker_ppm: int, taker_ppm: int) -> int:
        """Open an account for an outsider; what it does is labelled with ``name``."""
        account = self.exchange.open_account(maker_ppm=maker_ppm, taker_ppm=taker_ppm, ts=self.now)
        self.clients[account] = name
        if self.exchange.history is not None:
            self.exchange.history.watch(account)
        for pit in self.pits:
            self.truth.agents.append((pit.symbol.name, name, "client", {}))
        return account

    def at(self, ts: int, agent: str, action: Callable[..., None], *args: Any) -> None:
        """Let ``action`` happen at ``ts``, not before now."""
        count = self._counts.get(agent, 0)
        self._counts[agent] = count + 1
        heapq.heappush(self._heap, (ts if ts > self.now else self.now, agent, count, action, args))

    def run(self, seconds: float) -> None:
        """Go on for so many seconds of virtual time."""
        self.run_until(self.now + round(seconds * 1e9))

    def run_until(self, until: int) -> None:
        """Go on up to a moment, ns UTC."""
        heap, outside, pop = self._heap, self._outside, heapq.heappop
        self._take_in()
        while heap and heap[0][0] <= until:
            self.now, _, _, action, args = pop(heap)
            action(*args)
            if outside:
                self._take_in()
        self.now = max(self.now, until)

    def place(
        self,
        agent: Participant,
        side: int,
        price: int,
        size: int,
        *,
        intent: str,
        kind: OrderKind = OrderKind.LIMIT_MAKER,
        tif: TimeInForce = TimeInForce.GTC,
        parent: int = 0,
        planned_end_ts: int = 0,
    ) -> int:
        """Place an order (side +1 or -1, ticks, lots); returns its id, 0 where it was refused."""
        pit = agent.pit
        account, now = pit.accounts[agent.name], self.now
        row = (_PLACE, pit.number, account, (1 - side) // 2, kind, tif, 0, 0, now, price, size)
        order = self._perform(pit, (*row, 0, 0, 0, 0, 0, 0, 0))
        if order:
            label = (agent.name, intent, parent, side, price, size, planned_end_ts)
            self.truth.orders.append((pit.symbol.name, order, now, *label))
        return order

    def cancel(self, agent: Participant, order: int) -> None:
        """Cancel an order; nothing happens where it is over."""
        pit = agent.pit
        account = pit.accounts[agent.name]
        row = (_CANCEL, pit.number, account, 0, 0, 0, 0, 0, self.now, 0, 0, 0, 0, 0, 0, 0, order, 0)
        self._perform(pit, row)

    def _perform(self, pit: Pit, row: tuple[int, ...]) -> int:
        COMMAND_ROW.pack_into(self._command_bytes, 0, *row)
        said = self.exchange.run_one(self._command)
        events = list(EVENT_ROW.iter_unpack(said))
        was_acting, self._is_acting = self._is_acting, True
        self.wire.relay(said, events)
        self._is_acting = was_acting
        return self._absorb(pit, events)

    def _hear(self, events: Void) -> None:
        """What an outsider caused waits until nobody is in the middle of something."""
        if not self._is_acting:
            self._outside.append(events)

    def _take_in(self) -> None:
        while self._outside:
            for event in EVENT_ROW.iter_unpack(self._outside.popleft().tobytes()):
                if event[2] >= 0:
                    self._absorb(self.pits[event[2]], (event,))

    def _absorb(self, pit: Pit, events: Iterable[tuple[int, ...]]) -> int:
        placed, now = 0, self.now
        for event in events:
            kind = event[0]
            if kind == _LEVEL:
                pit.on_level(now, event[3], event[11], event[12], event[20])
            elif kind == _ACCEPTED:
                placed = event[9]
                if event[8] in self.clients:
                    self._label(pit, event)
            elif kind == _TRADE:
                self._on_trade(pit, event)
            elif kind in (_CANCELLED, _EXPIRED):
                cause = "cancelled" if kind == _CANCELLED else "expired"
                self.truth.ends.append((pit.symbol.name, event[9], now, cause, event[13]))
                agent = self.agents.get(event[8])
                if agent is not None:
                    agent.on_end(event[9])
        return placed

    def _label(self, pit: Pit, event: tuple[int, ...]) -> None:
        row = (self.clients[event[8]], "client", 0, 1 - 2 * event[3], event[11], event[12], 0)
        self.truth.orders.append((pit.symbol.name, event[9], self.now, *row))

    def _name(self, account: int) -> str:
        agent = self.agents.get(account)
        return agent.name if agent is not None else self.clients.get(account, "")

    def _on_trade(self, pit: Pit, event: tuple[int, ...]) -> None:
        side = 1 - 2 * event[3]
        taker, maker = self.agents.get(event[8]), self.agents.get(event[15])
        order, other, price, size, number = event[9], event[16], event[11], event[12], event[20]
        pit.on_trade(self.now, side, price, size, number)
        row = (side, price, size, self._name(event[8]), self._name(event[15]), order, other)
        self.truth.trades.append((pit.symbol.name, number, self.now, *row))
        for over, left in ((order, event[13]), (other, event[18])):
            if left == 0:
                self.truth.ends.append((pit.symbol.name, over, self.now, "filled", 0))
        if taker is not None:
            taker.on_fill(Fill(self.now, order, side, price, size, event[13], False))
        if maker is not None:
            maker.on_fill(Fill(self.now, other, -side, price, size, event[18], True))

    def view(self, symbol: str, period_ns: int) -> View:
        """What the public has seen of a market (see venue/public.py), in buckets of ``period_ns``."""
        pit = next(pit for pit in self.pits if pit.symbol.name == symbol)
        tick, lot = pit.symbol.tick_units, pit.symbol.lot_units
        levels = np.array(pit.levels, np.int64).reshape(-1, 5) * np.array([1, 1, tick, lot, 1])
        prints = np.array(pit.prints, np.int64).reshape(-1, 5) * np.array([1, 1, tick, lot, 1])
        return public_view(levels, prints, period_ns)

    def digest(self) -> str:
        """A hash of all that everyone saw and all that is known behind it."""
        seen = hashlib.sha256()
        for pit in self.pits:
            seen.update(repr((pit.levels, pit.prints)).encode())
        seen.update(repr((self.truth.orders, self.truth.ends, self.truth.quoting)).encode())
        return seen.hexdigest()
