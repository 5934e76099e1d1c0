"""Short-term memory: the last few records of each kind on each symbol, answered in microseconds.

It lasts as long as the process and holds nothing that the database does not hold too; so it is neither
kept nor recalled by a decision that must be taken again the same.
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TypeAlias, TypeVar

from tools.domain.trading import Decision, Fill, Intent, Outcome, Signal

Note: TypeAlias = Signal | Decision | Intent | Fill | Outcome
AnyNote = TypeVar("AnyNote", Signal, Decision, Intent, Fill, Outcome)

KINDS: tuple[type[Note], ...] = (Signal, Decision, Intent, Fill, Outcome)
CAPACITY = 50  # of each kind on each symbol


class SessionMemory:
    """What happened in this session.

    Args:
        capacity: Records kept of each kind on each symbol; the oldest goes first.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, was {capacity}")
        self.capacity = capacity
        self._notes: dict[tuple[type[Note], str], deque[Note]] = {}

    def note(self, record: Note) -> None:
        """Remember a record."""
        key = (type(record), record.symbol)
        if key not in self._notes:
            self._notes[key] = deque(maxlen=self.capacity)
        self._notes[key].appendleft(record)

    def recent(self, kind: type[AnyNote], symbol: str, ts: int, limit: int = CAPACITY) -> tuple[AnyNote, ...]:
        """The last records of ``kind`` on ``symbol`` that were known at ``ts``, newest first."""
        kept = self._notes.get((kind, symbol), ())
        known = (one for one in kept if isinstance(one, kind) and _known(one) <= ts)
        return tuple(islice(known, limit))

    def symbols(self) -> tuple[str, ...]:
        """Every symbol something happened on, in order of name."""
        return tuple(sorted({symbol for _, symbol in self._notes}))

    def __len__(self) -> int:
        return sum(len(kept) for kept in self._notes.values())


def _known(record: Note) -> int:
    return record.ts_known if isinstance(record, Outcome) else record.ts
