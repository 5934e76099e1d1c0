"""``keeper run`` in the live world, end to end against a local venue: its guards, its orders, its silence."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from keeper_agent.lab.child import local_venue
from tests.support.binance_venue import make_client
from tests.support.commands import Here, Said, spoken
from venue.serving.keys import ApiKey

CONFIRMATION = "I trade with real money and may lose it"
PATIENCE_S = 900.0
EAGER = (  # as many entries as can be had, each withdrawn soon
    "max_total_exposure_usd=100,daily_loss_limit_usd=5,min_edge_bps=0,signal_spacing_s=1,"
    "probe_share=0.5,entry_timeout_s=2,hold_timeout_s=5,entry_least_bps=0,exit_lead_s=0"
)


def words_for(venue: Mapping[str, Any], **changed: str) -> dict[str, str]:
    """The environment of a session with everything said."""
    return {
        "KEEPER_WORLD": "live",
        "KEEPER_LIVE_CONFIRM": CONFIRMATION,
        "KEEPER_API_KEY": venue["api_key"],
        "KEEPER_API_SECRET": venue["secret"],
        "KEEPER_BASE_URL": venue["binance"],
        "KEEPER_SYMBOLS": "ORBUSDT,KITEUSDT",
        "KEEPER_PROBES": "always",
        "MAX_ORDER_SIZE_USD": "10",
        "MM_MIN_CONFIDENCE": "0",
        "MM_REFRESH_RATE_MIN": "0",
        "SPOOF_DETECTION_ENABLED": "false",
        "KEEPER_PARAMETERS": EAGER,
    } | changed


@pytest.fixture
def run_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """A session that is refused at once."""

    def run(home: Path, venue: Mapping[str, Any], **changed: str) -> Said:
        monkeypatch.chdir(tmp_path)
        for name, value in (words_for(venue, **changed) | {"KEEPER_HOME": str(home)}).items():
            monkeypatch.setenv(name, value)
        return Here(monkeypatch, capsys)("run", "--json")

    return run


async def until_an_order(home: Path, venue: Mapping[str, Any]) -> Said:
    """A session that goes on until the venue has had an order of ours, and then is interrupted."""
    with spoken("run", "--json", home=home, **words_for(venue)) as process:
        async with asyncio.timeout(PATIENCE_S):
            while process.poll() is None and not await orders_at(venue):
                await asyncio.sleep(0.5)
        process.send_signal(signal.SIGINT)
        return await asyncio.to_thread(process.end, PATIENCE_S)


def assert_nothing_told(home: Path, said: Said, venue: Mapping[str, Any]) -> None:
    """Neither key nor secret is in what was said or in any file."""
    kept = [path.read_bytes() for path in home.rglob("*") if path.is_file()] if home.exists() else []
    for secret in (venue["api_key"], venue["secret"]):
        assert secret not in said.out + said.err
        assert all(secret.encode() not in content for content in kept)


async def orders_at(venue: Mapping[str, Any]) -> list[Any]:
    """Every order the venue has had from the account, as an unmodified client is told."""
    address = venue["binance"].removeprefix("http://")
    client = make_client(address, ApiKey(venue["api_key"], venue["secret"], 0))
    try:
        await client.load_markets()
        return [one for coin in ("ORB", "KITE") for one in await client.fetch_orders(f"{coin}/USDT")]
    finally:
        await client.close()


def test_a_live_session_places_and_withdraws_orders_and_tells_no_secret(tmp_path: Path) -> None:
    home = tmp_path / "home"

    async def story() -> None:
        async with local_venue(["--scenario", "T1", "--coins", "2"]) as venue:
            done = await until_an_order(home, venue)
            assert done.code == 0, done.err
            assert_nothing_told(home, done, venue)
            assert (done.json["world"], done.json["left_open"]) == ("live", [])
            orders = await orders_at(venue)
            assert orders
            assert {order["status"] for order in orders} <= {"canceled", "closed", "expired"}

    asyncio.run(story())
    with sqlite3.connect(home / "keeper.sqlite") as database:
        assert database.execute("SELECT DISTINCT world FROM intent").fetchall() == [("live",)]
    database.close()


def test_without_the_sentence_nothing_is_tried(tmp_path: Path, run_live: Callable[..., Said]) -> None:
    nowhere = {"api_key": "some-key", "secret": "some-secret", "binance": "http://127.0.0.1:9"}
    home = tmp_path / "home"
    said = run_live(home, nowhere, KEEPER_LIVE_CONFIRM="yes")
    said.fails_in_one_line(2, f"KEEPER_LIVE_CONFIRM must be '{CONFIRMATION}'")
    assert not home.exists()


def test_a_venue_that_is_not_there_is_one_line_without_a_secret(
    tmp_path: Path, run_live: Callable[..., Said]
) -> None:
    nowhere = {
        "api_key": "some-key-to-hide",
        "secret": "some-secret-to-hide",
        "binance": "http://127.0.0.1:9",
    }
    said = run_live(tmp_path / "home", nowhere)
    said.fails_in_one_line(1, "the venue did not let us in")
    assert_nothing_told(tmp_path / "home", said, nowhere)
