"""From a request to an answer: weight, key, time, signature, effect, and the faults around them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from venue.binance import errors
from venue.binance.calls import Call, Operation, Security
from venue.binance.desk import Desk
from venue.binance.faults import AFTER, BEFORE, READING, Fault, Faults
from venue.binance.parameters import Params
from venue.binance.signing import ApiKey, check_signature, check_time

HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class ConnectionCut(Exception):
    """The client is not answered: its connection ends."""


@dataclass(frozen=True, slots=True)
class Request:
    """What came in, before anything is believed."""

    operation: Operation
    params: Mapping[str, str]
    key: str
    signed: str
    signature: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: a result, or a raw text in its place."""

    status: int
    result: Any = None
    raw: str | None = None
    retry_after: int | None = None


class Answering:
    """Answers requests of both protocols."""

    def __init__(self, desk: Desk, faults: Faults) -> None:
        self.desk = desk
        self.faults = faults

    async def answer(self, request: Request) -> Answer:
        """Do what is asked, as far as the faults let it through.

        Raises:
            ConnectionCut: the client is to hear nothing.
        """
        name = request.operation.name
        before = self.faults.strike(BEFORE, name)
        if before is not None:
            early = await _spoil(before, None)
            if early is not None:
                return early
        answer = self._perform(request)
        after = self.faults.strike(AFTER, name)
        if after is not None:
            return await _spoil(after, answer) or answer
        return answer

    def _perform(self, request: Request) -> Answer:
        try:
            call = self.admit(request)
            return Answer(200, request.operation.handler(call))
        except errors.Refusal as refusal:
            return Answer(refusal.status, refusal.body(), retry_after=refusal.retry_after)

    def admit(self, request: Request) -> Call:
        """Let a request in.

        Raises:
            Refusal: it is too much, unknown, late or forged.
        """
        desk, operation = self.desk, request.operation
        params = Params(request.params)
        desk.limits.charge(operation.cost(params), desk.now_ms())
        key: ApiKey | None = None
        if operation.security != Security.NONE:
            key = desk.key(request.key)
        if key is not None and operation.security in (Security.SIGNED, Security.TRADE):
            if not request.signature:
                raise errors.missing("signature")
            check_time(request.params, desk.now_ms())
            check_signature(key.secret, request.signed, request.signature)
        if operation.security == Security.TRADE and key is not None and not key.may_trade:
            raise errors.no_such_key()
        is_stale = self.faults.strike(READING, operation.name) is not None
        return Call(desk, params, key, is_stale)


async def _spoil(fault: Fault, answer: Answer | None) -> Answer | None:
    """What a fault makes of an answer; None leaves it as it is."""
    what = fault.kind.partition("_")[0]
    if what == "cut":
        raise ConnectionCut
    if what == "hold":
        await asyncio.sleep(fault.seconds)
        return answer
    if what == "garbage":
        return Answer(200, raw=HTML)
    return Answer(fault.status, raw=fault.body)
