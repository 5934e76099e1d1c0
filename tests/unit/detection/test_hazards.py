"""Chances that orders of a size and distance are withdrawn or traded by an age."""

import numpy as np
import pytest

from tools.detection.hazards import (
    CANCELS,
    CELLS,
    FILLS,
    HALVED_NS,
    HAZARDS,
    LEAST_P,
    cell_of,
    ended_by,
    hazard,
    learn_end,
)

START = 1_700_000_000_000_000_000
NEAR, FAR = cell_of(4.0, 0.0), cell_of(4.0, 20.0)


def learnt(ends: list[tuple[int, int, float]], ts: int = START) -> np.void:
    state = np.zeros(1, HAZARDS)[0]
    for cell, cause, life_s in ends:
        learn_end(state, ts, cell, cause, life_s)
    return state


def test_size_and_distance_tell_cells_apart() -> None:
    cells = {cell_of(size, far) for size in (0.5, 1.0, 3.0) for far in (0.0, 1.0, 4.0, 12.0, 30.0)}
    assert cells == set(range(CELLS))


def test_a_rate_is_ends_over_time_rested_and_each_cause_has_its_own() -> None:
    rng = np.random.default_rng(7)
    lives = rng.exponential(2.0, 4_000)  # half an end a second, a quarter of them fills
    causes = np.where(rng.uniform(size=4_000) < 0.25, FILLS, CANCELS)
    state = learnt([(NEAR, int(cause), float(life)) for cause, life in zip(causes, lives, strict=True)])
    assert hazard(state, NEAR, CANCELS) == pytest.approx(0.375, rel=0.05)
    assert hazard(state, NEAR, FILLS) == pytest.approx(0.125, rel=0.1)
    assert ended_by(state, NEAR, CANCELS, 2.0) == pytest.approx(1 - np.exp(-0.75), rel=0.05)
    assert ended_by(state, NEAR, FILLS, 1.0) < ended_by(state, NEAR, FILLS, 4.0)


def test_a_fill_is_likelier_where_orders_trade_and_a_short_life_rarer_where_they_rest() -> None:
    state = learnt([(NEAR, FILLS, 0.5)] * 200 + [(FAR, CANCELS, 20.0)] * 200)
    assert ended_by(state, NEAR, FILLS, 1.0) > 10 * ended_by(state, FAR, FILLS, 1.0)
    assert hazard(state, FAR, CANCELS) == pytest.approx(0.05, rel=0.1)


def test_a_cell_without_orders_has_the_rate_of_all() -> None:
    state = learnt([(NEAR, CANCELS, 4.0)] * 10)
    assert hazard(state, FAR, CANCELS) == pytest.approx(0.25)


def test_nothing_known_is_no_chance_and_never_zero() -> None:
    assert ended_by(learnt([]), NEAR, CANCELS, 1.0) == LEAST_P


def test_what_is_an_hour_old_counts_for_a_quarter() -> None:
    state = learnt([(NEAR, CANCELS, 1.0)] * 400)
    learn_end(state, START + 2 * HALVED_NS, NEAR, CANCELS, 1.0)
    assert state["ends"][NEAR, CANCELS] == pytest.approx(101.0)
    assert state["rested"][NEAR] == pytest.approx(101.0)
