"""The one owner of what the account has at stake, in USD.

Checking a limit and taking the room happen in one step under one lock. Two steps are the
classic way to break a limit: between them another signal takes the same room. Silence of
the venue keeps an order's exposure: only a release or a fill ends it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from threading import Lock

from tools.domain.clock import day_of
from tools.domain.errors import InvariantBroken
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Clamp
from tools.risk.behaviour import Behaviour, Trip
from tools.risk.exposure import ZERO, LedgerSnapshot, OpenEntry
from tools.risk.limits import limit_entry, opened
from tools.risk.prospects import Prospects
from tools.risk.wishes import EntryRequest

DUST_USD = Decimal("1e-9")  # less than this is rounding of shared costs, not a position
LOOKS = 50  # at market makers that are remembered


@dataclass(frozen=True, slots=True)
class Reservation:
    """Room granted to a decision; reduce-only needs none and always gets it."""

    decision_id: str
    symbol: str
    usd: Decimal
    is_reduce_only: bool = False


def _never() -> bool:
    return False


class RiskLedger:
    """Positions, open orders and reservations, with atomic reserve, commit and release.

    A decision goes reserve → commit (sent) → fill_entry … → fill_exit … → release, which gives
    back whatever was not filled. A ledger may start from a snapshot, after a restart, and
    asks ``is_killed`` and ``is_paused`` whenever it is looked at.
    """

    def __init__(
        self,
        start: LedgerSnapshot | None = None,
        is_killed: Callable[[], bool] | None = None,
        is_paused: Callable[[], bool] | None = None,
        behaviour: Behaviour | None = None,
    ) -> None:
        self._is_killed = is_killed or _never
        self._is_paused = is_paused or _never
        start = start or LedgerSnapshot()
        day = day_of(start.ts)
        self._lock = Lock()
        self._open = {entry.decision_id: entry for entry in start.entries}
        self._trades = {(day, symbol): count for symbol, count in start.entries_today.items()}
        self._realised = {day: start.realised_usd}
        self._rests = dict(start.rests)
        self._departures = {(day, symbol): count for symbol, count in start.departures_today.items()}
        self._scored = {day: start.scored_today}
        self._prospects = start.prospects
        self._behaviour = behaviour or Behaviour()
        missed = start.mm_looks - start.mm_found
        self._looks = deque([False] * missed + [True] * start.mm_found, maxlen=LOOKS)

    def reserve(
        self, request: EntryRequest, parameters: ParameterSet, *, is_reduce_only: bool = False
    ) -> Reservation | list[Clamp]:
        """Take the whole of ``request.usd`` if every limit allows it, else say what does not.

        All or nothing: a plan that was sized is not resized behind its back. The same
        decision asking again gets the reservation it has.

        Raises:
            InvariantBroken: The decision is open already with another symbol or amount.
        """
        granted = Reservation(request.decision_id, request.symbol, request.usd, is_reduce_only)
        if is_reduce_only:
            return granted
        with self._lock:
            if request.decision_id in self._open:
                self._require_same(request)
                return granted
            clamps = limit_entry(request, self._snapshot(request.ts), parameters).clamps
            if clamps:
                return list(clamps)
            self._open[request.decision_id] = opened(request, request.usd)
            return granted

    def commit(self, decision_id: str, ts: int) -> None:
        """The order is on its way: the reservation becomes a working order and an entry of the day."""
        with self._lock:
            entry = self._entry(decision_id)
            if entry.reserved_usd == 0:
                return
            key = (day_of(ts), entry.symbol)
            self._trades[key] = self._trades.get(key, 0) + 1
            if entry.is_scored:
                self._scored[key[0]] = self._scored.get(key[0], 0) + 1
            self._open[decision_id] = replace(entry, working_usd=entry.reserved_usd, reserved_usd=ZERO)

    def adopt(self, decision_id: str, symbol: str, usd: Decimal, *, is_stranded: bool = False) -> None:
        """What an earlier process left at stake and nobody could sell; it takes its room until it is sold."""
        with self._lock:
            if decision_id in self._open:
                raise InvariantBroken(f"decision {decision_id} is open already")
            self._open[decision_id] = OpenEntry(
                decision_id, symbol, position_usd=usd, is_stranded=is_stranded
            )

    def fill_entry(self, decision_id: str, usd: Decimal) -> None:
        """``usd`` of the working order are now held."""
        with self._lock:
            entry = self._entry(decision_id)
            working = max(ZERO, entry.working_usd - usd)
            self._open[decision_id] = replace(
                entry, working_usd=working, position_usd=entry.position_usd + usd
            )

    def release(self, decision_id: str) -> None:
        """Nothing more will fill: give back what is reserved or working; again is harmless.

        What is held keeps its room; an entry that holds nothing is over.
        """
        with self._lock:
            entry = self._open.get(decision_id)
            if entry is not None:
                self._keep(replace(entry, reserved_usd=ZERO, working_usd=ZERO))

    def strand(self, decision_id: str) -> None:
        """What is left is worth less than any order may be: it keeps its room, and the entry is over."""
        with self._lock:
            entry = self._entry(decision_id)
            self._keep(replace(entry, reserved_usd=ZERO, working_usd=ZERO, is_stranded=True))

    def fill_exit(self, decision_id: str, cost_usd: Decimal, realised_usd: Decimal, ts: int) -> None:
        """A part that had cost ``cost_usd`` was sold with ``realised_usd`` of result after fees.

        Who has sold all may still wait for the venue to say that the order is over: until it is
        released the entry holds its symbol, with nothing at stake.
        """
        with self._lock:
            entry = self._entry(decision_id)
            held = entry.position_usd - cost_usd
            self._open[decision_id] = replace(entry, position_usd=held if held > DUST_USD else ZERO)
            day = day_of(ts)
            self._realised[day] = self._realised.get(day, ZERO) + realised_usd

    def rest(self, symbol: str, until: int) -> None:
        """Keep ``symbol`` from being entered until ``until``; a longer rest is not shortened."""
        with self._lock:
            self._rests[symbol] = max(until, self._rests.get(symbol, 0))

    def depart(self, symbol: str, ts: int) -> None:
        """The MM that an entry on ``symbol`` relied on has left."""
        with self._lock:
            key = (day_of(ts), symbol)
            self._departures[key] = self._departures.get(key, 0) + 1

    def look(self, is_there: bool) -> None:
        """Somebody looked for an MM when a signal was raised."""
        with self._lock:
            self._looks.append(is_there)

    def learn(self, trip: Trip) -> None:
        """A round trip with money is over."""
        with self._lock:
            self._behaviour.learn(trip)

    def foresee(self, prospects: Prospects) -> None:
        """Candles say this of the risk ahead from now on."""
        with self._lock:
            self._prospects = prospects

    def snapshot(self, ts: int) -> LedgerSnapshot:
        """Everything at stake, with the account of the UTC day of ``ts``."""
        with self._lock:
            return self._snapshot(ts)

    def _snapshot(self, ts: int) -> LedgerSnapshot:
        day = day_of(ts)
        trades = {symbol: count for (when, symbol), count in self._trades.items() if when == day}
        rests = {symbol: until for symbol, until in self._rests.items() if until > ts}
        realised, killed = self._realised.get(day, ZERO), self._is_killed()
        entries = tuple(self._open.values())
        left = {symbol: count for (when, symbol), count in self._departures.items() if when == day}
        return LedgerSnapshot(
            ts, entries, trades, realised, rests, killed, self._is_paused(),
            departures_today=left, scored_today=self._scored.get(day, 0),
            mm_looks=len(self._looks), mm_found=sum(self._looks),
            prospects=self._prospects, holds=self._behaviour.holds(ts),
        )  # fmt: skip

    def _entry(self, decision_id: str) -> OpenEntry:
        if decision_id not in self._open:
            raise InvariantBroken(f"the risk ledger has no open entry for decision {decision_id}")
        return self._open[decision_id]

    def _keep(self, entry: OpenEntry) -> None:
        if entry.exposure_usd > DUST_USD:
            self._open[entry.decision_id] = entry
        else:
            del self._open[entry.decision_id]

    def _require_same(self, request: EntryRequest) -> None:
        entry = self._open[request.decision_id]
        if (entry.symbol, entry.reserved_usd) != (request.symbol, request.usd):
            raise InvariantBroken(
                f"decision {request.decision_id} holds {entry.reserved_usd} USD reserved on {entry.symbol}"
                f" and asked again for {request.usd} on {request.symbol}"
            )
