"""One file of a recording, row by row: Tardis columns as integers, with the line of what is wrong.

Prices and amounts are units of 1e-8, times microseconds. Nothing is held but the row.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO, TypeVar

PLACES = 8
STAMPS = ("exchange", "symbol", "timestamp", "local_timestamp")
BOOK_COLUMNS = (*STAMPS, "is_snapshot", "side", "price", "amount")
TRADE_COLUMNS = (*STAMPS, "id", "side", "price", "amount")
SNAPSHOT = {"true": True, "false": False}
BOOK_SIDES = {"bid": 0, "ask": 1}
TRADE_SIDES = {"buy": 0, "sell": 1, "unknown": -1}
MOST_ID = (1 << 63) - 1

Meaning = TypeVar("Meaning", bool, int)


class BadTape(ValueError):
    """A folder or a file that is no recording; the message is one line and says where."""


class BookRow(NamedTuple):
    """A level's new size; ``side`` 0 is bid."""

    ts: int
    local: int
    is_snapshot: bool
    side: int
    price: int
    size: int


class PrintRow(NamedTuple):
    """One public trade; ``side`` is the aggressor's, 0 buy, 1 sell, -1 not told; ``id`` -1 is no number."""

    ts: int
    local: int
    id: int
    side: int
    price: int
    size: int


def book_rows(path: Path, venue: str, symbol: str) -> Iterator[BookRow]:
    """The rows of a book file.

    Raises:
        BadTape: The file is damaged, of another symbol, or a cell is not what its column holds.
    """
    for place, cells in _cells(path, BOOK_COLUMNS):
        _expect_same(place, cells, venue, symbol)
        yield BookRow(
            _whole(place, "timestamp", cells[2]),
            _whole(place, "local_timestamp", cells[3]),
            _word(place, "is_snapshot", cells[4].lower(), SNAPSHOT),
            _word(place, "side", cells[5], BOOK_SIDES),
            _positive(place, "price", cells[6]),
            units(place, "amount", cells[7]),
        )


def print_rows(path: Path, venue: str, symbol: str) -> Iterator[PrintRow]:
    """The rows of a trades file.

    Raises:
        BadTape: See ``book_rows``.
    """
    for place, cells in _cells(path, TRADE_COLUMNS):
        _expect_same(place, cells, venue, symbol)
        number = int(cells[4]) if cells[4].isascii() and cells[4].isdigit() else -1
        yield PrintRow(
            _whole(place, "timestamp", cells[2]),
            _whole(place, "local_timestamp", cells[3]),
            number if number <= MOST_ID else -1,
            _word(place, "side", cells[5], TRADE_SIDES),
            _positive(place, "price", cells[6]),
            _positive(place, "amount", cells[7]),
        )


def units(place: str, name: str, text: str) -> int:
    """A decimal in units of 1e-8.

    >>> units("here", "price", "0.10")
    10000000
    """
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    if not (text.isascii() and whole.isdigit() and (part or "0").isdigit()) or len(part) > PLACES:
        raise BadTape(f"{place}: {name} must be a decimal of {PLACES} places at most, was {text[:40]!r}")
    return int(whole + part.ljust(PLACES, "0"))


def _positive(place: str, name: str, text: str) -> int:
    found = units(place, name, text)
    if found == 0:
        raise BadTape(f"{place}: {name} must be positive, was {text[:40]!r}")
    return found


def _whole(place: str, name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise BadTape(f"{place}: {name} must be whole microseconds, was {text[:40]!r}")
    return int(text)


def _word(place: str, name: str, text: str, words: dict[str, Meaning]) -> Meaning:
    if text not in words:
        raise BadTape(f"{place}: {name} must be one of {', '.join(words)}, was {text[:40]!r}")
    return words[text]


def _expect_same(place: str, cells: list[str], venue: str, symbol: str) -> None:
    if (cells[0], cells[1]) != (venue, symbol):
        raise BadTape(f"{place}: expected {venue} {symbol}, was {cells[0][:40]} {cells[1][:40]}")


def _cells(path: Path, names: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """Place and cells of each row below the header, in the order of ``names``."""
    number = 1
    try:
        with _opened(path) as file:
            reader = csv.reader(file)
            header = next(reader, [])
            missing = [name for name in names if name not in header]
            if missing:
                raise BadTape(f"{path}: expected the columns {', '.join(names)}, without {missing[0]}")
            chosen = [header.index(name) for name in names]
            for number, row in enumerate(reader, 2):
                if len(row) != len(header):
                    raise BadTape(f"{path}: line {number}: expected {len(header)} cells, were {len(row)}")
                yield f"{path}: line {number}", [row[i] for i in chosen]
    except (OSError, EOFError, zlib.error, csv.Error, UnicodeDecodeError) as wrong:
        what = getattr(wrong, "strerror", None) or str(wrong)
        raise BadTape(f"{path}: damaged after line {number}: {what}") from None


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")
