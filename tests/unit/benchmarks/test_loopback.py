"""The sender tells the truth about its books, in frames that the reader understands, all numbered."""

import numpy as np
import pytest

from benchmarks.loopback.books import SIDE, Draws, TrueBook, depth_frame, trade_frame
from benchmarks.loopback.plan import FIRST_MS, Chances, LoadPlan, number_of
from benchmarks.loopback.sender import packet
from tools.market.events import Events
from tools.market.wire.binance import BinanceWire
from tools.market.wire.messages import Depth, Prints, Snapshot

WIRE = BinanceWire()
Book = tuple[dict[int, int], dict[int, int]]


def applied(book: Book, rows: Events) -> None:
    for row in rows:
        side = book[0 if row["side"] > 0 else 1]
        side[int(row["price"])] = int(row["size"])
        if not row["size"]:
            del side[int(row["price"])]


@pytest.mark.parametrize("levels", [2, 10, 40])
def test_changes_lead_from_the_first_book_to_the_last(levels: int) -> None:
    rng = np.random.default_rng(2)
    book, draws = TrueBook.opened(rng), Draws(rng, levels)
    opened = WIRE.parse_snapshot(book.told(FIRST_MS - 1))
    assert isinstance(opened, Snapshot)
    assert len(opened.rows) == 2 * SIDE
    seen: Book = ({}, {})
    applied(seen, opened.rows)
    last = opened.last
    for number in range(300):
        change = WIRE.parse(depth_frame("C00USDT", book, FIRST_MS + number, draws.change()))
        assert isinstance(change, Depth)
        assert (change.after, number_of(change.ts_event), len(change.rows)) == (last, number, levels)
        last = change.last
        for row in change.rows:
            if row["size"] or int(row["price"]) in seen[0 if row["side"] > 0 else 1]:
                applied(seen, np.array([row]))
    assert seen == book.levels()
    assert max(seen[0]) < min(seen[1])


def test_trades_are_counted() -> None:
    book = TrueBook.opened(np.random.default_rng(2))
    for lots in (0, 1, 2):
        found = WIRE.parse(trade_frame("C00USDT", book, FIRST_MS + lots, lots))
        assert isinstance(found, Prints)
        assert found.ids == (lots + 1,)
        assert number_of(int(found.rows["ts_event"][0])) == lots


@pytest.mark.parametrize(("size", "head"), [(5, 2), (125, 2), (126, 4), (70_000, 10)])
def test_packet_says_how_long_it_is(size: int, head: int) -> None:
    made = packet("x" * size)
    assert (made[0], len(made)) == (0x81, head + size)
    told = made[1] if head == 2 else int.from_bytes(made[2:head], "big")
    assert told == size


@pytest.mark.parametrize(
    "given", [{"symbols": 0}, {"rate": 0}, {"seconds": -1}, {"calm_s": 11}, {"levels": 3}, {"symbols": 100}]
)
def test_plan_that_cannot_be_is_refused(given: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        LoadPlan(**given)  # type: ignore[arg-type]


def test_chance_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="drop must lie in"):
        Chances(drop=1.5)
