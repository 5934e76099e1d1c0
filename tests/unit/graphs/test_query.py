"""Questions are answered from the rows, with citations that resolve; the rest is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graphs.answers import Answer, query_as_data
from graphs.query import answer
from memory.lookup import find_decision
from memory.store import Store
from prompts.vocabulary import WORDS
from tests.support.memories import a_memory
from tests.support.remembered import NOW, a_remembered_day
from tools.domain.errors import BadUsage, NotInRecord
from tools.domain.trading import Decision
from tools.risk.routing import RULES


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, Decision]]]:
    home = tmp_path_factory.mktemp("home")
    decisions = a_remembered_day(home)
    with Store.open(home, read_only=True) as store:
        yield store, decisions


Told = tuple[Store, dict[str, Decision]]


def ask(told: Told, question: str) -> Answer:
    found = answer(told[0], question, NOW)
    for name in found.citations:
        assert find_decision(told[0], name).decision_id == name
    assert len(found.citations) <= 10
    return found


@pytest.mark.parametrize(
    ("question", "n"),
    [
        ("How many decisions are there?", 10),
        ("how many decisions were there yesterday", 9),
        ("how many decisions today?", 1),
        ("How many entries on BTC?", 4),
        ("how many times did you buy ETHUSDT?", 1),
        ("how many signals did you skip?", 4),
        ("number of skips by rule", 4),
        ("how many trades did you skip on BTCUSDT?", 3),
        ("how often did you abstain", 1),
        ("how many probes?", 1),
        ("how many probes won?", 0),
        ("how many trades did you take?", 5),
        ("how many wins on btc", 2),
        ("How many losing trades?", 3),
        ("how many round trips ended in a stop?", 2),
        ("how many stop losses on BTC-USDT", 2),
        ("how many take profits were hit", 2),
        ("how many skipped signals would have won?", 1),
        ("how many shadow trades lost", 1),
        ("how many fills?", 10),
        ("how many orders on 2024-08-08 for eth", 2),
        ("how many decisions in the volatile regime", 2),
        ("how many decisions in the last run", 1),
        ("how many decisions between 22:00 and 22:45", 4),
        ("how many decisions after 23:00 on 2024-08-08", 4),
        ("how many entries by the model", 1),
        ("how many parameter changes", 1),
        ("how many lessons?", 0),
        ("how many decisions in the last 12 hours", 1),
    ],
)
def test_a_count_is_the_number_of_rows_that_match(told: Told, question: str, n: int) -> None:
    found = ask(told, question)
    assert found.numbers["n"] == n
    if "lessons" not in question:
        assert found.text.startswith(str(n))


@pytest.mark.parametrize(
    ("question", "n", "noun"),
    [
        ("how many decisions did you take?", 10, "decisions"),
        ("how many decisions have you taken yesterday?", 9, "decisions"),
        ("how many decisions were taken on BTC?", 8, "decisions"),
        ("how many decisions did you make today?", 1, "decisions"),
        ("how many decisions were taken by the model", 1, "decisions"),
        ("how many decisions were entries?", 5, "entries"),
        ("how many decisions did you take to buy?", 5, "entries"),
        ("how many signals did you take?", 5, "entries"),
        ("how many signals were taken on ETH", 1, "entries"),
        ("how many opportunities did you pass on?", 4, "skips"),
        ("how many candidates did you see?", 10, "decisions"),
        ("how many signals did you not take?", 5, "decisions not to enter"),
        ("how many decisions were settled by pattern?", 3, "decisions"),
        ("how many decisions were settled by rule?", 5, "decisions"),
        ("how many were settled by the model", 1, "decisions"),
        ("how many were settled by the rules on ETH", 1, "decisions"),
        ("how many probes did you take?", 1, "probes"),
        ("how many probes lost money?", 1, "of 1 taken round trips"),
        ("how many signals were skipped because of spoofing?", 2, "skips refused by the rule spoofing"),
        ("how many signals on BTC did you skip due to low MM confidence?", 2, "skips refused by the rule"),
        ("how many skips because of spoofing in the volatile regime", 1, "skips refused by the rule"),
        ("how many decisions were refused for missing data?", 0, "skips refused by the rule data"),
        ("how many orders did you place?", 10, "orders"),
        ("how many trades have you made?", 5, "taken round trips"),
        ("how many trades were taken yesterday?", 5, "taken round trips"),
        ("count the decisions on ETH", 2, "decisions"),
        ("what was the total number of decisions?", 10, "decisions"),
        ("how many trades timed out?", 1, "of 5 taken round trips"),
    ],
)
def test_a_count_asked_in_other_words_is_the_same(told: Told, question: str, n: int, noun: str) -> None:
    assert ask(told, question).text.startswith(f"{n} {noun}")


def test_every_hard_rule_can_be_asked_about() -> None:
    assert {value for slot, value in WORDS.values() if slot == "rule"} == {name for name, _ in RULES}


@pytest.mark.parametrize(
    "question", ["how much fees did you pay?", "how much did you pay in fees", "what were the total fees?"]
)
def test_fees_are_told_first_when_they_are_asked_about(told: Told, question: str) -> None:
    assert ask(told, question).text.startswith("Fees 0.4575 quote, on 5 taken round trips:")


def test_the_decisions_taken_last_are_of_every_kind(told: Told) -> None:
    assert ask(told, "what decisions did you take?").numbers == {"n": 10, "value": 10, "shown": 5}
    assert ask(told, "why did you take the last decision?").citations == (told[1]["last"].decision_id,)
    assert ask(told, "settled by pattern").numbers == {"n": 3, "value": 3, "shown": 3}


def test_a_count_is_split_by_what_was_asked(told: Told) -> None:
    assert ask(told, "how many decisions per symbol?").numbers["by"] == {"BTCUSDT": 8, "ETHUSDT": 2}
    assert ask(told, "how many wins by symbol").numbers["by"] == {"BTCUSDT": 2}
    fills = ask(told, "how many fills by symbol").numbers["by"]
    assert sum(one["n"] for one in fills.values()) == ask(told, "how many fills?").numbers["value"]
    assert ask(told, "which route had the most decisions").numbers["by"] == {
        "rule": 5,
        "pattern": 3,
        "abstain": 1,
        "model": 1,
    }
    assert ask(told, "how many decisions by hour yesterday?").numbers["by"] == {"22:00": 5, "23:00": 4}


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Why did you buy on BTCUSDT at 23:58?", "buy"),
        ("why did you enter BTCUSDT at 23:58:10", "buy"),
        ("why did you buy BTC", "buy"),
        ("why did you skip the last signal on btc?", "skip3"),
        ("why did you abstain?", "abstain"),
        ("why the last decision", "last"),
        ("why did you take that probe?", "probe"),
        ("why did you lose on the worst trade?", "probe"),
        ("why did you take your best trade", "won"),
        ("why did you stop out on ETH", None),
        ("why did you sell ETH?", "eth"),
        ("why did you not buy btc yesterday", "abstain"),
        ("why no trade at 23:20?", "skip3"),
        ("why did you skip BTCUSDT at 2024-08-08T23:20:00Z", "skip3"),
        ("what happened at 22:30?", "lost"),
    ],
)
def test_why_cites_the_decision_that_is_meant(told: Told, question: str, name: str | None) -> None:
    if name is None:
        with pytest.raises(NotInRecord):
            ask(told, question)
        return
    assert ask(told, question).citations == (told[1][name].decision_id,)


def test_why_tells_reason_votes_limits_and_what_came_of_it(told: Told) -> None:
    text = ask(told, f"why did you {told[1]['buy'].decision_id}?").text
    for part in ("neighbours won", "pattern said enter", "max_order_size_usd", "+4.00 bps net", "61 quote"):
        assert part in text


def test_a_wrong_premise_is_corrected(told: Told) -> None:
    found = ask(told, f"why did you buy {told[1]['skip1'].decision_id}")
    assert "It did not enter: it was skip" in found.text


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What was your best trade?", "won"),
        ("worst trade", "probe"),
        ("the biggest loss on ETH", "eth"),
        ("best decision yesterday after 23:00", "buy"),
        ("best skipped signal on paper", "skip2"),
    ],
)
def test_best_and_worst_are_by_net_result(told: Told, question: str, name: str) -> None:
    assert ask(told, question).citations == (told[1][name].decision_id,)


def test_groups_are_ranked_by_mean_net_result_with_n(told: Told) -> None:
    found = ask(told, "which symbol was best?")
    assert list(found.numbers["by"]) == ["ETHUSDT", "BTCUSDT"]
    assert found.numbers["by"]["BTCUSDT"]["n"] == 4
    assert found.numbers["by"]["BTCUSDT"]["net_bps"]["value"] == pytest.approx(-9.0)
    assert next(iter(ask(told, "which hour lost the most?").numbers["by"])) == "23:00"
    assert next(iter(ask(told, "worst route").numbers["by"])) == "rule"


def test_the_last_decisions_are_listed_newest_first(told: Told) -> None:
    names = ("last", "buy", "abstain")
    found = ask(told, "what were the last three decisions?")
    assert found.citations == tuple(told[1][name].decision_id for name in names)
    assert found.numbers == {"n": 10, "value": 10, "shown": 3}


def test_the_result_shows_win_rate_beside_break_even_and_exact_money(told: Told) -> None:
    found = ask(told, "how did you do?")
    assert (found.numbers["n"], found.numbers["wins"]) == (5, 2)
    assert found.numbers["win_rate"]["value"] == pytest.approx(0.4)
    assert found.numbers["fees_quote"] == "0.4575"
    assert found.numbers["net_quote"] == "-0.2501"
    assert "break-even" in found.text
    assert ask(told, "what would the skipped signals have made").numbers["net_bps"]["value"] == -3.0


def test_what_was_learned_names_changes_and_cites_their_evidence(told: Told) -> None:
    found = ask(told, "which parameters were changed?")
    assert found.numbers["changes"][0]["name"] == "stop_bps"
    assert found.citations == (told[1]["won"].decision_id,)
    assert ask(told, "what did you learn about BTC?").numbers["n"] == 0


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("how many trades on DOGEUSDT?", "not in the record: DOGEUSDT"),
        ("how many trades on doge?", "not in the record: DOGE"),
        ("how many trades on frog?", 'did not understand "frog"'),
        ("what is the weather?", '"weather"'),
        ("how many decisions on 2020-01-01", "no decision from 2020-01-01"),
        ("why did you buy at 12:34", "the nearest such decision is d_"),
        ("why d_ffffffffff", "no decision d_ffffffffff"),
        ("best probe on ETH", "nothing can be ranked"),
        ("did you skip or buy?", "enter and skip|skip and enter"),
        ("list the decisions on BTC and ETH", "BTCUSDT and ETHUSDT"),
        ("which trade has the highest win rate?", "one trade has no win rate"),
        ("what did you learn from the last run", "cannot be told apart by run"),
        ("how many fills because of spoofing", "cannot be told apart by rule"),
        ("how many traders did you take", '"traders"'),
        ("hello", "did not understand what is asked"),
        ("how many trades tomorrow?", "has not come yet"),
        ("how many on BTC?", "what shall be counted"),
        ("you", "did not understand what is asked"),
    ],
)
def test_what_is_not_in_the_record_or_not_understood_is_said_so(told: Told, question: str, said: str) -> None:
    with pytest.raises(NotInRecord, match=said):
        ask(told, question)


@pytest.mark.parametrize(
    "question", ["", "   ", "how many decisions on 2024-13-40", "why at 25:61", "x" * 500]
)
def test_impossible_words_are_bad_usage(told: Told, question: str) -> None:
    with pytest.raises(BadUsage):
        ask(told, question)


def test_sql_in_a_question_is_only_words(told: Told) -> None:
    with pytest.raises(NotInRecord, match="did not understand"):
        ask(told, "how many decisions'; DROP TABLE decision; --")
    assert ask(told, "how many decisions").numbers["n"] == 10


def test_an_empty_memory_says_so(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build, pytest.raises(NotInRecord, match="holds no decision yet"):
        answer(build.store, "how many decisions", NOW)


def test_the_query_is_shown_as_it_was_understood(told: Told) -> None:
    found = ask(told, "how many skips on btc by rule yesterday?")
    data = query_as_data(found.query)
    assert (data["ask"], data["where"]["symbol"], data["where"]["action"]) == ("count", "BTCUSDT", "skip")
    assert "on BTCUSDT, by rule, from 2024-08-08T00:00:00.000Z" in found.understood
