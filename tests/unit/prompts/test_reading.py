"""Questions are read by their parts: each way to say a thing is one form, and what is unknown is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.entities import ENTITIES
from memory.tally import Condition
from prompts.reading.forms import Form, Statistic, What
from prompts.reading.lexicon import entries
from prompts.reading.moments import Clock
from prompts.reading.parts import FILTERS, Unread
from prompts.reading.reader import read_form
from prompts.reading.sentences import sentences, without_context
from prompts.reading.spotting import Surroundings
from tools.domain.clock import NS, day_bounds

START = day_bounds("2031-03-03")[0]
NOW = START + 21 * 86_400 * NS
AROUND = Surroundings(
    symbols=("ADAUSDT", "DOTUSDT", "FILUSDT"),
    parameters=("mm_min_confidence", "stop_bps", "symbol_size_share@FILUSDT"),
    providers=("anthropic", "openai"),
    models=("claude-haiku-4-5", "gpt-5-mini"),
    features=("mm_confidence", "spread_bps"),
    clock=Clock(NOW, NOW - NS, START),
)


def read(question: str) -> Form:
    form = read_form(question, AROUND)
    where = tuple(sorted(form.where, key=lambda one: (one.column, one.is_not)))
    return replace(form, where=where, corrections=(), is_asked_whether=False, is_loose=False)


ASKED = (
    "how many trades on ADA lost money",
    "what share of decisions ended in a skip",
    "which coin paid the most fees",
    "median holding time of winners",
    "tỷ lệ thắng của FIL",
    "đồng nào lỗ nhiều tiền nhất",
    "how much did the mm_protection limit cut in usdt",
    "why was stop_bps raised",
)


@pytest.mark.parametrize("question", ASKED)
@pytest.mark.parametrize("word", ["frobnicated", "moonphase", "zzyzx", "kryptonite"])
def test_a_word_that_is_not_known_refuses_a_question_and_is_named(question: str, word: str) -> None:
    assert read(question)
    with pytest.raises(Unread) as refused:
        read(f"{question} {word}")
    assert word in refused.value.words


SAME = (
    ("how many trades on ADA lost money", "number of losing trades on ada", "count of ADA losers",
     "ADA có bao nhiêu lệnh lỗ", "bao nhieu lenh lo cua ADA", "so lenh thua cua ADA"),
    ("which coin paid the most fees", "what symbol paid the most fees", "đồng nào tốn phí nhiều nhất"),
    ("what is stop_bps now", "current value of stop_bps", "what is the stop distance set to",
     "stop_bps đang là bao nhiêu"),
    ("what is the confidence threshold", "ngưỡng độ tin cậy market maker hiện giờ là bao nhiêu",
     "what is the minimum confidence in the market maker set to"),
    ("how many brain calls", "how many times was a brain consulted, audits included",
     "bộ não được hỏi bao nhiêu lần, tính cả audit"),
    ("how many entries were cut by mm_protection",
     "how many entries were cut by the limit that protects the market maker"),
    ("how many trades", "hi, could you please tell me how many trades there were",
     "cho mình hỏi có bao nhiêu lệnh vậy"),
    ("win rate on DOT", "I am new here and a bit nervous. What is the win rate on DOT?"),
    ("how many trades were aborted", "how often did the market maker leave during a trade",
     "bao nhiêu lệnh bị hủy vì nhà tạo lập bỏ đi"),
    ("how many trades were sold below the target",
     "how many trades ended with their offer sold below the target", "bao nhiêu lệnh bán dưới mục tiêu"),
    ("show me the 3 best days by net usdt", "show me the 3 best days by net result",
     "top 3 days by net result", "3 ngày tốt nhất theo kết quả ròng"),
    ("why was symbol_size_share@FILUSDT lowered", "why was the size of FIL lowered", "vì sao hạ cỡ lệnh FIL",
     "sao lại giảm cỡ lệnh của FIL vậy", "why was size on FIL cut down"),
    ("why was stop_bps raised", "why was the stop widened", "tại sao lại nâng cắt lỗ"),
    ("which day had the fewest trades", "ngày nào ít lệnh được vào nhất", "ngay nao it lenh duoc vao nhat",
     "ngay nao co it lenh nhat"),
    ("which coin had the most losing trades", "đồng nào có nhiều lệnh thua nhất",
     "dong nao co nhieu lenh thua nhat", "dong nao nhieu lenh lo nhat"),
    ("which hour made the most money", "giờ nào kiếm được nhiều tiền nhất",
     "gio nao kiem duoc nhieu tien nhat", "giờ nào trong ngày lãi nhiều tiền nhất"),
    ("which coin made money most often", "which symbol made money most frequently"),
    ("which lost more money, ADA or DOT", "ADA hay DOT lỗ nhiều hơn",
     "so ADA với DOT thì đồng nào thua đậm hơn", "did ADA lose more than DOT"),
    ("which has more losing trades, ADA or DOT", "ADA hay DOT có nhiều lệnh lỗ hơn"),
)  # fmt: skip


@pytest.mark.parametrize("ways", SAME, ids=lambda ways: ways[0])
def test_ways_to_ask_the_same_are_one_form(ways: tuple[str, ...]) -> None:
    meant = read(ways[0])
    for way in ways[1:]:
        assert read(way) == meant, way


@pytest.mark.parametrize(
    ("question", "denied", "condition"),
    [
        ("win rate on ADA", "win rate without ADA", Condition("symbol", ("ADAUSDT",))),
        (
            "how many decisions by pattern",
            "how many decisions not by pattern",
            Condition("route", ("pattern",)),
        ),
        ("tỷ lệ thắng của FIL", "tỷ lệ thắng nếu bỏ FIL ra", Condition("symbol", ("FILUSDT",))),
    ],
)
def test_what_is_denied_is_the_same_condition_denied(
    question: str, denied: str, condition: Condition
) -> None:
    assert condition in read(question).where
    assert replace(condition, is_not=True) in read(denied).where


@pytest.mark.parametrize(
    "question",
    [
        "how many calls, audits included",
        "how many calls including audits",
        "how many calls, audit calls included",
        "bao nhiêu lần gọi AI, kể cả audit",
    ],
)
def test_what_is_included_narrows_nothing(question: str) -> None:
    assert read(question) == read("how many calls of the brain")


@pytest.mark.parametrize(
    "question",
    [
        "did you skip or buy",
        "list the trades on ADA and DOT",
        "what was the price of ADA",
        "how many trades on ADA and the weather",
        "average",
        "how many market makers are there",
        "I only care about ADA. How many trades did I win?",
    ],
)
def test_what_is_not_certain_is_refused(question: str) -> None:
    with pytest.raises(Unread):
        read(question)


def test_a_combination_of_everything_is_read() -> None:
    form = read("average holding time by symbol of winning trades in the calm regime without probes")
    assert (form.what, form.statistic, form.measure, form.group) == (
        What.GROUPS, Statistic.MEAN, "hold", "symbol",
    )  # fmt: skip
    assert Condition("regime", ("calm",)) in form.where
    assert Condition("won", (1,)) in form.where
    assert Condition("probe", (0,)) in form.where


def test_the_sentence_that_asks_takes_the_time_told_before_it() -> None:
    told = read("My phone was red on 2031-03-10. How many trades lost money that day?")
    assert told == read("how many trades lost money on 2031-03-10")


def test_sentences_end_where_they_do_and_not_at_abbreviations() -> None:
    assert sentences("Calm vs. panic, which won more? Tell me.") == [
        "Calm vs. panic, which won more?",
        "Tell me.",
    ]
    assert not without_context("how many trades?")
    assert [one.question for one in without_context("It rained. How many trades?")] == ["How many trades?"]


def test_two_that_differ_are_asked_for_by_how_much() -> None:
    assert read("how much more fees did ADA pay than DOT").is_gap
    assert not read("which paid more fees, ADA or DOT").is_gap


def test_every_column_that_phrases_narrow_by_is_a_column_of_something() -> None:
    named = {slot for slots, _ in entries() for slot, _ in slots}
    columns = {name for entity in ENTITIES.values() for name in entity.columns}
    assert (named & set(FILTERS)) - {"model_name", "brain"} <= columns
