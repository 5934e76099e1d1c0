"""The agent and the bot as a user runs them, each a process of its own, against a Bot API of our own."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keeper_agent.controlling import tell
from memory.schema import METADATA
from memory.store import Store
from tests.support.bot_api import OWNER, TOKEN, BotApi, bot_api
from tests.support.commands import Here, started
from tests.support.tapes import write_market
from tools.execution.kill import KillSwitch

PARAMETERS = {"KEEPER_PARAMETERS": "probe_share=0.5,signal_spacing_s=1,hold_timeout_s=10,entry_timeout_s=5"}
SPEED = 2.0  # four minutes: long enough for a bot that a busy machine starts


@pytest.fixture(scope="module")
def tapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tapes")
    write_market(folder, seconds=480)
    return folder


@pytest.fixture
def api() -> Iterator[BotApi]:
    with bot_api() as served:
        yield served


def bot_settings(api: BotApi) -> dict[str, str]:
    return {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_USER_IDS": str(OWNER), "TELEGRAM_BASE_URL": api.url}


def rows(home: Path, table: str) -> list[dict[str, Any]]:
    with Store.open(home, read_only=True) as store:
        return [dict(row) for row in store.read(METADATA.tables[table].select())]


def entries_of(home: Path) -> list[int]:
    return [one["ts"] for one in rows(home, "intent") if one["leg"] == "entry"]


def status(home: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = tell(home, "status")
    except Exception:  # noqa: BLE001 (it is being started)
        return {}
    return found


def test_kill_stops_the_entries_of_a_running_agent_and_no_byte_holds_the_token(
    tapes: Path, tmp_path: Path, api: BotApi
) -> None:
    home = tmp_path / "home"
    run = ("run", "--tape", tapes, "--speed", f"{SPEED:g}", "--json")
    with started(*run, home=home, KEEPER_LOG_LEVEL="debug", **PARAMETERS) as agent:
        api.wait_for(lambda: decisions(home), bool)
        api.wait_for(lambda: len(entries_of(home)), lambda n: n >= 2)  # else nothing is shown
        with started("telegram", home=home, PYTHONASYNCIODEBUG="1", **bot_settings(api)) as bot:
            api.say("/kill")
            asked = api.wait_for(
                lambda: list(api.sent), lambda sent: any("reply_markup" in one for one in sent)
            )
            assert not KillSwitch(home).is_set
            (row,) = next(one for one in asked if "reply_markup" in one)["reply_markup"]["inline_keyboard"]
            api.press(row[0]["callback_data"])
            assert "The running agent has heard it." in api.await_text("Entries are forbidden")
            found = api.wait_for(lambda: status(home), bool)
            killed, n = found["ts"], found["run"]["decisions"]
            assert KillSwitch(home).reason() == f"telegram user {OWNER}"
            api.wait_for(lambda: decisions(home), lambda now: now >= n + 10)
            api.say("/status")
            assert "forbidden (kill switch)" in api.await_text("running since")
            api.misbehave("getUpdates", (502, {"description": f"bad gateway at /bot{TOKEN}/getUpdates"}))
            before = len(api.polls)
            api.wait_for(lambda: len(api.polls), lambda polls: polls > before + 1)
            bot.send_signal(signal.SIGTERM)
            assert bot.wait(900) == 0
        agent.send_signal(signal.SIGINT)
        assert agent.wait(900) == 0, (tmp_path / "run.out").read_text()
    entries = entries_of(home)
    later = [one for one in rows(home, "decision") if one["ts"] > killed]
    assert len([ts for ts in entries if ts <= killed]) >= 2
    assert len(later) >= 10, "it goes on deciding"
    assert [ts for ts in entries if ts > killed] == []
    assert [one for one in later if one["action"] == "enter"] == []
    told = (tmp_path / "telegram.out").read_text()
    assert "502" in told
    assert "Traceback" not in told
    secret = TOKEN.partition(":")[2].encode()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [path for path in files if secret in path.read_bytes()] == []


def test_an_agent_goes_on_beside_a_telegram_that_hangs_and_dies(
    tapes: Path, tmp_path: Path, api: BotApi
) -> None:
    home = tmp_path / "home"
    api.misbehave("getUpdates", *[None] * 1_000)
    with started("run", "--tape", tapes, "--speed", f"{SPEED:g}", "--json", home=home, **PARAMETERS):
        api.wait_for(lambda: decisions(home), lambda n: n >= 5)
        with started("telegram", home=home, **bot_settings(api)) as bot:
            api.wait_for(lambda: list(api.calls), bool)  # it hangs from here on
            before = decisions(home)
            api.wait_for(lambda: decisions(home), lambda n: n >= before + 5)
            assert bot.poll() is None
            bot.kill()  # an end that nobody prepared
            bot.wait(60)
        before = decisions(home)
        api.wait_for(lambda: decisions(home), lambda n: n >= before + 5)


def decisions(home: Path) -> int:
    return int(status(home).get("run", {}).get("decisions", 0))


def test_one_bot_a_home_and_what_is_missing_is_one_line(
    tmp_path: Path, api: BotApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, here = tmp_path / "home", Here(monkeypatch, capsys)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEEPER_HOME", str(home))
    here("telegram").fails_in_one_line(2, "TELEGRAM_BOT_TOKEN", "@BotFather")
    wrong = {
        "TELEGRAM_USER_IDS": "alice",
        "TELEGRAM_BASE_URL": "http://example.org",
        "TELEGRAM_NOTICES": "all",
    }
    for name, value in wrong.items():
        with monkeypatch.context() as given:
            given.setenv(name, value)
            here("telegram").fails_in_one_line(2, name)
    for name, value in bot_settings(api).items():
        monkeypatch.setenv(name, value)
    with started("telegram", home=home, **bot_settings(api)) as bot:
        api.wait_for(lambda: list(api.polls), bool)
        second = here("telegram")
        assert second.code == 5
        assert "keeper telegram" in second.err
        assert TOKEN not in second.err
        bot.send_signal(signal.SIGINT)
        assert bot.wait(900) == 0
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:" + "x" * 30)
    refused = here("telegram")
    assert refused.code == 1
    assert "401" in refused.err
    assert "xxx" not in refused.err
