"""Answers, and what faults make of them before a client sees them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from venue.serving.faults import AFTER, BEFORE, Fault, Faults

HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class ConnectionCut(Exception):
    """The client is not answered: its connection ends."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: a result, or a raw text in its place."""

    status: int
    result: Any = None
    raw: str | None = None
    retry_after: int | None = None


async def through_faults(faults: Faults, name: str, perform: Callable[[], Answer], unknown: str) -> Answer:
    """Perform what is asked, as far as the faults at ``name`` let it through.

    An error for which the fault has no words is ``unknown``, in the protocol's.

    Raises:
        ConnectionCut: the client is to hear nothing.
    """
    before = faults.strike(BEFORE, name)
    if before is not None:
        early = await _spoil(before, None, unknown)
        if early is not None:
            return early
    answer = perform()
    after = faults.strike(AFTER, name)
    if after is not None:
        return await _spoil(after, answer, unknown) or answer
    return answer


async def _spoil(fault: Fault, answer: Answer | None, unknown: str) -> Answer | None:
    """What a fault makes of an answer; None leaves it as it is."""
    what = fault.kind.partition("_")[0]
    if what == "cut":
        raise ConnectionCut
    if what == "hold":
        await asyncio.sleep(fault.seconds)
        return answer
    if what == "garbage":
        return Answer(200, raw=HTML)
    return Answer(fault.status, raw=fault.body or unknown)
