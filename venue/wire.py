"""One exchange, and everyone who hears what happens on it.

Whoever runs commands (a facade for its clients, a driver for its participants) publishes the
events; every facade on the wire hears them all, in the order of the commands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from venue.engine.exchange import Answer, Exchange, Void
from venue.engine.layout import EVENT

ACCOUNT, OTHER_ACCOUNT = 8, 15  # where an event as a tuple has those it concerns
Listener = Callable[[Void], None]


class Wire:
    """An exchange and the listeners to its events."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._listeners: list[tuple[Listener, int | None]] = []
        self._driver: Listener | None = None
        self._hears_all = False
        self._accounts: set[int] = set()  # of those who hear of nothing else
        self._telling = 0

    @property
    def is_telling(self) -> bool:
        """Whether somebody is being told of events; nothing new should happen then."""
        return self._telling > 0

    def drive(self, listener: Listener) -> None:
        """Hear, before everybody else, what others publish; what it relays itself it knows."""
        self._driver = listener

    def listen(self, listener: Listener, account: int | None = None) -> None:
        """Hear from now on all events, or those of commands that concern ``account``."""
        self._listeners.append((listener, account))
        if account is None:
            self._hears_all = True
        else:
            self._accounts.add(account)

    def publish(self, events: Void) -> None:
        """Tell the driver and all listeners."""
        if len(events):
            if self._driver is not None:
                self._driver(events)
            self._tell_listeners(events)

    def relay(self, said: bytes, rows: Sequence[tuple[int, ...]]) -> None:
        """Tell the listeners what the driver caused.

        Args:
            said: The events (layout.EVENT).
            rows: The same as tuples.
        """
        if self._hears_all or (self._accounts and self._is_of_somebody(rows)):
            self._tell_listeners(np.frombuffer(said, EVENT))

    def _is_of_somebody(self, rows: Sequence[tuple[int, ...]]) -> bool:
        mine = self._accounts
        for row in rows:  # noqa: SIM110 (a generator takes twice the time, and this is asked of every command)
            if row[ACCOUNT] in mine or row[OTHER_ACCOUNT] in mine:
                return True
        return False

    def _tell_listeners(self, events: Void) -> None:
        self._telling += 1
        try:
            for listener, account in self._listeners:
                if account is None or _concerns(events, account):
                    listener(events)
        finally:
            self._telling -= 1

    def tell(self, answer: Answer) -> Answer:
        """Publish an answer's events and hand it on."""
        self.publish(answer.events)
        return answer

    def run(self, commands: Void) -> Void:
        """Perform commands and publish what they caused."""
        events = self.exchange.run(commands)
        self.publish(events)
        return events


def _concerns(events: Void, account: int) -> bool:
    return account in events["account"].tolist() or account in events["other_account"].tolist()
