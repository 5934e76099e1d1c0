"""A decision explained: what was known when it was taken, and apart from it what came later."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from graphs.arms import arm_as_data, arm_lines
from graphs.looked_back import lately_as_data, lately_lines
from graphs.reasons import entry_reasons, headline
from memory.codec import to_plain
from memory.consultations import AUDIT, Consultation, ConsultationLog
from memory.graph import graph_of
from memory.lookup import DecisionStory, tell
from memory.profiles import ProfileBook
from memory.statistics import outcomes_by_id
from memory.store import Store
from tools.domain.clock import iso
from tools.domain.market import plain
from tools.domain.regime import Regime
from tools.domain.trading import Outcome, Signal
from tools.features.names import FEATURES
from tools.features.units import EVIDENCE_UNIT_OF, UNIT_OF

REGIMES = ("regime", "outlook_regime")  # told by name


def explain(store: Store, text: str) -> dict[str, Any]:
    """Everything the record holds on the decision whose id begins with ``text``, as plain data.

    Raises:
        NotInRecord: There is none.
        BadUsage: There is more than one.
    """
    story = tell(store, text)
    decision = story.decision
    return {
        "decision_id": decision.decision_id,
        "signal_id": decision.signal_id,
        "run_id": decision.run_id,
        "world": decision.world,
        "symbol": decision.symbol,
        "venue": decision.venue,
        "ts": decision.ts,
        "time": iso(decision.ts),
        "known_then": _known_then(store, story),
        "known_later": _known_later(store, story),
        "graph": _graph(store, story),
        "story": [
            headline(story),
            *arm_lines(store, decision.decision_id),
            *lately_lines(store, decision.decision_id, decision.symbol),
            *entry_reasons(story),
        ],
    }


def _known_then(store: Store, story: DecisionStory) -> dict[str, Any]:
    decision = to_plain(story.decision)
    recalled = outcomes_by_id(store, story.decision.recalled, story.decision.ts)
    found = {outcome.outcome_id for outcome in recalled}
    own = ("action", "route", "is_probe", "reason", "probability", "breakeven", "expected_bps", "votes")
    return {
        **{name: decision[name] for name in own},
        "signal": _signal(story.signal),
        "inputs": inputs(story.signal),
        "size_plan": decision["plan"],
        "clamps": decision["clamps"],
        "arm": arm_as_data(store, story.decision.decision_id),
        "parameters_version": decision["parameters_version"],
        "model_version": decision["model_version"],
        "recalled": [_neighbour(outcome) for outcome in recalled],
        "consultations": _consultations(store, story, is_audit=False),
        "profile": _profile(store, story),
        "lately": lately_as_data(store, story.decision.decision_id),
        "recalled_missing": [name for name in story.decision.recalled if name not in found],
    }


def _profile(store: Store, story: DecisionStory) -> dict[str, Any] | None:
    """What was known then of the symbol in that regime; None where nothing was."""
    decision, regime = story.decision, Regime(int(story.signal.features.get("regime") or 0)).label
    found = ProfileBook(store).of(decision.ts, decision.world, decision.symbol, regime)
    return None if found is None else {**asdict(found), "statement": found.statement}


def _known_later(store: Store, story: DecisionStory) -> dict[str, Any]:
    by_kind = {outcome.kind: _outcome(outcome) for outcome in story.outcomes}
    return {
        "intents": [to_plain(intent) for intent in story.intents],
        "orders": [to_plain(order) for order in story.orders],
        "fills": [to_plain(fill) for fill in story.fills],
        "outcome_taken": by_kind.get("taken"),
        "outcome_shadow": by_kind.get("shadow"),
        "audits": _consultations(store, story, is_audit=True),
    }


def _consultations(store: Store, story: DecisionStory, *, is_audit: bool) -> list[dict[str, Any]]:
    found = ConsultationLog(store).of_decision(story.decision.decision_id)
    return [_consultation(one) for one in found if (one.purpose == AUDIT) is is_audit]


def _consultation(one: Consultation) -> dict[str, Any]:
    own = ("consultation_id", "attempt", "provider", "model", "prompt_version", "fingerprint", "propensity")
    tokens = one.tokens
    return {
        **{name: getattr(one, name) for name in own},
        "request": one.request.decode(errors="replace"),
        "answer": one.answer.decode(errors="replace"),
        "text": one.text,
        "cause": one.cause,
        "detail": one.detail,
        "tokens": None
        if tokens is None
        else {"input": tokens.input, "cached": tokens.cached, "output": tokens.output},
        "cost_usd": plain(one.cost_usd),
        "answered_ms": (one.ts_known - one.ts) / 1e6,
    }


def inputs(signal: Signal) -> list[dict[str, Any]]:
    """Every feature of ``signal`` with its unit; a value of None was unavailable."""
    known = [name for name in FEATURES if name in signal.features]
    others = sorted(set(signal.features) - set(known))
    units = {**UNIT_OF, **EVIDENCE_UNIT_OF}
    return [
        {"name": name, "value": _value(name, signal.features[name]), "unit": units.get(name, "")}
        for name in (*known, *others)
    ]


def _value(name: str, value: float | None) -> float | str | None:
    return Regime(int(value)).label if name in REGIMES and value is not None else value


def _signal(signal: Signal) -> dict[str, Any]:
    kept = {name: value for name, value in to_plain(signal).items() if name not in ("features", "vector")}
    return {
        **kept,
        "side": signal.side.label,
        "time": iso(signal.ts),
        "gain_bps": signal.gain_bps,
        "loss_bps": signal.loss_bps,
        "breakeven": signal.breakeven,
    }


def _neighbour(outcome: Outcome) -> dict[str, Any]:
    own = ("outcome_id", "decision_id", "kind", "symbol", "ts_known")
    kept = {name: getattr(outcome, name) for name in own}
    return {**kept, "result": outcome.result.value, "net_bps": outcome.net_bps}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {**to_plain(outcome), "time_known": iso(outcome.ts_known), "won": outcome.won}


def _graph(store: Store, story: DecisionStory) -> dict[str, Any]:
    graph = graph_of(store, story)
    nodes = [{"id": name, **told} for name, told in graph.nodes(data=True)]
    edges = [
        {"source": source, "target": target, "relation": told["relation"]}
        for source, target, told in graph.edges(data=True)
    ]
    return {"nodes": nodes, "edges": edges}
