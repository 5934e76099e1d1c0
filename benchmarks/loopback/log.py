"""What a sender did with every message: when, of which symbol, and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

WRITTEN = 1  # to at least one connection
DROPPED = 2
TWICE = 4
LATE = 8  # after the next one of its stream
UNHEARD = 16  # nobody followed its stream, or only a connection that was frozen

LOG = np.dtype(
    [
        ("ts_sent", np.int64),  # monotonic nanoseconds, just before it was written; 0 where it was not
        ("ts_due", np.int64),  # when the pace asked for it
        ("symbol", np.int32),
        ("kind", np.int32),  # DEPTH or PRINT
        ("last", np.int64),  # version of the book after it, or id of the trade
        ("fate", np.int64),
    ],
    align=True,
)

Log: TypeAlias = npt.NDArray[np.void]
LOG_FILE, STATE_FILE = "sent.npy", "sender.json"


def write_log(folder: Path, log: Log) -> None:
    """Keep ``log``; row ``n`` is message ``n``."""
    np.save(folder / LOG_FILE, log)


def read_log(folder: Path) -> Log:
    """The log of a sender that has ended."""
    found: Log = np.load(folder / LOG_FILE, allow_pickle=False)
    return found
