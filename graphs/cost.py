"""What a day and its month of asking cost, and what the budget leaves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from memory.asking_cost import AskingCost, asking_cost
from memory.spending import SpendCaps
from memory.store import Store
from tools.domain.clock import day_bounds, month_bounds
from tools.domain.market import plain


@dataclass(frozen=True, slots=True)
class CostFigures:
    """Of all worlds of the home, because they share one budget.

    Attributes:
        day: The day reflected on.
        month: Its calendar month, up to the end of that day.
        caps: What may be spent; None where a reflection was not told.
    """

    day: AskingCost
    month: AskingCost
    caps: SpendCaps | None


def measure_cost(store: Store, day: str, caps: SpendCaps | None, *, as_of: int) -> CostFigures:
    """The cost of ``day`` and of its month, as known at ``as_of``."""
    start, end = day_bounds(day)
    first = month_bounds(start)[0]
    return CostFigures(
        asking_cost(store, start, end, as_of=as_of), asking_cost(store, first, end, as_of=as_of), caps
    )


def cost_as_data(cost: CostFigures) -> dict[str, Any]:
    """The cost as plain data; money as decimal text."""
    day_left, month_left = budget_left(cost)
    return {
        "day": _as_data(cost.day, None if cost.caps is None else cost.caps.day, day_left),
        "month": _as_data(cost.month, None if cost.caps is None else cost.caps.month, month_left),
    }


def budget_left(cost: CostFigures) -> tuple[Decimal | None, Decimal | None]:
    """What the caps of the day and the month leave; never below 0."""
    if cost.caps is None:
        return None, None
    nothing = Decimal(0)
    return (
        max(nothing, cost.caps.day - cost.day.spent_usd),
        max(nothing, cost.caps.month - cost.month.spent_usd),
    )


def told_cost(cost: CostFigures) -> list[str]:
    """The report's part on cost, as Markdown."""
    data = cost_as_data(cost)
    if cost.month.calls == 0 and cost.month.spent_usd == 0:
        return ["## What it cost", f"No brain was asked this month{_left(data)}."]
    head = "| | decisions | calls | unusable | tokens in | of them cached | calls with cache | tokens out |"
    head += " USD | of it unsettled | left |"
    rows = [_row(name, data[name]) for name in ("day", "month")]
    return ["## What it cost", "\n".join([head, "|" + " --- |" * 11, *rows])]


def _left(data: dict[str, Any]) -> str:
    left = data["month"]["left_usd"]
    return "" if left is None else f"; {left} USD of the month's budget are left"


def _row(name: str, one: dict[str, Any]) -> str:
    own = ("decisions", "calls", "failed", "input_tokens", "cached_tokens", "hits", "output_tokens")
    left = "unavailable" if one["left_usd"] is None else one["left_usd"]
    cells = [name, *(f"{one[key]:,}" for key in own), one["spent_usd"], one["unsettled_usd"], left]
    return f"| {' | '.join(cells)} |"


def _as_data(cost: AskingCost, cap: Decimal | None, left: Decimal | None) -> dict[str, Any]:
    money = {
        "spent_usd": cost.spent_usd,
        "unsettled_usd": cost.unsettled_usd,
        "cap_usd": cap,
        "left_usd": left,
    }
    return asdict(cost) | {name: None if value is None else plain(value) for name, value in money.items()}
