"""The whole cycle over events, with memory and files, as a replay wires it; only the run id is fixed.

A run's id names its input, so that a shortened tape has other ids; a fixed one lets the records
of a tape and of a part of it be compared byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np
import orjson

from graphs.context import DecisionContext
from graphs.plain import PlainDecisions
from graphs.thought import Thinker
from keeper_agent.app import Keeper
from keeper_agent.brains import BrainParts
from keeper_agent.settings import load_settings
from memory.store import Store
from scheduler.cycle import DecisionCycle
from scheduler.files import NAMES, ReplayFiles
from scheduler.replay import replay
from scheduler.run import RunIdentity
from tests.support.placed import STANDING_SETTING
from tools.domain.market import Instrument
from tools.domain.trading import World
from tools.market.events import Events

# Much happens in little time: every signal that may be probed half the time, and short patience.
EAGER = ",".join(
    (
        "probe_share=0.5,signal_spacing_s=1,hold_timeout_s=20,entry_timeout_s=10,max_trades_per_day=1000",
        "mm_min_confidence=0,abort_confidence=0,departure_rest_s=1",
        STANDING_SETTING,
        "default_order_size_usd=25,max_order_size_usd=50",
    )
)
Record = dict[str, bytes]


def nobody(store: Store, identity: RunIdentity) -> AbstractContextManager[BrainParts | None]:
    """No brain is asked."""
    return nullcontext()


def record_of(
    folder: Path,
    events: Events,
    instrument: Instrument,
    *,
    drive: Callable[[DecisionCycle, Events], object] = replay,
    parameters: str = EAGER,
    run_id: str = "run_0000000000",
    brain: Callable[[Store, RunIdentity], AbstractContextManager[BrainParts | None]] = nobody,
    decider: Callable[[DecisionContext], Thinker] = PlainDecisions,
) -> Record:
    """File name to bytes after ``drive`` took a fresh cycle through ``events``.

    ``folder/home`` keeps the memory: another run with the same folder remembers this one. Without the
    framework around the nodes it takes half the time and leaves the same bytes (test_same_bytes.py).
    """
    settings = load_settings(keeper_home=folder / "home", keeper_parameters=parameters)
    files = ReplayFiles(folder / "record")
    identity = RunIdentity(run_id, World.RECORDED, settings.keeper_seed)
    first, last = (int(events["ts_init"][i]) for i in (0, -1))
    with Store.open(settings.keeper_home, is_throwaway=True) as store, brain(store, identity) as asked:
        keeper = Keeper(
            settings,
            store,
            identity,
            {instrument.symbol: instrument},
            files,
            None,
            first,
            brain=asked,
            decider=decider,
        )
        keeper.begin("replay", {}, "", first)
        drive(keeper.cycle(instrument), events)
        keeper.end(last)
    files.close()
    return record_in(folder / "record")


def record_in(folder: Path) -> Record:
    """The record that a replay left in ``folder``."""
    return {name: (folder / f"{name}.jsonl").read_bytes() for name in NAMES}


def before(record: Record, name: str, ts: int) -> bytes:
    """The lines of ``record`` stamped before ``ts``, as bytes."""
    stamp = "ts_known" if name == "outcomes" else "ts"
    return b"".join(line for line in record[name].splitlines(True) if orjson.loads(line)[stamp] < ts)


def up_to(events: Events, ts: int) -> Events:
    """What was received before ``ts``."""
    return events[: int(np.searchsorted(events["ts_init"], ts, side="left"))]
