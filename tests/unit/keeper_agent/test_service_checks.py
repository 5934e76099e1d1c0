"""The doctor on what a service needs: each fault is provoked, found, and comes with what mends it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from keeper_agent import service_checks as checks
from keeper_agent.api.tokens import TOKENS_FILE
from keeper_agent.finding import FAULT, OK, WARNING, Finding
from keeper_agent.heart import ENDED, write_heartbeat
from keeper_agent.settings import Settings, load_settings
from memory.lock import HomeLock
from memory.spending import SpendCaps, SpendLedger
from memory.store import Store
from tests.support.commands import Here
from tests.support.memories import a_memory
from tests.support.remembered import a_remembered_day
from tools.domain.clock import NS, Clock, SystemClock
from tools.execution.kill import KillSwitch, PauseSwitch


class Standing:
    """A clock that stands ``back_s`` seconds before the machine's."""

    def __init__(self, back_s: float) -> None:
        self._ts = SystemClock().now() - round(back_s * NS)

    def now(self) -> int:
        return self._ts


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def found(check: Callable[[Settings, Clock], Finding], clock: Clock | None = None, **given: Any) -> Finding:
    finding = check(load_settings(**given), clock or SystemClock())
    assert bool(finding.fix) == (finding.state != OK), finding
    return finding


def test_a_record_that_ends_in_the_future_tells_of_a_wrong_clock(own_home: Path) -> None:
    assert found(checks.check_record_time).state == OK
    a_remembered_day(own_home)
    assert found(checks.check_record_time).state == OK
    assert found(checks.check_record_time, Standing(10 * 365 * 86_400)).state == WARNING


def test_what_holds_secrets_must_be_private(own_home: Path, tmp_path: Path) -> None:
    own_home.mkdir()
    assert found(checks.check_private).state == OK
    for path in (own_home / TOKENS_FILE, own_home / "scrape-token", tmp_path / ".env"):
        path.touch(mode=0o600)
        assert found(checks.check_private).state == OK
        path.chmod(0o640)
        finding = found(checks.check_private)
        assert (finding.state, path.name in finding.fix) == (FAULT, True)
        path.chmod(0o600)


def test_a_port_that_is_taken_is_a_fault(own_home: Path) -> None:
    assert found(checks.check_ports).state == OK
    assert found(checks.check_ports, keeper_api="on").state == OK
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert found(checks.check_ports, keeper_api="on", keeper_api_port=port).state == FAULT
        with HomeLock.acquire(own_home, "keeper run"):
            assert found(checks.check_ports, keeper_api="on", keeper_api_port=port).state == OK
    assert found(checks.check_ports, keeper_api="on", keeper_api_port=port).state == OK


def test_live_money_needs_its_keys_and_none_is_shown() -> None:
    assert found(checks.check_keys).state == OK
    finding = found(checks.check_keys, keeper_world="live", keeper_api_key="the-key-itself")
    assert (finding.state, finding.found) == (FAULT, "KEEPER_API_SECRET missing")
    both = {"keeper_world": "live", "keeper_api_key": "the-key-itself", "keeper_api_secret": "its-secret"}
    finding = found(checks.check_keys, **both)
    assert (finding.state, finding.found) == (OK, "present")


def test_a_brain_without_a_key_is_a_fault() -> None:
    assert "abstain" in found(checks.check_brain).found
    assert found(checks.check_brain, keeper_brain="openai").state == FAULT
    assert found(checks.check_brain, keeper_brain="openai", openai_api_key="sk-of-a-test").found == "openai"
    assert found(checks.check_brain, keeper_brain_backup="openai").state == FAULT


def test_a_budget_that_is_spent_is_a_warning(own_home: Path) -> None:
    brain = {"keeper_brain": "openai", "openai_api_key": "sk-of-a-test"}
    assert found(checks.check_budget).found == "nothing is spent: no brain is asked"
    assert found(checks.check_budget, **brain).state == OK
    with a_memory(own_home) as build:
        caps = SpendCaps(Decimal(1), Decimal(1), Decimal(1))
        ledger = SpendLedger(build.store, caps, SystemClock(), run_id=build.run_id, world=build.world)
        ledger.reserve("one", Decimal("0.1"), provider="openai", model="m")
    assert found(checks.check_budget, **brain).found.startswith("0.1 of 0.2 USD today")
    assert found(checks.check_budget, **brain, keeper_brain_usd_per_day="0.1").state == WARNING


def test_a_switch_that_was_set_and_forgotten_is_told(own_home: Path) -> None:
    assert found(checks.check_switches).state == OK
    PauseSwitch(own_home).set("lunch")
    KillSwitch(own_home).set("storm")
    finding = found(checks.check_switches)
    assert (finding.state, finding.found) == (WARNING, "kill switch is set: storm; pause is set: lunch")


def test_an_agent_whose_loop_hangs_is_a_fault(own_home: Path) -> None:
    assert found(checks.check_heartbeat).state == OK
    with HomeLock.acquire(own_home, "keeper run"):
        assert found(checks.check_heartbeat).state == OK
        write_heartbeat(own_home, SystemClock())
        assert found(checks.check_heartbeat).state == OK
        write_heartbeat(own_home, Standing(100))
        assert found(checks.check_heartbeat).state == FAULT
        write_heartbeat(own_home, Standing(100), ENDED)
        assert found(checks.check_heartbeat).state == OK
    write_heartbeat(own_home, Standing(100))
    assert found(checks.check_heartbeat).state == OK


def test_the_exit_code_is_one_where_a_fault_was_found_and_zero_with_warnings_alone(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = Here(monkeypatch, capsys)
    Store.open(own_home).close()
    PauseSwitch(own_home).set("lunch")
    said = here("doctor", "--json")
    assert (said.code, said.json["healthy"]) == (0, True)
    states = {one["name"]: one["state"] for one in said.json["findings"]}
    assert states["switches"] == WARNING
    monkeypatch.setenv("KEEPER_BRAIN", "openai")
    said = here("doctor", "--json")
    assert (said.code, said.json["healthy"]) == (1, False)
