"""Public trades as events with ids, and how a venue's rows become them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tools.market.amounts import units
from tools.market.cells import CellFault
from tools.market.events import EVENT, LAST, PRINT, Events
from tools.market.history.channel import Malformed

NS_A_MS = 1_000_000
Ids: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Page:
    """Trades in the order of their ids; ``is_full`` where there may be more after them."""

    events: Events
    ids: Ids
    is_full: bool

    def cut(self, keep: npt.NDArray[np.bool_]) -> Page:
        """Some of them."""
        return Page(self.events[keep], self.ids[keep], self.is_full)


def page_of(rows: Any, limit: int, number: Callable[[Sequence[Any], Events], Ids]) -> Page:
    """A venue's rows of aggregate trades, ordered by id, each once.

    Args:
        rows: Dicts with price p, quantity q, time T in ms, and m where the buyer was the maker.
        limit: How many were asked for.
        number: Gives the ids of rows that are ordered by time.

    Raises:
        Malformed: They are no such rows.
    """
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise Malformed(f"expected a list of trades, was {str(rows)[:80]!r}")
    ordered = list(reversed(rows)) if _is_newest_first(rows) else rows
    try:
        events = _events(ordered)
        by_time = np.argsort(events["ts_event"], kind="stable")
        ids = number([ordered[at] for at in by_time.tolist()], events[by_time])
    except (TypeError, ValueError, KeyError, CellFault) as error:
        raise Malformed(f"expected trades with p, q, T and m: {error}, in {str(rows)[:80]!r}") from error
    _, firsts = np.unique(ids, return_index=True)
    return Page(events[by_time][firsts], ids[firsts], len(rows) >= limit)


def _is_newest_first(rows: Sequence[Any]) -> bool:
    try:
        return len(rows) > 1 and int(rows[0]["T"]) > int(rows[-1]["T"])
    except (TypeError, ValueError, KeyError):
        return False


def _events(rows: Sequence[Any]) -> Events:
    events = np.zeros(len(rows), EVENT)
    events["ts_event"] = [int(row["T"]) * NS_A_MS for row in rows]
    events["ts_init"] = events["ts_event"]
    for name, key in (("price", "p"), ("size", "q")):
        events[name] = units(pa.array([str(row[key]) for row in rows], pa.string()), name, at_least=1)
    # where the buyer was the maker, the seller took
    events["side"] = [{True: -1, False: 1}[row["m"]] for row in rows]
    events["kind"], events["flags"] = PRINT, LAST
    return events


def told_ids(rows: Sequence[Any], events: Events) -> Ids:
    """The ids the venue gave."""
    return np.array([int(row["a"]) for row in rows], np.int64)


def made_ids(rows: Sequence[Any], events: Events) -> Ids:
    """Ids for a venue that gives none: the millisecond, and the place among the trades in it.

    They are the same whenever whole milliseconds are asked for.
    """
    ms = events["ts_event"] // NS_A_MS
    starts = np.flatnonzero(np.diff(ms, prepend=-1))
    place = np.arange(len(ms)) - np.repeat(starts, np.diff(starts, append=len(ms)))
    return (ms * 1_000 + place).astype(np.int64)
