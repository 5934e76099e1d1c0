"""Rules on their own, each with a broken copy that the same check condemns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from memory.account_lock import AccountLock
from tests.support.order_path import SOL, an_order, selling
from tests.support.seeded_loop import run_seeded
from tools.domain.market import NANOS, UNITS
from tools.domain.trading import Intent
from tools.execution.barrier import Barrier
from tools.execution.gateway import OrderGateway
from tools.execution.guards import while_owned
from tools.execution.limiter import Lane, Limiter, LimiterConfig
from tools.execution.reconcile import ReconcileConfig, Reconciler, Reconciliation
from tools.execution.working import Phase, WorkingOrder

NOW = 1_763_000_000 * NANOS
PATIENCE_S = 2.0
HOUR, DAY = 3_600.0, 86_400.0


class Still:
    """A clock that stands."""

    def now(self) -> int:
        return NOW


# the barrier: doubt, exits, time, ownership


def refused(
    kind: type[Barrier],
    intent: Intent,
    others: Iterable[WorkingOrder] = (),
    *,
    halted: str = "",
    word: str = "",
) -> bool:
    """Whether a barrier of that kind forbids an order; ``word`` is a guard's, against entries."""
    barrier = kind([lambda asked: "" if asked.is_reduce_only else word], Still(), PATIENCE_S)
    barrier.halted = halted
    return bool(barrier.refusal(WorkingOrder(intent), others))


def enters_in_doubt(kind: type[Barrier]) -> bool:
    """Whether an entry passes beside an order on its symbol that nobody knows the fate of."""
    doubtful = WorkingOrder(an_order("kp_0"), phase=Phase.UNKNOWN)
    elsewhere = WorkingOrder(an_order("kp_0", symbol="BTCUSDT"), phase=Phase.UNKNOWN)
    entry = an_order("kp_1", ts=NOW)
    assert not refused(kind, entry, [elsewhere])
    return not refused(kind, entry, [doubtful])


class Hopeful(Barrier):
    """Takes doubt for nothing."""

    def refusal(self, order: WorkingOrder, others: Iterable[WorkingOrder]) -> str:
        return super().refusal(order, ())


def test_nothing_is_entered_in_doubt() -> None:
    """INV-02."""
    assert not enters_in_doubt(Barrier)


def test_entering_in_doubt_is_caught() -> None:
    assert enters_in_doubt(Hopeful)


def holds_exits_up(kind: type[Barrier]) -> bool:
    """Whether anything but the loss of the account keeps an exit from passing."""
    doubtful = [WorkingOrder(an_order("kp_0"), phase=Phase.UNKNOWN)]
    ages = (-DAY, -HOUR, 0.0, HOUR, 3 * DAY)
    exits = [selling("kp_1", ts=NOW + round(age * NANOS)) for age in ages]
    return any(
        refused(kind, intent, others, halted=halted, word=word)
        for intent in exits
        for others in ((), doubtful)
        for halted in ("", "memory and venue differ")
        for word in ("", "the kill switch is set")
    )


class Strict(Barrier):
    """Asks of exits what it asks of entries."""

    def refusal(self, order: WorkingOrder, others: Iterable[WorkingOrder]) -> str:
        as_entry = replace(order.intent, is_reduce_only=False)
        return super().refusal(WorkingOrder(as_entry), others)


def test_exits_pass_every_guard_but_the_loss_of_the_account() -> None:
    """INV-09: whatever is halted, killed, unknown or late."""
    assert not holds_exits_up(Barrier)


def test_a_barrier_that_holds_exits_up_is_caught() -> None:
    assert holds_exits_up(Strict)


def untimely(kind: type[Barrier]) -> list[float]:
    """Ages of decisions, seconds, that are entered although they are not of now."""
    ages = (-3 * DAY, -HOUR, -10.0, 0.0, 1.0, 10.0, HOUR, 3 * DAY)
    entered = [age for age in ages if not refused(kind, an_order("kp_1", ts=NOW - round(age * NANOS)))]
    assert {0.0, 1.0} <= set(entered)
    return [age for age in entered if abs(age) > PATIENCE_S]


class Timeless(Barrier):
    """Never looks at the clock."""

    def _untimely(self, intent: Intent) -> str:
        return ""


class OneSided(Barrier):
    """Knows late, and not that a clock may have been set back."""

    def _untimely(self, intent: Intent) -> str:
        return "late" if NOW - intent.ts > PATIENCE_S * NANOS else ""


def test_only_timely_decisions_are_entered() -> None:
    """INV-10, INV-13: neither after a wait, nor after a step of the clock by an hour either way."""
    assert untimely(Barrier) == []


def test_a_barrier_that_never_looks_at_the_clock_is_caught() -> None:
    assert untimely(Timeless)
    assert untimely(OneSided) == [-3 * DAY, -HOUR, -10.0]


def still_sends(folder: Path, is_owned: Callable[[AccountLock], Callable[[], bool]]) -> bool:
    """Whether an owner sends orders although its lock file was replaced and another one owns the account."""
    first = AccountLock.acquire(folder, "key")
    guard = while_owned(is_owned(first))
    assert guard(an_order("kp_1")) == guard(selling("kp_2")) == ""
    first.path.unlink()
    with AccountLock.acquire(folder, "key"):
        sends = not (guard(an_order("kp_3")) and guard(selling("kp_4")))
    first.release()
    return sends


def test_a_former_owner_sends_nothing(tmp_path: Path) -> None:
    """INV-26: neither entries nor exits."""
    assert not still_sends(tmp_path, lambda lock: lambda: lock.is_valid)


def test_an_owner_that_never_looks_again_is_caught(tmp_path: Path) -> None:
    def once(lock: AccountLock) -> Callable[[], bool]:
        was_valid = lock.is_valid
        return lambda: was_valid

    assert still_sends(tmp_path, once)


# a gateway at a venue that says one thing


class Quiet:
    """A wire whose venue holds what it is told, and takes every order."""

    def __init__(self, held: int = 0) -> None:
        self.instruments = {SOL.symbol: SOL}
        self.sent: list[str] = []
        self._held = held

    async def open_orders(self, symbol: str) -> list[Any]:
        return []

    async def totals(self) -> dict[str, Decimal]:
        return {"SOL": Decimal(self._held) / UNITS}

    async def place(self, intent: Intent) -> Any:
        self.sent.append(intent.client_order_id)
        raise TimeoutError

    def symbol(self, symbol: str) -> str:
        return symbol

    def retry_after(self) -> float | None:
        return None


class NothingKnown:
    """A memory of nothing."""

    def holdings(self, base_of: Any) -> list[Any]:
        return []


def halts(kind: type[Reconciler]) -> bool:
    """Whether coins that memory cannot explain halt entries; that they are told is taken for granted."""
    told: list[Reconciliation] = []

    async def compare() -> str:
        wire: Any = Quiet(UNITS)
        gateway = OrderGateway(wire, Still())
        record: Any = NothingKnown()
        await kind(gateway, record, told.append, ReconcileConfig(settle_s=0.1)).reconcile()
        return gateway.halted

    halted = run_seeded(1, lambda loop: compare())
    assert [gap.at_venue for found in told for gap in found.gaps] == [UNITS]
    return bool(halted)


class OnlyTells(Reconciler):
    """Writes a line and goes on."""

    def _conclude(self, found: Reconciliation) -> Reconciliation:
        self._on_mismatch(found)
        return found


def test_a_difference_halts_entries_and_is_told() -> None:
    """INV-05."""
    assert halts(Reconciler)


def test_a_reconciler_that_only_tells_is_caught() -> None:
    assert not halts(OnlyTells)


def sent_after_sleep(barrier: type[Barrier]) -> list[str]:
    """What an entry that waited for its turn sends after the machine slept for three days."""

    class Moving(Still):
        asleep = 0.0

        def now(self) -> int:
            return NOW + round((asyncio.get_running_loop().time() + self.asleep) * NANOS)

    async def story() -> list[str]:
        wire: Any = Quiet()
        clock, limiter = Moving(), Limiter()
        gateway = OrderGateway(wire, clock, limiter=limiter)
        gateway._barrier = barrier([], clock, PATIENCE_S)
        limiter.pause(1.0)
        gateway.place(an_order("kp_old", ts=clock.now()))
        await asyncio.sleep(0.5)
        clock.asleep = 3 * DAY
        await asyncio.sleep(1.0)
        sent = list(wire.sent)
        await gateway.close()
        return sent

    found: list[str] = run_seeded(1, lambda loop: story())
    return found


def test_nothing_old_leaves_after_three_days_asleep() -> None:
    """INV-13: the wall clock has moved on, the monotonic one has not."""
    assert sent_after_sleep(Barrier) == []


def test_sending_what_is_three_days_old_is_caught() -> None:
    assert sent_after_sleep(Timeless) == ["kp_old"]


# the limiter


def exit_waits(config: LimiterConfig) -> float:
    """How long an exit waits behind a hundred entries that came before it, seconds."""

    async def story() -> float:
        limiter, loop = Limiter(config), asyncio.get_running_loop()
        entries = [asyncio.create_task(limiter.enter(Lane.ENTRY, 10.0)) for _ in range(100)]
        await asyncio.sleep(1.0)
        began = loop.time()
        await limiter.enter(Lane.EXIT, 20.0)
        waited = loop.time() - began
        for entry in entries:
            entry.cancel()
        await asyncio.gather(*entries, return_exceptions=True)
        return waited

    waited: float = run_seeded(1, lambda loop: story())
    return waited


def test_an_exit_is_not_kept_waiting_by_entries() -> None:
    """INV-27."""
    assert exit_waits(LimiterConfig()) == 0


def test_a_limiter_without_a_reserve_is_caught() -> None:
    assert exit_waits(LimiterConfig(reserve=0.0)) > 0
