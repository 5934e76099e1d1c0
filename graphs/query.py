"""Answering questions from the record: typed query, parameterised reads, cited decisions.

Every figure is recomputed from the rows at hand. What the record does not hold is said to
be missing, with exit code 6; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from graphs.answers import MOST_CITED, Answer, Told, cited, describe
from graphs.comparing import compare
from graphs.consulted import consulted
from graphs.counting import count, listed
from graphs.fields import field
from graphs.learned import answer_learned
from graphs.reading.desk import agree, by_parts, form_of, outranks, unaccounted
from graphs.referring import name_of
from graphs.refusing import refusing_in
from graphs.results import extreme, result
from graphs.standing import holding
from graphs.taught import strategies
from graphs.whys import nearest, why
from memory.asked import first_decision_time, models
from memory.lookup import DecisionFilter
from memory.spending import SpendCaps
from memory.statistics import decision_facts, last_decision_time, last_run, symbols
from memory.store import Store
from prompts.queries import Ask, Query, Subject
from prompts.questions import (
    NotUnderstood,
    follows_on,
    may_name_model,
    parse_question,
    referred,
    refers_back,
    shown_place,
)
from prompts.reading.absent import absent_topic
from prompts.reading.doubled import two_questions
from prompts.reading.forms import Form
from prompts.vietnamese import is_vietnamese
from prompts.vietnamese_answers import in_vietnamese
from tools.domain.clock import iso
from tools.domain.errors import BadUsage, NotInRecord

CAN_ASK = """What can be asked, in English or Vietnamese:
  how many decisions, entries, skips, probes, orders, fills, trades, wins, losses; by symbol, hour, day, rule
  how did you do; what did you make after fees; win rate, median, drawdown, streaks, holding time
  the best, worst, longest or last trades; which symbol, hour, rule or route was best or stopped most
  why a decision (its id, a symbol, a time), why not
  compare two symbols, days or regimes; what would have happened on paper
  what was learned, which parameter changed and why, how often a brain was asked and what it cost
  what is held now; and after an answer: and yesterday? why? the second one?"""
LEARNED = (Subject.LESSONS, Subject.PARAMETERS, Subject.STRATEGIES)


@dataclass(frozen=True, slots=True)
class Asking:
    """What is around a question.

    Attributes:
        now: What today is, nanoseconds.
        before: Questions asked before, which a follow-up builds on, oldest first.
        shown: Decisions that the last answer showed, which "the second one" means.
        caps: What brains may cost; None where it is not known.
    """

    now: int
    before: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    caps: SpendCaps | None = None


def answer(
    store: Store,
    question: str,
    now: int,
    before: Sequence[str] = (),
    *,
    shown: Sequence[str] = (),
    caps: SpendCaps | None = None,
) -> Answer:
    """The answer to ``question`` from what is in memory.

    Args:
        store: The record; reading is enough.
        question: In plain words, English or Vietnamese.
        now: What today is, nanoseconds.
        before: Questions asked before, which a follow-up builds on.
        shown: Decisions that the last answer cited.
        caps: What brains may cost.

    Raises:
        NotInRecord: It was not understood, or the record does not reach there.
        BadUsage: It names an impossible date, time or number.
    """
    asking = Asking(now, tuple(before), tuple(shown), caps)
    with refusing_in(question):
        return answer_by_rules(store, question, asking)


def answer_by_rules(store: Store, question: str, asking: Asking) -> Answer:
    """The answer by whichever of the two readings reads ``question``; by its parts where they differ.

    Raises:
        NotUnderstood: Neither reads it.
        NotInRecord: The record does not reach there.
        BadUsage: It names an impossible date, time or number.
    """
    topic = absent_topic(question)
    if topic:
        raise NotInRecord(f'not in the record: Keeper keeps nothing of "{topic}"')
    halves = two_questions(question)
    if halves is not None:
        return _both(store, question, halves, asking)
    name = _name_before(store, question, asking)
    form = _form(store, question, asking, name)
    try:
        found = answer_query(store, question, understand(store, question, asking, name), asking)
    except (NotInRecord, BadUsage):
        by = by_parts(store, question, form)
        if by is None:
            raise
        return by
    if form is not None and not outranks(form, found):
        return found
    by = by_parts(store, question, form)
    if by is None:
        _require_accounted(store, question, found, asking)
    if by is None and form is not None and _is_of_setting(form):
        raise NotInRecord("not in the record: no such change of a setting")
    return found if by is None or agree(found, by) else by


def _both(store: Store, question: str, halves: tuple[str, str], asking: Asking) -> Answer:
    """The answers to two questions in one, the second as a follow-up of the first; both or none."""
    first = answer_by_rules(store, halves[0], asking)
    after = replace(asking, before=(*asking.before, halves[0]), shown=first.citations)
    second = answer_by_rules(store, halves[1], after)
    return replace(
        second,
        question=question,
        understood=f"{first.understood}; and then: {second.understood}",
        text=f"{first.text}\n{second.text}",
        numbers={"first": first.numbers, "second": second.numbers},
        citations=cited([*first.citations[: MOST_CITED // 2], *second.citations]),
    )


def _form(store: Store, question: str, asking: Asking, name: str) -> Form | None:
    """What the parts of ``question`` ask, of what was asked before it where it builds on that."""
    if asking.before and shown_place(question) is not None:
        return None
    if name:
        return form_of(store, referred(question, name), asking.now)
    is_building = bool(asking.before) and (follows_on(question) or refers_back(question))
    return form_of(store, question, asking.now, asking.before if is_building else ())


def _name_before(store: Store, question: str, asking: Asking) -> str:
    """What a pronoun of ``question`` stands for; empty where it has none, or nothing one can name.

    After an answer that names nothing it stands for what the pronoun of that question stood for.

    Raises:
        NotInRecord: What it refers back to has no answer.
    """
    if not asking.before or not refers_back(question):
        return ""
    try:
        last = answer(store, asking.before[-1], asking.now, asking.before[:-1])
    except NotInRecord as missing:
        raise NotInRecord(f"not in the record: what it refers back to has no answer ({missing})") from missing
    name = name_of(last, asking.shown)
    if name is not None:
        return name
    return _name_before(store, asking.before[-1], replace(asking, before=asking.before[:-1], shown=()))


def _is_of_setting(form: Form) -> bool:
    return form.attribute == "reason" and any(one.column == "parameter" for one in form.where)


def _require_accounted(store: Store, question: str, found: Answer, asking: Asking) -> None:
    """Refuse what answers less than was asked."""
    left = [] if asking.before else unaccounted(store, question, found, asking.now)
    if left:
        raise NotUnderstood(f'not in the record as asked: no answer accounts for "{", ".join(left)}"')


def understand(store: Store, question: str, asking: Asking, name: str = "") -> Query:
    """The query that ``question`` means by the rules; a pronoun of it stands for ``name``.

    Raises:
        NotUnderstood: They cannot read it.
        NotInRecord: There is no record, or it names what is not in it.
    """
    newest = last_decision_time(store)
    if newest is None:
        raise NotInRecord(f"not in the record: {store.path} holds no decision yet; keeper run makes some")
    named = _referred(store, question, asking, name) if name else None
    if named is not None:
        return named
    place = shown_place(question) if asking.before else None
    if place is not None:
        return _of_shown(store, place, asking)
    return parse_question(
        question,
        symbols=symbols(store),
        now=asking.now,
        newest=newest,
        before=asking.before,
        oldest=first_decision_time(store),
        models=models(store) if may_name_model(question) else (),
    )


def answer_query(store: Store, question: str, query: Query, asking: Asking) -> Answer:
    """The answer to a typed query, whoever understood it.

    Raises:
        NotInRecord: The record does not reach there.
    """
    run_id = last_run(store) if _is_last_run(query) else None
    query = _in_run(query, run_id)
    for one in [side.query for side in query.sides] or [query]:
        _require_covered(store, one)
    text, numbers, citations = _told(store, query, asking)
    text = in_vietnamese(text) if is_vietnamese(question) else text
    return Answer(question, query, describe(query, run_id), text, numbers, citations)


def _told(store: Store, query: Query, asking: Asking) -> Told:
    if query.ask is Ask.HELP:
        return CAN_ASK, {}, ()
    if query.sides:
        return compare(store, query)
    if query.subject is Subject.STRATEGIES:
        return strategies(store, query, asking.now)
    if query.subject in LEARNED:
        return answer_learned(store, query, asking.now)
    if query.ask is Ask.HOLDING:
        return holding(store, query, asking.now)
    if query.ask is Ask.BRAINS:
        return consulted(store, query, asking.now, asking.caps)
    return _ANSWERS[query.ask](store, query)


def _list(store: Store, query: Query) -> Told:
    text, numbers, ids = listed(store, query)
    text = f"Yes. {text}" if query.is_yes_or_no else text
    if not numbers["n"]:
        return f"None: no {describe(query)}{nearest(store, query)}.", numbers, ()
    return text, numbers, ids


_ANSWERS: Mapping[Ask, Callable[[Store, Query], Told]] = {
    Ask.COUNT: count,
    Ask.FIELD: field,
    Ask.WHY: why,
    Ask.EXTREME: extreme,
    Ask.LIST: _list,
    Ask.RESULT: result,
}


def _referred(store: Store, question: str, asking: Asking, name: str) -> Query | None:
    """The query in which a pronoun is the name, or the decision, that the last answer came down to.

    None where the question asks nothing but why of it.
    """
    known = {"symbols": symbols(store), "now": asking.now, "newest": last_decision_time(store)}
    known |= {"models": models(store) if may_name_model(question) else ()}
    try:
        text = referred(question, name)
        query = parse_question(
            text,
            **known,  # type: ignore[arg-type]
            before=asking.before,
            oldest=first_decision_time(store),
            is_referring=True,
        )
    except (NotUnderstood, BadUsage):
        return None
    return None if query.ask in (Ask.WHY, Ask.LIST) and query.decision is None else query


def _of_shown(store: Store, place: int, asking: Asking) -> Query:
    """The query on one of the decisions that were just shown.

    Raises:
        NotInRecord: So many were not shown.
    """
    shown = asking.shown
    if not shown:
        last, before = asking.before[-1], asking.before[:-1]
        shown = answer(store, last, asking.now, before).citations
    if not 1 <= (place if place > 0 else len(shown)) <= len(shown):
        raise NotInRecord(f"not in the record as asked: the last answer showed {len(shown)} decisions")
    return Query(
        Ask.WHY,
        Subject.DECISIONS,
        DecisionFilter(),
        decision=shown[place - 1 if place > 0 else -1],
        is_follow_up=True,
    )


def _is_last_run(query: Query) -> bool:
    return query.is_last_run or any(side.query.is_last_run for side in query.sides)


def _in_run(query: Query, run_id: str | None) -> Query:
    if run_id is None:
        return query
    sides = tuple(replace(side, query=_in_run(side.query, run_id)) for side in query.sides)
    return replace(query, where=replace(query.where, run_id=run_id), sides=sides)


def _require_covered(store: Store, query: Query) -> None:
    """A period in which nothing was decided is outside the record; a zero there would mislead."""
    where = query.where
    is_open = where.ts_from is None and where.ts_to is None
    if (
        is_open
        or query.ask in (Ask.LEARNED, Ask.HELP, Ask.HOLDING)
        or query.is_moment
        or query.subject in LEARNED
    ):
        return
    period = DecisionFilter(world=where.world, run_id=where.run_id, ts_from=where.ts_from, ts_to=where.ts_to)
    if not decision_facts(store, period, newest=1):
        start = "the beginning" if where.ts_from is None else iso(where.ts_from)
        end = "the end" if where.ts_to is None else iso(where.ts_to)
        newest = last_decision_time(store, where.world)
        last = "" if newest is None else f"; the last one was at {iso(newest)}"
        raise NotInRecord(f"not in the record: no decision from {start} to {end}{last}")
