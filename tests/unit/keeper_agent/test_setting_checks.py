"""The doctor on the bot and on files of settings: each fault is provoked, found, and told with its fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from keeper_agent import setting_checks as checks
from keeper_agent.checks import CHECKS
from keeper_agent.finding import FAULT, OK, WARNING, Finding
from keeper_agent.settings import load_settings
from tests.support.bot_api import TOKEN
from tools.domain.clock import SystemClock


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checks, "EXAMPLE", tmp_path / ".env.example")
    monkeypatch.setattr(checks, "OF_CONTAINER", tmp_path / "keeper.env")
    return tmp_path


@pytest.mark.parametrize(
    ("token", "users", "state", "words"),
    [
        ("", "", OK, "not set up"),
        ("", "17", WARNING, "no token"),
        (TOKEN, "", WARNING, "nobody is obeyed"),
        (TOKEN, "17,18", OK, "2 users"),
        ("12345:short", "17", FAULT, "form of a token"),
        (TOKEN.replace(":", " "), "17", FAULT, "form of a token"),
        (f"bot{TOKEN}", "17", FAULT, "form of a token"),
    ],
)
def test_the_bot_needs_a_token_and_somebody_to_obey(token: str, users: str, state: str, words: str) -> None:
    settings = load_settings(telegram_bot_token=token, telegram_user_ids=users)
    found = checks.check_telegram(settings, SystemClock())
    assert (found.state, bool(found.fix)) == (state, state != OK)
    assert words in found.found
    assert not token or token not in f"{found.found}{found.fix}"


def env_files() -> Finding:
    return checks.check_env_files(load_settings(), SystemClock())


def test_a_name_that_is_no_setting_is_told_with_the_one_that_was_meant(own_files: Path) -> None:
    assert env_files() == Finding("env files", OK, "none: settings come from the environment")
    (own_files / ".env").write_text("# KEEPER_OLD=1\nKEEPER_SPEED=20\nexport LANG=C\nOTHER_PROGRAM=1\n")
    assert env_files().state == OK
    (own_files / ".env").write_text("KEEPER_APY=on\nMAX_ORDER_SIZE_USDT=5\nTELEGRAM_USERS=17\n")
    found = env_files()
    assert found.state == WARNING
    assert "MAX_ORDER_SIZE_USDT (MAX_ORDER_SIZE_USD)" in found.found
    assert "TELEGRAM_USERS" in found.found
    assert "KEEPER_APY" in found.found


def test_the_file_of_the_container_is_looked_at_too(own_files: Path) -> None:
    file = own_files / "keeper.env"
    file.touch(mode=0o600)
    file.write_text("KEEPER_HEARTBEAT=https://example.org\n")
    assert env_files().state == WARNING
    file.write_text("KEEPER_WORLD=venue\n")
    assert env_files().state == OK
    file.chmod(0o644)
    assert env_files().state == FAULT


def test_a_secret_in_the_example_is_a_fault_and_is_not_shown(own_files: Path) -> None:
    (own_files / ".env.example").write_text("#OPENAI_API_KEY=\nKEEPER_SPEED=20\n")
    assert env_files().state == OK
    (own_files / ".env.example").write_text("OPENAI_API_KEY=sk-nobody-knows-this\n")
    found = env_files()
    assert (found.state, "OPENAI_API_KEY" in found.found) == (FAULT, True)
    assert "nobody-knows" not in f"{found.found}{found.fix}"


def test_the_doctor_runs_both() -> None:
    assert {checks.check_telegram, checks.check_env_files} <= set(CHECKS)
