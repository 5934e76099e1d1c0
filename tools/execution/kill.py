"""The kill switch and the pause: each a file. They need no database, no network and no part of Keeper.

While the kill file is there no order that increases exposure is sent; reduce-only passes. It is
looked at in the last function before the wire. A pause is milder: nothing new is entered, and what
was begun goes on. Both files survive restarts.
"""

from __future__ import annotations

import os
from pathlib import Path

from tools.domain.errors import StoreUnusable

KILL_FILE = "kill"
PAUSE_FILE = "pause"


class KillSwitch:
    """The switch of one home."""

    FILE = KILL_FILE
    NAME = "kill switch"

    def __init__(self, home: Path) -> None:
        self.path = home / self.FILE

    @property
    def is_set(self) -> bool:
        """Whether entries are forbidden; a switch that cannot be read counts as set."""
        try:
            os.lstat(self.path)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return True

    def reason(self) -> str:
        """What was said when it was set."""
        try:
            return " ".join(self.path.read_text(errors="replace").split())[:200] or "no reason given"
        except OSError as error:
            return f"its file cannot be read: {error.strerror}"

    def set(self, reason: str) -> None:
        """Forbid entries from now on, across restarts; setting it again keeps it set.

        Raises:
            StoreUnusable: The file cannot be written.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.write(descriptor, f"{reason}\n".encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            self._sync_folder()
        except OSError as error:
            raise StoreUnusable(f"cannot set the {self.NAME} at {self.path}: {error.strerror}") from error

    def clear(self) -> bool:
        """Allow entries again; whether the switch was set.

        Raises:
            StoreUnusable: The file cannot be removed.
        """
        try:
            self.path.unlink()
            self._sync_folder()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreUnusable(f"cannot clear the {self.NAME} at {self.path}: {error.strerror}") from error
        return True

    def _sync_folder(self) -> None:
        descriptor = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class PauseSwitch(KillSwitch):
    """The pause of one home: entries alone, and only those not begun."""

    FILE = PAUSE_FILE
    NAME = "pause"
