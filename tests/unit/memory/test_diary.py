"""The diary: every event one line for people, made from the database as it grows or all at once."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from stat import S_IMODE

import pytest

from memory.consultations import DECIDE, Consultation, ConsultationLog
from memory.diary import Place, place_before, read_all, read_on
from memory.diary_file import FOLDER, NOW, DiaryFile
from memory.diary_lines import DiaryLine, escaped
from memory.store import Store
from tests.support.commands import Here
from tests.support.memories import a_memory, at
from tests.support.remembered import a_remembered_day
from tools.domain.trading import Action, Route


def lines(home: Path, place: Place | None = None) -> list[DiaryLine]:
    with Store.open(home, read_only=True) as store:
        return list(read_all(store, place))


def files(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((home / FOLDER).iterdir())}


def told(home: Path) -> str:
    """The whole text of the files."""
    packed = sorted((home / FOLDER).glob("*.gz"))
    whole = b"".join(gzip.decompress(path.read_bytes()) for path in packed)
    return (whole + (home / FOLDER / NOW).read_bytes()).decode()


def test_a_day_reads_as_it_was(tmp_path: Path) -> None:
    day = a_remembered_day(tmp_path)
    found = lines(tmp_path)
    kinds = [line.kind for line in found]
    assert (kinds.count("decision"), kinds.count("round-trip"), kinds.count("parameter")) == (10, 5, 1)
    bought = next(line for line in found if line.kind == "decision" and line.name == day["won"].decision_id)
    assert bought.text.startswith(
        f"2024-08-08T22:00:00.000Z decision {day['won'].decision_id} BTCUSDT enter by pattern at 61000 "
    )
    assert "all 0.61 of" in bought.text
    assert '| calm | "neighbours won"' in bought.text
    ended = next(line for line in found if line.kind == "round-trip" and line.name == day["won"].decision_id)
    assert "take_profit entry 61000" in ended.text
    assert "+10.00 bps" in ended.text
    (moved,) = [line.text for line in found if line.kind == "parameter"]
    assert 'stop_bps 20 → 25 | because "stops were hit and then won" | triggered by o_' in moved
    assert max(len(line.text.encode()) for line in found) <= 600


def test_the_order_is_that_of_the_record_however_often_it_is_read(tmp_path: Path) -> None:
    a_remembered_day(tmp_path)
    with Store.open(tmp_path, read_only=True) as store:
        place, pieces = Place(), []
        while True:
            found, there = read_on(store, place, most_links=1)
            if there == place:
                break
            pieces += found
            place = there
    assert pieces == lines(tmp_path)


HOSTILE = 'x\n2024-08-08T22:00:00.000Z decision forged\x1b[2J\u202e "quoted" \\ ' + "y" * 500


def test_hostile_text_stays_in_its_line_and_does_nothing_to_a_terminal(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        decision = build.decide(at("22:00:00"), symbol="BTC\n\x1bUSDT", route=Route.LLM, reason=HOSTILE)
        asked = Consultation(
            "c_1", decision.decision_id, build.run_id, build.world, DECIDE, 1.0, 0, "openai", "gpt\u202e",
            "1", "f", b"", b"", HOSTILE, None, "", None, Decimal("0.001"), at("22:00:00"), at("22:00:01"),
        )  # fmt: skip
        ConsultationLog(build.store).record(asked)
    found = lines(tmp_path)
    assert {line.kind for line in found} == {"decision", "brain"}
    for line in found:
        assert line.text.isprintable()
        assert len(line.text) < 700
        assert '\\"quoted\\" \\\\ ' in line.text
        assert "x\\n2024" in line.text
        assert "\\x1b" in line.text
    assert escaped("a\u202eb\x00") == "a\\u202eb\\x00"


def grown(home: Path, most: int) -> DiaryFile:
    """The files of a memory that was written and read in turns."""
    diary = DiaryFile(home, most)
    with a_memory(home) as build, Store.open(home) as reader:
        for minute in range(20):
            decision = build.decide(at(f"10:{minute:02d}:00"), action=Action.ENTER, route=Route.PATTERN)
            build.trade(decision, 1.0)
            build.store.flush()
            if minute % 7 == 0:
                while diary.bring_up_to_date(reader, most_links=3):
                    pass
        while diary.bring_up_to_date(reader):
            pass
    return diary


def test_it_is_rotated_packed_private_and_the_same_when_it_is_made_anew(tmp_path: Path) -> None:
    diary = grown(tmp_path, 2_000)
    before = files(tmp_path)
    assert len([name for name in before if name.endswith(".gz")]) >= 3
    assert told(tmp_path) == "".join(f"{line.text}\n" for line in lines(tmp_path))
    assert {S_IMODE(path.stat().st_mode) for path in (tmp_path / FOLDER).iterdir()} == {0o600}
    assert S_IMODE((tmp_path / FOLDER).stat().st_mode) == 0o700
    with Store.open(tmp_path, read_only=True) as store:
        diary.rebuild(store)
    assert files(tmp_path) == before


def _more_lines(folder: Path) -> None:
    with (folder / NOW).open("ab") as file:
        file.write(b"half a li")


def _fewer_lines(folder: Path) -> None:
    os.truncate(folder / NOW, 3)


def _packed_too_much(folder: Path) -> None:
    """It died after packing, and after new lines were begun."""
    last = int(max(path.name for path in folder.glob("*.gz"))[:6])
    (folder / f"{last + 1:06d}.txt.gz").write_bytes(
        gzip.compress((folder / NOW).read_bytes() + b"a line that is not in the state\n", mtime=0)
    )
    (folder / NOW).write_bytes(b"z" * 9_000)


def _no_state(folder: Path) -> None:
    (folder / "state.json").write_text("{")


@pytest.mark.parametrize("break_it", [_more_lines, _fewer_lines, _packed_too_much, _no_state])
def test_what_a_crash_leaves_is_mended(tmp_path: Path, break_it: Callable[[Path], None]) -> None:
    grown(tmp_path, 2_000)
    before = files(tmp_path)
    break_it(tmp_path / FOLDER)
    assert files(tmp_path) != before
    with Store.open(tmp_path, read_only=True) as store:
        DiaryFile(tmp_path, 2_000)._bring(store, 500)
        while DiaryFile(tmp_path, 2_000).bring_up_to_date(store):
            pass
    assert files(tmp_path) == before


def test_another_database_in_the_home_is_noticed(tmp_path: Path) -> None:
    grown(tmp_path, 2_000)
    for path in tmp_path.glob("keeper.sqlite*"):
        path.unlink()
    a_remembered_day(tmp_path)
    with Store.open(tmp_path, read_only=True) as store:
        while DiaryFile(tmp_path, 2_000).bring_up_to_date(store):
            pass
    assert told(tmp_path) == "".join(f"{line.text}\n" for line in lines(tmp_path))


def test_a_place_before_a_time_leaves_out_nothing_known_since(tmp_path: Path) -> None:
    a_remembered_day(tmp_path)
    since = at("23:10:00")
    with Store.open(tmp_path, read_only=True) as store:
        found = [line for line in read_all(store, place_before(store, since)) if line.ts >= since]
    assert found == [line for line in lines(tmp_path) if line.ts >= since]
    assert found


def test_the_command_prints_what_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    a_remembered_day(tmp_path)
    monkeypatch.setenv("KEEPER_HOME", str(tmp_path))
    here = Here(monkeypatch, capsys)
    whole = here("memory", "log")
    assert whole.out.splitlines() == [line.text for line in lines(tmp_path)]
    later = here("memory", "log", "--since", "2024-08-08T23:10", "--json")
    assert 0 < len(later.out.splitlines()) < len(whole.out.splitlines())
    assert here("memory", "log", "--since", "400d").out == whole.out
    assert here("memory", "log", "--since", "2099-01-01").out == ""
    here("memory", "log", "--since", "yesterday-ish").fails_in_one_line(2, "--since expects")


def test_following_prints_what_is_added_once_and_ends_with_ctrl_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEEPER_HOME", str(tmp_path))
    with a_memory(tmp_path) as build:
        added = [build.decide(at("10:00:00")).decision_id]
        build.store.flush()

        def goes_on(seconds: float) -> None:
            if len(added) == 3:
                raise KeyboardInterrupt
            added.append(build.decide(at(f"10:00:0{len(added)}")).decision_id)
            build.store.flush()

        monkeypatch.setattr("keeper_agent.commands.memory_log.sleep", goes_on)
        said = Here(monkeypatch, capsys)("memory", "log", "--follow")
    assert said.code == 130
    assert [line.split()[2] for line in said.out.splitlines()] == added
