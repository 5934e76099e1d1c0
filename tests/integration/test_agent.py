"""The agent as a user runs it: it remembers, stops in order, survives a kill, and can be asked meanwhile."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from keeper_agent.heart import HEART_FILE
from memory.account import last_known
from memory.connection import DATABASE
from memory.schema import METADATA
from memory.store import Store
from tests.support.commands import Here, Said, Spoken, keeper, spoken
from tests.support.placed import STANDING_SETTING
from tests.support.tapes import write_market
from tools.domain.errors import NotInRecord, StoreUnusable

FAST = "10000"
SLOW = "2"  # two minutes of the long tape: a busy machine may look late at what it waits for
LEISURELY = "0.5"  # eight minutes
AS_IT_WAS = "1"  # four minutes: long enough for six commands beside it
BRIEF = f"hold_timeout_s=10,entry_timeout_s=5,{STANDING_SETTING}"


@pytest.fixture(scope="module")
def tapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tapes")
    write_market(folder, seconds=60)
    return folder


@pytest.fixture(scope="module")
def long_tapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For an agent that is stopped before their end."""
    folder = tmp_path_factory.mktemp("long")
    write_market(folder, seconds=240)
    return folder


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    """Who asks beside it: another process than the agent's, which is this one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEEPER_HOME", str(tmp_path / "home"))
    return Here(monkeypatch, capsys)


def rows(home: Path, table: str) -> list[dict[str, Any]]:
    with Store.open(home, read_only=True) as store:
        return [dict(row) for row in store.read(METADATA.tables[table].select())]


def check_whole(verify: Callable[..., Said]) -> dict[str, int]:
    """``keeper memory verify`` finds nothing wrong; rows by table."""
    said = verify("memory", "verify", "--json")
    assert said.code == 0, said.err
    assert said.json["whole"] is True
    counts: dict[str, int] = said.json["counts"]
    return counts


def has_ordered(home: Path) -> bool:
    """Whether an order is on disk; False too while the database is still being made."""
    try:
        return (home / DATABASE).exists() and bool(rows(home, "intent"))
    except (NotInRecord, StoreUnusable):
        return False


@contextmanager
def running(
    tapes: Path,
    home: Path,
    speed: str = SLOW,
    is_ready: Callable[[Path], bool] = has_ordered,
) -> Iterator[Spoken]:
    """An agent in the middle of a tape, with decisions on disk or whatever else is waited for."""
    words = ("run", "--tape", tapes, "--speed", speed, "--json")
    with spoken(
        *words, home=home, KEEPER_PARAMETERS=f"probe_share=0.5,signal_spacing_s=1,{STANDING_SETTING}"
    ) as process:
        process.await_that(lambda: is_ready(home))
        yield process


def test_a_run_sums_up_remembers_and_knows_it_again(tapes: Path, tmp_path: Path, here: Here) -> None:
    home = tmp_path / "home"
    words = ("run", "--tape", tapes, "--speed", FAST, "--json")
    first = keeper(*words, home=home, KEEPER_PARAMETERS=BRIEF)
    assert first.code == 0, first.err
    summary = first.json
    assert summary["decisions"] > 0
    assert (summary["played_before"], summary["stopped_early"]) == (0, False)
    assert sum(summary["routes"].values()) == summary["decisions"] == len(rows(home, "decision"))
    assert "My memory is empty" in first.err
    (run,) = rows(home, "run")
    assert run["ts_ended"] is not None

    second = keeper(*words, home=home, KEEPER_PARAMETERS=BRIEF)
    assert second.code == 0, second.err
    assert second.json["played_before"] == 1
    assert "played 1 time(s) before" in " ".join(second.err.split())
    assert second.json["patterns_remembered"] > summary["patterns_remembered"] > 0
    assert f"I remember {summary['patterns_remembered']} followed signals" in second.err
    assert len(rows(home, "decision")) == summary["decisions"] + second.json["decisions"]
    counts = check_whole(here)
    assert counts["signal"] == counts["decision"]
    for path in (home, home / DATABASE, home / "logs" / "keeper.log", home / "lock"):
        assert not path.stat().st_mode & 0o077, f"{path} is not private"


def test_an_agent_asked_to_stop_ends_in_order(long_tapes: Path, tmp_path: Path, here: Here) -> None:
    home = tmp_path / "home"
    with running(long_tapes, home) as process:
        process.send_signal(signal.SIGINT)
        said = process.end()
    assert said.code == 0, said.err
    assert "Traceback" not in said.err
    summary = said.json
    assert summary["stopped_early"] is True
    (run,) = rows(home, "run")
    assert run["ts_ended"] is not None
    counts = check_whole(here)
    assert (counts["decision"], counts["intent"]) == (summary["decisions"], summary["orders"])
    answered = {row["client_order_id"] for row in rows(home, "order")}
    assert answered == {row["client_order_id"] for row in rows(home, "intent")}


def has_a_heartbeat(home: Path) -> bool:
    return (home / HEART_FILE).exists()


def alive(here: Here) -> str:
    """Empty where ``keeper heartbeat check`` finds the loop alive, else what it says; its code agrees."""
    said = here("heartbeat", "check", "--older", "5", "--json")
    told = orjson.loads(said.out)
    assert said.code == (0 if told["is_alive"] else 10), said.err
    return str(told["why"])


def until(here: Here, *words: str) -> None:
    """Wait until the check says ``words``; no words is alive."""
    deadline, why = time.monotonic() + 900, None
    while time.monotonic() < deadline:
        why = alive(here)
        if (not why and not words) or (words and all(word in why for word in words)):
            return
        time.sleep(0.2)
    raise AssertionError(f"expected {words or 'alive'}, the check says {why!r}")


def test_the_heartbeat_tells_a_hanging_a_dead_and_a_stopped_agent_from_one_at_work(
    long_tapes: Path, tmp_path: Path, here: Here
) -> None:
    home = tmp_path / "home"
    with running(long_tapes, home, LEISURELY, has_a_heartbeat) as process:
        until(here)
        process.send_signal(signal.SIGSTOP)
        until(here, "s old, more than 5")
        process.send_signal(signal.SIGCONT)
        until(here)
        process.kill()
        process.end()
        until(here, "s old, more than 5")
    (home / HEART_FILE).unlink()
    with running(long_tapes, home, LEISURELY, has_a_heartbeat) as process:
        until(here)
        process.send_signal(signal.SIGTERM)
        said = process.end()
        assert said.code == 0, said.err
        assert "ended in order" in alive(here)


def test_a_killed_agent_loses_no_order_and_starts_again(
    tapes: Path, long_tapes: Path, tmp_path: Path, here: Here
) -> None:
    home = tmp_path / "home"
    with running(long_tapes, home) as process:
        process.kill()
        assert process.end().code == -signal.SIGKILL
    (run,) = rows(home, "run")
    assert run["ts_ended"] is None
    before = check_whole(partial(keeper, home=home))  # the library has one process at a time
    assert before["intent"] > 0
    with Store.open(home, read_only=True) as store:
        known = last_known(store)
    again = keeper("run", "--tape", tapes, "--speed", FAST, "--json", home=home)
    assert again.code == 0, again.err
    started = max(row["ts_started"] for row in rows(home, "run"))
    assert started > known, "two runs at one moment"
    after = check_whole(here)
    assert after["decision"] == before["decision"] + again.json["decisions"]


def test_one_may_ask_beside_a_running_agent_but_not_write(
    long_tapes: Path, tmp_path: Path, here: Here
) -> None:
    home = tmp_path / "home"
    with running(long_tapes, home, AS_IT_WAS) as process:
        decision = rows(home, "intent")[0]["decision_id"]
        explained = here("explain", decision, "--json")
        assert explained.code == 0, explained.err
        asked = here("ask", f"why did you decide {decision}?", "--json")
        assert asked.code == 0, asked.err
        verified = here("memory", "verify", "--json")
        assert verified.code == 0, verified.err
        assert f"process {process.pid} (keeper run)" in verified.json["library"]
        assert verified.json["patterns"] is None
        assert verified.json["counts"]["intent"] > 0
        here("memory", "rebuild").fails_in_one_line(5, f"process {process.pid} (keeper run)")
        healthy = here("doctor", "--json")
        (lock,) = (one for one in healthy.json["findings"] if one["name"] == "lock")
        assert str(process.pid) in lock["found"]
        assert process.poll() is None, "the agent fell over its reader"
