"""What counts as saying a fact, and what does not."""

from __future__ import annotations

import pytest

from tests.examination.facts import Amount, Count, Day, Fact, First, FirstHour, Share, Span, says
from tests.examination.figures import Figure, figures, is_backed


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (Count(12), "12 of 165 taken round trips."),
        (Count(2015), "There were 2,015 decisions."),
        (Amount(-6.5553613405), "net -6.5553613405 quote"),
        (Amount(-6.5553613405), "Over all: -6.56 USDT"),
        (Amount(-6.5553613405), "you lost 6.56 USDT"),
        (Amount(-6.5553613405), "lỗ 6,56 USDT sau phí"),
        (Amount(0.0414625), "0.0415 USD"),
        (Share(0.29807), "win rate 29.8 % [21.9 %, 39.2 %]"),
        (Share(0.29807), "a share of 0.298"),
        (Span(189.882), "189.9 s on average"),
        (Span(189.882), "3 min 10 s"),
        (Span(189.882), "3:10"),
        (Span(189.882), "3.16 minutes"),
        (says("spoof"), "Spoofing score 0.90 above 0.80"),
        (First("NEARUSDT", ("ALGOUSDT", "NEARUSDT")), "NEARUSDT, then ALGOUSDT"),
        (FirstHour(22), "Worst hour by mean: 22:00 (of 24)\n  22:00: n = 18\n  3:00: n = 2"),
        (FirstHour(7), "giờ 7 là tệ nhất"),
        (Day("2031-03-05"), "at 2031-03-05T23:55:00.000Z"),
        (Day("2031-03-05"), "ngày 5/3"),
    ],
)
def test_a_fact_is_found_however_it_is_told(fact: Fact, text: str) -> None:
    assert fact.holds(text)


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (Count(12), "13 of 165 taken round trips."),
        (Count(12), "d_1212121212 at 2031-03-12T12:12:12.000Z, 12.5 bps, gpt-12, at 12:00"),
        (Count(1), "12 of 11 and 1.5"),
        (Amount(-6.5553613405), "net 6.5553613405 quote"),
        (Amount(-6.5553613405), "net -6.46 quote"),
        (Amount(-6.5553613405), "net -7 quote"),
        (Amount(6.5553613405), "you lost -6.56"),
        (Amount(0.0414625), "0.04 and 0.05"),
        (Share(0.29807), "29.8 bps of 298 trades"),
        (Share(0.29807), "win rate 30.8 %"),
        (Span(189.882), "3 min 40 s"),
        (Span(189.882), "180 s"),
        (says("spoof"), "MM confidence 0.58 below 0.70"),
        (First("NEARUSDT", ("ALGOUSDT", "NEARUSDT")), "ALGOUSDT, then NEARUSDT"),
        (First("NEARUSDT", ("ALGOUSDT", "NEARUSDT")), "neither of them"),
        (FirstHour(22), "Worst hour: 23:00, then 22:00"),
        (FirstHour(22), "at 2031-03-05T22:00:00.000Z"),
        (Day("2031-03-05"), "at 2031-03-06T23:55:00.000Z"),
    ],
)
def test_what_only_looks_like_a_fact_is_none(fact: Fact, text: str) -> None:
    assert not fact.holds(text)


def test_ids_stamps_and_names_are_no_numbers() -> None:
    told = figures("d_0123456789 at 2031-03-05T22:00:00.123Z, gpt-5-mini, ratio_60s: -1.5 of 2,015 [3, 4]")
    assert [one.value for one in told] == [-1.5, 2015.0, 3.0, 4.0]


def test_a_number_is_backed_by_a_value_it_rounds_and_by_none_beside_it() -> None:
    assert is_backed(Figure(54.5, 1), [0.5446])
    assert is_backed(Figure(-2.34, 2), [2.3444])
    assert not is_backed(Figure(54.5, 1), [0.5356, 54.6, 5.45])
