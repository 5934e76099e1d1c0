"""What the API answers with where it tells figures over many decisions."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from keeper_agent.api.shapes import Shape


class Group(Shape):
    """Decisions of a group: its round trips, and its refused signals as followed on paper."""

    name: str
    decisions: int
    entries: int
    probes: int
    taken: dict[str, Any] = Field(
        description="n, win rate beside its break-even, mean after costs, intervals"
    )
    refused_on_paper: dict[str, Any]


class Equity(Shape):
    """One round trip taken, and where it left the running sum of results."""

    ts: int
    decision_id: str
    symbol: str
    net_bps: float
    sum_bps: float
    drawdown_bps: float = Field(description="below the highest point so far, 0 or more")


class Calibration(Shape):
    """Probabilities that were stated of followed signals, beside how often they won."""

    n: int
    bins: list[dict[str, Any]] = Field(description="said, happened, low, high, n of each bin")
    breakeven: float | None = Field(description="mean win rate that those signals needed")


class Tail(Shape):
    """The worst round trips: ``cvar_bps`` is the mean of the worst ``level``, null where n is below 20."""

    n: int
    level: float
    worst: float | None
    cvar_bps: float | None


class Performance(Shape):
    """What trading came to."""

    world: str | None
    hours: float
    since: str
    is_cut: bool = Field(description="whether there was more than is counted; the newest 5,000 are")
    actions: dict[str, int]
    whole: Group
    by: dict[str, list[Group]]
    equity: list[Equity]
    calibration: Calibration
    tail: Tail
