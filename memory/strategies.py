"""Learned strategies in memory: every version with the reason it stands or fell, and a schema for sharing.

A version retires the one before it. Rules are data that were validated, never code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import insert, or_, select, update

from memory.archives import filled
from memory.codec import canonical, finite
from memory.schema import METADATA
from memory.sources import not_from_candles
from memory.store import Store
from tools.domain.errors import BadInput
from tools.domain.market import NANOS
from tools.domain.strategies import Condition, Example, LearnedStrategy

ACTIVE, DEPRECATED = "active", "deprecated"
HEARD_AFTER_NS = 60 * NANOS
MINED, IMPORTED = "mined", "imported"
_T = METADATA.tables


class ConditionRules(BaseModel):
    """A condition as it is shared: a known feature and at least one finite bound."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    feature: str = Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_]+$")
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _is_bounded(self) -> ConditionRules:
        if self.low is None and self.high is None:
            raise ValueError("a condition needs a bound")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        return self


class StrategyRules(BaseModel):
    """A strategy as it is kept and shared."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    conditions: tuple[ConditionRules, ...] = Field(min_length=1, max_length=4)
    size_share: float = Field(gt=0, le=1)
    stop_bps: float = Field(gt=0, le=1_000)
    target_bps: float = Field(gt=0, le=1_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyVersion:
    """One version of a strategy.

    Attributes:
        standing: ``active``, or ``deprecated`` and heard no more.
        reason: Why it stands so.
        origin: ``mined`` from the own record, or ``imported``.
        n: Matches since it was found.
        wins: Those of them that made money.
        net_bps: Their mean result.
        error_bps: One standard error of it.
        evidence: Ids of the outcomes it was found with; empty for an imported one.
        day: The day it was found.
    """

    strategy_id: str
    rules: StrategyRules
    standing: str
    reason: str
    origin: str
    n: int
    wins: int
    net_bps: float
    error_bps: float
    evidence: tuple[str, ...]
    day: str
    run_id: str
    world: str
    ts: int
    ts_known: int
    ts_retired: int | None = None

    def learned(self) -> LearnedStrategy:
        """The strategy as a voter hears it."""
        conditions = tuple(Condition(one.feature, one.low, one.high) for one in self.rules.conditions)
        rules = self.rules
        return LearnedStrategy(
            self.strategy_id,
            conditions,
            rules.size_share,
            rules.stop_bps,
            rules.target_bps,
            self.n,
            self.wins,
            self.net_bps,
            self.error_bps,
        )


class StrategyBook:
    """Versions of strategies in ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, version: StrategyVersion) -> None:
        """Keep a version; it retires the one in force unless it says the same."""
        table = _T["strategy"]
        same = (table.c.strategy_id == version.strategy_id) & table.c.ts_retired.is_(None)
        held = self._store.read(select(table).where(same))
        if held and _claim(_version(held[0])) == _claim(version):
            return
        retire = update(table).where(same).values(ts_retired=version.ts_known)
        self._store.execute([retire, insert(table).values(_row(version))])

    def known(self, ts: int, world: str | None = None) -> list[StrategyVersion]:
        """The version of every strategy in force at ``ts``, oldest first."""
        if self._store.is_surely_empty("strategy"):
            return []
        table = _T["strategy"]
        wanted = [table.c.ts_known <= ts, or_(table.c.ts_retired.is_(None), table.c.ts_retired > ts)]
        if world is not None:
            wanted.append(table.c.world == world)
        rows = self._store.read(select(table).where(*wanted).order_by(table.c.ts, table.c.strategy_id))
        return [_version(row) for row in rows]

    def active(self, ts: int) -> tuple[LearnedStrategy, ...]:
        """The strategies that are heard at ``ts``."""
        return tuple(one.learned() for one in self.known(ts) if one.standing == ACTIVE)

    def history(self, strategy_id: str) -> list[StrategyVersion]:
        """Every version of a strategy, oldest first."""
        table = _T["strategy"]
        rows = select(table).where(table.c.strategy_id == strategy_id).order_by(table.c.ts_known)
        return [_version(row) for row in self._store.read(rows)]


class StrategyShelf:
    """The active strategies at hand for the hot path, read again once a second of decision time at most.

    A reflection that runs beside the trading dates what it learns by when it began, and writes it when it
    ends. A version is heard a minute after that date, so that a decision taken again hears the same.
    """

    def __init__(self, book: StrategyBook) -> None:
        self._book = book
        self._read_at = -1
        self._active: tuple[LearnedStrategy, ...] = ()

    def active(self, ts: int) -> tuple[LearnedStrategy, ...]:
        """The strategies that are heard at ``ts``, cut to the second."""
        second = ts - ts % NANOS
        if second != self._read_at:
            self._read_at, self._active = second, self._book.active(second - HEARD_AFTER_NS)
        return self._active


def examples(store: Store, world: str, *, as_of: int, ts_from: int = 0) -> list[Example]:
    """Followed signals with a result raised from ``ts_from`` on and known at ``as_of``, oldest first.

    Signals made from candles are other trades, and not among them.
    """
    o, s = _T["outcome"].c, _T["signal"].c
    columns = (o.outcome_id, o.symbol, o.run_id, s.ts, o.ts_known, s.features, o.net_bps, s.signal_id)
    wanted = (o.kind == "shadow", o.world == world, o.net_bps.is_not(None))
    time = (o.ts_known <= as_of, s.ts >= ts_from, not_from_candles())
    joined = _T["outcome"].join(_T["signal"], o.signal_id == s.signal_id)
    query = select(*columns).select_from(joined).where(*wanted, *time).order_by(s.ts, o.outcome_id)
    rows = filled(store, "signal", store.read(query))
    return [_example(row) for row in rows]


def _example(row: dict[str, Any]) -> Example:
    del row["signal_id"]
    return Example(**{**row, "features": orjson.loads(row["features"])})


def rules_of(data: Any, features: Sequence[str]) -> StrategyRules:
    """Validated rules from plain data of unknown origin.

    Raises:
        BadInput: They are not rules, or name a feature that is not among ``features``.
    """
    try:
        rules = StrategyRules.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"expected the rules of a strategy, {place}: {first['msg']}") from None
    unknown = [one.feature for one in rules.conditions if one.feature not in features]
    if unknown:
        raise BadInput(f"expected features Keeper knows, was {unknown[0]!r}")
    return rules


def updated(version: StrategyVersion, **changes: Any) -> StrategyVersion:
    """A later version of the same strategy."""
    return replace(version, **changes)


def _claim(version: StrategyVersion) -> dict[str, Any]:
    told = {"run_id", "ts_known", "ts_retired", "rules"}
    kept = {name: getattr(version, name) for name in StrategyVersion.__dataclass_fields__ if name not in told}
    return {**kept, "rules": version.rules.model_dump()}


def _row(version: StrategyVersion) -> dict[str, Any]:
    values = asdict(replace(version, rules=None))  # type: ignore[arg-type]
    numbers = {name: finite(values[name]) for name in ("net_bps", "error_bps")}
    texts = {"rules": canonical(version.rules.model_dump()), "evidence": canonical(list(version.evidence))}
    return {**values, **numbers, **texts}


def _version(row: Any) -> StrategyVersion:
    values = {name: row[name] for name in StrategyVersion.__dataclass_fields__}
    rules = StrategyRules.model_validate(orjson.loads(row["rules"]))
    return StrategyVersion(**{**values, "rules": rules, "evidence": tuple(orjson.loads(row["evidence"]))})
