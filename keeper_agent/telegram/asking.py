"""Questions about the past and why a decision was taken, as messages out of the record.

What is shown of the record is in the record's own words; the words around it are the bot's.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from graphs.explanation import explain
from graphs.interpreting import Interpreter, answer_or_ask
from graphs.query import Asking
from keeper_agent.app import CODE_VERSION
from keeper_agent.asked import LASTS_NS, Talk
from keeper_agent.interpreters import open_interpreter
from keeper_agent.settings import Settings
from keeper_agent.telegram.message import Message
from keeper_agent.telegram.words import Words
from memory.account import present
from memory.spending import SpendCaps
from memory.store import Store
from prompts.questions import shown_place
from tools.domain.clock import Clock, SystemStopwatch
from tools.domain.market import plain

LONGEST = 500  # characters of a question
SHOWN = 3  # ids
SILENT = "silent"


class Questions:
    """Answers questions; a follow-up is understood from what the same user asked before."""

    def __init__(self, settings: Settings, words: Words, clock: Clock) -> None:
        self._settings, self._words, self._clock = settings, words, clock
        self._talks: dict[int, tuple[int, Talk]] = {}

    def answer(self, store: Store, user: int, question: str) -> Message:
        """The answer, what was understood, and the decisions it rests on.

        Raises:
            NotInRecord: It was not understood, or the record does not reach there.
            BadUsage: It names an impossible date, time or number.
        """
        now, settings = self._clock.now(), self._settings
        at, talk = self._talks.get(user, (0, Talk()))
        talk = talk if now - at <= LASTS_NS else Talk()
        caps = SpendCaps(
            settings.keeper_brain_usd_per_call,
            settings.keeper_brain_usd_per_day,
            settings.keeper_brain_usd_per_month,
        )
        asking = Asking(present(store, now), talk.questions, talk.shown, caps)
        found = answer_or_ask(store, question, asking, self._interpreter)
        before = talk.questions if found.query.is_follow_up else ()
        said = question if shown_place(question) is None else f"why {found.query.decision}"
        self._talks[user] = now, Talk(before).then(said, found.citations)
        head, *rest = found.text.split("\n")
        lines = [*rest, self._words("ask.understood", text=found.understood)]
        if found.brain is not None:
            who = f"{found.brain.provider} {found.brain.model}"
            lines.append(self._words("ask.brain", who=who, usd=plain(found.brain.cost_usd)))
        if found.citations:
            lines.append(self._words("ask.cited", ids=", ".join(found.citations)))
        return Message(head, lines)

    def _interpreter(self) -> AbstractContextManager[Interpreter | None]:
        return open_interpreter(self._settings, self._clock, SystemStopwatch(), CODE_VERSION)


def why(store: Store, name: str, words: Words) -> Message:
    """Why the decision whose id begins with ``name`` was taken, and what came of it.

    Raises:
        NotInRecord: There is none.
        BadUsage: There is more than one.
    """
    found = explain(store, name)
    then, later = found["known_then"], found["known_later"]
    signal, no = then["signal"], words("unavailable")
    odds, bps = then["probability"], then["expected_bps"]
    lines = [
        words("why.reason", reason=then["reason"]),
        words(f"route.{then['route']}") + (words("probe") if then["is_probe"] else ""),
        words(
            "why.odds",
            odds=no if odds is None else f"{odds:.1%}",
            need=f"{then['breakeven']:.1%}",
            bps=no if bps is None else f"{bps:+.2f}",
        ),
        words("why.levels", entry=signal["entry_price"], target=signal["take_profit"], stop=signal["stop"]),
        *_grounds(then, words),
        _outcome(later["outcome_taken"], words),
    ]
    action = words(f"action.{then['action']}")
    head = {"id": found["decision_id"], "symbol": found["symbol"], "time": found["time"]}
    return Message(words("why.head", action=action, **head), lines)


def _grounds(then: Mapping[str, Any], words: Words) -> list[str]:
    """Votes, memories, what a brain said, and the size with its limits."""
    lines = [
        words("why.vote", component=one["component"], stance=one["stance"], reason=one["reason"])
        for one in then["votes"]
        if one["stance"] != SILENT
    ]
    names = [one["outcome_id"] for one in then["recalled"]]
    ids = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
    lines.append(words("why.memories", n=len(names), ids=ids) if names else words("why.no_memories"))
    for one in then["consultations"]:
        said = one["text"] if one["cause"] is None else one["cause"]
        lines.append(words("why.asked", who=f"{one['provider']} {one['model']}", text=said))
    if then["size_plan"] is not None:
        lines.append(words("why.size", size=then["size_plan"]["size"], reason=then["size_plan"]["reasoning"]))
    lines += [
        words("why.clamp", limit=one["limit"], before=one["before"], after=one["after"])
        for one in then["clamps"]
    ]
    return lines


def _outcome(outcome: Mapping[str, Any] | None, words: Words) -> str:
    if outcome is None:
        return words("why.no_result")
    net = outcome["net_bps"]
    told = words("unavailable") if net is None else f"{net:+.2f}"
    return words("why.result", result=words(f"result.{outcome['result']}"), bps=told)
