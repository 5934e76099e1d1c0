"""Combinatorial cross-validation: the book's worked case, purging by hand, and no leak on either side."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.models.validation import backtest_paths, combinatorial_splits, path_count

# López de Prado (2018), figure 12.1: six groups, two held out; the path that each split's group belongs to
FIGURE_12_1 = {
    (1, 1): 1, (1, 2): 2, (1, 3): 3, (1, 4): 4, (1, 5): 5,
    (2, 1): 1, (2, 6): 2, (2, 7): 3, (2, 8): 4, (2, 9): 5,
    (3, 2): 1, (3, 6): 2, (3, 10): 3, (3, 11): 4, (3, 12): 5,
    (4, 3): 1, (4, 7): 2, (4, 10): 3, (4, 13): 4, (4, 14): 5,
    (5, 4): 1, (5, 8): 2, (5, 11): 3, (5, 13): 4, (5, 15): 5,
    (6, 5): 1, (6, 9): 2, (6, 12): 3, (6, 14): 4, (6, 15): 5,
}  # fmt: skip

span_lists = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), min_size=8, max_size=50)


def spans_of(pairs: list[tuple[int, int]]) -> np.ndarray:
    return np.array(sorted((start, start + length) for start, length in pairs), dtype=np.int64)


def test_six_groups_of_which_two_are_held_out_join_as_in_the_book() -> None:
    paths = backtest_paths(6, 2)
    assert paths.shape == (5, 6)
    for (group, split), path in FIGURE_12_1.items():
        assert paths[path - 1, group - 1] == split - 1
    splits = list(combinatorial_splits(spans_of([(10 * i, 1) for i in range(12)])))
    assert len(splits) == 15
    assert [split.held for split in splits[:6]] == [(0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (1, 2)]


@pytest.mark.parametrize(("groups", "held"), [(6, 2), (10, 2), (10, 5), (4, 1), (5, 4)])
def test_paths_are_as_many_as_the_formula_says_and_each_judges_every_group_once(
    groups: int, held: int
) -> None:
    # phi[N, k] = k / N * C(N, k), López de Prado (2018), section 12.4.1
    assert path_count(groups, held) == comb(groups, held) * held // groups
    paths = backtest_paths(groups, held)
    splits = list(combinatorial_splits(spans_of([(10 * i, 1) for i in range(20)]), groups=groups, held=held))
    for path in paths:
        assert all(group in splits[split].held for group, split in enumerate(path.tolist()))
    numbers = [(group, split) for path in paths.tolist() for group, split in enumerate(path)]
    assert len(set(numbers)) == len(numbers) == path_count(groups, held) * groups


def test_the_three_ways_of_overlapping_are_purged_on_both_sides() -> None:
    # section 7.4.1: a training label that starts inside, that ends inside, and that envelops what is judged
    spans = np.array([[0, 5], [1, 40], [2, 11], [10, 12], [14, 18], [17, 19], [18, 22], [30, 31]])
    middle = list(combinatorial_splits(spans, groups=4, held=1))[1]
    assert middle.test.tolist() == [2, 3]  # from 2 to 12
    assert middle.train.tolist() == [4, 5, 6, 7]
    assert middle.purged == 2  # the first ends inside, the second envelops
    third = list(combinatorial_splits(spans, groups=4, held=1))[2]
    assert third.test.tolist() == [4, 5]  # from 14 to 19
    assert third.train.tolist() == [0, 2, 3, 7]  # the one from 1 to 40 envelops, that from 18 starts inside


def test_the_embargo_keeps_its_distance_on_either_side() -> None:
    spans = spans_of([(10 * i, 5) for i in range(9)])
    plain = list(combinatorial_splits(spans, groups=3, held=1))[1]
    assert plain.train.tolist() == [0, 1, 2, 6, 7, 8]
    wide = list(combinatorial_splits(spans, groups=3, held=1, embargo_ns=6))[1]
    assert wide.test.tolist() == [3, 4, 5]  # from 30 to 55
    assert wide.train.tolist() == [0, 1, 7, 8]  # the one that ended at 25, and the one that starts at 60
    assert wide.purged == 2


@given(span_lists, st.integers(0, 40), st.integers(2, 6), st.data())
def test_no_training_label_meets_what_is_judged(
    pairs: list[tuple[int, int]], embargo: int, groups: int, data: st.DataObject
) -> None:
    spans, held = spans_of(pairs), data.draw(st.integers(1, groups - 1))
    judged = np.zeros(len(spans), dtype=int)
    for split in combinatorial_splits(spans, groups=groups, held=held, embargo_ns=embargo):
        judged[split.test] += 1
        assert len(split.train) + len(split.test) + split.purged == len(spans)
        assert not set(split.train.tolist()) & set(split.test.tolist())
        for start, end in spans[split.train]:
            apart = (spans[split.test, 0] >= end + embargo) | (spans[split.test, 1] <= start - embargo)
            assert np.all(apart)
    assert np.all(judged == comb(groups - 1, held - 1))


def test_impossible_groups_are_refused() -> None:
    spans = spans_of([(0, 1), (2, 1), (4, 1)])
    with pytest.raises(ValueError, match="groups must be between 2 and n = 3 rows, was 4"):
        list(combinatorial_splits(spans, groups=4, held=1))
    with pytest.raises(ValueError, match="held must be between 1 and groups - 1 = 2, was 3"):
        list(combinatorial_splits(spans, groups=3, held=3))
    with pytest.raises(ValueError, match="in order"):
        list(combinatorial_splits(spans[::-1], groups=2, held=1))
