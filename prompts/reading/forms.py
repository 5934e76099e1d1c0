"""What a question means once it is read: one form for every combination, of bounded values only."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from memory.tally import Bound, Condition, Times

TIME_GROUPS = ("hour", "day", "weekday", "week", "month")
MOST_LISTED = 10


class What(StrEnum):
    """Kinds of question."""

    FIGURE = "figure"  # one statistic of what is selected
    GROUPS = "groups"  # the statistic of each group
    LEADER = "leader"  # the group that is first by it
    NAMES = "names"  # the groups for which something holds
    RECORD = "record"  # the row that is first by a measure or in time, and a value of it
    LIST = "list"  # rows
    COMPARE = "compare"  # the statistic of several selections
    SPREAD = "spread"  # the quantiles of a measure


class Statistic(StrEnum):
    """How values become one."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    SHARE = "share"  # of rows, or with a measure of its sum
    HIGHEST = "highest"
    LOWEST = "lowest"
    DRAWDOWN = "drawdown"  # deepest fall of the running sum below its highest
    STREAK = "streak"  # longest run of rows of the part
    DISTINCT = "distinct"  # how many groups there are
    PER_DAY = "per_day"  # sum or count over the days that have any


@dataclass(frozen=True, slots=True)
class Having:
    """What must hold of a group: its statistic lies within a bound."""

    statistic: Statistic
    measure: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class Side:
    """One of several things that are compared."""

    name: str
    where: tuple[Condition, ...] = ()
    times: tuple[Times, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A question as it was read.

    Attributes:
        entity: What is selected; see ``memory.entities``.
        statistic: How it is summed up.
        measure: The column that is summed up; empty where rows are counted.
        where: What must hold of a row.
        bounds: Between what its values must lie.
        times: When it must have been.
        time_column: Which time of it is meant.
        part: Of a share, what must hold of the part besides.
        part_bounds: Of a share, between what the part's values lie.
        group: What it is split by.
        having: Which groups are meant; None is all.
        best: Highest first, lowest first, or neither.
        place: Of what is ranked, the how-manieth; 1 is the first.
        limit: How many of what is ranked or listed.
        newest: Only so many of the newest, or if negative of the oldest; 0 is all.
        attribute: The value of a record that is asked for; empty is all of it.
        sides: What is compared.
        is_asked_whether: Whether the question is answered with yes or no first.
        is_gap: Whether by how much two sides differ is asked for.
        is_loose: Whether only a loose word says what is measured: "how did you do".
        corrections: Misspelt words that were put right.
    """

    what: What
    entity: str
    statistic: Statistic = Statistic.COUNT
    measure: str = ""
    where: tuple[Condition, ...] = ()
    bounds: tuple[Bound, ...] = ()
    times: tuple[Times, ...] = ()
    time_column: str = "ts"
    part: tuple[Condition, ...] = ()
    part_bounds: tuple[Bound, ...] = ()
    group: str = ""
    having: Having | None = None
    best: bool | None = None
    place: int = 1
    limit: int = 1
    newest: int = 0
    attribute: str = ""
    sides: tuple[Side, ...] = ()
    is_asked_whether: bool = False
    is_loose: bool = False
    is_gap: bool = False
    corrections: tuple[str, ...] = ()
    is_follow_up: bool = False

    @property
    def decision(self) -> str | None:
        """No decision is named in a form."""
        return None


def form_as_data(form: Form) -> dict[str, Any]:
    """The form with only what was asked for, as plain data."""
    usual = {one.name: one.default for one in fields(Form)}
    told = {name: value for name, value in asdict(form).items() if value != usual[name]}
    found: dict[str, Any] = _plain(told)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if one not in (None, (), False)}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
