"""What strangers' questions taught: turns of phrase read as plain words, and refusals in place of guesses."""

# ruff: noqa: E501 (tables of questions)

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.tally import Condition
from prompts.reading.absent import absent_topic
from prompts.reading.following import followed
from prompts.reading.forms import Form, Statistic, What
from prompts.reading.moments import Clock
from prompts.reading.parts import Unread
from prompts.reading.reader import read_form
from prompts.reading.spotting import Surroundings
from tools.domain.clock import NS, day_bounds

START = day_bounds("2031-03-03")[0]
AROUND = Surroundings(
    symbols=("ADAUSDT", "DOTUSDT", "FILUSDT"),
    parameters=("mm_min_confidence", "stop_bps", "symbol_size_share@FILUSDT"),
    providers=("anthropic", "openai"),
    models=("claude-haiku-4-5", "gpt-5-mini"),
    features=("mm_confidence", "spread_bps"),
    clock=Clock(START + 21 * 86_400 * NS, START + 21 * 86_400 * NS - NS, START),
)


def plain(form: Form) -> Form:
    where = tuple(sorted(form.where, key=lambda one: (one.column, one.is_not, one.values)))
    return replace(form, where=where, corrections=(), is_asked_whether=False, is_loose=False)


def read(question: str) -> Form:
    return plain(read_form(question, AROUND))


def follow(*questions: str) -> Form:
    return plain(followed(questions, AROUND, lambda one: one != questions[0]))


@pytest.mark.parametrize(
    ("strange", "known"),
    [
        ("which coin made more money than any other?", "which coin made the most money?"),
        ("which coin was refused for spoofing more than all the others?", "which coin was refused most for spoofing?"),
        ("how many trades were split into 3 orders?", "how many trades in 3 slices?"),
        ("bao nhiêu lệnh được chia thành 3 lệnh nhỏ?", "bao nhiêu lệnh có 3 lát?"),
        ("how many signals were skipped? Do not count ADA.", "how many signals were skipped except ADA?"),
        ("from first buy fill to exit, how long do we hold a trade on average?", "average holding time of trades"),
        ("how did the last trade on ADA end?", "which exit reason had the last trade on ADA?"),
        ("lenh ADA cuoi cung ket thuc the nao?", "which exit reason had the last trade on ADA?"),
        ("bao nhieu tin hieu bi bo qua vi do tin cay cua nha tao lap qua thap?", "how many signals did mm_confidence refuse?"),
        ("how many signals were refused for too little confidence in the market maker?", "how many signals did mm_confidence refuse?"),
        ("how many trades on the second of March 2031?", "how many trades on 2 March 2031?"),
        ("how many trades lost on a Monday?", "how many trades lost on Mondays?"),
        ("what share of trades did the learned strategies settle?", "what share of trades did the strategy route settle?"),
        ("how many trades ran into the holding timeout?", "how many trades timed out?"),
        ("what were the fees of the three coins ADA, DOT and FIL?", "what were the fees of ADA, DOT and FIL?"),
        ("Thinking about execution quality, how many trades timed out?", "how many trades timed out?"),
        ("tổng lãi của các lệnh thắng là bao nhiêu?", "tong lai cua cac lenh thang la bao nhieu?"),
        ("if we ignore probes, how many trades lost?", "how many trades except probes lost?"),
        ("how many trades ended because the maker fled?", "how many trades were aborted?"),
    ],
)  # fmt: skip
def test_a_turn_of_phrase_is_read_as_the_plain_words(strange: str, known: str) -> None:
    assert read(strange) == read(known)


def test_both_rules_at_once_must_both_have_refused() -> None:
    form = read("how many signals were refused by both spoofing and mm_confidence?")
    each = {one.values for one in form.where if one.column == "rule"}
    assert each == {("spoofing",), ("mm_confidence",)}
    either = read("how many signals were refused by spoofing or mm_confidence?")
    assert Condition("rule", ("spoofing", "mm_confidence")) in either.where


@pytest.mark.parametrize(
    ("question", "won", "best"),
    [
        ("which coin wins least often?", 1, False),
        ("which coin loses most often?", 0, True),
        ("đồng nào hay thắng nhất?", 1, True),
    ],
)
def test_winning_often_is_a_share(question: str, won: int, best: bool) -> None:
    form = read(question)
    assert form.what is What.LEADER
    assert form.statistic is Statistic.SHARE
    assert form.part == (Condition("won", (won,)),)
    assert form.best is best


def test_never_asks_for_groups_that_had_none() -> None:
    form = read("which coins never hit a stop?")
    assert form.what is What.NAMES
    assert form.part == (Condition("result", ("stop",)),)
    assert form.having is not None
    assert form.having.bound.high == 0


def test_the_sum_of_losses_leaves_out_what_was_won() -> None:
    form = read("sum of losses from trades that timed out")
    assert form.statistic is Statistic.SUM
    assert form.measure == "net"
    assert Condition("won", (0,)) in form.where


@pytest.mark.parametrize(
    "question",
    [
        "what is the ratio of winners to losers?",
        "average confidence of taken trades vs skipped signals",
        "how many trades did we not make on FOMC day?",
    ],
)
def test_what_excludes_itself_or_is_not_clear_is_refused(question: str) -> None:
    with pytest.raises(Unread):
        read(question)


def test_a_denial_does_not_reach_over_because() -> None:
    form = read("how many times did it decide not to trade because it suspected spoofing?")
    assert Condition("rule", ("spoofing",)) in form.where
    assert Condition("action", ("skip",)) in form.where


@pytest.mark.parametrize(
    ("question", "known"),
    [("before", "before"), ("exchange", "exchange")],
)
def test_a_word_of_a_phrase_is_not_put_right(question: str, known: str) -> None:
    with pytest.raises(Unread) as refused:
        read(f"how many trades {question} zebra")
    assert f"{known}s" not in refused.value.words


@pytest.mark.parametrize(
    ("questions", "whole"),
    [
        (("how many trades on ADA?", "and on FIL?"), "how many trades on FIL?"),
        (("how many trades on ADA timed out?", "and stopped?"), "how many trades on ADA stopped?"),
        (("win rate on ADA", "and the average holding time?"), "average holding time of trades on ADA"),
        (("which coin made the most money?", "and the least?"), "which coin made the least money?"),
        (("average holding time of winning trades", "what about losing ones?"), "average holding time of losing trades"),
        (("fees on ADA", "and on DOT?", "and on 4 March 2031?"), "fees on DOT on 4 March 2031"),
        (("bao nhiêu lệnh ADA dính cắt lỗ?", "còn FIL thì sao?"), "bao nhiêu lệnh FIL dính cắt lỗ?"),
        (("how many trades on ADA on 4 March 2031?", "what was its win rate?"), "win rate on ADA on 4 March 2031"),
    ],
)  # fmt: skip
def test_a_follow_up_is_the_question_before_with_its_parts_put_anew(
    questions: tuple[str, ...], whole: str
) -> None:
    assert follow(*questions) == read(whole)


def test_a_follow_up_to_nothing_of_its_kind_is_refused() -> None:
    with pytest.raises(Unread):
        follow("how many trades on ADA?", "and the worst?")


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("did I pay any tax on this?", "tax"),
        ("tôi có phải đóng thuế không?", "thuế"),
        ("so du tai khoan con bao nhieu", "so du tai khoan"),
        ("what leverage did it use?", "leverage"),
        ("I am new here, how many trades lost?", ""),
        ("ti le thang luc thi truong hoang loan", ""),
        ("ví dụ có bao nhiêu lệnh?", ""),
        ("how many trades lost?", ""),
    ],
)
def test_topics_of_which_nothing_is_kept_are_named(question: str, topic: str) -> None:
    assert absent_topic(question) == topic
