"""A home in which whoever could wrote markup: a symbol's name, a reason, what a brain said; a question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from memory.consultations import DECIDE, Consultation, ConsultationLog, Tokens
from tests.support.memories import SECOND, a_memory, at
from tests.support.watched import a_stand_in, a_status
from tools.domain.trading import Action, Decision, Route

FIRED = "keeperFired"
"""A name in the page's global object that exists once any of it ran."""
RUNS = f"globalThis.{FIRED}=1"
HOSTILE = {
    kind: f'{kind} <img src=x onerror="{RUNS}"><script>{RUNS}</script>&amp;'
    for kind in ("symbol", "reason", "said", "question")
}


def a_hostile_memory(home: Path) -> str:
    """Write it into ``home``; returns the id of the decision that holds all of it."""
    with a_memory(home) as build:
        build.world = "venue"
        told = build.decide(
            at("10:00:00"),
            symbol=HOSTILE["symbol"],
            action=Action.ENTER,
            route=Route.LLM,
            reason=HOSTILE["reason"],
        )
        build.trade(told, 3.0)
        build.follow(told, 2.0)
        ConsultationLog(build.store).record(_asked(told))
    return told.decision_id


@contextmanager
def a_hostile_agent(home: Path) -> Iterator[None]:
    """An agent in ``home`` that trades such a symbol and was paused for such a reason."""
    row = {**a_status()["symbols"][0], "symbol": HOSTILE["symbol"], "doing": HOSTILE["reason"]}
    with a_stand_in(home, symbols=[row], place=HOSTILE["symbol"], why=HOSTILE["reason"], entries="paused"):
        yield


def _asked(decision: Decision) -> Consultation:
    return Consultation(
        consultation_id="k_0000000001",
        decision_id=decision.decision_id,
        run_id=decision.run_id,
        world=decision.world,
        purpose=DECIDE,
        propensity=1.0,
        attempt=0,
        provider="openai",
        model="gpt-5-mini",
        prompt_version="consult-2",
        fingerprint="k_0000000001",
        request=b"{}",
        answer=b"{}",
        text=HOSTILE["said"],
        cause=None,
        detail="",
        tokens=Tokens(1_200, 60),
        cost_usd=Decimal("0.0004"),
        ts=decision.ts,
        ts_known=decision.ts + SECOND,
    )
