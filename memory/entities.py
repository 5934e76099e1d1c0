"""What the record holds, as things with columns: the catalogue that questions are put to.

An entity is a constant piece of SQL that gives one row a thing, and columns over it. Whoever asks names
an entity and columns; what a person writes is only ever bound to a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping

from memory.entities_learned import LEARNED
from memory.entity import FEATURE, Column, Entity
from tools.domain.regime import Regime

_REGIME = "CASE COALESCE(s.regime, 0) {} END".format(
    " ".join(f"WHEN {int(one)} THEN '{one.label}'" for one in Regime)
)
_OF_CASE = {
    "s": "JOIN signal s ON s.signal_id = d.signal_id",
    "t": "LEFT JOIN outcome t ON t.decision_id = d.decision_id AND t.kind = 'taken'",
    "p": "LEFT JOIN outcome p ON p.decision_id = d.decision_id AND p.kind = 'shadow'",
}
_CONTEXT = {  # of a decision and its signal, whatever hangs on it
    "decision": Column("d.decision_id", "text", "decision"),
    "symbol": Column("d.symbol", "text", "symbol"),
    "action": Column("d.action", "text", "action"),
    "route": Column("d.route", "text", "route"),
    "probe": Column("d.is_probe", "flag", "probe"),
    "regime": Column(_REGIME, "text", "regime"),
    "world": Column("d.world", "text", "world"),
    "run": Column("d.run_id", "text", "run"),
    "rule": Column("d.votes", "rules", "rule"),
    "limit": Column("d.clamps", "limits", "limit"),
    "cut": Column("d.clamps", "cuts", "cut", "quote"),
    "clamped": Column("d.clamps <> '[]'", "flag", "cut by a limit"),
    "version": Column("d.parameters_version", "whole", "version of the parameters"),
    "code": Column(
        "(SELECT code_version FROM run WHERE run.run_id = d.run_id)", "text", "version of the code"
    ),
}
_SENSED = {
    "confidence": ("mm_confidence", "market maker confidence", ""),
    "spoofing_score": ("spoofing_score", "spoofing score", ""),
    "mm_order_size": ("mm_avg_order_size", "market maker's average order size", ""),
    "mm_spread": ("mm_spread_bps", "market maker's spread", "bps"),
    "mm_refresh_rate": ("mm_refresh_rate", "market maker's refresh rate", ""),
    "mm_lower_bound": ("mm_lower_bound", "market maker's lower bound", ""),
    "mm_upper_bound": ("mm_upper_bound", "market maker's upper bound", ""),
    "spread": ("spread_bps", "spread", "bps"),
    "volatility": ("realised_volatility", "realised volatility", ""),
    "aggressor_ratio": ("aggressor_ratio_60s", "aggressor ratio", ""),
    "imbalance": ("imbalance", "book imbalance", ""),
    "mid": ("mid", "mid price", ""),
}
_SIGNAL = {
    "id": Column("d.decision_id", "text", "decision"),
    "signal": Column("s.signal_id", "text", "signal"),
    "ts": Column("d.ts", "time", "time"),
    "side": Column("CASE s.side WHEN 1 THEN 'buy' ELSE 'sell' END", "text", "side"),
    "reason": Column("d.reason", "text", "reason"),
    "probability": Column("d.probability", "real", "win probability"),
    "breakeven": Column("d.breakeven", "real", "break-even probability"),
    "expected": Column("d.expected_bps", "real", "expected result", "bps"),
    "expected_cost": Column("s.cost_bps", "real", "expected cost", "bps"),
    "target_price": Column("s.take_profit", "units", "take-profit price"),
    "stop_price": Column("s.stop", "units", "stop price"),
    "signal_price": Column("s.entry_price", "units", "signal price"),
    "value": Column("json_extract(d.plan, '$.value_quote')", "money", "size", "quote"),
    "slices": Column("json_array_length(d.plan, '$.slices')", "whole", "slices"),
    "source": Column("s.source", "text", "kind of signal"),
    "fills": Column("(SELECT COUNT(*) FROM fill WHERE fill.decision_id = d.decision_id)", "whole", "fills"),
    "orders": Column(
        "(SELECT COUNT(*) FROM intent WHERE intent.decision_id = d.decision_id)", "whole", "orders"
    ),
    "objecting": Column("d.votes", "objecting", "who voted to skip"),
    "favouring": Column("d.votes", "favouring", "who voted to enter"),
    "features": Column("s.features", "text", "features"),
    **{name: Column(feature, FEATURE, label, unit) for name, (feature, label, unit) in _SENSED.items()},
}
_TAKEN = {
    "outcome": Column("t.outcome_id", "text", "outcome"),
    "result": Column("t.result", "text", "result"),
    "won": Column("t.net_bps > 0", "flag", "made money"),
    "ts_entry": Column("t.ts_entry", "time", "entry time"),
    "ts_exit": Column("COALESCE(t.ts_exit, t.ts_known)", "time", "exit time"),
    "net": Column("t.net_quote", "money", "net result", "quote"),
    "net_bps": Column("t.net_bps", "real", "net result", "bps"),
    "gross_bps": Column("t.gross_bps", "real", "gross result", "bps"),
    "gross": Column("json_array(t.net_quote, t.fees_quote)", "added", "result before fees", "quote"),
    "fee": Column("t.fees_quote", "money", "fees", "quote"),
    "hold": Column(
        "COALESCE(t.ts_exit, t.ts_known) - COALESCE(t.ts_entry, d.ts)", "span", "holding time", "s"
    ),
    "delay": Column("COALESCE(t.time_to_fill_ns, t.ts_entry - d.ts)", "span", "time to fill", "s"),
    "best_bps": Column("t.mfe_bps", "real", "best on the way", "bps"),
    "worst_bps": Column("t.mae_bps", "real", "worst on the way", "bps"),
    "slippage": Column(
        "s.side * (t.entry_price - s.entry_price) * 1e4 / s.entry_price", "real", "entry slippage", "bps"
    ),
    "entry_price": Column("t.entry_price", "units", "entry price"),
    "exit_price": Column("t.exit_price", "units", "exit price"),
    "size": Column("t.size", "units", "quantity"),
}
_PAPER = {
    "outcome": Column("p.outcome_id", "text", "outcome"),
    "result": Column("p.result", "text", "result"),
    "won": Column("p.net_bps > 0", "flag", "made money"),
    "ts_entry": Column("p.ts_entry", "time", "entry time"),
    "ts_exit": Column("COALESCE(p.ts_exit, p.ts_known)", "time", "exit time"),
    "net_bps": Column("p.net_bps", "real", "net result on paper", "bps"),
    "gross_bps": Column("p.gross_bps", "real", "gross result on paper", "bps"),
    "hold": Column(
        "COALESCE(p.ts_exit, p.ts_known) - COALESCE(p.ts_entry, d.ts)", "span", "holding time", "s"
    ),
    "best_bps": Column("p.mfe_bps", "real", "best on the way", "bps"),
    "worst_bps": Column("p.mae_bps", "real", "worst on the way", "bps"),
    "entry_price": Column("p.entry_price", "units", "entry price"),
    "exit_price": Column("p.exit_price", "units", "exit price"),
}
_EXECUTED = {
    name: one for name, one in _CONTEXT.items() if name != "rule"
}  # rules refuse, they execute nothing
_FILLS = {
    **_EXECUTED,
    "id": Column("d.decision_id", "text", "decision"),
    "ts": Column("f.ts", "time", "time"),
    "leg": Column("i.leg", "text", "leg"),
    "side": Column("CASE f.side WHEN 1 THEN 'buy' ELSE 'sell' END", "text", "side"),
    "maker": Column("CASE f.is_maker WHEN 1 THEN 'maker' ELSE 'taker' END", "text", "liquidity"),
    "price": Column("f.price", "units", "price"),
    "size": Column("f.size", "units", "quantity"),
    "value": Column("(CAST(f.price AS REAL) * f.size) / 1e16", "real", "value", "quote"),
    "fee": Column("f.fee_quote", "money", "fees", "quote"),
}
_ORDERS = {
    **_EXECUTED,
    "id": Column("d.decision_id", "text", "decision"),
    "ts": Column("i.ts", "time", "time"),
    "leg": Column("i.leg", "text", "leg"),
    "side": Column("CASE i.side WHEN 1 THEN 'buy' ELSE 'sell' END", "text", "side"),
    "kind": Column("CASE WHEN i.price IS NULL THEN 'market' ELSE 'limit' END", "text", "kind"),
    "status": Column("COALESCE(o.status, 'unknown')", "text", "status"),
    "attempt": Column("i.attempt", "whole", "attempt"),
    "post_only": Column("i.is_post_only", "flag", "post only"),
    "reduce_only": Column("i.is_reduce_only", "flag", "reduce only"),
    "value": Column("(CAST(i.price AS REAL) * i.size) / 1e16", "real", "value", "quote"),
    "price": Column("i.price", "units", "price"),
    "size": Column("i.size", "units", "quantity"),
}
_CALLS = {
    "id": Column("c.decision_id", "text", "decision"),
    "ts": Column("c.ts", "time", "time"),
    "provider": Column("c.provider", "text", "provider"),
    "model": Column("c.model", "text", "model"),
    "purpose": Column("c.purpose", "text", "purpose"),
    "answered": Column("c.cause IS NULL", "flag", "answered"),
    "cause": Column("c.cause", "text", "cause"),
    "cost": Column("c.cost_usd", "money", "cost", "usd"),
    "tokens": Column("COALESCE(c.input_tokens, 0) + COALESCE(c.output_tokens, 0)", "whole", "tokens"),
    "input_tokens": Column("c.input_tokens", "whole", "input tokens"),
    "output_tokens": Column("c.output_tokens", "whole", "output tokens"),
    "cached_tokens": Column("c.cached_tokens", "whole", "cached tokens"),
    "delay": Column("c.ts_known - c.ts", "span", "time to answer", "s"),
    "attempt": Column("c.attempt", "whole", "attempt"),
    "world": Column("c.world", "text", "world"),
    "run": Column("c.run_id", "text", "run"),
    "symbol": Column("d.symbol", "text", "symbol"),
    "action": Column("d.action", "text", "action"),
    "route": Column("d.route", "text", "route"),
    "probe": Column("d.is_probe", "flag", "probe"),
}
_RUNS = {
    "id": Column("u.run_id", "text", "run"),
    "ts": Column("u.ts_started", "time", "start"),
    "command": Column("u.command", "text", "command"),
    "world": Column("u.world", "text", "world"),
    "code": Column("u.code_version", "text", "version of the code"),
    "seed": Column("u.seed", "whole", "seed"),
    "decisions": Column(
        "(SELECT COUNT(*) FROM decision WHERE decision.run_id = u.run_id)", "whole", "decisions"
    ),
    "standing": Column("CASE WHEN u.ts_ended IS NULL THEN 'active' ELSE 'finished' END", "text", "standing"),
    "hold": Column("u.ts_ended - u.ts_started", "span", "length", "s"),
    "ts_exit": Column("u.ts_ended", "time", "end"),
}
_LAST_ORDER = (
    'LEFT JOIN "order" o ON o.client_order_id = i.client_order_id AND o.sequence = '
    '(SELECT MAX(b.sequence) FROM "order" b WHERE b.client_order_id = i.client_order_id)'
)

_SPENT = {
    "id": Column("b.reservation_id || ' ' || b.stage", "text", "booking"),
    "ts": Column("b.ts", "time", "time"),
    "stage": Column("b.stage", "text", "stage"),
    "provider": Column("b.provider", "text", "provider"),
    "model": Column("b.model", "text", "model"),
    "cost": Column("b.amount_usd", "money", "amount", "usd"),
    "world": Column("b.world", "text", "world"),
    "asked_for": Column(
        "(SELECT c.decision_id FROM consultation c WHERE c.consultation_id = b.reservation_id)",
        "text",
        "decision that was asked about",
    ),
}
_REACTIONS = {
    **_CONTEXT,
    "id": Column("m.decision_id", "text", "decision"),
    "ts": Column("m.ts", "time", "time"),
    "gone": Column("m.has_left", "flag", "market maker left"),
    "ratio": Column("m.ratio", "real", "size against the market maker's"),
    "slippage": Column("m.slip_bps", "real", "slippage", "bps"),
}


def _of_decision(alias: str) -> dict[str, str]:
    return {"d": f"JOIN decision d ON d.decision_id = {alias}.decision_id", "s": _OF_CASE["s"]}


ENTITIES: Mapping[str, Entity] = {
    "decision": Entity(
        "decision d", "1", {**_CONTEXT, **_SIGNAL, **_TAKEN}, "decision", "decisions", _OF_CASE
    ),
    "trade": Entity(
        "decision d",
        "t.net_bps IS NOT NULL",
        {**_CONTEXT, **_SIGNAL, **_TAKEN},
        "trade",
        "trades",
        _OF_CASE,
    ),
    "paper": Entity(
        "decision d",
        "p.net_bps IS NOT NULL",
        {**_CONTEXT, **_SIGNAL, **_PAPER},
        "signal followed on paper",
        "signals followed on paper",
        _OF_CASE,
    ),
    "fill": Entity(
        "fill f",
        "1",
        _FILLS,
        "fill",
        "fills",
        {"i": "JOIN intent i ON i.client_order_id = f.client_order_id", **_of_decision("f")},
    ),
    "order": Entity("intent i", "1", _ORDERS, "order", "orders", {**_of_decision("i"), "o": _LAST_ORDER}),
    "call": Entity(
        "consultation c",
        "1",
        _CALLS,
        "call of a brain",
        "calls of a brain",
        {"d": "LEFT JOIN decision d ON d.decision_id = c.decision_id"},
    ),
    "spend": Entity(
        "spend b", "1", _SPENT, "booking of the brains' budget", "bookings of the brains' budget"
    ),
    "reaction": Entity(
        "reaction m",
        "1",
        _REACTIONS,
        "reaction of a market maker",
        "reactions of market makers",
        _of_decision("m"),
    ),
    **LEARNED,
    "run": Entity("run u", "1", _RUNS, "run", "runs"),
}
