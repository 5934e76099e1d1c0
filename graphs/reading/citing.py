"""What answers have in common: citations, refusals of nothing, and the numbers of a share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphs.answers import MOST_CITED
from graphs.reading.figures import (
    Figure,
)
from graphs.reading.telling import (
    as_number,
    understood,
)
from memory.entities import ENTITIES
from memory.statistics import decisions_of
from memory.store import Store
from memory.tally import TallyRow
from prompts.reading.forms import Form
from tools.domain.errors import NotInRecord

_BY_EVIDENCE = ("lesson", "change", "strategy")
_OF_DECISIONS = ("decision", "trade", "paper", "fill", "order", "call", "reaction", "spend")


def cited(store: Store, form: Form, rows: Sequence[TallyRow]) -> tuple[str, ...]:
    """The newest decisions that the rows rest on."""
    if form.entity not in (*_BY_EVIDENCE, *_OF_DECISIONS):
        return ()
    names: list[str] = []
    for row in reversed(rows):
        if form.entity in _BY_EVIDENCE:
            proof = row["proof"]
            names += decisions_of(store, proof[:MOST_CITED]).values() if isinstance(proof, tuple) else []
        else:
            name = row["asked_for" if form.entity == "spend" else "id"]
            names += [] if name is None else [str(name)]
        if len(names) > 3 * MOST_CITED:
            break
    return tuple(dict.fromkeys(names))[:MOST_CITED]


def require(rows: Sequence[TallyRow], form: Form) -> None:
    """Refuse where there are no rows."""
    if not rows:
        raise NotInRecord(f"not in the record: no {ENTITIES[form.entity].many} for {understood(form)}")


def share_numbers(found: Figure) -> dict[str, Any]:
    """The figures beside a share, as plain data."""
    return {"part": as_number(found.part), "of": as_number(found.whole), "low": found.low, "high": found.high}
