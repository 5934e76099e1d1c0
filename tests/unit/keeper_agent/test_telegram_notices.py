"""What the bot tells unasked: once, of what is new, of the kinds that are wanted, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from keeper_agent.broken import note_broken
from keeper_agent.heart import ENDED, write_heartbeat
from keeper_agent.settings import load_settings
from keeper_agent.telegram.noticing import MOST_ROWS, SILENT_S, Notice, Watch
from keeper_agent.telegram.words import Words
from memory.connection import DATABASE
from memory.jobs import DONE, WRITTEN, JobBook
from tests.support.bot_api import OWNER, bot_api
from tests.support.bots import a_bot
from tests.support.living import session
from tests.support.memories import MemoryBuilder, a_memory, at
from tools.domain.clock import NS, SystemClock
from tools.domain.trading import Action, Result, Route
from tools.execution.kill import KillSwitch, PauseSwitch

ENTER = {"action": Action.ENTER, "route": Route.PATTERN}


class Moved:
    """The machine's clock, moved forward by hand."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def now(self) -> int:
        return SystemClock().now() + round(self.ahead_s * NS)


@pytest.fixture
def clock() -> Moved:
    return Moved()


@pytest.fixture
def build(tmp_path: Path) -> Iterator[MemoryBuilder]:
    with a_memory(tmp_path) as made:
        yield made


def watch(home: Path, clock: Moved, language: str = "en") -> Watch:
    """One that has looked at the home once."""
    made = Watch(load_settings(keeper_home=home), Words(language), clock)
    assert made.look() == [], "what was there before is not told"
    return made


def told(found: list[Notice]) -> list[tuple[str, str]]:
    return [(one.kind, "\n".join([one.message.head, *one.message.lines])) for one in found]


@pytest.mark.parametrize(
    ("language", "signal", "result"),
    [
        ("en", "Entered BTCUSDT (buy, recorded)\nentry 61000, target 61150, stop 60900\nneighbours won; /",
         "BTCUSDT: stopped out, -20.00 bps (recorded)\n-0.122 quote after 0.0915 of fees; /why "),
        ("vi", "Đã vào lệnh BTCUSDT (buy, recorded)\ngiá vào 61000, mục tiêu 61150, cắt lỗ 60900\nneigh",
         "BTCUSDT: bị cắt lỗ, -20.00 bps, nơi recorded\n-0.122 quote sau 0.0915 phí; /why "),
    ],
)  # fmt: skip
def test_an_entry_and_its_result_are_told_once(
    tmp_path: Path, clock: Moved, build: MemoryBuilder, language: str, signal: str, result: str
) -> None:
    old = build.decide(at("21:00:00"), **ENTER)  # type: ignore[arg-type]
    build.trade(old, 10.0)
    build.store.flush()
    seen = watch(tmp_path, clock, language)
    new = build.decide(at("22:00:00"), **ENTER)  # type: ignore[arg-type]
    build.decide(at("22:01:00"), refusing=["spoofing"])
    build.store.flush()
    ((kind, text),) = told(seen.look())
    assert (kind, text.startswith(signal)) == ("signals", True), text
    assert new.decision_id in text
    build.trade(new, -20.0, Result.STOP)
    build.follow(new, 5.0)
    build.store.flush()
    ((kind, text),) = told(seen.look())
    assert (kind, text.startswith(result)) == ("results", True), text
    assert new.decision_id in text
    assert seen.look() == []


def test_a_flood_is_cut_and_says_so(tmp_path: Path, clock: Moved, build: MemoryBuilder) -> None:
    build.store.flush()
    seen = watch(tmp_path, clock)
    for second in range(MOST_ROWS + 3):
        build.decide(at("22:00:00") + second * NS, **ENTER)  # type: ignore[arg-type]
    build.store.flush()
    found = told(seen.look())
    assert len(found) == MOST_ROWS + 1
    assert found[-1] == ("signals", "and 3 more")


def test_a_home_that_is_made_later_is_told_from_its_beginning(tmp_path: Path, clock: Moved) -> None:
    seen = watch(tmp_path, clock)
    with a_memory(tmp_path) as build:
        build.decide(at("22:00:00"), **ENTER)  # type: ignore[arg-type]
    assert [kind for kind, _ in told(seen.look())] == ["signals"]


def test_the_daily_report_is_told_when_it_is_done(tmp_path: Path, clock: Moved, build: MemoryBuilder) -> None:
    build.trade(build.decide(at("22:00:00"), **ENTER), 10.0)  # type: ignore[arg-type]
    build.store.flush()
    seen, book = watch(tmp_path, clock), JobBook(build.store)
    run = {
        "run_id": "run_0000000009",
        "world": "recorded",
        "command": "reflect",
        "config": "{}",
        "code_version": "test",
        "input_hash": "",
        "seed": 0,
        "ts_started": at("23:59:00"),
        "ts_known": at("23:59:00"),
        "ts_ended": None,
    }
    job = book.begin("daily", "recorded", "2024-08-08", run=run)
    book.move(job, WRITTEN, at("23:59:10"))
    assert seen.look() == []
    book.move(job, DONE, at("23:59:20"))
    assert told(seen.look()) == [
        ("reports", "Daily report 2024-08-08 (recorded)\n0.061 USDT, 1 round trips, 1 made money")
    ]
    assert seen.look() == []


def test_switches_are_told_whoever_sets_them(tmp_path: Path, clock: Moved) -> None:
    seen = watch(tmp_path, clock)
    KillSwitch(tmp_path).set("by hand")
    PauseSwitch(tmp_path).set("lunch")
    assert told(seen.look()) == [("switch", "Kill switch set: by hand"), ("switch", "Entries paused: lunch")]
    assert seen.look() == []
    KillSwitch(tmp_path).clear()
    PauseSwitch(tmp_path).clear()
    assert told(seen.look()) == [("switch", "Kill switch lifted"), ("switch", "Pause lifted")]


def test_an_agent_that_falls_silent_is_an_alert(tmp_path: Path, clock: Moved) -> None:
    write_heartbeat(tmp_path, clock)
    seen = watch(tmp_path, clock)
    assert seen.look() == []
    clock.ahead_s = SILENT_S + 1
    ((kind, text),) = told(seen.look())
    assert (kind, text.startswith("ALERT: the agent has not been seen at work for 61 s")) == ("alerts", True)
    assert seen.look() == []
    write_heartbeat(tmp_path, clock)
    assert told(seen.look()) == [("alerts", "The agent is at work")]
    write_heartbeat(tmp_path, clock, ENDED)
    assert told(seen.look()) == [("alerts", "The agent ended in order")]


def test_an_agent_that_was_silent_before_the_bot_came_is_an_alert(tmp_path: Path, clock: Moved) -> None:
    write_heartbeat(tmp_path, clock)
    clock.ahead_s = 3_600
    found = told(Watch(load_settings(keeper_home=tmp_path), Words("en"), clock).look())
    assert [kind for kind, _ in found] == ["alerts"]


def test_broken_promises_and_an_unreadable_record_are_alerts(tmp_path: Path, clock: Moved) -> None:
    seen = watch(tmp_path, clock)
    note_broken(tmp_path, "position below zero")
    note_broken(tmp_path, "position below zero")
    assert told(seen.look()) == [("alerts", "ALERT: 2 promises were broken; see broken.jsonl")]
    (tmp_path / DATABASE).write_bytes(b"not a database")
    ((kind, text),) = told(seen.look())
    assert (kind, text.startswith("ALERT: the record cannot be read: ")) == ("alerts", True)
    assert seen.look() == []


def test_halted_entries_are_an_alert(tmp_path: Path, clock: Moved) -> None:
    with session(tmp_path) as found:
        found.play_to(2)
        seen = watch(tmp_path, clock)
        symbol = found.cycle.market.instrument.symbol
        ts = found.cycle.market.ts
        found.reporter.publish(ts, {symbol: found.cycle}, {"halted": "memory and venue differ"})
        assert ("alerts", "ALERT: entries halted: memory and venue differ") in told(seen.look())
        found.reporter.publish(ts, {symbol: found.cycle}, {"halted": ""})
        assert told(seen.look()) == [("alerts", "Entries are no longer halted")]


@pytest.mark.parametrize("by", ["setting", "command"])
def test_each_kind_can_be_switched_off(tmp_path: Path, by: str) -> None:
    wanted = "results" if by == "setting" else "signals,results,switch,alerts,reports"
    with bot_api() as api, a_bot(tmp_path, api, telegram_notices=wanted):
        if by == "command":
            for at_, kind in enumerate(("switch", "alerts"), 1):
                api.say(f"/notices {kind} off")
                assert f"{kind}: off" in api.await_texts(at_)[-1]
        before = len(api.texts())
        KillSwitch(tmp_path).set("a test")
        note_broken(tmp_path, "x")
        with a_memory(tmp_path) as build:
            build.trade(build.decide(at("22:00:00"), **ENTER), 10.0)  # type: ignore[arg-type]
        api.await_text("target reached")
        found = api.texts()[before:]
    assert not [text for text in found if "Kill switch" in text or "ALERT" in text]
    assert any("Entered" in text for text in found) is (by == "command")


def test_every_user_is_told_and_nobody_else(tmp_path: Path) -> None:
    with bot_api() as api, a_bot(tmp_path, api, telegram_user_ids=f"{OWNER}, 7"):
        api.wait_for(lambda: len(api.polls), lambda n: n > 0)
        PauseSwitch(tmp_path).set("lunch")
        api.await_text("Entries paused: lunch")
        api.await_text("Entries paused: lunch", user=7)
        assert {one["chat_id"] for one in api.sent} == {OWNER, 7}
        assert len(api.sent) == 2
