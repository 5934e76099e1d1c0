"""Which kind of question it is, by everything that was said; what asks nothing is not understood."""

from __future__ import annotations

from collections.abc import Callable

from prompts.hearing import Heard
from prompts.periods import Period
from prompts.queries import Ask, Measure
from tools.domain.errors import NotInRecord
from tools.domain.trading import Route

Refusal = Callable[[str], NotInRecord]


def ask_of(heard: Heard, period: Period, can_ask: str, not_understood: Refusal) -> Ask:
    """The kind of question.

    Raises:
        NotInRecord: Nothing is asked, by ``not_understood``.
    """
    if heard.has("ask", "help"):
        return Ask.HELP
    if (
        heard.has("provider")
        or heard.has("subject", "consultations")
        or (heard.has("asked") and heard.has("route"))
    ):
        return Ask.BRAINS
    is_of_trades = any(map(heard.has, ("subject", "action", "kind", "won", "probe")))
    if heard.has("spent") and heard.said.get("route") == [Route.LLM] and not is_of_trades:
        return Ask.BRAINS
    if heard.has("asked"):
        raise not_understood(f"not in the record: did not understand who was asked what; {can_ask}")
    is_changed = heard.has("verb", "change") and (
        heard.has("parameter") or heard.has("subject", "parameters") or _says_nothing_else(heard)
    )
    if heard.has("parameter") and not heard.has("verb", "change"):
        return Ask.LEARNED
    if heard.has("field") and not heard.has("ask", "why"):
        return Ask.FIELD
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
    if heard.has("decision") and _is_measured(heard) and not heard.has("ask", "why"):
        return Ask.RESULT
    if heard.has("ask", "why") or heard.has("decision"):
        if heard.has("most") and not heard.has("won"):
            raise not_understood(f"not in the record: did not understand most of what; {can_ask}")
        return Ask.WHY
    if heard.has("ask", "holding"):
        return Ask.HOLDING
    return _ask_of_results(heard, period, can_ask, not_understood)


def _ask_of_results(heard: Heard, period: Period, can_ask: str, not_understood: Refusal) -> Ask:
    """Ranks, results and lists; which is meant depends on what else is said."""
    if heard.said.get("measure") == [Measure.SHARE]:
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
    if heard.has("statistic") and heard.has("group", "day") and names_something(heard):
        return Ask.COUNT
    if heard.said.get("statistic") == ["total"] and names_something(heard) and not heard.has("unit"):
        if heard.has("won") and not heard.has("subject"):
            raise not_understood(
                f"not in the record: did not understand whether how many or how much; {can_ask}"
            )
        return Ask.COUNT
    if heard.has("unit") and heard.has("statistic"):
        return Ask.RESULT
    if heard.has("statistic") and (heard.has("subject", "trades") or heard.has("won") or heard.has("kind")):
        return Ask.RESULT
    if heard.has("kind") and heard.has("won") and not heard.has("ask"):
        return Ask.RESULT
    if heard.has("verb", "do") and (heard.has("verb", "how") or heard.has("kind")):
        return Ask.RESULT
    if heard.has("verb", "how") and _asks_of_all(heard, period):
        return Ask.RESULT
    if heard.has("ask") or names_something(heard):
        return Ask.LIST
    if heard.has("verb", "do") or period.is_moment:
        return Ask.LIST
    raise not_understood(f"not in the record: did not understand what is asked; {can_ask}")


def _ask_of_most(heard: Heard, can_ask: str, not_understood: Refusal) -> Ask:
    """Most of what: of a group's count, or of money."""
    is_money = heard.has("ask", "result") or (heard.has("verb", "do") and not names_something(heard))
    if heard.has("group") and not is_money:
        return Ask.COUNT
    if not is_money and not heard.has("won"):
        raise not_understood(f"not in the record: did not understand most of what; {can_ask}")
    return Ask.EXTREME


def _asks_of_all(heard: Heard, period: Period) -> bool:
    """How something was, where nothing but a symbol, a regime or a time is named."""
    is_named = period != Period() or any(heard.has(slot) for slot in ("symbol", "regime", "run", "route"))
    allowed = {"verb", "symbol", "regime", "run", "isnow", "world", "route"}
    is_split = any(not heard.has(str(name)) for name in heard.said.get("group", []))
    return is_named and not is_split and set(heard.said) - {"group"} <= allowed


def _is_amount(heard: Heard) -> bool:
    """Whether "how many" asks how much: of bps, of money, of a streak."""
    runs = (Measure.STREAK, Measure.PRESENT_STREAK, Measure.HOLDING_TIME)
    if heard.has("unit") or any(heard.has("measure", one) for one in runs):
        return True
    counted = ("subject", "action", "probe", "result", "exit", "kind", "route", "rule", "untaken", "bounded")
    is_figure = _is_measured(heard) and heard.said.get("measure") != [Measure.SHARE]
    return is_figure and not any(heard.has(slot) for slot in counted)


def _is_measured(heard: Heard) -> bool:
    """Whether a figure of trades is named; "paid" and "cost" alone mean fees."""
    return heard.has("measure") or (heard.has("spent") and not heard.has("won"))


def _says_nothing_else(heard: Heard) -> bool:
    return set(heard.said) <= {"verb", "isnow", "last"}


def names_something(heard: Heard) -> bool:
    """Whether it is said what shall be counted or listed."""
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


def is_of_groups(heard: Heard) -> bool:
    """Whether the groups themselves are counted: "how many symbols"."""
    return heard.has("group") and not names_something(heard) and direction_of(heard) is None


def direction_of(heard: Heard) -> bool | None:
    """Whether best or most is asked, or worst or least; None for neither."""
    if heard.has("best"):
        return bool(heard.one("best"))
    if heard.has("length"):
        return bool(heard.one("length"))
    if not heard.has("most"):
        return None
    is_loss = heard.said.get("won") == [False] and not heard.has("group") and not heard.has("ask", "count")
    return bool(heard.one("most")) is not is_loss  # the most that was lost is the worst
