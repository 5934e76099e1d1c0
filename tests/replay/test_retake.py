"""Whole-decision replay: every decision comes out of its sealed bundle as it was, field by field."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, select

from keeper_agent.retaking import retake
from keeper_agent.settings import Settings, load_settings
from memory.connection import DATABASE
from memory.rows import Row, vector_bytes
from memory.schema import METADATA
from memory.store import Store
from tests.support.commands import Here
from tests.support.replays import EAGER, record_of
from tests.support.senses import BUNDLED, instrument_of, opening
from tools.domain.errors import NotInRecord
from tools.market.events import event_bytes

SECONDS = 200


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose memory holds the decisions of a few minutes, probes and entries among them."""
    folder = tmp_path_factory.mktemp("retake")
    record_of(folder, opening(BUNDLED[0], SECONDS), instrument_of(BUNDLED[0]), parameters=EAGER)
    return folder / "home"


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """The command line, with that memory."""
    monkeypatch.setenv("KEEPER_HOME", str(home))
    return Here(monkeypatch, capsys)


def copy_of(home: Path, folder: Path, *statements: str) -> Path:
    """A copy of ``home`` in which somebody has run ``statements``."""
    copy = folder / "home"
    copy.mkdir(mode=0o700)
    with (
        closing(sqlite3.connect(home / DATABASE)) as there,
        closing(sqlite3.connect(copy / DATABASE)) as here,
    ):
        there.backup(here)
        for statement in statements:
            here.execute(statement)
        here.commit()
    return copy


def ids(store: Store) -> list[str]:
    decisions = METADATA.tables["decision"]
    return [
        row["decision_id"] for row in store.read(select(decisions.c.decision_id).order_by(decisions.c.ts))
    ]


@cache
def settings_at(home: Path) -> Settings:
    return load_settings(keeper_home=home)


def test_every_decision_is_taken_again_to_the_identical_result(home: Path) -> None:
    with Store.open(home, read_only=True) as store:
        found = [retake(store, settings_at(home), name, {}) for name in ids(store)]
    assert len(found) > 20
    assert any(one.was.plan is not None for one in found)
    assert any(one.was.recalled for one in found)
    assert [one.was.decision_id for one in found if one.differences] == []


def test_a_lesson_of_the_future_changes_nothing(home: Path, tmp_path: Path) -> None:
    """States whose outcome became known later, as similar as can be and ruinous, are invisible."""
    copy = copy_of(home, tmp_path)
    with Store.open(copy) as store:
        names = ids(store)
        store.write(_forged(store, n) for n in range(50))
        store.flush()
        found = [retake(store, settings_at(copy), name, {}) for name in names]
        again = [retake(store, settings_at(copy), name, {"pattern_neighbours": 25.0}) for name in names]
    assert [one.was.decision_id for one in found if one.differences] == []
    assert [one.was.decision_id for one in again if one.differences] == []


def _forged(store: Store, n: int) -> Row:
    patterns = METADATA.tables["pattern"]
    rows = store.read(select(patterns).order_by(patterns.c.ts_known.desc()))
    kept = dict(rows[n % len(rows)])
    decisions = METADATA.tables["decision"].c.ts
    last = max(rows[0]["ts_known"], store.read(select(func.max(decisions).label("ts")))[0]["ts"])
    kept["ts_known"] = last + 10**9 + n
    kept["net_bps"] = -500.0
    kept["vector"] = vector_bytes([1.0] * (len(kept["vector"]) // 8)) if n % 2 else kept["vector"]
    # A second outcome of a signal: an id of its own, and an outcome row it may refer to.
    outcome = dict(store.read(select(METADATA.tables["outcome"]).where(
        METADATA.tables["outcome"].c.outcome_id == kept["outcome_id"]))[0])  # fmt: skip
    outcome["outcome_id"] = kept["outcome_id"] = f"o_forged{n}"
    outcome["ts_known"], outcome["net_bps"] = kept["ts_known"], -500.0
    store.write([Row("outcome", outcome)])
    return Row("pattern", kept)


def test_another_policy_shows_what_it_would_have_changed(home: Path) -> None:
    with Store.open(home, read_only=True) as store:
        entered = [
            name for name in ids(store) if retake(store, settings_at(home), name, {}).was.plan is not None
        ]
        changed = retake(store, settings_at(home), entered[0], {"max_order_size_usd": 0.1})
    assert "plan" in {difference.name for difference in changed.differences}
    assert changed.now.plan is None


def test_a_bundle_that_was_changed_no_longer_fits_its_decision(home: Path, tmp_path: Path) -> None:
    """The negative control: the account is really read from the bundle."""
    copy = tmp_path / "home"
    copy.mkdir(mode=0o700)
    with (
        closing(sqlite3.connect(home / DATABASE)) as reader,
        closing(sqlite3.connect(copy / DATABASE)) as copied,
    ):
        reader.backup(copied)
        copied.execute("UPDATE bundle SET account = json_set(account, '$.is_killed', json('true'))")
        copied.commit()
    with Store.open(copy, read_only=True) as store:
        found = [retake(store, settings_at(copy), name, {}) for name in ids(store)]
    assert any(one.differences for one in found)


def test_the_bundle_names_the_market_data_that_was_seen(home: Path) -> None:
    events = opening(BUNDLED[0], SECONDS)
    with Store.open(home, read_only=True) as store:
        last = retake(store, settings_at(home), ids(store)[-1], {})
    seen = events[: last.bundle.market_events]
    assert int(seen["ts_init"][-1]) <= last.was.ts
    assert last.bundle.market_hash == sha256(event_bytes(seen)).hexdigest()


def test_the_command_says_identical_and_shows_differences(home: Path, here: Here) -> None:
    with Store.open(home, read_only=True) as store:
        taken = (retake(store, settings_at(home), name, {}).was for name in ids(store))
        name = next(one.decision_id for one in taken if one.plan is not None)
    same = here("replay-decision", name, "--json")
    assert (same.code, same.json["is_identical"], same.json["differences"]) == (0, True, [])
    other = here("replay-decision", name, "--with", "max_order_size_usd=0.1")
    assert other.code == 0
    assert "now None" in other.out


@pytest.mark.parametrize("change", ["no_such=1", "probe_share", "probe_share=9", "probe_share=much"])
def test_a_wrong_change_is_one_line_and_exit_2(home: Path, here: Here, change: str) -> None:
    with Store.open(home, read_only=True) as store:
        name = ids(store)[0]
    here("replay-decision", name, "--with", change).fails_in_one_line(2)


def test_a_decision_that_is_not_there_is_exit_6(here: Here) -> None:
    here("replay-decision", "d_0000000000").fails_in_one_line(6)


def test_a_decision_from_before_bundles_says_so(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    copy.mkdir(mode=0o700)
    with (
        closing(sqlite3.connect(home / DATABASE)) as reader,
        closing(sqlite3.connect(copy / DATABASE)) as copied,
    ):
        reader.backup(copied)
        copied.execute("DELETE FROM bundle")
        copied.commit()
    with Store.open(copy, read_only=True) as store, pytest.raises(NotInRecord, match="no bundle"):
        retake(store, settings_at(copy), ids(store)[0], {})
