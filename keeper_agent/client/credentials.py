"""Where a token comes from: given, set in the environment, or in a file read anew once it was rotated."""

from __future__ import annotations

from pathlib import Path

import orjson

from keeper_agent.api.tokens import TOKENS_FILE, Scope
from keeper_agent.settings import load_caller, load_home
from keeper_agent.veil import hide
from tools.domain.errors import BadUsage


class Token:
    """One token.

    Args:
        text: It; None looks into ``file`` each time that it is asked for anew.
        file: The ``api-tokens.json`` of a home, or a file that holds a token and nothing else.
        scope: Which one of the former.
    """

    def __init__(self, text: str | None = None, file: Path | None = None, scope: Scope = Scope.READ) -> None:
        if (text is None) == (file is None):
            raise BadUsage("expected a token or a file that holds one")
        self._text, self._file, self._scope = text, file, scope
        self._held = ""

    def __repr__(self) -> str:
        return f"Token({self._scope.label})"

    def read(self) -> str:
        """The token as it is now.

        Raises:
            BadUsage: The file cannot be read or holds none.
        """
        self._held = self._text if self._text is not None else self._of_file()
        hide([self._held])
        return self._held

    def has_changed(self) -> bool:
        """Whether it is another one than the last that was read.

        Raises:
            BadUsage: The file cannot be read or holds none.
        """
        before = self._held
        return self.read() != before

    def _of_file(self) -> str:
        assert self._file is not None  # noqa: S101 (one of the two is given)
        try:
            text = self._file.read_text("ascii").strip()
            found = orjson.loads(text)[self._scope.label] if text.startswith("{") else text
        except (OSError, UnicodeDecodeError, orjson.JSONDecodeError, KeyError) as error:
            raise BadUsage(f"expected a token in {self._file}: {type(error).__name__}") from None
        if not isinstance(found, str) or not found:
            raise BadUsage(f"expected a token in {self._file}, which is empty")
        return found


def token_of(home: Path | None = None, scope: Scope = Scope.READ) -> Token:
    """The token that KEEPER_API_TOKEN or KEEPER_API_TOKEN_FILE sets, else that of ``home`` for ``scope``.

    Raises:
        BadUsage: Both are set.
    """
    caller = load_caller()
    text = caller.keeper_api_token.get_secret_value()
    if text:
        return Token(text, caller.keeper_api_token_file, scope)
    return Token(None, caller.keeper_api_token_file or load_home(home) / TOKENS_FILE, scope)
