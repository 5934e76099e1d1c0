"""``keeper ask``: questions about the past, answered from the record, one at a time or in a talk."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from graphs.answers import Answer, as_data
from graphs.interpreting import Interpreter, answer_or_ask
from graphs.query import Asking
from keeper_agent.app import CODE_VERSION
from keeper_agent.asked import Conversation, Talk
from keeper_agent.console import ERR, OUT, fail, print_json
from keeper_agent.interpreters import open_interpreter
from keeper_agent.settings import Settings, load_settings
from keeper_agent.views.answer import show_answer
from memory.account import present
from memory.spending import SpendCaps
from memory.store import Store
from prompts.questions import shown_place
from tools.domain.clock import SystemClock, SystemStopwatch
from tools.domain.errors import BadUsage, KeeperError, StoreUnusable

LEAVING = frozenset(("exit", "quit", "q", "bye", "thoát", "thoat", ":q"))
GREETING = "Ask about the past, in English or Vietnamese; empty or exit leaves.\n"


def answer_question(*, question: str | None, home: Path | None, as_json: bool) -> None:
    """Answer ``question``, reading beside a running agent; without one, whatever is asked on stdin.

    Raises:
        BadUsage: There is no question.
        NotInRecord: The question was not understood, or the record does not reach there.
    """
    desk = _Desk(load_settings(keeper_home=home), as_json=as_json)
    if question is not None:
        desk.answer(question)
    elif sys.stdin.isatty():
        desk.talk()
    else:
        desk.answer_all()


class _Desk:
    """Where questions to one home are answered."""

    def __init__(self, settings: Settings, *, as_json: bool) -> None:
        self._settings = settings
        self._as_json = as_json
        self._conversation = Conversation(settings.keeper_home)
        self._clock = SystemClock()

    def talk(self) -> None:
        """Questions from a person, until they leave; what cannot be answered ends nothing."""
        Store.open(self._settings.keeper_home, read_only=True).close()
        ERR.print(GREETING, style="dim")
        for question in _typed():
            try:
                self.answer(question)
            except StoreUnusable:
                raise
            except KeeperError as error:
                fail(str(error))

    def answer_all(self) -> None:
        """Every line of standard input.

        Raises:
            BadUsage: There is none.
        """
        questions = [line.strip() for line in sys.stdin if line.strip()]
        if not questions:
            raise BadUsage("expected a question, for example: keeper ask 'how did you do yesterday?'")
        for question in questions:
            self.answer(question)

    def answer(self, question: str) -> None:
        """Answer one question and remember that it was asked."""
        now = self._clock.now()
        talk = self._conversation.recall(now)
        found = self._found(question, talk, now)
        before = talk.questions if found.query.is_follow_up else ()
        with suppress(OSError):  # a home that cannot be written is still answered from
            said = question if shown_place(question) is None else f"why {found.query.decision}"
            self._conversation.keep(Talk(before).then(said, found.citations), now)
        if self._as_json:
            print_json({**as_data(found), "after": list(before)})
        else:
            show_answer(OUT, found)

    def _found(self, question: str, talk: Talk, now: int) -> Answer:
        settings = self._settings
        caps = SpendCaps(
            settings.keeper_brain_usd_per_call,
            settings.keeper_brain_usd_per_day,
            settings.keeper_brain_usd_per_month,
        )
        with Store.open(settings.keeper_home, read_only=True) as store:
            asking = Asking(present(store, now), talk.questions, talk.shown, caps)
            return answer_or_ask(store, question, asking, self._interpreter)

    def _interpreter(self) -> AbstractContextManager[Interpreter | None]:
        return open_interpreter(self._settings, self._clock, SystemStopwatch(), CODE_VERSION)


def _typed() -> Iterator[str]:
    """Lines that a person types at a prompt."""
    while True:
        ERR.print("ask> ", style="bold cyan", end="")
        line = sys.stdin.readline()
        if not line or line.strip().lower() in LEAVING or not line.strip():
            return
        yield line.strip()
