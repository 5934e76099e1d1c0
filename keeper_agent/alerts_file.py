"""Withdrawals that look like spoofing as Parquet: when, where, how large, how suspect, of what kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keeper_agent.orders_file import SIDES
from keeper_agent.series_file import replacing, require_series_path
from tools.detection.alert_log import AlertLog
from tools.detection.spoofing import KINDS
from tools.domain.errors import BadUsage
from tools.domain.market import UNITS

COLUMNS = ("ts", "side", "price", "size", "score", "kind")
OPTION = "--alerts-out"


def is_alerts(names: Sequence[str]) -> bool:
    """Whether columns so named are a file of alerts."""
    return tuple(names) == COLUMNS


def require_alerts_path(out: Path, others: Sequence[Path]) -> None:
    """Refuse an ``out`` that is none of ours to write; ``others`` are read, or written beside it.

    Raises:
        BadUsage: It is no Parquet file, one of ``others``, or a file that is none of alerts.
        BadInput: Its folder cannot be written.
    """
    if out.resolve() in {other.resolve() for other in others}:
        raise BadUsage(f"{OPTION} must be a file of its own, was {str(out)!r}")
    require_series_path(out, others, OPTION, is_alerts, kind="alerts")


def write_alerts(path: Path, log: AlertLog) -> int:
    """Write every alert of ``log`` in the order they were raised; how many.

    ``ts`` is when the message that shows the cancel was received, ``price`` the largest level's,
    ``size`` what all levels withdrawn together held.

    Raises:
        BadInput: The file cannot be written.
    """
    # pyarrow is a heavy import; only the commands that read or write files pay for it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = log.alerts()
    key = rows["key"]
    table = pa.table(
        {
            "ts": pa.array(rows["ts"], pa.int64()),
            "side": pa.array(np.where(key > 0, *SIDES).tolist(), pa.string()),
            "price": pa.array(np.abs(key) / UNITS, pa.float64()),
            "size": pa.array(rows["units"] / UNITS, pa.float64()),
            "score": pa.array(rows["score"], pa.float64()),
            "kind": pa.array([KINDS[code] for code in rows["kind"].tolist()], pa.string()),
        }
    )
    with replacing(path) as fresh:
        pq.write_table(table, fresh)
    return len(rows)
