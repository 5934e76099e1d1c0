"""The truth that level orders are held against, and the figures made of it."""

import gzip
from pathlib import Path

import numpy as np

from benchmarks.lifetimes.buckets import bucketed
from benchmarks.lifetimes.figures import (
    brier_skill,
    common,
    distance,
    figures,
    hits,
    level_lives,
    seen_at_ends,
)
from benchmarks.lifetimes.ties import tie_figures
from benchmarks.lifetimes.truth import ENDS, SIZE_UNITS, read_truth
from tests.support.tapes import book_message
from tools.detection.order_pool import CANCEL, END
from tools.market.events import LAST, RESET, SNAPSHOT

MIDNIGHT = 10**18
MESSAGES = """1.000000999,1,7,100,2000000,1
1.5,1,8,50,2000100,-1
2.0,4,7,40,2000000,1
2.5,2,7,10,2000000,1
3.0,3,7,50,2000000,1
3.5,4,8,50,2000100,-1
4.0,3,9,20,2000000,1
4.0,5,0,20,2000000,1
"""


def test_every_cancel_and_complete_fill_is_in_the_truth(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "m.csv.gz", "wt") as file:
        file.write(MESSAGES)
    truth = read_truth(tmp_path / "m.csv.gz", MIDNIGHT)
    second, bid, ask = 10**9, 2000000 * 10_000, -2000100 * 10_000
    assert [tuple(row) for row in truth.tolist()] == [
        (bid, MIDNIGHT + second, MIDNIGHT + 25 * second // 10, 10 * SIZE_UNITS, True, False),
        (bid, MIDNIGHT + second, MIDNIGHT + 3 * second, 50 * SIZE_UNITS, True, True),
        (ask, MIDNIGHT + 15 * second // 10, MIDNIGHT + 35 * second // 10, 50 * SIZE_UNITS, False, True),
        (bid, 0, MIDNIGHT + 4 * second, 20 * SIZE_UNITS, True, True),
    ]


def test_buckets_show_only_what_differs_at_their_ends() -> None:
    events = np.concatenate(
        [
            book_message(10, [(1, 5, 1), (-1, 7, 1)], is_snapshot=True),
            book_message(110, [(1, 5, 2)]),
            book_message(120, [(1, 5, 1), (1, 4, 9)]),
            book_message(210, [(-1, 7, 3)]),
            book_message(220, [(-1, 7, 4)]),
        ]
    )
    reduced = bucketed(events, 100)
    assert [tuple(row) for row in reduced[["ts_init", "side", "price", "size", "flags"]].tolist()] == [
        (100, -1, 7, 1, SNAPSHOT | RESET),
        (100, 1, 5, 1, SNAPSHOT | LAST),
        (200, 1, 4, 9, LAST),
        (300, -1, 7, 4, LAST),
    ]


def test_the_figures_tell_a_right_moment_from_a_right_order() -> None:
    truth = np.array([(5, 100, 200, 10, True, True), (5, 150, 300, 10, True, True)], ENDS)
    ends = np.zeros(2, END)
    ends["key"], ends["gone"], ends["ended"] = 5, 10, CANCEL
    ends["ts_add"], ends["ts_end"] = [150, 150], [200, 300]
    found = figures(ends, truth, 0, 0)
    assert (found["cancels_found"]["share"], found["cancels_right"]["share"]) == (1.0, 1.0)
    assert (found["ids_found"]["share"], found["ids_right"]["share"]) == (0.5, 0.5)


def test_an_oracle_that_sees_bucket_ends_misses_what_lived_between_them() -> None:
    truth = np.array([(5, 110, 190, 10, True, True), (5, 110, 210, 10, True, True)], ENDS)
    assert seen_at_ends(truth, 100)["ts_end"].tolist() == [300]
    assert len(seen_at_ends(truth, 0)) == 2


def test_the_parts_of_the_figures_are_what_they_say() -> None:
    assert common([1, 1, 2], [1, 3, 2, 2]) == 2
    assert distance(np.array([1, 2, 3, 4]), np.array([3, 4, 5, 6])) == 0.5
    events = np.concatenate(
        [
            book_message(10, [(1, 5, 1)], is_snapshot=True),
            book_message(20, [(1, 6, 1)]),
            book_message(50, [(1, 6, 0), (1, 5, 0)]),
        ]
    )
    assert level_lives(events, 0).tolist() == [30]


def test_a_known_order_answers_for_one_claim_and_chances_are_scored() -> None:
    assert hits([1, 1, 2], [1, 3]).tolist() == [True, False, False]
    right = np.array([True, False])
    assert brier_skill(np.array([1.0, 0.0]), right) == 1.0
    assert brier_skill(np.array([0.5, 0.5]), right) == 0.0


def test_ties_are_equals_of_one_price_that_rest_at_the_same_time() -> None:
    truth = np.array(
        [
            (5, 100, 200, 10, True, True),  # alone when it goes: the next comes later
            (5, 250, 500, 10, True, True),  # last of two
            (5, 300, 400, 10, True, True),  # the youngest of two
            (5, 300, 450, 11, True, True),  # another size
            (6, 300, 460, 10, True, True),  # another price
            (7, 300, 600, 10, True, True),  # the oldest of two goes
            (7, 310, 700, 10, False, True),
        ],
        ENDS,
    )
    found = tie_figures(truth, 0)
    assert (found["tied"]["share"], found["tied"]["n"]) == (0.3333, 6)
    assert (found["youngest"]["share"], found["youngest"]["n"]) == (0.5, 2)
    assert found["ceiling"]["share"] == round(5 / 6, 4)
