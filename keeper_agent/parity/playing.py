"""One entry played again from the moment it was decided, at an exchange of choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from keeper_agent.parity.exchanges import PacedMarket, RecordedExchange
from memory.lookup import DecisionStory
from tools.domain.market import Instrument, Side, to_decimal
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Fill, Intent, OrderUpdate, Outcome, Signal
from tools.execution.executor import NEVER, Executor
from tools.execution.paper import PaperMarket
from tools.execution.routed import RoutedMarket
from tools.execution.schedules.choosing import Scheduler
from tools.execution.stream import DEPARTED, NOTICED, STOP_HIT, WAKE
from tools.market.events import Events
from tools.risk.exposure import LedgerSnapshot, OpenEntry
from tools.risk.ledger import RiskLedger

CENT = Decimal(1).scaleb(-8)  # the finest step of a venue's fees
Sums = Mapping[str, Any]


class News(Protocol):
    """When the agent acts on what became of its orders."""

    @property
    def next_news(self) -> int:
        """When next, ns."""
        ...

    def listen(self, ts: int) -> bool:
        """Let everything up to ``ts``, ns, be said; whether there was something."""
        ...


class _AtOnce:
    """What is noticed is acted on in the same instant."""

    next_news = NEVER

    def listen(self, ts: int) -> bool:
        """Nothing is said later."""
        return False


AT_ONCE = _AtOnce()


@dataclass(frozen=True, slots=True)
class Stage:
    """What an entry is played on.

    Attributes:
        index: Of the first event after the decision.
        closes: When the session wound down, ns; None where it was killed.
        has_brackets: Whether the venue kept target and stop in one order.
    """

    story: DecisionStory
    instrument: Instrument
    parameters: ParameterSet
    events: Events
    index: int
    closes: int | None
    has_brackets: bool
    scheduler: Scheduler


@dataclass(slots=True)
class Played:
    """What came of it.

    Attributes:
        outcome: None while it is not over.
    """

    fills: list[Fill] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    outcome: Outcome | None = None

    def record_intent(self, intent: Intent) -> None:
        """Keep it."""
        self.intents.append(intent)

    def record_fill(self, fill: Fill) -> None:
        """Keep it."""
        self.fills.append(fill)

    def record_order(self, update: OrderUpdate) -> None:
        """What becomes of an order shows in its fills."""

    def end(self, outcome: Outcome, signal: Signal) -> None:
        """The round trip is over."""
        self.outcome = outcome


def play_on_paper(stage: Stage, market: PaperMarket) -> Played:
    """At the paper exchange; what is open at the end of the data is closed at the book."""
    played, executor = _open(stage, market)
    last = int(stage.events["ts_init"][-1])
    if isinstance(market, PacedMarket):
        _drive(stage, market, executor, market, last)
    else:
        _drive(stage, market, executor, AT_ONCE, last)
    if executor.is_busy:
        executor.close_out(last)
    return played


def play_as_recorded(stage: Stage, market: RoutedMarket, exchange: RecordedExchange) -> Played:
    """At the recorded exchange; what the record does not end stays open."""
    played, executor = _open(stage, market)
    _drive(stage, market, executor, exchange, NEVER - 1)
    return played


def _open(stage: Stage, market: PaperMarket | RoutedMarket) -> tuple[Played, Executor]:
    decision, played = stage.story.decision, Played()
    plan, rate = decision.plan, stage.instrument.quote_usd
    usd = Decimal(0) if plan is None or rate is None else plan.value_quote * rate
    stake = OpenEntry(decision.decision_id, decision.symbol, reserved_usd=usd, is_probe=decision.is_probe)
    ledger = RiskLedger(LedgerSnapshot(ts=decision.ts, entries=(stake,)))
    executor = Executor(market, played, ledger, played.end, stage.scheduler)
    executor.open(decision, stage.story.signal, stage.parameters)
    return played, executor


def _drive(
    stage: Stage,
    market: PaperMarket | RoutedMarket,
    executor: Executor,
    news: News,
    until: int,
) -> None:
    """Let time pass as a cycle does, and news come in theirs, until the entry is over or ``until``."""
    index, closes = stage.index, NEVER if stage.closes is None else stage.closes
    while executor.is_busy:
        wake = min(executor.next_wake(), news.next_news, closes)
        index, reasons = market.advance(stage.events, index, min(wake, until))
        if reasons & NOTICED and news is AT_ONCE:
            executor.on_news(market.ts)
        if reasons & STOP_HIT and market.take_stop():
            executor.on_stop(market.ts)
        if reasons & DEPARTED:
            executor.on_departure(market.ts)
        if reasons & ~WAKE:
            continue
        if wake > until:
            return
        if news.listen(wake):
            executor.on_news(max(wake, market.ts))
        if executor.next_wake() <= wake:
            executor.on_timer(wake)
        if closes <= wake:
            closes = NEVER
            executor.wind_down(wake)


def sums_of(fills: list[Fill] | tuple[Fill, ...], side: Side, instrument: Instrument) -> Sums | None:
    """What was bought or sold altogether; None where nothing was."""
    mine = [one for one in fills if one.side is side]
    if not mine:
        return None
    return {
        "size": to_decimal(sum(one.size for one in mine)),
        "value": sum((instrument.value(one.size, one.price) for one in mine), Decimal(0)),
        "fees": sum((one.fee_quote for one in mine), Decimal(0)),
        "as_maker": to_decimal(sum(one.size for one in mine if one.is_maker)),
    }


def result_of(outcome: Outcome | None) -> Sums | None:
    """What a round trip came to; None where it has no end."""
    if outcome is None:
        return None
    prices = {
        name: None if value is None else to_decimal(value)
        for name, value in (("entry", outcome.entry_price), ("exit", outcome.exit_price))
    }
    return {
        "result": outcome.result.value,
        "size": to_decimal(outcome.size),
        **prices,
        "net": outcome.net_quote,
        "fees": outcome.fees_quote,
    }


def is_same(ours: Sums | None, theirs: Sums | None, executions: int) -> bool:
    """Whether two sums agree; fees and what they lessen to the venue's own rounding of each execution."""
    if ours is None or theirs is None:
        return ours is theirs
    room = CENT * executions
    for name, value in ours.items():
        other = theirs[name]
        if name in ("fees", "net") and value is not None and other is not None:
            if abs(value - other) > room:
                return False
        elif value != other:
            return False
    return True
