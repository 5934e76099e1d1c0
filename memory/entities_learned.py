"""The part of the catalogue of questions that was learned: lessons, changes, strategies, trials."""

from __future__ import annotations

from collections.abc import Mapping

from memory.entity import Column, Entity

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
    "about": Column(
        "CASE WHEN json_extract(l.scope, '$.symbol') IS NOT NULL THEN 'symbol' "
        "WHEN json_extract(l.scope, '$.regime') IS NOT NULL THEN 'regime' "
        "WHEN json_extract(l.scope, '$.hour') IS NOT NULL THEN 'hour' ELSE 'other' END",
        "text",
        "what it is about",
    ),
    "scope_hour": Column("json_extract(l.scope, '$.hour')", "text", "hour it is about"),
    "ts_exit": Column("l.ts_retired", "time", "end"),
    "reason": Column(
        "(SELECT k.reason FROM lesson_check k WHERE k.lesson_id = l.lesson_id "
        "ORDER BY k.ts_known DESC LIMIT 1)",
        "text",
        "reason",
    ),
    "low": Column("l.interval_low", "real", "lower end of the effect", "bps"),
    "high": Column("l.interval_high", "real", "upper end of the effect", "bps"),
    "effect": Column("l.effect", "real", "effect", "bps"),
    "evidence": Column("l.n", "whole", "trades behind it"),
    "proof": Column("l.evidence", "names", "evidence"),
    "world": Column("l.world", "text", "world"),
}
_LAST_EFFECT = "FROM effect e WHERE e.version = q.version ORDER BY e.ts_known DESC LIMIT 1"
_CHANGES = {
    "id": Column("CAST(q.version AS TEXT)", "text", "version"),
    "ts": Column("q.ts_known", "time", "time"),
    "parameter": Column("q.name", "text", "parameter"),
    "proof": Column("q.evidence", "names", "evidence"),
    "before": Column("q.value_before", "real", "value before"),
    "after": Column("q.value", "real", "value after"),
    "reason": Column("q.reason", "text", "reason"),
    "move": Column("q.value - q.value_before", "real", "change"),
    "effect": Column(f"(SELECT effect_bps {_LAST_EFFECT})", "real", "effect", "bps"),
    "matches": Column(f"(SELECT n {_LAST_EFFECT})", "whole", "trades since"),
    "ts_exit": Column(
        "(SELECT MIN(e.ts_known) FROM effect e WHERE e.version = q.version AND e.verdict = 'rolled_back')",
        "time",
        "rollback",
    ),
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
    "win_rate": Column("CASE WHEN y.n > 0 THEN CAST(y.wins AS REAL) / y.n END", "real", "win rate", "share"),
    "ts_exit": Column("CASE WHEN y.standing <> 'active' THEN y.ts_known END", "time", "end"),
    "net_bps": Column("y.net_bps", "real", "net result", "bps"),
    "low": Column("json_extract(y.rules, '$.conditions[0].low')", "real", "least value"),
    "high": Column("json_extract(y.rules, '$.conditions[0].high')", "real", "greatest value"),
    "stop": Column("json_extract(y.rules, '$.stop_bps')", "real", "stop", "bps"),
    "target": Column("json_extract(y.rules, '$.target_bps')", "real", "target", "bps"),
    "size_share": Column("json_extract(y.rules, '$.size_share')", "real", "share of the size"),
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
_CHECKS = {
    "id": Column("k.lesson_id || ' ' || k.day", "text", "check"),
    "ts": Column("k.ts_known", "time", "time"),
    "standing": Column("k.verdict", "text", "verdict"),
    "matches": Column("k.n", "whole", "trades looked at"),
    "effect": Column("k.value", "real", "effect", "bps"),
    "reason": Column("k.reason", "text", "reason"),
    "world": Column("k.world", "text", "world"),
}
_TRIALS = {
    "id": Column("x.name || ' ' || x.day", "text", "trial"),
    "ts": Column("x.ts_known", "time", "time"),
    "parameter": Column("x.name", "text", "parameter"),
    "before": Column("x.value_before", "real", "value before"),
    "after": Column("x.value", "real", "value tried"),
    "standing": Column("x.verdict", "text", "verdict"),
    "reason": Column("x.reason", "text", "reason"),
    "effect": Column("x.effect_bps", "real", "effect", "bps"),
    "matches": Column("x.n", "whole", "trades"),
    "world": Column("x.world", "text", "world"),
}
_EXPERIMENTS = {
    "id": Column("x.experiment_id", "text", "experiment"),
    "ts": Column("x.ts_known", "time", "time"),
    "parameter": Column("x.name", "text", "parameter"),
    "before": Column("x.value_before", "real", "value before"),
    "after": Column("x.value", "real", "value tried"),
    "ts_exit": Column("x.ts_retired", "time", "end"),
    "standing": Column(
        "CASE WHEN x.ts_retired IS NULL THEN 'active' ELSE 'finished' END", "text", "standing"
    ),
    "world": Column("x.world", "text", "world"),
}
_WORTH = {
    "id": Column("x.kind || ' ' || x.name || ' ' || x.day", "text", "worth"),
    "ts": Column("x.ts_known", "time", "time"),
    "standing": Column("x.verdict", "text", "verdict"),
    "matches": Column("x.n", "whole", "signals"),
    "effect": Column("x.effect_bps", "real", "effect", "bps"),
    "net": Column("x.value_quote", "money", "worth", "quote"),
    "world": Column("x.world", "text", "world"),
}
_JOBS = {
    "id": Column("x.kind || ' ' || x.date", "text", "job"),
    "ts": Column("x.ts", "time", "time"),
    "standing": Column("x.state", "text", "state"),
    "attempt": Column("x.attempts", "whole", "attempts"),
    "world": Column("x.world", "text", "world"),
}
LEARNED: Mapping[str, Entity] = {
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
    "report": Entity("report w", "1", _REPORTS, "reflection", "reflections"),
    "check": Entity("lesson_check k", "1", _CHECKS, "check of a lesson", "checks of lessons"),
    "trial": Entity("trial x", "1", _TRIALS, "test of a change", "tests of changes"),
    "experiment": Entity("experiment x", "1", _EXPERIMENTS, "experiment", "experiments"),
    "worth": Entity("worth x", "1", _WORTH, "measured worth", "measured worths"),
    "job": Entity("job x", "1", _JOBS, "job", "jobs"),
    "pattern": Entity("pattern n", "1", _PATTERNS, "pattern", "patterns"),
}
