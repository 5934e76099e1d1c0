"""What a model may propose a question means: a typed query, checked strictly, and nothing else.

A model's text is untrusted. It names what to read; every figure is worked out from the record
afterwards. It cannot name a symbol, an id or a parameter that the question does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from memory.lookup import DecisionFilter
from prompts.answers import LONGEST_TEXT, AnswerRejected, ClaimRejected, first_fault
from prompts.hearing import named_symbols
from prompts.measuring import OF_BRAINS, OF_COUNTS
from prompts.periods import Period, cut_periods
from prompts.queries import FEW, MOST_LISTED, Ask, Measure, Query, Side, Subject
from prompts.vietnamese import is_vietnamese, to_english
from tools.domain.clock import NS
from tools.domain.errors import BadUsage
from tools.domain.parameter import SPECS
from tools.domain.regime import Regime
from tools.domain.trading import Action, Result, Route

NONE = "none"
GROUPS = ("symbol", "route", "regime", "action", "rule", "result", "hour", "day", "weekday", "week", "month")
RULE_NAMES = ("data", "mm_confidence", "spoofing", "payoff")
PROVIDERS = ("openai", "anthropic", "local")
OF_TRADES = tuple(one for one in Measure if one not in (*OF_BRAINS, *OF_COUNTS))
MOST_SYMBOLS = 6
_ID = re.compile(r"\bd_[0-9a-z]+\b")
_Short = Annotated[str, Field(max_length=64)]


class Kind(StrEnum):
    """Whether real trades or trades followed on paper are meant."""

    TAKEN = "taken"
    PAPER = "paper"


class ProposedQuery(BaseModel):
    """What a model says a question means; ``none`` or an empty text leaves a field open."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    is_answerable: bool
    ask: _Short
    subject: _Short
    symbols: Annotated[tuple[_Short, ...], Field(max_length=MOST_SYMBOLS)]
    action: _Short
    route: _Short
    regime: _Short
    result: _Short
    won: _Short
    rule: _Short
    kind: _Short
    is_probe: bool
    group: _Short
    measure: _Short
    direction: _Short
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)]
    from_utc: _Short
    to_utc: _Short
    is_last_run: bool
    parameter: _Short
    decision: _Short
    provider: _Short


def proposal_schema(*, is_bounded: bool = False) -> dict[str, object]:
    """The proposal as JSON schema."""
    text: dict[str, object] = {"type": "string", **({"maxLength": 40} if is_bounded else {})}
    most: dict[str, object] = {"maxItems": MOST_SYMBOLS} if is_bounded else {}
    properties: dict[str, object] = {
        "is_answerable": {"type": "boolean"},
        **{name: {"type": "string", "enum": [*values]} for name, values in _CHOICES.items()},
        "symbols": {"type": "array", "items": text, **most},
        **{name: {"type": "boolean"} for name in ("is_probe", "is_last_run")},
        "limit": {"type": "integer"},
        **dict.fromkeys(("from_utc", "to_utc", "parameter", "decision"), text),
    }
    return {
        "type": "object",
        "properties": {name: properties[name] for name in ProposedQuery.model_fields},
        "required": [*ProposedQuery.model_fields],
        "additionalProperties": False,
    }


def read_proposal(text: str, question: str, symbols: Sequence[str], now: int) -> Query | None:
    """The query that a model's ``text`` proposes for ``question``; None where it says there is none.

    Raises:
        AnswerRejected: The text is no proposal, or one that no record can answer.
        ClaimRejected: It names what the question does not.
    """
    if len(text) > LONGEST_TEXT:
        raise AnswerRejected(f"expected at most {LONGEST_TEXT} characters, was {len(text)}")
    try:
        proposed = ProposedQuery.model_validate_json(text)
    except ValidationError as fault:
        raise AnswerRejected(first_fault(fault)) from fault
    _require_choices(proposed)
    if not proposed.is_answerable:
        return None
    _require_named(proposed, question, symbols)
    return _query(proposed, _period(proposed, question, now))


def _require_choices(proposed: ProposedQuery) -> None:
    for name, choices in _CHOICES.items():
        if getattr(proposed, name) not in choices:
            raise AnswerRejected(f"{name}: expected one of {', '.join(choices)}"[:200])


def _require_named(proposed: ProposedQuery, question: str, symbols: Sequence[str]) -> None:
    """Every name must be the question's, and every symbol of the question must be heeded."""
    named = named_symbols(question, symbols)
    if set(proposed.symbols) != named:
        told = ", ".join(sorted(named)) or "none"
        raise ClaimRejected(f"the question names these symbols: {told}"[:200])
    if proposed.decision and proposed.decision not in _ID.findall(question.lower()):
        raise ClaimRejected("names a decision that the question does not name")
    if proposed.parameter and proposed.parameter not in SPECS:
        raise ClaimRejected("names an unknown parameter")


def _period(proposed: ProposedQuery, question: str, now: int) -> Period:
    """The period the rules read in the question; where they read none, the one proposed."""
    lower = question.lower()
    try:
        _, periods = cut_periods(to_english(lower) if is_vietnamese(lower) else lower, now, now)
    except ValueError as fault:
        raise AnswerRejected(f"the question names no time that exists: {fault}") from fault
    if periods:
        return periods[0]
    low, high = _instant(proposed.from_utc), _instant(proposed.to_utc)
    if (low is not None and low > now) or (low is not None and high is not None and low >= high):
        raise AnswerRejected("expected a period that has begun and does not end before it begins")
    return Period(low, high)


def _instant(text: str) -> int | None:
    if text in ("", NONE):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise AnswerRejected(f"expected a time such as 2024-08-08T22:00:00Z, was {text[:40]!r}") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) * NS


def _query(proposed: ProposedQuery, period: Period) -> Query:
    ask, subject = Ask(proposed.ask), Subject(proposed.subject)
    measure = None if proposed.measure == NONE else Measure(proposed.measure)
    subject = _fitting_subject(ask, subject)
    _require_fitting(ask, subject, proposed, measure)
    is_trades = subject is Subject.TRADES
    where = _where(
        proposed, period, "shadow" if proposed.kind == Kind.PAPER else "taken" if is_trades else None
    )
    query = Query(
        ask=ask,
        subject=subject,
        where=where,
        group=_open(proposed.group),
        result=None if proposed.result == NONE else Result(proposed.result),
        won={"won": True, "lost": False}.get(proposed.won),
        best={"best": True, "worst": False}.get(proposed.direction),
        limit=1
        if ask is Ask.EXTREME and proposed.group == NONE and proposed.limit == FEW
        else proposed.limit,
        is_moment=period.is_moment,
        is_last_run=proposed.is_last_run,
        is_untaken=proposed.action == "untaken",
        decision=_open(proposed.decision),
        parameter=_open(proposed.parameter),
        rule=_open(proposed.rule),
        measure=measure,
        provider=_open(proposed.provider),
    )
    return _of_symbols(query, proposed.symbols)


def _where(proposed: ProposedQuery, period: Period, kind: str | None) -> DecisionFilter:
    try:
        return DecisionFilter(
            symbol=proposed.symbols[0] if len(proposed.symbols) == 1 else None,
            action=Action(proposed.action) if proposed.action in set(Action) else None,
            route=None if proposed.route == NONE else Route(proposed.route),
            regime=_regime(proposed.regime),
            is_probe=True if proposed.is_probe else None,
            kind=kind,
            ts_from=period.ts_from,
            ts_to=period.ts_to,
        )
    except BadUsage as fault:
        raise AnswerRejected(str(fault)) from fault


def _fitting_subject(ask: Ask, subject: Subject) -> Subject:
    """Results and ranks are of trades, whatever was said."""
    if ask in (Ask.RESULT, Ask.EXTREME):
        return Subject.TRADES
    return Subject.CONSULTATIONS if ask is Ask.BRAINS else subject


def _require_fitting(ask: Ask, subject: Subject, proposed: ProposedQuery, measure: Measure | None) -> None:
    """Refuse a condition that the answer would have to overlook."""
    ends = proposed.result != NONE or proposed.won != NONE
    if ends and (ask not in (Ask.COUNT, Ask.LIST, Ask.RESULT, Ask.EXTREME) or subject is not Subject.TRADES):
        raise AnswerRejected("won and result are of trades")
    allowed: tuple[Measure, ...] = {
        Ask.RESULT: OF_TRADES,
        Ask.EXTREME: OF_TRADES,
        Ask.BRAINS: OF_BRAINS,
        Ask.COUNT: OF_COUNTS,
    }.get(ask, ())
    if measure is not None and measure not in allowed:
        raise AnswerRejected(f"measure {measure} does not fit {ask}")
    if proposed.group != NONE and ask not in (Ask.COUNT, Ask.RESULT, Ask.EXTREME):
        raise AnswerRejected(f"{ask} cannot be split")
    if len(proposed.symbols) > 1 and ask not in (Ask.COUNT, Ask.RESULT):
        raise AnswerRejected(f"{ask} is of one symbol at a time")
    if ask is Ask.LEARNED and subject not in (Subject.LESSONS, Subject.PARAMETERS, Subject.STRATEGIES):
        raise AnswerRejected("what was learned is lessons, parameters or strategies")


def _of_symbols(query: Query, symbols: Sequence[str]) -> Query:
    """The query, comparing where several symbols are named."""
    if len(symbols) < 2:
        return query
    sides = tuple(
        Side(name, replace(query, where=replace(query.where, symbol=name), best=None)) for name in symbols
    )
    return replace(query, sides=sides)


def _regime(name: str) -> Regime | None:
    return next((one for one in Regime if one.label == name), None)


def _open(text: str) -> str | None:
    return None if text in ("", NONE) else text


_CHOICES: dict[str, tuple[str, ...]] = {
    "ask": tuple(one.value for one in Ask),
    "subject": tuple(one.value for one in Subject),
    "action": (NONE, *(one.value for one in Action), "untaken"),
    "route": (NONE, *(one.value for one in Route)),
    "regime": (NONE, "calm", "volatile", "trending", "panic"),
    "result": (NONE, *(one.value for one in Result)),
    "won": (NONE, "won", "lost"),
    "rule": (NONE, *RULE_NAMES),
    "kind": tuple(one.value for one in Kind),
    "group": (NONE, *GROUPS),
    "measure": (NONE, *(one.value for one in Measure)),
    "direction": (NONE, "best", "worst"),
    "provider": (NONE, *PROVIDERS),
}
