"""The sender tells the truth about its books, in frames that the reader understands, all numbered."""

import msgspec
import numpy as np
import pytest

from benchmarks.loopback.books import SIDE, VERSIONS, Draws, TrueBook, changed
from benchmarks.loopback.dialects import BINARY, DIALECTS, packet
from benchmarks.loopback.plan import FIRST_MS, Chances, LoadPlan, number_of
from tools.market.events import Events
from tools.market.wire.binance import BinanceWire
from tools.market.wire.messages import Ack, Depth, Message, Prints, Snapshot, Wire
from tools.market.wire.mexc import MexcWire

WIRES: dict[str, Wire] = {"binance": BinanceWire(), "mexc": MexcWire()}
both = pytest.mark.parametrize("venue", list(DIALECTS))
Book = tuple[dict[int, int], dict[int, int]]


def applied(book: Book, rows: Events) -> None:
    for row in rows:
        side = book[0 if row["side"] > 0 else 1]
        side[int(row["price"])] = int(row["size"])
        if not row["size"]:
            del side[int(row["price"])]


def read(venue: str, data: bytes) -> Message:
    """What the reader makes of a packet."""
    head = {126: 4, 127: 10}.get(data[1], 2)
    return WIRES[venue].parse(data[head:])


@both
@pytest.mark.parametrize("levels", [2, 10, 40])
def test_changes_lead_from_the_first_book_to_the_last(venue: str, levels: int) -> None:
    rng = np.random.default_rng(2)
    book, draws = TrueBook.opened(rng), Draws(rng, levels)
    opened = WIRES[venue].parse_snapshot(book.told(FIRST_MS - 1))
    assert isinstance(opened, Snapshot)
    assert len(opened.rows) == 2 * SIDE
    seen: Book = ({}, {})
    applied(seen, opened.rows)
    last = opened.last
    for number in range(300):
        sides = changed(book, draws.change())
        first = book.last - VERSIONS + 1
        change = read(venue, DIALECTS[venue].depth("C00USDT", first, book.last, FIRST_MS + number, sides))
        assert isinstance(change, Depth)
        assert (change.after, number_of(change.ts_event), len(change.rows)) == (last, number, levels)
        last = change.last
        for row in change.rows:
            if row["size"] or int(row["price"]) in seen[0 if row["side"] > 0 else 1]:
                applied(seen, np.array([row]))
    assert seen == book.levels()
    assert max(seen[0]) < min(seen[1])


@both
@pytest.mark.parametrize("sold", [True, False])
def test_trade_is_read_as_it_was(venue: str, sold: bool) -> None:
    data = DIALECTS[venue].trade("C00USDT", 9, FIRST_MS + 4, "60000.005", "0.120", sold=sold)
    found = read(venue, data)
    assert isinstance(found, Prints)
    assert found.ids == ((9,) if venue == "binance" else ())
    row = found.rows[0]
    assert number_of(int(row["ts_event"])) == 4
    assert (row["price"], row["size"], row["side"]) == (6_000_000_500_000, 12_000_000, -1 if sold else 1)


@both
def test_channels_and_answers_are_the_readers(venue: str) -> None:
    wire, dialect = WIRES[venue], DIALECTS[venue]
    assert [dialect.stream(channel) for channel in wire.channels("C07USDT")] == [
        ("C07USDT", False),
        ("C07USDT", True),
    ]
    asked = msgspec.json.decode(wire.subscribe(list(wire.channels("C07USDT")), 1))
    assert isinstance(wire.parse(msgspec.json.encode(dialect.answer(asked)).decode()), Ack)


@pytest.mark.parametrize(("size", "head"), [(5, 2), (125, 2), (126, 4), (70_000, 10)])
def test_packet_says_how_long_it_is(size: int, head: int) -> None:
    made = packet(b"x" * size, BINARY)
    assert (made[0], len(made)) == (BINARY, head + size)
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
