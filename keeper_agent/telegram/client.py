"""Telegram's Bot API over HTTP: one method called at a time, and what to make of its answer.

The token is part of every address, so nothing that knows an address may be said: a failure is told in words
of our own, and no exception of the HTTP library is kept, not even as a cause.
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import orjson
from pydantic import SecretStr

from tools.domain.errors import KeeperError

POLL_S = 25  # a request for updates is held open by the server for so long
PATIENCE_S = 15.0  # for an answer, beyond what the server was asked to wait
MOST_BYTES = 4 << 20  # of an answer
MOST_UPDATES = 20
LONGEST_WAIT_S = 3_600.0  # whatever the server says
LONGEST_WORD = 200  # characters of the server's own description that are told
CONFLICT, TOO_MANY = 409, 429
ALLOWED = ("message", "callback_query")


class BotRefused(KeeperError):
    """Telegram will not do what it was asked, however often: a wrong token, chat or text."""


class TryAgain(KeeperError):
    """It was not done now; ``after_s`` is how long the server wants to be left alone, None where unsaid."""

    def __init__(self, text: str, after_s: float | None = None, *, is_conflict: bool = False) -> None:
        super().__init__(text)
        self.after_s = after_s
        self.is_conflict = is_conflict


class BotClient:
    """Calls one bot.

    Args:
        http: The session; the caller closes it.
        token: Of the bot.
        base_url: Of the server, without a slash at its end.
        poll_s: Seconds for which a request for updates is held open.
        patience_s: Seconds for any other answer, and beyond ``poll_s`` for that one.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        token: SecretStr,
        base_url: str,
        *,
        poll_s: int = POLL_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._http, self._token, self._base = http, token, base_url
        self._poll_s, self._patience_s = poll_s, patience_s

    def __repr__(self) -> str:
        """Without the token."""
        return f"BotClient({self._base})"

    async def updates(self, after: int | None) -> list[dict[str, Any]]:
        """What people wrote, those after update ``after``; empty where nobody did for ``poll_s``.

        Raises:
            TryAgain: The server could not be reached, or is busy.
            BotRefused: The token is not known.
        """
        words: dict[str, Any] = {"timeout": self._poll_s, "limit": MOST_UPDATES, "allowed_updates": ALLOWED}
        if after is not None:
            words["offset"] = after + 1
        found = await self.call("getUpdates", self._poll_s + self._patience_s, **words)
        if not isinstance(found, list):
            raise TryAgain("getUpdates: expected a list of updates")
        return [one for one in found if isinstance(one, dict) and isinstance(one.get("update_id"), int)]

    async def call(self, method: str, within_s: float | None = None, **words: Any) -> Any:
        """What Telegram answers to ``method``.

        Raises:
            TryAgain: The server could not be reached, is busy, or broken.
            BotRefused: It refused.
        """
        status, body = await self._post(method, words, within_s or self._patience_s)
        try:
            answer = orjson.loads(body)
        except orjson.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            raise TryAgain(f"{method}: status {status} without a usable answer")
        if answer.get("ok") is True and status < 300:
            return answer.get("result")
        raise self._fault(method, status, answer)

    async def _post(self, method: str, words: dict[str, Any], within_s: float) -> tuple[int, bytes]:
        fault = ""
        try:
            async with self._http.post(
                f"{self._base}/bot{self._token.get_secret_value()}/{method}",
                data=orjson.dumps(words),
                headers={"Content-Type": "application/json"},
                timeout=aiohttp.ClientTimeout(total=within_s),
                allow_redirects=False,  # the token would go along
            ) as answer:
                body = bytearray()
                async for piece in answer.content.iter_chunked(65_536):
                    body += piece
                    if len(body) > MOST_BYTES:
                        fault = f"an answer of more than {MOST_BYTES} bytes"
                        break
                if not fault:
                    return answer.status, bytes(body)
        except TimeoutError:
            fault = f"no answer within {within_s:g} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            fault = type(error).__name__
        # Outside of the clause: the library's exception, which knows the address, is no context of ours.
        raise TryAgain(f"{method}: {fault}")

    def _fault(self, method: str, status: int, answer: dict[str, Any]) -> KeeperError:
        code = answer.get("error_code")
        code = code if isinstance(code, int) else status
        said = str(answer.get("description", ""))[:LONGEST_WORD]
        said = said.replace(self._token.get_secret_value(), "[hidden]")
        text = f"{method}: {code} {said}"
        if code in (TOO_MANY, CONFLICT) or code >= 500:
            more = answer.get("parameters")
            wait = more.get("retry_after") if isinstance(more, dict) else None
            is_wait = isinstance(wait, int | float) and not isinstance(wait, bool) and wait >= 0
            after = min(float(wait), LONGEST_WAIT_S) if is_wait and wait is not None else None
            return TryAgain(text, after, is_conflict=code == CONFLICT)
        return BotRefused(text)


class Patience:
    """How long to wait after each failure in a row: what the server says, else twice as long each time."""

    def __init__(self, first_s: float = 1.0, most_s: float = 60.0) -> None:
        self._first_s, self._most_s = first_s, most_s
        self._next_s = first_s

    def after(self, failure: TryAgain) -> float:
        """Seconds to wait now."""
        wait, self._next_s = self._next_s, min(2 * self._next_s, self._most_s)
        return wait if failure.after_s is None else failure.after_s

    def reset(self) -> None:
        """It worked."""
        self._next_s = self._first_s

    async def wait(self, failure: TryAgain) -> None:
        """Wait for so long."""
        await asyncio.sleep(self.after(failure))
