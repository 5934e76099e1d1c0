"""Money for brains: reserved on disk before a call, settled after it, never above a cap.

A reservation that was never settled, because the process died or the provider did not say
what it charged, counts as its worst case for ever. A cap's window has no upper end: what is
stamped later than now counts as well, so that a clock set back frees nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from memory.codec import amount_text
from memory.rows import Row
from memory.schema import METADATA
from memory.store import Store
from tools.domain.clock import Clock, day_bounds, day_of, month_bounds
from tools.domain.errors import InvariantBroken
from tools.domain.market import plain

RESERVED, SETTLED = "reserved", "settled"


@dataclass(frozen=True, slots=True)
class SpendCaps:
    """The most that may be spent, US dollars; each must hold by itself."""

    call: Decimal
    day: Decimal
    month: Decimal

    def __post_init__(self) -> None:
        for name in ("call", "day", "month"):
            amount = getattr(self, name)
            if not amount.is_finite() or amount < 0:
                raise InvariantBroken(f"expected a cap of at least 0 USD a {name}, was {amount}")


class OverBudget(Exception):
    """A call was not allowed; the message says by which cap, and what was spent before."""


@dataclass(slots=True)
class _Call:
    """A call that has a reservation."""

    ts: int
    reserved: Decimal
    settled: Decimal | None = None

    @property
    def counts(self) -> Decimal:
        return self.reserved if self.settled is None else self.settled


class SpendLedger:
    """The budget of one home; safe to share between threads.

    Args:
        store: The writer; the home's lock keeps it the only one.
        caps: What must hold.
        clock: The machine's clock: money is spent in real time, whatever time a run plays in.
        run_id: The run that pays.
        world: Its world.
    """

    def __init__(self, store: Store, caps: SpendCaps, clock: Clock, *, run_id: str, world: str) -> None:
        self._store = store
        self._caps = caps
        self._clock = clock
        self._owner = {"run_id": run_id, "world": world}
        self._lock = threading.Lock()
        self._calls: dict[str, _Call] = {}
        self._since: int | None = None

    def reserve(self, reservation_id: str, amount_usd: Decimal, *, provider: str, model: str) -> None:
        """Set ``amount_usd`` aside, on disk when this returns.

        Raises:
            OverBudget: A cap would not hold; nothing was set aside.
            InvariantBroken: The amount is no amount, or the id was used before.
        """
        with self._lock:
            now = self._clock.now()
            self._load(month_bounds(now)[0])
            if reservation_id in self._calls:
                raise InvariantBroken(f"call {reservation_id} has its reservation already")
            self._require_room(amount_usd, now)
            row = self._row(reservation_id, RESERVED, amount_usd, provider, model, now, now)
            self._store.commit_durable([row])
            self._calls[reservation_id] = _Call(now, amount_usd)

    def settle(self, reservation_id: str, amount_usd: Decimal, *, provider: str, model: str) -> None:
        """Put what a call cost in the place of its reservation, once.

        Raises:
            InvariantBroken: There is no open reservation of that id, or less was reserved.
        """
        with self._lock:
            call = self._calls.get(reservation_id)
            if call is None or call.settled is not None:
                raise InvariantBroken(f"call {reservation_id} has no open reservation")
            if not 0 <= amount_usd <= call.reserved:
                raise InvariantBroken(
                    f"call {reservation_id} cost {amount_usd} USD, at most {call.reserved} was reserved"
                )
            now = self._clock.now()
            row = self._row(reservation_id, SETTLED, amount_usd, provider, model, call.ts, now)
            self._store.commit_durable([row])
            call.settled = amount_usd

    def spent(self) -> tuple[Decimal, Decimal]:
        """What counts against the day's and the month's cap now, US dollars."""
        with self._lock:
            now = self._clock.now()
            self._load(month_bounds(now)[0])
            return self._since_day(now), self._since_month(now)

    def has_room(self, amount_usd: Decimal) -> bool:
        """Whether a call of that worst case would be allowed now."""
        with self._lock:
            now = self._clock.now()
            self._load(month_bounds(now)[0])
            try:
                self._require_room(amount_usd, now)
            except OverBudget:
                return False
            return True

    def _require_room(self, amount: Decimal, now: int) -> None:
        if not amount.is_finite() or amount < 0:
            raise InvariantBroken(f"expected an amount of at least 0 USD, was {amount}")
        for name, cap, spent in (
            ("call", self._caps.call, Decimal(0)),
            ("day", self._caps.day, self._since_day(now)),
            ("month", self._caps.month, self._since_month(now)),
        ):
            if spent + amount > cap:
                raise OverBudget(
                    f"{plain(amount)} USD at worst is above the {plain(cap)} USD a {name}"
                    + (f", {plain(spent)} are spent" if spent else "")
                )

    def _since_day(self, now: int) -> Decimal:
        return self._sum_from(day_bounds(day_of(now))[0])

    def _since_month(self, now: int) -> Decimal:
        return self._sum_from(month_bounds(now)[0])

    def _sum_from(self, ts: int) -> Decimal:
        return sum((call.counts for call in self._calls.values() if call.ts >= ts), Decimal(0))

    def _load(self, since: int) -> None:
        """Take in what earlier runs spent from ``since`` on, and forget what no cap counts any more."""
        if self._since is None or since < self._since:
            spends = METADATA.tables["spend"]
            for row in self._store.read(select(spends).where(spends.c.ts >= since)):
                self._take(row)
        elif since > self._since:
            self._calls = {name: call for name, call in self._calls.items() if _is_kept(call, since)}
        self._since = since

    def _take(self, row: Mapping[str, Any]) -> None:
        amount = Decimal(row["amount_usd"])
        call = self._calls.setdefault(row["reservation_id"], _Call(row["ts"], amount))
        if row["stage"] == SETTLED:
            call.settled = amount
        else:
            call.reserved = amount

    def _row(
        self, reservation_id: str, stage: str, amount: Decimal, provider: str, model: str, ts: int, known: int
    ) -> Row:
        values = {
            "reservation_id": reservation_id,
            "stage": stage,
            "provider": provider,
            "model": model,
            "amount_usd": amount_text(amount),
            "ts": ts,
            "ts_known": known,
        }
        return Row("spend", {**self._owner, **values})


def _is_kept(call: _Call, since: int) -> bool:
    """A call of an earlier month stays until it is settled."""
    return call.ts >= since or call.settled is None
