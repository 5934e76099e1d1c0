"""Who did what, and why: written to files that only scorers read, never to a wire.

Orders, ends and trades are tables; quoting states, departures and regimes are lines of JSON.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = tuple[Any, ...]

TABLES: dict[str, tuple[str, ...]] = {
    # planned_end_ts: when the agent meant to cancel it as it was placed; 0 is no plan
    "orders": (
        "symbol",
        "order",
        "ts",
        "agent",
        "intent",
        "parent",
        "side",
        "price",
        "size",
        "planned_end_ts",
    ),
    "ends": ("symbol", "order", "ts", "cause", "left"),
    "trades": (
        "symbol",
        "trade",
        "ts",
        "side",
        "price",
        "size",
        "taker",
        "maker",
        "taker_order",
        "maker_order",
    ),
    # state: full, wide, small, bid_only, ask_only, away
    "quoting": ("symbol", "agent", "ts", "state", "cause"),
    "agents": ("symbol", "agent", "family", "traits"),
    "regimes": ("ts", "regime"),
}


@dataclass(slots=True)
class Truth:
    """The tables as rows, in order of time; prices in ticks, sizes in lots, sides +1 and -1."""

    orders: list[Row] = field(default_factory=list)
    ends: list[Row] = field(default_factory=list)
    trades: list[Row] = field(default_factory=list)
    quoting: list[Row] = field(default_factory=list)
    agents: list[Row] = field(default_factory=list)
    regimes: list[Row] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """One file a table."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("orders", "ends", "trades"):
            pq.write_table(as_table(getattr(self, name), TABLES[name]), folder / f"{name}.parquet")
        for name in ("quoting", "agents", "regimes"):
            lines = [json.dumps(dict(zip(TABLES[name], row, strict=True))) for row in getattr(self, name)]
            (folder / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


def as_table(rows: Sequence[Row], names: Sequence[str]) -> Any:
    """Rows as an Arrow table."""
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return pa.table({name: list(column) for name, column in zip(names, columns, strict=True)})


def quoting_spells(truth: Truth, agent: str, end_ns: int) -> list[tuple[int, int, str]]:
    """The states of one market maker as (start, end, state), up to ``end_ns``."""
    rows = [(ts, state) for _, name, ts, state, _ in truth.quoting if name == agent]
    ends = [*(ts for ts, _ in rows[1:]), end_ns][: len(rows)]
    return [
        (ts, min(until, end_ns), state) for (ts, state), until in zip(rows, ends, strict=True) if ts < end_ns
    ]


def share_quoting(truth: Truth, agent: str, start_ns: int, end_ns: int) -> float:
    """Share of a window in which a market maker quoted both sides as usual."""
    full = sum(
        max(0, min(until, end_ns) - max(ts, start_ns))
        for ts, until, state in quoting_spells(truth, agent, end_ns)
        if state == "full"
    )
    return full / (end_ns - start_ns)
