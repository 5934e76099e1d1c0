"""What a soak is: the sender's plan and how the receiver is set up."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.loopback.plan import LoadPlan
from tools.market.lines import MOST_PENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakPlan:
    """A soak.

    Attributes:
        load: What is sent and what goes wrong.
        silence_s: After which the receiver leaves a connection that says nothing.
        backoff_s: Before it dials again; doubles with each attempt.
        weight_per_minute: What it may spend on books; None is what it may spend at the live venue.
        most_pending: Rows of a symbol that may wait for a slow consumer.
        stall_every_s: Between two moments at which the consumer stops; 0 is never.
        stall_s: How long it then stops.
        sample_s: Between two looks at memory, tasks and the like.
    """

    load: LoadPlan
    silence_s: float = 5.0
    backoff_s: float = 0.5
    weight_per_minute: int | None = None
    most_pending: int = MOST_PENDING
    stall_every_s: float = 0.0
    stall_s: float = 0.0
    sample_s: float = 1.0
