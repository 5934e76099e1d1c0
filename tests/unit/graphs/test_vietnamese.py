"""The same questions in Vietnamese: the same query, the same numbers, the same citations."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest

from graphs.answers import Answer, query_as_data
from graphs.query import answer
from memory.lookup import find_decision
from memory.store import Store
from prompts.vietnamese import _without_marks, is_vietnamese
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


def ask(told: Told, question: str) -> Answer:
    found = answer(told[0], question, NOW)
    for name in found.citations:
        assert find_decision(told[0], name).decision_id == name
    return found


SAME = [
    ("Có bao nhiêu quyết định?", "how many decisions are there?"),
    ("Hôm qua có bao nhiêu quyết định?", "how many decisions were there yesterday"),
    ("Hôm nay bạn đã ra bao nhiêu quyết định?", "how many decisions today?"),
    ("Bạn đã vào lệnh BTC bao nhiêu lần?", "how many entries on BTC?"),
    ("Bạn đã mua ETHUSDT bao nhiêu lần?", "how many times did you buy ETHUSDT?"),
    ("Bạn đã bỏ qua bao nhiêu tín hiệu?", "how many signals did you skip?"),
    ("Có bao nhiêu lệnh thăm dò?", "how many probes?"),
    ("Bao nhiêu giao dịch bị lỗ?", "how many losing trades?"),
    ("Có mấy giao dịch thắng trên BTC?", "how many winning trades on BTC"),
    ("Bao nhiêu giao dịch chạm cắt lỗ?", "how many trades hit a stop loss?"),
    ("Bao nhiêu giao dịch chốt lời?", "how many trades hit take profit?"),
    ("Bao nhiêu giao dịch hết giờ?", "how many trades timed out?"),
    ("Bao nhiêu lần khớp lệnh?", "how many fills?"),
    ("Bao nhiêu tín hiệu bị từ chối vì giả mạo?", "how many signals were skipped because of spoofing?"),
    ("Bao nhiêu quyết định từ 22:00 đến 22:45?", "how many decisions from 22:00 to 22:45"),
    ("Bao nhiêu quyết định trong 12 giờ qua?", "how many decisions in the last 12 hours"),
    ("Bao nhiêu quyết định theo cặp?", "how many decisions by symbol?"),
    ("Bao nhiêu quyết định khi biến động", "how many decisions when volatile"),
    ("Bao nhiêu quyết định khi trời mưa", None),
    ("Bao nhiêu quyết định trong chế độ biến động?", "how many decisions in the volatile regime"),
    ("Bao nhiêu quyết định trong phiên gần nhất?", "how many decisions in the last run"),
    ("Giao dịch tốt nhất là gì?", "best trade"),
    ("Giao dịch tệ nhất?", "worst trade"),
    ("3 giao dịch tệ nhất", "worst 3 trades"),
    ("Ba quyết định gần nhất là gì?", "what were the last three decisions?"),
    ("Cặp nào tốt nhất?", "which symbol was best?"),
    ("Tại sao bạn mua BTCUSDT lúc 23:58?", "why did you buy on BTCUSDT at 23:58?"),
    ("Vì sao bạn không vào lệnh lúc 23:20?", "why did you not enter at 23:20?"),
    ("Tổng phí là bao nhiêu?", "how much fees?"),
    ("Kết quả thế nào?", "result"),
    ("Bạn làm ăn thế nào hôm qua?", "how did you do yesterday?"),
    ("Bạn học được gì?", "what did you learn?"),
    ("Tham số nào đã thay đổi?", "which parameters were changed?"),
]


@pytest.mark.parametrize(("question", "english"), SAME)
def test_a_question_in_vietnamese_means_the_same(told: Told, question: str, english: str | None) -> None:
    assert is_vietnamese(question)
    if english is None:
        with pytest.raises(NotInRecord, match='did not understand "trời", "mưa"'):
            ask(told, question)
        return
    here, there = ask(told, question), ask(told, english)
    assert query_as_data(here.query) == query_as_data(there.query)
    assert here.numbers == there.numbers
    assert here.citations == there.citations


@pytest.mark.parametrize("question", [question for question, english in SAME if english][:16:3])
def test_other_ways_to_type_the_same_letters(told: Told, question: str) -> None:
    """Decomposed accents mean the same as composed ones, and so does text without any."""
    expected = query_as_data(ask(told, question).query)
    assert query_as_data(ask(told, unicodedata.normalize("NFD", question)).query) == expected
    bare = _without_marks(question.lower())
    if is_vietnamese(bare):
        assert query_as_data(ask(told, bare).query) == expected


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("Bạn đã bỏ qua bao nhiêu tín hiệu?", "4 lần bỏ qua."),
        ("Bao nhiêu giao dịch bị lỗ?", "3 trên 5 giao dịch đã thực hiện."),
        ("Bao nhiêu tín hiệu bị từ chối vì giả mạo?", "2 lần bỏ qua bị quy tắc spoofing từ chối."),
        ("Giao dịch tệ nhất?", "Tệ nhất trong 5 giao dịch đã thực hiện, theo kết quả ròng sau phí:"),
        ("Tổng phí là bao nhiêu?", "Phí 0.4575 quote, trên 5 giao dịch đã thực hiện:"),
        ("Kết quả thế nào?", "tỷ lệ thắng 40.0 %"),
        ("Tại sao bạn mua BTCUSDT lúc 23:58?", "đã vào lệnh BTCUSDT lúc 2024-08-08T23:58:10"),
        ("Bạn học được gì?", "Chưa có bài học nào đang có hiệu lực."),
        ("Cặp nào tốt nhất?", "Cặp tốt nhất theo kết quả ròng trung bình: ETHUSDT"),
    ],
)
def test_the_answer_is_in_vietnamese_too(told: Told, question: str, part: str) -> None:
    assert part in ask(told, question).text


def test_every_figure_of_the_english_answer_is_in_the_vietnamese_one(told: Told) -> None:
    for question, english in SAME:
        if english is not None:
            here, there = ask(told, question).text, ask(told, english).text
            assert _figures(here) == _figures(there), question


def _figures(text: str) -> list[str]:
    return sorted(word.strip(".,:;()") for word in text.split() if any(letter.isdigit() for letter in word))


def test_a_refusal_is_in_vietnamese_with_its_reason(told: Told) -> None:
    with pytest.raises(NotInRecord, match=r"^Không có trong sổ\..*has not come yet"):
        ask(told, "tuần sau lãi bao nhiêu?")
    with pytest.raises(NotInRecord, match=r"^not in the record"):
        ask(told, "how much profit next week?")


def test_what_is_not_understood_is_said_in_any_language(told: Told) -> None:
    with pytest.raises(NotInRecord, match='did not understand "thời", "tiết"'):
        ask(told, "thời tiết thế nào?")


def test_english_is_not_taken_for_vietnamese() -> None:
    for question in ("how many trades did you take?", "why d_0123456789", "best trade on BTC"):
        assert not is_vietnamese(question)
