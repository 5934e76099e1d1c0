"""Telling systemd how we are: one datagram a message to the socket that it names (sd_notify).

Source: systemd, sd_notify(3): NOTIFY_SOCKET, READY=1, STOPPING=1, WATCHDOG=1, STATUS=; WATCHDOG_USEC and
WATCHDOG_PID are of sd_watchdog_enabled(3).
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

from keeper_agent.settings import ServiceSettings

READY, STOPPING, ALIVE = "READY=1", "STOPPING=1", "WATCHDOG=1"


@dataclass(frozen=True, slots=True)
class ServiceManager:
    """Who started us, where that wants to hear of us.

    Attributes:
        address: Of the socket; a leading @ is the abstract name space, empty is nobody.
        watchdog_s: A message is expected at least so often; None where none is.
    """

    address: str = ""
    watchdog_s: float | None = None

    @classmethod
    def of_environment(cls) -> ServiceManager:
        """As systemd put it into our environment; a watchdog that is meant for another process is none."""
        told = ServiceSettings()
        is_ours = told.watchdog_pid in (None, os.getpid())
        every = told.watchdog_usec / 1e6 if told.watchdog_usec and is_ours else None
        return cls(told.notify_socket, every)

    def tell(self, *words: str) -> bool:
        """Say ``words``; whether somebody was there to hear them."""
        if not self.address:
            return False
        name = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
            sender.setblocking(False)  # a manager that does not read must not hold us up
            try:
                sender.sendto("\n".join(words).encode(), name)
            except OSError:
                return False
        return True
