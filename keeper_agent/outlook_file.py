"""Variance ahead, regime and correlation of a recording as Parquet, one row a step beside the features."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from keeper_agent.series_file import replacing, require_series_path
from tools.detection.links import LeaderLink
from tools.detection.state import new_senses
from tools.domain.errors import BadUsage
from tools.domain.market import Instrument
from tools.domain.parameter import default_parameters
from tools.domain.regime import Regime
from tools.execution.stream import sense_until
from tools.features.hayashi_yoshida import Correlation
from tools.features.outlook import Outlook, outlook_of
from tools.market.instruments import instrument_for
from tools.market.tardis import read_recording

COLUMNS = (
    "ts",
    "symbol",
    "outlook_volatility",
    "outlook_regime",
    "correlation",
    "correlation_low",
    "correlation_high",
    "overlaps",
)
OPTION = "--outlook-out"

LeaderWords: TypeAlias = tuple[Path | None, Path | None, str | None]
Void = npt.NDArray[np.void]


def is_outlook(names: Sequence[str]) -> bool:
    """Whether columns so named are a file of outlooks."""
    return tuple(names) == COLUMNS


def require_outlook_words(out: Path | None, leader: LeaderWords, others: Sequence[Path]) -> None:
    """Refuse words that do not belong together, and an ``out`` that is none of ours to write.

    Raises:
        BadUsage: A leader is named in part or without ``out``; or ``out`` is no Parquet file, one of
            ``others``, or a file that holds no outlooks.
        BadInput: Its folder cannot be written.
    """
    named = [word is not None for word in leader]
    if any(named) and not (all(named) and out is not None):
        raise BadUsage(
            f"--leader-trades, --leader-book and --leader-symbol must be given together, with {OPTION}"
        )
    if out is None:
        return
    inputs = [*others, *(word for word in leader[:2] if word is not None)]
    if out.resolve() in {path.resolve() for path in inputs}:
        raise BadUsage(f"{OPTION} must be a file of its own, was {str(out)!r}")
    require_series_path(out, inputs, OPTION, is_outlook, kind="outlooks")


class OutlookWatch:
    """Looks at what ``senses`` say of the market ahead, step by step, beside a leader where one is named.

    Raises:
        BadInput: The leader's files cannot be read.
    """

    def __init__(self, senses: Void, instrument: Instrument, leader: LeaderWords) -> None:
        self._senses = senses
        self._link: LeaderLink | None = None
        self.seen: list[tuple[Outlook, Correlation | None]] = []
        trades, book, symbol = leader
        if trades is not None and book is not None and symbol is not None:
            leading = instrument_for(instrument.venue, symbol)
            self._events = read_recording(trades, book, leading).events
            self._leader, self._index = new_senses(leading, default_parameters()), 0
            self._link = LeaderLink(senses, self._leader)

    def look(self, ts: int) -> None:
        """Keep what is said as of ``ts``, ns; the senses must have taken everything up to it."""
        linked = None
        if self._link is not None:
            self._index = sense_until(self._events, self._index, ts, self._leader)
            linked = self._link.correlation(ts)
        self.seen.append((outlook_of(self._senses[0]["outlook"]), linked))


def write_outlook(path: Path, symbol: str, stamps: npt.NDArray[np.int64], watch: OutlookWatch) -> None:
    """Write one row a step; empty (null) is unknown.

    Raises:
        BadInput: The file cannot be written.
    """
    # pyarrow is a heavy import; only the commands that read or write files pay for it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    outlooks, links = zip(*watch.seen, strict=True) if watch.seen else ((), ())
    columns: dict[str, Any] = {
        "ts": pa.array(stamps, pa.int64()),
        "symbol": pa.array([symbol] * len(stamps), pa.string()),
        "outlook_volatility": pa.array([one.volatility for one in outlooks], pa.float64()),
        "outlook_regime": pa.array(
            [None if one.regime is None else Regime(one.regime).label for one in outlooks], pa.string()
        ),
    }
    for name, field in zip(COLUMNS[4:], Correlation._fields, strict=True):
        kind = pa.int64() if field == "overlaps" else pa.float64()
        columns[name] = pa.array([None if one is None else getattr(one, field) for one in links], kind)
    with replacing(path) as fresh:
        pq.write_table(pa.table(columns), fresh)
