"""One file of candles that knows what it holds: which stretches were asked for, where the venue had none.

That knowledge is in the Parquet file's own metadata, so that no kill can part it from the candles. A hash
over both is there too: a file that rotted is noticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pa_parquet

from tools.domain.errors import BadInput
from tools.market.history.candles import CANDLE, COLUMNS, MICROS, Candles, fault_in, holes_in, joined
from tools.market.history.files import set_aside, write_whole
from tools.market.history.spans import Span, Spans
from tools.market.history.timeframes import Timeframe

META = b"keeper_history"
HASH = b"keeper_history_sha256"
LIVE, LOCAL = "live", "local"
KINDS = {name: pa.int64() if name == "open_time" else pa.float64() for name in COLUMNS}


@dataclass(slots=True)
class CandleFile:
    """Candles of one symbol, and what is known of their completeness.

    Attributes:
        covered: Stretches (ms) the venue has been asked for.
        outages: Where in them it has no candles, asked twice.
        source: Live, or a local venue: what one made up is never among what happened.
        first_day: First day (ms) of which the venue has a candle; None until asked.
        duplicates: Candles that were there twice and no longer are.
    """

    path: Path
    venue: str
    symbol: str
    timeframe: Timeframe
    source: str = LIVE
    candles: Candles = field(default_factory=lambda: np.zeros(0, CANDLE))
    covered: Spans = field(default_factory=Spans)
    outages: Spans = field(default_factory=Spans)
    first_day: int | None = None
    duplicates: int = 0

    def add(self, candles: Candles) -> int:
        """Take ordered candles in; returns how many are new."""
        before = len(self.candles)
        if before and len(candles) and self.candles["open_time"][-1] < candles["open_time"][0]:
            self.candles = np.concatenate([self.candles, candles])  # the usual case needs no sorting
            return len(candles)
        self.candles, n_double = joined(self.candles, candles)
        self.duplicates += n_double
        return len(self.candles) - before

    def holes(self, window: Span) -> list[Span]:
        """Where in ``window`` candles are missing that cannot be missing for want of a market."""
        opened = int(self.candles["open_time"][0]) // MICROS if len(self.candles) else window[1]
        listed = window[1] if self.first_day is None else self.first_day + 24 * 3_600_000
        start = max(window[0], min(opened, listed))
        return holes_in(self.candles, self.timeframe, (start, window[1])) if start < window[1] else []

    def settle(self, window: Span) -> None:
        """``window`` has been asked for, twice where something was missing: what still is, is an outage.

        It may be empty.
        """
        self.covered = self.covered.plus(*window)
        kept = self.outages.without(*window)
        self.outages = Spans.of([*kept.parts, *self.holes(window)])

    def save(self) -> None:
        """Write it all, or leave the file as it was.

        Raises:
            StoreUnusable: The disk does not take it.
        """
        table = pa.table({name: pa.array(self.candles[name], kind) for name, kind in KINDS.items()})
        known = orjson.dumps(self._known())
        table = table.replace_schema_metadata({META: known, HASH: _hash(self.candles, known)})
        write_whole(self.path, lambda part: pa_parquet.write_table(table, part, compression="zstd"))

    def _known(self) -> dict[str, Any]:
        return {
            "venue": self.venue,
            "symbol": self.symbol,
            "timeframe": self.timeframe.name,
            "source": self.source,
            "covered": self.covered.parts,
            "outages": self.outages.parts,
            "first_day": self.first_day,
        }


def open_candles(
    path: Path,
    *,
    venue: str,
    symbol: str,
    timeframe: Timeframe,
    note: Callable[[str], None],
    source: str = LIVE,
) -> CandleFile:
    """The candles in ``path``, or none where there is no such file.

    One that cannot be read is kept under another name. One that tells nothing about itself, being made
    elsewhere, is believed as far as its candles go without a hole.

    Raises:
        BadInput: It holds the candles of another venue, symbol, timeframe or source.
    """
    file = CandleFile(path, venue, symbol, timeframe, source)
    if not path.exists():
        return file
    try:
        found, known = _read(path, timeframe)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        why = next(iter(str(error).splitlines()), type(error).__name__)[:160]
        note(f"{path}: not readable as candles ({why}); kept as {set_aside(path).name}, downloading anew")
        return file
    file.add(found)
    if known is None:
        _believe(file)
        return file
    own = {"venue": venue, "symbol": symbol, "timeframe": timeframe.name, "source": source}
    for name, expected in own.items():
        if known[name] != expected:
            raise BadInput(
                f"{path}: expected candles of {name} {expected}, was {known[name]}; choose another --out"
            )
    file.covered, file.outages = Spans.of(known["covered"]), Spans.of(known["outages"])
    file.first_day = known["first_day"]
    return file


def _read(path: Path, timeframe: Timeframe) -> tuple[Candles, Any]:
    table = pa_parquet.read_table(path)
    if [(one.name, one.type) for one in table.schema] != list(KINDS.items()):
        raise ValueError(f"expected the columns {', '.join(KINDS)}, was {', '.join(table.schema.names)}")
    if any(column.null_count for column in table.columns):
        raise ValueError("a value is missing")
    candles = np.zeros(table.num_rows, CANDLE)
    for name in COLUMNS:
        candles[name] = table[name].to_numpy()
    if (why := fault_in(candles, timeframe)) is not None:
        raise ValueError(why)
    metadata = table.schema.metadata or {}
    if META not in metadata:
        return candles, None
    if metadata.get(HASH) != _hash(candles, metadata[META]):
        raise ValueError("it is not as it was written")
    return candles, orjson.loads(metadata[META])


def _hash(candles: Candles, known: bytes) -> bytes:
    return hashlib.sha256(candles.tobytes() + known).hexdigest().encode()


def _believe(file: CandleFile) -> None:
    if len(file.candles):
        opens = file.candles["open_time"] // MICROS
        # not the last: where it was taken before it closed, it is to be replaced
        whole = Spans.of([(int(opens[0]), int(opens[-1]))])
        for hole in file.holes((int(opens[0]), int(opens[-1]))):
            whole = whole.without(*hole)
        file.covered = whole
