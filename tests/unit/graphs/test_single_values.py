"""Single values, bounds, hours and pronouns are answered as plain Python over plain SQL answers them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

from graphs.answers import Answer, query_as_data
from graphs.query import answer
from memory.store import Store
from tests.examination import record as the
from tests.examination.building import build
from tests.examination.figures import figures, is_backed
from tests.examination.ledger import numbers_in
from tests.examination.record import Record, Seen, trip
from tests.examination.world import SYMBOLS, day_name
from tools.domain.clock import day_bounds
from tools.domain.errors import NotInRecord

SEED, DAYS = 20310323, 4
NOW = day_bounds(day_name(DAYS - 1))[1] - 1
YESTERDAY, DAY = day_name(DAYS - 2), day_name(1)
Value = Callable[[Record], float]


@dataclass
class Told:
    """The same record as the product and as plain SQL read it."""

    store: Store
    record: Record

    def ask(self, *questions: str) -> Answer:
        return answer(self.store, questions[-1], NOW, questions[:-1])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    home: Path = tmp_path_factory.mktemp("home")
    build(home, SEED, DAYS)
    with Store.open(home, read_only=True) as store:
        yield Told(store, Record(home))


def mean_of(value: Callable[[Seen], float], *tests: the.Test) -> Value:
    return lambda record: the.mean(value(one) for one in record.where(*tests))


def count_of(*tests: the.Test) -> Value:
    return lambda record: len(record.where(*tests))


ON_LINK = the.of("LINK")
IN_HOURS = the.in_hours(8, 10)
ASKED: Sequence[tuple[tuple[str, ...], Value]] = [
    (
        ("What was the average market maker confidence on LINK yesterday?",),
        mean_of(lambda one: one.confidence, ON_LINK, the.on(YESTERDAY)),
    ),
    (
        ("Cỡ lệnh trung bình của nhà tạo lập trên LINK hôm qua là bao nhiêu?",),
        mean_of(lambda one: one.order_size, ON_LINK, the.on(YESTERDAY)),
    ),
    (
        ("median spoofing score of the signals you skipped",),
        lambda record: median(one.spoofing for one in record.where(the.did("skip"))),
    ),
    (
        ("What was the highest spoofing score on VET?",),
        lambda record: max(one.spoofing for one in record.where(the.of("VET"))),
    ),
    (
        ("How many signals had market maker confidence below 0.6?",),
        count_of(lambda one: one.confidence < 0.6),
    ),
    (
        ("How many trades lasted longer than 2 minutes?",),
        count_of(the.has_trip, lambda one: trip(one).held_s > 120),
    ),
    (
        ("How many trades lost more than 0.05 USDT?",),
        count_of(the.has_trip, lambda one: trip(one).net < -0.05),
    ),
    (
        ("Từ trước tới giờ, trong khung 8h đến 10h đã vào lệnh bao nhiêu lần?",),
        count_of(the.did("enter"), IN_HOURS),
    ),
    (
        (f"How many signals did you skip on {DAY}?", "and the day after?"),
        count_of(the.did("skip"), the.on(YESTERDAY)),
    ),
    (
        ("How many signals did you skip?", "In how many of those did the spoofing rule object?"),
        count_of(the.did("skip"), the.refused_by("spoofing")),
    ),
    (
        ("How many trades did you take on Mondays?",),
        count_of(the.has_trip, the.on(day_name(0))),
    ),
    (
        ("How many entries were there in the first 2 days of the record?",),
        count_of(the.did("enter"), the.from_to(day_name(0), day_name(1))),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("questions", "value"), ASKED, ids=[asked[-1] for asked, _ in ASKED])
def test_a_value_is_told_as_plain_sql_has_it(told: Told, questions: tuple[str, ...], value: Value) -> None:
    found = told.ask(*questions)
    assert float(found.numbers["value"]) == pytest.approx(value(told.record))
    assert found.citations


def test_its_stands_for_the_symbol_that_was_worst(told: Told) -> None:
    by_symbol = {name: told.record.trades(lambda one, n=name: one.symbol == n) for name in SYMBOLS}  # type: ignore[misc]
    worst = min(by_symbol, key=lambda name: the.net(by_symbol[name]))
    found = told.ask("Which symbol has lost the most money?", "What is its win rate?")
    assert found.query.where.symbol == worst
    assert found.numbers["value"] == pytest.approx(the.win_rate(by_symbol[worst]))


def test_it_stands_for_the_trade_that_was_best(told: Told) -> None:
    best = max(told.record.trades(), key=lambda one: trip(one).net)
    found = told.ask("Which trade made the most USDT?", "How long was it held?")
    assert found.citations == (best.decision_id,)
    assert found.numbers["value"] == pytest.approx(trip(best).held_s)
    assert told.ask("Lệnh nào lời nhiều USDT nhất?", "Sao lại vào lệnh đó?").citations == (best.decision_id,)


def test_what_refers_to_nothing_is_refused(told: Told) -> None:
    with pytest.raises(NotInRecord, match="refers back"):
        told.ask("Why did you take d_0123456789?", "how did it end?")


@pytest.mark.parametrize(
    "question",
    [
        "What was the average spread and the win rate on LINK?",
        "How many active decisions were there?",
        "How many lessons above 0.5 USDT did you learn?",
        "What was the average market maker leverage on LINK?",
        "What was the spoofing score of d_0123456789?",
    ],
)
def test_a_condition_that_would_be_overlooked_is_refused(told: Told, question: str) -> None:
    with pytest.raises(NotInRecord):
        told.ask(question)


FIGURED = [
    "how did you do?",
    "what was your win rate on LINK?",
    "which hour was the best?",
    "results by week",
    "net result by symbol",
    "which trade was held longest?",
    "average holding time of losing trades",
    "show the last 3 trades",
    "how long was the longest losing streak?",
    "how many signals were skipped per day?",
    "how many entries by week",
    "compare LINK and VET",
    "why was the last signal skipped?",
    "why did you lose money?",
    "what did you learn?",
    "which parameters changed?",
    "how much did the language models cost?",
    "what is held now?",
    "average spread by symbol",
    "which 3 signals had the highest spoofing score?",
    "Luật nào chặn nhiều kèo nhất?",
    "trung bình mỗi lệnh lời lỗ mấy bps?",
    "ngày nào lỗ nặng nhất?",
    "tốn bao nhiêu tiền cho AI?",
]


def unbacked(found: Answer, numbers: object) -> list[float]:
    backing = [95.0, *numbers_in(numbers), *numbers_in(query_as_data(found.query))]
    backing += [one.value for one in figures(found.question)]
    return [one.value for one in figures(found.text) if not is_backed(one, backing)]


@pytest.mark.parametrize("question", FIGURED)
def test_every_figure_of_a_text_is_among_its_numbers(told: Told, question: str) -> None:
    found = told.ask(question)
    assert unbacked(found, dict(found.numbers)) == []


def test_a_figure_that_is_not_among_the_numbers_would_be_noticed(told: Told) -> None:
    found = [told.ask(question) for question in FIGURED if question != "what is held now?"]
    assert all(unbacked(one, {}) for one in found)
