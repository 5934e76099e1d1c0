"""A follow-up question keeps its context, and says what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from graphs.answers import Answer
from graphs.query import answer
from keeper_agent.asked import FILE, LASTS_NS, Conversation, Talk
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


@pytest.mark.parametrize(
    ("questions", "n"),
    [
        (("how many decisions on BTC?", "ETH?"), 2),
        (("how many decisions?", "yesterday?"), 9),
        (("how many trades did you take?", "ETH thì sao?"), 1),
        (("có bao nhiêu quyết định trên BTC?", "ETH thì sao?"), 2),
        (("how many decisions on ETH?", "in the volatile regime?"), 1),
        (("how many decisions on BTC?", "same for eth"), 2),
    ],
)
def test_a_question_that_alone_asks_nothing_follows_on(told: Told, questions: Sequence[str], n: int) -> None:
    found = ask(told, *questions)
    assert found.numbers["n"] == n
    assert found.query.is_follow_up
    with pytest.raises(NotInRecord):
        ask(told, questions[-1])


def test_another_figure_of_the_same_trades_may_follow(told: Told) -> None:
    chain = ("how did you do on BTC?", "what about ETH?")
    assert ask(told, *chain).numbers["n"] == 1
    assert ask(told, "how many trades on BTC?", "and the win rate?").text.startswith("Win rate 50.0 %")
    assert ask(told, "how many trades on BTC?", "and the fees?").text.startswith("Fees 0.366 quote")
    assert ask(told, "which symbol was best?", "and the worst?").numbers["name"] == "BTCUSDT"


@pytest.mark.parametrize("question", ["the second one", "why the second one?", "#2", "cái thứ hai thì sao?"])
def test_one_of_those_shown_can_be_meant(told: Told, question: str) -> None:
    shown = ask(told, "what were the last three decisions?").citations
    found = answer(told[0], question, NOW, ("what were the last three decisions?",), shown=shown)
    assert found.citations == shown[1:2]
    assert ask(told, "what were the last three decisions?", question).citations == shown[1:2]


def test_what_was_not_shown_cannot_be_meant(told: Told) -> None:
    with pytest.raises(NotInRecord, match="showed 3 decisions"):
        ask(told, "what were the last three decisions?", "the fifth one")
    with pytest.raises(NotInRecord):
        ask(told, "the second one")


def test_the_conversation_is_kept_for_a_while_by_its_owner_alone(tmp_path: Path) -> None:
    kept = Conversation(tmp_path)
    assert kept.recall(10) == Talk()
    talk = Talk().then("how many decisions on BTC?", ("d_1",))
    kept.keep(talk, 10)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert kept.recall(20) == talk
    assert kept.recall(9) == Talk()
    assert kept.recall(11 + LASTS_NS) == Talk()
    for damaged in (b"{", b"[]", b'{"ts": 10, "questions": 5}'):
        (tmp_path / FILE).write_bytes(damaged)
        assert kept.recall(20) == Talk()
