"""The level orders of a recording as Parquet: what appeared where, how large, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keeper_agent.series_file import replacing, require_series_path
from tools.detection.order_log import OrderLog, Void
from tools.detection.order_pool import CAUSES
from tools.domain.errors import BadUsage
from tools.domain.market import UNITS

COLUMNS = ("ts_add", "ts_end", "side", "price", "size", "ended", "chance")
SIDES = ("bid", "ask")
OPTION = "--orders-out"


def is_orders(names: Sequence[str]) -> bool:
    """Whether columns so named are a file of level orders."""
    return tuple(names) == COLUMNS


def require_orders_path(out: Path, others: Sequence[Path]) -> None:
    """Refuse an ``out`` that is none of ours to write; ``others`` are read, or written beside it.

    Raises:
        BadUsage: It is no Parquet file, one of ``others``, or a file that is none of level orders.
        BadInput: Its folder cannot be written.
    """
    if out.resolve() in {other.resolve() for other in others}:
        raise BadUsage(f"{OPTION} must be a file of its own, was {str(out)!r}")
    require_series_path(out, others, OPTION, is_orders, kind="level orders")


def write_orders(path: Path, log: OrderLog) -> int:
    """Write every order of ``log``, in the order they ended, those still resting last; how many.

    Empty (null) is unknown: a beginning before anybody looked, an end that nobody saw.

    Raises:
        BadInput: The file cannot be written.
    """
    # pyarrow is a heavy import; only the commands that read or write files pay for it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    ends, resting = log.ends(), log.resting()
    table = pa.concat_tables([_ended(pa, ends), _resting(pa, resting)])
    with replacing(path) as fresh:
        pq.write_table(table, fresh)
    return int(table.num_rows)


def _ended(pa: Any, rows: Void) -> Any:
    causes = [CAUSES[code] for code in rows["ended"].tolist()]
    added, ended = rows["ts_add"], rows["ts_end"]
    return pa.table(
        {
            "ts_add": pa.array(added, pa.int64(), mask=added == 0),
            "ts_end": pa.array(ended, pa.int64(), mask=ended == 0),
            **_what(pa, rows),
            "ended": pa.array(causes, pa.string()),
            "chance": pa.array(rows["chance"], pa.float64()),
        }
    )


def _resting(pa: Any, rows: Void) -> Any:
    n = len(rows)
    return pa.table(
        {
            "ts_add": pa.array(rows["ts"], pa.int64()),
            "ts_end": pa.nulls(n, pa.int64()),
            **_what(pa, rows),
            "ended": pa.nulls(n, pa.string()),
            "chance": pa.nulls(n, pa.float64()),
        }
    )


def _what(pa: Any, rows: Void) -> dict[str, Any]:
    key = rows["key"]
    return {
        "side": pa.array(np.where(key > 0, *SIDES).tolist(), pa.string()),
        "price": pa.array(np.abs(key) / UNITS, pa.float64()),
        "size": pa.array(rows["size"] / UNITS, pa.float64()),
    }
