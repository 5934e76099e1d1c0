"""What a question may not ask at once: a condition that the answer would have to overlook is refused."""

from __future__ import annotations

from prompts.asks import Refusal, direction_of, names_something
from prompts.hearing import Heard
from prompts.queries import Ask, Measure, Subject
from tools.domain.errors import NotInRecord

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
        slots = (*ON_TRADES, "group", "untaken", "rule")
    elif subject in (Subject.LESSONS, Subject.PARAMETERS, Subject.STRATEGIES):
        ranks = ("best", "most", "length", "measure", "statistic")
        slots = (*ON_TRADES, "action", "probe", "run", "group", "untaken", "rule", *ranks)
    elif subject is Subject.CONSULTATIONS:
        slots = (*ON_TRADES, "action", "probe", "untaken", "rule", "regime", "group")
    elif ask is Ask.HOLDING:
        figures = ("measure", "statistic", "best", "most", "length")
        slots = (*ON_TRADES, "group", "untaken", "rule", "regime", "route", *figures)
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


def require_bounded(heard: Heard, ask: Ask, limit: object | None) -> None:
    """Refuse "recent" where it bounds what is counted or measured and nobody can say by how much."""
    is_bounding = heard.has("last") and limit is None and not heard.has("alone")
    if is_bounding and ask in (Ask.COUNT, Ask.RESULT, Ask.EXTREME, Ask.BRAINS):
        raise NotInRecord(
            "not in the record as asked: how many of the last, or since when? ask for example "
            '"how did the last 10 trades go" or "in the last 24 hours"'
        )
