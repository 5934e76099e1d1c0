"""``keeper link``: a fresh way in to the dashboard of a running agent, without a restart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from keeper_agent.api.serving import link_at
from tests.support.api import Caller, served
from tests.support.commands import Here
from tests.support.living import session


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(monkeypatch, capsys)


@pytest.fixture
def agent(own_home: Path) -> Iterator[Caller]:
    """An agent that answers on its socket, and its dashboard."""
    with served(own_home) as call, session(own_home, lambda: link_at(call.address.url, call.desk)):
        yield call


def test_a_link_of_a_running_agent_lets_one_browser_in(here: Here, agent: Caller) -> None:
    told = here("link")
    assert told.code == 0, told.err
    found = re.search(r"/login\?code=\w{64}\n", told.out)
    assert found is not None
    assert "open once, within ten minutes: http://127.0.0.1:" in told.out
    assert [agent("GET", found[0].strip(), scope=None).status for _ in range(2)] == [303, 403]
    assert here("link", "--json").json["rotated"] is False


def test_new_tokens_let_in_and_those_of_before_no_longer(here: Here, agent: Caller) -> None:
    before = agent.desk.sessions.new_link()
    told = here("link", "--rotate", "--json").json
    assert told["rotated"] is True
    assert agent("GET", "/api/health").status == 401
    assert agent("GET", f"/login?code={before}", scope=None).status == 403
    assert agent("GET", told["link"].removeprefix(agent.address.url), scope=None).status == 303
    renewed = Caller(agent.desk, agent.address)
    assert renewed.tokens.keys() == agent.tokens.keys()
    assert set(renewed.tokens.values()).isdisjoint(agent.tokens.values())
    assert renewed("GET", "/api/health").status == 200


def test_without_an_agent_or_a_dashboard_it_says_so_in_one_line(here: Here, own_home: Path) -> None:
    here("link").fails_in_one_line(10, "no agent is running")
    with session(own_home):
        here("link").fails_in_one_line(1, "it serves no dashboard", "KEEPER_API")
