"""Asking the running agent over its control socket."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from scheduler.control import MOST_REPLY, SOCKET_FILE, VERSION, is_same_user, short_path
from tools.domain.errors import KeeperError, NotRunning

PATIENCE_S = 15.0  # an agent on a busy machine answers late and is no dead one


class Refused(KeeperError):
    """The agent is there and did not do what it was asked."""


def tell(home: Path, do: str, **words: Any) -> Any:
    """What the agent in ``home`` replies to ``do``.

    Raises:
        NotRunning: No agent runs there, or it does not answer.
        Refused: It refused, or what answers is no agent of ours.
    """
    with connected(home) as peer, saying_why(home):
        peer.sendall(request_of(do, **words))
        return result_of(_read_line(peer))


def connected(home: Path) -> socket.socket:
    """A connection to the agent in ``home``, which waits at most ``PATIENCE_S`` for anything.

    Raises:
        NotRunning: No agent runs there, or it does not let us in.
        Refused: What listens there belongs to another user.
    """
    path, peer = home / SOCKET_FILE, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # A connect with a timeout of Python's own fails at once where others wait to be let in.
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", round(PATIENCE_S), 0))
        with saying_why(home), short_path(path) as name:
            peer.connect(name)
        peer.settimeout(PATIENCE_S)
        if not is_same_user(peer):
            raise Refused(f"{path} belongs to another user's process")
    except BaseException:
        peer.close()
        raise
    return peer


def request_of(do: str, **words: Any) -> bytes:
    """The line that asks for ``do``."""
    return orjson.dumps({"v": VERSION, "do": do, **words}, option=orjson.OPT_APPEND_NEWLINE)


@contextmanager
def saying_why(home: Path) -> Iterator[None]:
    """Let what the system refuses within be told as what it means.

    Raises:
        NotRunning: In the place of any ``OSError``.
    """
    try:
        yield
    except FileNotFoundError:
        raise NotRunning(f"no agent is running in {home}; keeper run starts one") from None
    except ConnectionRefusedError:
        raise NotRunning(f"no agent is running in {home}; one that died left {SOCKET_FILE}") from None
    except TimeoutError:
        raise NotRunning(f"the agent in {home} did not answer within {PATIENCE_S:.0f} s") from None
    except OSError as error:
        raise NotRunning(f"the agent in {home} cannot be asked: {error.strerror or error}") from None


def is_whole(held: bytes | bytearray, got: bytes) -> bool:
    """Whether ``held``, of which ``got`` came last, is a whole line.

    Raises:
        NotRunning: No more will come of it, or it is longer than any reply.
    """
    if not got or len(held) > MOST_REPLY:
        raise NotRunning("the agent hung up in the middle of its reply")
    return held.endswith(b"\n")


def _read_line(peer: socket.socket) -> bytes:
    held = bytearray()
    while True:
        got = peer.recv(65_536)
        held += got
        if is_whole(held, got):
            return bytes(held)


def result_of(line: bytes) -> Any:
    """What a reply holds.

    Raises:
        Refused: It is a refusal, or no reply of an agent of ours.
    """
    try:
        reply = orjson.loads(line)
    except orjson.JSONDecodeError:
        reply = None
    if not isinstance(reply, Mapping) or reply.get("v") != VERSION:
        raise Refused(f"expected a reply of version {VERSION}; is the agent of another version?")
    if not reply.get("ok"):
        raise Refused(f"the agent refused: {reply.get('error')}")
    return reply.get("result")
