"""Writes the record of the second set into a home, with the writers the product has."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from memory.episodes import EpisodeLog
from memory.parameters import ParameterStore
from memory.store import Store
from tests.examination.learning import Brains, Evening
from tests.examination.second.teaching import Teacher
from tests.examination.second.world import N_DAYS, SEED, day_name, sights
from tests.examination.trading import WORLD, decision_of, fills_of, followed, signal_of, taken
from tests.examination.world import MINUTE_NS, Sight
from tools.domain import identity
from tools.domain.clock import day_bounds
from tools.domain.market import NANOS
from tools.domain.parameter import ParameterSet
from tools.domain.trading import (
    Action,
    Clamp,
    Decision,
    Fill,
    Intent,
    OrderStatus,
    OrderUpdate,
    Outcome,
    Route,
    Signal,
    Vote,
)

CUT_SHARE = 0.2  # of entries, how many a limit makes smaller


@dataclass(slots=True)
class RecordWriter:
    """Writes one day after the other.

    Args:
        store: The memory's writer.
        seed: Of everything that is drawn.
        n_days: How many days, from the first.
    """

    store: Store
    seed: int
    n_days: int = N_DAYS
    trades: list[tuple[Decision, Outcome, str]] = field(default_factory=list)

    def write(self) -> None:
        """Every day."""
        teacher = Teacher(self.store, {})
        for index in range(self.n_days):
            start, end = day_bounds(day_name(index))
            run_id = identity.derived_run_id("second examination", self.seed, index)
            log = EpisodeLog(self.store)
            with self.store.together():  # one transaction a day instead of one a fill
                self._begin(log, run_id, start + 10 * NANOS)
                self._trade(log, run_id, index)
            self.store.flush()
            teacher.reflect(Evening(index, day_name(index), run_id, end - 5 * MINUTE_NS, tuple(self.trades)))
            self.store.flush()
            log.end_run(run_id, end - MINUTE_NS)
        self.store.flush()

    def _begin(self, log: EpisodeLog, run_id: str, ts: int) -> None:
        log.begin_run(
            run_id=run_id,
            world=WORLD,
            command="run",
            config={},
            code_version="examination",
            input_hash="",
            seed=self.seed,
            ts=ts,
        )

    def _trade(self, log: EpisodeLog, run_id: str, index: int) -> None:
        parameters, brains = ParameterStore(self.store), Brains(self.store)
        for sight in sights(self.seed, index):
            in_force = parameters.snapshot(sight.ts)
            signal = signal_of(run_id, sight, in_force)
            decision = concluded(signal, sight, in_force)
            log.record_signal(signal)
            log.record_decision(decision)
            brains.ask(decision, sight.draws[3])
            if decision.action is Action.ENTER:
                self._round_trip(log, signal, decision, sight)
            log.record_outcome(followed(signal, decision, sight))

    def _round_trip(self, log: EpisodeLog, signal: Signal, decision: Decision, sight: Sight) -> None:
        fills, result = fills_of(decision, signal, sight)
        for fill in fills:
            log.record_intent(_intent(fill))
            log.record_fill(fill)
            log.record_order(OrderUpdate(fill.client_order_id, OrderStatus.FILLED, fill.size, fill.ts))
        outcome = taken(signal, decision, fills, result)
        log.record_outcome(outcome)
        self.trades.append((decision, outcome, sight.regime.label))


def concluded(signal: Signal, sight: Sight, parameters: ParameterSet) -> Decision:
    """The decision, with the brain's vote where a brain settled it and the limit that cut it."""
    decision = decision_of(signal, sight, parameters)
    if decision.route is Route.LLM:
        is_veto = decision.action is Action.SKIP or decision.is_probe
        said = "the tape looks one-sided" if is_veto else "both sides look calm"
        vote = Vote("llm", "skip" if is_veto else "enter", None, None, None, said)
        prefix = "probe, though skip: " if decision.is_probe else ""
        decision = replace(decision, reason=f"{prefix}brain: {said}", votes=(*decision.votes, vote))
    is_cut = decision.action is Action.ENTER and sight.draws[5] < CUT_SHARE
    return replace(decision, clamps=(_cut(decision, sight),)) if is_cut else decision


def _cut(decision: Decision, sight: Sight) -> Clamp:
    assert decision.plan is not None
    after = decision.plan.value_quote.quantize(Decimal("0.01"))
    if sight.draws[2] < 0.4:
        reason = f"{decision.symbol} may have 500 USD at stake"
        return Clamp("symbol_exposure", str(after + 35), str(after), reason)
    return Clamp("mm_protection", str(after + 20), str(after), "80 % of what the market maker shows")


def _intent(fill: Fill) -> Intent:
    is_entry = fill.is_maker
    return Intent(
        client_order_id=fill.client_order_id,
        decision_id=fill.decision_id,
        run_id=fill.run_id,
        world=fill.world,
        symbol=fill.symbol,
        venue=fill.venue,
        leg="entry" if is_entry else "exit",
        attempt=int(fill.trade_id.rsplit("-", 1)[1]),
        side=fill.side,
        price=fill.price if is_entry else None,
        size=fill.size,
        is_post_only=is_entry,
        is_reduce_only=not is_entry,
        ts=fill.ts - NANOS,
    )


def build(home: Path, seed: int = SEED, n_days: int = N_DAYS) -> None:
    """Write the record of ``seed`` into ``home``."""
    with Store.open(home, is_throwaway=True) as store:
        RecordWriter(store, seed, n_days).write()
