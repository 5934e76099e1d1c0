"""``keeper download`` as a user has it: killed, interrupted, started again, misled, cut off."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.support.commands import ROOT, Here, Said, command, environment
from tests.support.histories import DAY, HOUR, MINUTE, NS_A_MS, START, SYMBOL, Past, in_time, past
from tools.market.tardis import read_trades

PIPE = asyncio.subprocess.PIPE
DEAD = "http://127.0.0.1:9"  # discard; nobody listens


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    monkeypatch.setenv("KEEPER_HOME", str(tmp_path))
    return Here(monkeypatch, capsys)


async def started(home: Path, venue: Past, *words: str) -> asyncio.subprocess.Process:
    """A running ``keeper download`` at the venue."""
    more = ("--venue", "binance", "--base-url", venue.base_url, "--json")
    surroundings = environment(home, {"PYTHONPATH": str(ROOT)})  # this checkout, wherever it is
    return await asyncio.create_subprocess_exec(
        *command("download", *words, *more), env=surroundings, cwd=home, stdout=PIPE, stderr=PIPE
    )


async def done(here: Here, venue: Past, *words: str) -> Said:
    """``keeper download`` to its end, in a thread beside the venue."""
    more = ("--venue", "binance", "--base-url", venue.base_url, "--json")
    return await asyncio.to_thread(here, "download", *words, *more)


async def struck(venue: Past, running: asyncio.subprocess.Process) -> None:
    """Wait for the armed fault to strike."""
    while not venue.struck():
        assert running.returncode is None, await running.communicate()
        await asyncio.sleep(0.01)


def rows(*paths: str) -> list[tuple[int, int]]:
    """Stamps (ms) and sizes of trade files."""
    found: list[tuple[int, int]] = []
    for path in paths:
        events = read_trades(Path(path), symbol=SYMBOL, venue="binance")
        found += zip((events["ts_event"] // NS_A_MS).tolist(), events["size"].tolist(), strict=True)
    return found


def printed(venue: Past) -> list[tuple[int, int]]:
    """The same of the venue's tape, settled trades only."""
    lot = int(venue.market.words.rules.lot * 10**8)
    tape = venue.market.prints.aggregates
    return [(one.ms, one.size * lot) for one in tape if one.ms < venue.now - 2_000]


def test_killed_download_of_trades_goes_on_without_loss(here: Here, tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR) as venue:
            words = ("trades", "--symbols", SYMBOL, "--since", "2025-01-01")
            venue.arm(kind="hold_before", where="aggTrades", skip=3, seconds=60)
            running = await started(tmp_path, venue, *words)
            await struck(venue, running)
            running.send_signal(signal.SIGKILL)
            await running.communicate()
            folder = tmp_path / "history" / "binance-local"
            assert not list(folder.glob("*.csv.gz.*")) + list(folder.glob("binance*"))
            said = await done(here, venue, *words)
            assert said.code == 0, said.err
            (symbol,) = said.json["symbols"]
            assert rows(*symbol["files"]) == printed(venue)
            assert len(symbol["files"]) == 2
            assert symbol["trades"] == len(printed(venue)) == symbol["new"] + 2_000

    in_time(story)


def test_killed_download_of_candles_goes_on_without_loss(here: Here, tmp_path: Path) -> None:
    async def story() -> None:
        async with past(8 * DAY, step_ms=10 * MINUTE) as venue:
            words = ("candles", "--symbols", "sol/usdt", "--timeframe", "1m", "--out", str(tmp_path / "out"))
            venue.arm(kind="hold_before", where="klines", skip=3 + 11, seconds=60)
            running = await started(tmp_path, venue, *words)
            await struck(venue, running)
            running.send_signal(signal.SIGKILL)
            await running.communicate()
            path = tmp_path / "out" / "SOLUSDT-1m.parquet"
            n_kept = pq.read_table(path).num_rows
            assert 9_000 < n_kept <= 10_000
            said = await done(here, venue, *words)
            assert said.code == 0, said.err
            (symbol,) = said.json["symbols"]
            opens = pq.read_table(path)["open_time"].to_numpy() // 1_000
            first, last = int(opens[0]), int(opens[-1])
            assert opens.tolist() == list(range(first, last + 1, MINUTE))
            assert first == venue.market.prints.trades[0].ms // MINUTE * MINUTE
            assert last == START + 8 * DAY - 2 * MINUTE, "what is younger than two seconds may still change"
            assert symbol["new"] == len(opens) - n_kept
            assert symbol["covered"] == [
                {"from": "2025-01-01T00:00:00.000Z", "up_to": "2025-01-08T23:59:00.000Z"}
            ]

    in_time(story)


def test_interrupted_download_keeps_what_it_has_and_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR, step_ms=MINUTE) as venue:
            venue.arm(kind="hold_before", where="klines", skip=4, seconds=60)
            words = ("candles", "--symbols", SYMBOL, "--timeframe", "1m", "--out", str(tmp_path))
            running = await started(tmp_path, venue, *words)
            await struck(venue, running)
            running.send_signal(signal.SIGINT)
            out, err = await running.communicate()
            Said(running.returncode or 0, out.decode(), err.decode()).fails_in_one_line(130, "interrupted")
            assert pq.read_table(tmp_path / "SOLUSDT-1m.parquet").num_rows > 900

    in_time(story)


def test_faults_on_the_way_change_nothing_but_the_count_of_requests(here: Here, tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR) as venue:
            words = ("trades", "--symbols", SYMBOL, "--since", "2025-01-01")
            for kind in ("error_before", "cut_after", "garbage", "cut_before"):
                venue.arm(kind=kind, where="aggTrades", skip=1)
            said = await done(here, venue, *words)
            assert said.code == 0, said.err
            assert len(venue.struck()) == 4
            assert said.json["asked"]["retries"] == 4
            assert rows(*said.json["symbols"][0]["files"]) == printed(venue)

    in_time(story)


def test_markets_are_shown_from_the_cache(here: Here, tmp_path: Path) -> None:
    async def story() -> None:
        async with past(HOUR) as venue:
            said = await done(here, venue, "symbols", "--quote", "usdt")
            assert said.code == 0, said.err
            first, second = said.json["markets"]
            assert (first["symbol"], first["tick"], first["lot"]) == (SYMBOL, "0.01", "0.001")
            assert (first["min_notional"], first["status"]) == ("5", "TRADING")
            assert float(first["quote_volume_24h"]) > 0 == float(second["quote_volume_24h"])
            weight = venue.facade.desk.limits.weight.count
            assert (await done(here, venue, "symbols")).json == said.json
            assert venue.facade.desk.limits.weight.count == weight, "both answers are young enough"
            assert len(list((tmp_path / "cache").glob("binance-127-0-0-1-*.json"))) == 2

    in_time(story)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--symbols", "A", "--since", "2025-02-01", "--until", "2025-01-01"), "--since must lie before"),
        (("--symbols", "A", "--since", "yesterday"), "--since expects a moment such as 2025-01-01"),
        (("--symbols", "A", "--until", "1999-01-01"), "--until expects a moment"),
        (("--symbols", "A", "--weight", "7"), "--weight must be at least 100 a minute, was 7"),
        (("--symbols", "A", "--base-url", "https://api.binance.com"), "--base-url expects http://HOST:PORT"),
        (("--symbols", "A", "--base-url", "http://[::1"), "--base-url expects http://HOST:PORT"),
    ],
)
@pytest.mark.parametrize("kind", ["candles", "trades"])
def test_wrong_words_are_refused_before_anything_is_asked(
    kind: str, words: tuple[str, ...], expected: str, here: Here
) -> None:
    more = () if "--base-url" in words else ("--base-url", DEAD)
    here("download", kind, "--venue", "binance", *words, *more).fails_in_one_line(2, expected)


def test_unknown_venue_is_refused(here: Here) -> None:
    said = here("download", "candles", "--venue", "nasdaq", "--symbols", "A", "--base-url", DEAD)
    said.fails_in_one_line(2, "--venue expects one of binance, mexc, was 'nasdaq'")


def test_venue_that_is_not_there_is_named(here: Here) -> None:
    said = here("download", "candles", "--venue", "binance", "--symbols", "A", "--base-url", DEAD)
    said.fails_in_one_line(1, "binance gave no usable answer to the time in 4 tries", "127.0.0.1:9")


def test_mistakes_the_venue_reveals_are_one_line(here: Here, tmp_path: Path) -> None:
    async def story() -> None:
        async with past(2 * HOUR) as venue:
            (tmp_path / "file").touch()
            cases: list[tuple[int, tuple[str, ...], tuple[str, ...]]] = [
                (2, ("--symbols", "SOLUSTD"), ("binance lists no SOLUSTD", "did you mean SOLUSDT?")),
                (2, ("--symbols", ","), ("--symbols expects names such as BTCUSDT",)),
                (2, ("--symbols", "../x"), ("--symbols expects names",)),
                (2, ("--symbols", SYMBOL, "--timeframe", "7m"), ("--timeframe expects one", "5m", "'7m'")),
                (2, ("--symbols", SYMBOL, "--since", "2025-01-02"), ("--since must lie in the past",)),
                (3, ("--symbols", SYMBOL, "--out", str(tmp_path / "file")), ("cannot write here",)),
            ]
            for code, words, expected in cases:
                said = await done(here, venue, "candles", *words)
                said.fails_in_one_line(code, *expected)

    in_time(story)


def test_damaged_files_are_said_on_the_way_and_kept(here: Here, tmp_path: Path) -> None:
    async def story() -> None:
        async with past(2 * HOUR) as venue:
            path = tmp_path / "SOLUSDT-5m.parquet"
            path.write_bytes(b"PAR1 and then nothing")
            said = await done(here, venue, "candles", "--symbols", SYMBOL, "--out", str(tmp_path))
            assert said.code == 0
            assert "SOLUSDT-5m.parquet: not readable as candles" in said.err
            assert (tmp_path / "SOLUSDT-5m.parquet.damaged-1").read_bytes() == b"PAR1 and then nothing"
            symbol: dict[str, Any] = json.loads(said.out)["symbols"][0]
            assert symbol["candles"] == pq.read_table(path).num_rows == symbol["new"]

    in_time(story)
