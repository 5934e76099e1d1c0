"""``keeper sense``: the feature and detection series of a recording as Parquet."""

from __future__ import annotations

import re
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.markup import escape

from keeper_agent.alerts_file import require_alerts_path, write_alerts
from keeper_agent.commands.replay import quote_rate
from keeper_agent.console import OUT, print_json, progress
from keeper_agent.orders_file import require_orders_path, write_orders
from keeper_agent.outlook_file import LeaderWords, OutlookWatch, require_outlook_words, write_outlook
from keeper_agent.series_file import replacing, require_series_path
from keeper_agent.settings import load_settings
from tools.detection.alert_log import AlertLog
from tools.detection.order_log import OrderLog
from tools.detection.senses import evaluate
from tools.detection.state import new_senses
from tools.domain.errors import BadUsage
from tools.domain.parameter import default_parameters
from tools.domain.regime import Regime
from tools.execution.stream import sense_until
from tools.execution.warmup import warm_kernels
from tools.features.names import FEATURES, INDEX
from tools.features.series import Ints, Reals, series, steps
from tools.market.instruments import instrument_for
from tools.market.peek import venue_of
from tools.market.tardis import read_recording

UNITS = {"ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000}
LEAST_NS = 1_000_000
MOST_ROWS = 50_000_000


def step_ns(text: str) -> int:
    """``text`` such as 250ms, 1s or 1m as nanoseconds.

    Raises:
        BadUsage: It is not a positive duration of at least a millisecond.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m)", text.strip())
    ns = round(float(found[1]) * UNITS[found[2]]) if found else 0
    if ns < LEAST_NS:
        raise BadUsage(f"--every expects a duration such as 250ms, 1s or 1m, was {text!r}")
    return ns


def sense_files(
    *,
    trades: Path,
    book: Path,
    symbol: str,
    venue: str | None,
    out: Path,
    every: str,
    quote_usd: float | None,
    as_json: bool,
    orders_out: Path | None = None,
    outlook_out: Path | None = None,
    leader: LeaderWords = (None, None, None),
    alerts_out: Path | None = None,
) -> None:
    """Write one row a step to ``out``: ts, symbol, and every feature (null is unavailable).

    With ``orders_out`` every level order that was inferred goes there, one a row; with
    ``outlook_out`` variance ahead, regime and the correlation with ``leader``, one row a step;
    with ``alerts_out`` every withdrawal that looks like spoofing.
    """
    step = step_ns(every)
    require_series_path(out, (trades, book))
    if orders_out is not None:
        require_orders_path(orders_out, (trades, book, out))
    others = [path for path in (trades, book, out, orders_out) if path]
    require_outlook_words(outlook_out, leader, others)
    if alerts_out is not None:
        require_alerts_path(alerts_out, [path for path in (*others, outlook_out) if path])
    settings = load_settings()
    instrument = instrument_for(
        venue or venue_of(trades, book), symbol, quote_usd=quote_rate(settings, quote_usd)
    )
    began = time.perf_counter()
    events = read_recording(trades, book, instrument).events
    decoded = time.perf_counter()
    warm_kernels()
    compiled = time.perf_counter()
    stamps = steps(int(events["ts_init"][0]), int(events["ts_init"][-1]), step)
    if len(stamps) > MOST_ROWS:
        raise BadUsage(f"--every {every} makes {len(stamps)} rows, at most {MOST_ROWS} are written")
    senses = new_senses(instrument, default_parameters(settings.parameter_overrides()))
    record, index = senses[0], 0
    alerts = AlertLog(senses) if alerts_out is not None else None
    log = alerts or (OrderLog(senses) if orders_out is not None else None)
    sense = partial(sense_until, market=senses) if log is None else log.sense_until
    watch = None if outlook_out is None else OutlookWatch(senses, instrument, leader)
    with progress(f"sensing {symbol}", len(stamps)) as bar:

        def advance(ts: int) -> None:
            nonlocal index
            index = sense(events, index, ts)
            bar.advance(bar.task_ids[0])

        def evaluated(ts: int, row: Reals) -> None:
            evaluate(record, ts, row)
            if watch is not None:
                watch.look(ts)

        rows = series(stamps, advance, evaluated)
    done = time.perf_counter()
    write_series(out, symbol, stamps, rows)
    summary: dict[str, Any] = {
        "events": len(events),
        "rows": len(stamps),
        "wall_s": done - compiled,
        "events_per_s": len(events) / (done - compiled),
        "decode_s": decoded - began,
        "compile_s": compiled - decoded,
        "out": str(out),
    }
    if orders_out is not None and log is not None:
        summary |= {"orders": write_orders(orders_out, log), "orders_out": str(orders_out)}
    if outlook_out is not None and watch is not None:
        summary["outlook_out"] = str(outlook_out)
        write_outlook(outlook_out, symbol, stamps, watch)
    if alerts_out is not None and alerts is not None:
        summary |= {"alerts": write_alerts(alerts_out, alerts), "alerts_out": str(alerts_out)}
    if as_json:
        print_json(summary)
    else:
        found = f"{len(stamps):,} rows of {len(FEATURES)} features from {len(events):,} events"
        OUT.print(f"{found} in {escape(str(out))}", soft_wrap=True)
        if orders_out is not None:
            OUT.print(f"{summary['orders']:,} level orders in {escape(str(orders_out))}", soft_wrap=True)
        if alerts_out is not None:
            OUT.print(f"{summary['alerts']:,} alerts in {escape(str(alerts_out))}", soft_wrap=True)


def write_series(path: Path, symbol: str, stamps: Ints, rows: Reals) -> None:
    """Write the series as Parquet; the regime by name, MM detected as truth value, NaN as null.

    Raises:
        BadInput: The file cannot be written.
    """
    # pyarrow is a heavy import; only the commands that read or write files pay for it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, Any] = {
        "ts": pa.array(stamps, pa.int64()),
        "symbol": pa.array([symbol] * len(stamps), pa.string()),
    }
    for name in FEATURES:
        columns[name] = _column(pa, name, rows[:, INDEX[name]])
    with replacing(path) as fresh:
        pq.write_table(pa.table(columns), fresh)


def _column(pa: Any, name: str, values: Reals) -> Any:
    missing = np.isnan(values)
    if name == "regime":
        labels = [None if gone else Regime(int(v)).label for v, gone in zip(values, missing, strict=True)]
        return pa.array(labels, pa.string())
    if name == "mm_detected":
        return pa.array(values > 0, pa.bool_(), mask=missing)
    return pa.array(values, pa.float64(), mask=missing)
