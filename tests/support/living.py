"""A living agent at a recorded tape: the real cycle behind the real control socket, as far as a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keeper_agent.app import Keeper
from keeper_agent.latency import Meter
from keeper_agent.reporting import Reporter
from keeper_agent.settings import load_settings
from memory.store import Store
from scheduler.cycle import DecisionCycle
from scheduler.observer import Silent
from scheduler.run import RunIdentity
from tests.support.replays import EAGER
from tests.support.senses import BUNDLED, instrument_of, opening
from tools.domain.clock import SystemClock, SystemStopwatch
from tools.domain.market import NANOS
from tools.domain.trading import Decision, Signal, World

TAPE = 240  # seconds of the recording


class Noted(Silent):
    """Keeps what was decided."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []

    def on_decision(self, decision: Decision, signal: Signal) -> None:
        """Keep it."""
        self.decisions.append(decision)


@dataclass
class Session:
    """An agent at a tape, which goes on as far as the test says."""

    home: Path
    keeper: Keeper
    cycle: DecisionCycle
    reporter: Reporter
    noted: Noted
    second: int = 0

    def play_to(self, second: int) -> None:
        """Let the tape run on, with a frame each second, as a loop would."""
        events = opening(BUNDLED[0], TAPE)
        first = int(events["ts_init"][0])
        for at in range(self.second, second):
            low, high = first + at * NANOS, first + (at + 1) * NANOS
            part = events[(events["ts_init"] >= low) & (events["ts_init"] < high)]
            self.cycle.run(part, high - 1)
            self.reporter.publish(high - 1, {self.cycle.market.instrument.symbol: self.cycle})
        self.second = second
        self.keeper.store.flush()


@contextmanager
def session(home: Path, new_link: Callable[[], str] | None = None, **given: Any) -> Iterator[Session]:
    settings = load_settings(
        keeper_home=home, keeper_parameters=f"{EAGER},entry_timeout_s=5,hold_timeout_s=8", **given
    )
    instrument, noted = instrument_of(BUNDLED[0]), Noted()
    first = int(opening(BUNDLED[0], TAPE)["ts_init"][0])
    with Store.open(home, is_throwaway=True) as store:
        keeper = Keeper(
            settings,
            store,
            RunIdentity("run_0000000000", World.RECORDED, 7),
            {instrument.symbol: instrument},
            noted,
            None,
            first,
            meter=Meter(SystemStopwatch()),
        )
        keeper.begin("run", {}, "", first)
        reporter = Reporter(settings, keeper, SystemClock(), "tapes on paper")
        with reporter.serving(new_link):
            yield Session(home, keeper, keeper.cycle(instrument), reporter, noted)
