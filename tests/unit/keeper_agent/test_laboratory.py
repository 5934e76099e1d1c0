"""The laboratory: one seed is one session; orders take their time; nothing of the truth comes near Keeper."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import keeper_agent.lab.laboratory
from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.laboratory import Laboratory
from keeper_agent.lab.latency import Latency
from tests.support.laboratory import SEED, operator, session, settings, shared_session
from tools.domain.errors import BadUsage
from tools.domain.market import Side
from tools.domain.trading import Action
from venue.truth import Truth

MS = 1_000_000


def test_same_seed_is_the_same_bytes_and_another_seed_others() -> None:
    first, again, other = shared_session(), session(), session(seed=SEED + 1, minutes=0.5)
    assert len(first.round_trips) > 3
    assert first.record() == again.record()
    assert first.digest == again.digest != other.digest
    assert first.truth.orders == again.truth.orders


def test_nodes_without_the_framework_give_the_same_session() -> None:
    plain, framed = (session(minutes=0.7, is_plain=is_plain) for is_plain in (True, False))
    assert len(plain.chosen) > 10
    assert plain.record() == framed.record()


def test_every_round_trip_ends_flat_and_its_result_is_what_the_fills_say() -> None:
    found = shared_session()
    fills = defaultdict(list)
    for fill in found.fills:
        fills[fill.decision_id].append(fill)
    assert found.left_open == ()
    for trip in found.round_trips:
        mine = fills[trip.decision_id]
        bought = sum(fill.size for fill in mine if fill.side is Side.BUY)
        sold = sum(fill.size for fill in mine if fill.side is Side.SELL)
        value = sum(Decimal(-fill.side * fill.size * fill.price) / 10**16 - fill.fee_quote for fill in mine)
        assert bought == sold > 0
        assert trip.net_quote == value


def test_fees_are_the_venues() -> None:
    fills = shared_session().fills
    assert {fill.is_maker for fill in fills} == {True, False}
    for fill in fills:
        rate = Decimal(0) if fill.is_maker else Decimal("0.0005")
        assert abs(fill.fee_quote - Decimal(fill.size * fill.price) / 10**16 * rate) < Decimal("1e-5")


def test_no_order_reaches_the_venue_before_its_delay() -> None:
    found, latency = shared_session(), Latency()
    due = defaultdict(list)
    for one in found.intents:
        delay = latency.request_ns(SEED, "place", one.client_order_id)
        due[one.symbol].append(one.ts + delay)
    arrived = [(row[0], row[2]) for row in found.truth.orders if row[3] == "keeper"]
    assert len(arrived) > 10
    for symbol, ts in arrived:  # what a timer sends leaves with the next look at the feed
        assert any(0 <= ts - then <= 120 * MS for then in due[symbol])
    sent = {one.client_order_id: one.ts for one in found.intents}
    assert all(fill.ts > sent[fill.client_order_id] for fill in found.fills)


def test_delays_are_as_stated() -> None:
    latency = Latency()
    request = np.array([latency.request_ns(1, "place", f"kp{n}") for n in range(5_000)]) / MS
    news = np.array([latency.news_ns(1, f"kp{n}", 0) for n in range(5_000)]) / MS
    assert np.median(request) == pytest.approx(80, rel=0.05)
    assert np.quantile(request, 0.99) == pytest.approx(400, rel=0.15)
    assert np.median(news) == pytest.approx(20, rel=0.05)
    assert latency.request_ns(1, "place", "kp1") != latency.request_ns(2, "place", "kp1")


def test_slower_wires_change_what_happens() -> None:
    slow = session(minutes=1, latency=Latency(request_ms=2_000))
    assert slow.digest != session(minutes=1).digest


def test_keeper_is_the_same_whatever_the_truth_says(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nowhere(list[Any]):
        def append(self, row: Any) -> None:
            """Forget it."""

    def forgetful() -> Truth:
        return Truth(Nowhere(), Nowhere(), Nowhere(), Nowhere(), Nowhere(), Nowhere())

    seeing = shared_session()  # made before the truth is taken away: other tests share it
    monkeypatch.setattr("venue.sim.Truth", forgetful)
    blind = session()
    assert blind.truth.orders == []
    assert blind.record() == seeing.record()


def test_the_venue_keeps_target_and_stop_of_what_is_held() -> None:
    found = shared_session()
    brackets = [one for one in found.intents if one.stop_price is not None]
    orders = [row for row in found.truth.orders if row[3] == "keeper"]
    assert brackets
    assert len(orders) >= len(found.intents) + len(brackets) - 5  # two orders a bracket; some are refused


def test_participants_hear_of_keeper_and_it_leaves_a_trace() -> None:
    present, absent = shared_session(), session(is_present=False)
    assert (absent.chosen, absent.fills, absent.round_trips) == ((), (), ())
    assert absent.results["decisions"] == 0
    others = [[row for row in one.truth.trades if "keeper" not in row[6:8]] for one in (present, absent)]
    assert others[0] != others[1]
    before = [row for row in present.truth.orders if row[2] < present.start_ns]
    assert before == [row for row in absent.truth.orders if row[2] < absent.start_ns]


def test_propensity_is_the_coin_that_was_thrown() -> None:
    chosen = shared_session().chosen
    probes = [one for one in chosen if one.decision.is_probe]
    assert probes
    assert {one.propensity for one in probes} == {0.5}
    assert {one.propensity for one in chosen} <= {0.5, 1.0}
    thrown = [one.decision for one in chosen if one.propensity == 0.5]
    entered = sum(one.action is Action.ENTER for one in thrown)
    assert 0 < entered < len(thrown)


def test_the_memory_of_a_session_is_gone_and_the_homes_own_untouched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(keeper_agent.lab.laboratory, "SHARED_MEMORY", tmp_path)
    home = tmp_path / "home"
    Laboratory("T2", 1, LabSettings(coins=1), operator(keeper_home=home)).run(0.2)
    assert list(tmp_path.iterdir()) == []


def test_wrong_conditions_are_refused_in_words() -> None:
    for scenario, wrong, words in (
        ("T9", LabSettings(), "tier must be one of"),
        ("T2", LabSettings(coins=6), "1 to 5 thin coins, was 6"),
        ("T2", LabSettings(parameters={"edge": 1}), "unknown parameter 'edge'"),
        ("T2", LabSettings(exploration=0.9), "probe_share must be between"),
    ):
        with pytest.raises(BadUsage, match=words):
            Laboratory(scenario, 1, wrong, operator())
    with pytest.raises(BadUsage, match="positive number of minutes"):
        Laboratory("T2", 1, settings(), operator()).run(0)
    with pytest.raises(BadUsage, match="delays must be positive"):
        replace(Latency(), request_ms=0.0)
