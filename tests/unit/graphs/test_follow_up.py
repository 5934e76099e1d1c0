"""A follow-up question keeps its context, and says what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from graphs.answers import Answer
from graphs.query import answer
from keeper_agent.asked import FILE, LASTS_NS, Conversation
from memory.store import Store
from tests.support.remembered import NOW, a_remembered_day
from tools.domain.errors import NotInRecord
from tools.domain.trading import Decision


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, Decision]]]:
    home = tmp_path_factory.mktemp("home")
    decisions = a_remembered_day(home)
    with Store.open(home, read_only=True) as store:
        yield store, decisions


Told = tuple[Store, dict[str, Decision]]


def ask(told: Told, *questions: str) -> Answer:
    return answer(told[0], questions[-1], NOW, questions[:-1])


@pytest.mark.parametrize(
    ("questions", "n"),
    [
        (("how many decisions on BTC?", "and on ETH?"), 2),
        (("how many decisions on BTC?", "and yesterday?"), 8),
        (("how many decisions on ETH?", "and yesterday?"), 1),
        (("how many entries on BTC?", "and skips?"), 3),
        (("how many entries on BTC?", "and skips?", "and on ETH?"), 1),
        (("how many trades did you take?", "how about those that lost?"), 3),
        (("how many losing trades?", "and winning ones?"), 2),
        (("how many signals were skipped because of spoofing?", "what about low MM confidence?"), 3),
        (("có bao nhiêu quyết định trên BTC?", "còn ETH?"), 2),
        (("có bao nhiêu quyết định trên BTC?", "và hôm qua?"), 8),
        (("how many decisions on BTC?", "how many decisions?"), 10),
    ],
)
def test_a_follow_up_counts_under_what_was_said_before(told: Told, questions: Sequence[str], n: int) -> None:
    assert ask(told, *questions).numbers["n"] == n


def test_why_asks_about_what_was_just_shown(told: Told) -> None:
    assert ask(told, "worst trade", "why?").citations == (told[1]["probe"].decision_id,)
    assert ask(told, "giao dịch tốt nhất?", "tại sao?").citations == (told[1]["won"].decision_id,)


def test_a_follow_up_to_nothing_stands_alone(told: Told) -> None:
    assert ask(told, "and on ETH?".replace("and", "how many decisions")).numbers["n"] == 2
    with pytest.raises(NotInRecord):
        ask(told, "and now?")


def test_the_conversation_is_kept_for_a_while_by_its_owner_alone(tmp_path: Path) -> None:
    talk = Conversation(tmp_path)
    assert talk.before("and on ETH?", 10) == ()
    talk.keep("how many decisions on BTC?", (), 10)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert talk.before("and on ETH?", 20) == ("how many decisions on BTC?",)
    assert talk.before("how many decisions on ETH?", 20) == ()
    assert talk.before("and on ETH?", 11 + LASTS_NS) == ()
    (tmp_path / FILE).write_bytes(b"{")
    assert talk.before("and on ETH?", 20) == ()
