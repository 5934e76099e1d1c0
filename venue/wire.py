"""One exchange, and everyone who hears what happens on it.

Whoever runs commands (a facade for its clients, a driver for its participants) publishes the
events; every facade on the wire hears them all, in the order of the commands.
"""

from __future__ import annotations

from collections.abc import Callable

from venue.engine.exchange import Answer, Exchange, Void

Listener = Callable[[Void], None]


class Wire:
    """An exchange and the listeners to its events."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._listeners: list[Listener] = []
        self._telling = 0

    @property
    def is_telling(self) -> bool:
        """Whether somebody is being told of events; nothing new should happen then."""
        return self._telling > 0

    def listen(self, listener: Listener) -> None:
        """Hear all events from now on."""
        self._listeners.append(listener)

    def publish(self, events: Void) -> None:
        """Tell all listeners."""
        if len(events):
            self._telling += 1
            try:
                for listener in self._listeners:
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
