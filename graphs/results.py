"""How trades went: results, single figures, streaks, and what was best or worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from graphs.answers import (
    MOST_CITED,
    Told,
    cited,
    describe,
    newest_first,
    result_lines,
    statistics_as_data,
    trade_line,
)
from graphs.measured import (
    SEED,
    Value,
    clock_parts,
    duration,
    figure,
    plain_value,
    told_beside,
    told_value,
    unit_of,
    value_of,
)
from graphs.selecting import groups_of, noun, wanted_trades
from memory.statistics import TradeFact
from memory.store import Store
from prompts.queries import Measure, Query
from tools.domain.errors import NotInRecord
from tools.domain.market import plain
from tools.risk.figures import present_streak, streak
from tools.risk.measures import TradeStatistics, measure_trades

STREAKS = (Measure.STREAK, Measure.PRESENT_STREAK)


def result(store: Store, query: Query) -> Told:
    """The figure that is asked for, and the usual ones below it."""
    if query.measure in STREAKS:
        return _streaks(wanted_trades(store, replace(query, won=None)), query)
    trades = wanted_trades(store, query)
    if query.measure is Measure.PER_DAY and trades:
        return _a_day(trades, query)
    if query.group is not None and trades:
        return _by_group(trades, query, query.group, best=True, is_ranked=False)
    if query.measure is Measure.SHARE:
        raise NotInRecord("not in the record as asked: a share of what is not said")
    found = measure_trades(trades, SEED)
    head, numbers = _sum_up(found, _nouns(query), query), statistics_as_data(found)
    if query.measure is not None:
        one = figure(trades, query.measure, found)
        head = f"{one.told}, on {found.n} {_nouns(query)}:"
        numbers |= {"measure": query.measure.value, "value": one.data, "unit": one.unit}
        numbers |= told_beside(trades, one.value, query.measure)
    lines = [head, *(f"  {line}" for line in result_lines(found))]
    return "\n".join(lines), numbers, newest_first(trades)


def _a_day(trades: Sequence[TradeFact], query: Query) -> Told:
    """The net result a day, over the days on which there were trades."""
    days = {name for fact in trades for name in groups_of(fact, "day")}
    total = value_of(trades, Measure.NET_QUOTE)
    if not isinstance(total, Decimal):
        raise NotInRecord(f"not in the record: {_nouns(query)} have no net result in quote")
    mean = total / len(days)
    head = f"Net {plain_value(mean)} quote a day on average"
    text = f"{head}: {plain_value(total)} on {len(days)} days with {_nouns(query)}."
    numbers = {"n": len(trades), "days": len(days), "value": plain_value(mean), "total": plain_value(total)}
    return text, numbers, newest_first(trades)


def _sum_up(found: TradeStatistics, nouns: str, query: Query) -> str:
    """All of it in one sentence."""
    if found.n == 0 or found.net_bps is None:
        return f"{found.n} {nouns}:"
    won = f"{found.wins} of them won"
    if found.net_quote is None or found.fees_quote is None or query.where.kind == "shadow":
        return f"{found.n} {nouns} made {found.net_bps.value:+.2f} bps each on average, {won}:"
    money = f"net {plain(found.net_quote)} quote after {plain(found.fees_quote)} of fees"
    return f"{found.n} {nouns} made {money}, {won}:"


def extreme(store: Store, query: Query) -> Told:
    """The best or worst trades, or the best or worst group of them.

    Raises:
        NotInRecord: There is nothing to rank.
    """
    if query.measure in STREAKS:
        return _streaks(wanted_trades(store, replace(query, won=None)), query)
    trades = wanted_trades(store, query)
    best = query.best is not False
    if not trades:
        raise NotInRecord(f"not in the record: no finished {describe(query)}; nothing can be ranked")
    if query.group is not None:
        return _by_group(trades, query, query.group, best=best, is_ranked=True)
    if query.measure in (Measure.WIN_RATE, Measure.PROFIT_FACTOR):
        raise NotInRecord(
            f"not in the record: one trade has no {query.measure.value.replace('_', ' ')}; "
            "ask which symbol, hour, day, route or regime"
        )
    return _ranked_trades(trades, query, best)


def _ranked_trades(trades: Sequence[TradeFact], query: Query, best: bool) -> Told:
    ranked = rank(trades, best, query.measure)
    if query.place is not None and query.place > len(ranked):
        raise NotInRecord(f"not in the record: there are only {len(ranked)} {noun(query)}")
    start = 0 if query.place is None else query.place - 1
    shown = ranked[start : start + (query.limit if query.place is None else 1)]
    held = query.measure in (Measure.HOLDING_TIME, Measure.MEDIAN_HOLDING)
    place = ("Longest" if best else "Shortest") if held else ("Best" if best else "Worst")
    by = {Measure.FEES: "fees", Measure.NET_QUOTE: "net result in quote"}.get(
        query.measure or Measure.NET_BPS, "time held" if held else "net result after costs"
    )
    if query.measure is Measure.FEES:
        place = "Highest" if best else "Lowest"
    which = "" if query.place is None else f"number {query.place} "
    told = [f"{trade_line(fact)}{_extra(fact, query.measure)}" for fact in shown]
    head = f"{place} {which}of {len(trades)} {noun(query)} by {by}:"
    if len(told) == 1 and shown[0].fees_quote is not None:
        told = [
            f"{trade_line(shown[0])}, fees {shown[0].fees_quote} quote, held {duration(held_s(shown[0]))}"
        ]
    lines = [f"{head} {told[0]}"] if len(told) == 1 else [head, *(f"  {line}" for line in told)]
    rows = [
        {
            "decision_id": fact.decision.decision_id,
            "net_bps": fact.net_bps,
            "net_quote": None if fact.net_quote is None else str(fact.net_quote),
            "fees_quote": None if fact.fees_quote is None else str(fact.fees_quote),
            "held_s": held_s(fact),
            "held": clock_parts(held_s(fact)),
        }
        for fact in shown
    ]
    numbers = {"n": len(trades), "value": float(_key(shown[0], query.measure)), "ranked": rows}
    return "\n".join(lines), numbers, cited(fact.decision.decision_id for fact in shown)


def _extra(fact: TradeFact, measure: Measure | None) -> str:
    if measure in (Measure.HOLDING_TIME, Measure.MEDIAN_HOLDING):
        return f", held {duration(held_s(fact))}"
    return f", fees {fact.fees_quote} quote" if measure is Measure.FEES else ""


def held_s(fact: TradeFact) -> float:
    """How long a position was held, seconds."""
    return (fact.ts_exit - fact.ts_entry) / 1e9


def rank(trades: Sequence[TradeFact], best: bool, measure: Measure | None = None) -> list[TradeFact]:
    """Trades from best to worst, or the other way round; ties by id."""
    sign = -1 if best else 1
    return sorted(trades, key=lambda fact: (sign * _key(fact, measure), fact.outcome_id))


def _key(fact: TradeFact, measure: Measure | None) -> Decimal | float:
    if measure in (Measure.HOLDING_TIME, Measure.MEDIAN_HOLDING):
        return held_s(fact)
    if measure is Measure.FEES and fact.fees_quote is not None:
        return fact.fees_quote
    is_money = measure in (Measure.NET_QUOTE, Measure.MEAN_QUOTE) and fact.net_quote is not None
    return fact.net_quote if is_money and fact.net_quote is not None else fact.net_bps


def _by_group(trades: Sequence[TradeFact], query: Query, group: str, *, best: bool, is_ranked: bool) -> Told:
    measure = query.measure or Measure.NET_BPS
    groups: dict[str, list[TradeFact]] = {}
    for fact in trades:
        for name in groups_of(fact, group):
            groups.setdefault(name, []).append(fact)
    values = {name: value_of(facts, measure) for name, facts in groups.items()}
    ranked = _in_order(values, best)
    word = group.replace("_id", "")
    place = "Best" if best else "Worst"
    if measure is not Measure.NET_BPS and is_ranked:
        place = "Highest" if best else "Lowest"
    of = f"(of {len(ranked)}, {len(trades)} {noun(query)})"
    head = f"{place} {word} by {_measure_words(measure)}: {ranked[0]} {of}"
    if not is_ranked:
        return _table(trades, query, groups, values, measure)
    lines = [head, *_other_leader(groups, measure, ranked[0], best)]
    found = {name: measure_trades(groups[name], SEED) for name in ranked[:MOST_CITED]}
    for name, statistics in found.items():
        lines.append(f"  {name}: {figure(groups[name], measure, statistics).told}")
        lines += [f"    {line}" for line in result_lines(statistics)]
    numbers = {
        "n": len(trades),
        "name": ranked[0],
        "value": plain_value(values[ranked[0]]),
        "unit": unit_of(measure, values[ranked[0]]),
        "measure": measure.value,
        "by": {
            name: statistics_as_data(one)
            | {"value": plain_value(values[name])}
            | told_beside(groups[name], values[name], measure)
            for name, one in found.items()
        },
        "groups": len(ranked),
        "names": ranked,
    }
    ids = cited(fact.decision.decision_id for fact in rank(groups[ranked[0]], best))
    return "\n".join(lines), numbers, ids


def _table(
    trades: Sequence[TradeFact],
    query: Query,
    groups: Mapping[str, list[TradeFact]],
    values: Mapping[str, Value],
    measure: Measure,
) -> Told:
    """One line a group: times in their order, others from best to worst."""
    is_time = query.group in ("hour", "day", "week", "month")
    names = sorted(groups) if is_time else _in_order(values, best=True)
    word = str(query.group).replace("_id", "")
    head = f"{_measure_words(measure).capitalize()} by {word}, {len(trades)} {noun(query)}:"
    shown = {name: statistics_as_data(measure_trades(groups[name], SEED)) for name in names[:MOST_CITED]}
    lines = [f"  {name}: {_told(values[name], measure)}, n = {len(groups[name])}" for name in names]
    by = {
        name: {
            "n": len(groups[name]),
            **shown.get(name, {}),
            "value": plain_value(values[name]),
            **told_beside(groups[name], values[name], measure),
        }
        for name in names
    }
    first = _in_order(values, best=True)[0]
    numbers = {
        "n": len(trades),
        "name": first,
        "value": plain_value(values[first]),
        "unit": unit_of(measure, values[first]),
        "measure": measure.value,
        "by": by,
        "names": names,
    }
    return "\n".join([head, *lines]), numbers, newest_first(trades)


def _told(value: Value, measure: Measure) -> str:
    return "unavailable" if value is None else told_value(value, measure)


def _in_order(values: Mapping[str, Value], best: bool) -> list[str]:
    """Names by value, best or worst first; those without one last."""
    known = {name: float(value) for name, value in values.items() if value is not None}
    ranked = sorted(known, key=lambda name: (-known[name] if best else known[name], name))
    return ranked + sorted(set(values) - set(known))


def _other_leader(groups: dict[str, list[TradeFact]], measure: Measure, leader: str, best: bool) -> list[str]:
    """Says so where the mean and the sum name different winners: "best" may mean either."""
    if measure is not Measure.NET_BPS:
        return []
    totals = {name: value_of(facts, Measure.NET_QUOTE) for name, facts in groups.items()}
    if not all(isinstance(one, Decimal) for one in totals.values()):
        return []
    first = _in_order(totals, best)[0]
    return [] if first == leader else [f"By the sum it is {first}: net {plain_value(totals[first])} quote."]


def _measure_words(measure: Measure) -> str:
    return {
        Measure.NET_BPS: "mean net result",
        Measure.NET_QUOTE: "net result in all",
        Measure.TOTAL_BPS: "net result in all",
        Measure.MEAN_QUOTE: "mean net result",
    }.get(measure, measure.value.replace("_", " "))


def _streaks(trades: Sequence[TradeFact], query: Query) -> Told:
    if query.measure is Measure.PRESENT_STREAK:
        run = present_streak(trades)
        kind = "winners" if run and run[-1].net_bps > 0 else "losers"
        return f"{len(run)} {kind} in a row up to now.", _streak_numbers(run), newest_first(run)
    kinds = (True, False) if query.won is None else (query.won,)
    runs = {won: streak(trades, won) for won in kinds}
    told = [f"{len(run)} {'winners' if won else 'losers'} in a row" for won, run in runs.items()]
    text = f"Longest streak: {' and '.join(told)}, of {len(trades)} {_nouns(query)}."
    first = runs[kinds[0]]
    by = {"won" if won else "lost": len(run) for won, run in runs.items()}
    return text, {**_streak_numbers(first), "by": by, "of": len(trades)}, newest_first(first)


def _streak_numbers(run: Sequence[TradeFact]) -> dict[str, object]:
    return {"n": len(run), "value": len(run), "streak": [one.decision.decision_id for one in run]}


def _nouns(query: Query) -> str:
    """The noun, and which part of them counts."""
    part = {True: " that made money", False: " that made none", None: ""}[query.won]
    return f"{noun(query)}{part if query.measure not in STREAKS else ''}"
