"""Asks providers within a deadline and a budget, one after the other, and keeps what they said.

Each attempt has its money set aside on disk before a byte is sent, and its bytes, tokens, cost
and cause on the record after it. A provider's fault passes the question on to the next one
while there is time; an answer that was given and is unusable does not, or the agent would go
shopping for the answer it likes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from graphs.brain import CALLS_COUNTED, Asked, ConsultAnswer, Fault, read_reply
from graphs.brains.breaker import Breaker
from graphs.brains.completion import ChatProvider, Completion, Exchange, ProviderFault
from graphs.brains.loop import LoopThread
from graphs.brains.pricing import TYPICAL, Tariff, is_plausible
from memory.consultations import Consultation, ConsultationLog, Tokens
from memory.spending import OverBudget, SpendLedger
from tools.domain.clock import NS, Stopwatch
from tools.domain.identity import consultation_id
from tools.risk.advice import Cause

GRACE_S = 0.5  # beyond the deadline, for a loop that is busy
FIRST_SHARE = 0.6  # of the time left, for a provider that has another one behind it
LEAST_TIME_S = 0.2  # with less than this left nobody else is asked
PASSED_ON = frozenset(
    {
        Cause.CIRCUIT_OPEN,
        Cause.NOT_PRICED,
        Cause.OVER_BUDGET,
        Cause.UNREACHABLE,
        Cause.CUT_OFF,
        Cause.LATE,
        Cause.RATE_LIMITED,
        Cause.OVERLOADED,
        Cause.SERVER_ERROR,
        Cause.KEY_REFUSED,
        Cause.BAD_REQUEST,
        Cause.MALFORMED_BODY,
        Cause.EMPTY,
        Cause.FAILED,
    }
)
NOT_ITS_FAULT = frozenset({Cause.CIRCUIT_OPEN, Cause.NOT_PRICED, Cause.OVER_BUDGET})


@dataclass(frozen=True, slots=True)
class Desk:
    """A provider with its breaker and its prices.

    Attributes:
        tariff: None where nobody knows what it costs: it is not asked.
    """

    provider: ChatProvider
    breaker: Breaker
    tariff: Tariff | None


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How one attempt ended."""

    text: str = ""
    fault: Fault | None = None
    exchange: Exchange | None = None
    tokens: Tokens | None = None
    cost_usd: Decimal = Decimal(0)


class Consultant:
    """A brain made of providers, the first one preferred. Implements ``Brain``.

    Args:
        desks: Providers in the order in which they are asked.
        spending: The budget.
        log: Where every attempt is kept.
        stopwatch: Measures the deadline.
        longest_s: Most time for an answer, whatever the caller allows.
        read: Says what an answer is, or the ``Fault`` that makes it none.
    """

    def __init__(
        self,
        desks: Sequence[Desk],
        spending: SpendLedger,
        log: ConsultationLog,
        stopwatch: Stopwatch,
        longest_s: float,
        read: Callable[[Asked, str], object] = read_reply,
    ) -> None:
        self._desks = tuple(desks)
        self._spending = spending
        self._log = log
        self._stopwatch = stopwatch
        self._longest_s = longest_s
        self._read = read
        self._loop = LoopThread()
        self._costs: deque[Decimal] = deque(maxlen=CALLS_COUNTED)

    def consult(self, requests: Sequence[Asked], deadline_ns: int) -> Sequence[ConsultAnswer]:
        """An answer or a fault to each request, all asked at once, by the deadline."""
        if not requests:
            return ()
        budget_s = min(self._longest_s, max(0.0, (deadline_ns - max(one.ts for one in requests)) / NS))
        try:
            return self._loop.run(self._consult_all(requests, budget_s), budget_s + GRACE_S)
        except TimeoutError:
            return [self._unheard(one, budget_s) for one in requests]

    def audit(self, requests: Sequence[Asked]) -> None:
        """Ask without waiting; what is said is kept and decides nothing."""
        self._loop.start(self._consult_all(requests, self._longest_s))

    def price_usd(self) -> float:
        """What a call is expected to cost, by the last calls, US dollars."""
        if self._costs:
            return float(sum(self._costs) / len(self._costs))
        tariff = self._desks[0].tariff
        return float(tariff.cost_usd(TYPICAL)) if tariff is not None else 0.0

    def has_budget(self) -> bool:
        """Whether a usual call would be allowed now."""
        return self._spending.has_room(Decimal(repr(self.price_usd())))

    def close(self) -> None:
        """Hear out what was already asked, then let go of every connection."""
        self._loop.drain(self._longest_s)
        for desk in self._desks:
            self._loop.run(desk.provider.close(), GRACE_S * 4)
        self._loop.close()

    def _unheard(self, request: Asked, budget_s: float) -> ConsultAnswer:
        """Nothing came in time, not even from our own loop: that is the attempt that counts."""
        fault = Fault(Cause.LATE, f"nothing was heard within {budget_s:.1f} s")
        elapsed_ns = round((budget_s + GRACE_S) * NS)
        self._keep(self._desks[-1], request, len(self._desks), _Attempt(fault=fault), elapsed_ns)
        return ConsultAnswer(request.decision_id, "", request.ts + elapsed_ns, fault)

    async def _consult_all(self, requests: Sequence[Asked], budget_s: float) -> list[ConsultAnswer]:
        return list(await asyncio.gather(*(self._consult(request, budget_s) for request in requests)))

    async def _consult(self, request: Asked, budget_s: float) -> ConsultAnswer:
        began = self._stopwatch.elapsed()
        ended = _Attempt(fault=Fault(Cause.NO_ANSWER, "there is nobody to ask"))
        taken_ns = 0  # on the record and in the answer alike, so that a replay hears it at the same time
        for number, desk in enumerate(self._desks):
            left_s = budget_s - (self._stopwatch.elapsed() - began) / NS
            if number > 0 and left_s < LEAST_TIME_S:
                break
            is_last = number == len(self._desks) - 1
            ended = await self._attempt(desk, request, number, left_s if is_last else left_s * FIRST_SHARE)
            taken_ns = self._stopwatch.elapsed() - began
            self._keep(desk, request, number, ended, taken_ns)
            if ended.fault is None or ended.fault.cause not in PASSED_ON:
                break
        return ConsultAnswer(request.decision_id, ended.text, request.ts + taken_ns, ended.fault)

    async def _attempt(self, desk: Desk, request: Asked, number: int, timeout_s: float) -> _Attempt:
        """One provider, once: admitted, paid for, heard, checked."""
        name, model = desk.provider.name, desk.provider.model
        if desk.tariff is None:
            return _Attempt(fault=Fault(Cause.NOT_PRICED, f"nobody knows what {name} {model} costs"))
        if not desk.breaker.admits():
            return _Attempt(fault=Fault(Cause.CIRCUIT_OPEN, f"{name} failed too often and rests"))
        own_id = consultation_id(request.decision_id, number)
        worst = desk.tariff.worst_usd(request.prompt)
        try:
            self._spending.reserve(own_id, worst, provider=name, model=model)
        except OverBudget as refused:
            desk.breaker.passed()
            return _Attempt(fault=Fault(Cause.OVER_BUDGET, str(refused)))
        try:
            heard = await self._hear(desk, request, timeout_s)
        except asyncio.CancelledError:
            desk.breaker.failed()
            raise
        ended = self._settle(desk, request, own_id, worst, heard)
        if ended.fault is None:
            desk.breaker.succeeded()
        else:
            desk.breaker.failed()
        return ended

    async def _hear(self, desk: Desk, request: Asked, timeout_s: float) -> Completion | ProviderFault:
        try:
            own_end = timeout_s + GRACE_S / 2  # a provider ends its call itself, and knows what was sent
            return await asyncio.wait_for(desk.provider.complete(request.prompt, timeout_s), own_end)
        except TimeoutError:
            return ProviderFault(Cause.LATE, f"{desk.provider.name} took longer than {timeout_s:.1f} s")
        except ProviderFault as fault:
            return fault
        except Exception as error:  # noqa: BLE001  whatever a provider throws is a fault on the record
            return ProviderFault(Cause.FAILED, f"{type(error).__name__}: {error}")

    def _settle(
        self,
        desk: Desk,
        request: Asked,
        own_id: str,
        worst: Decimal,
        heard: Completion | ProviderFault,
    ) -> _Attempt:
        """Judge what was heard, and put its real cost in the place of the worst one where it is known."""
        fault = Fault(heard.cause, heard.detail) if isinstance(heard, ProviderFault) else None
        text = "" if isinstance(heard, ProviderFault) else heard.text
        tokens, cost = heard.tokens, worst
        if tokens is not None and not is_plausible(tokens, request.prompt):
            fault, text = Fault(Cause.ODD_USAGE, f"more tokens than can be: {tokens}"), ""
        elif tokens is not None and desk.tariff is not None:
            cost = desk.tariff.cost_usd(tokens)
        elif isinstance(heard, ProviderFault) and heard.is_free:
            cost = Decimal(0)
        if cost < worst:
            name, model = desk.provider.name, desk.provider.model
            self._spending.settle(own_id, cost, provider=name, model=model)
        if tokens is not None:
            self._costs.append(cost)
        if fault is None:
            reply = self._read(request, text)
            fault = reply if isinstance(reply, Fault) else None
        return _Attempt(text, fault, heard.exchange, tokens, cost)

    def _keep(self, desk: Desk, request: Asked, number: int, ended: _Attempt, elapsed_ns: int) -> None:
        exchange = ended.exchange or Exchange()
        self._log.record(
            Consultation(
                consultation_id=consultation_id(request.decision_id, number),
                decision_id=request.decision_id,
                run_id=request.run_id,
                world=request.world,
                purpose=request.purpose,
                propensity=request.propensity,
                attempt=number,
                provider=desk.provider.name,
                model=desk.provider.model,
                prompt_version=request.prompt.version,
                fingerprint=request.fingerprint,
                request=exchange.request,
                answer=exchange.answer,
                text=ended.text,
                cause=None if ended.fault is None else ended.fault.cause.value,
                detail="" if ended.fault is None else ended.fault.detail,
                tokens=ended.tokens,
                cost_usd=ended.cost_usd,
                ts=request.ts,
                ts_known=request.ts + elapsed_ns,
            )
        )
