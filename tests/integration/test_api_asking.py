"""Questions over a stream: what is told while one is answered, and what one may cost at most."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from graphs.query import answer
from keeper_agent.api import asking
from tests.support.api import Caller, events_of, served
from tests.support.remembered import a_remembered_day

COUNT = {"question": "how many decisions on 2024-08-08 on BTC?"}
PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    home: Path = tmp_path_factory.mktemp("home")
    a_remembered_day(home)
    with served(home) as call:
        yield call


class Held:
    """Stands before the answer of each question until it is let go, and counts who came through."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()
        self.ended = threading.Semaphore(0)

    def answer(self, *args: Any, **words: Any) -> Any:
        self.begun.release()
        try:
            assert self.go.wait(PATIENCE_S)
            return answer(*args, **words)
        finally:
            self.ended.release()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    stop = Held()
    monkeypatch.setattr(asking, "answer", stop.answer)
    yield stop
    stop.go.set()


def asked(call: Caller) -> socket.socket:
    """A question that was sent and whose answer nobody has read yet."""
    at = urlsplit(call.address.url)
    peer = socket.create_connection((at.hostname or "", at.port or 0), timeout=PATIENCE_S)
    body = orjson.dumps(COUNT)
    head = (
        f"POST /api/ask/stream HTTP/1.1\r\nHost: {at.netloc}\r\n"
        f"Authorization: Bearer {call.tokens['read']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    peer.sendall(head.encode() + body)
    return peer


def test_what_is_read_is_told_before_the_answer_and_adds_up(call: Caller) -> None:
    reply = call("POST", "/api/ask/stream", body=COUNT)
    told = events_of(reply)
    names = [name for name, _ in told]
    assert reply.status == 200
    assert names == ["reading"] * (len(told) - 2) + ["found", "answer"]
    reads = [what for name, what in told if name == "reading"]
    assert "decision" in {table for one in reads for table in one["tables"]}
    found = told[-2][1]
    assert found["reads"] == len(reads)
    assert found["rows"] == sum(one["rows"] for one in reads) >= 8
    assert told[-1][1] == call("POST", "/api/ask", body=COUNT).json
    assert told[-1][1]["numbers"]["n"] == 8


def test_a_follow_up_keeps_its_context(call: Caller) -> None:
    then = {"question": "and on ETH?", "before": [COUNT["question"]]}
    assert events_of(call("POST", "/api/ask/stream", body=then))[-1][1]["numbers"]["n"] == 1


def test_what_is_not_in_the_record_ends_in_one_sentence(call: Caller, tmp_path: Path) -> None:
    told = events_of(call("POST", "/api/ask/stream", body={"question": "how many decisions in 1999?"}))
    name, what = told[-1]
    assert (name, set(what)) == ("fault", {"error"})
    assert "not in the record" in what["error"]
    with served(tmp_path / "empty") as fresh:
        (only,) = events_of(fresh("POST", "/api/ask/stream", body=COUNT))
    assert only[0] == "fault"
    assert "nothing is remembered" in only[1]["error"]


def test_a_fault_of_ours_ends_the_stream_without_its_words(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **words: Any) -> Any:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr(asking, "answer", fail)
    told = events_of(call("POST", "/api/ask/stream", body=COUNT))
    assert told[-1] == ("fault", {"error": "internal error: RuntimeError"})


def test_more_questions_than_may_be_answered_at_a_time_are_refused(call: Caller, held: Held) -> None:
    peers = [asked(call) for _ in range(asking.MOST_ASKED)]
    try:
        for _ in peers:
            assert held.begun.acquire(timeout=PATIENCE_S)
        refused = call("POST", "/api/ask/stream", body=COUNT)
        assert (refused.status, set(refused.json)) == (503, {"error"})
        assert call("GET", "/api/health").status == 200
    finally:
        held.go.set()
        for peer in peers:
            peer.close()
    for _ in peers:
        assert held.ended.acquire(timeout=PATIENCE_S)


def test_an_answer_that_nobody_waits_for_is_not_read_on(
    call: Caller, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, refused = threading.Event(), threading.Event()

    class Watched(asking._Asked):
        async def told(self) -> AsyncIterator[bytes]:
            try:
                async for one in super().told():
                    yield one
            finally:
                left.set()

        def _see(self, tables: Sequence[str], rows: int | None) -> None:
            try:
                super()._see(tables, rows)
            except asking.Abandoned:
                refused.set()
                raise

    monkeypatch.setattr(asking, "_Asked", Watched)
    peer = asked(call)
    assert held.begun.acquire(timeout=PATIENCE_S)
    assert not refused.is_set()
    peer.close()
    assert left.wait(PATIENCE_S)
    held.go.set()
    assert refused.wait(PATIENCE_S)


def test_an_answer_that_takes_too_long_is_ended(
    call: Caller, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LONGEST_S", 0.2)
    told = events_of(call("POST", "/api/ask/stream", body=COUNT))
    assert told[-1][0] == "fault"
    assert "no answer within" in told[-1][1]["error"]
