"""``keeper parity`` as a person, a program and the timer meet it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from keeper_agent.parity.nightly import compare_apart, daily_parity, report_path
from keeper_agent.settings import Settings, load_settings
from keeper_agent.views.parity_page import parity_page
from memory.store import Store
from tests.support.commands import Here
from tests.support.parity_days import DATE, RUN, plant, with_fault
from tools.domain.clock import day_bounds
from tools.domain.errors import StoreUnusable
from tools.domain.market import NANOS
from tools.domain.trading import World
from tools.market.seen import seen_folder

DAY_NS = 86_400 * NANOS


class Hand:
    """A clock that stands where it is put."""

    def __init__(self, days: int) -> None:
        self.days = days

    def now(self) -> int:
        return day_bounds(DATE)[0] + self.days * DAY_NS + 3_600 * NANOS


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a short day."""
    return plant(tmp_path_factory.mktemp("planted"), seconds=60)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(monkeypatch, capsys)


def settings_of(home: Path) -> Settings:
    return load_settings(keeper_home=home)


def test_a_sound_day_is_told_to_people_and_programs(planted: Path, here: Here) -> None:
    said = here("parity", "--home", planted)
    assert said.code == 0, said.err
    assert f"{DATE}: nothing differs" in said.out
    told = here("parity", "--date", DATE, "--json", "--home", planted).json
    assert (told["date"], told["unexplained"], told["differences"]) == (DATE, 0, [])
    assert told["compared"]["decision"] > 10
    assert [row["cause"] for row in told["causes"]][:2] == ["data", "signal"]
    page = Path(told["page"]).read_text("utf-8")
    assert "nothing differs" in page
    assert report_path(planted, DATE).exists()


def test_what_differs_is_shown_with_its_cause(planted: Path, tmp_path: Path, here: Here) -> None:
    home = with_fault(
        planted,
        tmp_path,
        "UPDATE decision SET reason = '<b>moon</b>' "
        "WHERE decision_id = (SELECT min(decision_id) FROM decision)",
    )
    said = here("parity", "--home", home)
    assert said.code == 0, said.err
    assert "1 of 1 have their one cause" in said.out
    assert "from the very same data the program senses or decides otherwise" in said.out
    told = here("parity", "--json", "--home", home).json
    (one,) = told["differences"]
    assert one["cause"] == "signal"
    assert told["differing"] == {"decision": 1, "fill": 0, "result": 0}
    page = parity_page(told)
    assert "&lt;b&gt;moon" in page
    assert "<b>moon" not in page


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--date", "yesterday"), 2, "YYYY-MM-DD"),
        (("--date", "20240808"), 2, "YYYY-MM-DD"),
        (("--date", "2020-01-01"), 6, "nothing was decided at a venue"),
    ],
)
def test_a_day_that_is_none_is_one_line(
    planted: Path, here: Here, words: tuple[str, str], code: int, said: str
) -> None:
    here("parity", *words, "--home", planted).fails_in_one_line(code, said)


def test_a_day_whose_market_data_is_gone_or_damaged_is_one_line(
    planted: Path, tmp_path: Path, here: Here
) -> None:
    home = with_fault(planted, tmp_path)
    folder = seen_folder(home, RUN)
    (book,) = folder.glob("*.book.csv.gz")
    book.write_bytes(book.read_bytes()[:-200])
    here("parity", "--home", home).fails_in_one_line(3, book.name)
    shutil.rmtree(folder)
    here("parity", "--home", home).fails_in_one_line(8, "KEEPER_MARKET_GB")


def test_the_timer_compares_a_day_that_is_over_once(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = with_fault(planted, tmp_path)
    report = report_path(home, DATE)
    report.unlink(missing_ok=True)
    clock = Hand(0)
    with Store.open(home) as store:
        timer = daily_parity(store, settings_of(home), World.VENUE.value, clock)
        timer.run_due()
        assert not report.exists(), "the day is not over"
        clock.days = 1
        timer.run_due()
        made = report.stat().st_mtime_ns
        timer.run_due()
        assert report.stat().st_mtime_ns == made
        clock.days = 2
        timer.run_due()
        assert list(report.parent.glob("parity-*.json")) == [report], "nothing was decided on the day after"
        shutil.rmtree(seen_folder(home, RUN))
        report.unlink()
        other = daily_parity(store, settings_of(home), World.VENUE.value, Hand(1))
        other.run_due()
        assert not report.exists(), "nothing is kept of any day"


def test_a_comparison_that_fails_says_why(planted: Path) -> None:
    with pytest.raises(StoreUnusable, match="was not compared with its replay: --date expects"):
        compare_apart(settings_of(planted), "--json")
