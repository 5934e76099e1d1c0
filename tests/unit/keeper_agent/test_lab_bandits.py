"""A session with a bandit on: what it draws is sealed, so that every draw can be taken again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from keeper_agent.lab.laboratory import Laboratory
from keeper_agent.lab.session import Session
from keeper_agent.lab.switchboard import DOUBT_BPS, PARTS, Stream
from keeper_agent.retaking import retake
from memory.store import Store
from tests.support.laboratory import operator
from tools.models.scoring import TakeAll

SEED, MINUTES = 11, 2.0


def held(name: str, keep: Path | None = None, memory: str | None = None) -> Session:
    stream = Stream(scenario="T3", seeds=(SEED,), minutes=MINUTES, coins=2, keeper=operator())
    job = PARTS[name].switch(stream.jobs()[0], is_on=True)
    settings = replace(job.settings, memory=memory)
    return Laboratory(job.scenario, job.seed, settings, job.keeper).run(job.minutes, keep=keep)


@pytest.mark.parametrize("name", ["thompson", "linucb"])
def test_draws_are_sealed_so_that_a_decision_taken_again_is_the_same(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = held(name, tmp_path)
    assert held(name).digest == found.digest
    drawn = [one.decision for one in found.chosen if any(v.component == "bandit" for v in one.decision.votes)]
    assert len(drawn) >= 4
    monkeypatch.setattr(
        "keeper_agent.retaking._model", lambda settings, version: TakeAll(doubt_bps=DOUBT_BPS)
    )
    with Store.open(tmp_path) as store:
        for decision in drawn:
            again = retake(store, operator(keeper_home=tmp_path), decision.decision_id, {})
            assert again.differences == ()
