"""A stand-in for both providers over real HTTP: it answers, or fails, exactly as it was told.

The bodies of its answers are validated with the types of the providers' own libraries.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = {"action": "reduce", "size_fraction": 0.5, "reason": "few neighbours", "cited_ids": ["o_1"]}
GOOD_TEXT = json.dumps(GOOD)


@dataclass(frozen=True)
class Scripted:
    """One response.

    Attributes:
        cut_after: Close the connection after so many bytes of the body, though more were announced.
        is_chunked: End a shortened body as if it were whole.
        drip_s: Send a byte each so many seconds.
        gate: Answer as soon as this is set, or after ``delay_s``.
    """

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    delay_s: float = 0.0
    cut_after: int | None = None
    is_chunked: bool = False
    drip_s: float = 0.0
    gate: threading.Event | None = None


@dataclass
class StubProvider:
    """What it will answer, in order, the last one for ever; and what it was asked."""

    url: str
    script: list[Scripted] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def next(self) -> Scripted:
        """The response that is due."""
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


@contextmanager
def stub_provider(*script: Scripted) -> Iterator[StubProvider]:
    """A server on loopback while it is needed."""
    stub = StubProvider("", list(script))

    class Handler(_Handler):
        provider = stub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    provider: StubProvider
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        self.provider.asked.append(json.loads(self.rfile.read(length)))
        self.provider.headers.append({name.lower(): value for name, value in self.headers.items()})
        due = self.provider.next()
        if due.gate is None:
            time.sleep(due.delay_s)
        else:
            due.gate.wait(due.delay_s)
        try:
            self._answer(due)
        except OSError:
            self.close_connection = True  # the caller has gone

    def _answer(self, due: Scripted) -> None:
        self.send_response(due.status)
        for name, value in (("content-type", "application/json"), *due.headers):
            self.send_header(name, value)
        if due.is_chunked:
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            part = due.body[: due.cut_after]
            self.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(part), part))
            return
        self.send_header("content-length", str(len(due.body)))
        self.end_headers()
        self._send(due)
        if due.cut_after is not None:
            self.close_connection = True

    def _send(self, due: Scripted) -> None:
        part = due.body[: due.cut_after]
        if not due.drip_s:
            self.wfile.write(part)
            return
        for i in range(len(part)):
            self.wfile.write(part[i : i + 1])
            self.wfile.flush()
            time.sleep(due.drip_s)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class names it so)
        """Say nothing."""


def openai_body(
    text: str | None = GOOD_TEXT,
    *,
    stop: str = "stop",
    usage: dict[str, Any] | None = None,
    refusal: str | None = None,
) -> bytes:
    """A chat completion, as the library itself would read it."""
    from openai.types.chat import ChatCompletion

    counted = {
        "prompt_tokens": 1200,
        "completion_tokens": 60,
        "total_tokens": 1260,
        "prompt_tokens_details": {"cached_tokens": 1024},
    }
    message = {"role": "assistant", "content": text, "refusal": refusal}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-5-mini",
        "choices": [{"index": 0, "finish_reason": stop, "message": message, "logprobs": None}],
        "usage": counted if usage is None else usage,
    }
    ChatCompletion.model_validate(body, strict=True)
    return json.dumps(body).encode()


def anthropic_body(
    text: str | None = GOOD_TEXT, *, stop: str = "end_turn", usage: dict[str, Any] | None = None
) -> bytes:
    """A message, as the library itself would read it."""
    from anthropic.types import Message

    counted = {
        "input_tokens": 176,
        "output_tokens": 60,
        "cache_read_input_tokens": 1000,
        "cache_creation_input_tokens": 24,
    }
    content: Sequence[dict[str, Any]] = [] if text is None else [{"type": "text", "text": text}]
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-4-5",
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": counted if usage is None else usage,
    }
    Message.model_validate(body)
    return json.dumps(body).encode()


BODIES: dict[str, Any] = {"openai": openai_body, "anthropic": anthropic_body}
CUT = {"openai": "length", "anthropic": "max_tokens"}
REFUSED = {"openai": "content_filter", "anthropic": "refusal"}
ODD = {"openai": "function_call", "anthropic": "pause_turn"}
HUGE = {
    "openai": {"prompt_tokens": 9_000_000, "completion_tokens": 60, "total_tokens": 9_000_060},
    "anthropic": {"input_tokens": 9_000_000, "output_tokens": 60},
}
