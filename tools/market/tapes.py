"""Folders of recordings: which files belong together, and how they are named.

A recording is two files, ``<venue>_<symbol>_<YYYYMMDD-HHMM>.book`` and ``.trades``, each
``.csv.gz``, ``.csv`` or ``.parquet``; the stamp is the start in UTC. A character of the symbol that
no file name can carry is percent-encoded. A recorder gives both halves their names one after the other:
if it dies between, the other half ends in ``.part`` and is read as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

from tools.domain.errors import BadInput
from tools.domain.market import NANOS
from tools.market.tables import PART

HALVES = ("book", "trades")
_SUFFIX = r"(?:csv\.gz|csv|parquet)"
_HALF = re.compile(rf"(?P<stem>.*)\.(?P<half>book|trades)\.{_SUFFIX}")
_STEM = re.compile(r"(?P<venue>[a-z][a-z0-9-]*)_(?P<symbol>.+)_(?P<start>\d{8}-\d{4})")
_START = "%Y%m%d-%H%M"
EXPECTED = "pairs named <venue>_<symbol>_<YYYYMMDD-HHMM>.{book,trades}.{csv.gz,csv,parquet}"


@dataclass(frozen=True, slots=True)
class TapeFiles:
    """The two files of one recording; ``start`` is nanoseconds UTC, to the minute."""

    venue: str
    symbol: str
    start: int
    book: Path
    trades: Path


def find_tapes(folder: Path) -> tuple[TapeFiles, ...]:
    """Every recording in ``folder``, ordered by start; other files are none of its business.

    Raises:
        BadInput: The folder is missing, holds no recording, or a half of one is missing, double or misnamed.
    """
    halves: dict[str, dict[str, Path]] = {}
    entries = _entries(folder)
    for path in entries:
        named = _HALF.fullmatch(path.name)
        if named and path.is_file():
            half = halves.setdefault(named["stem"], {}).setdefault(named["half"], path)
            if half != path:
                raise BadInput(f"{path}: the same recording is there as {half.name}; expected one of the two")
    for path in entries:
        named = _HALF.fullmatch(path.name.removesuffix(PART))
        if path.suffix == PART and named and named["stem"] in halves:
            halves[named["stem"]].setdefault(named["half"], path)
    if not halves:
        raise BadInput(f"{folder}: no recording found; expected {EXPECTED}")
    tapes = [_tape(folder, stem, pair) for stem, pair in halves.items()]
    return tuple(sorted(tapes, key=lambda tape: (tape.start, tape.venue, tape.symbol)))


def tape_name(venue: str, symbol: str, start: int) -> str:
    """The stem of a recording's file names; ``start`` is nanoseconds UTC."""
    minute = datetime.fromtimestamp(start // NANOS, UTC).strftime(_START)
    return f"{venue}_{quote(symbol, safe='')}_{minute}"


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        was = "missing"
    except NotADirectoryError:
        was = "a file"
    except (OSError, ValueError) as error:
        was = f"unreadable ({getattr(error, 'strerror', None) or error})"
    raise BadInput(f"{folder}: expected a folder with recordings, was {was}")


def _tape(folder: Path, stem: str, pair: dict[str, Path]) -> TapeFiles:
    here = next(iter(pair.values()))
    named = _STEM.fullmatch(stem)
    if not named:
        raise BadInput(f"{here}: expected {EXPECTED}")
    for half in HALVES:
        if half not in pair:
            raise BadInput(
                f"{here}: its other half is missing; expected {folder / stem}.{half}.csv.gz beside it"
            )
    return TapeFiles(
        named["venue"],
        unquote(named["symbol"]),
        _start_ns(here, named["start"]),
        pair["book"],
        pair["trades"],
    )


def _start_ns(path: Path, text: str) -> int:
    try:
        return int(datetime.strptime(text, _START).replace(tzinfo=UTC).timestamp()) * NANOS
    except ValueError:
        raise BadInput(f"{path}: expected a start as YYYYMMDD-HHMM, was {text}") from None
