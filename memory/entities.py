"""What the record holds, as things with columns: the catalogue that questions are put to.

An entity is a constant piece of SQL that gives one row a thing, and columns over it. Whoever asks names
an entity and columns; what a person writes is only ever bound to a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tools.domain.regime import Regime

FEATURE = "feature"  # a column of this kind is read from what was sensed, which may be archived


@dataclass(frozen=True, slots=True)
class Column:
    """One value of an entity.

    Attributes:
        sql: A constant expression over the entity's source; for a feature its name.
        kind: ``text``, ``flag``, ``time`` (ns), ``span`` (ns, told in s), ``units`` (of 1e-8), ``money``
            (decimal text), ``real``, ``whole``, ``names`` (a JSON array of text), ``added`` (a JSON array
            of decimal text), ``rules`` (votes, of which those of rules that refused count), ``limits``
            (clamps), ``conditions`` (of a strategy) or ``feature``.
        unit: What it is told in: quote, bps, s, usd, share; empty for plain numbers and text.
        label: What it is called.
    """

    sql: str
    kind: str
    label: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """One sort of thing.

    Attributes:
        source: Tables and joins after FROM.
        base: What must hold of every row.
        columns: Values by name; ``ts`` is when it was, ``id`` its name.
        one: What one is called.
        many: What several are called.
    """

    source: str
    base: str
    columns: Mapping[str, Column]
    one: str
    many: str


_REGIME = "CASE COALESCE(s.regime, 0) {} END".format(
    " ".join(f"WHEN {int(one)} THEN '{one.label}'" for one in Regime)
)
_CASE_SOURCE = (
    "decision d JOIN signal s ON s.signal_id = d.signal_id "
    "LEFT JOIN outcome t ON t.decision_id = d.decision_id AND t.kind = 'taken' "
    "LEFT JOIN outcome p ON p.decision_id = d.decision_id AND p.kind = 'shadow'"
)
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
    "value": Column("json_extract(d.plan, '$.value_quote')", "money", "size", "quote"),
    "slices": Column("json_array_length(d.plan, '$.slices')", "whole", "slices"),
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
_OF_DECISION = "JOIN decision d ON d.decision_id = {}.decision_id JOIN signal s ON s.signal_id = d.signal_id"
_FILLS = {
    **_CONTEXT,
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
    **_CONTEXT,
    "id": Column("d.decision_id", "text", "decision"),
    "ts": Column("i.ts", "time", "time"),
    "leg": Column("i.leg", "text", "leg"),
    "side": Column("CASE i.side WHEN 1 THEN 'buy' ELSE 'sell' END", "text", "side"),
    "kind": Column("CASE WHEN i.price IS NULL THEN 'market' ELSE 'limit' END", "text", "kind"),
    "status": Column("COALESCE(o.status, 'unknown')", "text", "status"),
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
    "delay": Column("c.ts_known - c.ts", "span", "time to answer", "s"),
    "world": Column("c.world", "text", "world"),
    "run": Column("c.run_id", "text", "run"),
    "symbol": Column("d.symbol", "text", "symbol"),
    "action": Column("d.action", "text", "action"),
    "route": Column("d.route", "text", "route"),
    "probe": Column("d.is_probe", "flag", "probe"),
}
_LESSONS = {
    "id": Column("l.lesson_id", "text", "lesson"),
    "ts": Column("l.ts_known", "time", "time"),
    "statement": Column("l.statement", "text", "lesson"),
    "symbol": Column("json_extract(l.scope, '$.symbol')", "text", "symbol"),
    "regime": Column("json_extract(l.scope, '$.regime')", "text", "regime"),
    "standing": Column(
        "CASE WHEN l.ts_retired IS NULL THEN 'active' ELSE COALESCE((SELECT k.verdict FROM lesson_check k "
        "WHERE k.lesson_id = l.lesson_id AND k.verdict IN ('refuted', 'contradicted', 'refined', 'outdated') "
        "ORDER BY k.ts_known DESC LIMIT 1), 'retired') END",
        "text",
        "standing",
    ),
    "effect": Column("l.effect", "real", "effect", "bps"),
    "evidence": Column("l.n", "whole", "trades behind it"),
    "proof": Column("l.evidence", "names", "evidence"),
    "world": Column("l.world", "text", "world"),
}
_CHANGES = {
    "id": Column("CAST(q.version AS TEXT)", "text", "version"),
    "ts": Column("q.ts_known", "time", "time"),
    "parameter": Column("q.name", "text", "parameter"),
    "proof": Column("q.evidence", "names", "evidence"),
    "before": Column("q.value_before", "real", "value before"),
    "after": Column("q.value", "real", "value after"),
    "reason": Column("q.reason", "text", "reason"),
    "direction": Column("CASE WHEN q.value > q.value_before THEN 'up' ELSE 'down' END", "text", "direction"),
    "standing": Column(
        "CASE WHEN EXISTS (SELECT 1 FROM effect e WHERE e.version = q.version AND e.verdict = 'rolled_back') "
        "THEN 'rolled_back' ELSE 'kept' END",
        "text",
        "standing",
    ),
    "world": Column("q.world", "text", "world"),
}
_STRATEGIES = {
    "id": Column("y.strategy_id", "text", "strategy"),
    "ts": Column(
        "(SELECT MIN(z.ts_known) FROM strategy z WHERE z.strategy_id = y.strategy_id)", "time", "found"
    ),
    "standing": Column("y.standing", "text", "standing"),
    "reason": Column("y.reason", "text", "reason"),
    "proof": Column("y.evidence", "names", "evidence"),
    "origin": Column("y.origin", "text", "origin"),
    "feature": Column("y.rules", "conditions", "feature"),
    "matches": Column("y.n", "whole", "matches"),
    "wins": Column("y.wins", "whole", "wins"),
    "net_bps": Column("y.net_bps", "real", "net result", "bps"),
    "world": Column("y.world", "text", "world"),
}
_PROFILES = {
    "id": Column("r.profile_id", "text", "profile"),
    "ts": Column("r.ts_known", "time", "time"),
    "symbol": Column("r.symbol", "text", "symbol"),
    "regime": Column("r.regime", "text", "regime"),
    "matches": Column("r.n", "whole", "follows"),
    "win_rate": Column("CAST(r.wins AS REAL) / r.n", "real", "win rate", "share"),
    "breakeven": Column("r.breakeven", "real", "break-even probability"),
    "net_bps": Column("r.net_bps", "real", "net result on paper", "bps"),
    "spread": Column("r.spread_bps", "real", "spread", "bps"),
    "world": Column("r.world", "text", "world"),
}
_RUNS = {
    "id": Column("u.run_id", "text", "run"),
    "ts": Column("u.ts_started", "time", "start"),
    "command": Column("u.command", "text", "command"),
    "world": Column("u.world", "text", "world"),
    "hold": Column("u.ts_ended - u.ts_started", "span", "length", "s"),
    "ts_exit": Column("u.ts_ended", "time", "end"),
}
_REPORTS = {
    "id": Column("w.day || ' ' || w.kind", "text", "report"),
    "ts": Column("w.ts", "time", "time"),
    "kind": Column("w.kind", "text", "kind"),
    "world": Column("w.world", "text", "world"),
}
_PATTERNS = {
    "id": Column("n.outcome_id", "text", "pattern"),
    "ts": Column("n.ts", "time", "time"),
    "symbol": Column("n.symbol", "text", "symbol"),
    "result": Column("n.result", "text", "result"),
    "won": Column("n.net_bps > 0", "flag", "made money"),
    "net_bps": Column("n.net_bps", "real", "net result on paper", "bps"),
    "importance": Column("n.importance", "real", "importance"),
    "standing": Column("CASE WHEN n.ts_retired IS NULL THEN 'active' ELSE 'retired' END", "text", "standing"),
    "world": Column("n.world", "text", "world"),
}
_LAST_ORDER = (
    'LEFT JOIN "order" o ON o.client_order_id = i.client_order_id AND o.sequence = '
    '(SELECT MAX(b.sequence) FROM "order" b WHERE b.client_order_id = i.client_order_id)'
)

ENTITIES: Mapping[str, Entity] = {
    "decision": Entity(_CASE_SOURCE, "1", {**_CONTEXT, **_SIGNAL, **_TAKEN}, "decision", "decisions"),
    "trade": Entity(
        _CASE_SOURCE, "t.net_bps IS NOT NULL", {**_CONTEXT, **_SIGNAL, **_TAKEN}, "trade", "trades"
    ),
    "paper": Entity(
        _CASE_SOURCE,
        "p.net_bps IS NOT NULL",
        {**_CONTEXT, **_SIGNAL, **_PAPER},
        "signal followed on paper",
        "signals followed on paper",
    ),
    "fill": Entity(
        f"fill f JOIN intent i ON i.client_order_id = f.client_order_id {_OF_DECISION.format('f')}",
        "1",
        _FILLS,
        "fill",
        "fills",
    ),
    "order": Entity(f"intent i {_OF_DECISION.format('i')} {_LAST_ORDER}", "1", _ORDERS, "order", "orders"),
    "call": Entity(
        "consultation c LEFT JOIN decision d ON d.decision_id = c.decision_id",
        "1",
        _CALLS,
        "call of a brain",
        "calls of a brain",
    ),
    "lesson": Entity("lesson l", "1", _LESSONS, "lesson", "lessons"),
    "change": Entity("parameter q", "1", _CHANGES, "change of a parameter", "changes of parameters"),
    "strategy": Entity(
        "strategy y",
        "y.ts_known = (SELECT MAX(z.ts_known) FROM strategy z WHERE z.strategy_id = y.strategy_id)",
        _STRATEGIES,
        "strategy",
        "strategies",
    ),
    "profile": Entity("profile r", "r.ts_retired IS NULL", _PROFILES, "profile", "profiles"),
    "run": Entity("run u", "1", _RUNS, "run", "runs"),
    "report": Entity("report w", "1", _REPORTS, "reflection", "reflections"),
    "pattern": Entity("pattern n", "1", _PATTERNS, "pattern", "patterns"),
}
