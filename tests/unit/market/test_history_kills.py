"""A process that dies at any step of writing leaves a whole file, the old one or the new one."""

import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.histories import DAY, MINUTE, START, SYMBOL, Ear
from tools.domain.errors import BadInput
from tools.market.history.candle_file import CandleFile, open_candles
from tools.market.history.candles import CANDLE
from tools.market.history.day_file import contents_of
from tools.market.history.files import set_aside, sole_writer
from tools.market.history.prints import page_of, told_ids
from tools.market.history.timeframes import Timeframe
from tools.market.history.trade_store import Day, TradeStore

ONE = Timeframe("1m", MINUTE)
MOST_STEPS = 20


def dies(act: Callable[[], None], arm: Callable[[], None]) -> bool:
    """Run ``act`` in a child that is armed to die; whether it did."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(20)  # a fork beside threads might hang
            arm()
            act()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0, "it failed by itself"
        return False
    assert os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGXFSZ)
    return True


def dies_at(step: int, act: Callable[[], None]) -> bool:
    """Whether ``act`` died; it is killed before its ``step``-th write, flush or rename."""
    return dies(act, lambda: _arm(step))


def dies_after(n_bytes: int, act: Callable[[], None]) -> bool:
    """Whether ``act`` died; it is killed when a file grows beyond ``n_bytes``."""

    def arm() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))

    return dies(act, arm)


def _arm(step: int) -> None:
    left = step

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **options)

        return call

    os.fsync = counted(os.fsync)
    for name in ("replace", "write_bytes", "open"):
        setattr(Path, name, counted(getattr(Path, name)))


def candles(first: int, n: int) -> Any:
    """Some, from minute ``first`` on."""
    made = np.ones(n, CANDLE)
    made["open_time"] = (START + np.arange(first, first + n) * MINUTE) * 1_000
    return made


def opened(folder: Path, ear: Ear) -> CandleFile:
    """The file under test."""
    path = folder / "SOLUSDT-1m.parquet"
    return open_candles(path, venue="binance", symbol=SYMBOL, timeframe=ONE, note=ear.note)


@pytest.mark.parametrize("n_before", [0, 50])
def test_candles_survive_a_kill_at_every_step(n_before: int, tmp_path: Path) -> None:
    ear = Ear()

    def save(n: int) -> None:
        file = opened(tmp_path, ear)
        file.add(candles(0, n))
        file.settle((START, START + n * MINUTE))
        file.save()

    if n_before:
        save(n_before)
    seen = set()
    for step in range(MOST_STEPS):
        was_killed = dies_at(step, lambda: save(80))
        file = opened(tmp_path, ear)
        seen.add(len(file.candles))
        assert len(file.candles) in (n_before, 80)
        assert file.covered.missing(START, START + len(file.candles) * MINUTE) == []
        if not was_killed:
            break
    assert (step, seen, ear.notes) == (3, {n_before, 80}, [])


def test_candles_survive_a_kill_at_every_byte(tmp_path: Path) -> None:
    ear = Ear()

    def save(n: int) -> None:
        file = opened(tmp_path, ear)
        file.add(candles(0, n))
        file.save()

    save(50)
    n_bytes = opened(tmp_path, ear).path.stat().st_size
    for limit in range(0, n_bytes, n_bytes // 12):
        assert dies_after(limit, lambda: save(500))
        assert len(opened(tmp_path, ear).candles) == 50
    save(500)
    assert len(opened(tmp_path, ear).candles) == 500
    assert ear.notes == []


def page(first: int, n: int) -> Any:
    """Trades with these ids, one a second."""
    rows = [
        {"a": number, "p": "1.5", "q": "2", "T": START + 1_000 * number, "m": False}
        for number in range(first, first + n)
    ]
    return page_of(rows, 1_000, told_ids)


def test_trades_survive_a_kill_at_every_step(tmp_path: Path) -> None:
    ear = Ear()

    def grow() -> None:
        store = TradeStore(tmp_path, "binance", SYMBOL, ear.note)
        day, file = store.day(START), store.file(START)
        begun = file.begin(day.contents)
        for first in range((begun.last_id or 0) + 1, 61, 20):
            file.add(page(first, 20))
        store.record(START, Day(START + DAY, file.publish(), 60, 1, 60))

    path = TradeStore(tmp_path, "binance", SYMBOL, ear.note).file(START).path
    steps = []
    for step in range(MOST_STEPS):
        was_killed = dies_at(step, grow)
        if path.exists():
            assert contents_of(path, "binance", SYMBOL).rows == 60, "a file with a name is whole"
        steps.append(path.exists())
        store = TradeStore(tmp_path, "binance", SYMBOL, ear.note)
        assert store.day(START).rows == (60 if path.exists() else 0)
        if not was_killed:
            break
        for left in tmp_path.iterdir():  # each step is tried on a fresh folder, but for the last
            left.unlink()
    assert steps[0] is False
    assert steps[-1] is True
    assert steps == sorted(steps), "once it is there, it stays"
    assert ear.notes == []
    assert {path.name for path in tmp_path.iterdir()} == {path.name, store.checkpoint.name}


def test_trades_survive_a_kill_at_every_byte(tmp_path: Path) -> None:
    ear = Ear()

    def grow(n: int) -> None:
        store = TradeStore(tmp_path, "binance", SYMBOL, ear.note)
        day, file = store.day(START), store.file(START)
        begun = file.begin(day.contents)
        for first in range((begun.last_id or 0) + 1, n + 1, 10):
            file.add(page(first, 10))
        store.record(START, Day(START + n, file.publish(), n, 1, n))

    grow(30)
    store = TradeStore(tmp_path, "binance", SYMBOL, ear.note)
    path, n_rests = store.file(START).path, 0
    n_bytes = path.stat().st_size
    for limit in range(n_bytes, 2 * n_bytes, n_bytes // 9):
        assert dies_after(limit, lambda: grow(100))
        assert contents_of(path, "binance", SYMBOL).rows == 30
        rest = store.file(START).begin(store.day(START).contents).rows
        assert rest % 10 == 0
        n_rests += rest > 30
    assert n_rests > 3
    grow(100)
    assert contents_of(path, "binance", SYMBOL).rows == 100
    assert ear.notes == []


def test_rest_of_a_kill_is_gone_on_with(tmp_path: Path) -> None:
    store = TradeStore(tmp_path, "binance", SYMBOL, Ear().note)
    file = store.file(START)
    file.begin(Day(START).contents)
    file.add(page(1, 20))
    begun = store.file(START).begin(store.day(START).contents)
    assert (begun.rows, begun.last_id, begun.last_ms) == (20, 20, START + 20_000)


def test_names_aside_are_never_taken_twice(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        path = tmp_path / "file"
        path.write_text(str(number))
        assert set_aside(path) == tmp_path / f"file.damaged-{number}"
    assert [(tmp_path / f"file.damaged-{number}").read_text() for number in (1, 2, 3)] == ["1", "2", "3"]


def test_folder_has_one_writer_at_a_time(tmp_path: Path) -> None:
    with (
        sole_writer(tmp_path),
        pytest.raises(BadInput, match="another download is writing here"),
        sole_writer(tmp_path),
    ):
        pass
    with sole_writer(tmp_path):
        pass
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="cannot write here"), sole_writer(tmp_path / "file" / "below"):
        pass
