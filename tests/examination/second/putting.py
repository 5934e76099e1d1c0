"""Puts a made question to the record and holds the figure it answers with against what SQL finds."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

from graphs.answers import Answer
from graphs.query import answer
from memory.store import Store
from tests.examination.second.grammar import Made
from tests.examination.second.paper import column
from tools.domain.errors import BadUsage, NotInRecord

RIGHT, WRONG, REFUSED = "right", "wrong", "refused"


def verdict(store: Store, desk: sqlite3.Connection, question: Made, now: int) -> tuple[str, str]:
    """What the answer is worth, and why: right, wrong, or refused although SQL finds something."""
    found = column(desk, question.query)
    wanted = found[0] if found else None
    try:
        told = answer(store, question.text, now)
    except (NotInRecord, BadUsage) as refused:
        return (RIGHT if wanted is None else REFUSED), str(refused)
    return (RIGHT if _is_told(told, wanted) else WRONG), f"{wanted} in {told.understood}: {told.numbers}"


def _is_told(told: Answer, wanted: object) -> bool:
    """Whether the one figure, or the one name, that the answer gives is the one that is wanted."""
    if isinstance(wanted, str):
        return told.numbers.get("name") == wanted
    value = told.numbers.get("value")
    if wanted is None or value is None:
        return wanted is None and (value is None or told.numbers.get("n") == 0)
    with suppress(ValueError, TypeError):
        return abs(float(value) - float(str(wanted))) <= 1e-6 * max(1.0, abs(float(str(wanted))))
    return False
