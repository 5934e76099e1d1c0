"""What a question may not ask at once: a condition that the answer would have to overlook is refused."""

from __future__ import annotations

from prompts.asks import Refusal, direction_of, names_something
from prompts.hearing import Heard
from prompts.queries import Ask, Measure, Subject
from tools.domain.errors import NotInRecord

_OF_BRAINS = {"symbol", "day", "hour", "week", "weekday", "month", "provider"}
ON_TRADES = ("won", "result", "exit", "kind", "bounded")


def require_counted(heard: Heard, ask: Ask, not_understood: Refusal, can_ask: str) -> None:
    """Refuse to count what was not named."""
    is_named = names_something(heard) or heard.has("group") or heard.has("parameter")
    if ask is Ask.COUNT and not is_named:
        raise not_understood(f"not in the record: did not understand what shall be counted; {can_ask}")


def require_heeded(heard: Heard, ask: Ask, subject: Subject) -> None:
    """Refuse what was said of a value, a standing or a bound where the answer is about something else."""
    learned = (Subject.LESSONS, Subject.PARAMETERS, Subject.STRATEGIES)
    of_rows = (Ask.COUNT, Ask.RESULT, Ask.EXTREME, Ask.LIST, Ask.FIELD)
    told = [str(one) for one in heard.said.get("field", [])]
    if told and (ask is not Ask.FIELD or heard.has("measure") or heard.has("length")):
        raise NotInRecord(
            f"not in the record as one answer: the question asks for {told[0].replace('_', ' ')} "
            "and for something else at once; ask for one of them"
        )
    if heard.has("standing") and subject not in learned:
        raise NotInRecord(
            f"not in the record: {subject.value} do not stand as {heard.said['standing'][0]}; lessons, "
            "strategies and parameters do"
        )
    is_of_rows = ask in of_rows and subject not in (*learned, Subject.FILLS, Subject.ORDERS)
    if heard.has("within") and not is_of_rows:
        raise NotInRecord(
            f"not in the record: {subject.value} cannot be bounded by an amount; "
            "leave that out of the question"
        )


def require_answerable(heard: Heard, ask: Ask, subject: Subject) -> None:
    """Refuse a condition that the answer would have to overlook."""
    require_heeded(heard, ask, subject)
    if heard.has("oldest") and ask in (Ask.COUNT, Ask.RESULT, Ask.EXTREME, Ask.BRAINS):
        raise NotInRecord(
            "not in the record as asked: the first of them is listed, not counted; ask for the first "
            "trade, or name the time"
        )
    if heard.has("rule") and heard.has("spent") and ask is Ask.RESULT:
        raise NotInRecord(
            "not in the record as a result of trades: keeper ledger says what each rule was worth"
        )
    if ask in (Ask.RESULT, Ask.EXTREME) and heard.has("group", "rule"):
        raise NotInRecord(
            "not in the record as a result of trades: a rule refuses, it does not trade; ask which rule "
            "refused most, or see what each was worth in keeper ledger"
        )
    if heard.has("groupcount") and any(
        heard.has(slot) for slot in ("won", "measure", "result", "best", "most")
    ):
        raise NotInRecord(
            "not in the record as one figure: groups are counted whole; ask for the result by symbol, hour "
            "or day"
        )
    is_of_one = (heard.has("group", "symbol") and heard.has("symbol")) or (
        heard.has("group", "regime") and heard.has("regime")
    )
    if is_of_one and direction_of(heard) is not None:
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
            "not in the record as one figure: the question asks how many and how much at once; "
            "ask one of them"
        )
    if ask is Ask.LIST and {"fills", "orders"} & set(heard.said.get("subject", [])):
        raise NotInRecord(
            "not in the record as a list: fills and orders are counted; keeper explain shows those "
            "of a decision"
        )
    slots: tuple[str, ...] = ()
    if subject in (Subject.FILLS, Subject.ORDERS):
        slots = (*ON_TRADES, "group", "untaken", "rule", "limited")
    elif subject in (Subject.LESSONS, Subject.PARAMETERS, Subject.STRATEGIES):
        ranks = _ranks_of(heard, subject)
        slots = (*ON_TRADES, "action", "probe", "run", "group", "untaken", "rule", "limited", *ranks)
        if subject is Subject.STRATEGIES and direction_of(heard) is not None:
            slots = tuple(slot for slot in slots if slot != "won")
    elif subject is Subject.CONSULTATIONS:
        slots = (
            *(slot for slot in ON_TRADES if slot != "result"),
            "action",
            "probe",
            "untaken",
            "rule",
            "regime",
        )
        slots = (*slots, "limited")
        if heard.has("group") and not set(map(str, heard.said["group"])) <= _OF_BRAINS:
            slots = (*slots, "group")
    elif ask is Ask.HOLDING:
        figures = ("measure", "statistic", "best", "most", "length")
        slots = (*ON_TRADES, "group", "untaken", "rule", "regime", "route", "limited", *figures)
    foreign = [slot for slot in slots if heard.has(slot)]
    if subject is Subject.LESSONS and all(heard.has(str(name)) for name in heard.said.get("group", [])):
        foreign = [slot for slot in foreign if slot != "group"]  # "the calm regime" splits nothing
    if foreign == ["group"] and heard.has("group", "provider"):
        foreign = []
    if foreign:
        names = {"won": "win or loss", "run": "run", "kind": "paper or taken", "untaken": "action"}
        told = ", ".join(names.get(slot, slot) for slot in foreign)
        what = "what is held" if ask is Ask.HOLDING else subject.value
        raise NotInRecord(
            f"not in the record: {what} cannot be told apart by {told}; leave that out of the question"
        )


def _ranks_of(heard: Heard, subject: Subject) -> tuple[str, ...]:
    """Figures and ranks that what was learned does not have; a total is only how many there are."""
    ranks = ["best", "most", "length", "measure", "statistic"]
    if heard.said.get("statistic") == ["total"]:
        ranks.remove("statistic")
    if subject in (Subject.STRATEGIES, Subject.PARAMETERS) or heard.has("besteffect"):
        ranks.remove("most")
    if subject is Subject.STRATEGIES or heard.has("besteffect"):
        ranks.remove("best")
    if subject is Subject.STRATEGIES and direction_of(heard) is not None:
        return tuple(one for one in ranks if one not in ("measure",))
    is_of_rate = heard.said.get("measure") == [Measure.WIN_RATE] and subject is Subject.STRATEGIES
    is_of_change = heard.said.get("measure") == [Measure.NET_QUOTE] and subject is Subject.PARAMETERS
    if is_of_rate or (is_of_change and heard.has("parameter")):  # "by how much was it changed"
        ranks.remove("measure")
    return tuple(ranks)


def require_bounded(heard: Heard, ask: Ask, limit: object | None) -> None:
    """Refuse "recent" where it bounds what is counted or measured and nobody can say by how much."""
    is_bounding = heard.has("last") and limit is None and not heard.has("alone")
    if is_bounding and ask in (Ask.COUNT, Ask.RESULT, Ask.EXTREME, Ask.BRAINS):
        raise NotInRecord(
            "not in the record as asked: how many of the last, or since when? ask for example "
            '"how did the last 10 trades go" or "in the last 24 hours"'
        )
