"""What a run saw of the market, kept so that its day can be played again: a folder a run, within a budget.

The files are recordings as any other (``recorder``), one an hour and symbol. Those of one run follow each
other without a gap, so that together they give the very events that the run's decisions were taken on.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from tools.domain.errors import BadInput, NotEnoughData, StoreUnusable
from tools.domain.market import Instrument
from tools.market.events import BOOK, EVENT, LAST, PRINT, SNAPSHOT, Events
from tools.market.tapes import TapeFiles, find_tapes
from tools.market.tardis import read_recording

FOLDER = "market"
WOUND_DOWN = "wound-down"  # its text is when the run stopped deciding, ns


def seen_folder(home: Path, run_id: str) -> Path:
    """Where what ``run_id`` saw is kept."""
    return home / FOLDER / run_id


def room_for(home: Path, run_id: str, budget_bytes: int) -> int:
    """Delete the oldest runs' folders until half of the budget is free; what is then left for ``run_id``.

    Raises:
        StoreUnusable: A folder cannot be read or deleted.
    """
    try:
        others = [path for path in (home / FOLDER).glob("run_*") if path.name != run_id]
        sizes = {path: sum(file.stat().st_size for file in path.iterdir()) for path in others}
        for path in sorted(others, key=lambda one: one.stat().st_mtime):
            if 2 * sum(sizes.values()) > budget_bytes:
                shutil.rmtree(path)
                del sizes[path]
    except OSError as error:
        raise StoreUnusable(f"cannot make room in {home / FOLDER}: {error.strerror or error}") from error
    return budget_bytes - sum(sizes.values())


def require_seen(folder: Path, symbol: str) -> tuple[TapeFiles, ...]:
    """The recordings of ``symbol`` that are kept in ``folder``, the first one first.

    Raises:
        NotEnoughData: There is none.
        BadInput: A half of one is missing.
    """
    try:
        tapes = tuple(tape for tape in find_tapes(folder) if tape.symbol == symbol)
    except BadInput as error:
        if folder.is_dir() and any(folder.glob("*.csv.gz")):
            raise
        raise NotEnoughData(f"no market data is kept in {folder}") from error
    if not tapes:
        raise NotEnoughData(f"no market data of {symbol} is kept in {folder}")
    return tapes


def seen_events(folder: Path, instrument: Instrument) -> Events:
    """Everything of ``instrument`` that is kept in ``folder``, in the order in which it came in, shape (n,).

    Raises:
        NotEnoughData: Nothing is kept of it.
        BadInput: A file is damaged.
    """
    tapes = require_seen(folder, instrument.symbol)
    parts = [_unparted(read_recording(tape.trades, tape.book, instrument).events) for tape in tapes]
    return np.concatenate([parts[0], *map(_going_on, parts[1:])]).astype(EVENT)


def wound_down(folder: Path) -> int | None:
    """When the run of ``folder`` stopped deciding, ns; None where it was killed before."""
    try:
        return int((folder / WOUND_DOWN).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise BadInput(f"{folder / WOUND_DOWN}: expected nanoseconds, {error}") from error


def _unparted(events: Events) -> Events:
    """``events`` without the changes that a growing file puts after a snapshot to end it.

    Each repeats the snapshot's last level at its stamps, which no message of the feed can.
    """
    here, before = events[1:], events[:-1]
    repeats = (here["kind"] == BOOK) & (before["kind"] == BOOK) & (here["flags"] == LAST)
    repeats &= before["flags"] & SNAPSHOT != 0
    for name in ("ts_init", "ts_event", "side", "price", "size"):
        repeats &= here[name] == before[name]
    ends = np.flatnonzero(repeats)
    events["flags"][ends] |= LAST
    return np.delete(events, ends + 1)


def _going_on(events: Events) -> Events:
    """A recording that goes on without the book it opens with: that was there already."""
    is_print = events["kind"] == PRINT
    return events[int(np.argmax(is_print)) :] if is_print.any() else events
