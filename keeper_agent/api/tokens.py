"""Who may do what over HTTP: one token a scope, in a file of the home that only its owner can read.

The file is looked at again whenever it changed, so that a new one counts at once and without a restart.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import IntEnum
from pathlib import Path
from threading import Lock

import orjson

from keeper_agent.veil import hide
from memory.private import make_private_folder, replacing
from tools.domain.errors import StoreUnusable
from tools.domain.identity import fresh_secret

TOKENS_FILE = "api-tokens.json"
OTHERS = 0o077
SHORTEST = 32  # characters of a token that is believed


class Scope(IntEnum):
    """What a token allows; each includes those before it."""

    READ = 1
    TRADE = 2
    ADMIN = 3

    @property
    def label(self) -> str:
        """Its name in the file and in messages."""
        return self.name.lower()


class Tokens:
    """The tokens of one home, made where there are none.

    Args:
        home: The home; it is made private.

    Raises:
        StoreUnusable: The file cannot be read or written, others may read it, or it is not ours.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / TOKENS_FILE
        self._lock = Lock()
        self._seen: tuple[int, int] | None = None
        self._tokens: dict[Scope, str] = {}
        if not self.path.exists():
            make_private_folder(home)
            self.rotate()
        self._refresh()

    def rotate(self) -> None:
        """Make all tokens anew; the old ones, links and browsers' sessions end, here and in a running agent.

        Raises:
            StoreUnusable: The file cannot be written.
        """
        made = {scope.label: fresh_secret() for scope in Scope}
        try:
            with replacing(self.path) as file:
                file.write(orjson.dumps(made))
        except OSError as error:
            raise StoreUnusable(f"cannot write {self.path}: {error.strerror}") from error

    def scope_of(self, token: str) -> Scope | None:
        """What ``token`` allows; None where it is none of ours.

        Raises:
            StoreUnusable: The file is no longer usable.
        """
        self._refresh()
        given, found = token.encode(), None
        for scope, own in self._tokens.items():  # all of them, so that the time taken says nothing
            if hmac.compare_digest(given, own.encode()):
                found = scope
        return found

    def seal(self) -> str:
        """A digest of all tokens, which is another once one of them is.

        Raises:
            StoreUnusable: The file is no longer usable.
        """
        self._refresh()
        return hashlib.sha256(" ".join(self._tokens.values()).encode()).hexdigest()

    def _refresh(self) -> None:
        with self._lock:
            try:
                stat = self.path.stat()
                now = (stat.st_mtime_ns, stat.st_ino)
                if now == self._seen:
                    return
                if stat.st_mode & OTHERS:
                    raise StoreUnusable(f"others may read {self.path}; expected mode 600")
                self._tokens = _read(self.path)
            except OSError as error:
                raise StoreUnusable(f"cannot read {self.path}: {error.strerror}") from error
            self._seen = now
            hide(self._tokens.values())


def _read(path: Path) -> dict[Scope, str]:
    try:
        found = orjson.loads(path.read_bytes())
        tokens = {scope: str(found[scope.label]) for scope in Scope}
    except (orjson.JSONDecodeError, KeyError, TypeError):
        names = ", ".join(scope.label for scope in Scope)
        raise StoreUnusable(f"expected the tokens {names} in {path}; delete it to have new ones") from None
    if min(map(len, tokens.values())) < SHORTEST or len(set(tokens.values())) < len(tokens):
        raise StoreUnusable(f"expected different tokens of at least {SHORTEST} characters in {path}")
    return tokens
