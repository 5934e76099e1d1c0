"""Planted days: a recorded market traded as if at a venue, with the market data kept, and faults put in."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from keeper_agent.app import Keeper
from keeper_agent.parity.day import DayParity, parity_of_day
from keeper_agent.settings import load_settings
from memory.connection import DATABASE
from memory.store import Store
from scheduler.observer import Silent
from scheduler.parts import Market
from scheduler.replay import replay
from scheduler.run import RunIdentity
from tests.support.replays import EAGER
from tests.support.senses import BUNDLED, instrument_of, opening
from tools.domain.clock import day_of
from tools.domain.market import NANOS, Instrument
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Intent, OrderStatus, OrderUpdate, World
from tools.execution.exchange import News
from tools.execution.paper import PaperMarket
from tools.execution.stream import NOTICED
from tools.market.archive import Archive
from tools.market.events import Events
from tools.market.lines import Batch
from tools.market.recorder import Recorder
from tools.market.seen import seen_folder

RUN = "run_0000000000"
TAPE = BUNDLED[0]
SECONDS = 150
KEYS = {"decision": "decision_id", "outcome": "outcome_id", "fill": "trade_id", "signal": "signal_id"}
INSTRUMENT = instrument_of(TAPE)
DATE = day_of(int(opening(TAPE, 1)["ts_init"][0]))


class SlowMarket(PaperMarket):
    """A venue two seconds away; the model does not know."""

    DELAY_NS = 2 * NANOS

    def place(self, intent: Intent) -> None:
        """Send an order; it takes its time."""
        self._slowly(lambda: PaperMarket.place(self, intent))

    def cancel(self, client_order_id: str, ts: int) -> None:
        """Ask for a cancel; it takes its time."""
        self._slowly(lambda: PaperMarket.cancel(self, client_order_id, ts))

    def _slowly(self, act: Callable[[], None]) -> None:
        modelled, self._latency_ns = self._latency_ns, self.DELAY_NS
        act()
        self._latency_ns = modelled


class FrontMarket(PaperMarket):
    """A venue where our orders stand before everybody else's at their price; the model queues behind."""

    def advance(self, events: Events, start: int, limit_ts: int) -> tuple[int, int]:
        """Let nobody stand before us from the moment our order is there, which ends an advance."""
        taken = super().advance(events, start, limit_ts)
        self.desk["orders"]["queue"] = 0
        return taken


class HaltedMarket(PaperMarket):
    """An agent whose memory and venue disagree while one decision is carried out: its orders stay here."""

    def __init__(self, instrument: Instrument, parameters: ParameterSet, decision_id: str) -> None:
        super().__init__(instrument, parameters)
        self._decision_id = decision_id
        self._to_say: list[OrderUpdate] = []

    def place(self, intent: Intent) -> None:
        """Send an order, or refuse it in the same instant."""
        if intent.decision_id != self._decision_id:
            super().place(intent)
            return
        reason = "entries are halted: memory and venue disagree"
        said = OrderUpdate(intent.client_order_id, OrderStatus.REJECTED, 0, intent.ts, reason)
        self._to_say.append(said)

    def advance(self, events: Events, start: int, limit_ts: int) -> tuple[int, int]:
        """Say at once what there is to say."""
        return (start, NOTICED) if self._to_say else super().advance(events, start, limit_ts)

    def drain(self) -> News:
        """What is said, the refusal first."""
        said, self._to_say = tuple(self._to_say), []
        paper = super().drain()
        return News((*said, *paper.updates), paper.fills)


def plant(
    folder: Path, market: Callable[[Instrument, ParameterSet], Market] = PaperMarket, seconds: int = SECONDS
) -> Path:
    """A home that remembers the first ``seconds`` of the tape as a day at a venue, traded at ``market``."""
    events = opening(TAPE, seconds)
    settings = load_settings(keeper_home=folder / "home", keeper_parameters=EAGER, keeper_probes="always")
    identity = RunIdentity(RUN, World.VENUE, settings.keeper_seed)
    first, last = (int(events["ts_init"][i]) for i in (0, -1))
    with Store.open(settings.keeper_home) as store:
        traded = {INSTRUMENT.symbol: INSTRUMENT}
        keeper = Keeper(settings, store, identity, traded, Silent(), None, first, market=market)
        keeper.begin("run", {"parameters": settings.parameter_overrides(), "has_brackets": False}, "", first)
        replay(keeper.cycle(INSTRUMENT), events)
        keeper.end(last)
    keep_market(settings.keeper_home, events)
    return settings.keeper_home


def keep_market(home: Path, events: Events) -> None:
    """Keep ``events`` as the market data that the run saw, in place of what is there."""
    folder = seen_folder(home, RUN)
    shutil.rmtree(folder, ignore_errors=True)
    archive = Archive(folder, 10**9)
    recorder = Recorder(archive, INSTRUMENT.venue, rotate_ns=3_600 * NANOS)
    for part in np.array_split(events, 7):
        recorder.put(Batch(INSTRUMENT.symbol, part, ()))
    recorder.close()
    archive.close()


def setting(table: str, name: str, **values: str) -> str:
    """A statement that changes columns of the row with that id; values are SQL."""
    told = ", ".join(f"{column} = {value}" for column, value in values.items())
    return f"UPDATE {table} SET {told} WHERE {KEYS[table]} = '{name}'"  # noqa: S608 (a test's own words)


def deleting(table: str, name: str) -> str:
    """A statement that deletes the row with that id."""
    return f"DELETE FROM {table} WHERE {KEYS[table]} = '{name}'"  # noqa: S608 (a test's own words)


def with_fault(home: Path, folder: Path, *statements: str) -> Path:
    """A copy of ``home`` in whose memory somebody has run ``statements``."""
    copy = folder / "home"
    shutil.copytree(home, copy)
    copy.chmod(0o700)
    with closing(sqlite3.connect(copy / DATABASE)) as memory:
        for statement in statements:
            changed = memory.execute(statement).rowcount
            assert changed, f"nothing was changed by {statement}"
        memory.commit()
    return copy


def compared(home: Path) -> DayParity:
    """The planted day beside its replay."""
    settings = load_settings(keeper_home=home, keeper_parameters=EAGER, keeper_probes="always")
    with Store.open(home, read_only=True) as store:
        return parity_of_day(store, settings, DATE)
