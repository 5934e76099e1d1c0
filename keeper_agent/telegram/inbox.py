"""What has been read: an update is acted on once, by whom it may be, and while it is young.

That it was read is on disk before anything is done about it: after a crash a command is lost rather than
done twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from memory.private import make_private_folder, replacing
from tools.domain.clock import NS, Clock
from tools.domain.errors import StoreUnusable

FOLDER = "telegram"
STATE_FILE = "state.json"
STALE_S = 60
FORGETS_S = 6 * 86_400  # Telegram counts anew, from anywhere, after a week without updates
MOST_SEEN = 256


@dataclass(frozen=True, slots=True)
class Said:
    """What a user said: text of a message, or the data of a button with the id of its query."""

    user: int
    text: str
    query: str | None = None


class Inbox:
    """The updates of one home's bot.

    Args:
        home: Where it is kept what was read, in a folder of its own.
        users: Whom the bot obeys; empty is nobody.
        clock: Tells what is young.

    Raises:
        StoreUnusable: What is kept cannot be read.
    """

    def __init__(self, home: Path, users: frozenset[int], clock: Clock) -> None:
        self._users, self._clock = users, clock
        self.path = make_private_folder(home / FOLDER) / STATE_FILE
        self._last: int | None = None
        self._ts = 0
        self._seen: list[str] = []
        self.silenced: frozenset[str] = frozenset()
        self._read()

    def after(self) -> int | None:
        """The update after which others are wanted; None where Telegram may have counted anew."""
        if self._last is not None and self._clock.now() - self._ts > FORGETS_S * NS:
            self._last = None
        return self._last

    def admit(self, updates: Iterable[Mapping[str, Any]]) -> list[Said]:
        """What of ``updates`` is to be acted on, in order, once that is on disk.

        Raises:
            StoreUnusable: It cannot be written: then nothing may be done.
        """
        found, is_new = [], False
        for update in updates:
            number = int(update["update_id"])
            if self._last is not None and number <= self._last:
                continue
            self._last, self._ts, is_new = number, self._clock.now(), True
            said = self._said(update)
            if said is not None:
                found.append(said)
        if is_new:
            self._write()
        return found

    def silence(self, kinds: frozenset[str]) -> None:
        """Tell no more of ``kinds``, and of all others again, across restarts.

        Raises:
            StoreUnusable: It cannot be written.
        """
        self.silenced = kinds
        self._write()

    def _said(self, update: Mapping[str, Any]) -> Said | None:
        query = update.get("callback_query")
        if isinstance(query, Mapping):
            message, name, text = query.get("message"), query.get("id"), query.get("data")
            is_young = True  # its token says how long it counts
        else:
            query, message, name = update.get("message"), update.get("message"), None
            text = message.get("text") if isinstance(message, Mapping) else None
            is_young = self._is_young(message)
        user = self._user(query, message)
        if user is None or not is_young or not isinstance(text, str) or not text.strip():
            return None
        if name is None and not self._is_first(message):
            return None
        return Said(user, text.strip(), None if name is None else str(name))

    def _user(self, source: object, message: object) -> int | None:
        """Whom it is from, if we obey them and nobody else reads along."""
        if not isinstance(source, Mapping) or not isinstance(message, Mapping):
            return None
        sender, chat = source.get("from"), message.get("chat")
        if not isinstance(sender, Mapping) or not isinstance(chat, Mapping):
            return None
        user = sender.get("id")
        is_theirs = chat.get("type") == "private" and chat.get("id") == user
        is_number = isinstance(user, int) and not isinstance(user, bool)
        return user if is_number and is_theirs and not sender.get("is_bot") and user in self._users else None

    def _is_young(self, message: object) -> bool:
        date = message.get("date") if isinstance(message, Mapping) else None
        return isinstance(date, int) and abs(self._clock.now() - date * NS) <= STALE_S * NS

    def _is_first(self, message: object) -> bool:
        """Whether the message was never read before, under whatever update."""
        assert isinstance(message, Mapping)  # noqa: S101 (looked at by the caller)
        name = f"{message['chat']['id']}.{message.get('message_id')}"
        if name in self._seen:
            return False
        self._seen = [*self._seen, name][-MOST_SEEN:]
        return True

    def _read(self) -> None:
        try:
            kept = orjson.loads(self.path.read_bytes())
            self._last = None if kept["last"] is None else int(kept["last"])
            self._ts, self._seen = int(kept["ts"]), [str(one) for one in kept["seen"]]
            self.silenced = frozenset(str(one) for one in kept["silenced"])
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreUnusable(f"cannot read {self.path}; without it a command may be done twice") from error

    def _write(self) -> None:
        kept = {"last": self._last, "ts": self._ts, "seen": self._seen, "silenced": sorted(self.silenced)}
        try:
            with replacing(self.path) as file:
                file.write(orjson.dumps(kept))
        except OSError as error:
            raise StoreUnusable(f"cannot write {self.path}: {error.strerror}") from error
