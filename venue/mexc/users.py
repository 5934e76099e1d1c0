"""Private streams: listen keys, and the sockets that came with one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from venue.mexc import errors
from venue.mexc.calls import Call
from venue.mexc.desk import Desk
from venue.mexc.frames import push
from venue.serving.session import Session

LIFE_MS = 3_600_000
GOING_AWAY = 1001


@dataclass(slots=True)
class ListenKey:
    """Whose news it opens, and until when."""

    account: int
    until_ms: int


class Users:
    """Listen keys and those who listen by them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._keys: dict[str, ListenKey] = {}
        self._sessions: dict[Session, str] = {}
        self._channels: dict[Session, set[str]] = {}
        self._n = 0

    def __len__(self) -> int:
        """How many private channels are subscribed to."""
        return sum(len(names) for names in self._channels.values())

    # listen keys

    def create(self, call: Call) -> dict[str, Any]:
        """POST userDataStream."""
        self._n += 1
        name = hashlib.sha256(f"listen {self._n}".encode()).hexdigest()
        self._keys[name] = ListenKey(call.account, call.desk.now_ms() + LIFE_MS)
        return {"listenKey": name}

    def listed(self, call: Call) -> dict[str, Any]:
        """GET userDataStream."""
        names = [name for name in self._keys if self.account_of(name) == call.account]
        return {"listenKey": names}

    def extend(self, call: Call) -> dict[str, Any]:
        """PUT userDataStream: an hour from now."""
        name = self._named(call)
        self._keys[name].until_ms = call.desk.now_ms() + LIFE_MS
        return {"listenKey": name}

    def delete(self, call: Call) -> dict[str, Any]:
        """DELETE userDataStream; its sockets are closed."""
        name = self._named(call)
        self._end(name)
        return {"listenKey": name}

    def _named(self, call: Call) -> str:
        name = call.params.required("listenKey")
        if self.account_of(name) != call.account:
            raise errors.no_such_listen_key()
        return name

    def account_of(self, name: str) -> int | None:
        """Whose key it is; None where it is over or never was."""
        key = self._keys.get(name)
        return key.account if key is not None and self._desk.now_ms() < key.until_ms else None

    # sockets

    def open(self, session: Session, name: str) -> None:
        """A socket came with a listen key that is good."""
        self._sessions[session] = name
        self._channels[session] = set()

    def may_hear(self, session: Session) -> bool:
        """Whether private channels are open to a socket."""
        name = self._sessions.get(session)
        return name is not None and self.account_of(name) is not None

    def subscribe(self, session: Session, channel: str) -> None:
        """Let a socket hear a private channel."""
        self._channels[session].add(channel)

    def unsubscribe(self, session: Session, channel: str) -> None:
        """Let it hear it no longer."""
        self._channels.get(session, set()).discard(channel)

    def forget(self, session: Session) -> None:
        """A socket is gone."""
        self._sessions.pop(session, None)
        self._channels.pop(session, None)

    def of(self, session: Session) -> set[str]:
        """The private channels a socket hears."""
        return self._channels.get(session, set())

    def tell(self, account: int, channel: str, symbol: str, body: tuple[int, bytes]) -> None:
        """Send news to every socket that hears the channel for the account."""
        message = push(channel, symbol, self._desk.now_ms(), body)
        for session, names in list(self._channels.items()):
            if channel in names and self.account_of(self._sessions[session]) == account:
                session.push(channel, message)

    def terminate(self, account: int) -> None:
        """End all listen keys of an account."""
        for name in [name for name, key in self._keys.items() if key.account == account]:
            self._end(name)

    def _end(self, name: str) -> None:
        del self._keys[name]
        for session, known in list(self._sessions.items()):
            if known == name:
                session.close_soon(GOING_AWAY)
