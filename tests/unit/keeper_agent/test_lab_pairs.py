"""Pairs of worlds: nothing changed is no difference at all; too large an order drives the maker away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.laboratory import Laboratory
from keeper_agent.lab.many import MEASURES, Job, measured, measured_all, totals
from keeper_agent.lab.pairs import Comparison, Pairs, absent
from tests.support.laboratory import operator, settings
from tools.domain.errors import BadUsage
from venue.participants.quoting import Family

# Twenty times and more what the maker quotes, sold at the market again and again; nothing else differs.
PATIENT = {
    "departure_rest_s": 1.0,
    "abort_confidence": 0.0,
    "abort_bounds_move_bps": 1000.0,
    "stop_bps": 200.0,
}
LARGE = {"min_order_size_usd": 200.0, "default_order_size_usd": 200.0, "max_order_size_usd": 1000.0}


def pairs(base: LabSettings, changed: LabSettings, **given: object) -> Comparison:
    """A few short pairs."""
    usual = {"scenario": "T2", "seeds": (3, 5), "minutes": 1.0, "keeper": operator()}
    return Pairs(base=base, changed=changed, **(usual | given)).compare()  # type: ignore[arg-type]


def test_nothing_changed_is_exactly_no_difference() -> None:
    found = pairs(settings(coins=1), settings(coins=1))
    assert sum(row["decisions"] for row in found.base) > 20
    for name in MEASURES:
        assert found.differences(name) == (0.0, 0.0)
        assert found.difference(name).mean == 0.0


def test_a_parameter_changed_shows_in_what_it_governs() -> None:
    base = settings(coins=1)
    changed = replace(base, parameters={**base.parameters, "signal_spacing_s": 10})
    found = pairs(base, changed)
    assert all(change < 0 for change in found.differences("decisions"))


def test_a_memory_in_one_half_shares_the_world_and_is_heard(tmp_path: Path) -> None:
    base = settings(coins=1)
    Laboratory("T2", 3, base, operator()).run(2, keep=tmp_path)
    learned = replace(base, memory=str(tmp_path))
    work = Pairs(scenario="T2", seeds=(3,), base=base, changed=learned, minutes=1, keeper=operator())
    halves = work.halves()
    assert halves[0].start_ns == halves[1].start_ns > base.start_ns
    empty, knowing = (Laboratory("T2", 3, half, operator()).run(1) for half in halves)
    assert empty.run_id == knowing.run_id
    first = [session.chosen[0].decision for session in (empty, knowing)]
    assert first[0].ts == first[1].ts
    assert len(first[0].recalled) == 0 < len(first[1].recalled)


def test_without_keeper_there_is_no_trade_of_its() -> None:
    base = settings(coins=1)
    found = pairs(base, absent(base))
    assert all(row["decisions"] == row["orders"] == row["fills"] == 0 for row in found.changed)
    assert all(row["decisions"] > 0 for row in found.base)


def test_orders_far_over_the_tolerance_drive_makers_away() -> None:
    quiet = settings(coins=1, mm_family=Family.LADDER)
    base = replace(quiet, parameters={**quiet.parameters, **PATIENT})
    changed = replace(base, parameters={**base.parameters, **LARGE})
    keeper = operator(risk_appetite="aggressive", position_sizing_mode="fixed")
    found = pairs(base, changed, scenario="T0", seeds=(3,), minutes=5, keeper=keeper)
    assert found.difference("withdrawals_tolerance").mean > 0
    assert all(change < -0.1 for change in found.differences("quoting_share"))


def test_an_interval_needs_ten_pairs() -> None:
    def comparison(n: int) -> Comparison:
        base = tuple({"net_quote": float(i)} for i in range(n))
        changed = tuple({"net_quote": i + 1.0 + 0.1 * (i % 2)} for i in range(n))
        return Comparison(seeds=tuple(range(n)), base=base, changed=changed)

    assert comparison(9).difference("net_quote").interval is None
    found = comparison(20).difference("net_quote")
    assert found.interval is not None
    assert found.n == 20
    assert 1.0 < found.interval[0] < found.mean < found.interval[1] < 1.1


def test_halves_of_different_worlds_are_refused() -> None:
    with pytest.raises(BadUsage, match="must share"):
        pairs(settings(coins=1), settings(coins=2))
    with pytest.raises(BadUsage, match="one pair or more"):
        pairs(settings(coins=1), settings(coins=1), seeds=())


def test_another_process_counts_the_same() -> None:
    job = Job(scenario="T2", seed=3, minutes=0.7, settings=settings(coins=1), keeper=operator())
    alone = measured(job)
    assert list(measured_all([job], workers=2)) == [alone]
    assert totals([alone, alone])["decisions"] == 2 * alone["decisions"] > 0
