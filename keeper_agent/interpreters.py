"""The brain that reads questions: the providers of the settings, with a budget and a record of its own.

The agent owns its home while it runs, and its budget is for decisions. Questions are paid from
another one, kept in a folder of its own, so that curiosity never starves a decision and both
caps hold by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from graphs.interpreting import Interpreter, read_query
from keeper_agent.brains import chosen, open_desks, require_brain
from keeper_agent.settings import Settings
from memory.consultations import ConsultationLog
from memory.episodes import EpisodeLog
from memory.lock import HomeLock
from memory.spending import SpendCaps, SpendLedger
from memory.store import Store
from tools.domain.clock import Clock, Stopwatch, sleep
from tools.domain.errors import HomeLocked
from tools.domain.identity import fresh_run_id

FOLDER = "asking"
TURNS, TURN_S = 100, 0.05  # another question is answered meanwhile: wait for it


@contextmanager
def open_interpreter(
    settings: Settings, clock: Clock, stopwatch: Stopwatch, code_version: str
) -> Iterator[Interpreter | None]:
    """The interpreter of the settings while it is needed; None where no brain is chosen.

    Raises:
        BadUsage: A key, a model or the extra is missing.
        HomeLocked: Another question takes too long.
    """
    if not chosen(settings):
        yield None
        return
    require_brain(settings)
    # The price table and the providers' libraries are loaded only where somebody is asked.
    from graphs.brains.consultant import Consultant

    home, world = settings.keeper_home / FOLDER, settings.keeper_world
    with ExitStack() as stack:
        stack.enter_context(_turn(home))
        store = stack.enter_context(Store.open(home))
        run_id = fresh_run_id(clock.now())
        _begin(store, run_id, world, code_version, clock.now())
        spending = SpendLedger(store, ask_caps(settings), clock, run_id=run_id, world=world)
        log, longest_s = ConsultationLog(store), settings.keeper_brain_deadline_sec
        desks = open_desks(settings, stopwatch, stack)
        consultant = Consultant(desks, spending, log, stopwatch, longest_s, read_query)
        stack.callback(consultant.close)
        yield Interpreter(consultant, log, run_id=run_id, world=world, longest_s=longest_s)


def ask_caps(settings: Settings) -> SpendCaps:
    """What questions may cost."""
    return SpendCaps(
        settings.keeper_brain_usd_per_call, settings.keeper_ask_usd_per_day, settings.keeper_ask_usd_per_month
    )


def _begin(store: Store, run_id: str, world: str, code_version: str, ts: int) -> None:
    EpisodeLog(store).begin_run(
        run_id=run_id,
        world=world,
        command="ask",
        config={},
        code_version=code_version,
        input_hash="",
        seed=0,
        ts=ts,
    )


def _turn(home: Path) -> HomeLock:
    """The folder for this question alone, after whoever asks now.

    Raises:
        HomeLocked: They take too long.
    """
    for _ in range(TURNS):
        try:
            return HomeLock.acquire(home, "keeper ask")
        except HomeLocked:
            sleep(TURN_S)
    return HomeLock.acquire(home, "keeper ask")
