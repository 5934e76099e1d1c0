"""The server: a thread of its own with its own loop, so that no request is ever in the way of trading."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from keeper_agent.api.application import build_app
from keeper_agent.api.connections import Connection
from keeper_agent.api.desk import Desk
from keeper_agent.api.guard import MOST_HEADERS
from tools.domain.errors import BadUsage, StoreUnusable

START_S = 60.0  # a busy machine may take its time to start a thread
STOP_S = 30.0  # for requests under way to end; what is listened on is closed only then
STEP_S = 0.02
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (where it is reached from this machine)


@dataclass(frozen=True, slots=True)
class Address:
    """Where it is served, and a link that lets one browser in."""

    url: str
    link: str


@contextmanager
def serving_api(desk: Desk, add: Callable[[FastAPI], None] | None = None) -> Iterator[Address]:
    """Serve within; the address and port are those of the settings.

    Args:
        desk: What is served.
        add: Adds more to the application than the API.

    Raises:
        BadUsage: The address cannot be listened on.
        StoreUnusable: The server did not come up.
    """
    listening = _listen(desk.settings.keeper_api_host, desk.settings.keeper_api_port)
    app = build_app(desk)
    if add is not None:
        add(app)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # an address holds the code of a link
        log_level="error",  # bytes that are no request would each write a line to the terminal
        lifespan="off",
        ws="none",
        http=Connection,  # by h11: the other parser takes headers without an end
        h11_max_incomplete_event_size=2 * MOST_HEADERS,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), name="keeper-api", daemon=True)
    thread.start()
    try:
        _wait_for(server, thread)
        url = reached_at(*listening.getsockname()[:2])
        yield Address(url, link_at(url, desk))
    finally:
        app.state.pulse.is_closing = True
        server.should_exit = True
        thread.join(STOP_S)
        listening.close()


def reached_at(host: str, port: int) -> str:
    """Where this machine reaches what listens on ``host``.

    >>> reached_at("0.0.0.0", 8790), reached_at("::", 8790)
    ('http://127.0.0.1:8790', 'http://[::1]:8790')
    """
    here = EVERYWHERE.get(host, host)
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


def link_at(url: str, desk: Desk) -> str:
    """A link to what is served at ``url`` that lets one browser in, once, within ten minutes.

    Raises:
        StoreUnusable: The tokens it stands for cannot be read.
    """
    return f"{url}/login?code={desk.sessions.new_link()}"


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise BadUsage(f"the API cannot listen on {host} port {port}: {error.strerror or error}") from None


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    for _ in range(round(START_S / STEP_S)):
        if server.started:
            return
        thread.join(STEP_S)
        if not thread.is_alive():
            break
    raise StoreUnusable("the API's server did not start")
