"""A running agent says how it stands and can be told to pause: over its socket, with the real cycle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from stat import S_IMODE
from typing import Any

import pytest

from keeper_agent.controlling import Refused, tell
from keeper_agent.last_status import LAST_FILE, read_last
from keeper_agent.retaking import retake
from keeper_agent.settings import load_settings
from memory.connection import DATABASE
from memory.lookup import tell as tell_of
from memory.store import Store
from memory.strategies import StrategyBook, StrategyVersion, rules_of
from tests.support.api import served
from tests.support.commands import Here
from tests.support.living import TAPE, Session, session
from tests.support.senses import BUNDLED, opening
from tools.domain.market import NANOS
from tools.domain.trading import Action
from tools.execution.kill import PauseSwitch

SECONDS = 150


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, list[Any]]]:
    """A session with its status after each ten seconds of a minute and a half."""
    with session(tmp_path_factory.mktemp("reporting")) as found:
        told = [tell(found.home, "status")]
        for second in range(10, 100, 10):
            found.play_to(second)
            found.reporter._figured_at = 0  # as if five seconds had passed
            told.append((tell(found.home, "status"), found.cycle.executor.entry))
        yield found, told


def test_before_the_first_frame_it_says_that_it_is_starting(lived: tuple[Session, list[Any]]) -> None:
    assert lived[1][0]["is_starting"] is True


def test_positions_and_orders_are_those_of_the_executor(lived: tuple[Session, list[Any]]) -> None:
    held = 0
    for status, entry in lived[1][1:]:
        (row,) = status["symbols"]
        assert (row["symbol"], row["book"]) == ("BTCUSDT", "sound")
        if entry is None:
            assert (status["positions"], status["orders"]) == ([], [])
            continue
        held += 1
        names = [one["decision_id"] for one in (*status["positions"], *status["orders"])]
        assert set(names) <= {entry.decision.decision_id}
        assert names, "an entry without a position or an order"
    assert held > 0


def test_the_figures_are_those_of_memory(lived: tuple[Session, list[Any]]) -> None:
    found, told = lived
    status = told[-1][0]
    with closing(connect(f"file:{found.home / DATABASE}?mode=ro", uri=True)) as memory:

        def number(query: str) -> Any:
            return memory.execute(query, {"ts": status["ts"]}).fetchone()[0]

        assert status["metrics"]["decisions_an_hour"] == number("select count(*) from decision")
        taken = "from outcome where kind = 'taken' and net_bps is not null and ts_known <= :ts"
        assert status["metrics"]["last_24h"]["round_trips"] == number(f"select count(*) {taken}")
        assert status["metrics"]["last_24h"]["wins"] == number(
            f"select coalesce(sum(net_bps > 0), 0) {taken}"
        )
    assert status["run"]["decisions"] == len(found.noted.decisions)
    assert status["latencies"]["decision"]["n"] == status["run"]["decisions"]
    assert status["latencies"]["memory"]["p50_ms"] <= status["latencies"]["decision"]["p99_ms"]
    assert float(status["today"]["realised_usd"]) == float(
        found.keeper.ledger.snapshot(status["ts"]).realised_usd
    )


def test_a_pause_keeps_new_entries_out_and_lets_go_what_is_held(tmp_path: Path) -> None:
    with session(tmp_path) as found:
        found.play_to(45)
        assert any(one.action is Action.ENTER for one in found.noted.decisions)
        before = len(found.noted.decisions)
        assert tell(tmp_path, "pause", reason="lunch")["is_set"]
        found.play_to(95)
        paused = found.noted.decisions[before:]
        assert len(paused) > 10
        assert not [one for one in paused if one.action is Action.ENTER]
        assert {clamp.limit for one in paused for clamp in one.clamps} == {"pause"}
        assert not found.cycle.executor.is_busy, "what was held was not let go"
        status = tell(tmp_path, "status")
        assert (status["entries"], status["why"]) == ("paused", "lunch")
        assert PauseSwitch(tmp_path).is_set, "a restart would forget the pause"
        assert tell(tmp_path, "resume") == {"cleared": ["pause"]}
        found.play_to(SECONDS)
        assert [one for one in found.noted.decisions[before + len(paused) :] if one.action is Action.ENTER]


@pytest.mark.parametrize("reason", [7, "x" * 201, None, ["a"]])
def test_a_reason_that_is_none_is_refused(lived: tuple[Session, list[Any]], reason: Any) -> None:
    with pytest.raises(Refused, match="a reason is text"):
        tell(lived[0].home, "pause", reason=reason)
    assert not PauseSwitch(lived[0].home).is_set


def test_the_last_state_is_kept_for_its_owner_alone_and_shown_when_nobody_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEEPER_HOME", str(tmp_path))
    here = Here(monkeypatch, capsys)
    here("status").fails_in_one_line(10, "no agent is running")
    with session(tmp_path) as found:
        found.play_to(12)
        said = here("status", "--json")
        assert (said.code, said.json["is_running"], said.json["run_id"]) == (0, True, "run_0000000000")
        drawn = here("status")
        assert (drawn.code, "● running recorded" in drawn.out) == (0, True)
        assert "BTCUSDT" in drawn.out
        assert max(map(len, drawn.out.splitlines())) <= 80
        assert "…" not in drawn.out, "nothing is cut off"
        assert here("pause", "--json").json["heard"] is True
        assert here("kill", "--reason", "bad\x1b[2J news", "--json").json["heard"] is True
        found.play_to(13)
        assert "entries killed (bad\\x1b[2J news)" in here("status").out.replace("\n", " ")
        resumed = here("resume", "--json").json
        assert (resumed["was_set"], resumed["was_paused"], resumed["heard"]) == (True, True, True)
    assert S_IMODE((tmp_path / LAST_FILE).stat().st_mode) == 0o600
    gone = here("status", "--json")
    assert gone.code == 10
    last = json.loads(gone.out)
    assert (last["is_running"], last["last"]["run_id"]) == (False, "run_0000000000")
    assert last["last"] == read_last(tmp_path)
    shown = here("status")
    assert (shown.code, "not running" in shown.out, "no agent is running" in shown.err) == (10, True, True)


def test_a_parameter_that_reflection_moves_counts_from_the_next_decision_on(tmp_path: Path) -> None:
    """Moved as a reflection does it, in a copy that is committed apart; nobody restarts anything."""
    with session(tmp_path) as found:
        found.play_to(40)
        before, ts = len(found.noted.decisions), found.cycle.market.ts
        moved = found.keeper.parameters.detached().change(
            "stop_bps", 25, reason="stops were hit", evidence=["o_1"], ts=ts + 1,
            run_id="run_0000000000", world="recorded",
        )  # fmt: skip
        found.keeper.parameters.refresh()
        found.play_to(70)
        decisions = found.noted.decisions
        assert 0 < before < len(decisions)
        assert {one.parameters_version for one in decisions[:before]} == {0}
        assert {one.parameters_version for one in decisions[before:]} == {moved.version}
        with Store.open(tmp_path, read_only=True) as store:
            stops = [tell_of(store, one.decision_id).signal for one in decisions]
            retaken = [
                retake(store, load_settings(keeper_home=tmp_path), one.decision_id, {}) for one in decisions
            ]
        widths = [round((1 - one.stop / one.entry_price) * 1e4) for one in stops]
        assert set(widths[:before]) == {20}
        # The kernel that raises signals hears of it with the first decision, however events are batched.
        assert widths[before] in (20, 25)
        assert set(widths[before + 1 :]) == {25}
        assert [one.differences for one in retaken if one.differences] == []


def test_a_learned_strategy_is_judged_by_what_is_followed_meanwhile(tmp_path: Path) -> None:
    """It begins with no result at all, loses, and is heard no more; nobody reflects or restarts."""
    with session(tmp_path) as found:
        first = int(opening(BUNDLED[0], TAPE)["ts_init"][0])
        rules = {"conditions": [{"feature": "mid", "low": 0.0}], "size_share": 1.0}
        StrategyBook(found.keeper.store).record(
            StrategyVersion(
                strategy_id="y_1", rules=rules_of({**rules, "stop_bps": 20.0, "target_bps": 5.0}, ("mid",)),
                standing="active", reason="said so", origin="mined", n=0, wins=0, net_bps=0.0, error_bps=0.0,
                evidence=(), day="2024-08-08", run_id="run_0000000000", world="recorded",
                ts=first - 100 * NANOS, ts_known=first - 100 * NANOS,
            )
        )  # fmt: skip
        found.play_to(TAPE)
        votes = [
            next(vote for vote in one.votes if vote.component == "strategy") for one in found.noted.decisions
        ]
        assert {vote.reason for vote in votes[:5]} == {"1 match, none proven yet"}
        assert votes[-1].reason == "no learned strategy matches", "its losses did not count"
        with Store.open(tmp_path, read_only=True) as store:
            last = found.noted.decisions[-1]
            assert retake(store, load_settings(keeper_home=tmp_path), last.decision_id, {}).differences == ()


def test_watching_draws_again_until_the_agent_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEEPER_HOME", str(tmp_path))
    with session(tmp_path) as found:
        found.play_to(5)
        left = [3]

        def goes_on(seconds: float) -> None:
            left[0] -= 1
            found.play_to(found.second + 1)
            if not left[0]:
                raise KeyboardInterrupt

        monkeypatch.setattr("keeper_agent.commands.status.sleep", goes_on)
        said = Here(monkeypatch, capsys)("status", "--watch")
    assert (said.code, left) == (130, [0])
    assert "● running recorded" in said.out


def test_status_and_signals_tell_the_outlook_once_there_is_one(lived: tuple[Session, list[Any]]) -> None:
    found, told = lived
    first, last = (one[0]["symbols"][0]["outlook"] for one in (told[1], told[-1]))
    assert first == {"volatility": None, "regime": None, "btc": None}
    assert last["volatility"] > 0
    with closing(connect(f"file:{found.home / DATABASE}?mode=ro", uri=True)) as memory:
        rows = memory.execute("select ts, features from signal order by ts").fetchall()
    volatilities = [json.loads(features).get("outlook_volatility") for _, features in rows]
    known = [value for value in volatilities if value is not None]
    assert volatilities[0] is None
    assert known
    assert min(known) > 0
    assert not any("btc_correlation" in features for _, features in rows)


def test_over_http_the_same_market_is_told_and_a_size_is_reckoned(lived: tuple[Session, list[Any]]) -> None:
    home = lived[0].home
    (row,) = tell(home, "status")["symbols"]
    with served(home) as call:
        maker = call("GET", "/api/mm/status/btcusdt").json
        assert maker["mm_confidence"] == row["mm"]["confidence"]
        assert maker["best_entry_price"] <= maker["mm_lower_bound"]
        assert maker["best_exit_price"] >= maker["mm_upper_bound"]
        assert call("GET", "/api/tape/BTCUSDT/aggressor").json == {"symbol": "BTCUSDT", **row["tape"]}
        assert call("GET", "/api/book/BTCUSDT/spoofing").json["spoofing_score"] == row["spoofing"]
        assert call("GET", "/api/mm/status/NOTHING").status == 404
        wanted = {"symbol": "BTCUSDT", "target_size_usd": 10, "risk_appetite": "aggressive"}
        sized = call("POST", "/api/sizing/calculate", body=wanted)
        assert sized.status == 200, sized.body
        assert sized.json["split_count"] >= 1
        assert 0 < sized.json["size_usd"] <= 10
        refused = call("POST", "/api/sizing/calculate", body={**wanted, "target_size_usd": 0})
        assert refused.status == 422
        health = call("GET", "/api/health").json
        assert (health["is_running"], health["killed"]) == (True, False)
