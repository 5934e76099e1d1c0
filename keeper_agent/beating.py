"""The heart: beside the trading loop, and only while that comes round, it says outside that we are alive.

Two threads of their own: one writes the heartbeat file and feeds systemd's watchdog, one calls the dead
man's address, so that a slow network cannot starve the watchdog. Neither can hold the loop up, and neither
speaks for a loop that hangs: silence is the alarm.
"""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

from keeper_agent.heart import ENDED, write_heartbeat
from keeper_agent.pulse import Pulse
from keeper_agent.service_manager import ALIVE, READY, STOPPING, ServiceManager
from tools.domain.clock import Clock

BEAT_S = 2.0  # between two beats where no watchdog wants them oftener
STALL_S = 20.0  # a loop that did not come round for so long is not alive
CALL_S = 60.0
CALL_PATIENCE_S = 10.0
JOIN_S = 2.0


class Heart:
    """Beats from ``start`` until ``stop``.

    Args:
        home: Where the file goes.
        clock: Stamps it.
        pulse: Of the loop.
        manager: Who started us.
        url: Of http or https, called once a minute while we are alive; empty calls nobody.
    """

    def __init__(
        self, home: Path, clock: Clock, pulse: Pulse, manager: ServiceManager, url: str = ""
    ) -> None:
        self._home, self._clock, self._pulse, self._manager = home, clock, pulse, manager
        self._url = url
        self._is_ready = False
        self._over = threading.Event()
        every = BEAT_S if manager.watchdog_s is None else min(BEAT_S, manager.watchdog_s / 3)
        self._threads = [self._thread("keeper-heart", every, self.beat)]
        if url:
            self._threads.append(self._thread("keeper-dead-man", CALL_S, self.call))

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; where the loop has been seen, the file says that it ended in order."""
        self._over.set()
        self._manager.tell(STOPPING)
        for thread in self._threads:
            if thread.is_alive():
                thread.join(JOIN_S)
        if self._pulse.silence_s() is not None:
            with suppress(OSError):  # the end must not fail because of what is said about it
                write_heartbeat(self._home, self._clock, ENDED)

    @property
    def is_alive(self) -> bool:
        """Whether the loop has come round lately."""
        silence = self._pulse.silence_s()
        return silence is not None and silence < STALL_S

    def beat(self) -> bool:
        """Say outside that we are alive, if we are; whether we are."""
        if not self.is_alive:
            return False
        write_heartbeat(self._home, self._clock)
        words = [ALIVE] if self._is_ready else [READY, ALIVE]
        self._manager.tell(*words)
        self._is_ready = True
        return True

    def call(self) -> bool:
        """Call the dead man's address, if we are alive; whether it answered."""
        if not self.is_alive:
            return False
        request = urllib.request.Request(self._url, method="GET")  # noqa: S310 (http and https alone)
        with urllib.request.urlopen(request, timeout=CALL_PATIENCE_S):  # noqa: S310 (as above)
            return True

    def _thread(self, name: str, every_s: float, work: Callable[[], bool]) -> threading.Thread:
        def again_and_again() -> None:
            while not self._over.wait(every_s):
                # Whoever waits for it notices its absence: that is the alarm.
                with suppress(OSError, HTTPException):
                    work()

        return threading.Thread(target=again_and_again, name=name, daemon=True)


@contextmanager
def beating(home: Path, clock: Clock, pulse: Pulse, url: str) -> Iterator[None]:
    """Let a heart beat within; ``url`` as ``Heart`` takes it."""
    heart = Heart(home, clock, pulse, ServiceManager.of_environment(), url)
    heart.start()
    try:
        yield
    finally:
        heart.stop()
