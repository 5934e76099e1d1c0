"""A home served over HTTP on loopback, and a small client that says what it was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from fastapi import FastAPI

from keeper_agent.api.desk import Desk
from keeper_agent.api.serving import Address, serving_api
from keeper_agent.dashboard.routes import add_dashboard
from keeper_agent.settings import load_settings
from tools.domain.clock import SystemClock


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers (lower case) and body of an answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)


class Caller:
    """Calls one served home."""

    def __init__(self, desk: Desk, address: Address) -> None:
        self.desk = desk
        self.address = address
        self.tokens: dict[str, str] = orjson.loads(desk.tokens.path.read_bytes())

    def __call__(
        self, method: str, target: str, *, scope: str | None = "read", body: Any = None, **headers: str
    ) -> Reply:
        """Ask; underscores in names of headers are hyphens."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if scope is not None:
            given["Authorization"] = f"Bearer {self.tokens[scope]}"
        sent = body if isinstance(body, bytes | None) else orjson.dumps(body)
        if sent is not None:
            given.setdefault("Content-Type", "application/json")
        peer = HTTPConnection(urlsplit(self.address.url).netloc, timeout=240)
        try:
            peer.request(method, target, sent, given)
            got = peer.getresponse()
            return Reply(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        finally:
            peer.close()


def events_of(reply: Reply) -> list[tuple[str, Any]]:
    """The server-sent events of a whole answer, each with its name and what it holds."""
    told = []
    for part in reply.body.decode().split("\n\n")[:-1]:
        name, data = part.split("\n")
        told.append((name.removeprefix("event: "), orjson.loads(data.removeprefix("data: "))))
    return told


@contextmanager
def served(home: Path, add: Callable[[FastAPI], None] = add_dashboard, **settings: Any) -> Iterator[Caller]:
    """``home`` served on a free port of loopback, with what ``add`` adds to the API."""
    desk = Desk(load_settings(keeper_home=home, **settings), SystemClock())
    with serving_api(desk, add) as address:
        yield Caller(desk, address)
