"""Days and times in a question become spans in UTC, and leave the other words alone."""

from __future__ import annotations

import pytest

from prompts.periods import DAY, Period, cut_period, cut_periods
from tools.domain.clock import NS, day_bounds

NEWEST = day_bounds("2024-08-09")[0] + 4 * 60 * NS  # four minutes past midnight
TODAY = day_bounds("2024-08-09")[0]
NOW = TODAY + DAY // 2


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("skips today", TODAY, TODAY + DAY),
        ("skips yesterday", TODAY - DAY, TODAY),
        ("skips on 2024-08-01", day_bounds("2024-08-01")[0], day_bounds("2024-08-02")[0]),
        ("skips at 23:58", TODAY - 120 * NS, TODAY - 60 * NS),
        ("skips at 00:03:10", TODAY + 190 * NS, TODAY + 191 * NS),
        ("skips yesterday at 00:03", TODAY - DAY + 180 * NS, TODAY - DAY + 240 * NS),
        ("skips between 10:00 and 11:00 yesterday", TODAY - 14 * 3600 * NS, TODAY - 13 * 3600 * NS),
        ("skips before 02:00 on 2024-08-09", TODAY, TODAY + 7200 * NS),
        ("skips in the last 2 hours", NOW - 7200 * NS, NOW + 1),
        ("skips in the last two hours", NOW - 7200 * NS, NOW + 1),
        ("skips past 24h", NOW - DAY, NOW + 1),
        ("skips since 9am", TODAY + 9 * 3600 * NS, None),
        ("skips since yesterday 22:00", TODAY - 2 * 3600 * NS, None),
        ("skips since monday", TODAY - 4 * DAY, None),
        ("skips since monday so far", TODAY - 4 * DAY, None),
        ("skips until yesterday", None, TODAY),
        ("skips before yesterday", None, TODAY - DAY),
        ("skips after 2024-08-07", TODAY - DAY, None),
        ("skips last tuesday", TODAY - 3 * DAY, TODAY - 2 * DAY),
        ("skips on friday", TODAY, TODAY + DAY),
        ("skips last friday", TODAY - 7 * DAY, TODAY - 6 * DAY),
        ("skips tuesday last week", TODAY - 10 * DAY, TODAY - 9 * DAY),
        ("skips from monday to wednesday", TODAY - 4 * DAY, TODAY - DAY),
        ("skips from yesterday 22:00 to today 01:00", TODAY - 2 * 3600 * NS, TODAY + 3600 * NS),
        ("skips this week", TODAY - 4 * DAY, TODAY + 3 * DAY),
        ("skips last week", TODAY - 11 * DAY, TODAY - 4 * DAY),
        ("skips in the last week", NOW - 7 * DAY, NOW + 1),
        ("skips the week before last", TODAY - 18 * DAY, TODAY - 11 * DAY),
        ("skips this month", day_bounds("2024-08-01")[0], day_bounds("2024-09-01")[0]),
        ("skips last month", day_bounds("2024-07-01")[0], day_bounds("2024-08-01")[0]),
        ("skips in march", day_bounds("2024-03-01")[0], day_bounds("2024-04-01")[0]),
        ("skips in november", day_bounds("2023-11-01")[0], day_bounds("2023-12-01")[0]),
        ("skips on august 5th", TODAY - 4 * DAY, TODAY - 3 * DAY),
        ("skips on 31/7/2024", TODAY - 9 * DAY, TODAY - 8 * DAY),
        ("skips 2 days ago", TODAY - 2 * DAY, TODAY - DAY),
        ("skips yesterday morning", TODAY - DAY, TODAY - DAY // 2),
        ("skips last night", TODAY - DAY // 4, TODAY + DAY // 4),
        ("skips of the week", TODAY - 4 * DAY, TODAY + 3 * DAY),
        ("skips from 9 to 10:30 am today", TODAY + 9 * 3600 * NS, TODAY + 37_800 * NS),
    ],
)
def test_a_period_is_cut_out(text: str, start: int | None, end: int | None) -> None:
    rest, period = cut_period(text, NOW, NEWEST)
    assert (period.ts_from, period.ts_to) == (start, end)
    assert rest.split() == ["skips"]


def test_without_a_time_everything_is_meant() -> None:
    assert cut_period("the last 3 skips", NOW, NEWEST) == ("the last 3 skips", Period())


@pytest.mark.parametrize(
    "text",
    [
        "at 24:01",
        "on 2024-02-30",
        "between 12:00 and 11:00",
        "on 8/9/2024, one of two days",
        "3 hours ago, a moment in time",
        "at 13 pm",
    ],
)
def test_a_time_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"time|day"):
        cut_period(text, NOW, NEWEST)


def test_several_periods_are_several() -> None:
    rest, periods = cut_periods("skips today vs yesterday", NOW, NEWEST)
    assert rest.split() == ["skips", "vs"]
    assert [one.ts_from for one in periods] == [TODAY, TODAY - DAY]
