"""Parts of a report's page: what is tried live, and what asking cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

Values = Mapping[str, Any]
_JUDGES = {"taken": "round trips taken", "shadow": "all followed signals"}


def experiments_part(experiments: Sequence[Values]) -> str:
    """Each live experiment as a bar of its allocation with its terms and how it stands."""
    if not experiments:
        return '<p class="none">Nothing is tried live.</p>'
    return "".join(_experiment(one) for one in experiments)


def _experiment(one: Values) -> str:
    terms = one["terms"]
    watch = "" if one["undoes"] is None else f", watches version {one['undoes']}"
    step = f"{one['name']}: {one['value_before']:g} against {one['value']:g}"
    share = 100 * (one["share"] if one["share"] is not None else terms["share_low"])
    rules = (
        f"Judged by {_JUDGES[one['kind']]}. At least {terms['least']:,} outcomes of each, at most "
        f"{terms['most']:,} in all; {100 * terms['share_low']:.0f} to {100 * terms['share_high']:.0f} % of "
        f"decisions; withdrawn at {terms['most_harm_bps']:,.0f} bps of harm. Try {one['tries']} this quarter."
    )
    name, place = escape(one["experiment_id"]), escape(one["place"] + watch)
    return (
        f"<p><b>{escape(step)}</b> <code>{name}</code> {place}</p>"
        f'{_bar(share)}<p>{escape(_standing(one))}</p><p class="small">{escape(rules)}</p>'
    )


def _standing(one: Values) -> str:
    if one["effect_bps"] is None:
        return "No outcome is known yet." if one["place"] == "begins" else "Too few outcomes to tell."
    gain = f"{one['effect_bps']:+.2f} bps [{one['interval_low']:+.2f}, {one['interval_high']:+.2f}]"
    seen = f"{one['n']:,} outcomes, {one['n_candidate']:,} of them with {one['value']:g}"
    cost = "cost" if one["harm_bps"] > 0 else "earned"
    return f"{gain} a decision, {seen}; so far it has {cost} {abs(one['harm_bps']):,.0f} bps in all."


def _bar(share: float) -> str:
    return (
        '<svg viewBox="0 0 600 22" role="img" aria-label="share of decisions">'
        '<rect x="0" y="3" width="600" height="16" rx="3" fill="#e3e6eb"/>'
        f'<rect x="0" y="3" width="{6 * share:.1f}" height="16" rx="3" fill="#2f6db3"/>'
        f'<text x="{min(6 * share + 6, 500):.1f}" y="15">{share:.0f} % tried</text></svg>'
    )


def cost_part(cost: Values) -> str:
    """Calls, tokens and money of the day and the month, with what the caps leave."""
    day, month = cost["day"], cost["month"]
    if month["calls"] == 0 and float(month["spent_usd"]) == 0:
        left = (
            ""
            if month["left_usd"] is None
            else f" {_usd(month['left_usd'])} of this month's budget are left."
        )
        return f'<p class="none">No brain was asked this month.{escape(left)}</p>'
    rows = [
        ("decisions asked about", *(f"{one['decisions']:,}" for one in (day, month))),
        ("calls", *(_calls(one) for one in (day, month))),
        ("tokens in", *(f"{one['input_tokens']:,}" for one in (day, month))),
        ("of them from the cache", *(_cached(one) for one in (day, month))),
        ("tokens out", *(f"{one['output_tokens']:,}" for one in (day, month))),
        ("spent", *(_usd(one["spent_usd"]) for one in (day, month))),
        ("of it never settled, at its worst", *(_usd(one["unsettled_usd"]) for one in (day, month))),
        ("budget left", *(_left(one) for one in (day, month))),
    ]
    body = "".join(_row(*row) for row in rows)
    head = '<tr><th></th><th class="n">the day</th><th class="n">its month so far</th></tr>'
    return f'<div class="scroll"><table>{head}{body}</table></div>'


def _row(name: str, *cells: str) -> str:
    told = "".join(f'<td class="n">{escape(cell)}</td>' for cell in cells)
    return f"<tr><td>{escape(name)}</td>{told}</tr>"


def _calls(one: Values) -> str:
    return f"{one['calls']:,}" + (f", {one['failed']:,} unusable" if one["failed"] else "")


def _cached(one: Values) -> str:
    share = one["cached_tokens"] / one["input_tokens"] if one["input_tokens"] else 0.0
    return f"{one['cached_tokens']:,} ({share:.0%}), {one['hits']:,} call{'' if one['hits'] == 1 else 's'}"


def _usd(amount: str) -> str:
    return f"{float(amount):.4f} USD"


def _left(one: Values) -> str:
    if one["left_usd"] is None:
        return "unavailable"
    return f"{_usd(one['left_usd'])} of {_usd(one['cap_usd'])}"
