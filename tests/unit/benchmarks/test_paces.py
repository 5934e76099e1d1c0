"""Rates are held against the truth; what the feed cannot tell is counted apart, silence as wrong."""

import numpy as np

from benchmarks.detection.paces import figures


def test_censored_and_unknown_answers_are_counted_apart() -> None:
    rows = np.array([(1.0, 1.1), (1.5, 1.1), (np.nan, 1.0), (4.0, 9.0), (9.0, 4.0)])
    found = figures([rows], fastest_hz=5.0)
    assert (found["within_20_percent"]["share"], found["within_20_percent"]["n"]) == (0.5, 2)
    assert (found["of_all"]["share"], found["of_all"]["n"]) == (0.333, 3)
    assert (found["censored"], found["unknown"]) == (2, 1)


def test_a_market_counts_by_its_median_answer() -> None:
    near, far = np.array([(1.0, 1.1)] * 3 + [(9.0, 1.0)]), np.array([(2.0, 1.0)] * 3)
    found = figures([near, far, np.zeros((0, 2))], fastest_hz=50.0)
    assert (found["markets_within_20_percent"]["share"], found["markets_within_20_percent"]["n"]) == (0.5, 2)
