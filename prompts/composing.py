"""What the words of a question, taken together, ask for; two readings are a refusal, never a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from memory.lookup import DecisionFilter
from prompts.answerable import ON_TRADES, require_answerable, require_bounded, require_counted
from prompts.asks import Refusal, ask_of, direction_of, is_of_groups, names_something
from prompts.hearing import Heard
from prompts.measuring import measure_of, statistic_of
from prompts.periods import Period
from prompts.queries import FEW, MOST_LISTED, Ask, Measure, Query, Side, Subject
from tools.domain.clock import iso
from tools.domain.errors import BadUsage, NotInRecord
from tools.domain.regime import Regime
from tools.domain.trading import Action

COMPARED = ("symbol", "regime", "route", "action", "won", "result", "rule", "provider")
MOST_SIDES = 6
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
LISTING = (Ask.LIST, Ask.EXTREME, Ask.WHY, Ask.FIELD)


def compose(
    heard: Heard,
    periods: Sequence[Period],
    corrections: tuple[str, ...],
    can_ask: str,
    not_understood: Refusal,
) -> Query:
    """The query that ``heard`` and ``periods`` say.

    Raises:
        NotInRecord: It says two things at once, or something that is not kept; by ``not_understood``
            where nothing is asked at all.
    """
    if heard.has("untold"):
        raise NotInRecord(f"not in the record: {heard.said['untold'][0]}; {can_ask}")
    sides = _sides(heard, periods)
    if not sides:
        query = _query(heard, periods[0] if periods else Period(), can_ask, not_understood)
        return replace(query, corrections=corrections)
    told = tuple(Side(name, _query(one, period, can_ask, not_understood)) for name, one, period in sides)
    first = told[0].query
    if first.ask not in (Ask.COUNT, Ask.RESULT):
        raise NotInRecord(
            f"not in the record as one answer: the question names {' and '.join(side.name for side in told)} "
            "at once; ask about one of them at a time, or compare counts or results"
        )
    return replace(first, sides=told, best=direction_of(heard), corrections=corrections)


def _sides(heard: Heard, periods: Sequence[Period]) -> list[tuple[str, Heard, Period]]:
    """What is compared: each value of the one slot that was said more than once."""
    plural = [slot for slot in COMPARED if len(_values(heard, slot)) > 1]
    if len(periods) > 1:
        plural.append("period")
    if not plural or not _is_comparable(heard, plural):
        return []
    if len(plural) > 1 or max(len(periods), *(len(_values(heard, slot)) for slot in COMPARED)) > MOST_SIDES:
        raise NotInRecord(
            f"not in the record as one answer: the question compares by {' and by '.join(plural)} at once; "
            "compare one thing at a time"
        )
    alone = _ranked_alone(heard)
    if plural == ["action"] and "ask" not in heard.said and "measure" not in heard.said:
        alone = alone.only("ask", "count")
    if plural == ["period"]:
        return [(_period_name(period), alone, period) for period in periods]
    period = periods[0] if periods else Period()
    if plural == ["won"] and alone.said.get("ask") == ["result"] and not alone.has("measure"):
        alone.add("statistic", "mean")  # of each part, not of the whole
    return [(_name(value), alone.only(plural[0], value), period) for value in _values(heard, plural[0])]


def _values(heard: Heard, slot: str) -> list[object]:
    if slot != "action":
        return heard.said.get(slot, [])
    return list(_actions(heard))


def _is_comparable(heard: Heard, plural: Sequence[str]) -> bool:
    """Actions and results are compared only where counts of them are asked."""
    if set(plural) <= {"action", "won", "result", "rule"}:
        slots = ("compared", "measure", "most")
        return heard.has("ask", "count") or any(heard.has(slot) for slot in slots)
    return True


def _ranked_alone(heard: Heard) -> Heard:
    """A side of a comparison is measured, not ranked within itself."""
    said = {slot: values for slot, values in heard.said.items() if slot not in ("best", "most", "length")}
    is_open = ("ask" not in said and "measure" not in said) or said.get("ask") == ["list"]
    ranks = any(heard.has(slot) for slot in ("best", "most", "length", "compared"))
    if is_open and heard.has("most") and names_something(heard):
        said["ask"] = ["count"]
    elif is_open and (ranks or not names_something(heard)):
        said["ask"] = ["result"]
    return Heard(said)


def _name(value: object) -> str:
    if isinstance(value, bool):
        return "won" if value else "lost"
    return value.label if isinstance(value, Regime) else str(getattr(value, "value", value))


def _period_name(period: Period) -> str:
    if period.weekdays and period.ts_from is None:
        return " and ".join(WEEKDAYS[one] for one in period.weekdays)
    start = "the beginning" if period.ts_from is None else iso(period.ts_from)[:16]
    end = "now" if period.ts_to is None else iso(period.ts_to)[:16]
    is_day = start.endswith("T00:00") and end.endswith("T00:00") and period.ts_to is not None
    is_one = is_day and period.ts_from is not None and period.ts_to - period.ts_from == 86_400 * 10**9  # type: ignore[operator]
    return start[:10] if is_one else f"{start} to {end}"


def _query(heard: Heard, period: Period, can_ask: str, not_understood: Refusal) -> Query:
    ask = ask_of(heard, period, can_ask, not_understood)
    if ask is Ask.LIST and _group(heard) is not None:
        is_money = heard.has("won") and not heard.has("subject")
        ask = Ask.RESULT if is_money else Ask.COUNT  # "which symbols lost money" is about sums
        heard = heard.only("measure", Measure.NET_QUOTE).without("won") if is_money else heard
    subject = _subject(heard, ask)
    require_counted(heard, ask, not_understood, can_ask)
    require_answerable(heard, ask, subject)
    is_brains = ask is Ask.BRAINS
    where = DecisionFilter(
        symbol=_text(heard.one("symbol")),
        action=None if is_brains else _action(heard),
        route=None if is_brains else heard.one("route"),  # type: ignore[arg-type]
        regime=heard.one("regime"),  # type: ignore[arg-type]
        world=_text(heard.one("world")),
        is_probe=True if heard.has("probe") else None,
        kind=_kind(heard) if subject is Subject.TRADES else None,
        ts_from=period.ts_from,
        ts_to=period.ts_to,
        hours=period.hours,
        weekdays=period.weekdays,
        decision_id=None if ask is Ask.WHY else _text(heard.one("decision")),
    )
    limit = heard.one("limit")
    require_bounded(heard, ask, limit)
    measure = measure_of(heard, ask, subject)
    is_of_all = heard.has("groupcount") or (heard.has("ask", "count") and is_of_groups(heard))
    if ask is Ask.COUNT and measure is None and heard.has("group") and is_of_all:
        measure = Measure.GROUPS
    return Query(
        ask=ask,
        subject=subject,
        where=where,
        group=_group(heard),
        result=heard.one("result"),  # type: ignore[arg-type]
        won=_won(heard, ask, measure),
        best=direction_of(heard),
        limit=_limit(limit if isinstance(limit, int) and ask in LISTING else None, ask, heard),
        newest=_newest(heard, ask, limit),
        is_moment=period.is_moment,
        is_last_run=heard.has("run"),
        is_exit=heard.has("exit"),
        is_untaken=heard.has("untaken"),
        decision=_text(heard.one("decision")) if ask is Ask.WHY else None,
        parameter=_text(heard.one("parameter")),
        rule=_text(heard.one("rule")),
        measure=measure,
        above_bps=heard.one("above"),  # type: ignore[arg-type]
        below_bps=heard.one("below"),  # type: ignore[arg-type]
        provider=_text(heard.one("provider")),
        is_oldest=heard.has("oldest") and ask in (Ask.LIST, Ask.WHY),
        place=heard.one("place"),  # type: ignore[arg-type]
        field=_text(heard.one("field")) if ask is Ask.FIELD else None,
        statistic=statistic_of(heard) if ask is Ask.FIELD else None,
        bounds=tuple(heard.said.get("within", [])),  # type: ignore[arg-type]
        standing=_text(heard.one("standing")),
        is_yes_or_no=heard.has("whether"),
    )


def _subject(heard: Heard, ask: Ask) -> Subject:
    named = heard.said.get("subject", [])
    if ask is Ask.BRAINS:
        return Subject.CONSULTATIONS
    if "strategies" in named:
        return Subject.STRATEGIES
    if heard.has("group", "rule"):
        return Subject.DECISIONS
    if ask is Ask.LEARNED:
        is_parameter = "parameters" in named or heard.has("parameter") or heard.has("verb", "change")
        return Subject.PARAMETERS if is_parameter and not heard.has("ask", "learned") else Subject.LESSONS
    if ask is Ask.COUNT and "lessons" in named:
        return Subject.LESSONS
    if ask is Ask.COUNT and ("parameters" in named or heard.has("parameter")):
        return Subject.PARAMETERS
    for subject in (Subject.FILLS, Subject.ORDERS):
        if subject.value in named and ask is Ask.COUNT and not _is_of_trades(heard):
            return subject
    if ask in (Ask.EXTREME, Ask.RESULT):
        return Subject.TRADES
    if ask is Ask.FIELD:
        return Subject.TRADES if _is_of_trades(heard) or "trades" in named else Subject.DECISIONS
    if _is_of_trades(heard) or direction_of(heard) is not None:
        is_grouped_count = ask is Ask.COUNT and not _is_of_trades(heard)
        return Subject.TRADES if not is_grouped_count or "trades" in named else Subject.DECISIONS
    is_trade = "trades" in named and ask is not Ask.WHY and not _is_untaken(heard)
    return Subject.TRADES if is_trade else Subject.DECISIONS


def _is_of_trades(heard: Heard) -> bool:
    return any(heard.has(slot) for slot in ON_TRADES) or heard.has("group", "result")


def _actions(heard: Heard) -> list[Action]:
    actions = [action for action in heard.said.get("action", []) if isinstance(action, Action)]
    if heard.has("verb", "decide") and heard.has("verb", "take") and not heard.has("verb", "enter"):
        actions = [action for action in actions if action is not Action.ENTER]
    if heard.has("probe") and actions == [Action.ENTER]:
        return []  # a probe is an entry; saying so twice narrows nothing
    if len(actions) > 1 and heard.has("kind"):  # "if you had taken the skipped ones"
        actions = [action for action in actions if action is not Action.ENTER]
    if heard.has("untaken"):
        actions = [action for action in actions if action is not Action.ENTER]
    return actions


def _action(heard: Heard) -> Action | None:
    actions = _actions(heard)
    if heard.has("exit") and not actions:
        return Action.ENTER
    if len(actions) > 1:
        names = " and ".join(action.value for action in actions)
        raise NotInRecord(
            f"not in the record as one answer: the question names {names} at once; "
            "ask about one of them at a time"
        )
    return actions[0] if actions else None


def _is_untaken(heard: Heard) -> bool:
    return heard.has("untaken") or heard.has("action", Action.SKIP) or heard.has("action", Action.ABSTAIN)


def _kind(heard: Heard) -> str:
    return "shadow" if heard.has("kind") or _is_untaken(heard) else "taken"


def _won(heard: Heard, ask: Ask, measure: Measure | None) -> bool | None:
    """Whether only winners or losers count; a rank or a whole result takes in both."""
    is_of_part = (
        heard.has("statistic")
        or heard.has("part")
        or measure in (Measure.HOLDING_TIME, Measure.MEDIAN_HOLDING)
    )
    is_streak = measure in (Measure.STREAK, Measure.PRESENT_STREAK)
    if ask is Ask.EXTREME and heard.has("length"):
        return heard.one("won")  # type: ignore[return-value]
    if ask is Ask.EXTREME or (ask is Ask.RESULT and not is_of_part and not is_streak):
        return None
    if measure is Measure.NET_QUOTE and not heard.has("part"):
        return None
    if measure in (Measure.WIN_RATE, Measure.PROFIT_FACTOR, Measure.DRAWDOWN):
        return None
    return heard.one("won")  # type: ignore[return-value]


def _group(heard: Heard) -> str | None:
    """What to split by; "in the volatile regime" names a regime and splits nothing."""
    named = [name for name in heard.said.get("group", []) if not heard.has(str(name))]
    if len(named) > 1:
        raise NotInRecord(
            f"not in the record as one answer: the question splits by {' and by '.join(map(str, named))}; "
            "split by one of them"
        )
    return str(named[0]) if named else None


def _newest(heard: Heard, ask: Ask, limit: object | None) -> int | None:
    """How many of the newest count and are measured; all of them where that is not said."""
    is_ranked = heard.has("field") and heard.has("best")
    if ask not in (Ask.COUNT, Ask.RESULT, Ask.FIELD) or is_ranked:
        return None
    if not (heard.has("last") or limit is not None):
        return None
    return limit if isinstance(limit, int) else 1


def _limit(named: int | None, ask: Ask, heard: Heard) -> int:
    if named is not None and not 1 <= named <= MOST_LISTED:
        raise BadUsage(f"expected 1 to {MOST_LISTED} to show, was {named}")
    if named is not None:
        return named
    is_one = ask is Ask.EXTREME and not heard.has("group")
    return 1 if is_one or (ask is Ask.LIST and heard.has("alone")) else FEW


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
