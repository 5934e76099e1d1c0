"""A coin held against the leader: the two paths in order of time, and nothing that hangs on who asks when."""

import numpy as np
import pytest

from tests.support.pairs import COIN, END, LEADER, SECONDS, START, quotes, streams
from tools.detection.links import STALE_NS, LeaderLink
from tools.detection.state import new_senses
from tools.domain.market import NANOS
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.features.hayashi_yoshida import Correlation, correlation, new_link, see_all
from tools.features.path import APART_NS
from tools.market.events import Events


def said(coin: Events, leader: Events, asked: list[int]) -> list[Correlation | None]:
    """What is said at each of ``asked``, each time with all events up to it taken in."""
    senses = [new_senses(one, default_parameters()) for one in (COIN, LEADER)]
    link, index, found = LeaderLink(*senses), [0, 0], []
    for ts in asked:
        for k, events in enumerate((coin, leader)):
            index[k] = sense_until(events, index[k], ts, senses[k])
        found.append(link.correlation(ts))
    return found


def test_a_planted_correlation_is_found_through_both_books() -> None:
    values = []
    for seed in range(12):
        found = said(*streams(seed), [END])[0]
        assert found is not None
        assert found.low < found.value < found.high
        values.append(found.value)
    assert np.mean(values) == pytest.approx(0.8, abs=0.06)


def test_it_is_what_the_two_paths_say_in_order_of_time() -> None:
    coin, leader = streams(1)
    senses = [new_senses(one, default_parameters()) for one in (COIN, LEADER)]
    for one, events in zip(senses, (coin, leader), strict=True):
        sense_until(events, 0, END, one)
    rows = [
        (int(path["stamps"][i]), side, float(path["logs"][i]))
        for side, path in enumerate(one["path"][0] for one in senses)
        for i in range(int(path["count"]))
    ]
    stamps, sides, logs = (np.array(column) for column in zip(*sorted(rows), strict=True))
    until = min(int(coin["ts_init"][-1]), int(leader["ts_init"][-1]))
    link = new_link()
    see_all(link, sides[stamps <= until], stamps[stamps <= until], logs[stamps <= until])
    assert said(coin, leader, [END])[0] == correlation(link, until)


def test_it_does_not_matter_how_often_it_was_asked_before() -> None:
    coin, leader = streams(2)
    often = said(coin, leader, [START + k * 370_000_000 for k in range(1, 2_000)])[-1]
    assert often is not None
    assert said(coin, leader, [START + 1_999 * 370_000_000])[0] == often


def test_what_comes_later_changes_nothing() -> None:
    coin, leader = streams(3)
    asked = [START + k * 60 * NANOS for k in range(1, 15)]
    whole = said(coin, leader, asked)
    assert sum(one is not None for one in whole) > 5
    for k, ts in enumerate(asked):
        part = [events[events["ts_init"] <= ts] for events in (coin, leader)]
        assert said(part[0], part[1], asked[: k + 1]) == whole[: k + 1]


def test_a_side_that_fell_silent_is_not_spoken_of() -> None:
    coin, leader = streams(4)
    half = START + SECONDS // 2 * NANOS
    cut = leader[leader["ts_init"] <= half]
    found = said(coin, cut, [half + NANOS, half + STALE_NS // 2, half + STALE_NS + NANOS])
    assert found[0] is not None
    assert found[1] is not None
    assert found[2] is None


def test_a_path_takes_at_most_one_point_a_second_and_none_that_stands_still() -> None:
    grid = START + np.arange(50) * (APART_NS // 5)
    senses = new_senses(LEADER, default_parameters())
    mids = np.where(np.arange(50) < 25, 60_000 + np.arange(50), 60_024).astype(float)
    sense_until(quotes(grid, mids), 0, END, senses)
    path = senses["path"][0]
    taken = path["stamps"][: int(path["count"])]
    assert np.diff(taken).min() >= APART_NS
    assert taken.tolist() == [int(grid[k]) for k in (0, 5, 10, 15, 20, 25)]
