"""The one look at an agent that all listeners share: over its real socket, without a server around it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from keeper_agent.api import pulse as pulses
from keeper_agent.api.desk import Desk
from keeper_agent.api.line import Line
from keeper_agent.api.pulse import Pulse
from keeper_agent.controlling import Refused, result_of
from keeper_agent.settings import load_settings
from scheduler import control
from scheduler.control import ControlServer
from tools.domain.clock import SystemClock
from tools.domain.errors import NotRunning

STATUS: dict[str, Any] = {"run_id": "run_1", "run": {"decisions": 1}, "positions": [], "orders": []}


class Agent:
    """Says what the test wants it to say.

    Attributes:
        told: What it replies.
        asked: How often it was asked.
        called: How often somebody called.
    """

    def __init__(self) -> None:
        self.told: dict[str, Any] = dict(STATUS)
        self.asked = self.called = 0

    def status(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """Its reply."""
        self.asked += 1
        return self.told


@contextmanager
def running(home: Path, agent: Agent) -> Iterator[None]:
    server = ControlServer(home, {"status": agent.status})
    admit = server._admit

    def count(client: Any) -> None:
        agent.called += 1
        admit(client)

    server._admit = count  # type: ignore[method-assign]
    server.start()
    try:
        yield
    finally:
        server.close()


@pytest.fixture
def pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pulse:
    """Quicker than in earnest, by as much everywhere."""
    for name in ("EVERY_S", "FAULT_EVERY_S", "GROWN_EVERY_S"):
        monkeypatch.setattr(pulses, name, getattr(pulses, name) / 10)
    return Pulse(Desk(load_settings(keeper_home=tmp_path), SystemClock()))


def name_of(told: bytes) -> str:
    return told.partition(b"\n")[0].decode().removeprefix("event: ")


async def note(pulse: Pulse, found: list[str]) -> None:
    """Put the names of all that one listener hears into ``found``, until it is sent away."""
    async with aclosing(pulse.listen(lambda: True)) as events:  # type: ignore[type-var]
        while True:
            found.append(name_of(await anext(events)))


async def heard(pulse: Pulse, agent: Agent, seconds: float) -> list[str]:
    """The names of what one listener hears while the agent decides once a hundredth of a second."""
    found: list[str] = []
    listener = asyncio.create_task(note(pulse, found))
    until = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until:
        agent.told = {**agent.told, "run": {"decisions": agent.told["run"]["decisions"] + 1}}
        await asyncio.sleep(0.01)
    listener.cancel()
    await asyncio.gather(listener, return_exceptions=True)
    return found


def test_listeners_share_one_line_and_hear_of_growth_together_and_seldom(
    tmp_path: Path, pulse: Pulse
) -> None:
    agent = Agent()

    async def all_of_them() -> list[list[str]]:
        return await asyncio.gather(*(heard(pulse, agent, 0.9) for _ in range(3)))

    with running(tmp_path, agent):
        found = asyncio.run(all_of_them())
    assert agent.called == 1
    for one in found:
        assert one[0] == "status"
        assert 2 <= one.count("grown") <= 5, "every 0.2 s, though something grew at each look"
        assert one.count("status") > one.count("grown")
    assert pulse.listeners == 0


def test_what_did_not_change_is_told_once(tmp_path: Path, pulse: Pulse) -> None:
    agent = Agent()

    async def listen() -> list[str]:
        found: list[str] = []
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(note(pulse, found), 0.4)
        return found

    with running(tmp_path, agent):
        assert asyncio.run(listen()) == ["status"]
    assert agent.asked > 5


def test_an_agent_that_ends_and_begins_again_is_heard(tmp_path: Path, pulse: Pulse) -> None:
    agent = Agent()

    async def listen() -> list[str]:
        found = []
        async with aclosing(pulse.listen(lambda: True)) as events:  # type: ignore[type-var]
            with running(tmp_path, agent):
                found.append(name_of(await anext(events)))
            found.append(name_of(await anext(events)))
            agent.told = {**STATUS, "run_id": "run_2"}
            with running(tmp_path, agent):
                found.append(name_of(await anext(events)))
        return found

    assert asyncio.run(listen()) == ["status", "fault", "status"]


def test_a_line_that_was_hung_up_on_is_called_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "MOST_REQUESTS", 2)
    agent = Agent()

    async def ask() -> None:
        line = Line(tmp_path)
        with pytest.raises(NotRunning, match="no agent is running"):
            await line.ask("status")
        with running(tmp_path, agent):
            for _ in range(5):
                assert result_of(await line.ask("status")) == STATUS
            with pytest.raises(Refused, match="expected one of status"):
                result_of(await line.ask("nothing"))
        with pytest.raises(NotRunning):
            await line.ask("status")
        line.close()

    asyncio.run(ask())
    assert agent.called == 3
