"""Lessons: what a day's trades say beyond chance, each with what would refute it.

Three populations are searched: trades taken, all signals followed on paper, and those
refused, which shows what each route and rule saved or cost. Groups made of the same trades
are tested once, and every test counts against all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphs.improvement import Occasion
from memory.lessons import Lesson
from memory.statistics import TradeFact
from tools.domain.clock import iso
from tools.domain.identity import lesson_id
from tools.domain.trading import Action, Route
from tools.risk.effects import LEAST_TRADES, Effect, Search, find_effects, is_testable
from tools.risk.measures import LEVEL, effective_count, in_order, mean_net, net_results

Scope = Mapping[str, str | int | float]
_BY: Mapping[str, Callable[[TradeFact], str]] = {
    "symbol": lambda trade: trade.symbol,
    "regime": lambda trade: trade.decision.regime,
    "hour": lambda trade: hour_of(trade),
    "route": lambda trade: trade.decision.route,
}
SEARCHED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "taken": (("symbol",), ("symbol", "regime"), (), ("regime",), ("hour",), ("route",)),
    "followed": (("symbol",), ("symbol", "regime"), (), ("regime",), ("hour",)),
    "refused": (("route",), ("rule",)),
}
_NAMED = {
    "taken": "the trades taken",
    "followed": "the followed signals",
    "refused": "the signals refused",
}


HELD, REFUTED, SILENT = "held", "refuted", "silent"


@dataclass(frozen=True, slots=True)
class Checked:
    """What later trades said of a lesson; ``value`` is their mean where there are enough."""

    verdict: str
    n: int
    value: float | None


@dataclass(frozen=True, slots=True)
class Learned:
    """The lessons of a day, how many groups were tested for them, and at what level each."""

    lessons: tuple[Lesson, ...]
    comparisons: int
    level: float


def populations(trades: Sequence[TradeFact]) -> dict[str, list[TradeFact]]:
    """The trades of each population that is searched."""
    shadow = [trade for trade in trades if trade.kind == "shadow"]
    return {
        "taken": [trade for trade in trades if trade.kind == "taken"],
        "followed": shadow,
        "refused": [trade for trade in shadow if trade.decision.action != Action.ENTER.value],
    }


def learn_from(trades: Sequence[TradeFact], occasion: Occasion, seed: int) -> Learned:
    """Lessons that survive the number of groups looked at."""
    groups = _groups(trades)
    search: Search = find_effects({key: group[2] for key, group in groups.items()}, seed)
    lessons = [_lesson(effect, *groups[effect.group], occasion, search) for effect in search.effects]
    return Learned(tuple(lessons), search.comparisons, search.level)


def is_refuted(lesson: Lesson, trades: Sequence[TradeFact], seed: int = 0) -> bool:
    """Whether ``trades``, all later than its day, meet the lesson's own condition of refutation."""
    return check(lesson, trades, seed).verdict == REFUTED


def check(lesson: Lesson, trades: Sequence[TradeFact], seed: int) -> Checked:
    """What later trades say of a lesson: refuted, held, or silent where they are too few.

    It is refuted where their mean is on the other side of its threshold, and their interval excludes
    the effect it claims: a bad day within its own spread refutes nothing.
    """
    condition = lesson.invalid_condition
    found = in_order(select_trades(trades, str(condition.get("population")), lesson.scope))
    if condition.get("measure") != "mean_net_bps" or len(found) < condition["least_n"]:
        return Checked(SILENT, len(found), None)
    if not is_testable(found):
        return Checked(SILENT, len(found), None)
    seen = mean_net(net_results(found), effective_count(found), seed)
    bound, claimed = float(condition["threshold_bps"]), float(condition.get("claimed_bps", lesson.effect))
    is_turned = seen.value >= bound if condition["refuted_if"] == "at_least" else seen.value <= bound
    is_excluded = not seen.low <= claimed <= seen.high
    return Checked(REFUTED if is_turned and is_excluded else HELD, len(found), seen.value)


def select_trades(trades: Sequence[TradeFact], population: str, scope: Scope) -> list[TradeFact]:
    """The trades of a population within a scope."""
    chosen = populations(trades).get(population, [])
    return [
        trade for trade in chosen if all(str(value) in _values(trade, name) for name, value in scope.items())
    ]


def hour_of(trade: TradeFact) -> str:
    """The UTC hour of the decision, such as ``23``."""
    return iso(trade.decision.ts)[11:13]


_Group = tuple[str, dict[str, str | int | float], list[TradeFact]]


def _groups(trades: Sequence[TradeFact]) -> dict[str, _Group]:
    """Every group worth a test; equal sets of trades once, so one symbol proves nothing of others."""
    found: dict[str, _Group] = {}
    seen: set[frozenset[str]] = set()
    for population, members in populations(trades).items():
        for names in SEARCHED[population]:
            for values, group in _split(members, names):
                ids = frozenset(trade.outcome_id for trade in group)
                if ids in seen:
                    continue
                seen.add(ids)
                scope: dict[str, str | int | float] = dict(zip(names, values, strict=True))
                key = "|".join([population, *(f"{name}={value}" for name, value in scope.items())])
                found[key] = (population, scope, group)
    return found


def _split(
    trades: Sequence[TradeFact], names: Sequence[str]
) -> Iterable[tuple[tuple[str, ...], list[TradeFact]]]:
    """``trades`` by their values of ``names``; one refused by two rules belongs to both."""
    groups: dict[tuple[str, ...], list[TradeFact]] = {}
    for trade in trades:
        keys: list[tuple[str, ...]] = [()]
        for name in names:
            keys = [(*key, value) for key in keys for value in _values(trade, name)]
        for key in keys:
            groups.setdefault(key, []).append(trade)
    return sorted(groups.items())


def _values(trade: TradeFact, name: str) -> tuple[str, ...]:
    return trade.decision.rules if name == "rule" else (_BY[name](trade),)


def _lesson(
    effect: Effect,
    population: str,
    scope: Scope,
    trades: Sequence[TradeFact],
    occasion: Occasion,
    search: Search,
) -> Lesson:
    mean = effect.net_bps
    return Lesson(
        lesson_id=lesson_id(f"{occasion.world}|{effect.group}", occasion.day),
        kind=f"{population}_net_bps",
        statement=_statement(effect, population, scope, search),
        scope=scope,
        effect=mean.value,
        interval_low=mean.low,
        interval_high=mean.high,
        n=mean.n,
        evidence=tuple(trade.outcome_id for trade in in_order(trades)),
        invalid_condition=_invalid_condition(population, scope, mean.value),
        day=occasion.day,
        run_id=occasion.run_id,
        world=occasion.world,
        ts_known=occasion.ts,
    )


def _statement(effect: Effect, population: str, scope: Scope, search: Search) -> str:
    mean = effect.net_bps
    verb = "lose" if mean.value < 0 else "earn"
    where = "".join(
        _WORDS[name].format(value) for name, value in scope.items() if name in ("symbol", "regime", "hour")
    )
    who = _NAMED[population] + "".join(
        f" {Route(str(value)).by}" if name == "route" else f" by {value}"
        for name, value in scope.items()
        if name in ("route", "rule")
    )
    if population == "refused":
        verb = f"would have {'lost' if mean.value < 0 else 'earned'}"
    tried = f"{search.comparisons} group{'s' if search.comparisons != 1 else ''} tried"
    said = f"{who} {verb} {abs(mean.value):.1f} bps a trade after costs [{mean.low:.1f}, {mean.high:.1f}]"
    return f"{where}{said}, n={mean.n}, {tried}, {LEVEL:.0%} over all"


_WORDS = {"symbol": "on {} ", "regime": "in regime {} ", "hour": "in the hour {} UTC "}


def _invalid_condition(population: str, scope: Scope, effect: float) -> dict[str, Any]:
    """Later trades of the group whose mean has the other sign, beyond chance, refute the lesson."""
    return {
        "measure": "mean_net_bps",
        "population": population,
        "scope": dict(scope),
        "refuted_if": "at_least" if effect < 0 else "at_most",
        "threshold_bps": 0.0,
        "claimed_bps": effect,
        "least_n": LEAST_TRADES,
    }
