"""The dataset holds every round trip once, as known, with all that is asked for and weights to trust."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keeper_agent.dataset import Written, require_dataset_path, write_dataset
from memory import round_trips
from memory.episodes import EpisodeLog
from memory.round_trips import TripFilter
from memory.store import Store
from tests.support.commands import Here
from tests.support.documents import DATASET_PAGE, dataset_page
from tests.unit.memory.conftest import Maker
from tools.domain.errors import BadUsage, NotEnoughData
from tools.domain.market import UNITS, Side
from tools.domain.trading import Action, Result
from tools.models.round_trips import COLUMNS

K8 = [
    "symbol",
    "entry_price",
    "outcome",
    "aggressor_ratio_60s",
    "large_trades_count",
    "trade_size_variance",
    "tape_velocity",
    "order_lifetime_avg",
    "spoofing_score",
    "mm_spread_stability",
    "book_refresh_rate",
    "mm_detected",
    "mm_confidence",
    "mm_avg_order_size",
    "mm_spread_bps",
    "mm_lower_bound",
    "mm_upper_bound",
    "our_size_usd",
    "our_size_ratio",
    "split_needed",
    "split_count",
    "entry_slippage_bps",
    "mm_scared_away",
    "entry_quality_score",
]
LATE = TripFilter(as_of=2**62)


@pytest.fixture
def make() -> Maker:
    return Maker()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "home") as found:
        yield found


@pytest.fixture
def log(store: Store, make: Maker) -> EpisodeLog:
    found = EpisodeLog(store)
    make.begin(found)
    return found


def traded(
    log: EpisodeLog, make: Maker, n: int, *, result: Result = Result.TAKE_PROFIT, **sensed: Any
) -> None:
    """A signal that was entered in two slices at another price than wanted, and its paper follow."""
    signal = make.signal(n)
    signal = replace(signal, features={**signal.features, "mid": 61_000.0 + n, "spread_bps": 10.0, **sensed})
    decision = make.decision(signal)
    log.record_signal(signal)
    log.record_decision(decision)
    for attempt, (price, size) in enumerate(((61_000, UNITS // 1000), (61_030, 2 * UNITS // 1000))):
        intent = make.intent(decision, attempt, size=size)
        log.record_intent(intent)
        log.record_fill(make.fill(intent, f"t{n}-{attempt}", price=price * UNITS))
    leaving = make.intent(decision, 2, side=Side.SELL, leg="exit", size=3 * UNITS // 1000)
    log.record_intent(leaving)
    log.record_fill(make.fill(leaving, f"t{n}-out", price=61_050 * UNITS))
    log.record_outcome(make.outcome(decision))
    log.record_outcome(make.outcome(decision, "taken", result=result))


def skipped(log: EpisodeLog, make: Maker, n: int, **outcome: Any) -> None:
    signal = make.signal(n)
    signal = replace(signal, features={**signal.features, "mid": 61_000.0 + n})
    decision = make.decision(signal, action=Action.SKIP, plan=None)
    log.record_signal(signal)
    log.record_decision(decision)
    log.record_outcome(make.outcome(decision, **outcome))


def dollars(venue: str, symbol: str) -> Decimal:
    return Decimal(1)


def written(store: Store, out: Path, wanted: TripFilter = LATE) -> tuple[Written, list[dict[str, Any]]]:
    found = write_dataset(store, wanted, out, dollars, lambda done, total: None)
    return found, pq.read_table(out).to_pylist()  # type: ignore[no-untyped-call]


def test_a_taken_trip_tells_what_was_planned_paid_and_lost_on_the_way(
    store: Store, log: EpisodeLog, make: Maker, tmp_path: Path
) -> None:
    traded(log, make, 1, mm_avg_order_size=61.0, mm_detected=1.0)
    found, rows = written(store, tmp_path / "trips.parquet")
    assert dict(found.rows) == {"taken": 1, "shadow": 1}
    (taken,) = (row for row in rows if row["kind"] == "taken")
    assert set(K8) <= set(taken)
    paid = (61_000 * 1 + 61_030 * 2) / 3
    assert taken["entry_slippage_bps"] == pytest.approx((paid / (61_000 + 1e-8) - 1) * 1e4)
    assert taken["entry_quality_score"] == pytest.approx(1 - taken["entry_slippage_bps"] / 10.0)
    assert (taken["split_needed"], taken["split_count"], taken["our_size_usd"]) == (True, 2, 183.0)
    assert taken["our_size_ratio"] == pytest.approx(2 * 61.0 / 61.0)
    assert (taken["outcome"], taken["mm_scared_away"], taken["mm_detected"]) == ("take_profit", False, True)
    assert (taken["entry_price"], taken["ts"]) == (61_000.0, make.ts(1))
    assert taken["regime"] == "volatile"
    assert taken["time_to_stop_s"] is None
    assert taken["spoofing_score"] is None, "nothing to say is not zero"
    (paper,) = (row for row in rows if row["kind"] == "shadow")
    assert paper["signal_id"] == taken["signal_id"]
    assert paper["entry_slippage_bps"] is None, "nothing was bought on paper"


@pytest.mark.parametrize(
    ("result", "left", "is_judged"), [(Result.ABORT, True, True), (Result.CLOSE_OUT, False, False)]
)
def test_an_abort_is_a_market_maker_that_left_and_a_sessions_end_judges_no_entry(
    store: Store, log: EpisodeLog, make: Maker, tmp_path: Path, result: Result, left: bool, is_judged: bool
) -> None:
    traded(log, make, 1, result=result)
    (taken,) = (row for row in written(store, tmp_path / "t.parquet")[1] if row["kind"] == "taken")
    assert (taken["mm_scared_away"], taken["entry_quality_score"] is not None) == (left, is_judged)


def test_only_what_was_known_and_asked_for_is_in_it(
    store: Store, log: EpisodeLog, make: Maker, tmp_path: Path
) -> None:
    for n in range(4):
        skipped(log, make, n)
    skipped(log, make, 4, result=Result.UNFILLED, net_bps=None, ts_entry=None)
    known = make.ts(2) + 7 * 10**9
    assert found_at(store, tmp_path, TripFilter(as_of=known)) == [make.ts(n) for n in (0, 1, 2)]
    assert found_at(store, tmp_path, TripFilter(as_of=known - 1)) == [make.ts(0), make.ts(1)]
    between = TripFilter(as_of=2**62, ts_from=make.ts(1), ts_to=make.ts(3))
    assert found_at(store, tmp_path, between) == [make.ts(1), make.ts(2)]
    with pytest.raises(NotEnoughData, match="no round trip"):
        found_at(store, tmp_path, TripFilter(as_of=2**62, world="live"))
    assert not (tmp_path / "none.parquet").exists()


def found_at(store: Store, tmp_path: Path, wanted: TripFilter) -> list[int]:
    return [row["ts"] for row in written(store, tmp_path / "trips.parquet", wanted)[1]]


def test_pages_do_not_change_the_rows_and_a_market_played_again_counts_once(
    store: Store, log: EpisodeLog, make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(7):
        skipped(log, make, n)
    again = replace(make.signal(9), features={**make.signal(9).features, "mid": 61_000.0 + 5, "regime": 2.0})
    decision = make.decision(again, action=Action.SKIP, plan=None)
    log.record_signal(again)
    log.record_decision(decision)
    log.record_outcome(make.outcome(decision))
    whole, rows = written(store, tmp_path / "whole.parquet")
    assert (whole.repeated, whole.rows["shadow"]) == (1, 7)
    assert [row["ts"] for row in rows] == [make.ts(n) for n in (0, 1, 2, 3, 4, 6, 9)], "the last one is kept"
    monkeypatch.setattr(round_trips, "PAGE", 3)
    paged, again_rows = written(store, tmp_path / "paged.parquet")
    assert (paged, again_rows) == (whole, rows)


def test_overlapping_trips_weigh_less_and_the_file_says_what_it_is(
    store: Store, log: EpisodeLog, make: Maker, tmp_path: Path
) -> None:
    for n in range(3):
        skipped(log, make, n, ts_known=make.ts(n) + (20 if n == 0 else 5) * 10**9)
    found, rows = written(store, tmp_path / "trips.parquet")
    assert [row["weight"] for row in rows] == pytest.approx([0.875, 0.5, 1.0])
    assert found.effective["shadow"] == pytest.approx(2.375)
    said = pq.ParquetFile(tmp_path / "trips.parquet").metadata.metadata  # type: ignore[no-untyped-call]
    assert said[b"keeper.sha256"].decode() == found.sha256
    assert said[b"keeper.schema_version"] == b"3"
    require_dataset_path(tmp_path / "trips.parquet")
    foreign = tmp_path / "foreign.parquet"
    pq.write_table(pa.table({"a": [1]}), foreign)  # type: ignore[no-untyped-call]
    with pytest.raises(BadUsage, match="neither"):
        require_dataset_path(foreign)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(monkeypatch, capsys)


def test_the_command_says_where_and_what(here: Here, make: Maker, own_home: Path) -> None:
    with Store.open(own_home) as store:
        log = EpisodeLog(store)
        make.begin(log)
        traded(log, make, 1)
    told = here("dataset", "export", "--json").json
    assert Path(told["out"]) == own_home / "datasets" / "round_trips.parquet"
    assert told["rows"] == {"shadow": 1, "taken": 1}
    assert told["columns"] == len(COLUMNS) + 1
    here("dataset", "export", "--since", "soon").fails_in_one_line(2, "--since", "soon")
    here("dataset", "export", "--symbol", "NOPEUSDT").fails_in_one_line(8, "no round trip")


def test_the_page_of_the_columns_is_made_from_the_code() -> None:
    assert DATASET_PAGE.read_text("utf-8") == dataset_page(), "run: python -m tests.support.documents"
