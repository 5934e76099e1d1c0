"""The log of what Keeper saw, concluded, did and got: the writing side of memory.

Implements the ports of the decision cycle (Episodes) and of the executor (IntentLog). Rows are made as the
store takes them: one that forgets makes none.
Intents and fills are on disk when their call returns; the rest goes through the batched writer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import func, select, update

from memory.archives import filled
from memory.codec import canonical, finite
from memory.promotion import Promotion, Retirement
from memory.recall import PatternRecall
from memory.rows import (
    UNJUDGED,
    Row,
    decision_row,
    fill_row,
    intent_row,
    order_row,
    outcome_row,
    pattern_row,
    signal_row,
    vector_bytes,
    vector_values,
)
from memory.schema import METADATA
from memory.session import SessionMemory
from memory.states import Pattern
from memory.store import Store
from tools.domain.errors import InvariantBroken, NotInRecord
from tools.domain.trading import Decision, Fill, Intent, OrderStatus, OrderUpdate, Outcome, Signal

ENDED = frozenset({OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED})
TAKEN_KEPT = 5_000  # states of signals with one outcome that are kept at hand for the other


class EpisodeLog:
    """Keeps episodes in ``store``.

    Args:
        store: The writer.
        recall: Told of every new pattern, so that it can be recalled from its ``ts_known`` on.
        promotion: Chooses which follows become patterns and which patterns leave for them; without it all
            become patterns and none leaves.
        session: Told of everything that happens; one of its own where not given.
    """

    def __init__(
        self,
        store: Store,
        recall: PatternRecall | None = None,
        promotion: Promotion | None = None,
        session: SessionMemory | None = None,
    ) -> None:
        if promotion is not None and recall is None:
            raise InvariantBroken("expected the mirror beside the promotion that reads it")
        self._store = store
        self._recall = recall
        self._promotion = promotion
        self.session = SessionMemory() if session is None else session
        # Signal id to time, vector, source: until its outcome, then for a while until its second one.
        self._states: dict[str, tuple[int, bytes, str]] = {}
        self._taken: dict[str, tuple[int, bytes, str]] = {}
        self._orders: dict[str, tuple[str, str, int]] = {}  # open orders: run, world, updates so far

    def begin_run(
        self,
        *,
        run_id: str,
        world: str,
        command: str,
        config: Mapping[str, Any],
        code_version: str,
        input_hash: str,
        seed: int,
        ts: int,
    ) -> None:
        """Keep that a run began; every other row refers to one, so this comes first."""
        values = {
            "run_id": run_id,
            "world": world,
            "command": command,
            "config": canonical(dict(config)),
            "code_version": code_version,
            "input_hash": input_hash,
            "seed": seed,
            "ts_started": ts,
            "ts_known": ts,
            "ts_ended": None,
        }
        self._store.write([Row("run", values)])
        self._store.flush()

    def end_run(self, run_id: str, ts: int) -> None:
        """Keep that a run ended in order; a run that was killed has no end."""
        runs = METADATA.tables["run"]
        self._store.execute([update(runs).where(runs.c.run_id == run_id).values(ts_ended=ts)])

    def record_report(
        self,
        *,
        run_id: str,
        world: str,
        day: str,
        kind: str,
        markdown: str,
        statistics: Mapping[str, Any],
        ts: int,
    ) -> None:
        """Keep a reflection on ``day`` (``YYYY-MM-DD``) as it was written at ``ts``."""
        values = {
            "day": day,
            "kind": kind,
            "run_id": run_id,
            "world": world,
            "ts": ts,
            "ts_known": ts,
            "markdown": markdown,
            "statistics": canonical(dict(statistics)),
        }
        self._store.write([Row("report", values)])

    def record_signal(self, signal: Signal) -> None:
        """Keep a signal with its features."""
        vector = vector_bytes([finite(value) for value in signal.vector])
        self._states[signal.signal_id] = (signal.ts, vector, signal.source)
        self._store.write(map(signal_row, (signal,)))
        self.session.note(signal)

    def record_decision(self, decision: Decision) -> None:
        """Keep a decision with its evidence."""
        self._store.write(map(decision_row, (decision,)))
        self.session.note(decision)

    def record_outcome(self, outcome: Outcome) -> None:
        """Keep an outcome and, where it is worth it, the pattern it makes of its signal's state.

        Only what was followed on paper makes a pattern: every signal is followed by the same
        rules, so a state that was also traded does not count twice. What came of money is committed to
        disk at once: the limits of the day and the rules of behaviour are made of it after a kill.
        """
        ts, vector, source = self._take_state(outcome.signal_id)
        retired: Sequence[Retirement] = ()
        appraisal: Mapping[str, float | None] | None = None
        if outcome.kind == "shadow" and outcome.net_bps is not None and any(vector_values(vector)):
            appraisal, retired = self._admit(outcome, vector, ts, source)
            if appraisal is not None:
                self._remember(outcome, outcome.net_bps, (ts, vector, source), appraisal)
        keep = self._store.commit_durable if outcome.kind == "taken" else self._store.write
        keep(_outcome_rows(outcome, (ts, vector), appraisal))
        self._retire(retired)
        self.session.note(outcome)

    def _admit(
        self, outcome: Outcome, vector: bytes, ts: int, source: str
    ) -> tuple[Mapping[str, float | None] | None, Sequence[Retirement]]:
        """What a follow is worth as a pattern, None where it stays an episode; and what leaves for it."""
        if self._promotion is None:
            return UNJUDGED, ()
        admission = self._promotion.admit(outcome, vector_values(vector), ts, source)
        worth = {name: getattr(admission.appraisal, name) for name in UNJUDGED}
        return (worth if admission.is_promoted else None), admission.retired

    def _retire(self, retired: Sequence[Retirement]) -> None:
        patterns = METADATA.tables["pattern"]
        if not retired or self._recall is None:
            return
        for one in retired:
            self._recall.retire(one.outcome_id, one.ts)
        self._store.execute(
            update(patterns)
            .where(patterns.c.outcome_id == one.outcome_id)
            .values(ts_retired=one.ts, why_retired=one.why)
            for one in retired
        )

    def record_intent(self, intent: Intent) -> None:
        """Keep the wish, committed to disk, before the order is sent."""
        self._store.commit_durable(map(intent_row, (intent,)))
        self.session.note(intent)
        self._orders.setdefault(intent.client_order_id, (intent.run_id, intent.world, 0))

    def record_fill(self, fill: Fill) -> None:
        """Keep the fill, committed to disk; a known (venue, trade_id) is ignored.

        Raises:
            InvariantBroken: The same trade id is known with another order, side, price or size.
        """
        self._store.commit_durable(map(fill_row, (fill,)))
        self.session.note(fill)

    def record_order(self, update: OrderUpdate) -> None:
        """Keep what the venue said of the order, after what it said before.

        Raises:
            NotInRecord: No intent was recorded under its client order id.
        """
        run_id, world, sequence = self._order(update.client_order_id)
        row = partial(order_row, sequence=sequence, run_id=run_id, world=world)
        self._store.write(map(row, (update,)))
        self._orders[update.client_order_id] = (run_id, world, sequence + 1)
        if update.status in ENDED:
            del self._orders[update.client_order_id]

    def _remember(
        self,
        outcome: Outcome,
        net_bps: float,
        state: tuple[int, bytes, str],
        appraisal: Mapping[str, float | None],
    ) -> None:
        if self._recall is None:
            return
        (ts, vector, source), importance = state, appraisal["importance"]
        self._recall.keep(
            Pattern(
                signal_id=outcome.signal_id,
                outcome_id=outcome.outcome_id,
                symbol=outcome.symbol,
                vector=vector_values(vector),
                net_bps=net_bps,
                result=outcome.result.value,
                ts_known=outcome.ts_known,
                ts=ts,
                venue=outcome.venue,
                world=outcome.world,
                importance=1.0 if importance is None else importance,
                source=source,
            )
        )

    def _take_state(self, signal_id: str) -> tuple[int, bytes, str]:
        """When, in what state and by which source a signal was raised; a late second outcome reads it."""
        state = self._states.pop(signal_id, None)
        if state is not None:
            self._taken[signal_id] = state
            if len(self._taken) > TAKEN_KEPT:
                del self._taken[next(iter(self._taken))]
            return state
        state = self._taken.pop(signal_id, None)
        if state is not None:
            return state
        signals = METADATA.tables["signal"]
        found = self._store.read(
            select(signals.c.signal_id, signals.c.ts, signals.c.vector, signals.c.source).where(
                signals.c.signal_id == signal_id
            )
        )
        if not found:
            raise NotInRecord(f"expected the signal {signal_id} to be recorded before its outcome")
        (row,) = filled(self._store, "signal", found)
        return row["ts"], row["vector"], row["source"]

    def _order(self, client_order_id: str) -> tuple[str, str, int]:
        if client_order_id in self._orders:
            return self._orders[client_order_id]
        intents, orders = METADATA.tables["intent"], METADATA.tables["order"]
        found = self._store.read(
            select(intents.c.run_id, intents.c.world).where(intents.c.client_order_id == client_order_id)
        )
        if not found:
            raise NotInRecord(f"expected an intent before the order {client_order_id}, there is none")
        count = select(func.count().label("n")).where(orders.c.client_order_id == client_order_id)
        said = int(self._store.read(count)[0]["n"])
        return found[0]["run_id"], found[0]["world"], said


def _outcome_rows(
    outcome: Outcome, state: tuple[int, bytes], appraisal: Mapping[str, float | None] | None
) -> Iterator[Row]:
    """The row of an outcome, and of the pattern it makes unless it stays an episode."""
    yield outcome_row(outcome)
    if appraisal is not None:
        ts, vector = state
        yield pattern_row(outcome, vector, ts, appraisal)
