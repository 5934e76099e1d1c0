"""Decisions beside what came of them on paper, in the order in which that became known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import orjson
from sqlalchemy import select

from memory.codec import from_plain
from memory.schema import METADATA
from memory.sources import not_from_candles
from memory.store import Store
from tools.domain.trading import Vote


def judged_votes(store: Store, ts: int, limit: int) -> Iterator[tuple[tuple[Vote, ...], float]]:
    """The votes on the last ``limit`` followed signals whose outcome was known at ``ts``, with that outcome.

    Those on signals made from candles are not among them: what a vote is worth is asked of one kind of trade.

    Yields:
        The votes of one decision and the result of its signal on paper, basis points after costs.
    """
    decisions, outcomes, signals = (METADATA.tables[name] for name in ("decision", "outcome", "signal"))
    joined = outcomes.join(decisions, outcomes.c.decision_id == decisions.c.decision_id)
    joined = joined.join(signals, signals.c.signal_id == outcomes.c.signal_id)
    known = (outcomes.c.kind == "shadow", outcomes.c.net_bps.is_not(None), outcomes.c.ts_known <= ts)
    query = (
        select(decisions.c.votes, outcomes.c.net_bps)
        .select_from(joined)
        .where(*known, not_from_candles())
        .order_by(outcomes.c.ts_known.desc(), outcomes.c.outcome_id.desc())
        .limit(limit)
    )
    for row in reversed(store.read(query)):
        votes = tuple(from_plain(Vote, one) for one in orjson.loads(row["votes"]))
        yield votes, float(row["net_bps"])


def last_results(store: Store, world: str, ts: int, limit: int) -> list[float]:
    """Results of the last ``limit`` round trips of ``world`` known at ``ts``, basis points, oldest first."""
    c = METADATA.tables["outcome"].c
    known = (c.kind == "taken", c.world == world, c.net_bps.is_not(None), c.ts_known <= ts)
    newest = select(c.net_bps).where(*known).order_by(c.ts_known.desc(), c.outcome_id.desc()).limit(limit)
    return [float(row["net_bps"]) for row in reversed(store.read(newest))]


def taken_results(store: Store, world: str, ts: int) -> Iterator[tuple[str, str, int, Decimal]]:
    """Every round trip with money of ``world`` known at ``ts``, oldest first.

    Yields:
        Symbol, source of the signal, when it was known (ns), and the result after fees in quote.
    """
    outcomes, signals = METADATA.tables["outcome"], METADATA.tables["signal"]
    c = outcomes.c
    query = (
        select(c.symbol, signals.c.source, c.ts_known, c.net_quote)
        .select_from(outcomes.join(signals, c.signal_id == signals.c.signal_id))
        .where(c.kind == "taken", c.world == world, c.net_quote.is_not(None), c.ts_known <= ts)
        .order_by(c.ts_known, c.outcome_id)
    )
    for row in store.read(query):
        yield row["symbol"], row["source"], row["ts_known"], Decimal(row["net_quote"])


@dataclass(frozen=True, slots=True)
class Consulted:
    """A usable answer of a brain beside the decision and what came of its signal on paper.

    Attributes:
        text: What the brain said.
        action: What was decided.
        net_bps: Result after costs; None where the signal was never filled.
    """

    decision_id: str
    text: str
    propensity: float
    action: str
    net_bps: float | None


def consulted(store: Store, purpose: str, ts: int) -> list[Consulted]:
    """Every usable answer given for ``purpose`` whose signal's outcome was known at ``ts``, oldest first."""
    tables = METADATA.tables
    asked, decisions, outcomes = tables["consultation"], tables["decision"], tables["outcome"]
    joined = asked.join(decisions, asked.c.decision_id == decisions.c.decision_id).join(
        outcomes, outcomes.c.decision_id == asked.c.decision_id
    )
    wanted = (
        asked.c.purpose == purpose,
        asked.c.cause.is_(None),
        outcomes.c.kind == "shadow",
        outcomes.c.ts_known <= ts,
    )
    query = (
        select(asked.c.decision_id, asked.c.text, asked.c.propensity, decisions.c.action, outcomes.c.net_bps)
        .select_from(joined)
        .where(*wanted)
        .order_by(asked.c.ts, asked.c.decision_id)
    )
    return [Consulted(**row) for row in store.read(query)]
