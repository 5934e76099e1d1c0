"""Signals of candles go the way of all signals: decided, followed, remembered, explained, the same live."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from sqlalchemy import select

from graphs.explanation import explain
from keeper_agent.lookahead import look_ahead
from keeper_agent.retaking import retake
from keeper_agent.settings import load_settings
from memory.schema import METADATA
from memory.store import Store
from tests.replay.test_live_equals_replay import in_frames
from tests.support.candle_markets import BASE, CENT, GRID_NS, SPAN_NS, downloaded, rising, ticking
from tests.support.executions import COIN
from tests.support.replays import Record, before, record_of, up_to
from tools.domain.identity import decision_id
from tools.domain.market import NANOS
from tools.domain.sources import is_from_candles
from tools.market.history.candles import Candles

SIGNALS = METADATA.tables["signal"]
ON = "candle_signals=1,momentum_threshold=0.04,candle_hold=1,score_threshold=75,entry_timeout_s=250"
START = GRID_NS - 100 * NANOS  # the span under way is not seen whole; the first whole one ends at +5 min
EVENTS = ticking(START, 1_320, every=1)  # to 17 s after the fourth end
BEFORE = rising(80, GRID_NS - SPAN_NS)  # as a download just before the start gives them


def recorded(folder: Path, *, candles: Candles | None = BEFORE, parameters: str = ON, **how: Any) -> Record:
    if candles is not None:
        downloaded(folder / "home", candles)
    return record_of(folder, EVENTS, COIN, parameters=parameters, **how)


def rows(record: Record, name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in record[name].splitlines()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Record]:
    folder = tmp_path_factory.mktemp("candles")
    return folder, recorded(folder)


def signals(folder: Path) -> list[dict[str, Any]]:
    with Store.open(folder / "home", read_only=True) as store:
        found = store.read(select(SIGNALS).order_by(SIGNALS.c.ts, SIGNALS.c.signal_id))
        return [dict(row) for row in found]


def test_a_trend_in_the_downloads_goes_on_in_the_feed_and_is_signalled(run: tuple[Path, Record]) -> None:
    found = [one for one in signals(run[0]) if is_from_candles(one["source"])]
    assert {one["source"] for one in found} >= {"continuation.5m", "momentum.5m"}
    for one in found:
        assert one["ts"] >= one["ts_event"] + NANOS, "a signal before its candle was closed"
        assert (one["ts_event"] - GRID_NS) % SPAN_NS == 0
        assert one["stop"] < one["entry_price"] < one["take_profit"]
        assert one["entry_price"] % CENT == one["stop"] % CENT == one["take_profit"] % CENT == 0
        assert one["hold_timeout_ns"] == SPAN_NS
    assert min(one["ts_event"] for one in found) == GRID_NS + SPAN_NS
    first = next(one for one in found if one["source"] == "continuation.5m")
    gain, loss = first["take_profit"] - first["entry_price"], first["entry_price"] - first["stop"]
    assert gain / loss == pytest.approx(1.5, abs=0.02)  # 3 and 2 ATR
    assert abs(first["entry_price"] - BASE * CENT) < 60 * CENT


def test_each_is_decided_followed_and_counted(run: tuple[Path, Record]) -> None:
    found = {one["signal_id"] for one in signals(run[0]) if is_from_candles(one["source"])}
    decided = [one["signal_id"] for one in rows(run[1], "decisions")]
    assert found <= set(decided)
    assert len(decided) == len(set(decided))
    followed = [one for one in rows(run[1], "outcomes") if one["signal_id"] in found]
    assert {one["kind"] for one in followed} == {"shadow", "taken"}  # one was probed


def test_explain_tells_what_the_signal_was_made_of(run: tuple[Path, Record]) -> None:
    first = next(one for one in signals(run[0]) if one["source"] == "continuation.5m")
    with Store.open(run[0] / "home", read_only=True) as store:
        told = explain(store, decision_id(first["signal_id"]))
    inputs = {one["name"]: one for one in told["known_then"]["inputs"]}
    assert inputs["candle_minutes"] == {"name": "candle_minutes", "value": 5.0, "unit": "min"}
    assert inputs["candle_missing"]["value"] == 1.0  # the span in which the feed began
    assert inputs["candle_confidence"]["value"] == pytest.approx(first["confidence"])
    assert all(one["unit"] for name, one in inputs.items() if name.startswith("candle_"))
    line = next(line for line in told["story"] if line.startswith("From closed candles of 5 min"))
    assert f"score {first['confidence']:.0%}" in line
    assert line.endswith("1 of the last 50 missing.")


def test_such_a_decision_taken_again_is_the_same(run: tuple[Path, Record]) -> None:
    settings = load_settings(keeper_home=run[0] / "home")
    found = {one["signal_id"] for one in signals(run[0]) if is_from_candles(one["source"])}
    names = [one["decision_id"] for one in rows(run[1], "decisions") if one["signal_id"] in found]
    with Store.open(run[0] / "home", read_only=True) as store:
        assert all(retake(store, settings, name, {}).differences == () for name in names)


@pytest.mark.parametrize("seed", [1, 2])
def test_live_and_replay_raise_and_decide_the_same(
    run: tuple[Path, Record], tmp_path: Path, seed: int
) -> None:
    assert recorded(tmp_path, drive=in_frames(seed)) == run[1]


def test_a_planted_future_candle_is_invisible(run: tuple[Path, Record], tmp_path: Path) -> None:
    future = rising(40, GRID_NS + 40 * SPAN_NS)
    for name in ("open", "high", "low", "close"):
        future[name] *= 1_000.0
    planted = np.concatenate([BEFORE, future[future["open_time"] > BEFORE["open_time"][-1]]])
    assert len(planted) > len(BEFORE) + 30
    assert recorded(tmp_path, candles=planted) == run[1]


def test_a_candle_that_was_not_closed_at_the_start_is_not_taken(
    run: tuple[Path, Record], tmp_path: Path
) -> None:
    open_one = rising(1, GRID_NS)  # opened before the start, closes after it
    open_one["close"] = open_one["high"] = 5_000.0
    assert recorded(tmp_path, candles=np.concatenate([BEFORE, open_one])) == run[1]


def test_the_rest_of_the_recording_changes_nothing_before_it(
    run: tuple[Path, Record], tmp_path: Path
) -> None:
    cut = GRID_NS + 2 * SPAN_NS + 90 * NANOS
    downloaded(tmp_path / "home", BEFORE)
    part = record_of(tmp_path, up_to(EVENTS, cut), COIN, parameters=ON)
    end = cut - NANOS
    for name in ("decisions", "outcomes"):
        assert before(part, name, end) == before(run[1], name, end) != b""


def test_the_look_for_look_ahead_sees_the_candles_and_finds_nothing(tmp_path: Path) -> None:
    downloaded(tmp_path, BEFORE)
    settings = load_settings(keeper_home=tmp_path, keeper_parameters=ON)
    (cut,) = look_ahead(settings, COIN, EVENTS, None, [GRID_NS + 2 * SPAN_NS + 90 * NANOS])
    assert cut.differences == ()
    assert cut.compared["signal"] >= 2


def test_off_is_off_and_no_file_is_read(tmp_path: Path) -> None:
    path = downloaded(tmp_path / "home", BEFORE)
    path.write_bytes(b"no candles at all")
    recorded(tmp_path, candles=None, parameters="candle_hold=1")
    assert not [one for one in signals(tmp_path) if is_from_candles(one["source"])]
    assert path.read_bytes() == b"no candles at all"


def test_without_downloads_fifty_candles_come_first(tmp_path: Path) -> None:
    recorded(tmp_path, candles=None)
    assert not [one for one in signals(tmp_path) if is_from_candles(one["source"])]
