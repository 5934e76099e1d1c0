"""What a question may mean: a typed query of bounded values, whoever understood it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from memory.lookup import DecisionFilter
from tools.domain.trading import Result

FEW = 5
MOST_LISTED = 10


class Ask(StrEnum):
    """Kinds of question."""

    COUNT = "count"
    WHY = "why"
    EXTREME = "extreme"
    LEARNED = "learned"
    LIST = "list"
    RESULT = "result"
    HOLDING = "holding"
    BRAINS = "brains"
    FIELD = "field"
    HELP = "help"


class Subject(StrEnum):
    """What a question is about."""

    DECISIONS = "decisions"
    TRADES = "trades"
    FILLS = "fills"
    ORDERS = "orders"
    LESSONS = "lessons"
    PARAMETERS = "parameters"
    STRATEGIES = "strategies"
    CONSULTATIONS = "consultations"


class Measure(StrEnum):
    """The one figure that is asked for; the others stand below it."""

    NET_QUOTE = "net_quote"
    MEAN_QUOTE = "mean_quote"
    MEDIAN_QUOTE = "median_quote"
    NET_BPS = "net_bps"
    MEDIAN_BPS = "median_bps"
    TOTAL_BPS = "total_bps"
    FEES = "fees"
    MEAN_FEES = "mean_fees"
    WIN_RATE = "win_rate"
    DRAWDOWN = "drawdown"
    PROFIT_FACTOR = "profit_factor"
    HOLDING_TIME = "holding_time"
    MEDIAN_HOLDING = "median_holding"
    STREAK = "streak"
    PRESENT_STREAK = "present_streak"
    SHARE = "share"
    PER_DAY = "per_day"
    GROUPS = "groups"
    COST = "cost"
    MEAN_COST = "mean_cost"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Bound:
    """Only what lies above ``low`` and below ``high`` in ``field``: a field of decisions, or a measure."""

    field: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One of several things that are compared: its name and its own query."""

    name: str
    query: Query


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it was understood.

    Attributes:
        where: Which decisions; ``kind`` says whether their taken or shadow outcomes are meant.
        group: Split by symbol, route, regime, action, run_id, rule, result, hour, day, weekday, week, month.
        result: How the trades ended.
        won: Only trades that made, or did not make, money after costs.
        best: Best or worst; for grouped counts most or fewest.
        limit: How many to show.
        newest: How many of the newest are counted or measured at all; None is all.
        is_moment: Whether the period is a time of day.
        is_last_run: Whether only the newest run counts.
        is_exit: Whether the exit rather than the entry is asked about.
        is_untaken: Only decisions that were no entries.
        decision: Decision id, or the beginning of one.
        parameter: Name of a parameter.
        rule: Only decisions that this hard rule refused.
        measure: The figure asked for; None is the usual ones.
        above_bps: Only trades with a net result above this.
        below_bps: Only trades with a net result below this.
        provider: Only brains of this provider.
        is_oldest: Whether a list begins with the oldest.
        place: The how-manieth of what is ranked or listed, 1 for the first; None is all.
        sides: Two or more queries that are compared; this one then holds what they share.
        field: A value of decisions that is asked for; see ``memory.fields``.
        statistic: Mean, median or total of it; None where each is asked for.
        bounds: Only what lies within them.
        standing: Only lessons, strategies or changes that stand so.
        is_yes_or_no: Whether it is asked whether there was any.
        corrections: Misspelt words that were put right, as ``wrong → right``.
        is_follow_up: Whether it was understood only after what was asked before.
    """

    ask: Ask
    subject: Subject
    where: DecisionFilter
    group: str | None = None
    result: Result | None = None
    won: bool | None = None
    best: bool | None = None
    limit: int = FEW
    newest: int | None = None
    is_moment: bool = False
    is_last_run: bool = False
    is_exit: bool = False
    is_untaken: bool = False
    decision: str | None = None
    parameter: str | None = None
    rule: str | None = None
    measure: Measure | None = None
    above_bps: float | None = None
    below_bps: float | None = None
    provider: str | None = None
    is_oldest: bool = False
    place: int | None = None
    sides: tuple[Side, ...] = ()
    field: str | None = None
    statistic: str | None = None
    bounds: tuple[Bound, ...] = ()
    standing: str | None = None
    is_yes_or_no: bool = False
    corrections: tuple[str, ...] = ()
    is_follow_up: bool = False
