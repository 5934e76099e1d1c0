"""User streams: which sockets hear about which account."""

from __future__ import annotations

from typing import Any

import orjson

from venue.binance.desk import Desk
from venue.binance.reports import Reports
from venue.serving.faults import USER_STREAM
from venue.serving.session import Session


class Users:
    """Subscriptions of the WebSocket API to accounts."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._subscriptions: dict[int, tuple[Session, int]] = {}
        self._n = 0
        Reports(desk, self.tell)

    def __len__(self) -> int:
        """How many subscriptions there are."""
        return len(self._subscriptions)

    def subscribe(self, session: Session, account: int) -> int:
        """Let a socket hear about an account; returns the number of the subscription."""
        number = self._n
        self._n += 1
        self._subscriptions[number] = (session, account)
        return number

    def unsubscribe(self, session: Session, number: int | None) -> None:
        """End one subscription of a socket, or all of them."""
        for known, (owner, _) in list(self._subscriptions.items()):
            if owner is session and number in (None, known):
                del self._subscriptions[known]

    def forget(self, session: Session) -> None:
        """A socket is gone."""
        self.unsubscribe(session, None)

    def tell(self, account: int, payload: dict[str, Any]) -> None:
        """Send an event to everyone who hears about the account."""
        for number, (session, owner) in list(self._subscriptions.items()):
            if owner == account:
                told = {"subscriptionId": number, "event": payload}
                session.push(USER_STREAM, orjson.dumps(told))

    def terminate(self, account: int) -> None:
        """End all subscriptions of an account, as an expired key does."""
        now = self._desk.now_ms()
        self.tell(account, {"e": "eventStreamTerminated", "E": now})
        for number, (_, owner) in list(self._subscriptions.items()):
            if owner == account:
                del self._subscriptions[number]
