"""What the API answers with, as OpenAPI tells it. Prices are in quote, times in ns UTC beside ISO 8601."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

LONGEST_QUESTION = 1_000  # characters


class Shape(BaseModel):
    """An answer or a request; what is not named in it is refused."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class Fault(Shape):
    """Why a request was not answered, in one sentence."""

    error: str


class MarketMaker(Shape):
    """The market maker of a symbol as seen now; null is unknown."""

    symbol: str
    mm_detected: bool
    mm_confidence: float | None
    mm_lower_bound: float | None
    mm_upper_bound: float | None
    mm_avg_order_size: float | None = Field(description="in quote")
    best_entry_price: float | None
    best_exit_price: float | None


class MarketMakerSeen(Shape):
    """The market maker as one signal found it."""

    ts: int
    time: str
    signal_id: str
    mm_confidence: float | None
    mm_lower_bound: float | None
    mm_upper_bound: float | None
    mm_avg_order_size: float | None


class MarketMakerHistory(Shape):
    """Signals of the last 24 hours of the record, newest first, at most 1,000; means are over all shown."""

    patterns: list[MarketMakerSeen]
    avg_confidence: float | None
    departure_count: int = Field(description="signals that saw the market maker gone, and entries it ended")


class SizeWanted(Shape):
    """What is to be sized."""

    symbol: str = Field(pattern=r"^[A-Z0-9]{2,30}$")
    target_size_usd: float = Field(gt=0, le=1_000_000_000, allow_inf_nan=False)
    risk_appetite: Literal["conservative", "balanced", "aggressive"]


class SizeFound(Shape):
    """The most of one slice, how many, how far apart, and why."""

    size_usd: float
    split_count: int
    split_delay_sec: float
    reasoning: str


class Aggressor(Shape):
    """Who takes liquidity, over the tape's window."""

    symbol: str
    aggressor_ratio_60s: float | None
    large_trades_count: float | None
    tape_velocity: float | None


class Spoofing(Shape):
    """How much the book looks like bait."""

    symbol: str
    spoofing_score: float | None
    spoof_orders_detected: int
    avg_order_lifetime: float | None = Field(description="seconds")


class Analytics(Shape):
    """How entries were executed, of one symbol or of all."""

    symbol: str
    entries: int
    fills: int
    maker_share: float | None = Field(description="of fills")
    slippage_bps: float | None = Field(
        description="mean of entry fills against the signal's entry price, by value; positive is worse"
    )
    splits: float | None = Field(description="entry orders a decision, mean")
    departures: int = Field(description="entries that ended because the market maker left")
    unfilled: int
    net_bps: float | None = Field(description="mean of closed round trips after costs")
    fees_quote: str


class Rows(Shape):
    """A page of the record, newest first; pass ``next`` as ``before`` for the one after."""

    rows: list[dict[str, Any]]
    next: int | None


class Health(Shape):
    """Whether an agent runs here and how it does."""

    is_running: bool
    why: str | None
    world: str | None
    entries: str | None
    killed: bool
    paused: bool
    reason: str
    symbols: list[dict[str, Any]]
    latencies: dict[str, Any]
    metrics: dict[str, Any]


class Question(Shape):
    """A question on the past, and those asked before that it follows."""

    question: str = Field(min_length=1, max_length=LONGEST_QUESTION)
    before: list[Annotated[str, Field(max_length=LONGEST_QUESTION)]] = Field(
        default_factory=list, max_length=8
    )


class Switch(Shape):
    """Set or clear the kill switch."""

    killed: bool
    reason: str = Field(default="over the API", min_length=1, max_length=200)


class Switched(Shape):
    """How it stands after that; ``heard`` says whether a running agent has heard it."""

    killed: bool
    reason: str
    heard: bool
