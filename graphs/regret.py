"""What a brain's words would have earned above what was decided, from the record."""

from __future__ import annotations

from collections.abc import Iterator

from memory.consultations import AUDIT
from memory.hindsight import consulted
from memory.store import Store
from prompts.answers import ConsultAction, parse_answer
from tools.domain.trading import Action
from tools.risk.regret import Judged


def judged_answers(store: Store, ts: int, purpose: str = AUDIT) -> Iterator[Judged]:
    """Every answer for ``purpose`` whose signal's outcome was known at ``ts``, oldest first.

    Yields:
        The decision, the share of the usual size that the brain would have taken, and the result.
    """
    for one in consulted(store, purpose, ts):
        reply = parse_answer(one.text)
        fraction = 0.0 if reply.action is ConsultAction.SKIP else reply.size_fraction
        yield Judged(one.action == Action.ENTER, fraction, one.net_bps or 0.0, one.propensity)
