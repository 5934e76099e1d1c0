"""Sizes that repeat take sums apart; sizes that do not are left alone."""

import numpy as np

from tools.detection.usual_sizes import (
    SIZES,
    USUAL,
    count_of,
    first_of_two,
    is_replacement,
    learn_usual,
    rarity,
)


def learned(*sizes: int) -> np.void:
    usual: np.void = np.zeros(1, USUAL)[0]
    for size in sizes:
        learn_usual(usual, size)
    return usual


def test_a_rare_sum_of_two_common_sizes_is_two_orders() -> None:
    usual = learned(*[100, 87] * 60)
    assert first_of_two(usual, 187) in {100, 87}
    assert first_of_two(usual, 100) == 0


def test_where_sizes_do_not_repeat_nothing_is_taken_apart() -> None:
    usual = learned(*range(1, 400))
    assert all(first_of_two(usual, size) == 0 for size in range(1, 800))


def test_a_common_size_stays_known_in_a_crowd_of_new_ones() -> None:
    mixed = [x for i in range(1000) for x in (100, 1000 + i)]
    usual = learned(*mixed)
    assert count_of(usual, 100) > 900
    assert np.count_nonzero(usual["count"] > 1) <= SIZES // 2


def test_a_replacement_needs_a_common_size_and_a_rare_change() -> None:
    usual = learned(*[100] * 300, *[30] * 50)
    assert is_replacement(usual, 100, rarity(usual, 13))
    assert not is_replacement(usual, 100, rarity(usual, 30))
    assert not is_replacement(usual, 30, rarity(usual, 13))


def test_a_sum_that_is_common_itself_is_one_order() -> None:
    assert first_of_two(learned(*[100, 200] * 60), 200) == 0
