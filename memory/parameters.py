"""The parameters in force at a time: the catalogue, the settings, and what was learned on top.

A change retires the version before it; nothing is overwritten, so a decision's parameters
can be read back. ``ParameterSet.version`` names the newest change it contains.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import insert, select, update

from memory.codec import canonical
from memory.schema import METADATA
from memory.store import Store
from tools.domain.errors import BadUsage
from tools.domain.parameter import SPECS, ParameterSet, base_name, default_parameters

SCOPED = frozenset({"symbol_size_share"})  # what may have a value for one symbol alone


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """One version of one parameter, why it was made, and on what evidence.

    Attributes:
        evidence: Ids of the lessons or outcomes the change rests on.
        impact: What the change is expected, or was measured, to do.
        context: Performance at the time, such as win rate and drawdown.
        ts_retired: From then on another value holds; None while this one does.
    """

    version: int
    name: str
    value_before: float
    value: float
    reason: str
    evidence: tuple[str, ...]
    impact: Mapping[str, Any]
    context: Mapping[str, Any]
    run_id: str
    world: str
    ts_known: int
    ts_retired: int | None

    def is_in_force(self, ts: int) -> bool:
        """Whether it holds at ``ts``."""
        return self.ts_known <= ts and (self.ts_retired is None or ts < self.ts_retired)


class ParameterStore:
    """Versions of parameters in ``store`` above the catalogue's defaults and the settings.

    Args:
        store: Where versions are kept; reading needs no writer.
        overrides: Values from the settings, below anything learned.

    Raises:
        BadUsage: An override is unknown or out of bounds.
    """

    def __init__(self, store: Store, overrides: Mapping[str, float] | None = None) -> None:
        self._store = store
        self._base = default_parameters(overrides)
        self._versions: tuple[list[int], list[ParameterSet]] = ([], [])
        self.refresh()

    def detached(self) -> ParameterStore:
        """The same versions for a writer whose changes are not certain yet.

        This one sees them when it is refreshed, after they are committed.
        """
        other = ParameterStore.__new__(ParameterStore)
        other._store, other._base, other._versions = self._store, self._base, self._versions
        other.refresh()
        return other

    def snapshot(self, ts: int) -> ParameterSet:
        """Every parameter as it was known at ``ts``; the same object until one changes."""
        times, sets = self._versions
        place = bisect_right(times, ts)
        return sets[place - 1] if place else self._base

    def change(
        self,
        name: str,
        value: float,
        *,
        reason: str,
        evidence: Sequence[str],
        ts: int,
        run_id: str,
        world: str,
        impact: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> ParameterChange:
        """Let ``name`` be ``value`` from ``ts`` on.

        Raises:
            BadUsage: The name is unknown, the value out of bounds or already in force, the
                reason empty, or ``ts`` before the newest version of any parameter.
        """
        self._check(name, value, reason, ts)
        changes = self._changes()
        made = ParameterChange(
            version=1 + max((change.version for change in changes), default=0),
            name=name,
            value_before=value_at(self.snapshot(ts), name),
            value=float(value),
            reason=reason,
            evidence=tuple(evidence),
            impact=dict(impact or {}),
            context=dict(context or {}),
            run_id=run_id,
            world=world,
            ts_known=ts,
            ts_retired=None,
        )
        table = METADATA.tables["parameter"]
        in_force = (table.c.name == name) & table.c.ts_retired.is_(None)
        self._store.execute(
            [update(table).where(in_force).values(ts_retired=ts), insert(table).values(_row(made))]
        )
        self.refresh()
        return made

    def known(self, ts: int) -> list[ParameterChange]:
        """Every version known at ``ts``, oldest first."""
        return [change for change in self._changes() if change.ts_known <= ts]

    def history(self, name: str) -> list[ParameterChange]:
        """Every version of ``name``, oldest first.

        Raises:
            BadUsage: The name is not in the catalogue.
        """
        _require_known(name)
        return [change for change in self._changes() if change.name == name]

    def refresh(self) -> None:
        """Read the versions again, after another process may have written some."""
        changes = self._changes()
        moments = {change.ts_known for change in changes}
        moments |= {change.ts_retired for change in changes if change.ts_retired is not None}
        times = sorted(moments)
        # One assignment: another thread reads either the old versions or the new ones.
        self._versions = times, [self._at(ts, changes) for ts in times]

    def _check(self, name: str, value: float, reason: str, ts: int) -> None:
        _require_known(name)
        SPECS[base_name(name)].check(float(value))
        if not reason.strip():
            raise BadUsage(f"expected a reason for changing {name}, was empty")
        times, _ = self._versions
        if times and ts < times[-1]:
            raise BadUsage(f"expected a change of {name} no earlier than {times[-1]}, was {ts}")
        if value_at(self.snapshot(ts), name) == value:
            raise BadUsage(f"expected another value of {name}, {value} is already in force")

    def _at(self, ts: int, changes: Sequence[ParameterChange]) -> ParameterSet:
        values, origin, version = dict(self._base.values), dict(self._base.origin), self._base.version
        for change in changes:
            if change.ts_known <= ts:
                version = change.version
                if change.ts_retired is None or ts < change.ts_retired:
                    values[change.name] = change.value
                    origin[change.name] = f"version {change.version}"
        return ParameterSet(values, version, origin)

    def _changes(self) -> list[ParameterChange]:
        table = METADATA.tables["parameter"]
        return [change_of(row) for row in self._store.read(select(table).order_by(table.c.version))]


def change_of(row: Mapping[str, Any]) -> ParameterChange:
    """The change kept in a row of the parameter table."""
    kept = {name: row[name] for name in ParameterChange.__dataclass_fields__}
    structured = {name: orjson.loads(row[name]) for name in ("impact", "context")}
    return ParameterChange(**{**kept, **structured, "evidence": tuple(orjson.loads(row["evidence"]))})


def _row(change: ParameterChange) -> dict[str, Any]:
    values = {name: getattr(change, name) for name in ParameterChange.__dataclass_fields__}
    structured = {name: canonical(values[name]) for name in ("evidence", "impact", "context")}
    return {**values, **structured, "ts": change.ts_known}


def value_at(parameters: ParameterSet, name: str) -> float:
    """The value of ``name``, which may be scoped to a symbol that has none of its own yet."""
    return parameters.values.get(name, parameters[base_name(name)])


def _require_known(name: str) -> None:
    if base_name(name) not in SPECS or (name != base_name(name) and base_name(name) not in SCOPED):
        raise BadUsage(f"unknown parameter {name!r}; known: {', '.join(sorted(SPECS))}")
