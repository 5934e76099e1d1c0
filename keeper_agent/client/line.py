"""One line to the API: sends, reads answers in their shape, tells what failed as an error of its class."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import httpx
import orjson
from pydantic import TypeAdapter, ValidationError

from keeper_agent.client.credentials import Token
from keeper_agent.client.errors import Misunderstood, Refused, Unreachable, refusal

PATIENCE_S = 30.0  # more than the API waits for the agent
QUIET_S = 30.0  # of a stream; the API says something every 15
LOST = 401
Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event.

    Attributes:
        name: ``status`` or ``fault`` of what is live; ``reading``, ``found``, ``answer`` or ``fault`` of a
            question.
        data: What it tells.
    """

    name: str
    data: dict[str, Any]


class Line:
    """Calls one API, always with the token as it is now.

    Args:
        url: Where it is served, such as ``http://127.0.0.1:8080``.
        token: Who calls.
        patience_s: Seconds for an answer.
        http: A client of httpx to call with; by default one that heeds neither proxies nor redirects.
    """

    def __init__(
        self, url: str, token: Token, *, patience_s: float = PATIENCE_S, http: httpx.Client | None = None
    ) -> None:
        self._url, self._token = url.rstrip("/"), token
        self._http = http or httpx.Client(trust_env=False, follow_redirects=False, timeout=patience_s)
        self._bearer = token.read()

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def call(
        self,
        shape: type[Shape],
        method: str,
        path: str,
        words: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Shape:
        """The answer in ``shape``.

        Args:
            shape: A model of the API, or what JSON gives.
            method: GET or POST.
            path: Below the address.
            words: Plain data, sent as JSON.
            headers: More of them.
            **query: Of the address; None is left out.

        Raises:
            CallFailed: It was not answered, or otherwise.
        """
        answer = self.send(method, path, words, query=query, headers=headers)
        kind: Any = shape
        try:
            found: Shape = _adapter(kind).validate_json(answer.content)
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise Misunderstood(
                f"{method} {path} was answered in another shape: {place} {first['msg']}"
            ) from None
        return found

    def send(
        self,
        method: str,
        path: str,
        words: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The answer as it came.

        Raises:
            CallFailed: It was not answered, or with an error.
        """
        with _told_as_ours(method, path):
            answer = self._http.send(self._request(method, path, words, query, headers))
            if answer.status_code == LOST and self._is_renewed():
                answer = self._http.send(self._request(method, path, words, query, headers))
        _check(answer)
        return answer

    def stream(self, method: str, path: str, words: Any = None) -> Generator[Event, None, None]:
        """Server-sent events as they come, until the API ends them or the iterator is closed.

        Raises:
            CallFailed: It was not answered, with an error, or the line broke.
        """
        with _told_as_ours(method, path):
            answer = self._opened(method, path, words)
            try:
                if answer.is_error:
                    answer.read()
                _check(answer)
                yield from _events(_lines(answer.iter_bytes()))
            finally:
                answer.close()

    def _opened(self, method: str, path: str, words: Any) -> httpx.Response:
        answer = self._http.send(self._streaming(method, path, words), stream=True)
        if answer.status_code == LOST and self._is_renewed():
            answer.close()
            answer = self._http.send(self._streaming(method, path, words), stream=True)
        return answer

    def _streaming(self, method: str, path: str, words: Any) -> httpx.Request:
        request = self._request(method, path, words, None, None)
        request.extensions["timeout"] = {**request.extensions["timeout"], "read": QUIET_S}
        return request

    def _request(
        self,
        method: str,
        path: str,
        words: Any,
        query: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
    ) -> httpx.Request:
        named = (
            {"Authorization": f"Bearer {self._bearer}"} if headers is None or "Cookie" not in headers else {}
        )
        body = None if words is None else orjson.dumps(words)
        if body is not None:
            named["Content-Type"] = "application/json"
        given = {name: _plain(value) for name, value in (query or {}).items() if value is not None}
        return self._http.build_request(
            method, f"{self._url}{path}", params=given, content=body, headers={**named, **(headers or {})}
        )

    def _is_renewed(self) -> bool:
        """Whether the token was rotated meanwhile: then the new one is taken."""
        if not self._token.has_changed():
            return False
        self._bearer = self._token.read()
        return True


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


@contextmanager
def _told_as_ours(method: str, path: str) -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise Unreachable(f"{method} {path} was not answered: {type(error).__name__}") from None


def _check(answer: httpx.Response) -> None:
    if answer.is_error:
        raise _refused(answer)


def _refused(answer: httpx.Response) -> Refused:
    try:
        sentence = str(orjson.loads(answer.content)["error"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        sentence = f"status {answer.status_code} without a sentence"
    return refusal(answer.status_code, sentence)


def _lines(parts: Iterator[bytes]) -> Iterator[str]:
    """Lines as the protocol has them: text may hold other characters that end lines elsewhere."""
    held = b""
    for part in parts:
        *whole, held = (held + part).split(b"\n")
        for line in whole:
            yield line.decode()


def _events(lines: Iterator[str]) -> Iterator[Event]:
    """Of lines of a stream, those events that have a name and data; comments keep the line open."""
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield Event(name, _data(value))


def _data(text: str) -> dict[str, Any]:
    try:
        return dict(orjson.loads(text))
    except (orjson.JSONDecodeError, TypeError, ValueError):
        raise Misunderstood("an event is no JSON object") from None


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return str(value).lower() if isinstance(value, bool) else value
