"""What memory learns is what trading does: a trade and the follow of the same signal end alike.

Orders stay where they were put here: those that go along are moved at times of their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from tests.support.placed import STANDING_SETTING
from tests.support.replays import record_of
from tools.domain.market import NANOS
from tools.market.events import EVENT, Events
from tools.market.instruments import instrument_for
from venue.scenario.build import Scenario, build

BUCKET_NS = 100_000_000
PATIENT = f"probe_share=0.5,signal_spacing_s=2,hold_timeout_s=60,{STANDING_SETTING}"


def public_events(seed: int, seconds: float) -> Events:
    """A simulated market as its public feed shows it, as Keeper's events."""
    simulation = build(Scenario(tier="T2", seed=seed, seconds=seconds, thin_coins=1))
    simulation.run(seconds)
    seen = simulation.view("BTCUSDT", BUCKET_NS)
    rows = getattr(seen, "events", seen)
    events = np.zeros(len(rows), EVENT)
    for name in EVENT.names or ():
        events[name] = rows[name]
    return events


def pairs_of(outcomes: bytes) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Trade and follow of each signal that has a result of both."""
    kept: dict[str, dict[str, dict[str, Any]]] = {}
    for line in outcomes.splitlines():
        outcome = orjson.loads(line)
        if outcome["net_bps"] is not None:
            kept.setdefault(outcome["signal_id"], {})[outcome["kind"]] = outcome
    return [(both["taken"], both["shadow"]) for both in kept.values() if len(both) == 2]


def test_a_trade_and_its_follow_end_alike(tmp_path: Path) -> None:
    events = public_events(4, 1500)
    record = record_of(tmp_path, events, instrument_for("mexc", "BTCUSDT"), parameters=PATIENT)
    pairs = [pair for pair in pairs_of(record["outcomes"]) if pair[0]["result"] != "abort"]
    assert len(pairs) >= 5
    assert [taken["result"] for taken, _ in pairs] == [shadow["result"] for _, shadow in pairs]
    for taken, shadow in pairs:
        # the executor hears of its cancel with the next event, so its sale may come a little later
        assert 0 <= taken["ts_exit"] - shadow["ts_exit"] < NANOS
        assert taken["entry_price"] == shadow["entry_price"]
        if taken["exit_price"] == shadow["exit_price"]:
            assert taken["net_bps"] == pytest.approx(shadow["net_bps"], abs=1e-6)
    assert sum(taken["exit_price"] == shadow["exit_price"] for taken, shadow in pairs) > len(pairs) / 2
