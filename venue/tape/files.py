"""The recordings in a folder: pairs of files, by symbol and in order of time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from venue.tape.rows import BadTape

NAMED = re.compile(
    r"(?P<venue>[a-z][a-z0-9-]*)_(?P<symbol>[A-Za-z0-9]+)_(?P<start>\d{8}-\d{4})\.(?P<half>book|trades)\.csv(?:\.gz)?"
)
EXPECTED = "<venue>_<SYMBOL>_<YYYYMMDD-HHMM>.{book,trades}.csv[.gz]"


@dataclass(frozen=True, slots=True, order=True)
class TapePair:
    """The two files of one recording."""

    symbol: str
    start: str
    venue: str
    book: Path
    trades: Path


def find_pairs(folder: Path) -> list[list[TapePair]]:
    """The recordings of each symbol, oldest first.

    Raises:
        BadTape: There is no such folder, no recording in it, half of one, or one symbol of two venues.
    """
    if not folder.is_dir():
        raise BadTape(f"{folder}: expected a folder with recordings, {_instead(folder)}")
    halves: dict[tuple[str, str, str], dict[str, Path]] = {}
    for path in sorted(folder.iterdir()):
        named = NAMED.fullmatch(path.name)
        if named:
            key = (named["symbol"], named["start"], named["venue"])
            if halves.setdefault(key, {}).setdefault(named["half"], path) != path:
                raise BadTape(f"{path}: the same recording is there twice")
    if not halves:
        raise BadTape(f"{folder}: no recording found; expected pairs named {EXPECTED}")
    return _by_symbol([_pair(key, found) for key, found in sorted(halves.items())])


def _instead(folder: Path) -> str:
    return "it is a file" if folder.exists() else "it is missing"


def _pair(key: tuple[str, str, str], found: dict[str, Path]) -> TapePair:
    if len(found) < 2:
        raise BadTape(f"{next(iter(found.values()))}: its other half, book or trades, is missing")
    return TapePair(*key, book=found["book"], trades=found["trades"])


def _by_symbol(pairs: list[TapePair]) -> list[list[TapePair]]:
    groups: dict[str, list[TapePair]] = {}
    for pair in pairs:
        group = groups.setdefault(pair.symbol.upper(), [])
        if group and group[0].venue != pair.venue:
            raise BadTape(f"{pair.book}: {pair.symbol} is there of two venues; serve one of them at a time")
        group.append(pair)
    return list(groups.values())
