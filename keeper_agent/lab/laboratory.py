"""The laboratory: agent and venue in one process, in virtual time, from one seed.

The decision cycle, its memory, limits and executor are the product's own; only the sockets are
left out. Rows come as the public sees them, orders and news take their time, and everyone at the
venue hears of Keeper's orders. The same seed and settings give the same bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from keeper_agent.lab.asks import AskRecord
from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.keeping import keep_memory, lay_out
from keeper_agent.lab.mids import MidRecord
from keeper_agent.lab.session import Session, Witness
from keeper_agent.lab.sitting import WIND_DOWN_S, Progress, Sitting, advance
from keeper_agent.settings import Settings, load_settings
from memory.account import present
from memory.own_store import ForgetfulStore, OwnStore
from memory.snapshots import open_snapshot_copy
from memory.store import Store
from scheduler.run import RunIdentity, Tally
from scheduler.summary import results
from tools.domain.errors import BadUsage
from tools.domain.identity import derived_run_id
from tools.domain.market import NANOS
from tools.domain.trading import World
from tools.execution.warmup import warm_kernels
from venue.scenario.build import build
from venue.sim import Simulation

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of our own is made in it)


class Laboratory:
    """A scenario and a seed, to be run as often as wanted.

    Args:
        scenario: A tier: T0 to T4 or RANDOM.
        seed: Of the world, of Keeper's coins, and of the delays.
        settings: What else.
        keeper: The operator's settings; read from the environment where not given.

    Raises:
        BadUsage: There is no such scenario, or a setting is out of bounds.
    """

    def __init__(
        self,
        scenario: str,
        seed: int,
        settings: LabSettings | None = None,
        keeper: Settings | None = None,
    ) -> None:
        self.scenario = scenario
        self.seed = seed
        self.settings = settings or LabSettings()
        self._keeper = keeper or load_settings()
        self._overrides = self.settings.overrides()
        self.settings.world(scenario, seed, 1.0)

    def run(self, minutes: float, each: Progress | None = None, keep: Path | None = None) -> Session:
        """Let Keeper trade for so many virtual minutes.

        Args:
            minutes: Length of the session.
            each: Hears the seconds done.
            keep: Folder to leave the session's memory in; None lets it go.

        Raises:
            BadUsage: The time is not positive, or a session that forgets is to leave a memory.
            BadInput: The memory cannot be left there.
        """
        if not minutes > 0:
            raise BadUsage(f"a session must last a positive number of minutes, was {minutes}")
        seconds = minutes * 60
        if not self.settings.is_present:
            return self._watch(seconds, each)
        warm_kernels()
        with self._own_settings() as own:
            with self._kind(keep).open(own.keeper_home, is_throwaway=True) as store:
                sim = self._running(self._start(store), seconds)
                identity = RunIdentity(self.run_id(sim.start_ns), World.VENUE, self.seed)
                sitting = Sitting(sim, self.settings, own, store, identity)
                left_open = sitting.hold(seconds, each)
            if keep is not None:
                keep_memory(own.keeper_home, keep)
        held = (sitting.seated_ns, sitting.keeper.tally, left_open, sitting.witness)
        return self._session(sim, seconds, *held, sitting.asks, sitting.mids)

    def _kind(self, keep: Path | None) -> type[Store]:
        """Which store: what is kept has its links as a run writes them."""
        if not self.settings.remembers:
            if keep is not None or self.settings.memory is not None:
                raise BadUsage("a session that forgets neither leaves a memory nor starts from one")
            return ForgetfulStore
        return OwnStore if keep is None else Store

    def start_ns(self) -> int:
        """When the world starts: after everything that the memory knows."""
        if self.settings.memory is None:
            return self.settings.start_ns
        with self._own_settings() as own, Store.open(own.keeper_home, is_throwaway=True) as store:
            return self._start(store)

    def _start(self, store: Store) -> int:
        if self.settings.memory is None:
            return self.settings.start_ns
        start = present(store, self.settings.start_ns)
        return start + -start % NANOS

    def run_id(self, start_ns: int) -> str:
        """Names the world, not what differs in Keeper: both halves of a pair throw the same coins."""
        return derived_run_id("laboratory", self.scenario, self.seed, self.settings.coins, start_ns)

    def _running(self, start_ns: int, seconds: float) -> Simulation:
        """The world with its first moments passed."""
        length = self.settings.warm_s + seconds + WIND_DOWN_S
        sim = build(self.settings.world(self.scenario, self.seed, length), start_ns=start_ns)
        sim.run(self.settings.warm_s)
        return sim

    def _watch(self, seconds: float, each: Progress | None) -> Session:
        """The world without Keeper, for as long as with it."""
        sim = self._running(self.settings.start_ns, seconds)
        seated = sim.now
        advance(sim, seconds, each)
        sim.run(WIND_DOWN_S)
        return self._session(sim, seconds, seated, Tally(), (), Witness())

    def _session(
        self,
        sim: Simulation,
        seconds: float,
        seated: int,
        tally: Tally,
        left_open: tuple[str, ...],
        witness: Witness,
        asks: AskRecord | None = None,
        mids: MidRecord | None = None,
    ) -> Session:
        return Session(
            run_id=self.run_id(sim.start_ns),
            scenario=self.scenario,
            seed=self.seed,
            seconds=seconds,
            start_ns=seated,
            results=results(tally, self.seed),
            chosen=tuple(witness.chosen),
            intents=tuple(witness.intents),
            fills=tuple(witness.fills),
            outcomes=tuple(witness.outcomes),
            left_open=left_open,
            signals=tuple(witness.signals),
            asks=asks,
            mids=mids,
            truth=sim.truth,
        )

    @contextmanager
    def _own_settings(self) -> Iterator[Settings]:
        """The operator's settings with a home that is gone afterwards."""
        folder = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
        with tempfile.TemporaryDirectory(prefix="keeper-lab-", dir=folder) as scratch:
            home = Path(scratch) / "memory"
            if self.settings.memory is None:
                lay_out(home)
            else:
                open_snapshot_copy(self.settings.memory, home, home=self._keeper.keeper_home)
            yield own_settings(self._keeper, home, self.seed, self._overrides)


def own_settings(keeper: Settings, home: Path, seed: int, overrides: Mapping[str, float]) -> Settings:
    """The operator's settings with a home, a seed and parameters of a session's own."""
    words = [f"{name}={value!r}" for name, value in sorted(overrides.items())]
    named = ",".join(filter(None, [keeper.keeper_parameters, *words]))
    return keeper.model_copy(update={"keeper_home": home, "keeper_seed": seed, "keeper_parameters": named})
