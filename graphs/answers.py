"""An answer: what was understood, what the record says, and which decisions say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from math import isnan
from typing import Any, TypeAlias

from memory.fields import FIELDS
from memory.statistics import DecisionFact, TradeFact
from prompts.composing import WEEKDAYS
from prompts.queries import Ask, Bound, Query
from prompts.reading.forms import Form, form_as_data
from tools.domain.clock import iso
from tools.domain.market import plain
from tools.domain.trading import Route
from tools.models.validation import Estimate
from tools.risk.measures import TradeStatistics

MOST_CITED = 10
Told: TypeAlias = tuple[str, Mapping[str, Any], tuple[str, ...]]
"""Text, its figures and the decisions it rests on."""


@dataclass(frozen=True, slots=True)
class Interpreted:
    """The brain that said what a question means, and what that cost."""

    provider: str
    model: str
    attempts: int
    cost_usd: Decimal


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    Attributes:
        understood: The filter that was understood, in words.
        text: The answer, one line or several.
        numbers: Every figure in the text, recomputed from the rows, with its n.
        citations: Ids of decisions it rests on; for counts, examples.
        brain: Who said what the question means, where the rules did not know; None where they did.
    """

    question: str
    query: Query | Form
    understood: str
    text: str
    numbers: Mapping[str, Any]
    citations: tuple[str, ...]
    brain: Interpreted | None = None


def cited(ids: Iterable[str]) -> tuple[str, ...]:
    """The first few of ``ids``, each once."""
    return tuple(dict.fromkeys(ids))[:MOST_CITED]


def newest_first(facts: Sequence[DecisionFact | TradeFact]) -> tuple[str, ...]:
    """Ids of the newest decisions among ``facts``, which are in order of time."""
    return cited(decision_of(fact).decision_id for fact in reversed(facts))


def decision_of(fact: DecisionFact | TradeFact) -> DecisionFact:
    """The decision behind a fact."""
    return fact if isinstance(fact, DecisionFact) else fact.decision


def decision_line(fact: DecisionFact) -> str:
    """A decision in a line."""
    probe = " (probe)" if fact.is_probe else ""
    return f"{fact.decision_id}  {iso(fact.ts)}  {fact.symbol}  {fact.action}{probe} {Route(fact.route).by}"


def trade_line(fact: TradeFact) -> str:
    """A finished trade in a line."""
    result = fact.result.replace("_", " ")
    money = "" if fact.net_quote is None else f", {plain(fact.net_quote)} quote"
    return f"{decision_line(fact.decision)}  {result} {fact.net_bps:+.2f} bps{money}"


def describe(query: Query, run_id: str | None = None) -> str:
    """The filter in words, so that the person sees what was understood."""
    where = query.where
    named = [
        ("", None if query.decision is None else f"decision {query.decision}"),
        ("the newest ", query.newest),
        ("", query.subject.value),
        ("", "that entered" if where.action == "enter" else None),
        ("", {"skip": "that were skipped", "abstain": "that abstained"}.get(where.action or "")),
        ("", "that were not entered" if query.is_untaken else None),
        ("", "probes only" if where.is_probe else None),
        ("", {"taken": "taken", "shadow": "followed on paper"}.get(where.kind or "")),
        ("ended by ", query.result and query.result.value.replace("_", " ")),
        (
            "",
            {True: "that made money", False: "that made none"}[query.won] if query.won is not None else None,
        ),
        ("on ", where.symbol),
        ("", where.route and where.route.by),
        ("regime ", where.regime and where.regime.label),
        ("world ", where.world),
        ("in run ", run_id if query.is_last_run else None),
        ("from ", None if where.ts_from is None else iso(where.ts_from)),
        ("before ", None if where.ts_to is None else iso(where.ts_to)),
        ("on every day from ", where.hours and f"{_clock(where.hours[0])} to {_clock(where.hours[1])}"),
        ("on ", ", ".join(WEEKDAYS[one] for one in where.weekdays) or None),
        ("of decision ", where.decision_id),
        ("asking for its ", query.field and FIELDS[query.field].label),
        *(("with ", bound_text(bound)) for bound in query.bounds),
        ("that are ", query.standing),
        ("refused by rule ", query.rule),
        ("cut by ", where.limit or ("a limit" if where.is_limited else None)),
        ("of parameter ", query.parameter),
        ("with the id ", query.item),
        ("above ", None if query.above_bps is None else f"{query.above_bps:+g} bps"),
        ("below ", None if query.below_bps is None else f"{query.below_bps:+g} bps"),
        ("asked of ", query.provider),
        ("asked of ", query.model),
        ("without an answer: ", query.cause),
        ("split by ", query.group and query.group.replace("run_id", "run")),
        ("measured by ", query.measure and query.measure.value.replace("_", " ")),
        ("", f"comparing {' with '.join(side.name for side in query.sides)}" if query.sides else None),
        ("reading ", ", ".join(query.corrections) or None),
    ]
    return ", ".join(f"{word}{value}" for word, value in named if value)


def _clock(second: int) -> str:
    return f"{second // 3_600:02d}:{second // 60 % 60:02d}"


def bound_text(bound: Bound) -> str:
    """A bound in words, e.g. ``net quote above 0.05``."""
    low = "" if bound.low is None else f" above {bound.low:g}"
    high = "" if bound.high is None else f" below {bound.high:g}"
    return f"{bound.field.replace('_', ' ')}{low}{high}"


def query_as_data(query: Query | Form) -> dict[str, Any]:
    """The typed query with only what was asked for."""
    if isinstance(query, Form):
        return form_as_data(query)
    where = {name: getattr(query.where, name) for name in type(query.where).__dataclass_fields__}
    where["weekdays"] = where["weekdays"] or None
    if where["regime"] is not None:
        where["regime"] = where["regime"].label
    own = {
        name: getattr(query, name)
        for name in Query.__dataclass_fields__
        if name not in ("where", "limit", "sides", "bounds") and getattr(query, name) not in (None, False, ())
    }
    if query.bounds:
        own["bounds"] = [asdict(bound) for bound in query.bounds]
    if query.sides:
        own["sides"] = [{"name": side.name, "query": query_as_data(side.query)} for side in query.sides]
    if query.best is False:
        own["best"] = False
    if query.won is False:
        own["won"] = False
    if query.ask in (Ask.LIST, Ask.EXTREME):
        own["limit"] = query.limit
    return {**own, "where": {name: value for name, value in where.items() if value is not None}}


def as_data(found: Answer) -> dict[str, Any]:
    """An answer as plain data."""
    return {
        "question": found.question,
        "understood": found.understood,
        "query": query_as_data(found.query),
        "answer": found.text,
        "numbers": dict(found.numbers),
        "citations": list(found.citations),
        "brain": None
        if found.brain is None
        else asdict(found.brain) | {"cost_usd": plain(found.brain.cost_usd)},
    }


def estimate_as_data(estimate: Estimate | None) -> dict[str, Any] | None:
    """An estimate with its interval and n."""
    if estimate is None:
        return None
    low, high = (None if isnan(end) else end for end in (estimate.low, estimate.high))
    return {"value": estimate.value, "low": low, "high": high, "n": estimate.n}


def statistics_as_data(found: TradeStatistics) -> dict[str, Any]:
    """Statistics of trades as plain data; None is unavailable, amounts are decimal text."""
    amounts = {
        name: None if getattr(found, name) is None else plain(getattr(found, name))
        for name in ("net_quote", "fees_quote", "drawdown_quote")
    }
    return {
        "n": found.n,
        "n_effective": found.n_effective,
        "wins": found.wins,
        "win_rate": estimate_as_data(found.win_rate),
        "breakeven_win_rate": found.breakeven_win_rate,
        "net_bps": estimate_as_data(found.net_bps),
        "drawdown_bps": found.drawdown_bps,
        **amounts,
    }


def percent(part: int, whole: int) -> str:
    """A share in words, e.g. ``42.1 %``."""
    return f"{100 * part / whole:.1f} %" if whole else "No share"


def percent_text(estimate: Estimate | None) -> str:
    """A share with its interval, e.g. ``42.1 % [30.2, 55.0]``."""
    if estimate is None:
        return "unavailable"
    return f"{estimate.value:.1%} [{estimate.low:.1%}, {estimate.high:.1%}]".replace("%", " %")


def bps_text(estimate: Estimate | None) -> str:
    """A mean with its interval, e.g. ``-3.20 bps [-5.10, -1.30]``."""
    if estimate is None:
        return "unavailable"
    if isnan(estimate.low):
        return f"{estimate.value:+.2f} bps [interval unavailable]"
    return f"{estimate.value:+.2f} bps [{estimate.low:+.2f}, {estimate.high:+.2f}]"


def result_lines(found: TradeStatistics, quote: str = "quote") -> list[str]:
    """Statistics as lines of text; a win rate only beside the one it needed."""
    if found.n == 0:
        return ["n = 0: win rate, expectancy and drawdown are unavailable"]
    need = "unavailable" if found.breakeven_win_rate is None else f"{100 * found.breakeven_win_rate:.1f} %"
    lines = [
        f"n = {found.n} (worth {found.n_effective:.1f} independent ones), {found.wins} made money",
        f"win rate {percent_text(found.win_rate)}, break-even {need}",
        f"net expectancy {bps_text(found.net_bps)} a trade, drawdown {found.drawdown_bps or 0:.2f} bps",
    ]
    if found.net_quote is not None and found.fees_quote is not None:
        fall = plain(found.drawdown_quote or found.net_quote * 0)
        lines.append(
            f"net {plain(found.net_quote)} {quote} after {plain(found.fees_quote)} of fees, drawdown {fall}"
        )
    return lines
