"""Stretches of time: long enough, enough of them, the same for tapes of one time, none a splinter."""

from __future__ import annotations

from itertools import pairwise

import pytest

from keeper_agent.lab.tape_blocks import MINUTES, blocks_of
from tools.domain.market import NANOS
from tools.models.validation.clusters import LEAST_CLUSTERS

MINUTE = 60 * NANOS
HOUR = 60 * MINUTE


def test_a_day_is_cut_into_hours() -> None:
    found = blocks_of([(0, 24 * HOUR)], [range(0, 24 * HOUR, MINUTE)])
    assert (found.minutes, len(found)) == (60, 24)
    assert [found.at(ts) for ts in (0, HOUR - 1, HOUR, 24 * HOUR)] == [0, 0, 1, 23]
    assert sum(found.hours(block, (0, 24 * HOUR)) for block in range(len(found))) == pytest.approx(24)


@pytest.mark.parametrize(("hours", "minutes"), [(10, 60), (5, 30), (2, 10), (1, 5), (0.1, 5)])
def test_shorter_stretches_are_taken_only_until_there_are_enough(hours: float, minutes: int) -> None:
    found = blocks_of([(0, round(hours * HOUR))], [range(0, round(hours * HOUR), MINUTE)])
    assert found.minutes == minutes
    if len(found) < LEAST_CLUSTERS:
        assert minutes == MINUTES[-1]  # too few even so: no figure gets an interval


def test_stretches_without_a_trip_are_not_enough() -> None:
    day, first_hour = [(0, 24 * HOUR)], range(0, HOUR, MINUTE)
    everywhere = [*first_hour, *range(HOUR, 11 * HOUR, HOUR)]
    assert blocks_of(day, [first_hour]).minutes == 5
    assert blocks_of(day).minutes == MINUTES[-1]
    assert blocks_of(day, [everywhere]).minutes == 60
    assert blocks_of(day, [everywhere, first_hour]).minutes == 5  # asked of every stage
    assert blocks_of(day, [everywhere, first_hour[:9]]).minutes == 60  # but one that never has ten


def test_tapes_of_one_time_share_their_stretches_and_no_stretch_is_a_splinter() -> None:
    spans = [(0, 2 * HOUR), (HOUR // 2, 2 * HOUR + 1), (100 * HOUR, 100 * HOUR + MINUTE)]
    found = blocks_of(spans)
    alone = blocks_of([(0, 2 * HOUR + 1)])
    assert found.spans[:-1] == alone.spans
    assert found.spans[-1] == spans[2]
    lengths = [end - begin for begin, end in alone.spans]
    assert max(lengths) - min(lengths) <= 1
    assert all(before[1] <= after[0] for before, after in pairwise(found.spans))
    assert found.at(100 * HOUR) == len(found) - 1
    assert found.hours(len(found) - 1, spans[0]) == 0
