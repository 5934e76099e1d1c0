"""From a request to an answer: weight, key, time, signature, effect, and the faults around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from venue.binance import errors
from venue.binance.calls import Call, Operation, Security
from venue.binance.desk import Desk
from venue.binance.parameters import Params
from venue.binance.signing import check_signature, check_time
from venue.serving.answer import Answer, through_faults
from venue.serving.faults import READING, Faults
from venue.serving.keys import ApiKey


@dataclass(frozen=True, slots=True)
class Request:
    """What came in, before anything is believed."""

    operation: Operation
    params: Mapping[str, str]
    key: str
    signed: str
    signature: str


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
        return await through_faults(
            self.faults, request.operation.name, lambda: self._perform(request), errors.UNKNOWN
        )

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
