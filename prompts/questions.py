"""From a question in plain words to a typed query; what is not understood is refused, never guessed.

No model takes part. The query holds typed values only, so nothing a person writes ever
becomes part of a statement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from memory.lookup import DecisionFilter
from prompts.hearing import Heard, hear
from prompts.periods import Period, cut_period
from prompts.vietnamese import is_vietnamese, to_english
from prompts.vocabulary import NUMBERS, PHRASES
from tools.domain.errors import BadUsage, NotInRecord
from tools.domain.trading import Action, Result

LONGEST = 400  # characters of a question
MOST_LISTED = 10
FEW = 5
CAN_ASK = (
    "what can be asked: how many (decisions, entries, skips, probes, fills, trades, wins), "
    "why (a decision id, a symbol, a time), the best or worst (trade, symbol, hour, route), "
    "what was learned, what were the last decisions, how did you do"
)
_ID = re.compile(r"\bd_[0-9a-z]+\b")
_LIMIT = re.compile(rf"\b(last|latest|newest|recent|top|best|worst|first) (\d+|{'|'.join(NUMBERS)})\b")
_WORD = re.compile(r"[\w./'-]+")
_FOLLOWING = re.compile(
    r"(and|what about|how about|also|but|only|of those|of these|còn|thế còn|vậy còn|và|con|the con)\b"
    r"|(why|how come|tại sao|vì sao|tai sao|vi sao)\W*$"
)


class Ask(StrEnum):
    """Kinds of question."""

    COUNT = "count"
    WHY = "why"
    EXTREME = "extreme"
    LEARNED = "learned"
    LIST = "list"
    RESULT = "result"


class Subject(StrEnum):
    """What a question is about."""

    DECISIONS = "decisions"
    TRADES = "trades"
    FILLS = "fills"
    ORDERS = "orders"
    LESSONS = "lessons"
    PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it was understood.

    Attributes:
        where: Which decisions; ``kind`` says whether their taken or shadow outcomes are meant.
        group: Split by symbol, route, regime, action, run_id or hour.
        result: How the trades ended.
        won: Only trades that made, or did not make, money after costs.
        best: Best or worst; for grouped counts most or fewest.
        limit: How many to show.
        is_moment: Whether the period is a time of day.
        is_last_run: Whether only the newest run counts.
        is_exit: Whether the exit rather than the entry is asked about.
        is_untaken: Only decisions that were no entries.
        decision: Decision id, or the beginning of one.
        parameter: Name of a parameter.
        rule: Only decisions that this hard rule refused.
        is_fees: Whether the fees are asked about.
    """

    ask: Ask
    subject: Subject
    where: DecisionFilter
    group: str | None = None
    result: Result | None = None
    won: bool | None = None
    best: bool | None = None
    limit: int = FEW
    is_moment: bool = False
    is_last_run: bool = False
    is_exit: bool = False
    is_untaken: bool = False
    decision: str | None = None
    parameter: str | None = None
    rule: str | None = None
    is_fees: bool = False


def parse_question(
    text: str,
    *,
    symbols: Sequence[str],
    now: int,
    newest: int | None,
    before: Sequence[str] = (),
) -> Query:
    """The query that ``text`` asks.

    Args:
        text: The question.
        symbols: Symbols in the record.
        now: What today is, nanoseconds.
        newest: Time of the newest decision in the record.
        before: Questions asked before, oldest first: what they said holds for a question that
            follows on from them (see ``follows_on``) unless it says otherwise.

    Raises:
        BadUsage: There is no question, or it names a date or time that does not exist.
        NotInRecord: It names a symbol not in the record, or was not understood.
    """
    whole, period = Heard(), Period()
    for one in (*before, text) if before and follows_on(text) else (text,):
        heard, named = _hear(one, symbols, now, newest)
        whole, period = whole.then(heard), named if named != Period() else period
    return _query(whole, period)


def follows_on(text: str) -> bool:
    """Whether a question makes sense only after another: "and on ETH?", "why?", "còn hôm qua?"."""
    return bool(_FOLLOWING.match(text.strip().lower()))


def _hear(text: str, symbols: Sequence[str], now: int, newest: int | None) -> tuple[Heard, Period]:
    """The words of one question and the period it names."""
    if not text.strip() or len(text) > LONGEST:
        raise BadUsage(f"expected a question of 1 to {LONGEST} characters, was {len(text.strip())}")
    rest, heard = to_english(text) if is_vietnamese(text) else text, Heard()
    for name in _ID.findall(rest.lower()):
        heard.add("decision", name)
    rest = _ID.sub(" ", rest.lower())
    try:
        rest, period = cut_period(rest, now, newest)
    except ValueError as error:
        raise BadUsage(f"expected a date like 2024-08-08 or a time like 23:58: {error}") from None
    for number in _LIMIT.findall(rest):
        heard.add("limit", NUMBERS.get(number[1]) or int(number[1]))
    rest = _LIMIT.sub(r"\1", rest)
    for phrase, word in PHRASES.items():
        rest = re.sub(rf"\b(?:{phrase})\b", f" {word} ", rest)
    for word in _WORD.findall(rest):
        hear(word.strip(".'-/"), heard, symbols)
    if heard.strange:
        words = ", ".join(f'"{word}"' for word in heard.strange)
        known = ", ".join(symbols) or "none"
        raise NotInRecord(f"did not understand {words}; {CAN_ASK}; symbols in the record: {known}")
    return heard, period


def _query(heard: Heard, period: Period) -> Query:
    ask = _ask(heard, period)
    if ask is Ask.LIST and _group(heard) is not None:
        ask = Ask.COUNT
    subject = _subject(heard, ask)
    _require_answerable(heard, ask, subject)
    where = DecisionFilter(
        symbol=_text(heard.one("symbol")),
        action=_action(heard),
        route=heard.one("route"),  # type: ignore[arg-type]
        regime=heard.one("regime"),  # type: ignore[arg-type]
        world=_text(heard.one("world")),
        is_probe=True if heard.has("probe") else None,
        kind=_kind(heard) if subject is Subject.TRADES else None,
        ts_from=period.ts_from,
        ts_to=period.ts_to,
    )
    limit = heard.one("limit")
    return Query(
        ask=ask,
        subject=subject,
        where=where,
        group=_group(heard),
        result=heard.one("result"),  # type: ignore[arg-type]
        won=None if ask in (Ask.EXTREME, Ask.RESULT) else heard.one("won"),  # type: ignore[arg-type]
        best=_direction(heard),
        limit=_limit(limit if isinstance(limit, int) else None, ask, heard),
        is_moment=period.is_moment,
        is_last_run=heard.has("run"),
        is_exit=heard.has("exit"),
        is_untaken=heard.has("untaken"),
        decision=_text(heard.one("decision")),
        parameter=_text(heard.one("parameter")),
        rule=_text(heard.one("rule")),
        is_fees=ask is Ask.RESULT and (heard.has("measure", "fee") or heard.has("measure", "fees")),
    )


def _ask(heard: Heard, period: Period) -> Ask:
    said = heard.said.get("ask", [])
    is_changed = heard.has("verb", "change") and (
        heard.has("parameter") or heard.has("subject", "parameters")
    )
    if heard.has("ask", "count"):
        return Ask.COUNT
    if heard.has("ask", "learned") or is_changed or heard.has("parameter"):
        return Ask.LEARNED
    if heard.has("ask", "why"):
        return Ask.WHY
    if heard.has("best"):
        return Ask.EXTREME
    if heard.has("most"):
        is_money = heard.has("won") or heard.has("ask", "result") or heard.has("verb", "do")
        return Ask.EXTREME if is_money or not heard.has("group") else Ask.COUNT
    if heard.has("ask", "result"):
        return Ask.RESULT
    if heard.has("verb", "do") and (heard.has("verb", "how") or heard.has("kind")):
        return Ask.RESULT
    if said or heard.has("decision") or _names_something(heard):
        return Ask.WHY if heard.has("decision") else Ask.LIST
    if heard.has("verb", "do") or period.is_moment:
        return Ask.LIST
    raise NotInRecord(f"did not understand what is asked; {CAN_ASK}")


def _require_answerable(heard: Heard, ask: Ask, subject: Subject) -> None:
    """Refuse a condition that the answer would have to overlook."""
    if ask is Ask.EXTREME and heard.has("measure"):
        raise NotInRecord(f"best and worst go by net result after costs, not by {heard.one('measure')}")
    on_trades = ("won", "result", "exit", "kind")
    if subject in (Subject.FILLS, Subject.ORDERS):
        foreign = [slot for slot in (*on_trades, "group", "untaken", "rule") if heard.has(slot)]
    elif subject in (Subject.LESSONS, Subject.PARAMETERS):
        slots = (*on_trades, "action", "probe", "run", "group", "untaken", "rule")
        foreign = [slot for slot in slots if heard.has(slot)]
    else:
        foreign = []
    if foreign:
        names = {"won": "win or loss", "run": "run", "kind": "paper or taken", "untaken": "action"}
        told = ", ".join(names.get(slot, slot) for slot in foreign)
        raise NotInRecord(f"{subject.value} cannot be told apart by {told}; leave that out of the question")


def _names_something(heard: Heard) -> bool:
    slots = ("subject", "action", "probe", "won", "result", "exit", "kind", "route", "rule")
    return any(heard.has(slot) for slot in slots)


def _subject(heard: Heard, ask: Ask) -> Subject:
    named = heard.said.get("subject", [])
    if ask is Ask.LEARNED:
        is_parameter = "parameters" in named or heard.has("parameter")
        return Subject.PARAMETERS if is_parameter else Subject.LESSONS
    if ask is Ask.COUNT and "lessons" in named:
        return Subject.LESSONS
    if ask is Ask.COUNT and "parameters" in named:
        return Subject.PARAMETERS
    for subject in (Subject.FILLS, Subject.ORDERS):
        if subject.value in named and ask is Ask.COUNT:
            return subject
    if ask in (Ask.EXTREME, Ask.RESULT):
        return Subject.TRADES
    if any(heard.has(slot) for slot in ("won", "result", "exit", "kind")) or _direction(heard) is not None:
        is_grouped_count = ask is Ask.COUNT and not any(
            heard.has(s) for s in ("won", "result", "exit", "kind")
        )
        return Subject.TRADES if not is_grouped_count or "trades" in named else Subject.DECISIONS
    is_trade = "trades" in named and ask is not Ask.WHY and not _is_untaken(heard)
    return Subject.TRADES if is_trade else Subject.DECISIONS


def _action(heard: Heard) -> Action | None:
    actions = [action for action in heard.said.get("action", []) if isinstance(action, Action)]
    if heard.has("verb", "decide") and heard.has("verb", "take") and not heard.has("verb", "enter"):
        actions = [action for action in actions if action is not Action.ENTER]
    if heard.has("exit") and not actions:
        return Action.ENTER
    if heard.has("probe") and actions == [Action.ENTER]:
        return None  # a probe is an entry; saying so twice narrows nothing
    if len(actions) > 1 and heard.has("kind"):  # "if you had taken the skipped ones"
        actions = [action for action in actions if action is not Action.ENTER]
    if len(actions) > 1:
        names = " and ".join(action.value for action in actions)
        raise NotInRecord(f"the question names {names} at once; ask about one of them at a time")
    return actions[0] if actions else None


def _is_untaken(heard: Heard) -> bool:
    return heard.has("untaken") or heard.has("action", Action.SKIP) or heard.has("action", Action.ABSTAIN)


def _kind(heard: Heard) -> str:
    return "shadow" if heard.has("kind") or _is_untaken(heard) else "taken"


def _group(heard: Heard) -> str | None:
    """What to split by; "in the volatile regime" names a regime and splits nothing."""
    named = [name for name in heard.said.get("group", []) if not heard.has(str(name))]
    if len(named) > 1:
        raise NotInRecord(f"the question splits by {' and by '.join(map(str, named))}; split by one of them")
    return str(named[0]) if named else None


def _direction(heard: Heard) -> bool | None:
    if heard.has("best"):
        return bool(heard.one("best"))
    if not heard.has("most"):
        return None
    is_loss = heard.has("won", False) and not heard.has("won", True)
    return bool(heard.one("most")) is not is_loss


def _limit(named: int | None, ask: Ask, heard: Heard) -> int:
    if named is not None and not 1 <= named <= MOST_LISTED:
        raise BadUsage(f"expected 1 to {MOST_LISTED} to show, was {named}")
    if named is not None:
        return named
    return 1 if ask is Ask.EXTREME and not heard.has("group") else FEW


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
