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
    equity_from: int | None = Field(description="ns, where the running sum begins at 0: the session's start")
    calibration: Calibration
    tail: Tail


class MarketSeen(Shape):
    """The market as one signal found it; null is unknown."""

    ts: int
    decision_id: str
    action: str
    entry: float
    mid: float | None
    mm_lower_bound: float | None
    mm_upper_bound: float | None
    mm_confidence: float | None
    mm_refresh_rate: float | None
    book_refresh_rate: float | None
    spoofing_score: float | None
    is_spoof_alert: bool = Field(
        description="whether the score lies above the limit from which signals are refused"
    )


class MarketFill(Shape):
    """One execution of ours."""

    ts: int
    side: str
    leg: str
    price: str
    size: str
    is_maker: bool
    decision_id: str


class Market(Shape):
    """What is known of a symbol, oldest first: at most the newest 2,000 signals and 500 fills."""

    symbol: str
    spoof_limit: float
    seen: list[MarketSeen]
    fills: list[MarketFill]


class Depth(Shape):
    """The best levels of the book as [price, size] and the last prints, newest first; empty before."""

    ts: int | None
    bids: list[list[str]]
    asks: list[list[str]]
    prints: list[dict[str, Any]]


class Posterior(Shape):
    """What is believed of a win probability: the Jeffreys posterior at the effective number of trades."""

    low: float
    median: float
    high: float
    chance: float = Field(description="that it lies above the break-even")


class SignalQuality(Shape):
    """Signals of one kind, all as followed on paper."""

    name: str
    source: str
    decisions: int
    entered: int
    followed: dict[str, Any]
    posterior: Posterior | None


class Binding(Shape):
    """One limit, and how often it made an entry smaller or forbade it."""

    limit: str
    shrank: int
    forbade: int
    left: float | None = Field(description="median share of the wish that it left where it shrank")
    last_decision: str


class Risk(Shape):
    """What bound the sizes of the newest decisions that any limit touched, at most 2,000."""

    looked_at: int
    limits: list[Binding]


class SymbolSeen(Shape):
    """A symbol, and how many signals saw its mid."""

    symbol: str
    n: int


class Pair(Shape):
    """How two symbols moved together: Hayashi and Yoshida's correlation with its 95 % interval."""

    first: str
    second: str
    n: int = Field(description="moments at which both had moved since the last such moment")
    value: float | None
    low: float | None
    high: float | None
    why: str | None = Field(description="why there is no value: `too few`, or `too short or still`")


class Correlations(Shape):
    """How the mids that signals saw moved together, all pairs of the symbols with most signals."""

    world: str | None
    hours: float
    since: str
    is_cut: bool = Field(description="whether there were more signals; the newest 10,000 are looked at")
    least: int = Field(description="n below which nothing is said")
    symbols: list[SymbolSeen]
    left_out: int = Field(description="symbols with fewer signals than those told")
    pairs: list[Pair]


class Graph(Shape):
    """Nodes with ``id``, ``kind``, ``label``, ``is_later``; those of one decision ``decision_id``."""

    decision_id: str
    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]


class Memory(Shape):
    """What memory holds by layer, and what each thing in it was last found to be worth."""

    layers: list[dict[str, Any]]
    worth: list[dict[str, Any]]
    strategies: list[dict[str, Any]]
    patterns: list[dict[str, Any]]
