"""The audit of a soak finds each way in which something can go missing, on accounts written by hand."""

from collections.abc import Iterable

import numpy as np
import pytest

from benchmarks.loopback.books import VERSIONS
from benchmarks.loopback.log import LOG, Log
from benchmarks.loopback.plan import DEPTH, PRINT
from benchmarks.soak.audit import Audit, audit
from benchmarks.soak.journal import CHANGED, DROPPED_BOOK, ENTRY, OPENED, TRADED, Journal

N = 6  # changes of the book are messages 0 to 5, prints 6 to 11
Told = tuple[int, int, bool]  # what, number, whether marked

WHOLE = [(OPENED, -1, False), *((CHANGED, number, False) for number in range(N))]
PRINTS = [(TRADED, N + number, False) for number in range(N)]


def log() -> Log:
    made = np.zeros(2 * N, LOG)
    made["kind"] = [DEPTH] * N + [PRINT] * N
    made["last"][:N] = np.arange(1, N + 1) * VERSIONS
    made["last"][N:] = np.arange(1, N + 1)
    return made


def audited(told: Iterable[Told]) -> Audit:
    rows = [(at * 10**9, number, 0, what, is_marked) for at, (what, number, is_marked) in enumerate(told)]
    journal: Journal = np.array(rows, ENTRY)
    return audit(log(), journal, 1)


def without(told: list[Told], *numbers: int) -> list[Told]:
    return [entry for entry in told if entry[1] not in numbers or entry[0] == OPENED]


def test_whole_run_misses_nothing() -> None:
    found = audited(WHOLE + PRINTS)
    assert (found.made, found.missing, found.unnoticed, found.repeated, found.false_marks) == (12, 0, 0, 0, 0)


@pytest.mark.parametrize("lost", range(N))
def test_change_that_is_missing_without_a_new_book_is_unnoticed(lost: int) -> None:
    found = audited(without(WHOLE, lost) + PRINTS)
    assert (found.missing, found.unnoticed) == (1, 1)


@pytest.mark.parametrize("lost", range(1, N))
def test_print_that_is_missing_without_a_mark_is_unnoticed(lost: int) -> None:
    found = audited(WHOLE + without(PRINTS, N + lost))
    assert (found.missing, found.unnoticed) == (1, 1)


def test_print_before_the_first_cannot_be_noticed() -> None:
    found = audited(WHOLE + without(PRINTS, N))
    assert (found.missing, found.before_first, found.unnoticed) == (1, 1, 0)


def test_marked_hole_is_noticed_with_its_size() -> None:
    marked = [(what, number, number == N + 4) for what, number, _ in without(PRINTS, N + 2, N + 3)]
    found = audited(WHOLE + marked)
    assert (found.missing, found.in_marked_holes, found.marks, found.unnoticed) == (2, 2, 1, 0)


def test_mark_without_a_hole_is_false() -> None:
    marked = [(what, number, number == N + 4) for what, number, _ in PRINTS]
    assert audited(WHOLE + marked).false_marks == 1


def test_new_book_stands_for_what_it_replaces() -> None:
    told = [*WHOLE[:3], (DROPPED_BOOK, 1, False), (OPENED, 3, False), *WHOLE[5:], *PRINTS]
    found = audited(told)
    assert (found.missing, found.in_books, found.unnoticed) == (2, 2, 0)
    assert (found.opened, found.dropped, found.blind_s) == (2, 1, 1.0)


def test_new_book_in_place_of_one_that_nobody_called_wrong_is_a_fault() -> None:
    assert audited([*WHOLE[:3], (OPENED, 3, False), *WHOLE[5:], *PRINTS]).unnoticed == 1


def test_change_of_a_dropped_book_is_a_fault() -> None:
    told = [*WHOLE[:4], (DROPPED_BOOK, 1, False), (CHANGED, 3, False), (OPENED, 5, False), *PRINTS]
    assert audited(told).unnoticed == 1


@pytest.mark.parametrize("told", [[*WHOLE, WHOLE[-1], *PRINTS], [*WHOLE, *PRINTS, PRINTS[2]]])
def test_repetition_is_found(told: list[Told]) -> None:
    assert audited(told).repeated == 1


def test_stream_that_ends_early_is_unnoticed() -> None:
    assert audited(WHOLE[:-2] + PRINTS[:-1]).unnoticed == 3


def test_book_that_never_came_back_accounts_for_its_end() -> None:
    found = audited([*WHOLE[:-2], (DROPPED_BOOK, 3, False), *PRINTS])
    assert (found.missing, found.in_books, found.unnoticed) == (2, 2, 0)
