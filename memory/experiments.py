"""Live experiments in memory: which is under way, which arm each decision had, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from sqlalchemy import Select, func, select, update

from memory.codec import canonical
from memory.rows import Row
from memory.schema import METADATA
from memory.store import Store

TAKEN, SHADOW = "taken", "shadow"
_T = METADATA.tables
_E, _A, _O = _T["experiment"].c, _T["arm"].c, _T["outcome"].c


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentRecord:
    """One candidate value, with the terms laid down before its first outcome.

    Attributes:
        value_before: In force meanwhile.
        value: The candidate.
        kind: Which outcomes judge it: round trips ``taken``, or all signals followed on paper, ``shadow``.
        tries: The how manieth experiment of the quarter it is.
        undoes: The version of a parameter it watches, after the change; None for a new value.
        ts_retired: When it was over; None while it is under way.
    """

    experiment_id: str
    name: str
    value_before: float
    value: float
    kind: str
    tries: int
    terms: Mapping[str, Any]
    undoes: int | None
    day: str
    run_id: str
    world: str
    ts_known: int
    ts_retired: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRecord:
    """The value one decision was taken with; ``share`` is the chance it had of the candidate."""

    decision_id: str
    experiment_id: str
    is_candidate: bool
    share: float
    value: float
    run_id: str
    world: str
    ts: int


@dataclass(frozen=True, slots=True)
class ArmResult:
    """What came of a decision with an arm; an entry that never filled earned nothing, 0."""

    decision_id: str
    is_candidate: bool
    share: float
    net_bps: float


class ExperimentBook:
    """Experiments and arms in ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, experiment: ExperimentRecord) -> None:
        """Keep an experiment; from its ``ts_known`` on decisions draw an arm."""
        terms = canonical(dict(experiment.terms))
        self._store.write(
            [Row("experiment", {**asdict(experiment), "terms": terms, "ts": experiment.ts_known})]
        )

    def end(self, experiment_id: str, ts: int) -> None:
        """Let no decision after ``ts`` draw an arm of it."""
        mine = (_E.experiment_id == experiment_id) & _E.ts_retired.is_(None)
        self._store.execute([update(_T["experiment"]).where(mine).values(ts_retired=ts)])

    def assign(self, arm: ArmRecord) -> None:
        """Keep the arm of a decision."""
        self._store.write([Row("arm", {**asdict(arm), "ts_known": arm.ts})])

    def under_way(self, world: str, ts: int) -> ExperimentRecord | None:
        """The experiment under way in ``world`` at ``ts``; there is one at most."""
        if self._store.is_surely_empty("experiment"):
            return None
        is_on = _E.ts_retired.is_(None) | (_E.ts_retired > ts)
        rows = self._records(select(_T["experiment"]).where(_E.world == world, _E.ts_known <= ts, is_on))
        return rows[-1] if rows else None

    def known(self, world: str, ts: int, *, ts_from: int = 0) -> list[ExperimentRecord]:
        """Experiments of ``world`` begun from ``ts_from`` to ``ts``, oldest first."""
        within = (_E.world == world, _E.ts_known >= ts_from, _E.ts_known <= ts)
        return self._records(select(_T["experiment"]).where(*within))

    def arm_of(self, decision_id: str) -> tuple[ExperimentRecord, ArmRecord] | None:
        """The arm of a decision with its experiment; None where it had none."""
        arms = self._store.read(select(_T["arm"]).where(_A.decision_id == decision_id))
        if not arms:
            return None
        arm = ArmRecord(**{name: arms[0][name] for name in ArmRecord.__dataclass_fields__})
        (experiment,) = self._records(select(_T["experiment"]).where(_E.experiment_id == arm.experiment_id))
        return experiment, arm

    def results(self, experiment: ExperimentRecord, ts: int) -> list[ArmResult]:
        """What was known at ``ts`` to have come of its decisions, in the order in which it became known."""
        joined = _T["arm"].join(_T["outcome"], _A.decision_id == _O.decision_id)
        columns = (_A.decision_id, _A.is_candidate, _A.share, func.coalesce(_O.net_bps, 0.0).label("net_bps"))
        mine = (_A.experiment_id == experiment.experiment_id, _O.kind == experiment.kind, _O.ts_known <= ts)
        rows = self._store.read(
            select(*columns).select_from(joined).where(*mine).order_by(_O.ts_known, _O.outcome_id)
        )
        return [ArmResult(**row) for row in rows]

    def _records(self, query: Select[Any]) -> list[ExperimentRecord]:
        rows = self._store.read(query.order_by(_E.ts_known, _E.experiment_id))
        return [_record(row) for row in rows]


def _record(row: Mapping[str, Any]) -> ExperimentRecord:
    values = {name: row[name] for name in ExperimentRecord.__dataclass_fields__}
    return ExperimentRecord(**{**values, "terms": orjson.loads(row["terms"])})
