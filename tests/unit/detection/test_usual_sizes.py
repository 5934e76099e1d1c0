"""Sizes that repeat take sums apart; sizes that do not are left alone."""

import numpy as np
import pytest

from tools.detection.usual_sizes import (
    MEMORY,
    RARE,
    SIZES,
    TWO,
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


class Searched:
    """The same by looking at every size each time."""

    def __init__(self) -> None:
        self.n = 0.0
        self.sizes = [0] * SIZES
        self.counts = [0.0] * SIZES

    def learn(self, size: int) -> None:
        self.n += 1.0
        if self.n > MEMORY:
            self.n *= 0.5
            self.counts = [0.5 * count for count in self.counts]
        if size in self.sizes:
            self.counts[self.sizes.index(size)] += 1.0
            return
        rarest = self.counts.index(min(self.counts))
        if self.counts[rarest] < 1.0:
            self.sizes[rarest], self.counts[rarest] = size, 1.0
        else:
            self.counts[rarest] -= 1.0

    def count(self, size: int) -> float:
        return self.counts[self.sizes.index(size)] if size in self.sizes else 0.0

    def first_of_two(self, size: int) -> int:
        best, found = max(self.count(size), RARE), 0
        for one, count in zip(self.sizes, self.counts, strict=True):
            both = count * self.count(size - one) / self.n * TWO
            if 0 < one < size and count >= 2.0 and both > best:
                best, found = both, one
        return found


@pytest.mark.parametrize("spread", [70, 400, 10_000])
def test_every_size_is_counted_as_if_all_were_looked_at(spread: int) -> None:
    rng = np.random.default_rng(spread)
    common = np.minimum(rng.zipf(1.7, 6000), 12) * 100
    sizes = np.where(rng.random(6000) < 0.4, common, rng.integers(0, spread, 6000)).tolist()
    usual: np.void = np.zeros(1, USUAL)[0]
    plain = Searched()
    taken_apart = 0
    for i, size in enumerate(sizes):
        learn_usual(usual, size)
        plain.learn(size)
        if i % 60 == 59:
            assert usual["size"].tolist() == plain.sizes
            assert usual["count"].tolist() == plain.counts
            assert usual["most"] == max(plain.counts)
            assert first_of_two(usual, size) == plain.first_of_two(size)
            assert count_of(usual, size + 1) == plain.count(size + 1)
            taken_apart += first_of_two(usual, 2500 + size) == plain.first_of_two(2500 + size)
    assert taken_apart == 100
