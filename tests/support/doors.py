"""Every way into a served home: the routes of the application, each with words that fit its path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from keeper_agent.api.application import build_app
from keeper_agent.api.desk import Desk
from keeper_agent.dashboard.assets import address_of, assets
from keeper_agent.dashboard.routes import add_dashboard
from keeper_agent.settings import load_settings
from tools.domain.clock import SystemClock

OPEN = {"/login", "/enter", "/static/{version}/{name:path}"}
"""Paths for who has no credential: the door itself, and files that show nothing of a home."""


@dataclass(frozen=True, slots=True)
class Door:
    """One method of one path."""

    method: str
    path: str

    @property
    def is_for_programs(self) -> bool:
        """Whether it answers JSON or metrics, not a page."""
        return self.path.startswith(("/api/", "/metrics", "/logout"))

    @property
    def needs_nothing(self) -> bool:
        """Whether it is open to who has no credential."""
        return self.path in OPEN

    @property
    def target(self) -> str:
        """An address that it takes."""
        return fill(self.path)


def fill(path: str) -> str:
    """``path`` with words in place of its parameters."""
    file = sorted(assets())[0]
    words = {"symbol": "BTCUSDT", "name": "d_0123456789", "decision": "d_0123456789"}
    found = path.replace("/static/{version}/{name:path}", address_of(file))
    for name, word in words.items():
        found = found.replace(f"{{{name}}}", word)
    assert "{" not in found, f"no word for a parameter of {path}"
    return found


def doors(home: Path, add: Callable[[FastAPI], None] = add_dashboard) -> list[Door]:
    """All of them, in order of their paths."""
    app = build_app(Desk(load_settings(keeper_home=home), SystemClock()))
    add(app)
    return sorted(set(_doors(app.routes)), key=lambda door: (door.path, door.method))


def _doors(routes: Sequence[BaseRoute]) -> Iterator[Door]:
    for route in routes:
        inner: Any = getattr(route, "original_router", None)  # one that was included as a whole
        if inner is not None:
            yield from _doors(inner.routes)
            continue
        assert isinstance(route, APIRoute), f"a route of another kind: {route}"
        for method in route.methods:
            yield Door(method, route.path)
