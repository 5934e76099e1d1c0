"""The HTTP API as clients have it: a real server on loopback, over a known day."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from keeper_agent.api.guard import MOST_BODY
from keeper_agent.api.serving import reached_at
from keeper_agent.api.sessions import COOKIE, csrf_of
from tests.support.api import Caller, served
from tests.support.remembered import a_remembered_day
from tools.domain.trading import Decision
from tools.execution.kill import KillSwitch

KEY = "a-key-of-a-test"
PAGES = ("decisions", "signals", "orders", "fills", "outcomes", "lessons", "parameters", "reports")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Caller, dict[str, Decision]]]:
    home: Path = tmp_path_factory.mktemp("home")
    decisions = a_remembered_day(home)
    with served(home) as call:
        yield call, decisions


@pytest.fixture
def call(day: tuple[Caller, dict[str, Decision]]) -> Caller:
    return day[0]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Caller]:
    with served(tmp_path / "fresh") as call:
        yield call


def test_decisions_come_newest_first_and_page_by_page_without_a_gap(call: Caller) -> None:
    whole = call("GET", "/api/decisions").json
    assert whole["next"] is None
    seen: list[str] = []
    before = ""
    while True:
        page = call("GET", f"/api/decisions?limit=3{before}").json
        seen += [row["decision_id"] for row in page["rows"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert seen == [row["decision_id"] for row in whole["rows"]]
    assert len(set(seen)) == len(seen) == 10


def test_decisions_of_one_symbol_are_those_of_the_day(
    day: tuple[Caller, dict[str, Decision]],
) -> None:
    call, decisions = day
    rows = call("GET", "/api/decisions?symbol=ethusdt").json["rows"]
    assert {row["decision_id"] for row in rows} == {decisions[name].decision_id for name in ("eth", "last")}


def test_an_explanation_tells_what_was_known_then_and_its_graph(
    day: tuple[Caller, dict[str, Decision]],
) -> None:
    call, decisions = day
    name = decisions["buy"].decision_id
    found = call("GET", f"/api/explain/{name}").json
    assert found["decision_id"] == name
    assert found["known_then"]["action"] == "enter"
    graph = call("GET", f"/api/graph/{name}").json
    assert graph["edges"] == found["graph"]["edges"]
    assert [node["id"] for node in graph["nodes"]] == [node["id"] for node in found["graph"]["nodes"]]
    recalled = next(node for node in graph["nodes"] if node["kind"] == "pattern")
    assert recalled["decision_id"] == decisions["won"].decision_id
    assert call("GET", f"/api/decisions/{name}").json == found


def test_a_question_is_answered_with_its_citations(call: Caller) -> None:
    found = call("POST", "/api/ask", body={"question": "how many decisions on 2024-08-08 on BTC?"}).json
    assert found["numbers"]["n"] == 8
    assert len(found["citations"]) > 0
    then = {"question": "and on ETH?", "before": ["how many decisions on 2024-08-08 on BTC?"]}
    assert call("POST", "/api/ask", body=then).json["numbers"]["n"] == 1


def test_execution_counts_the_round_trips_of_the_day(call: Caller) -> None:
    found = call("GET", "/api/execution/ALL?hours=87600").json
    assert found["net_bps"] == pytest.approx((10 - 5 - 20 - 30 + 4) / 5)
    bitcoin = call("GET", "/api/execution/BTCUSDT?hours=87600").json
    assert bitcoin["net_bps"] == pytest.approx((10 - 20 - 30 + 4) / 4)


def test_the_maker_of_the_last_day_is_told_from_signals(call: Caller) -> None:
    found = call("GET", "/api/mm/history/BTCUSDT").json
    assert set(found) == {"patterns", "avg_confidence", "departure_count"}
    assert len(found["patterns"]) == 8
    assert call("GET", "/api/mm/history/NOTHING").json == {
        "patterns": [],
        "avg_confidence": None,
        "departure_count": 0,
    }


@pytest.mark.parametrize("page", PAGES)
def test_each_page_of_the_record_opens(call: Caller, page: str) -> None:
    found = call("GET", f"/api/{page}")
    assert found.status == 200, found.body
    assert set(found.json) == {"rows", "next"}


def test_a_home_without_memory_or_agent_says_so_in_one_sentence(fresh: Caller) -> None:
    for target, status in (("/api/decisions", 404), ("/api/mm/status/BTCUSDT", 503), ("/api/positions", 503)):
        found = fresh("GET", target)
        assert (found.status, set(found.json)) == (status, {"error"}), target
    assert fresh("GET", "/api/health").json["is_running"] is False


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/api/explain/d_ffffffffff", 404),
        ("/api/explain/..%2f..%2fetc", 404),
        ("/api/decisions?limit=0", 422),
        ("/api/decisions?limit=201", 422),
        ("/api/decisions?before=99999999999999999999999", 422),
        ("/api/decisions?symbol=%27%3B--", 422),
        ("/api/execution/BTCUSDT?hours=nan", 422),
        ("/api/nothing", 404),
        (f"/api/decisions?symbol={'A' * 5_000}", 414),
    ],
)
def test_a_wrong_request_gets_one_sentence(call: Caller, target: str, status: int) -> None:
    found = call("GET", target)
    assert (found.status, set(found.json)) == (status, {"error"}), found.body
    assert "\n" not in found.json["error"]


def test_nobody_is_let_in_without_a_token(call: Caller) -> None:
    described = call("GET", "/api/openapi.json").json
    for path, methods in described["paths"].items():
        if path == "/login":
            continue
        for method in methods:
            target = path.replace("{symbol}", "BTCUSDT").replace("{name}", "d_0123456789")
            found = call(method.upper(), target, scope=None, body={} if method == "post" else None)
            assert found.status == 401, (method, path, found.body)
    wrong = call("GET", "/api/decisions", scope=None, Authorization=f"Bearer {'0' * 64}")
    assert wrong.status == 401


@pytest.mark.parametrize("scope", ["read", "trade"])
def test_a_smaller_scope_cannot_touch_the_kill_switch(fresh: Caller, scope: str) -> None:
    found = fresh("POST", "/api/kill", scope=scope, body={"killed": True}, Idempotency_Key=KEY)
    assert found.status == 403
    assert not KillSwitch(fresh.desk.home).is_set


def test_the_kill_switch_is_set_once_for_a_key_and_cleared(fresh: Caller) -> None:
    switch = KillSwitch(fresh.desk.home)
    wanted = {"killed": True, "reason": "a test"}
    first = fresh("POST", "/api/kill", scope="admin", body=wanted, Idempotency_Key=KEY)
    assert first.json == {"killed": True, "reason": "a test", "heard": False}
    assert switch.is_set
    switch.clear()
    again = fresh("POST", "/api/kill", scope="admin", body=wanted, Idempotency_Key=KEY)
    assert again.json == first.json
    assert not switch.is_set, "the same key did it twice"
    other = fresh("POST", "/api/kill", scope="admin", body={"killed": False}, Idempotency_Key=KEY)
    assert other.status == 400
    switch.set("by hand")
    cleared = fresh("POST", "/api/kill", scope="admin", body={"killed": False}, Idempotency_Key=f"{KEY}-2")
    assert cleared.json["killed"] is False
    assert not switch.is_set
    assert fresh("POST", "/api/kill", scope="admin", body=wanted).status == 422


def test_a_server_that_starts_slowly_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    startup = uvicorn.Server.startup

    async def slowly(server: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
        await asyncio.sleep(6.5)
        await startup(server, sockets)

    monkeypatch.setattr(uvicorn.Server, "startup", slowly)
    with served(tmp_path / "home") as call:
        assert call("GET", "/api/health").status == 200


def test_foreign_hosts_and_origins_are_refused(call: Caller) -> None:
    port = urlsplit(call.address.url).port
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "user@127.0.0.1", ""):
        assert call("GET", "/api/health", Host=host).status == 421, host
    assert call("GET", "/api/health", Host=f"localhost:{port}").status == 200
    for origin in ("https://evil.example", "null", f"http://localhost:{port}", "http://127.0.0.1:1"):
        found = call("POST", "/api/ask", body={"question": "x"}, Origin=origin)
        assert found.status == 403, origin
    assert call("GET", "/api/health", Origin=call.address.url).status == 200
    assert call("GET", "/api/health", Sec_Fetch_Site="cross-site").status == 403


def test_a_body_is_bounded_also_where_its_length_is_not_told(call: Caller) -> None:
    long = b'{"question": "' + b"a" * MOST_BODY + b'"}'
    assert call("POST", "/api/ask", body=long).status == 413
    at = urlsplit(call.address.url)
    with socket.create_connection((at.hostname, at.port), timeout=240) as peer:
        head = f"POST /api/ask HTTP/1.1\r\nHost: {at.netloc}\r\nTransfer-Encoding: chunked\r\n\r\n"
        peer.sendall(head.encode() + b"%x\r\n%b\r\n0\r\n\r\n" % (len(long), long))
        assert b" 413 " in peer.recv(100)


def test_every_answer_forbids_what_is_not_ours(call: Caller) -> None:
    for found in (call("GET", "/api/health"), call("GET", "/nothing"), call("GET", "/", Host="evil.example")):
        policy = found.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "*" not in policy
        assert found.headers["x-content-type-options"] == "nosniff"


def logged_in(call: Caller) -> str:
    code = call.desk.sessions.new_link()
    found = call("GET", f"/login?code={code}", scope=None)
    assert (found.status, found.headers["location"]) == (303, "/")
    cookie = found.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert call("GET", f"/login?code={code}", scope=None).status == 403, "a link worked twice"
    return cookie.partition(";")[0].removeprefix(f"{COOKIE}=")


def test_a_browser_is_let_in_once_and_writes_only_with_its_csrf_token(fresh: Caller) -> None:
    cookie = logged_in(fresh)
    held = {"Cookie": f"{COOKIE}={cookie}"}
    assert fresh("GET", "/api/health", scope=None, **held).status == 200
    wanted: dict[str, Any] = {"scope": None, "body": {"killed": True}, "Idempotency_Key": KEY, **held}
    assert fresh("POST", "/api/kill", **wanted).status == 403
    assert fresh("POST", "/api/kill", X_CSRF_Token="0" * 64, **wanted).status == 403
    assert fresh("POST", "/api/kill", X_CSRF_Token=csrf_of(cookie), **wanted).status == 200
    assert fresh("POST", "/logout", scope=None, X_CSRF_Token=csrf_of(cookie), **held).status == 204
    assert fresh("GET", "/api/health", scope=None, **held).status == 401


def test_tokens_are_the_owners_alone_and_change_without_a_restart(fresh: Caller) -> None:
    path = fresh.desk.tokens.path
    assert S_IMODE(path.stat().st_mode) == 0o600
    assert fresh("GET", "/api/health").status == 200
    fresh.desk.tokens.rotate()
    assert fresh("GET", "/api/health").status == 401
    path.chmod(0o644)
    path.touch()
    assert fresh("GET", "/api/health").status == 500


def test_what_openapi_tells_is_what_is_served(call: Caller) -> None:
    described = call("GET", "/api/openapi.json").json
    shapes = described["components"]["schemas"]
    maker = {
        "symbol", "mm_detected", "mm_confidence", "mm_lower_bound", "mm_upper_bound", "mm_avg_order_size",
        "best_entry_price", "best_exit_price",
    }  # fmt: skip
    assert set(shapes["MarketMaker"]["properties"]) == maker
    assert set(shapes["SizeFound"]["properties"]) == {
        "size_usd",
        "split_count",
        "split_delay_sec",
        "reasoning",
    }
    assert set(shapes["SizeWanted"]["required"]) == {"symbol", "target_size_usd", "risk_appetite"}


def test_a_link_leads_to_where_this_machine_is_served() -> None:
    assert reached_at("0.0.0.0", 8790) == "http://127.0.0.1:8790"  # noqa: S104 (the container's)
    assert reached_at("::", 8790) == "http://[::1]:8790"
    assert reached_at("127.0.0.1", 1) == "http://127.0.0.1:1"
