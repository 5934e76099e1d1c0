"""``keeper mcp`` as a client has it: a process, its standard input and output, the real protocol."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from tests.support.commands import environment, keeper
from tests.support.remembered import a_remembered_day

LIMIT_S = 900.0
Story = Callable[[Client], Awaitable[Any]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    a_remembered_day(tmp_path / "home")
    return tmp_path / "home"


def told(home: Path, story: Story) -> Any:
    """What ``story`` returns of a running server."""
    words = ["-P", "-m", "keeper_agent.cli", "mcp", "--home", str(home)]

    async def run() -> Any:
        server = StdioServerParameters(
            command=sys.executable, args=words, env=environment(home), cwd=home.parent
        )
        async with asyncio.timeout(LIMIT_S), Client(server) as client:
            return await story(client)

    return asyncio.run(run())


def test_a_client_can_ask_follow_up_and_have_a_decision_explained(home: Path) -> None:
    async def story(client: Client) -> tuple[Any, ...]:
        tools = await client.list_tools()
        first = await client.call_tool("ask", {"question": "how many decisions on 2024-08-08 on BTC?"})
        words = {"question": "and on ETH?", "before": ["how many decisions on 2024-08-08 on BTC?"]}
        then = await client.call_tool("ask", words)
        cited = first.structured_content["citations"][0]
        return tools, first, then, await client.call_tool("explain_decision", {"decision_id": cited})

    tools, first, then, explained = told(home, story)
    assert {tool.name for tool in tools.tools} == {"ask", "explain_decision"}
    assert all(tool.annotations.read_only_hint for tool in tools.tools)
    assert first.structured_content["numbers"]["n"] == 8
    assert then.structured_content["numbers"]["n"] == 1
    assert explained.structured_content["decision_id"] == first.structured_content["citations"][0]
    assert explained.structured_content["symbol"] == "BTCUSDT"


def test_what_cannot_be_answered_is_an_error_that_says_why(home: Path) -> None:
    async def story(client: Client) -> tuple[Any, ...]:
        return (
            await client.call_tool("ask", {"question": "what is the weather?"}),
            await client.call_tool("explain_decision", {"decision_id": "d_ffffffffff"}),
        )

    strange, missing = told(home, story)
    assert strange.is_error
    assert 'did not understand "weather"' in strange.content[0].text
    assert missing.is_error
    assert "Traceback" not in missing.content[0].text


def test_without_a_memory_it_says_so_and_ends(tmp_path: Path) -> None:
    keeper("mcp", home=tmp_path / "empty").fails_in_one_line(6)
