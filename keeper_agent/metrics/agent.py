"""What the running agent says of itself, as samples; whatever it does not know yet has none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from keeper_agent.metrics.exposition import Buckets, Sample
from tools.domain.trading import World

FEED = {  # of each symbol: the metric, and the counter behind it
    "book_messages": "book_messages",
    "book_gaps": "book_gaps",
    "book_crossings": "book_crossed",
    "book_resyncs": "book_snapshots",
    "tape_gaps": "tape_gaps",
}
STREAM = {
    "stream_connects": "connects",
    "stream_losses": "losses",
    "stream_malformed": "malformed",
    "stream_bytes": "bytes",
    "snapshots_failed": "snapshots_failed",
}
LIMITS = {"exposure_limit_usd": "max_total_exposure_usd", "daily_loss_limit_usd": "daily_loss_limit_usd"}
SOUND = "sound"


def agent_samples(status: Mapping[str, Any], profit: Mapping[tuple[str, str], Decimal]) -> Iterator[Sample]:
    """The samples of one status, as the control socket gives it.

    Args:
        status: Of an agent that has seen a market.
        profit: Realised on the record, by world and quote.
    """
    yield from _session(status)
    yield from _account(status)
    yield from _equity(status, profit)
    yield from _memory(status.get("metrics", {}))
    yield from _durations(status)
    yield from _queues(status)
    for row in status["symbols"]:
        yield from _symbol(row)
    if status.get("venue") is not None:
        yield from _venue(status["venue"])


def _session(status: Mapping[str, Any]) -> Iterator[Sample]:
    yield Sample("live_money", status["world"] == World.LIVE.value)
    yield Sample("session_seconds", status["session_s"])
    yield Sample("patterns", status["patterns"])


def _account(status: Mapping[str, Any]) -> Iterator[Sample]:
    yield Sample("account_exposure_usd", float(status["at_stake_usd"]))
    yield Sample("positions", len(status["positions"]))
    yield Sample("realised_today_usd", float(status["today"]["realised_usd"]))
    yield Sample("entries_today", status["today"]["entries"])
    for name, limit in LIMITS.items():
        yield Sample(name, status["limits"][limit])


def _equity(status: Mapping[str, Any], profit: Mapping[tuple[str, str], Decimal]) -> Iterator[Sample]:
    """Realised profit with what positions would bring at the mid; none where a mid is not known."""
    rows = {row["symbol"]: row for row in status["symbols"]}
    quotes = {name: row["quote"] for name, row in rows.items()}
    open_quote: dict[str, Decimal | None] = defaultdict(Decimal)
    for held in status["positions"]:
        quote, mid = quotes[held["symbol"]], rows[held["symbol"]]["mid"]
        so_far = open_quote[quote]
        if mid is None or held["price"] is None or so_far is None:
            open_quote[quote] = None
            continue
        open_quote[quote] = so_far + Decimal(held["size"]) * (Decimal(str(mid)) - Decimal(held["price"]))
    for quote in sorted(set(quotes.values())):
        unrealised = open_quote[quote]
        if unrealised is not None:
            realised = profit.get((status["world"], quote), Decimal(0))
            yield Sample("equity_quote", float(realised + unrealised), (quote,))


def _memory(metrics: Mapping[str, Any]) -> Iterator[Sample]:
    if "decisions_an_hour" not in metrics:
        return  # memory could not be read, which the source "record" tells
    day = metrics["last_24h"]
    yield Sample("decisions_last_hour", metrics["decisions_an_hour"])
    yield Sample("round_trips_last_day", day["round_trips"])
    for name, ratio in (("win_ratio_last_day", "win_rate"), ("breakeven_ratio_last_day", "breakeven")):
        if day[ratio] is not None:
            yield Sample(name, day[ratio])
    for standing, n in metrics["strategies"].items():
        yield Sample("strategies", n, (standing,))
    brain = metrics["brain"]
    if brain is not None:
        for window, name in (("day", "today"), ("month", "month")):
            yield Sample("brain_spend_usd", float(brain[f"spent_{name}_usd"]), (window,))
            yield Sample("brain_budget_usd", float(brain[f"budget_{name}_usd"]), (window,))


def _durations(status: Mapping[str, Any]) -> Iterator[Sample]:
    for stage, spread in status["spreads"].items():
        yield Sample("latency_seconds", _buckets(spread), (stage,))
    yield Sample("frame_interval_seconds", _buckets(status["pulse"]["intervals"]))


def _buckets(spread: Mapping[str, Any]) -> Buckets:
    return Buckets(spread["bounds_s"], spread["counts"], spread["total_s"])


def _queues(status: Mapping[str, Any]) -> Iterator[Sample]:
    yield Sample("queue_depth", status["asking"], ("signals_asked",))
    yield Sample("queue_depth", status["rows_waiting"], ("rows",))
    venue = status.get("venue")
    if venue is not None:
        yield Sample("queue_depth", venue["orders_working"], ("orders",))
        yield Sample("queue_depth", venue["feed"]["deltas_waiting"], ("book_messages",))


def _symbol(row: Mapping[str, Any]) -> Iterator[Sample]:
    of = (row["symbol"],)
    yield Sample("book_sound", row["book"] == SOUND, of)
    yield Sample("exposure_usd", float(row["at_stake_usd"]), of)
    yield Sample("spoof_suspects", row["spoof_suspects"], of)
    for name, counter in FEED.items():
        yield Sample(name, row["feed"][counter], of)
    spread = row["spread_bps"]
    known = {
        "feed_silence_seconds": row["silent_s"],
        "spoofing_ratio": row["spoofing"],
        "mm_confidence_ratio": row["mm"]["confidence"],
        "spread_ratio": None if spread is None else spread / 1e4,
    }
    for name, value in known.items():
        if value is not None:
            yield Sample(name, value, of)


def _venue(venue: Mapping[str, Any]) -> Iterator[Sample]:
    for name, counter in STREAM.items():
        yield Sample(name, venue["feed"][counter])
    compared = venue["reconciliation"]
    for result in ("equal", "different"):
        yield Sample("reconciliations", compared[result], (result,))
    if compared["is_equal"] is not None:
        yield Sample("reconciled", compared["is_equal"])
    yield Sample("orders_unknown", venue["orders_unknown"])
    yield Sample("entries_forbidden", bool(venue["halted"]), ("gateway",))
