"""A folder of trades by UTC day, and a checkpoint that tells how far each day is complete.

The checkpoint is written after the file it speaks of. Where a kill fell between the two, or somebody
changed a file, their hashes differ: the file is then read and believed as far as its rows go, or, where it
cannot be read, kept under another name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from tools.domain.clock import day_of
from tools.domain.errors import BadInput
from tools.market.history.candle_file import LIVE
from tools.market.history.day_file import Contents, DayFile, contents_of, sha256_of
from tools.market.history.files import set_aside, write_whole
from tools.market.history.spans import Span
from tools.market.history.timeframes import DAY_MS
from tools.market.tapes import tape_name


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of one day.

    Attributes:
        until: Every trade before this (ms) is in the file.
        holes: Ids (ms for a venue without ids) the venue does not have, from and up to.
    """

    until: int
    sha256: str = ""
    rows: int = 0
    first_id: int | None = None
    last_id: int | None = None
    last_ms: int | None = None  # stamp of that trade
    holes: list[Span] = field(default_factory=list)

    @property
    def contents(self) -> Contents:
        """As of a file."""
        return Contents(self.rows, self.first_id, self.last_id, self.last_ms, self.until)


class TradeStore:
    """The trades of one symbol, by day."""

    def __init__(
        self, folder: Path, venue: str, symbol: str, note: Callable[[str], None], *, source: str = LIVE
    ) -> None:
        """Read the checkpoint.

        Raises:
            BadInput: The folder holds trades of a local instead of the live venue, or the other way round.
        """
        self._folder = folder
        self._venue = venue
        self._symbol = symbol
        self._note = note
        self._source = source
        stem = tape_name(venue, symbol, 0).rpartition("_")[0]
        self.checkpoint = folder / f"{stem}.trades.json"
        self.days = self._load()

    @property
    def earliest(self) -> int | None:
        """Start (ms) of the first day that is known."""
        return min(self.days, default=None)

    def file(self, start: int) -> DayFile:
        """The file of the day that begins at ``start`` (ms)."""
        return DayFile(self._folder, self._venue, self._symbol, start)

    def day(self, start: int) -> Day:
        """What is there of the day that begins at ``start``, checked against the file."""
        path, known = self.file(start).path, self.days.get(start)
        if not path.exists():
            return Day(start)
        if known is not None and sha256_of(path) == known.sha256:
            return known
        try:
            found = contents_of(path, self._venue, self._symbol)
        except BadInput as error:
            self._note(f"{error}; kept as {set_aside(path).name}, downloading that day anew")
            return Day(start)
        return Day(
            start if found.until is None else found.until,
            sha256_of(path),
            found.rows,
            found.first_id,
            found.last_id,
            found.last_ms,
            known.holes if known is not None else [],
        )

    def record(self, start: int, day: Day) -> None:
        """Write down what is now known of a day."""
        self.days[start] = day
        document = {
            "venue": self._venue,
            "symbol": self._symbol,
            "source": self._source,
            "days": {
                day_of(at * 1_000_000): {"start": at, **asdict(one)} for at, one in sorted(self.days.items())
            },
        }
        content = orjson.dumps(document, option=orjson.OPT_INDENT_2)
        write_whole(self.checkpoint, lambda part: _write(part, content))

    def before(self, start: int) -> Contents:
        """What is known of the day before ``start``, where that day is complete."""
        day = self.days.get(start - DAY_MS)
        return day.contents if day is not None and day.until == start else Contents()

    def _load(self) -> dict[int, Day]:
        if not self.checkpoint.exists():
            return {}
        try:
            document = orjson.loads(self.checkpoint.read_bytes())
            days = {int(row["start"]): _day(row) for row in document["days"].values()}
            source = document["source"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            aside = set_aside(self.checkpoint).name
            self._note(
                f"{self.checkpoint}: not readable ({error}); kept as {aside}, reading the files instead"
            )
            return {}
        if source != self._source:
            raise BadInput(
                f"{self.checkpoint}: expected trades of the {self._source} venue, was {source}; "
                "choose another --out"
            )
        return days


def _day(row: Any) -> Day:
    """A day as the checkpoint has it."""
    told = {name: value for name, value in row.items() if name not in ("start", "holes")}
    return Day(**told, holes=[(int(first), int(end)) for first, end in row["holes"]])


def _write(part: Path, content: bytes) -> None:
    part.write_bytes(content)
