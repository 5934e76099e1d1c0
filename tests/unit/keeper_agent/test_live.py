"""The live world: what has to be said before a connection is even tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from keeper_agent.commands.live import CONFIRMATION, account_key, refuse_unless_meant
from keeper_agent.settings import Settings, load_settings
from tools.domain.errors import BadUsage

KEY, SECRET = "key-that-nobody-may-read", "secret-that-nobody-may-read"
MEANT = {
    "KEEPER_WORLD": "live",
    "KEEPER_LIVE_CONFIRM": CONFIRMATION,
    "KEEPER_API_KEY": KEY,
    "KEEPER_API_SECRET": SECRET,
    "KEEPER_SYMBOLS": "BTCUSDT",
    "MAX_ORDER_SIZE_USD": "10",
    "KEEPER_PARAMETERS": "max_total_exposure_usd=100,daily_loss_limit_usd=5",
}


@pytest.fixture(autouse=True)
def meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder without a .env, and everything said."""
    monkeypatch.chdir(tmp_path)
    for name, value in MEANT.items():
        monkeypatch.setenv(name, value)


def refused(settings: Settings) -> str:
    """The refusal, which holds no secret."""
    with pytest.raises(BadUsage) as refusal:
        refuse_unless_meant(settings)
    said = str(refusal.value)
    assert KEY not in said
    assert SECRET not in said
    return said


def test_with_everything_said_nothing_is_refused() -> None:
    refuse_unless_meant(load_settings())


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("KEEPER_LIVE_CONFIRM", "", f"KEEPER_LIVE_CONFIRM must be '{CONFIRMATION}'"),
        ("KEEPER_LIVE_CONFIRM", "yes", "KEEPER_LIVE_CONFIRM must be"),
        ("KEEPER_LIVE_CONFIRM", CONFIRMATION.lower(), "KEEPER_LIVE_CONFIRM must be"),
        ("KEEPER_API_KEY", "", "needs KEEPER_API_KEY"),
        ("KEEPER_API_SECRET", " ", "needs KEEPER_API_SECRET"),
        ("KEEPER_SYMBOLS", ",", "needs KEEPER_SYMBOLS"),
        ("MAX_ORDER_SIZE_USD", "", "set MAX_ORDER_SIZE_USD"),
        ("KEEPER_PARAMETERS", "max_total_exposure_usd=100", "set daily_loss_limit_usd in KEEPER_PARAMETERS"),
        ("KEEPER_PARAMETERS", "daily_loss_limit_usd=5", "set max_total_exposure_usd in KEEPER_PARAMETERS"),
        ("KEEPER_PARAMETERS", "max_total_exposure_usd=100,daily_loss_limit_usd=0", "daily_loss_limit_usd"),
    ],
)
def test_whatever_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(name, value)
    assert complaint in refused(load_settings())


def test_where_the_venue_tells_nothing_of_a_key_the_operator_must(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEPER_VENUE", "mexc")
    assert f"KEEPER_LIVE_CONFIRM must be '{CONFIRMATION}; my key cannot withdraw'" in refused(load_settings())
    monkeypatch.setenv("KEEPER_LIVE_CONFIRM", f"{CONFIRMATION}; my key cannot withdraw")
    refuse_unless_meant(load_settings())
    monkeypatch.setenv("KEEPER_VENUE", "binance")
    assert f"KEEPER_LIVE_CONFIRM must be '{CONFIRMATION}'" in refused(load_settings())


def test_a_limit_that_equals_the_default_counts_once_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = "max_order_size_usd=10,max_total_exposure_usd=5000,daily_loss_limit_usd=50"
    monkeypatch.setenv("KEEPER_PARAMETERS", limits)
    monkeypatch.setenv("MAX_ORDER_SIZE_USD", "")
    refuse_unless_meant(load_settings())


def test_key_and_secret_are_in_no_representation() -> None:
    settings = load_settings()
    key = account_key(settings)
    assert (key.api_key, key.secret) == (KEY, SECRET)
    for text in (repr(settings), str(settings), repr(key), str(key), f"{key!r}", settings.model_dump_json()):
        assert KEY not in text
        assert SECRET not in text
