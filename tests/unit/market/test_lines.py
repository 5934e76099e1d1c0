"""A line under a slow consumer: what is thrown away is never passed off as complete."""

import numpy as np
import pytest

from tools.market.events import BOOK, EVENT, GAP, LAST, PRINT, RESET, SNAPSHOT, Events
from tools.market.lines import SymbolLine
from tools.market.wire.messages import Depth, Prints, Snapshot

MOST = 20


class Ticking:
    """A clock that moves with every look."""

    def __init__(self) -> None:
        self.ts = 0

    def now(self) -> int:
        self.ts += 1_000_000
        return self.ts


def rows(n: int, kind: int) -> Events:
    made = np.zeros(n, EVENT)
    made["ts_event"], made["price"], made["size"], made["kind"], made["side"] = 1, 100, 5, kind, 1
    made["flags"][-1] = LAST
    return made


def opened(last: int) -> Snapshot:
    book = rows(2, BOOK)
    book["flags"] |= SNAPSHOT
    book["flags"][0] |= RESET
    return Snapshot(last, book, 1)


def sound_line() -> SymbolLine:
    line = SymbolLine("AUSDT", Ticking(), most_pending=MOST)
    line.is_live = True
    line.on_snapshot(opened(10))
    line.on_prints(Prints("AUSDT", rows(1, PRINT), (1,)))
    assert line.take() is not None
    return line


def overflow_with_prints(line: SymbolLine) -> None:
    for number in range(2, MOST + 3):
        line.on_prints(Prints("AUSDT", rows(1, PRINT), (number,)))
    assert line.overflows == 1


def is_dropped_book(events: Events) -> bool:
    return bool(events[0]["flags"] & RESET) and events[0]["size"] == 0


def test_overflow_tells_followers_that_their_book_is_gone() -> None:
    line = sound_line()
    overflow_with_prints(line)
    batch = line.take()
    assert batch is not None
    assert is_dropped_book(batch.events)
    assert line.wants_snapshot


def test_overflow_does_not_swallow_the_news_of_a_gap() -> None:
    line = sound_line()
    line.on_depth(Depth("AUSDT", 14, 15, rows(1, BOOK), 1))  # a gap: the book is dropped, nobody fetches
    overflow_with_prints(line)
    batch = line.take()
    assert batch is not None
    assert is_dropped_book(batch.events)


@pytest.mark.parametrize("prints", range(MOST))
def test_changes_that_waited_for_a_book_are_never_handed_out_without_it(prints: int) -> None:
    """However full the line is, a book and the changes behind it come together or not at all."""
    line = sound_line()
    line.on_depth(Depth("AUSDT", 14, 15, rows(1, BOOK), 1))  # a gap
    for number in range(16, 20):
        line.on_depth(Depth("AUSDT", number - 1, number, rows(1, BOOK), 1))
    for number in range(2, prints + 2):
        line.on_prints(Prints("AUSDT", rows(1, PRINT), (number,)))
    line.on_snapshot(opened(14))
    batch = line.take()
    assert batch is not None
    has_book = True
    for row in batch.events[batch.events["kind"] == BOOK]:
        if row["flags"] & RESET:
            has_book = row["size"] > 0
        assert has_book or row["flags"] & RESET, "a change of a book that nobody has"
    assert has_book == line.book.is_sound


def test_overflow_before_any_book_tells_of_none() -> None:
    line = SymbolLine("AUSDT", Ticking(), most_pending=MOST)
    overflow_with_prints(line)
    assert line.take() is None


def test_print_after_an_overflow_is_marked() -> None:
    line = sound_line()
    overflow_with_prints(line)
    line.take()
    line.on_prints(Prints("AUSDT", rows(1, PRINT), (MOST + 3,)))
    batch = line.take()
    assert batch is not None
    assert batch.events["flags"].tolist() == [LAST | GAP]
    assert batch.ids == (MOST + 3,)


def test_book_heals_after_an_overflow() -> None:
    line = sound_line()
    overflow_with_prints(line)
    line.take()
    line.on_snapshot(opened(30))
    line.on_depth(Depth("AUSDT", 30, 31, rows(1, BOOK), 1))
    batch = line.take()
    assert batch is not None
    assert batch.events["flags"].tolist() == [SNAPSHOT | RESET, SNAPSHOT | LAST, LAST]
    assert line.book.version == 31


def test_print_after_an_overflow_of_book_rows_alone_is_not_marked() -> None:
    line = sound_line()
    line.on_depth(Depth("AUSDT", 10, 11, rows(MOST + 1, BOOK), 1))
    assert line.overflows == 1
    line.on_prints(Prints("AUSDT", rows(1, PRINT), (2,)))
    batch = line.take()
    assert batch is not None
    assert batch.events["flags"].tolist() == [SNAPSHOT | RESET | LAST, LAST]


def test_what_waits_longest_is_known_until_it_is_fetched() -> None:
    line = SymbolLine("AUSDT", Ticking(), most_pending=MOST)
    assert line.waiting_since is None
    line.on_prints(Prints("AUSDT", rows(1, PRINT), (1,)))
    first = line.waiting_since
    line.on_prints(Prints("AUSDT", rows(1, PRINT), (2,)))
    assert line.waiting_since == first is not None
    batch = line.take()
    assert batch is not None
    assert int(batch.events["ts_init"][0]) == first
    assert line.waiting_since is None
