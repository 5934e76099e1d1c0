"""A session whose entries another algorithm slices: the product's orders, in order, and flat at the end."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import pairwise

import pytest

from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.laboratory import Laboratory
from keeper_agent.lab.session import Session
from tests.support.laboratory import SEED, operator
from tools.domain.market import NANOS, Side
from tools.domain.trading import Intent

LARGE = {"default_order_size_usd": 40.0, "max_order_size_usd": 40.0, "probe_target_usd": 40.0}


@cache
def held(algorithm: str) -> Session:
    conditions = LabSettings(coins=2, parameters=LARGE).exploring()
    return Laboratory("T2", SEED, conditions, operator(execution_algorithm=algorithm)).run(1.5)


def entries(session: Session) -> dict[str, list[Intent]]:
    found = defaultdict(list)
    for intent in session.intents:
        if intent.leg == "entry":
            found[intent.decision_id].append(intent)
    return found


def bought_by(session: Session, decision: str) -> int:
    return sum(one.size for one in session.fills if one.decision_id == decision and one.side is Side.BUY)


@pytest.mark.parametrize("algorithm", ["planned", "smart", "routed", "twap", "almgren_chriss"])
def test_slices_rest_at_the_entry_price_a_delay_apart_and_all_is_sold_again(algorithm: str) -> None:
    session = held(algorithm)
    plans = {one.decision.decision_id: one.decision.plan for one in session.chosen}
    assert any(len(found) > 1 for found in entries(session).values())
    for decision, found in entries(session).items():
        plan = plans[decision]
        assert plan is not None
        assert bought_by(session, decision) <= plan.size
        assert len(found) <= 10
        assert max(intent.size for intent in found) <= max(plan.slices)
        assert len({intent.price for intent in found}) == 1
        assert all(intent.is_post_only for intent in found)
        pairs = pairwise(found)
        assert all(after.ts - before.ts >= plan.split_delay_s * NANOS for before, after in pairs)
    bought, sold = (
        sum(fill.size for fill in session.fills if fill.side is side) for side in (Side.BUY, Side.SELL)
    )
    assert session.left_open == ()
    assert bought == sold > 0


def test_the_algorithm_changes_when_slices_come_and_the_same_seed_gives_the_same_bytes() -> None:
    smart, planned = held("smart"), held("planned")
    assert [one.ts for one in smart.intents] != [one.ts for one in planned.intents]
    conditions = LabSettings(coins=2, parameters=LARGE).exploring()
    again = Laboratory("T2", SEED, conditions, operator(execution_algorithm="smart")).run(1.5)
    assert again.record() == smart.record()
