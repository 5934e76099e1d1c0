"""Keeper's memory for other programs' models: a read-only MCP server on standard input and output.

Everything here reads; nothing can be changed, bought or sold through it. What a tool returns is
data from the record, with the ids that it rests on. A question that cannot be answered is an error
that says why, as on the command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from graphs.answers import as_data
from graphs.explanation import explain
from graphs.query import answer
from keeper_agent.app import CODE_VERSION
from keeper_agent.settings import load_settings
from memory.account import present
from memory.store import Store
from tools.domain.clock import SystemClock
from tools.domain.errors import KeeperError

INSTRUCTIONS = (
    "The record of a trading agent, read-only. Ask questions about its past decisions, trades and "
    "results in plain English or Vietnamese; every answer cites decision ids, which explain_decision "
    "tells more about. What is not in the record is answered so: do not guess numbers."
)
READING = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)
Question = Annotated[str, Field(description="For example: how many BTCUSDT signals did you skip yesterday?")]
Before = Annotated[
    list[str] | None, Field(description="Questions asked before, which a follow-up builds on.")
]
DecisionId = Annotated[
    str, Field(description="Decision id, d_ and ten letters or digits, or the beginning of one.")
]


def build_server(home: Path) -> MCPServer[Any]:
    """A server on the memory in ``home``; each call opens it anew, beside a running agent."""
    server: MCPServer[Any] = MCPServer("keeper", instructions=INSTRUCTIONS, version=CODE_VERSION)

    @server.tool(annotations=READING, structured_output=True)
    def ask(question: Question, before: Before = None) -> dict[str, Any]:
        """Answer a question about the past from the record, with citations."""
        with _reading(home) as store:
            found = answer(store, question, present(store, SystemClock().now()), tuple(before or ()))
        return as_data(found)

    @server.tool(annotations=READING, structured_output=True)
    def explain_decision(decision_id: DecisionId) -> dict[str, Any]:
        """Everything on one decision: what was known then, and apart from it what came later."""
        with _reading(home) as store:
            return explain(store, decision_id)

    return server


def serve(home: Path | None) -> None:
    """Serve on standard input and output until they close.

    Raises:
        NotInRecord: There is no memory yet.
    """
    settings = load_settings(keeper_home=home)
    Store.open(settings.keeper_home, read_only=True).close()
    build_server(settings.keeper_home).run("stdio")


@contextmanager
def _reading(home: Path) -> Iterator[Store]:
    """The record, for reading; what Keeper would say in one line becomes the tool's error."""
    try:
        with Store.open(home, read_only=True) as store:
            yield store
    except KeeperError as error:
        raise ToolError(str(error)) from error
