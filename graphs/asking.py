"""Questions put to a brain, and when their answers may be used.

A question is asked in one of two ways. Where time is the session's own (a recording, a
simulation) the answer is fetched at once and held back until the time at which it came, so that a
replay hears it at the same moment. Where the market does not wait, a thread of its own asks and
whoever decides looks in. Nobody waits beyond the deadline, and no brain's fault gets out.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from graphs.brain import Brain, ConsultAnswer, ConsultRequest, Fault, hear
from tools.domain.market import NANOS
from tools.execution.freshness import Sighting
from tools.risk.advice import Cause

UNHEARD_AT_END = Fault(Cause.NO_ANSWER, "the session ended before an answer came")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a decision that waited for an answer was concluded from, beside the answer's bytes.

    Attributes:
        ts_asked: When the signal was thought about and the question put, ns.
        seen: The symbol at the time of acting; None where nobody looked.
        cause: Why there was no answer to use; empty where its text decided.
        detail: The same in words.
        lately: What happened on the symbol lately, as the brain was shown it; None where nobody looked.
    """

    ts_asked: int
    seen: Sighting | None
    cause: str = ""
    detail: str = ""
    lately: Mapping[str, float] | None = None

    @property
    def fault(self) -> Fault | None:
        """Why there was no answer to use."""
        return Fault(Cause(self.cause), self.detail) if self.cause else None


class Question(Protocol):
    """What was asked, and what has been said so far."""

    @property
    def requests(self) -> tuple[ConsultRequest, ...]:
        """What was asked, in order."""
        ...

    def due(self, now: int) -> int:
        """When to look in again, ns; not after ``now`` once everything there will be is there."""
        ...

    def answers(self, ts: int) -> tuple[ConsultAnswer, ...]:
        """What has been said by ``ts``; who was not heard has a fault for an answer."""
        ...


@dataclass(frozen=True, slots=True)
class AskedAtOnce:
    """Asked while the session's time stands still; the answers are due when they came in it."""

    requests: tuple[ConsultRequest, ...]
    deadline_ns: int
    heard: tuple[ConsultAnswer, ...]

    def due(self, now: int) -> int:
        """When the last answer came, or the deadline."""
        return min(self.deadline_ns, max((one.ts_answered for one in self.heard), default=now))

    def answers(self, ts: int) -> tuple[ConsultAnswer, ...]:
        """All of them, as they came."""
        return self.heard


def ask_at_once(brain: Brain, requests: Sequence[ConsultRequest], deadline_ns: int) -> AskedAtOnce:
    """Put ``requests`` and wait for what is said."""
    return AskedAtOnce(tuple(requests), deadline_ns, hear(brain, requests, deadline_ns))


class AskedBeside:
    """Asked in a thread of its own, which nobody waits for."""

    def __init__(self, brain: Brain, requests: Sequence[ConsultRequest], deadline_ns: int) -> None:
        self.requests = tuple(requests)
        self._deadline_ns = deadline_ns
        self._answers: tuple[ConsultAnswer, ...] | None = None
        self._thread = threading.Thread(target=self._ask, args=(brain,), name="keeper-question", daemon=True)
        self._thread.start()

    def due(self, now: int) -> int:
        """Now once something was heard, else the deadline."""
        return self._deadline_ns if self._answers is None else min(now, self._deadline_ns)

    def answers(self, ts: int) -> tuple[ConsultAnswer, ...]:
        """What was heard; before that, one fault a request."""
        heard = self._answers
        return unheard(self.requests, ts) if heard is None else heard

    def _ask(self, brain: Brain) -> None:
        self._answers = hear(brain, self.requests, self._deadline_ns)


def unheard(
    requests: Sequence[ConsultRequest], ts: int, fault: Fault | None = None
) -> tuple[ConsultAnswer, ...]:
    """The same fault for each request: nothing was heard of it by ``ts``."""
    return tuple(
        ConsultAnswer(one.decision_id, "", one.ts, fault or Fault(Cause.LATE, _late(one, ts)))
        for one in requests
    )


def _late(request: ConsultRequest, ts: int) -> str:
    return f"nothing was heard within {(ts - request.ts) / NANOS:.1f} s"
