"""The states most like the present one, as far as they were known, and not yet retired, at the time.

An in-memory mirror of the pattern table. A quick pass over all vectors only picks candidates; what
they count is worked out again exactly and in a fixed order. A state that was retired stays for whoever
asks from a time before; an hour after nobody does, its slot is given to a new one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy import or_, select

from memory.schema import METADATA
from memory.slots import FEW, Flags, Floats, Places, Singles, VectorSlots, best_places
from memory.states import Pattern, neighbour_of, pattern_of, unit_of
from memory.store import Store
from memory.weights import StateWeights
from tools.domain.errors import InvariantBroken, StoreUnusable
from tools.domain.market import NANOS
from tools.domain.ports import ANYWHERE, EVEN, Neighbour, Priority, Where

Stamps: TypeAlias = npt.NDArray[np.int64]

NEVER = 2**63 - 1
KEPT_NS = 3_600 * NANOS  # so long a retired state can still be asked for as of before
FIELDS = ("symbol", "venue", "world", "source")


class PatternRecall:
    """Exact cosine neighbours among patterns, seen from a decision time.

    Args:
        width: Length of the vectors; None takes it from the first one.
        since: Nothing is ever asked as of before; what was retired by then need not be kept.
    """

    def __init__(self, width: int | None = None, since: int | None = None) -> None:
        self._slots: VectorSlots | None = None if width is None else VectorSlots(width)
        self._since = since
        self._patterns: list[Pattern] = []  # by slot, without their vectors
        self._place: dict[str, int] = {}  # outcome id to slot
        self._known: Stamps = np.empty(0, np.int64)
        self._retired: Stamps = np.empty(0, np.int64)
        self._codes = np.empty((len(FIELDS), 0), np.int32)
        self._names: dict[str, int] = {}
        self._met: list[set[int]] = [set() for _ in FIELDS]  # codes of each field
        self._weights = StateWeights()
        self._newest = 0
        self._leaving: deque[int] = deque()  # slots of what was retired, in the order of that
        self._free: list[int] = []

    @classmethod
    def load(cls, store: Store, width: int | None = None, since: int | None = None) -> Self:
        """The mirror of ``store``'s pattern table.

        Raises:
            StoreUnusable: A pattern was recorded with another fingerprint length.
        """
        recall = cls(width)
        table, signals = METADATA.tables["pattern"], METADATA.tables["signal"]
        patterns = table.c
        joined = table.outerjoin(signals, signals.c.signal_id == patterns.signal_id)
        query = select(table, signals.c.source).select_from(joined)
        query = query.order_by(patterns.ts_known, patterns.outcome_id)
        if since is not None:
            query = query.where(or_(patterns.ts_retired.is_(None), patterns.ts_retired > since))
        for row in store.read(query):
            try:
                recall.keep(pattern_of(row))
            except ValueError as error:
                raise StoreUnusable(f"pattern {row['outcome_id']} of {store.path}: {error}") from error
        recall._since = since  # only from now on may what is retired be let go
        return recall

    def __len__(self) -> int:
        """How many are in force."""
        return len(self._place) - len(self._leaving)

    def active(self) -> list[Pattern]:
        """Those in force, without their vectors, oldest first."""
        found = [self._patterns[slot] for slot in self._place.values() if self._retired[slot] == NEVER]
        return sorted(found, key=lambda one: (one.ts_known, one.outcome_id))

    def keep(self, pattern: Pattern) -> None:
        """Remember a state and its outcome; one already remembered is ignored.

        Raises:
            ValueError: The vector has another length than the others, or no direction.
        """
        if pattern.outcome_id in self._place:
            return
        unit = unit_of(pattern.vector)
        if unit is None:
            raise ValueError("expected a vector with a direction, all its values were 0")
        slots = self._slots_for(len(unit))
        self._newest = max(self._newest, pattern.ts_known)
        self._let_go(pattern.ts_known)
        slot = self._take_slot(slots)
        slots.put(slot, unit)
        self._patterns[slot] = pattern._replace(vector=())
        self._place[pattern.outcome_id] = slot
        self._known[slot], self._retired[slot] = pattern.ts_known, NEVER
        codes = [self._code(getattr(pattern, name)) for name in FIELDS]
        self._codes[:, slot] = codes
        for met, code in zip(self._met, codes, strict=True):
            met.add(code)
        self._weights.put(slot, pattern.importance, pattern.ts_known)
        if pattern.ts_retired is not None:
            self.retire(pattern.outcome_id, pattern.ts_retired)

    def retire(self, outcome_id: str, ts: int) -> None:
        """Let a state count no more from ``ts`` on; as of before it is still seen.

        Raises:
            InvariantBroken: It is not remembered, or retired already.
        """
        slot = self._place.get(outcome_id)
        if slot is None or self._retired[slot] != NEVER:
            raise InvariantBroken(f"expected the pattern {outcome_id} in force before it is retired")
        self._retired[slot] = ts
        self._leaving.append(slot)

    def neighbours(
        self,
        vectors: Sequence[tuple[float, ...]],
        ts: int,
        limit: int,
        min_similarity: float,
        *,
        priority: Priority = EVEN,
        where: Where = ANYWHERE,
    ) -> list[list[Neighbour]]:
        """For each vector the states that count most, of those known and not yet retired at ``ts``.

        A state counts similarity times its weight under ``priority``; best first, equal ones by signal
        id. A vector of zeros has no direction and therefore no neighbours.

        Raises:
            InvariantBroken: What had been retired by ``ts`` is no longer kept.
        """
        if limit < 1:
            raise ValueError(f"limit must be at least 1, was {limit}")
        if self._since is not None and ts < self._since:
            raise InvariantBroken(f"asked as of {ts}, but the mirror begins at {self._since}")
        units = [unit_of(vector) for vector in vectors]
        if self._slots is None or not self._place:
            return [[] for _ in vectors]
        self._require_width({len(unit) for unit in units if unit is not None})
        seen = self._seen(ts, where)
        asked = _Asked(ts, limit, min_similarity, priority)
        return [[] if unit is None else self._nearest(np.array(unit), seen, asked) for unit in units]

    def _seen(self, ts: int, where: Where) -> _Seen:
        """Which slots may answer."""
        count = len(self._patterns)
        flags: Flags | None = None
        if ts < self._newest:
            flags = self._known[:count] <= ts
        for field, name in enumerate(FIELDS):
            wanted = getattr(where, name)
            if wanted is not None and not self._is_every(field, wanted):
                flags = _both(flags, self._codes[field, :count] == self._names.get(wanted, -1))
        if len(self._leaving) + len(self._free) > FEW:
            flags = _both(flags, self._retired[:count] > ts)
            return _Seen(flags, [])
        gone = [slot for slot in self._leaving if self._retired[slot] <= ts] + self._free
        if flags is not None:
            flags[gone] = False
        return _Seen(flags, gone)

    def _is_every(self, field: int, wanted: str) -> bool:
        """Whether no state was ever kept with another value of the field: then nobody need look."""
        return self._met[field] == {self._names.get(wanted, -1)}

    def _nearest(self, unit: Floats, seen: _Seen, asked: _Asked) -> list[Neighbour]:
        slots = self._candidates(unit, seen, asked)
        similarities = self._require_slots().similarities(unit, slots)
        found = []
        for slot, similarity in zip(slots.tolist(), similarities.tolist(), strict=True):
            if similarity >= asked.min_similarity:
                one = self._patterns[slot]
                weight = asked.priority.weight(one.importance, asked.ts - one.ts_known)
                found.append((-similarity * weight, one.signal_id, one.outcome_id, similarity, weight, one))
        return [neighbour_of(one, s, w) for *_, s, w, one in sorted(found)[: asked.limit]]

    def _candidates(self, unit: Floats, seen: _Seen, asked: _Asked) -> Places:
        """Slots among which the answer is."""
        if seen.flags is not None and np.count_nonzero(seen.flags) <= FEW:
            return np.flatnonzero(seen.flags)
        slots = self._require_slots()
        quick = slots.quick_similarities(unit, len(self._patterns))
        scores, margin = self._scores(quick, seen.flags, slots.margin, asked.priority)
        floor = asked.min_similarity - slots.margin
        if floor > -1:
            np.copyto(scores, -np.inf, where=quick < floor)
        if seen.flags is not None:
            np.copyto(scores, -np.inf, where=~seen.flags)
        scores[seen.gone] = -np.inf
        return best_places(scores, asked.limit, margin)

    def _scores(
        self, quick: Singles, seen: Flags | None, margin: float, priority: Priority
    ) -> tuple[Singles, float]:
        """What each slot counts, and how far off that may be, both on one scale."""
        if priority == EVEN:
            return quick, margin
        weights = self._weights.of(priority, self._newest, len(quick))
        heaviest = float((weights if seen is None else weights * seen).max())
        return quick * weights, 2 * margin * heaviest

    def _slots_for(self, width: int) -> VectorSlots:
        self._require_width({width})
        if self._slots is None:
            self._slots = VectorSlots(width)
        return self._slots

    def _require_slots(self) -> VectorSlots:
        if self._slots is None:
            raise InvariantBroken("expected vectors before they are searched")
        return self._slots

    def _require_width(self, widths: set[int]) -> None:
        if self._slots is not None and widths - {self._slots.width}:
            raise ValueError(f"expected vectors of {self._slots.width} values, was {sorted(widths)}")

    def _take_slot(self, slots: VectorSlots) -> int:
        if self._free:
            return self._free.pop()
        slot = len(self._patterns)
        room = slots.reserve(slot + 1)
        if room > len(self._known):
            self._known, self._retired = _grown(self._known, room), _grown(self._retired, room)
            self._codes = np.hstack(
                (self._codes, np.zeros((len(FIELDS), room - self._codes.shape[1]), np.int32))
            )
            self._weights.reserve(room)
        self._patterns.append(_NOBODY)
        return slot

    def _let_go(self, now: int) -> None:
        """Free the slots of what was retired so long ago that nobody asks as of before."""
        if self._since is None:
            return
        while self._leaving and self._retired[self._leaving[0]] <= now - KEPT_NS:
            slot = self._leaving.popleft()
            self._since = max(self._since, int(self._retired[slot]))
            self._free.append(slot)
            del self._place[self._patterns[slot].outcome_id]

    def _code(self, name: str) -> int:
        return self._names.setdefault(name, len(self._names))


class _Seen(NamedTuple):
    """Which slots may answer: those with a flag, all where there are no flags; never one that is gone."""

    flags: Flags | None
    gone: list[int]


class _Asked(NamedTuple):
    """A question to the mirror."""

    ts: int
    limit: int
    min_similarity: float
    priority: Priority


_NOBODY = Pattern("", "", "", (), 0.0, "", 0)


def _both(one: Flags | None, other: Flags) -> Flags:
    return other if one is None else np.logical_and(one, other, out=other)


def _grown(stamps: Stamps, room: int) -> Stamps:
    grown = np.zeros(room, np.int64)
    grown[: len(stamps)] = stamps
    return grown
