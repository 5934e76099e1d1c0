"""Alarms are held against the truth's spells: right, false, late, repeated, on partial withdrawals."""

from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.detection.leaving import (
    GONE_LEFT,
    WATCH_NS,
    WATCHED,
    Look,
    Tally,
    count,
    departures,
    pair_alarms,
    raised,
    trail_alarms,
    watched,
)
from benchmarks.detection.worlds import World, markets
from venue.public import NANOS

START = 1_000 * NANOS
LENGTH_S = 200


def look(*spells: tuple[float, str]) -> Look:
    """A market with a maker of 0.5 s whose spells begin at these seconds of the watch."""
    rows = [("X", "mm", START + int(at * NANOS), state, "") for at, state in spells]
    market = SimpleNamespace(symbol="X", truth=SimpleNamespace(quoting=rows))
    seen = np.zeros((LENGTH_S * NANOS // WATCH_NS, WATCHED))
    seen[:, 1], seen[:, 2] = 0.5, 1.0
    return Look(market, START, seen)  # type: ignore[arg-type]


def tallied(one: Look, *alarms_s: float) -> Tally:
    tally = Tally()
    count(one, [round(at * NANOS / WATCH_NS) for at in alarms_s], tally)
    return tally


AWAY = ((-1.0, "full"), (50.0, "away"), (90.0, "full"))


def test_an_alarm_while_the_maker_is_away_is_right_and_its_delay_is_told_in_periods() -> None:
    tally = tallied(look(*AWAY), 52.0)
    assert (tally.right, tally.wrong, tally.met, tally.met_lasting) == (1, 0, [True], [True])
    assert tally.delays == [(pytest.approx(2.0), pytest.approx(4.0))]


def test_a_second_alarm_in_one_absence_counts_neither_way() -> None:
    tally = tallied(look(*AWAY), 52.0, 60.0)
    assert (tally.right, tally.repeated, tally.wrong) == (1, 1, 0)


def test_an_alarm_while_it_quotes_is_false_but_right_after_its_return_it_is_late() -> None:
    assert tallied(look(*AWAY), 20.0).wrong == 1
    assert tallied(look(*AWAY), 90.5).right == 1
    assert tallied(look(*AWAY), 90.9).wrong == 1
    assert tallied(look(*AWAY)).met == [False]


def test_an_alarm_while_it_quotes_one_side_is_told_apart() -> None:
    tally = tallied(look((-1.0, "full"), (50.0, "bid_only"), (90.0, "full")), 60.0)
    assert (tally.right, tally.wrong, tally.on_partial, tally.met_all) == (0, 0, 1, [])


def test_departures_of_strangers_count_among_all_alone_and_short_ones_do_not_last() -> None:
    stranger = look(*AWAY)
    stranger.seen[:, 2] = 0.0
    assert (tallied(stranger).met_all, tallied(stranger).met) == ([False], [])
    short = tallied(look((-1.0, "full"), (50.0, "away"), (51.9, "full")))
    assert (short.met, short.met_lasting) == ([False], [])


def test_departures_at_the_end_are_not_counted_and_hours_are_of_quoting() -> None:
    tally = tallied(look((-1.0, "full"), (100.0, "wide"), (145.0, "away")))
    assert tally.met_all == []
    assert tally.hours == pytest.approx(100 / 3600, rel=0.01)


def test_the_rules_read_their_own_columns() -> None:
    seen = np.zeros((40, WATCHED))
    seen[:, 2] = 1.0
    seen[10:20, 0], seen[25:, 4] = GONE_LEFT, 1.0
    assert (pair_alarms(seen), trail_alarms(seen)) == ([10], [25])
    seen[:, 2], seen[:, 4] = 0.0, np.nan
    assert (pair_alarms(seen), trail_alarms(seen)) == ([], [])


def test_an_alarm_is_raised_once_for_each_cause() -> None:
    is_on = np.array([0, 1, 1, 0, 1, 1, 1], np.bool_)
    assert raised(is_on, np.array([0.0, 1, 1, 1, 1, 2, 2])) == [1, 5]


def test_both_rules_watch_the_same_worlds_and_find_departures() -> None:
    looks = [
        watched(market)
        for seed in (23_000_001, 23_000_002)
        for market in markets(World(tier="T1", family="ladder", seed=seed, seconds=600, coins=(0, 1)))
    ]
    by_rule = departures(looks)
    trail, pair = by_rule["trail"], by_rule["pair"]
    assert trail["coverage"]["n"] == pair["coverage"]["n"] >= 5
    assert trail["hours"] == pair["hours"] > 0.3
    assert min(trail["coverage"]["share"], pair["coverage"]["share"]) > 0.5
    assert trail["precision"]["share"] > 0.7
