"""A home whose tables are of another Keeper: every face says in one sentence what to do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from keeper_agent.api.sessions import COOKIE
from keeper_agent.dashboard.rendering import PAGES
from memory.connection import DATABASE
from memory.migrations import REVISIONS
from tests.support.api import Caller, events_of, served
from tests.support.remembered import a_remembered_day

MENDED_BY = {
    REVISIONS[-2]: "a writing command such as keeper run brings it up to date",
    "9999": "newer Keeper",
}
WITHOUT_RECORD = ("/ask", "/health")
READS = (
    "/api/decisions", "/api/signals", "/api/outcomes", "/api/explain/d_0123456789", "/api/graph/d_0123456789",
    "/api/performance", "/api/signals/quality", "/api/market/BTCUSDT", "/api/risk/bounds", "/api/memory",
    "/api/mm/history/BTCUSDT", "/api/execution/ALL",
)  # fmt: skip


@pytest.fixture(scope="module", params=MENDED_BY)
def other(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Caller, str]]:
    home: Path = tmp_path_factory.mktemp("home")
    a_remembered_day(home)
    with closing(sqlite3.connect(home / DATABASE)) as tables, tables:
        tables.execute("UPDATE alembic_version SET version_num = ?", (request.param,))
    with served(home) as call:
        yield call, MENDED_BY[request.param]


def test_a_program_is_told_what_to_do_and_never_500(other: tuple[Caller, str]) -> None:
    call, sentence = other
    for target in READS:
        found = call("GET", target)
        assert (found.status, set(found.json)) == (409, {"error"}), target
        assert sentence in found.json["error"], target
    found = call("POST", "/api/ask", body={"question": "how many decisions today?"})
    assert (found.status, sentence in found.json["error"]) == (409, True)
    (only,) = events_of(call("POST", "/api/ask/stream", body={"question": "how many decisions today?"}))
    assert (only[0], sentence in only[1]["error"]) == ("fault", True)


def test_a_person_is_told_on_a_page_in_its_frame(other: tuple[Caller, str]) -> None:
    call, sentence = other
    entered = call("GET", f"/login?code={call.desk.sessions.new_link()}", scope=None)
    held = {"Cookie": entered.headers["set-cookie"].partition(";")[0], "Accept": "text/html"}
    assert held["Cookie"].startswith(COOKIE)
    for address, _ in PAGES:
        found = call("GET", address, scope=None, **held)
        text = found.body.decode()
        assert 'id="kill"' in text, address
        if address in WITHOUT_RECORD:
            assert found.status == 200, address
        else:
            assert (found.status, sentence in text) == (409, True), address


def test_metrics_go_on_and_say_that_the_record_is_not_read(other: tuple[Caller, str]) -> None:
    found = other[0]("GET", "/metrics")
    assert found.status == 200
    assert 'keeper_source_up{source="record"} 0' in found.body.decode()
