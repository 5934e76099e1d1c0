"""An exchange: markets, accounts and one line of commands through them.

Facades and participants speak to this class. Prices are ticks, sizes lots, amounts units of
their asset (see rules.py); client order ids are words here and numbers in the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from venue.engine import memory
from venue.engine.batch import perform_all
from venue.engine.codes import (
    CommandKind,
    EventKind,
    Reason,
    ReplaceMode,
)
from venue.engine.depth import best_levels
from venue.engine.history import Fill, History, OrderState
from venue.engine.layout import ASKS, BIDS, COMMAND, EVENT
from venue.engine.orders import MARKETS
from venue.engine.rules import BadRules, MarketRules, as_record, assets_of
from venue.engine.wishes import NewOco, NewOrder

__all__ = ["Exchange", "NewOco", "NewOrder"]

Void = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Answer:
    """All events of one command."""

    events: Void

    @property
    def reason(self) -> Reason:
        """Why it, or its last part, was refused; NONE where it was not."""
        refused = self.of(EventKind.REJECTED)
        return Reason(int(refused[-1]["reason"])) if len(refused) else Reason.NONE

    @property
    def order_id(self) -> int:
        """Id of the order it placed (an OCO's limit leg); 0 where it placed none."""
        accepted = self.of(EventKind.ACCEPTED)
        return int(accepted[0]["order"]) if len(accepted) else 0

    def of(self, kind: EventKind) -> Void:
        """Its events of one kind."""
        chosen: Void = self.events[self.events["kind"] == kind]
        return chosen


@dataclass(frozen=True, slots=True)
class Book:
    """The best levels, best first, as (ticks, lots); ``update_id`` is the last change in them."""

    update_id: int
    bids: list[tuple[int, int]]
    asks: list[tuple[int, int]]


class Exchange:
    """Markets that share accounts.

    With ``has_history`` every order and fill stays known after it is over; a simulation that
    reads the events itself does without. Trades are numbered from ``first_trade`` on: who serves
    one world after another gives each numbers of its own, for clients remember them.
    """

    def __init__(
        self, markets: Sequence[MarketRules], *, has_history: bool = True, first_trade: int = 1
    ) -> None:
        if not 1 <= len(markets) <= MARKETS or len({market.symbol for market in markets}) < len(markets):
            raise BadRules(f"between 1 and {MARKETS} markets with symbols of their own, were {len(markets)}")
        self.rules = tuple(markets)
        self.assets = assets_of(markets)
        self.numbers = {market.symbol: number for number, market in enumerate(markets)}
        self._markets = memory.new_markets(markets, self.assets)
        self._markets["last_trade"] = first_trade - 1
        self._ledger = memory.new_ledger(self.assets)
        self._log = memory.new_log()
        self._rows = self._log["rows"][0]
        self._row_bytes = memoryview(self._rows.view(np.uint8))
        self._count, self._command = self._log["count"], self._log["command"]
        self._clients: dict[str, int] = {}
        self._client_words: list[str] = [""]
        units = [as_record(market, self.assets)["cost_units"] for market in markets]
        self.history = History(units) if has_history else None

    def chunks(self, commands: Void) -> Iterator[Void]:
        """Perform commands (dtype layout.COMMAND) in order; their events (layout.EVENT) part by part.

        Each part is a view of the engine's log and is overwritten by the next; commands are
        performed as the parts are asked for.
        """
        first = int(self._command[0]) + 1
        done = 0
        while done < len(commands):
            done = perform_all(self._markets, self._ledger, self._log, commands, done)
            events: Void = self._rows[: int(self._count[0])]
            self._count[0] = 0
            if self.history is not None:
                self.history.absorb(commands, first, events)
            yield events

    def run(self, commands: Void) -> Void:
        """Perform commands (dtype layout.COMMAND) in order; all their events (layout.EVENT), read-only.

        A copy of the bytes takes a small part of the time that one field by field does.
        """
        said = b"".join([events.tobytes() for events in self.chunks(commands)])
        return np.frombuffer(said, EVENT) if said else np.zeros(0, EVENT)

    def run_one(self, command: Void) -> bytes:
        """Perform a command (shape (1,)); the bytes of its events, which are what ``run`` gives as rows."""
        if self.history is not None:
            return self.run(command).tobytes()
        if perform_all(self._markets, self._ledger, self._log, command, 0) != 1:
            raise RuntimeError("the log has no room for the events of a single command")
        n = int(self._count[0])
        self._count[0] = 0
        return self._row_bytes[: n * EVENT.itemsize].tobytes()

    def _perform(self, kind: CommandKind, ts: int, **fields: Any) -> Answer:
        fields |= {"kind": kind, "ts": ts}
        row = tuple(fields.get(name, 0) for name in COMMAND.names or ())
        return Answer(self.run(np.array([row], COMMAND)))

    def client_key(self, word: str) -> int:
        """The number of a client order id; "" is 0, none."""
        if word and word not in self._clients:
            self._clients[word] = len(self._client_words)
            self._client_words.append(word)
        return self._clients.get(word, 0)

    def client_word(self, key: int) -> str:
        """The client order id behind a number."""
        return self._client_words[key]

    def open_account(self, *, maker_ppm: int = 1_000, taker_ppm: int = 1_000, ts: int = 0) -> int:
        """A new account with fees in millionths; returns its number."""
        answer = self._perform(CommandKind.OPEN_ACCOUNT, ts, price=maker_ppm, size=taker_ppm)
        if answer.reason:
            raise BadRules(f"an account could not be opened: {answer.reason.name}")
        return int(answer.events[0]["account"])

    def set_fees(self, account: int, *, maker_ppm: int, taker_ppm: int, ts: int = 0) -> Answer:
        """Change an account's fees, in millionths."""
        return self._perform(CommandKind.SET_FEES, ts, account=account, price=maker_ppm, size=taker_ppm)

    def deposit(self, account: int, asset: str, units: int, *, ts: int = 0) -> Answer:
        """Bring ``units`` of an asset in."""
        number = self.assets.number(asset)
        return self._perform(CommandKind.DEPOSIT, ts, account=account, order=number, size=units)

    def withdraw(self, account: int, asset: str, units: int, *, ts: int = 0) -> Answer:
        """Take ``units`` of an asset out."""
        number = self.assets.number(asset)
        return self._perform(CommandKind.WITHDRAW, ts, account=account, order=number, size=units)

    def halt(self, symbol: str, *, ts: int) -> Answer:
        """Refuse orders from now on; cancels are taken."""
        return self._perform(CommandKind.HALT, ts, market=self.numbers[symbol])

    def resume(self, symbol: str, *, ts: int) -> Answer:
        """Take orders again."""
        return self._perform(CommandKind.RESUME, ts, market=self.numbers[symbol])

    def _fields(self, account: int, symbol: str, order: NewOrder) -> dict[str, int]:
        return {
            "account": account,
            "market": self.numbers[symbol],
            "side": order.side,
            "order_kind": order.kind,
            "tif": order.tif,
            "stp": order.stp,
            "price": order.price,
            "size": order.size,
            "cost": order.cost,
            "stop": order.stop,
            "client": self.client_key(order.client),
        }

    def place(self, account: int, symbol: str, order: NewOrder, *, ts: int) -> Answer:
        """Place one order."""
        return self._perform(CommandKind.PLACE, ts, **self._fields(account, symbol, order))

    def place_oco(self, account: int, symbol: str, oco: NewOco, *, ts: int) -> Answer:
        """Place two orders of which one at most trades."""
        return self._perform(
            CommandKind.PLACE_OCO,
            ts,
            account=account,
            market=self.numbers[symbol],
            side=oco.side,
            price=oco.price,
            stop=oco.stop,
            stop_limit=oco.stop_limit,
            size=oco.size,
            stp=oco.stp,
            client=self.client_key(oco.client),
            stop_client=self.client_key(oco.stop_client),
        )

    def _target(self, account: int, symbol: str, order_id: int, client: str) -> dict[str, int]:
        return {
            "account": account,
            "market": self.numbers[symbol],
            "order": order_id,
            "target_client": self._clients.get(client, 0),
        }

    def cancel(self, account: int, symbol: str, order_id: int = 0, *, client: str = "", ts: int) -> Answer:
        """Cancel an open order by its id or its client order id."""
        return self._perform(CommandKind.CANCEL, ts, **self._target(account, symbol, order_id, client))

    def cancel_all(self, account: int, symbol: str, *, ts: int) -> list[Answer]:
        """Cancel every open order of an account in a market, oldest first."""
        answers: list[Answer] = []
        gone: set[int] = set()  # the other leg of an OCO goes with the first
        for order_id in self.open_orders(account, symbol)["id"].tolist():
            if order_id not in gone:
                answers.append(self.cancel(account, symbol, order_id, ts=ts))
                gone.update(answers[-1].of(EventKind.CANCELLED)["order"].tolist())
        return answers

    def replace(
        self,
        account: int,
        symbol: str,
        order: NewOrder,
        order_id: int = 0,
        *,
        client: str = "",
        mode: ReplaceMode = ReplaceMode.STOP_ON_FAILURE,
        ts: int,
    ) -> Answer:
        """Cancel an open order, then place another."""
        fields = self._target(account, symbol, order_id, client) | self._fields(account, symbol, order)
        return self._perform(CommandKind.REPLACE, ts, mode=mode, **fields)

    def amend(
        self, account: int, symbol: str, size: int, order_id: int = 0, *, client: str = "", ts: int
    ) -> Answer:
        """Reduce an open order to ``size`` lots in all; it keeps its place in the queue."""
        return self._perform(
            CommandKind.AMEND, ts, size=size, **self._target(account, symbol, order_id, client)
        )

    def book(self, symbol: str, depth: int) -> Book:
        """The best ``depth`` levels of each side."""
        number = self.numbers[symbol]
        sides = []
        for side in (BIDS, ASKS):
            rows = np.zeros((depth, 2), np.int64)
            n = best_levels(self._markets, number, side, rows)
            sides.append([(int(price), int(size)) for price, size in rows[:n]])
        return Book(int(self._markets[number]["update"]), *sides)

    def last_price(self, symbol: str) -> int:
        """Price of the last trade, ticks; the reference price before the first."""
        return int(self._markets[self.numbers[symbol]]["last"])

    def is_halted(self, symbol: str) -> bool:
        """Whether orders are refused."""
        return bool(self._markets[self.numbers[symbol]]["is_halted"])

    def balances(self, account: int) -> dict[str, tuple[int, int]]:
        """Free and locked units of every asset."""
        book = self._ledger[0]
        if not 0 <= account < int(book["accounts"]):
            raise BadRules(f"there are {int(book['accounts'])} accounts, there is no number {account}")
        return {
            name: (int(book["free"][account, i]), int(book["locked"][account, i]))
            for i, name in enumerate(self.assets.names)
        }

    def accounts(self) -> range:
        """The numbers of all accounts."""
        return range(int(self._ledger[0]["accounts"]))

    def fees(self, account: int) -> tuple[int, int]:
        """Maker and taker fee of an account in millionths."""
        book = self._ledger[0]
        return int(book["maker_ppm"][account]), int(book["taker_ppm"][account])

    def fees_taken(self) -> dict[str, int]:
        """Units of every asset the venue has earned."""
        return {name: int(self._ledger[0]["fees"][i]) for i, name in enumerate(self.assets.names)}

    def supply(self) -> dict[str, int]:
        """Units of every asset that have come in and not gone out."""
        return {name: int(self._ledger[0]["supply"][i]) for i, name in enumerate(self.assets.names)}

    def open_orders(self, account: int, symbol: str) -> Void:
        """An account's open orders (layout.ORDER), oldest id first."""
        return memory.open_slots(self._markets[self.numbers[symbol]], account)

    def order(self, account: int, symbol: str, order_id: int = 0, *, client: str = "") -> OrderState | None:
        """An order of an account, open or over; None where there is none."""
        history, number = self._past(), self.numbers[symbol]
        if not order_id:
            order_id = history.of_client.get((number, account, self._clients.get(client, 0)), 0)
        order = history.orders.get((number, order_id))
        return order if order is not None and order.account == account else None

    def all_orders(self, account: int, symbol: str) -> list[OrderState]:
        """Every order of an account in a market, oldest first."""
        history, number = self._past(), self.numbers[symbol]
        return [history.orders[number, order] for order in history.of_account.get((number, account), [])]

    def my_trades(self, account: int, symbol: str) -> list[Fill]:
        """Every fill of an account in a market, oldest first."""
        return list(self._past().fills.get((self.numbers[symbol], account), []))

    def _past(self) -> History:
        if self.history is None:
            raise BadRules("this exchange keeps no history: make it with has_history=True")
        return self.history

    def state_hash(self) -> str:
        """A digest of all that decides what happens next."""
        return memory.digest(self._markets, self._ledger)
