"""What was downloaded warms the stores of a run: what was closed, of the right world, and nothing else."""

from collections import Counter
from pathlib import Path

import pytest

from keeper_agent.candles import candle_maker, warm, warmth
from keeper_agent.settings import load_settings
from tests.support.candle_markets import GRID_NS, SPAN_NS, downloaded, rising
from tests.support.executions import COIN
from tools.domain.errors import BadInput
from tools.domain.market import NANOS
from tools.domain.parameter import default_parameters
from tools.domain.trading import World
from tools.market.candles import TIMEFRAMES, CandleStore, rolled_up
from tools.market.history.candle_file import LOCAL, CandleFile

START = GRID_NS + 10 * NANOS
SMALL = rising(700, GRID_NS + 5 * SPAN_NS, step=0.0004)  # five of them not closed at the start


def warmed(home: Path, world: World = World.RECORDED) -> tuple[CandleStore, Counter[str]]:
    store, counts = CandleStore(), Counter[str]()
    warm(store, home / "history", world, COIN, START, counts)
    return store, counts


def test_the_small_file_warms_all_timeframes_as_far_as_it_goes(tmp_path: Path) -> None:
    downloaded(tmp_path, SMALL)
    store, counts = warmed(tmp_path)
    closed = SMALL[:-5]
    assert store.ring("COINEUR", "5m").window(START).tolist() == closed[-500:].tolist()
    for name in ("30m", "4h", "1d"):
        expected = rolled_up(closed, TIMEFRAMES["5m"], TIMEFRAMES[name])
        assert store.ring("COINEUR", name).window(START).tolist() == expected.tolist()
        assert counts[f"warmed {name}"] == len(expected) > 0
    assert counts["warmed 5m"] == 500


def test_a_file_of_a_timeframe_is_taken_and_the_small_ones_go_on_from_it(tmp_path: Path) -> None:
    downloaded(tmp_path, SMALL)
    old = rising(300, GRID_NS - 12 * SPAN_NS, timeframe="30m", step=0.0001)
    downloaded(tmp_path, old, timeframe="30m")
    store, counts = warmed(tmp_path)
    window = store.ring("COINEUR", "30m").window(START)
    assert window[:-2].tolist() == old.tolist()
    assert window[-2:].tolist() == rolled_up(SMALL, TIMEFRAMES["5m"], TIMEFRAMES["30m"])[-2:].tolist()
    assert counts["warmed 30m"] == 302


def test_without_files_all_is_empty_and_said(tmp_path: Path) -> None:
    store, counts = warmed(tmp_path)
    assert counts == {f"warmed {name}": 0 for name in TIMEFRAMES}
    assert len(store.ring("COINEUR", "5m").window(START)) == 0


def test_what_a_local_venue_made_up_is_never_taken_for_what_happened(tmp_path: Path) -> None:
    downloaded(tmp_path, SMALL)
    assert warmed(tmp_path, World.VENUE)[1]["warmed 5m"] == 0
    file = CandleFile(
        tmp_path / "history" / "binance-local" / "COINEUR-5m.parquet", "binance", "COINEUR",
        TIMEFRAMES["5m"], LOCAL,
    )  # fmt: skip
    file.path.parent.mkdir()
    file.add(SMALL)
    file.save()
    assert warmed(tmp_path, World.VENUE)[1]["warmed 5m"] == 500
    file.path.rename(tmp_path / "history" / "binance" / "COINEUR-5m.parquet")
    with pytest.raises(BadInput, match="expected candles of source live, was local"):
        warmed(tmp_path)


def test_a_file_that_is_no_candles_is_one_line(tmp_path: Path) -> None:
    downloaded(tmp_path, SMALL).write_bytes(b"no candles at all")
    with pytest.raises(BadInput, match=r"COINEUR-5m\.parquet: not readable as candles"):
        warmed(tmp_path)


def test_a_run_moved_in_time_has_no_history_and_one_that_is_off_no_candles(tmp_path: Path) -> None:
    downloaded(tmp_path, SMALL)
    settings = load_settings(keeper_home=tmp_path)

    def counted(parameters: float, *, is_moved: bool) -> Counter[str] | None:
        counts = Counter[str]()
        chosen = default_parameters({"candle_signals": parameters})
        make = candle_maker(settings, World.RECORDED, chosen, START, is_moved=is_moved)
        return None if make(COIN, counts) is None else counts

    assert counted(0, is_moved=False) is None
    assert counted(1, is_moved=True) == Counter()
    found = counted(1, is_moved=False)
    assert found is not None
    assert found["warmed 5m"] == 500


def test_a_run_is_named_by_the_candles_it_begins_with_and_not_by_later_ones(tmp_path: Path) -> None:
    settings = load_settings(keeper_home=tmp_path, keeper_candles=tmp_path / "history")
    names = []
    other = SMALL.copy()
    other["volume"][-10] += 1.0
    later = SMALL.copy()
    later["volume"][-1] += 1.0
    for candles in (SMALL, other, later, SMALL[:0]):
        downloaded(tmp_path, candles).touch()
        names.append(warmth(settings, World.RECORDED, COIN, START))
        for path in (tmp_path / "history" / "binance").iterdir():
            path.unlink()
    assert names[0] == names[2]
    assert len(set(names)) == 3
