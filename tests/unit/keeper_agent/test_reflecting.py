"""Reflection wired: by hand, weekly, when due, and beside a running agent; its page stands alone."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest

from graphs.report import Report
from keeper_agent import reflecting
from keeper_agent.commands import reflect as reflect_command
from keeper_agent.commands.ledger import show_ledger
from keeper_agent.commands.reflect import reflect_in_own_run, reflect_when_due
from keeper_agent.commands.strategies import list_strategies
from keeper_agent.reflecting import timetable_of
from keeper_agent.settings import Settings
from keeper_agent.views.figures import calibration_figure, equity_figure, routes_figure
from keeper_agent.views.report_page import report_page
from memory.jobs import DONE, JobBook
from memory.parameters import ParameterStore
from memory.store import Store
from tests.support.planted import PlantedRecord
from tools.domain.clock import day_bounds
from tools.domain.market import NANOS


class FixedClock:
    """Always the same time."""

    def __init__(self, ts: int) -> None:
        self.ts = ts

    def now(self) -> int:
        return self.ts


@pytest.fixture(autouse=True)
def _quick_plot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reflecting, "draw_day", lambda figures, path: path.write_bytes(b"plot"))


@pytest.fixture
def planted(tmp_path: Path) -> tuple[Path, PlantedRecord, Store]:
    store = Store.open(tmp_path, is_throwaway=True)
    record = PlantedRecord(store, seed=3, a_day=16, hours=2)
    for index in range(2):
        record.write_day(index, ParameterStore(store).snapshot(0))
    return tmp_path, record, store


def settings_of(home: Path) -> Settings:
    return Settings(keeper_home=home, _env_file=None)  # type: ignore[call-arg]


def test_a_running_agent_does_the_job_beside_its_work_and_reads_what_it_moved(
    planted: tuple[Path, PlantedRecord, Store],
) -> None:
    home, record, store = planted
    clock = FixedClock(day_bounds(record.day(1))[0] + 3_600 * NANOS)
    parameters, told = ParameterStore(store), []
    before = parameters.snapshot(1 << 62)
    with timetable_of(store, settings_of(home), parameters, "recorded", clock, told.append):
        for _ in range(600):
            job = JobBook(store).find("daily", "recorded", record.day(0))
            if job is not None and job.state == DONE:
                break
            time.sleep(0.05)
    assert told == []
    assert job is not None
    assert job.state == DONE
    after = parameters.snapshot(1 << 62)
    assert after["take_profit_buffer_bps"] > before["take_profit_buffer_bps"]
    assert parameters.snapshot(job.ts - 1) == before
    store.close()


def test_the_weekly_reflection_looks_at_all_history(planted: tuple[Path, PlantedRecord, Store]) -> None:
    home, record, store = planted
    ts = day_bounds(record.day(2))[0] + NANOS
    found = reflect_in_own_run(store, settings_of(home), day=record.day(1), ts=ts, kind="weekly")
    assert found.figures.whole.decisions == 2 * 16 * 8
    assert found.report_path.name == f"{record.day(1)}-weekly.md"
    assert found.report_path.read_text().startswith(f"# All history up to {record.day(1)}")
    values = orjson.loads(found.report_path.with_suffix(".json").read_bytes())
    assert values["kind"] == "weekly"
    store.close()


class Page(HTMLParser):
    """Tags and what they refer to."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "data")]


def test_the_page_is_self_contained_and_says_what_the_report_says(
    planted: tuple[Path, PlantedRecord, Store],
) -> None:
    home, record, store = planted
    ts = day_bounds(record.day(2))[0] + NANOS
    found = reflect_in_own_run(store, settings_of(home), day=record.day(1), ts=ts)
    text = found.report_path.with_suffix(".html").read_text()
    page = Page()
    page.feed(text)
    assert page.links == []
    assert "script" not in page.tags
    assert not re.search(r"url\(|@import|https?:", text)
    assert page.tags.count("section") == 12
    for change in found.changes:
        assert f"{change.name}: {change.value_before:g} → {change.value:g}" in text
    for trial in found.improvement.trials:
        assert trial.name in text
    store.close()


def test_whatever_a_report_says_is_text_in_its_page(planted: tuple[Path, PlantedRecord, Store]) -> None:
    home, record, store = planted
    ts = day_bounds(record.day(2))[0] + NANOS
    found = reflect_in_own_run(store, settings_of(home), day=record.day(1), ts=ts)
    values = orjson.loads(found.report_path.with_suffix(".json").read_bytes())
    values["world"] = values["trials"][0]["name"] = "<script>alert(1)</script>"
    page = report_page(Report("x", values, ""))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    store.close()


def test_an_equity_line_ends_at_the_sum_and_nothing_is_drawn_of_nothing() -> None:
    drawn = equity_figure([[0, 5.0], [NANOS, -20.0], [2 * NANOS, 3.0]])
    points = re.search(r'<polyline points="([^"]+)"', drawn)
    assert points is not None
    heights = [float(pair.split(",")[1]) for pair in points.group(1).split()]
    assert heights[2] == max(heights)  # the lowest sum is the lowest on the page
    assert heights[1] == min(heights)
    for empty in (equity_figure([]), calibration_figure([]), routes_figure([])):
        assert empty.startswith('<p class="none">')


def test_routes_share_the_bar_by_their_decisions() -> None:
    drawn = routes_figure([{"name": "rule", "decisions": 1}, {"name": "pattern", "decisions": 3}])
    widths = [float(width) for width in re.findall(r'width="([\d.]+)" height="34"', drawn)]
    assert widths[0] == pytest.approx(3 * widths[1], abs=0.2)
    assert "pattern 3 (75 %)" in drawn


def test_the_ledger_and_the_strategies_are_told_by_their_commands(
    planted: tuple[Path, PlantedRecord, Store], capsys: pytest.CaptureFixture[str]
) -> None:
    home, record, store = planted
    ts = day_bounds(record.day(2))[0] + NANOS
    reflect_in_own_run(store, settings_of(home), day=record.day(1), ts=ts)
    store.close()
    show_ledger(home=home, as_json=True)
    told = orjson.loads(capsys.readouterr().out)["ledger"]
    assert {one["name"] for one in told if one["kind"] == "rule"} == {"rule.mm_confidence", "rule.spoofing"}
    list_strategies(home=home, as_json=True)
    assert isinstance(orjson.loads(capsys.readouterr().out)["strategies"], list)
    show_ledger(home=home, as_json=False)
    list_strategies(home=home, as_json=False)
    assert "rule.spoofing" in capsys.readouterr().out


def test_reflecting_when_due_does_each_date_once(
    planted: tuple[Path, PlantedRecord, Store],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home, record, store = planted
    store.close()
    now = FixedClock(day_bounds(record.day(2))[0] + NANOS)
    monkeypatch.setattr(reflect_command, "SystemClock", lambda: now)
    for expected in ([record.day(0), record.day(1)], []):
        reflect_when_due(home=home, as_json=True)
        done = orjson.loads(capsys.readouterr().out)["done"]
        assert [one["date"] for one in done] == expected
