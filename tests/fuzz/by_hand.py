"""Requests that no description foresees: tokens of every scope, methods, odd bodies, sizes and texts."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson

from keeper_agent.api.guard import MOST_BODY, MOST_HEADERS, MOST_TARGET
from keeper_agent.api.tokens import Scope
from tests.fuzz.tally import Described, Tally, described
from tests.support.api import Caller, Reply

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
ENDLESS = "/api/events"
WRITE = {"Idempotency_Key": "a-key-of-a-fuzz"}
FITTING: Mapping[str, Any] = {
    "Question": {"question": "how many decisions?"},
    "SizeWanted": {"symbol": "BTCUSDT", "target_size_usd": 5, "risk_appetite": "balanced"},
    "Switch": {"killed": False},
}
PLANTED = "<script>alert(1)</script>"
TEXTS = (
    "",
    "A" * 1_000,
    "\0",
    "é\u202e\u2028",
    "\ud800",
    "🦉" * 20,
    "' OR 1=1 --",
    "../../etc/passwd",
    PLANTED,
    "%",
    "-1",
    "1e309",
    "NaN",
    str(1 << 63),
    "9" * 5_000,
    "null",
    "{}",
)
BODIES: tuple[tuple[str | None, bytes], ...] = (
    ("text/plain", b'{"question": "how many decisions?"}'),
    (None, b'{"question": "how many decisions?"}'),
    ("application/xml", b"<question>x</question>"),
    ("application/x-www-form-urlencoded", b"question=x"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="question"\r\n\r\nx\r\n--x--',
    ),
    ("multipart/form-data", b"--"),
    ("application/json", b""),
    ("application/json", b"null"),
    ("application/json", b"[]"),
    ("application/json", b"{"),
    ("application/json", b"\xff\xfe\x00"),
    ("application/json", b"[" * 8_000),
    ("application/json", b'{"question":' * 1_300 + b"1" + b"}" * 1_300),
    ("application/json", b'{"target_size_usd": NaN}'),
    ("application/json", b'{"target_size_usd": 1' + b"0" * 6_000 + b"}"),
    ("application/json", b'{"question": "\\ud800"}'),
    ("application/json", b'{"question": "x", "question": ["x"]}'),
    ("application/json", b'{"killed": "perhaps", "reason": "\\u0000"}'),
)
RAW = (
    b"\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET /api/health HTTP/1.1\r\n\r\n",
    b"GET /api/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"POST /api/ask HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/ask HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    b"POST /api/ask HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /api/%ff%fe HTTP/1.1\r\nHost: {host}\r\n\r\n",
    b"GET /api/decisions?symbol=%ff HTTP/1.1\r\nHost: {host}\r\n\r\n",
    b"GET /api/health HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer \xff\xfe\r\n\r\n",
    b"GET /api/health HTTP/1.1\r\nHost: {host}\r\nCookie: \xff=\xfe; keeper_session=\xff\r\n\r\n",
)


@dataclass(frozen=True)
class Operation:
    """One operation as it is described."""

    method: str
    path: str
    told: Mapping[str, Any]

    @property
    def label(self) -> str:
        """Its name in the tally."""
        return f"{self.method} {self.path}"

    @property
    def wanted(self) -> Scope | None:
        """The scope it says it needs; None where anybody may call it."""
        for way in self.told.get("security", []):
            if "token" in way:
                return Scope[way["token"][0].upper()]
        return None

    @property
    def body(self) -> Any:
        """A body that fits; None where it takes none."""
        if "requestBody" not in self.told:
            return None
        schema = self.told["requestBody"]["content"]["application/json"]["schema"]
        return FITTING[schema["$ref"].rpartition("/")[2]]


class Hand:
    """Asks one served home by hand.

    Args:
        call: Of the served home.
        known: Values of path parameters that name something, by name.
        tally: Where answers and faults are noted.
        only: How the paths begin that are asked.
    """

    def __init__(self, call: Caller, known: Mapping[str, str], tally: Tally, only: str = "") -> None:
        self._call, self._known, self._tally = call, known, tally
        self._described = described(call)
        self.operations = [one for one in _operations(self._described) if one.path.startswith(only)]

    def all(self) -> None:
        """Everything here."""
        self.scopes()
        self.methods()
        self.heads()
        self.bodies()
        self.sizes()
        self.raw()
        self.texts()

    def scopes(self, are_all_let_in: bool = True) -> None:
        """Each operation lets in whom its description says, and nobody else.

        Args:
            are_all_let_in: Whether every scope that suffices is tried, and not the smallest alone.
        """
        for operation in self.operations:
            for name, level, headers in self._credentials():
                wanted = operation.wanted
                if wanted is None or (operation.path == ENDLESS and level >= wanted):
                    continue
                if level > wanted and not are_all_let_in:
                    continue
                answer = self._ask(operation, **headers)
                expected = 401 if level == 0 else 403 if level < wanted else None
                is_right = answer.status == expected if expected else answer.status not in (401, 403)
                if not is_right:
                    self._blame(operation, f"with {name} it answered {answer.status}", name)

    def _credentials(self) -> Iterator[tuple[str, int, dict[str, str]]]:
        yield "no token", 0, {}
        yield "an empty token", 0, {"Authorization": "Bearer "}
        yield "another token", 0, {"Authorization": f"Bearer {'0' * 64}"}
        yield "a long token", 0, {"Authorization": f"Bearer {'0' * 3_000}"}
        yield "another scheme", 0, {"Authorization": f"Basic {self._call.tokens['admin']}"}
        yield "another session", 0, {"Cookie": f"keeper_session={'0' * 64}"}
        for scope in Scope:
            yield (
                f"the token {scope.label}",
                scope,
                {"Authorization": f"Bearer {self._call.tokens[scope.label]}"},
            )

    def methods(self) -> None:
        """What a path does not offer is refused with what it does."""
        for path, offered in self._described["paths"].items():
            names = {name.upper() for name in offered}
            operation = Operation("", path, {})
            for method in METHODS:
                if method in names:
                    continue
                answer = self._call(method, self._target(operation), scope="admin")
                self._tally.note(f"{method} {path}", answer.status)
                allowed = {one.strip() for one in answer.headers.get("allow", "").split(",")}
                if answer.status != 405 or not names <= allowed:
                    self._blame(
                        operation, f"{method} was answered {answer.status}, allowing {allowed}", method
                    )

    def heads(self) -> None:
        """HEAD is answered as GET is: the same status, the same kinds of headers, and nothing after them."""
        told = {(one.method, one.path): one for one in self.operations}
        for (method, path), operation in told.items():
            get = told.get(("GET", path))
            if method != "HEAD" or get is None or path == ENDLESS:
                continue
            for scope in (None, "read"):
                head, body = self._ask(operation, scope=scope), self._ask(get, scope=scope)
                is_same = (head.status, set(head.headers)) == (body.status, set(body.headers))
                if not is_same or head.body:
                    self._blame(operation, f"answered {head.status}, GET {body.status}", scope)

    def bodies(self) -> None:
        """What is no JSON of the right shape is refused in a sentence."""
        for operation in self.operations:
            if operation.body is None:
                continue
            for kind, body in BODIES:
                headers = {"Content_Type": kind} if kind else {"Content_Type": ""}
                answer = self._ask(operation, body, scope="admin", **headers)
                if answer.status not in (400, 413, 422):
                    self._blame(operation, f"{kind} {body[:40]!r} was answered {answer.status}", body)

    def sizes(self) -> None:
        """What is too long is refused, wherever it is."""
        long = b'{"question": "' + b"a" * MOST_BODY + b'"}'
        for operation in self.operations:
            target = f"{self._target(operation)}?x={'a' * MOST_TARGET}"
            self._expect(operation, 414, self._ask(operation, target=target, scope="admin"))
            if operation.method == "POST":
                self._expect(operation, 413, self._ask(operation, long, scope="admin"))
        first = self.operations[0]
        self._expect(first, 431, self._ask(first, scope="admin", X_Long="a" * MOST_HEADERS))
        many = {f"X_{number}": "a" * 10 for number in range(1_500)}
        self._expect(first, 431, self._ask(first, scope="admin", **many))

    def raw(self) -> None:
        """Bytes that are no request end in a refusal or the end of the line, and the next is served."""
        at = urlsplit(self._call.address.url)
        for sent in RAW:
            with socket.create_connection((at.hostname or "", at.port or 0), timeout=60) as peer:
                peer.sendall(sent.replace(b"{host}", at.netloc.encode()))
                peer.shutdown(socket.SHUT_WR)
                found = peer.recv(1_000)
            status = int(found.split(b" ")[1]) if found.startswith(b"HTTP/1.1 ") else 400
            self._tally.note("raw bytes", status)
            if not 400 <= status < 500:
                self._tally.blame(f"bytes that are no request were answered {status}", sent)
        after = self._call("GET", "/api/health").status
        if after != 200:
            self._tally.blame(f"after bytes that are no request, health was {after}", "")

    def texts(self, texts: Sequence[str] = TEXTS) -> None:
        """Wherever text or a number may be given, hostile text never ends in an error of ours."""
        for operation in self.operations:
            if operation.path == ENDLESS or operation.method == "HEAD":
                continue
            for text in texts:
                for target, body in self._with(operation, text):
                    if len(target) <= MOST_TARGET:
                        self._ask(operation, body, target=target, scope="admin")

    def _with(self, operation: Operation, text: str) -> Iterator[tuple[str, Any]]:
        """Targets and bodies of ``operation`` that have ``text`` in one place each."""
        sent = text.encode("utf-8", "surrogatepass")
        for one in operation.told.get("parameters", []):
            if one["in"] == "path":
                yield operation.path.replace(f"{{{one['name']}}}", quote(sent, safe="")), operation.body
            elif one["in"] == "query":
                yield f"{self._target(operation)}?{urlencode({one['name']: sent})}", operation.body
        for name in operation.body or ():
            for value in (text, [text], {name: text}):
                filled = {**operation.body, name: value}
                yield self._target(operation), _dumped(filled)

    def _target(self, operation: Operation) -> str:
        target = operation.path
        for name, value in self._known.items():
            target = target.replace(f"{{{name}}}", value)
        return target

    def _ask(
        self,
        operation: Operation,
        body: Any = None,
        *,
        target: str = "",
        scope: str | None = None,
        **headers: str,
    ) -> Reply:
        """Ask, and hold the answer against the description: declared, and a fault in one sentence."""
        sent = operation.body if body is None else body
        where = target or self._target(operation)
        try:
            answer = self._call(operation.method, where, scope=scope, body=sent, **WRITE, **headers)
        except (HTTPException, OSError) as error:
            self._blame(operation, f"no answer: {type(error).__name__}", where)
            return Reply(0, {}, b"")
        self._tally.note(operation.label, answer.status)
        if str(answer.status) not in operation.told["responses"]:
            self._blame(operation, f"undeclared status {answer.status}", f"{where} {sent!r}")
        elif answer.status == 500:
            self._blame(operation, f"an error of ours: {answer.body[:100]!r}", f"{where} {sent!r}")
        elif operation.method == "HEAD":
            if answer.body:
                self._blame(operation, f"a body: {answer.body[:100]!r}", where)
        elif answer.status >= 400 and not _is_fault(answer):
            self._blame(operation, f"{answer.status} without a sentence: {answer.body[:100]!r}", where)
        return answer

    def _expect(self, operation: Operation, status: int, answer: Reply) -> None:
        if answer.status != status:
            self._blame(operation, f"expected {status}, was {answer.status}", "")

    def _blame(self, operation: Operation, what: str, request: object) -> None:
        self._tally.blame(f"{operation.label}: {what}", request)


def _operations(told: Described) -> Iterator[Operation]:
    for path, ways in told["paths"].items():
        for method, one in ways.items():
            yield Operation(method.upper(), path, one)


def _dumped(value: Any) -> bytes:
    """JSON, also of what is no Unicode."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return json.dumps(value).encode()  # which writes lone surrogates


def _is_fault(answer: Reply) -> bool:
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return False
    try:
        told = answer.json
    except orjson.JSONDecodeError:
        return False
    return set(told) == {"error"} and isinstance(told["error"], str) and "\n" not in told["error"]
