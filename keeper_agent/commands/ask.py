"""``keeper ask``: a question about the past, answered from the record."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from graphs.answers import as_data
from graphs.query import answer
from keeper_agent.asked import Conversation
from keeper_agent.console import OUT, print_json
from keeper_agent.settings import load_settings
from keeper_agent.views.answer import show_answer
from memory.account import present
from memory.store import Store
from tools.domain.clock import SystemClock


def answer_question(*, question: str, home: Path | None, as_json: bool) -> None:
    """Answer ``question``, reading beside a running agent."""
    settings = load_settings(keeper_home=home)
    talk, now = Conversation(settings.keeper_home), SystemClock().now()
    before = talk.before(question, now)
    with Store.open(settings.keeper_home, read_only=True) as store:
        found = answer(store, question, present(store, now), before)
    with suppress(OSError):  # a home that cannot be written is still answered from
        talk.keep(question, before, now)
    if not as_json:
        show_answer(OUT, found)
        return
    print_json({**as_data(found), "after": list(before)})
