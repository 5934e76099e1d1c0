"""Days and times in a question become spans in UTC, and leave the other words alone."""

from __future__ import annotations

import pytest

from prompts.periods import DAY, Period, cut_period
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
    ],
)
def test_a_period_is_cut_out(text: str, start: int, end: int) -> None:
    rest, period = cut_period(text, NOW, NEWEST)
    assert (period.ts_from, period.ts_to) == (start, end)
    assert rest.split() == ["skips"]


def test_without_a_time_everything_is_meant() -> None:
    assert cut_period("the last 3 skips", NOW, NEWEST) == ("the last 3 skips", Period())


@pytest.mark.parametrize("text", ["at 24:00", "on 2024-02-30", "between 12:00 and 11:00"])
def test_a_time_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"time|day is out of range"):
        cut_period(text, NOW, NEWEST)
