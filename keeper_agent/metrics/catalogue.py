"""Every metric there is: name, type, labels and meaning; a page, a dashboard and alerts are held against it.

Names follow Prometheus: a unit at the end, ``_total`` on what only grows, ratios in [0, 1]. Money is in US
dollars where the name says so, else in the quote asset of the label ``quote``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PREFIX = "keeper_"


class Kind(StrEnum):
    """The types of Prometheus that are used."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One family: ``name`` is without the prefix and, of a counter, without ``_total``."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """As a query spells it; of a histogram without ``_bucket``, ``_sum`` and ``_count``."""
        return PREFIX + self.name + ("_total" if self.kind is Kind.COUNTER else "")


def _counter(name: str, text: str, *labels: str) -> Metric:
    return Metric(name, Kind.COUNTER, text, labels)


def _gauge(name: str, text: str, *labels: str) -> Metric:
    return Metric(name, Kind.GAUGE, text, labels)


def _histogram(name: str, text: str, *labels: str) -> Metric:
    return Metric(name, Kind.HISTOGRAM, text, labels)


HOME = (
    _gauge("build_info", "always 1; what runs here is in the labels", "version", "python", "sqlite"),
    _gauge("source_up", "whether a source of these metrics could be read: agent, record", "source"),
    _gauge("series_left_out", "label sets that were left out because a family had too many"),
    _gauge("heartbeat_age_seconds", "since the trading loop was last seen alive; absent before any run"),
    _gauge("entries_forbidden", "whether something forbids entries: kill, pause, gateway", "by"),
    _counter("invariants_broken", "times that a command ended because a promise of ours was broken"),
    _gauge("disk_free_bytes", "free where the home lies"),
    _gauge("database_size_bytes", "of the database with its write-ahead log"),
)
RECORD = (
    _counter("decisions", "decisions on the record", "world", "route", "action"),
    _counter("probes", "decisions that were labelled probes", "world"),
    _counter("signals", "signals on the record", "world", "source"),
    _counter("orders", "orders that were meant to be placed", "world", "leg"),
    _counter("orders_rejected", "orders that the venue or a guard refused", "world"),
    _counter("fills", "executions", "world", "side", "liquidity"),
    _counter("fees_quote", "fees of round trips that are over", "world", "quote"),
    _counter("round_trips", "round trips that were taken, by how they ended", "world", "result"),
    _counter("follows", "signals followed on paper to their end", "world", "result"),
    _gauge("profit_quote", "realised since the record began, after fees", "world", "quote"),
    _gauge("drawdown_quote", "realised profit below its highest, after fees", "world", "quote"),
    _counter("brain_calls", "attempts to ask a brain, by provider and outcome", "provider", "outcome"),
)
AGENT = (
    _gauge("live_money", "whether the running agent trades real money"),
    _gauge("session_seconds", "since the session began, on its own clock"),
    _gauge("equity_quote", "realised profit, and positions at the mid before their costs", "quote"),
    _gauge("exposure_usd", "at stake by symbol: reserved, working and held", "symbol"),
    _gauge("account_exposure_usd", "at stake in all"),
    _gauge("exposure_limit_usd", "most that may be at stake"),
    _gauge("positions", "positions held"),
    _gauge("realised_today_usd", "profit and loss of the UTC day, after fees"),
    _gauge("daily_loss_limit_usd", "loss of a day at which entries end"),
    _gauge("entries_today", "entries of the UTC day"),
    _gauge("decisions_last_hour", "decisions of the last hour"),
    _gauge("round_trips_last_day", "round trips that ended in the last 24 hours"),
    _gauge("win_ratio_last_day", "share of them that made money; absent where there are none"),
    _gauge("breakeven_ratio_last_day", "share of them that would have had to; absent where there are none"),
    _gauge("strategies", "learned strategies by standing", "standing"),
    _gauge("patterns", "patterns that can be recalled"),
    _gauge("brain_spend_usd", "counts against the brain's budget: day, month", "window"),
    _gauge("brain_budget_usd", "the brain's budget: day, month", "window"),
    _histogram("latency_seconds", "time taken: decision, memory, model", "stage"),
    _histogram("frame_interval_seconds", "between two frames of the trading loop; a stall is a long one"),
    _gauge("queue_depth", "what waits, by queue", "queue"),
)
MARKET = (
    _gauge("book_sound", "whether the book can be traded on", "symbol"),
    _gauge("feed_silence_seconds", "since the last message of the symbol", "symbol"),
    _counter("book_messages", "messages on the book in this session", "symbol"),
    _counter("book_gaps", "times that messages on the book were missing", "symbol"),
    _counter("book_crossings", "times that the book was crossed", "symbol"),
    _counter("book_resyncs", "snapshots that the book began anew from", "symbol"),
    _counter("tape_gaps", "times that prints were missing", "symbol"),
    _counter("spoof_suspects", "orders that looked like bait", "symbol"),
    _gauge("spoofing_ratio", "how much the book looks like bait now", "symbol"),
    _gauge("mm_confidence_ratio", "confidence in a market maker; absent where none is seen", "symbol"),
    _gauge("spread_ratio", "spread over mid", "symbol"),
)
VENUE = (
    _counter("stream_connects", "market data connections that were made"),
    _counter("stream_losses", "market data connections that ended unasked"),
    _counter("stream_malformed", "messages of the venue that could not be read"),
    _counter("stream_bytes", "bytes of market data"),
    _counter("snapshots_failed", "snapshots of books that the venue did not give"),
    _counter("reconciliations", "comparisons of memory and venue: equal, different", "result"),
    _gauge("reconciled", "whether the last comparison found memory and venue equal"),
    _gauge("orders_unknown", "orders of which nobody knows what became of them"),
)
CATALOGUE = HOME + RECORD + AGENT + MARKET + VENUE
BY_NAME = {metric.name: metric for metric in CATALOGUE}
