"""What was handed out, message by message, written to a file as it comes.

A file and no array: the proof that memory does not grow must not need growing memory.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from benchmarks.loopback.plan import FIRST_MS, MILLI
from tools.market.events import GAP, LAST, PRINT, RESET, SNAPSHOT, Events

CHANGED, TRADED, OPENED, DROPPED_BOOK = 0, 1, 2, 3

ENTRY = np.dtype(
    [
        ("ts_done", np.int64),  # monotonic nanoseconds, when the senses had taken it in
        ("number", np.int64),  # of the message; of an opened book that of its latest change
        ("symbol", np.int16),
        ("what", np.int16),  # CHANGED, TRADED, OPENED or DROPPED_BOOK
        ("is_marked", np.int32),  # a print that comes after a hole
    ],
    align=True,
)

Journal: TypeAlias = npt.NDArray[np.void]
JOURNAL_FILE = "journal.bin"


def entries(events: Events, symbol: int, ts_done: int) -> Journal:
    """One entry a message among ``events``; a whole book is one message."""
    flags = events["flags"]
    rows = events[(flags & RESET > 0) | (flags & (LAST | SNAPSHOT) == LAST)]
    flags = rows["flags"]
    found = np.zeros(len(rows), ENTRY)
    found["ts_done"], found["symbol"] = ts_done, symbol
    found["number"] = rows["ts_event"] // MILLI - FIRST_MS
    found["what"] = np.where(rows["kind"] == PRINT, TRADED, CHANGED)
    is_book = flags & RESET > 0
    found["what"][is_book] = np.where(rows["size"][is_book] > 0, OPENED, DROPPED_BOOK)
    found["is_marked"] = flags & GAP > 0
    return found


class JournalWriter:
    """Appends entries to a file."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / JOURNAL_FILE).open("wb", buffering=1 << 16)

    def __enter__(self) -> JournalWriter:
        """Ready to write."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()

    def put(self, found: Journal) -> None:
        """Append."""
        self._file.write(found.tobytes())


def read_journal(folder: Path) -> Journal:
    """Everything that was handed out."""
    found: Journal = np.fromfile(folder / JOURNAL_FILE, ENTRY)
    return found
