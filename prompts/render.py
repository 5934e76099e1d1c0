"""Turning a signal and its evidence into the text a model is shown.

All of it is data: one JSON block between fixed delimiters, capped in length, with every
angle bracket escaped so that nothing inside can close the block.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Template

from tools.domain.market import plain, to_decimal
from tools.domain.ports import Neighbour
from tools.domain.trading import Signal, Vote

LONGEST_FIELD = 200  # characters of any single text shown
MOST_NEIGHBOURS = 25


@cache
def template(name: str) -> Template:
    """The prompt ``name`` from this folder."""
    return Template((Path(__file__).parent / f"{name}.md").read_text(encoding="utf-8"))


def render_consult(signal: Signal, votes: Sequence[Vote], neighbours: Sequence[Neighbour]) -> str:
    """The consultation on ``signal``; the same evidence gives the same text."""
    evidence = {
        "signal": _signal(signal),
        "votes": [_vote(vote) for vote in votes],
        "neighbours": [_neighbour(neighbour) for neighbour in neighbours[:MOST_NEIGHBOURS]],
    }
    return template("consult").substitute(evidence=_as_data(evidence))


def shown_ids(votes: Sequence[Vote], neighbours: Sequence[Neighbour]) -> frozenset[str]:
    """Every id a model is shown and may therefore cite."""
    told = {evidence for vote in votes for evidence in vote.evidence}
    return frozenset(told | {neighbour.outcome_id for neighbour in neighbours[:MOST_NEIGHBOURS]})


def _signal(signal: Signal) -> dict[str, object]:
    return {
        "symbol": _short(signal.symbol),
        "venue": _short(signal.venue),
        "source": _short(signal.source),
        "side": signal.side.label,
        "entry": plain(to_decimal(signal.entry_price)),
        "take_profit": plain(to_decimal(signal.take_profit)),
        "stop": plain(to_decimal(signal.stop)),
        "cost_bps": _number(signal.cost_bps),
        "breakeven_probability": _number(signal.breakeven),
        "confidence": _number(signal.confidence),
        "features": {_short(name): _number(value) for name, value in sorted(signal.features.items())},
    }


def _vote(vote: Vote) -> dict[str, object]:
    return {
        "component": _short(vote.component),
        "stance": _short(vote.stance),
        "probability": _number(vote.probability),
        "expected_bps": _number(vote.expected_bps),
        "standard_error_bps": _number(vote.interval_bps),
        "reason": _short(vote.reason),
        "evidence": [_short(evidence) for evidence in vote.evidence],
    }


def _neighbour(neighbour: Neighbour) -> dict[str, object]:
    return {
        "id": _short(neighbour.outcome_id),
        "similarity": _number(neighbour.similarity),
        "net_bps": _number(neighbour.net_bps),
        "result": _short(neighbour.result),
    }


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 6)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_FIELD else text[: LONGEST_FIELD - 1] + "…"


def _as_data(evidence: object) -> str:
    text = json.dumps(evidence, ensure_ascii=True, allow_nan=False, indent=1)
    return text.replace("<", "\\u003c").replace(">", "\\u003e")
