"""The client against the real API: every operation has its method, and every failure its class."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from keeper_agent.api.tokens import TOKENS_FILE, Scope
from keeper_agent.client.credentials import Token, token_of
from keeper_agent.client.errors import (
    CLASSES,
    BrokenThere,
    CallFailed,
    Misunderstood,
    NothingThere,
    NotLetIn,
    NotNow,
    Unreachable,
    WrongWords,
)
from keeper_agent.client.keeper import KeeperClient, every
from keeper_agent.client.line import Event, Line
from tests.support.api import Caller, served
from tests.support.living import session
from tests.support.sources import ROOT
from tools.domain.errors import BadUsage
from tools.domain.trading import Action, Decision, World
from tools.execution.kill import KillSwitch

SYMBOL = "BTCUSDT"
HERE = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Caller, list[Decision]]]:
    home: Path = tmp_path_factory.mktemp("home")
    with session(home) as agent, served(home) as call:
        agent.play_to(100)
        yield call, agent.noted.decisions


@pytest.fixture
def call(day: tuple[Caller, list[Decision]]) -> Caller:
    return day[0]


@pytest.fixture
def client(call: Caller) -> Iterator[KeeperClient]:
    with KeeperClient.at(call.address.url, home=call.desk.home, scope=Scope.ADMIN) as made:
        yield made


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Caller]:
    with served(tmp_path / "fresh") as call:
        yield call


def calls(call: Caller, decision: str) -> dict[str, Callable[[KeeperClient], Any]]:
    """One call of each method, and what fits an operation in the home."""
    rows = ("decisions", "signals", "orders", "fills", "outcomes", "lessons", "parameters", "reports")
    of_symbol = (
        "market_maker", "aggressor", "spoofing", "depth", "market_maker_history", "execution", "market",
    )  # fmt: skip
    plain = (
        "positions", "open_orders", "status", "health", "performance", "signal_quality", "bounds",
        "correlations", "memory", "metrics",
    )  # fmt: skip
    known: dict[str, Callable[[KeeperClient], Any]] = {
        "size": lambda one: one.size(SYMBOL, 5, "balanced"),
        "events": lambda one: first(one.events()),
        "ask": lambda one: one.ask("how many decisions?"),
        "ask_streaming": lambda one: list(one.ask_streaming("how many decisions?")),
        "kill": lambda one: one.kill(False),
        "login": lambda one: one.login(call.desk.sessions.new_link()),
        "logout": lambda one: one.logout(one.login(call.desk.sessions.new_link())),
    }
    for name in (*rows, *plain):
        known[name] = lambda one, name=name: getattr(one, name)()  # type: ignore[misc]
    for name in of_symbol:
        known[name] = lambda one, name=name: getattr(one, name)(SYMBOL)  # type: ignore[misc]
    for name in ("decision", "explain", "graph"):
        known[name] = lambda one, name=name: getattr(one, name)(decision)  # type: ignore[misc]
    return known


def first(events: Generator[Event, None, None]) -> Event:
    with closing(events):
        return next(events)


def methods() -> set[str]:
    found = inspect.getmembers(KeeperClient, inspect.isfunction)
    return {name for name, _ in found if not name.startswith("_")} - {"close"}


def operations(call: Caller) -> dict[tuple[str, str], dict[str, Any]]:
    described = call("GET", "/api/openapi.json").json
    return {
        (method.upper(), path): told
        for path, ways in described["paths"].items()
        for method, told in ways.items()
        if method != "head"  # a GET without its body; the client wants the body
    }


def test_every_operation_has_its_method_and_every_answer_its_shape(
    day: tuple[Caller, list[Decision]],
) -> None:
    call, decisions = day
    asked: list[tuple[str, str]] = []

    def note(request: httpx.Request) -> None:
        path = request.url.path.replace(f"/{SYMBOL}", "/{symbol}").replace(
            f"/{decisions[0].decision_id}", "/{name}"
        )
        asked.append((request.method, path))

    token = token_of(call.desk.home, Scope.ADMIN)
    http = httpx.Client(trust_env=False, timeout=240, event_hooks={"request": [note]})
    known = calls(call, decisions[0].decision_id)
    assert set(known) == methods()
    served_as: dict[str, tuple[str, str]] = {}
    with KeeperClient(Line(call.address.url, token, http=http)) as client:
        for name, ask in known.items():
            answer = ask(client)
            served_as[name] = asked[-1]
            wanted = inspect.signature(getattr(KeeperClient, name), eval_str=True).return_annotation
            if isinstance(wanted, type) and issubclass(wanted, BaseModel | str):
                assert isinstance(answer, wanted), name
    offered = operations(call)
    assert sorted(served_as.values()) == sorted(offered), "each once"
    assert {name: missing(name, offered[at], call) for name, at in served_as.items()} == {
        name: set() for name in served_as
    }


def missing(name: str, told: dict[str, Any], call: Caller) -> set[str]:
    """Words that an operation takes and its method does not, or the other way round."""
    own = set(inspect.signature(getattr(KeeperClient, name)).parameters) - {"self"}
    takes = {
        one["name"].lower().replace("-", "_")
        for one in told.get("parameters", [])
        if one["name"].lower() not in ("authorization", "x-csrf-token")
    }
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if body:
        schema = call("GET", "/api/openapi.json").json["components"]["schemas"][
            body["$ref"].rpartition("/")[2]
        ]
        takes |= set(schema["properties"])
    return (own ^ takes) - {"cookie"}  # of logout: the API takes it as a cookie


def test_pages_follow_each_other_without_a_gap(client: KeeperClient) -> None:
    whole = client.decisions(limit=200)
    assert whole.next is None
    assert len(whole.rows) > 9
    assert list(every(client.decisions, limit=3)) == whole.rows
    first_action = whole.rows[0]["action"]
    assert client.decisions(limit=200, action=Action(first_action), is_probe=False).rows == [
        row for row in whole.rows if row["action"] == first_action and not row["is_probe"]
    ]
    assert client.performance(hours=87_600, world=World.LIVE).whole.decisions == 0


def test_live_state_and_a_question_are_told_as_they_come(client: KeeperClient) -> None:
    live = first(client.events())
    assert live.name == "status"
    assert live.data.keys() == client.status().keys()
    told = list(client.ask_streaming("how many decisions?"))
    assert [one.name for one in told][-2:] == ["found", "answer"]
    assert "reading" in {one.name for one in told}
    assert told[-1].data["numbers"] == client.ask("how many decisions?")["numbers"]


def test_a_write_is_done_once_for_a_key(fresh: Caller) -> None:
    switch = KillSwitch(fresh.desk.home)
    with KeeperClient.at(fresh.address.url, home=fresh.desk.home, scope=Scope.ADMIN) as client:
        assert client.kill(True, "a test", "key-of-a-test").killed
        switch.clear()
        assert client.kill(True, "a test", "key-of-a-test").killed
        assert not switch.is_set, "the same key did it twice"
        with pytest.raises(WrongWords, match="another request"):
            client.kill(False, "a test", "key-of-a-test")
        client.kill(True, "a key of its own each time")
        assert switch.is_set


def test_a_write_whose_answer_was_lost_is_sent_again_with_its_key() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        if len(sent) == 1:
            raise httpx.ReadTimeout("lost")
        return httpx.Response(200, json={"killed": True, "reason": "x", "heard": True})

    http = httpx.Client(transport=httpx.MockTransport(answer))
    assert KeeperClient(Line(HERE, Token("t" * 64), http=http)).kill(True).heard
    keys = {request.headers["idempotency-key"] for request in sent}
    assert (len(sent), len(keys)) == (2, 1)


def test_a_token_that_is_rotated_in_its_file_costs_no_call(fresh: Caller) -> None:
    with KeeperClient.at(fresh.address.url, home=fresh.desk.home) as client:
        for _ in range(3):
            assert client.health().is_running is False
            fresh.desk.tokens.rotate()
        assert first(client.events()).name == "fault"


def test_each_failure_is_of_its_class(fresh: Caller, client: KeeperClient) -> None:
    reader = KeeperClient.at(fresh.address.url, home=fresh.desk.home)
    stranger = KeeperClient(Line(fresh.address.url, Token("0" * 64)))
    nobody = KeeperClient(Line(HERE, Token("0" * 64), patience_s=1))
    failing: list[tuple[type[CallFailed], Callable[[], Any]]] = [
        (WrongWords, lambda: client.decisions(limit=0)),
        (WrongWords, lambda: client.ask("")),
        (WrongWords, lambda: client.size(SYMBOL, float("nan"), "balanced")),
        (WrongWords, lambda: client.execution(SYMBOL, hours=float("inf"))),
        (NotLetIn, stranger.health),
        (NotLetIn, lambda: next(stranger.events())),
        (NotLetIn, lambda: reader.kill(True)),
        (NotLetIn, lambda: client.login("never given")),
        (NothingThere, lambda: client.explain("d_ffffffffff")),
        (NothingThere, lambda: client.market_maker("../decisions")),
        (NothingThere, reader.decisions),
        (NotNow, reader.positions),
        (Unreachable, nobody.health),
        (Unreachable, lambda: nobody.kill(True)),
        (Unreachable, lambda: next(nobody.events())),
    ]
    with reader, stranger, nobody:
        for wanted, ask in failing:
            with pytest.raises(wanted) as raised:
                ask()
            assert type(raised.value) is wanted
            assert "\n" not in str(raised.value)
            assert "0" * 64 not in repr(raised.value)


def test_every_status_that_the_api_declares_has_its_class(call: Caller) -> None:
    declared = {int(code) for told in operations(call).values() for code in told["responses"]}
    assert {code for code in declared if code >= 400} == set(CLASSES)


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (httpx.Response(200, json={"is_running": "perhaps"}), Misunderstood),
        (httpx.Response(200, text="<html>"), Misunderstood),
        (httpx.Response(200, json={"is_running": False, "more": 1}), Misunderstood),
        (httpx.Response(500, text="Traceback"), BrokenThere),
        (httpx.Response(502, json={"error": "bad gateway"}), BrokenThere),
        (httpx.Response(404, json=["no"]), NothingThere),
    ],
)
def test_an_answer_that_is_no_answer_is_told_as_that(
    answer: httpx.Response, wanted: type[CallFailed]
) -> None:
    http = httpx.Client(transport=httpx.MockTransport(lambda request: answer))
    with KeeperClient(Line(HERE, Token("t" * 64), http=http)) as client, pytest.raises(wanted):
        client.health()


def test_an_event_is_whole_whatever_its_text_holds_and_however_it_is_cut() -> None:
    data = {"error": "a\u2028b\x85c\nd: é"}
    sent = f"event: fault\ndata: {json.dumps(data, ensure_ascii=False)}\n\n: still here\n\n".encode() * 2
    parts = [sent[i : i + 3] for i in range(0, len(sent), 3)]
    http = httpx.Client(
        transport=httpx.MockTransport(lambda request: httpx.Response(200, content=iter(parts)))
    )
    found = list(KeeperClient(Line(HERE, Token("t" * 64), http=http)).events())
    assert [(one.name, one.data) for one in found] == [("fault", data)] * 2


def test_the_token_is_of_the_environment_of_a_file_or_of_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / TOKENS_FILE).write_text(json.dumps({"read": "r" * 64, "trade": "t" * 64, "admin": "a" * 64}))
    assert token_of(tmp_path).read() == "r" * 64
    assert token_of(tmp_path, Scope.ADMIN).read() == "a" * 64
    (tmp_path / "one").write_text("o" * 64 + "\n")
    monkeypatch.setenv("KEEPER_API_TOKEN_FILE", str(tmp_path / "one"))
    assert token_of(tmp_path).read() == "o" * 64
    monkeypatch.setenv("KEEPER_API_TOKEN", "e" * 64)
    with pytest.raises(BadUsage):
        token_of(tmp_path)
    monkeypatch.delenv("KEEPER_API_TOKEN_FILE")
    found = token_of(tmp_path)
    assert found.read() == "e" * 64
    assert "e" * 64 not in repr(found)


@pytest.mark.parametrize("text", ["", "{}", '{"read": 1}', "é", None])
def test_a_file_without_a_token_is_told(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "one").write_text(text)
    with pytest.raises(BadUsage, match="expected a token in"):
        Token(file=tmp_path / "one").read()


def test_what_the_decision_shows_runs(call: Caller, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "decisions" / "0033-api.md").read_text("utf-8")
    (shown,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(shown, {"url": call.address.url, "home": str(call.desk.home)})  # noqa: S102 (our own page)
    told = capsys.readouterr().out
    assert told.startswith("True\n")
    assert "\nanswer {" in told
    assert told.count("\n") > 5
