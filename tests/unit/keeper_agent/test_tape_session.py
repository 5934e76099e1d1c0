"""A stage over a tape: the product's own replay, one account a tape, and nothing known before its time."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from keeper_agent.lab.evaluating import train_models
from keeper_agent.lab.evaluating_tapes import by_block, told_by
from keeper_agent.lab.stages import STAGES, Decider, Gate, Manner, Models
from keeper_agent.lab.tape_blocks import blocks_of
from keeper_agent.lab.tape_session import Played, TapeJob, looked_at, played
from tests.support.laboratory import operator
from tests.support.learnable import learnable
from tests.support.tapes import START_NS, synthetic_market
from tools.domain.errors import BadUsage
from tools.domain.market import NANOS
from tools.market.tapes import TapeFiles
from tools.market.tardis_writer import write_recording
from tools.models.claims import claims_of

SECONDS = 180


def tape(folder: Path, seconds: float = SECONDS, *, symbol: str = "BTCUSDT") -> TapeFiles:
    """The first ``seconds`` of one and the same market."""
    events = synthetic_market(seconds=SECONDS)
    kept = events[events["ts_init"] < START_NS + round(seconds * NANOS)]
    folder.mkdir(exist_ok=True)
    return write_recording(folder, kept, symbol=symbol, venue="binance", suffix="csv.gz")


def over(
    files: TapeFiles, *names: str, models: Models | None = None, manner: Manner = Manner.INSIDE
) -> list[Played]:
    """Stages over a tape, whose trips end within seconds."""
    stages = [(name, *STAGES[name].conditions(operator(), models or {}, manner)) for name in names]
    return played(TapeJob(files=files, quote_usd=None, stages=stages, seed=7))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Played:
    (found,) = over(tape(tmp_path_factory.mktemp("tape")), "baseline")
    return found


def test_the_baseline_trades_and_its_trips_add_up(shared: Played) -> None:
    assert len(shared.trips) > 5
    assert shared.entered >= len(shared.entries) > 5
    assert shared.decisions == shared.entered + sum(shared.refused.values())
    assert set(shared.refused) == {"symbol_positions"}  # only what is held stands in its way
    assert shared.left_open == 0
    for trip in shared.trips:
        (parts,) = trip.parts
        assert parts.net == trip.net_bps
        assert parts.entry_fee + parts.exit_fee == pytest.approx(-20, abs=0.1)  # the venue's, not a world's
        assert trip.net_usd == pytest.approx(trip.net_bps * 20 / 1e4, rel=0.05)  # an entry of 20 USD
        assert shared.span[0] <= trip.ts <= shared.span[1]


def test_what_comes_later_on_a_tape_changes_nothing_before(shared: Played, tmp_path: Path) -> None:
    cut = 100
    (part,) = over(tape(tmp_path, cut), "baseline")
    until = START_NS + (cut - 30) * NANOS  # holding lasts 15 s, an entry 10
    early = [trip for trip in shared.trips if trip.ts < until]
    assert len(early) > 2
    assert [trip for trip in part.trips if trip.ts < until] == early
    entered = [entry for entry in shared.entries if entry.ts < until]
    assert [entry for entry in part.entries if entry.ts < until] == entered


def test_a_rate_turns_results_into_dollars_and_none_is_refused(tmp_path: Path) -> None:
    files = tape(tmp_path, symbol="BTCETH")
    conditions, own = STAGES["baseline"].conditions(operator(), {}, Manner.INSIDE)
    job = TapeJob(files=files, quote_usd=None, stages=[("baseline", conditions, own)], seed=7)
    assert looked_at(files).quote == "ETH"
    with pytest.raises(BadUsage, match="BTCETH: what its quote is worth in US dollars is not known"):
        played(job)
    (found,) = played(replace(job, quote_usd=Decimal("0.5")))
    assert len(found.trips) > 5
    for trip in found.trips:
        assert trip.net_usd == pytest.approx(trip.net_bps * 20 / 1e4, rel=0.05)


def test_stages_differ_by_what_they_add(tmp_path: Path) -> None:
    taught = train_models(learnable(), ("v1", "v2"), tmp_path / "models", seed=1)
    ranked = {name: one.decider(Gate.RANK) for name, one in taught.items()}
    by_edge = {name: Decider(one.folder, None) for name, one in ranked.items()}
    files = tape(tmp_path / "tape")
    baseline, ml, mm = over(files, "baseline", "ml", "mm", models=ranked)
    (edge,) = over(files, "ml", models=by_edge)
    assert [one.stage for one in (baseline, ml, mm)] == ["baseline", "ml", "mm"]
    assert (baseline.entered, edge.entered) == (len(baseline.trips), len(edge.trips))
    assert edge.entered > 5  # expected to pay, all of them alike
    assert (ml.entered, set(ml.refused)) == (0, {"abstain"})  # so none of them is in a better half
    assert set(mm.refused) > {"abstain"}
    assert all(reason.startswith("rule.") for reason in set(mm.refused) - {"abstain"})


def test_orders_rest_at_both_ends_in_the_manner_of_a_maker(tmp_path: Path) -> None:
    (found,) = over(tape(tmp_path), "baseline", manner=Manner.MAKER)
    assert found.trips
    assert all(parts.entry_rested == 1 for trip in found.trips for parts in trip.parts)


def test_stretches_hold_every_trip_once_and_accounts_outlast_them(shared: Played) -> None:
    later = replace(shared, span=(shared.span[0], shared.span[1] + 3600 * NANOS))
    blocks = blocks_of([later.span])
    assert len(blocks) > 10
    found = by_block([later, later], blocks)
    net = sorted(value for block in found for value in block.net_bps)
    assert net == sorted(2 * [trip.net_bps for trip in later.trips])
    assert sum(len(block.filled) for block in found) == 2 * len(later.entries)
    assert sum(block.hours for block in found) == pytest.approx(2 * (3600 + SECONDS) / 3600, rel=0.01)
    path = [trip.net_usd for trip in shared.trips]
    claims = claims_of(
        [("baseline", found)], np.random.default_rng(0), tried=1, accounts={"baseline": [path, path]}
    )
    (row,) = claims.stages
    assert row.departures_caused is None  # nobody reacts
    assert row.drawdown_quote == pytest.approx(-sum(path))  # nothing is won here
    assert row.round_trips == 2 * len(path)


def test_a_tape_without_an_entry_lends_no_stretch_to_an_interval(shared: Played) -> None:
    idle = replace(shared, span=(0, 10), entered=0, trips=(), entries=())
    assert told_by([[idle, idle], [idle, shared]]) == [(0, 10)]  # some stage entered on the second
    assert told_by([[shared], [idle]]) == [shared.span]
    assert told_by([[idle], [idle]]) == [(0, 10), (0, 10)]
