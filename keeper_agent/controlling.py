"""Asking the running agent over its control socket."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
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
    path = home / SOCKET_FILE
    request = orjson.dumps({"v": VERSION, "do": do, **words}, option=orjson.OPT_APPEND_NEWLINE)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        # A connect with a timeout of Python's own fails at once where others wait to be let in.
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", round(PATIENCE_S), 0))
        try:
            with short_path(path) as name:
                peer.connect(name)
            peer.settimeout(PATIENCE_S)
            if not is_same_user(peer):
                raise Refused(f"{path} belongs to another user's process")
            peer.sendall(request)
            return _result(_read_line(peer))
        except FileNotFoundError:
            raise NotRunning(f"no agent is running in {home}") from None
        except ConnectionRefusedError:
            raise NotRunning(f"no agent is running in {home}; one that died left {SOCKET_FILE}") from None
        except TimeoutError:
            raise NotRunning(f"the agent in {home} did not answer within {PATIENCE_S:.0f} s") from None
        except OSError as error:
            raise NotRunning(f"the agent in {home} cannot be asked: {error.strerror or error}") from None


def _read_line(peer: socket.socket) -> bytes:
    held = bytearray()
    while not held.endswith(b"\n"):
        got = peer.recv(65_536)
        if not got or len(held) > MOST_REPLY:
            raise NotRunning("the agent hung up in the middle of its reply")
        held += got
    return bytes(held)


def _result(line: bytes) -> Any:
    try:
        reply = orjson.loads(line)
    except orjson.JSONDecodeError:
        reply = None
    if not isinstance(reply, Mapping) or reply.get("v") != VERSION:
        raise Refused(f"expected a reply of version {VERSION}; is the agent of another version?")
    if not reply.get("ok"):
        raise Refused(f"the agent refused: {reply.get('error')}")
    return reply.get("result")
