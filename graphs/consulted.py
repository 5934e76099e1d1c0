"""Who was asked, how often, to what use, and what it cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from graphs.answers import Told, cited
from memory.asked import ConsultationFact, consultation_facts, spent_usd
from memory.consultations import DECIDE
from memory.spending import SpendCaps
from memory.statistics import decisions_of
from memory.store import Store
from prompts.queries import Measure, Query
from tools.domain.clock import day_bounds, day_of, month_bounds
from tools.domain.market import plain
from tools.risk.figures import mean_of

MICRO = Decimal("0.000001")


def consulted(store: Store, query: Query, now: int, caps: SpendCaps | None) -> Told:
    """Consultations that match: how many, or what they cost, or what is left of the budget."""
    if query.measure is Measure.BUDGET:
        return _budget(store, now, caps)
    found = consultation_facts(store, query.where, query.provider)
    asked = {one.decision_id for one in found}
    cost = sum((one.cost_usd for one in found), Decimal(0))
    if not found and query.where.symbol is None:
        cost = spent_usd(store, query.where.ts_from, query.where.ts_to, query.provider)
    numbers: dict[str, Any] = {
        "n": len(asked),
        "attempts": len(found),
        "answered": sum(one.cause is None for one in found),
        "cost_usd": plain(cost),
        "value": plain(cost) if query.measure is Measure.COST else len(asked),
        "by": dict(Counter(one.provider for one in found)),
        "decided": len({one.decision_id for one in found if one.purpose == DECIDE}),
        "models": _models(found),
        "causes": dict(Counter(one.cause for one in found if one.cause is not None)),
    }
    numbers["audited"] = numbers["n"] - numbers["decided"]
    mean = mean_of([one.cost_usd for one in found])
    if query.measure is Measure.MEAN_COST:
        numbers["value"] = None if mean is None else plain(mean.quantize(MICRO))
    who = f" of {query.provider}" if query.provider else ""
    told = f"Brains were asked about {len(asked)} decisions{who}"
    mean = mean_of([one.cost_usd for one in found])
    heads = {
        Measure.COST: f"{plain(cost)} USD spent on brains{who}.",
        Measure.MEAN_COST: f"{_micro(mean)} USD a call on average, {len(found)} calls{who}.",
    }
    head = heads.get(query.measure or Measure.SHARE, f"{told}, for {plain(cost)} USD.")
    if query.measure is Measure.MEAN_COST:
        numbers["value"] = None if mean is None else _micro(mean)
    is_ranked = query.group == "provider" or query.best is not None
    if is_ranked and query.measure is None and found:
        head = _most_asked(found, best=query.best is not False)
    if query.best is not None and query.measure is Measure.COST and found:
        head = _most_paid(numbers["models"], best=query.best)
    known = decisions_of(store, sorted(asked))
    ids = cited(one.decision_id for one in reversed(found) if one.decision_id in known)
    return "\n".join([head, *_details(found, len(asked))]), numbers, ids


def _models(found: Sequence[ConsultationFact]) -> dict[str, dict[str, int | str]]:
    """How often each model was asked, and what that cost."""
    costs: dict[str, list[Decimal]] = {}
    for one in found:
        costs.setdefault(f"{one.provider} {one.model}", []).append(one.cost_usd)
    return {
        name: {"attempts": len(each), "cost_usd": plain(sum(each, Decimal(0)))}
        for name, each in sorted(costs.items())
    }


def _most_asked(found: Sequence[ConsultationFact], *, best: bool) -> str:
    counts = sorted(
        Counter((one.provider, one.model) for one in found).items(), key=lambda pair: (pair[1], pair[0])
    )
    (provider, model), n = counts[-1 if best else 0]
    return f"{'Most' if best else 'Least'} asked: {provider} {model}, {n} of {len(found)} attempts."


def _most_paid(models: Mapping[str, Mapping[str, int | str]], *, best: bool) -> str:
    ranked = sorted(models, key=lambda name: (Decimal(models[name]["cost_usd"]), name), reverse=best)
    return f"{'Dearest' if best else 'Cheapest'}: {ranked[0]}, {models[ranked[0]]['cost_usd']} USD."


def _micro(amount: Decimal | None) -> str:
    """An amount to the millionth."""
    return "No" if amount is None else plain(amount.quantize(MICRO))


def _details(found: Sequence[ConsultationFact], n: int) -> list[str]:
    if not found:
        return ["  nobody was asked in that time"]
    usable = sum(one.cause is None for one in found)
    decided = len({one.decision_id for one in found if one.purpose == DECIDE})
    lines = [f"  {len(found)} attempts, {usable} usable answers; {decided} decided, {n - decided} audited"]
    for (provider, model), count in sorted(Counter((one.provider, one.model) for one in found).items()):
        cost = sum(
            (one.cost_usd for one in found if (one.provider, one.model) == (provider, model)), Decimal(0)
        )
        lines.append(f"  {provider} {model}: {count} attempts, {plain(cost)} USD")
    causes = Counter(one.cause for one in found if one.cause is not None)
    lines += [f"  no answer, {cause}: {count}" for cause, count in sorted(causes.items())]
    return lines


def _budget(store: Store, now: int, caps: SpendCaps | None) -> Told:
    """What was spent of the caps; without them only what was spent can be said."""
    day = spent_usd(store, day_bounds(day_of(now))[0], None, None)
    month = spent_usd(store, month_bounds(now)[0], None, None)
    numbers = {"spent_day_usd": plain(day), "spent_month_usd": plain(month)}
    if caps is None:
        told = f"{plain(month)} USD spent this month, {plain(day)} today"
        text = f"{told}; the caps are settings, not in the record."
        return text, {**numbers, "value": None}, ()
    left = min(caps.day - day, caps.month - month)
    text = (
        f"{plain(max(left, Decimal(0)))} USD of the budget is left now: {plain(day)} of {plain(caps.day)} "
        f"spent today, {plain(month)} of {plain(caps.month)} this month."
    )
    return (
        text,
        {
            **numbers,
            "cap_day_usd": plain(caps.day),
            "cap_month_usd": plain(caps.month),
            "left_usd": plain(max(left, Decimal(0))),
            "value": plain(max(left, Decimal(0))),
        },
        (),
    )
