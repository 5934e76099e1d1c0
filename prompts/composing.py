"""What the words of a question, taken together, ask for; two readings are a refusal, never a guess."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from memory.lookup import DecisionFilter
from prompts.hearing import Heard
from prompts.measuring import measure_of
from prompts.periods import Period
from prompts.queries import FEW, MOST_LISTED, Ask, Measure, Query, Side, Subject
from tools.domain.clock import iso
from tools.domain.errors import BadUsage, NotInRecord
from tools.domain.regime import Regime
from tools.domain.trading import Action

ON_TRADES = ("won", "result", "exit", "kind", "bounded")
COMPARED = ("symbol", "regime", "route", "action", "won", "result", "rule", "provider")
MOST_SIDES = 6
LISTING = (Ask.LIST, Ask.EXTREME, Ask.WHY)
Refusal = Callable[[str], NotInRecord]


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
    return replace(first, sides=told, best=_direction(heard), corrections=corrections)


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
    if is_open and heard.has("most") and _names_something(heard):
        said["ask"] = ["count"]
    elif is_open and (ranks or not _names_something(heard)):
        said["ask"] = ["result"]
    return Heard(said)


def _name(value: object) -> str:
    if isinstance(value, bool):
        return "won" if value else "lost"
    return value.label if isinstance(value, Regime) else str(getattr(value, "value", value))


def _period_name(period: Period) -> str:
    start = "the beginning" if period.ts_from is None else iso(period.ts_from)[:16]
    end = "now" if period.ts_to is None else iso(period.ts_to)[:16]
    is_day = start.endswith("T00:00") and end.endswith("T00:00") and period.ts_to is not None
    is_one = is_day and period.ts_from is not None and period.ts_to - period.ts_from == 86_400 * 10**9  # type: ignore[operator]
    return start[:10] if is_one else f"{start} to {end}"


def _query(heard: Heard, period: Period, can_ask: str, not_understood: Refusal) -> Query:
    ask = _ask(heard, period, can_ask, not_understood)
    if ask is Ask.LIST and _group(heard) is not None:
        ask = Ask.COUNT
    subject = _subject(heard, ask)
    _require_counted(heard, ask, not_understood, can_ask)
    _require_answerable(heard, ask, subject)
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
    )
    limit = heard.one("limit")
    _require_bounded(heard, ask, limit)
    measure = measure_of(heard, ask, subject)
    is_of_groups = heard.has("groupcount") or (heard.has("ask", "count") and _is_of_groups(heard))
    if ask is Ask.COUNT and measure is None and heard.has("group") and is_of_groups:
        measure = Measure.GROUPS
    return Query(
        ask=ask,
        subject=subject,
        where=where,
        group=_group(heard),
        result=heard.one("result"),  # type: ignore[arg-type]
        won=_won(heard, ask, measure),
        best=_direction(heard),
        limit=_limit(limit if isinstance(limit, int) and ask in LISTING else None, ask, heard),
        newest=_newest(heard, ask, limit),
        is_moment=period.is_moment,
        is_last_run=heard.has("run"),
        is_exit=heard.has("exit"),
        is_untaken=heard.has("untaken"),
        decision=_text(heard.one("decision")),
        parameter=_text(heard.one("parameter")),
        rule=_text(heard.one("rule")),
        measure=measure,
        above_bps=heard.one("above"),  # type: ignore[arg-type]
        below_bps=heard.one("below"),  # type: ignore[arg-type]
        provider=_text(heard.one("provider")),
        is_oldest=heard.has("oldest") and ask in (Ask.LIST, Ask.WHY),
        place=heard.one("place"),  # type: ignore[arg-type]
    )


def _ask(heard: Heard, period: Period, can_ask: str, not_understood: Refusal) -> Ask:
    if heard.has("ask", "help"):
        return Ask.HELP
    if heard.has("subject", "consultations") or (heard.has("asked") and heard.has("route")):
        return Ask.BRAINS
    if heard.has("asked"):
        raise not_understood(f"not in the record: did not understand who was asked what; {can_ask}")
    is_changed = heard.has("verb", "change") and (
        heard.has("parameter") or heard.has("subject", "parameters") or _says_nothing_else(heard)
    )
    if heard.has("parameter") and not heard.has("verb", "change"):
        return Ask.LEARNED
    if heard.has("ask", "count") and not heard.has("decision"):
        return (
            _ask_of_results(heard.without("ask"), period, can_ask, not_understood)
            if _is_amount(heard)
            else Ask.COUNT
        )
    if heard.has("ask", "learned") or is_changed or heard.has("parameter"):
        return Ask.LEARNED
    if any(heard.has("subject", name) for name in ("strategies", "parameters", "lessons")):
        return Ask.LEARNED
    if heard.has("ask", "why") or heard.has("decision"):
        if heard.has("most") and not heard.has("won"):
            raise not_understood(f"not in the record: did not understand most of what; {can_ask}")
        return Ask.WHY
    if heard.has("ask", "holding"):
        return Ask.HOLDING
    return _ask_of_results(heard, period, can_ask, not_understood)


def _ask_of_results(heard: Heard, period: Period, can_ask: str, not_understood: Refusal) -> Ask:
    """Ranks, results and lists; which is meant depends on what else is said."""
    if heard.has("measure", Measure.SHARE):
        return Ask.COUNT
    if _is_measured(heard):
        is_ranked = heard.has("group") or not heard.has("measure", Measure.STREAK)
        ranks = heard.has("best") or heard.has("most") or heard.has("length")
        return (
            Ask.EXTREME if ranks and is_ranked and not heard.has("measure", Measure.DRAWDOWN) else Ask.RESULT
        )
    if heard.has("best") or heard.has("length"):
        return Ask.EXTREME
    if heard.has("most"):
        return _ask_of_most(heard, can_ask, not_understood)
    if heard.has("ask", "result"):
        return Ask.RESULT
    if heard.has("statistic") and heard.has("group", "day") and _names_something(heard):
        return Ask.COUNT
    if heard.said.get("statistic") == ["total"] and _names_something(heard) and not heard.has("unit"):
        if heard.has("won") and not heard.has("subject"):
            raise not_understood(
                f"not in the record: did not understand whether how many or how much; {can_ask}"
            )
        return Ask.COUNT
    if heard.has("unit") and heard.has("statistic"):
        return Ask.RESULT
    if heard.has("statistic") and (heard.has("subject", "trades") or heard.has("won") or heard.has("kind")):
        return Ask.RESULT
    if heard.has("verb", "do") and (heard.has("verb", "how") or heard.has("kind")):
        return Ask.RESULT
    if heard.has("verb", "how") and _asks_of_all(heard, period):
        return Ask.RESULT
    if heard.has("ask") or _names_something(heard):
        return Ask.LIST
    if heard.has("verb", "do") or period.is_moment:
        return Ask.LIST
    raise not_understood(f"not in the record: did not understand what is asked; {can_ask}")


def _ask_of_most(heard: Heard, can_ask: str, not_understood: Refusal) -> Ask:
    """Most of what: of a group's count, or of money."""
    is_money = heard.has("ask", "result") or (heard.has("verb", "do") and not _names_something(heard))
    if heard.has("group") and not is_money:
        return Ask.COUNT
    if not is_money and not heard.has("won"):
        raise not_understood(f"not in the record: did not understand most of what; {can_ask}")
    return Ask.EXTREME


def _asks_of_all(heard: Heard, period: Period) -> bool:
    """How something was, where nothing but a symbol, a regime or a time is named."""
    is_named = period != Period() or any(heard.has(slot) for slot in ("symbol", "regime", "run"))
    return is_named and set(heard.said) <= {"verb", "symbol", "regime", "run", "isnow", "world"}


def _is_amount(heard: Heard) -> bool:
    """Whether "how many" asks how much: of bps, of money, of a streak."""
    if heard.has("unit"):
        return True
    counted = ("subject", "action", "probe", "result", "exit", "kind", "route", "rule", "untaken", "bounded")
    is_figure = _is_measured(heard) and not heard.has("measure", Measure.SHARE)
    return is_figure and not any(heard.has(slot) for slot in counted)


def _is_measured(heard: Heard) -> bool:
    """Whether a figure of trades is named; "paid" and "cost" alone mean fees."""
    return heard.has("measure") or (heard.has("spent") and not heard.has("won"))


def _says_nothing_else(heard: Heard) -> bool:
    return set(heard.said) <= {"verb", "isnow", "last"}


def _names_something(heard: Heard) -> bool:
    slots = (
        "subject",
        "action",
        "probe",
        "won",
        "result",
        "exit",
        "kind",
        "route",
        "rule",
        "untaken",
        "bounded",
    )
    return any(heard.has(slot) for slot in slots)


def _is_of_groups(heard: Heard) -> bool:
    """Whether the groups themselves are counted: "how many symbols"."""
    return heard.has("group") and not _names_something(heard) and _direction(heard) is None


def _require_counted(heard: Heard, ask: Ask, not_understood: Refusal, can_ask: str) -> None:
    """Refuse to count what was not named."""
    if ask is Ask.COUNT and not _names_something(heard) and not heard.has("group"):
        raise not_understood(f"not in the record: did not understand what shall be counted; {can_ask}")


def _require_answerable(heard: Heard, ask: Ask, subject: Subject) -> None:
    """Refuse a condition that the answer would have to overlook."""
    if ask in (Ask.RESULT, Ask.EXTREME) and heard.has("group", "rule"):
        raise NotInRecord(
            "not in the record as a result of trades: a rule refuses, it does not trade; ask which rule refused "
            "most, or see what each was worth in keeper ledger"
        )
    if heard.has("groupcount") and any(
        heard.has(slot) for slot in ("won", "measure", "result", "best", "most")
    ):
        raise NotInRecord(
            "not in the record as one figure: groups are counted whole; ask for the result by symbol, hour or day"
        )
    is_of_one = (heard.has("group", "symbol") and heard.has("symbol")) or (
        heard.has("group", "regime") and heard.has("regime")
    )
    if is_of_one and _direction(heard) is not None:
        raise NotInRecord(
            "not in the record as one answer: one of them is named, and all are ranked; ask which was best, "
            "or how that one did"
        )
    if ask is Ask.EXTREME and heard.has("group") and heard.has("ranked"):
        raise NotInRecord(
            "not in the record as one answer: the question ranks trades and groups at once; ask for the best "
            "trades, or for the best group"
        )
    trade_measure = heard.has("measure") and not heard.has("measure", Measure.SHARE)
    if ask is Ask.COUNT and trade_measure and not heard.has("unit"):
        raise NotInRecord(
            "not in the record as one figure: the question asks how many and how much at once; ask one of them"
        )
    if ask is Ask.LIST and {"fills", "orders"} & set(heard.said.get("subject", [])):
        raise NotInRecord(
            "not in the record as a list: fills and orders are counted; keeper explain shows those of a decision"
        )
    slots: tuple[str, ...] = ()
    if subject in (Subject.FILLS, Subject.ORDERS):
        slots = (*ON_TRADES, "group", "untaken", "rule")
    elif subject in (Subject.LESSONS, Subject.PARAMETERS, Subject.STRATEGIES):
        ranks = ("best", "most", "length", "measure", "statistic")
        slots = (*ON_TRADES, "action", "probe", "run", "group", "untaken", "rule", *ranks)
    elif subject is Subject.CONSULTATIONS:
        slots = (*ON_TRADES, "action", "probe", "untaken", "rule", "regime")
    elif ask is Ask.HOLDING:
        figures = ("measure", "statistic", "best", "most", "length")
        slots = (*ON_TRADES, "group", "untaken", "rule", "regime", "route", *figures)
    foreign = [slot for slot in slots if heard.has(slot)]
    if foreign == ["group"] and heard.has("group", "provider"):
        foreign = []
    if foreign:
        names = {"won": "win or loss", "run": "run", "kind": "paper or taken", "untaken": "action"}
        told = ", ".join(names.get(slot, slot) for slot in foreign)
        what = "what is held" if ask is Ask.HOLDING else subject.value
        raise NotInRecord(
            f"not in the record: {what} cannot be told apart by {told}; leave that out of the question"
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
    if _is_of_trades(heard) or _direction(heard) is not None:
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


def _direction(heard: Heard) -> bool | None:
    if heard.has("best"):
        return bool(heard.one("best"))
    if heard.has("length"):
        return bool(heard.one("length"))
    if not heard.has("most"):
        return None
    return bool(heard.one("most"))


def _require_bounded(heard: Heard, ask: Ask, limit: object | None) -> None:
    """Refuse "recent" where it bounds what is counted or measured and nobody can say by how much."""
    is_bounding = heard.has("last") and limit is None and not heard.has("alone")
    if is_bounding and ask in (Ask.COUNT, Ask.RESULT, Ask.EXTREME, Ask.BRAINS):
        raise NotInRecord(
            "not in the record as asked: how many of the last, or since when? ask for example "
            '"how did the last 10 trades go" or "in the last 24 hours"'
        )


def _newest(heard: Heard, ask: Ask, limit: object | None) -> int | None:
    """How many of the newest count and are measured; all of them where that is not said."""
    if ask not in (Ask.COUNT, Ask.RESULT) or not (heard.has("last") or limit is not None):
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
