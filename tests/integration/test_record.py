"""``keeper record`` against a venue on this machine: killed, started again, interrupted; its files replay."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from tests.support.commands import Here
from tests.support.market_server import MarketServer, until
from tools.domain.errors import KeeperError
from tools.domain.market import Instrument
from tools.market.events import BOOK, PRINT, RESET
from tools.market.instruments import instrument_for
from tools.market.tapes import find_tapes
from tools.market.tardis import read_recording

A = "AUSDT"


async def recorder(server: MarketServer, out: Path, *more: str) -> asyncio.subprocess.Process:
    words = ["record", "--venue", server.dialect, "--symbols", A, "--out", str(out), "--json"]
    words += ["--base-url", server.base_url, *more]
    run = "from keeper_agent.cli import main; main()"
    piped = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, "-c", run, *words, stdout=piped, stderr=piped)


async def trading(server: MarketServer, rounds: int) -> None:
    for n in range(rounds):
        await server.move(A, (1, 90 + n % 11, n % 4), (-1, 102 + n % 5, 1 + n % 3))
        await server.trade(A, 1 if n % 2 else -1, 101, n + 1)


def last_book(out: Path, instrument: Instrument) -> tuple[dict[tuple[int, int], int], list[int]]:
    book: dict[tuple[int, int], int] = {}
    sizes: list[int] = []
    for tape in find_tapes(out):
        events = read_recording(tape.trades, tape.book, instrument).events
        sizes += events[events["kind"] == PRINT]["size"].tolist()
        for row in events[events["kind"] == BOOK]:
            if row["flags"] & RESET:
                book = {}
            book[int(row["side"]), int(row["price"])] = int(row["size"])
    return {level: size for level, size in book.items() if size}, sizes


def kept_book(out: Path, instrument: Instrument) -> dict[tuple[int, int], int]:
    """The book that is on disk by now, empty while nothing can be read there."""
    try:
        return last_book(out, instrument)[0]
    except KeeperError:
        return {}


@pytest.mark.parametrize("dialect", ["binance", "mexc"])
def test_killed_and_interrupted_recorders_leave_what_the_venue_said(dialect: str, tmp_path: Path) -> None:
    async def play() -> dict[str, object]:
        async with MarketServer(dialect).running() as server:
            first = await recorder(server, tmp_path)
            await until(lambda: server.followers(A) == 1 and server.asked == 1)
            await trading(server, 30)
            instrument = instrument_for(dialect, A)
            await until(lambda: bool(kept_book(tmp_path, instrument)))
            first.send_signal(signal.SIGKILL)
            await first.communicate()
            assert last_book(tmp_path, instrument)[0]
            second = await recorder(server, tmp_path)
            await until(lambda: server.followers(A) == 1 and server.asked == 2)
            await trading(server, 30)
            await until(lambda: kept_book(tmp_path, instrument) == server.book(A))
            await trading(server, 30)  # nobody has asked for these to be written yet
            await server.heard(A)
            second.send_signal(signal.SIGINT)
            said, complained = await second.communicate()
            assert second.returncode == 0, complained
            book, sizes = last_book(tmp_path, instrument)
            assert book == server.book(A)
            assert sizes[-30:] == list(range(1, 31))
            return dict(json.loads(said))

    summary = asyncio.run(play())
    assert isinstance(summary["rows"], int)
    assert summary["rows"] >= 90


def test_wrong_words_are_one_line_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("record", "--venue", "binance", "--symbols", A, "--out", tmp_path / "x", "--json")
    said = Here(monkeypatch, capsys)(*words, "--base-url", "http://127.0.0.1:9", "--rotate", "90s")
    said.fails_in_one_line(2, "--rotate expects a length from 1m to 1d")
    assert said.err.count("\n") == 1
    assert not (tmp_path / "x").exists()
