"""Turning a signal and its evidence into the text a model is shown.

All of it is data: one JSON block between fixed delimiters, capped in length, with every
angle bracket escaped so that nothing inside can close the block. What is the same for every
signal comes first and apart, so that a provider can keep it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prompts.claims import Supplied, supplied_by
from prompts.forms import CONSULTATION, QUESTION
from tools.domain.errors import NotInRecord
from tools.domain.identity import content_hash
from tools.domain.market import plain, to_decimal
from tools.domain.ports import Neighbour
from tools.domain.trading import Signal, Vote

LONGEST_FIELD = 200  # characters of any single text shown
MOST_NEIGHBOURS = 25


EARLIER = ("consult-2",)  # texts that decisions were asked with and are taken again with
WITHOUT_LATELY = EARLIER  # from before a mind was shown what happened lately
_VERSION = re.compile(r"version: (\d+)\n")


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is shown.

    Attributes:
        system: The constant part: the task and the form of the answer.
        user: The evidence of one case.
        version: Name and version of the constant part, e.g. ``consult-3``.
        supplied: What the evidence lets an answer claim.
        form: Which form the answer must have, see ``forms``.
    """

    system: str
    user: str
    version: str
    supplied: Supplied
    form: str = CONSULTATION

    @property
    def fingerprint(self) -> str:
        """Identity of exactly what is shown."""
        return content_hash(f"{self.version}\x1f{self.system}\x1f{self.user}".encode())


@cache
def constant_part(name: str, version: str | None = None) -> tuple[str, str]:
    """The text ``name`` of this folder and its version, e.g. ``consult-3``; an earlier one where it is named.

    Raises:
        NotInRecord: That version is no longer kept.
        ValueError: The file does not begin with its version.
    """
    current = _kept_text(name)
    if version in (None, current[1]):
        return current
    kept = Path(__file__).parent / f"{version}.md"
    if version not in EARLIER or not kept.is_file():
        raise NotInRecord(f"expected {name} in a version that is kept, was {version}")
    return _kept_text(version)


def _kept_text(file: str) -> tuple[str, str]:
    text = (Path(__file__).parent / f"{file}.md").read_text(encoding="utf-8")
    found = _VERSION.match(text)
    if found is None:
        raise ValueError(f"expected {file}.md to begin with a line such as 'version: 1'")
    return text[found.end() :].strip(), f"{file.partition('-')[0]}-{found[1]}"


def render_consult(
    signal: Signal,
    votes: Sequence[Vote],
    neighbours: Sequence[Neighbour],
    profile: Mapping[str, float] | None = None,
    lately: Mapping[str, float] | None = None,
    version: str | None = None,
) -> Prompt:
    """The consultation on ``signal``; the same evidence gives the same text.

    Args:
        signal: The proposed entry.
        votes: What was heard of it.
        neighbours: Remembered states that resemble it; the first ``MOST_NEIGHBOURS`` are shown.
        profile: What is known of the symbol in this regime; nothing is said of it where there is none.
        lately: What happened on the symbol lately; nothing is said of it where nobody looked.
        version: Which version of the text, e.g. ``consult-2``; the current one where not given.

    Raises:
        NotInRecord: That version is no longer kept.
    """
    shown = neighbours[:MOST_NEIGHBOURS]
    evidence: dict[str, object] = {
        "signal": _signal(signal),
        "votes": [_vote(vote) for vote in votes],
        "neighbours": [_neighbour(neighbour) for neighbour in shown],
        "neighbours_together": _together(shown),
    }
    system, told = constant_part("consult", version)
    if profile is not None:
        evidence["symbol_in_this_regime"] = _figures(profile)
    if lately is not None and told not in WITHOUT_LATELY:
        evidence["symbol_lately"] = _figures(lately)
    user = f"<evidence>\n{_as_data(evidence)}\n</evidence>"
    return Prompt(system, user, told, supplied_by(evidence, shown_ids(votes, shown)))


def render_question(question: str, symbols: Sequence[str], today: str) -> Prompt:
    """The question a model shall turn into a typed query; nothing of the record is shown but its symbols."""
    evidence: dict[str, object] = {
        "question": question,
        "now_utc": today,
        "symbols": [_short(symbol) for symbol in symbols],
    }
    system, version = constant_part("ask")
    user = f"<question>\n{_as_data(evidence)}\n</question>"
    return Prompt(system, user, version, supplied_by({}, ()), QUESTION)


def _together(neighbours: Sequence[Neighbour]) -> Mapping[str, float | int | None]:
    """Counts that a model would else have to make, and gets wrong."""
    n = len(neighbours)
    won = sum(neighbour.net_bps > 0 for neighbour in neighbours)
    mean = math.fsum(neighbour.net_bps for neighbour in neighbours) / n if n else None
    return {"n": n, "made_money": won, "lost_money": n - won, "mean_net_bps": _number(mean)}


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


def _figures(figures: Mapping[str, float]) -> dict[str, float | None]:
    return {_short(name): _number(figures[name]) for name in sorted(figures)}


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 6)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_FIELD else text[: LONGEST_FIELD - 1] + "…"


def _as_data(evidence: object) -> str:
    text = json.dumps(evidence, ensure_ascii=True, allow_nan=False, indent=1)
    return text.replace("<", "\\u003c").replace(">", "\\u003e")
