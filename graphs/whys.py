"""Why a decision was taken: which one is meant, and what the record says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from graphs.answers import Told, decision_of, describe
from graphs.reasons import entry_reasons, exit_reasons, headline, story_as_data
from graphs.results import rank
from graphs.selecting import decisions, groups_of, wanted_trades
from memory.lookup import find_decision, tell
from memory.statistics import DecisionFact, TradeFact, decision_facts
from memory.store import Store
from prompts.queries import Query, Subject
from tools.domain.clock import iso
from tools.domain.errors import NotInRecord


def why(store: Store, query: Query) -> Told:
    """The reasons of the one decision that is meant; how it was picked is said."""
    decision_id, notes, counted = _meant(store, query)
    story = tell(store, decision_id)
    lines = [headline(story), *notes]
    lines += exit_reasons(story) if query.is_exit else entry_reasons(story)
    decision = story.decision
    numbers = {
        "probability": decision.probability,
        "breakeven": decision.breakeven,
        "expected_bps": decision.expected_bps,
        "net_bps": {outcome.kind: outcome.net_bps for outcome in story.outcomes},
        **counted,
        "told": story_as_data(story),
    }
    return "\n".join(lines), numbers, (decision.decision_id,)


def nearest(store: Store, query: Query) -> str:
    """A hint at the decision nearest to a moment at which there was none."""
    if query.where.ts_from is None or not query.is_moment:
        return ""
    start = query.where.ts_from
    facts = decision_facts(store, replace(query.where, ts_from=None, ts_to=None, kind=None))
    if not facts:
        return ""
    fact = min(facts, key=lambda one: abs(one.ts - start))
    return f"; the nearest such decision is {fact.decision_id} at {iso(fact.ts)}"


def _meant(store: Store, query: Query) -> tuple[str, list[str], dict[str, Any]]:
    """The decision a why-question means, how it was picked, and out of how many."""
    if query.decision is not None:
        decision = find_decision(store, query.decision)
        wanted = query.where.action
        differs = wanted is not None and decision.action is not wanted
        notes = [f"It did not {wanted}: it was {decision.action}."] if differs else []
        return decision.decision_id, notes, {}
    facts: Sequence[DecisionFact] | Sequence[TradeFact]
    if query.subject is Subject.TRADES:
        trades = wanted_trades(store, query)
        if query.best is not None and trades:
            place = "best" if query.best else "worst"
            ranked = rank(trades, query.best, query.measure)
            chosen = ranked[min(len(ranked), query.place or 1) - 1]
            note = f"The {place} of {len(trades)} trades."
            return chosen.decision.decision_id, [note], {"n": len(trades)}
        facts = trades
    else:
        facts = decisions(store, query)
    if not facts:
        raise NotInRecord(f"not in the record: no {describe(query)}{nearest(store, query)}")
    if len(facts) == 1:
        return decision_of(facts[0]).decision_id, [], {"n": 1}
    chosen_fact = facts[0] if query.is_oldest else facts[-1]
    note = f"The {'first' if query.is_oldest else 'last'} of {len(facts)} that match."
    counts = _refusals(facts)
    counted = {"n": len(facts), "refused_by": dict(counts)}
    return decision_of(chosen_fact).decision_id, [note, *_refusals_told(counts, len(facts))], counted


def _refusals(facts: Sequence[DecisionFact | TradeFact]) -> Counter[str]:
    """How often each rule refused, over all that match: a plural "why" asks for more than one reason."""
    refused = [fact for fact in facts if decision_of(fact).rules]
    return Counter(name for fact in refused for name in groups_of(fact, "rule"))


def _refusals_told(counts: Counter[str], n: int) -> list[str]:
    if not counts:
        return []
    told = ", ".join(
        f"{name} {n}" for name, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )
    return [f"Refused by rules, of all {n}: {told}."]
