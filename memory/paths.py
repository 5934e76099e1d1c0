"""Followed signals with what another target, timeout or threshold would have made of them."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import select

from memory.archives import filled
from memory.schema import METADATA
from memory.sources import not_from_candles
from memory.statistics import refusing_rules
from memory.store import Store
from tools.domain.paths import FollowedPath

_T = METADATA.tables
_S, _D, _O = (_T[name].c for name in ("signal", "decision", "outcome"))


def path_facts(store: Store, world: str, *, ts_from: int, as_of: int) -> list[FollowedPath]:
    """Signals of ``world`` raised from ``ts_from`` on whose follow was known at ``as_of``, oldest first.

    Signals made from candles have targets and stops of their own and say nothing of these parameters.
    """
    columns = (
        *(_O.outcome_id, _O.symbol, _O.run_id, _O.result, _O.ts_known, _O.gross_bps, _O.net_bps),
        *(_O.time_to_fill_ns, _O.reach_bps, _O.halt_bps, _O.final_bps),
        *(_S.signal_id, _S.ts, _S.entry_price, _S.cost_bps, _S.entry_timeout_ns, _S.features, _D.votes),
    )
    joined = _T["outcome"].join(_T["signal"], _O.signal_id == _S.signal_id)
    joined = joined.join(_T["decision"], _O.decision_id == _D.decision_id)
    wanted = (_O.kind == "shadow", _O.world == world, _S.ts >= ts_from, _O.ts_known <= as_of)
    rows = store.read(
        select(*columns).select_from(joined).where(*wanted, not_from_candles()).order_by(_S.ts, _O.outcome_id)
    )
    return [_path_fact(row) for row in filled(store, "signal", rows)]


def _path_fact(row: Any) -> FollowedPath:
    features = orjson.loads(row["features"])
    upper = features.get("mm_upper_bound")
    same = (
        *("outcome_id", "symbol", "run_id", "result", "ts", "ts_known", "cost_bps", "entry_timeout_ns"),
        *("net_bps", "time_to_fill_ns", "reach_bps", "halt_bps", "final_bps"),
    )
    return FollowedPath(
        **{name: row[name] for name in same},
        rules=refusing_rules(row["votes"]),
        upper_bps=None if upper is None else (upper * 1e8 / row["entry_price"] - 1) * 1e4,
        mm_confidence=features.get("mm_confidence"),
        spoofing_score=features.get("spoofing_score"),
        fees_bps=None if row["net_bps"] is None else row["gross_bps"] - row["net_bps"],
    )
