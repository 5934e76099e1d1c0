"""Prints become orders again, and those that undo each other are left out of the ratio."""

import math

import numpy as np
import pytest

from tools.domain.market import NANOS, UNITS
from tools.market.parents import (
    EXTREME,
    LEAST_PARENTS,
    PACE_S,
    PARENTS,
    WASH_NS,
    learn_print,
    robust_ratio,
    tape_intensity,
)

START = 1_700_000_000 * NANOS
PRICE = 100 * UNITS


class Tape:
    """Parents with the questions a test asks."""

    def __init__(self) -> None:
        self.state = np.zeros(1, PARENTS)[0]

    def print(
        self,
        ms: float,
        size: int,
        side: int,
        price: int = PRICE,
        *,
        inside: bool = False,
        stamp: float | None = None,
    ) -> bool:
        ts = START + int(ms * 1e6)
        event = ts if stamp is None else START + int(stamp * 1e6)
        return bool(learn_print(self.state, ts, event, price, size, side, inside))

    def ratio(self, ms: float) -> tuple[float, float]:
        out = np.zeros(2)
        robust_ratio(self.state, START + int(ms * 1e6), 60 * NANOS, out)
        return float(out[0]), float(out[1])


def test_prints_of_one_stamp_that_walk_are_one_parent() -> None:
    tape = Tape()
    begun = [
        tape.print(0, 1, 1, PRICE, stamp=0),
        tape.print(1, 1, 1, PRICE + 1, stamp=0),
        tape.print(2, 1, 1, PRICE, stamp=0),  # walks back: another
        tape.print(3, 1, -1, PRICE, stamp=0),  # another side
        tape.print(4, 1, -1, PRICE - 1, stamp=0),
        tape.print(5, 1, -1, PRICE - 1, stamp=5),  # another stamp
    ]
    assert begun == [True, False, True, True, False, True]
    assert tape.state["n_parents"] == 4


def test_an_order_is_large_by_what_its_prints_add_up_to() -> None:
    tape, rng = Tape(), np.random.default_rng(0)
    for i in range(LEAST_PARENTS * 10):
        tape.print(i * 100, int(UNITS * rng.uniform(1, 2)), 1, stamp=i * 100)
    before = int(tape.state["n_large"])
    assert before <= LEAST_PARENTS * 10 * (1 - EXTREME) * 2
    for k in range(4):
        tape.print(300_000, UNITS, 1, PRICE + k, stamp=300_000)
    assert tape.state["n_large"] == before + 1


def test_two_prints_that_undo_each_other_are_left_out() -> None:
    tape = Tape()
    tape.print(0, 30, 1)
    tape.print(1000, 10, -1, PRICE - UNITS)
    tape.print(2000, 500, 1, PRICE - 1)
    tape.print(2500, 500, -1, PRICE - 1)
    ratio, share = tape.ratio(3000)
    assert ratio == 30 / 40
    assert share == pytest.approx(1000 / 1040)


@pytest.mark.parametrize(
    ("size", "side", "price", "wait_ms", "inside", "suspect"),
    [
        (500, -1, PRICE, 500, False, True),
        (500, -1, PRICE + 1, 500, True, True),  # both strictly inside
        (500, -1, PRICE + 1, 500, False, False),  # another price, at a quote
        (450, -1, PRICE, 500, False, True),  # a tenth smaller
        (556, -1, PRICE, 500, False, False),  # larger by more than a tenth of itself
        (449, -1, PRICE, 500, False, False),  # smaller by more than a tenth
        (500, 1, PRICE, 500, False, False),  # the same side
        (500, 0, PRICE, 500, False, False),  # unknown side
        (500, -1, PRICE, WASH_NS / 1e6 + 1, False, False),  # too late
    ],
)
def test_only_alike_opposite_idle_and_close_prints_are_suspect(
    size: int, side: int, price: int, wait_ms: float, inside: bool, suspect: bool
) -> None:
    tape = Tape()
    tape.print(0, 500, 1, inside=True)
    tape.print(wait_ms, size, side, price, inside=inside)
    assert (tape.ratio(wait_ms)[1] > 0) == suspect


def test_a_print_undoes_one_other_only() -> None:
    tape = Tape()
    for ms, side in ((0, 1), (10, -1), (20, -1)):
        tape.print(ms, 500, side)
    assert tape.ratio(30) == (0.0, pytest.approx(2 / 3))


def test_a_tape_of_wash_alone_has_no_ratio() -> None:
    tape = Tape()
    tape.print(0, 500, 1)
    tape.print(10, 500, -1)
    ratio, share = tape.ratio(20)
    assert math.isnan(ratio)
    assert share == 1.0


def test_the_window_forgets_and_an_empty_one_says_nothing() -> None:
    tape = Tape()
    tape.print(0, 500, 1)
    assert tape.ratio(59_999) == (1.0, 0.0)
    assert all(math.isnan(value) for value in tape.ratio(60_000))


def test_the_intensity_of_a_steady_tape_is_its_rate_and_fades_in_silence() -> None:
    tape = Tape()
    for i in range(2000):
        tape.print(i * 50, 1 + i, 1)
    last = START + 1999 * 50_000_000
    assert tape_intensity(tape.state, last) == pytest.approx(20.0, rel=0.01)
    assert tape_intensity(tape.state, last + int(PACE_S * 1e9)) == pytest.approx(20.0 / math.e, rel=0.01)
