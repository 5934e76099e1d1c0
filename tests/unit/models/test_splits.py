"""No label that reaches into the test is learned from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.models.validation import purged_split, walk_forward

Pairs = list[tuple[int, int]]

span_lists = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 100)), min_size=5, max_size=60)


def spans_of(pairs: Pairs) -> np.ndarray:
    return np.array(sorted((start, start + length) for start, length in pairs), dtype=np.int64)


@given(span_lists, st.integers(0, 80), st.floats(0.1, 0.6))
def test_training_labels_end_before_the_test_and_its_embargo(
    pairs: Pairs, embargo: int, share: float
) -> None:
    spans = spans_of(pairs)
    split = purged_split(spans, test_share=share, embargo_ns=embargo)
    begin = spans[split.test, 0].min()
    assert np.all(spans[split.train, 1] + embargo <= begin)
    assert len(split.train) + split.purged + len(split.test) == len(spans)


@given(span_lists, st.integers(0, 80), st.integers(1, 5))
def test_folds_expand_never_overlap_and_never_leak(pairs: Pairs, embargo: int, folds: int) -> None:
    spans = spans_of(pairs)
    judged: list[int] = []
    known = 0
    for fold in walk_forward(spans, folds=folds, embargo_ns=embargo):
        assert np.all(spans[fold.train, 1] + embargo <= spans[fold.test, 0].min())
        assert len(fold.train) >= known
        known = len(fold.train)
        judged += fold.test.tolist()
    assert judged == list(range(round(len(spans) * 0.4), len(spans)))


@given(span_lists)
def test_what_comes_after_a_fold_does_not_change_it(pairs: Pairs) -> None:
    spans = spans_of(pairs)
    first = next(walk_forward(spans, folds=2))
    later = spans.copy()
    later[first.test[-1] + 1 :] += 1000
    again = next(walk_forward(later, folds=2))
    assert first.train.tolist() == again.train.tolist()
    assert first.test.tolist() == again.test.tolist()


def test_impossible_splits_are_refused() -> None:
    spans = spans_of([(0, 1), (2, 1), (4, 1)])
    with pytest.raises(ValueError, match=r"test_share must be between 0 and 1, was 1\.0"):
        purged_split(spans, test_share=1.0)
    with pytest.raises(ValueError, match="folds >= 1"):
        next(walk_forward(spans, folds=0))
    with pytest.raises(ValueError, match="in order of their start"):
        purged_split(spans[::-1])
