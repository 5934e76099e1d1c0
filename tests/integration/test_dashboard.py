"""The dashboard as a browser is served it: pages over a known day, with and without an agent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from keeper_agent.api.sessions import COOKIE, csrf_of
from keeper_agent.dashboard.assets import FOLDER, address_of, assets
from keeper_agent.dashboard.pages.reflection import as_html
from keeper_agent.dashboard.rendering import PAGES
from tests.support.api import Caller, Reply, events_of, served
from tests.support.memories import a_memory, at
from tests.support.watched import SYMBOLS, a_busy_day, a_stand_in
from tools.domain.trading import Action, Decision, Route
from tools.execution.kill import KillSwitch

CANARY = "<img src=x onerror=alert(1)>\"'&<script>alert(2)</script>"
ADDRESSES = [address for address, _ in PAGES]
PIECES = ("/pieces/latest", "/pieces/decisions", "/pieces/performance", "/pieces/quality", "/pieces/checks")
BROWSER = {"Accept": "text/html"}


class Marked(HTMLParser):
    """What a page holds: its tags, code or style written into it, and where it loads from."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.inline: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.inline += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)
        self.loaded += [str(given[name]) for name in ("src", "srcset", "data") if name in given]
        if tag == "link":
            self.loaded.append(str(given["href"]))


class Visitor:
    """A browser with a session."""

    def __init__(self, call: Caller) -> None:
        self.call = call
        found = call("GET", f"/login?code={call.desk.sessions.new_link()}", scope=None, **BROWSER)
        self.cookie = found.headers["set-cookie"].partition(";")[0].removeprefix(f"{COOKIE}=")

    def __call__(self, target: str) -> Reply:
        return self.call("GET", target, scope=None, Cookie=f"{COOKIE}={self.cookie}", **BROWSER)

    def ask(self, question: str, before: Sequence[str] = (), csrf: str = "") -> Reply:
        given = {"Cookie": f"{COOKIE}={self.cookie}", "X_CSRF_Token": csrf or csrf_of(self.cookie)}
        body = {"question": question, "before": list(before)}
        return self.call("POST", "/api/ask/stream", scope=None, body=body, **given)

    def text(self, target: str) -> str:
        found = self(target)
        assert found.status == 200, (target, found.status, found.body[:300])
        return found.body.decode()


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Visitor, list[Decision]]]:
    home: Path = tmp_path_factory.mktemp("busy")
    decisions = a_busy_day(home)
    with served(home) as call, a_stand_in(home):
        yield Visitor(call), decisions


@pytest.fixture(scope="module")
def visit(busy: tuple[Visitor, list[Decision]]) -> Visitor:
    return busy[0]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Visitor]:
    with served(tmp_path / "empty") as call:
        yield Visitor(call)


@pytest.mark.parametrize("address", [*ADDRESSES, "/licences", "/nothing"])
def test_who_has_no_session_is_shown_the_entrance_and_nothing_else(visit: Visitor, address: str) -> None:
    found = visit.call("GET", address, scope=None, **BROWSER)
    if address == "/nothing":
        assert (found.status, b"Log in" in found.body) == (404, True)
    else:
        assert (found.status, found.headers["location"]) == (303, "/enter")
    assert not any(symbol.encode() in found.body for symbol in SYMBOLS)


def test_a_used_link_is_told_in_words_at_the_entrance(visit: Visitor) -> None:
    code = visit.call.desk.sessions.new_link()
    assert visit.call("GET", f"/login?code={code}", scope=None, **BROWSER).headers["location"] == "/"
    again = visit.call("GET", f"/login?code={code}", scope=None, **BROWSER)
    assert again.status == 403
    assert "this link was used" in again.body.decode()


@pytest.mark.parametrize("address", [*ADDRESSES, "/licences", "/enter"])
def test_a_page_has_nothing_inline_and_loads_its_own_files_alone(visit: Visitor, address: str) -> None:
    found = Marked(visit.text(address))
    assert found.inline == []
    assert [name for name in found.loaded if not name.startswith("/static/")] == []
    for name in found.loaded:
        assert visit(name).status == 200, name


@pytest.mark.parametrize("planted", ['<p style="x">', "<b onclick=x>", "<style>", "<script>1</script>"])
def test_planted_inline_code_or_style_is_caught(planted: str) -> None:
    assert Marked(planted).inline


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_says_whether_money_is_real_and_has_the_kill_switch(visit: Visitor, address: str) -> None:
    text = visit.text(address)
    assert '<div id="banner" class="banner paper"' in text
    assert "play money at a local exchange" in text
    assert 'id="kill"' in text
    assert 'id="kill-dialog"' in text
    assert f'href="{address}" aria-current="page"' in text


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_opens_in_an_empty_home_without_an_agent(empty: Visitor, address: str) -> None:
    text = empty.text(address)
    assert "NO AGENT RUNS" in text
    assert 'id="kill"' in text


@pytest.mark.parametrize(
    ("world", "kind", "label"),
    [("live", "live", "LIVE"), ("venue", "paper", "PAPER"), ("recorded", "paper", "PAPER")],
)
def test_the_banner_is_of_the_world_that_is_traded(tmp_path: Path, world: str, kind: str, label: str) -> None:
    home = tmp_path / "home"
    with served(home) as call, a_stand_in(home, world=world):
        text = Visitor(call).text("/health")
    assert f'class="banner {kind}"' in text
    assert f'<strong data-banner="label">{label}</strong>' in text


def test_a_set_kill_switch_is_told_on_every_page_with_its_reason(empty: Visitor) -> None:
    KillSwitch(empty.call.desk.home).set(CANARY)
    for address in ADDRESSES:
        text = empty.text(address)
        assert "Killed:" in text
        assert "Allow entries" in text
        assert CANARY not in text
        assert "alert(1)" in text


def test_why_it_bought_is_three_clicks_from_the_start(busy: tuple[Visitor, list[Decision]]) -> None:
    visit, decisions = busy
    last = next(one for one in reversed(decisions) if one.action is Action.ENTER)
    assert f'href="/decisions/{last.decision_id}"' in visit.text("/")  # one
    story = visit.text(f"/decisions/{last.decision_id}")
    assert f"{last.decision_id} entered {last.symbol}" in story
    assert "Because: neighbours won." in story
    order = [
        story.index(told)
        for told in ("signal: mm_range buy", "decided: enter", "order entry: buy", "fill: buy")
    ]
    assert order == sorted(order)


def test_filters_show_the_decisions_they_name(busy: tuple[Visitor, list[Decision]]) -> None:
    visit, decisions = busy

    def listed(query: str) -> set[str]:
        return set(re.findall(r'<tr class="pick" id="(d_\w+)"', visit.text(f"/pieces/decisions?{query}")))

    wanted = {
        "symbol=ORBUSDT": lambda one: one.symbol == "ORBUSDT",
        "action=enter&route=model": lambda one: one.action is Action.ENTER and one.route is Route.MODEL,
        "probe=yes": lambda one: one.is_probe,
        "action=skip&symbol=KITEUSDT": lambda one: one.action is Action.SKIP and one.symbol == "KITEUSDT",
    }
    for query, is_meant in wanted.items():
        assert listed(query) == {one.decision_id for one in decisions if is_meant(one)}, query
    assert listed("symbol=NOTHING") == set()


def test_older_pages_follow_without_a_gap(busy: tuple[Visitor, list[Decision]]) -> None:
    visit, decisions = busy
    seen: list[str] = []
    target = "/pieces/decisions"
    for _ in range(10):
        text = visit.text(target)
        seen += re.findall(r'<tr class="pick" id="(d_\w+)"', text)
        older = re.search(r'href="/decisions(\?[^"]*before=\d+)">older', text)
        if older is None:
            break
        target = f"/pieces/decisions{older[1].replace('&amp;', '&')}"
    assert seen == [one.decision_id for one in reversed(decisions)]


def test_performance_counts_what_the_day_holds(busy: tuple[Visitor, list[Decision]]) -> None:
    visit, decisions = busy
    found = visit.call("GET", "/api/performance?hours=87600").json
    entered = [one for one in decisions if one.action is Action.ENTER]
    assert found["whole"]["decisions"] == len(decisions) == 120
    assert found["whole"]["taken"]["n"] == len(found["equity"]) == len(entered)
    assert found["equity"][-1]["sum_bps"] == pytest.approx(sum(one["net_bps"] for one in found["equity"]))
    assert found["equity_from"] <= decisions[0].ts <= found["equity"][0]["ts"], "the session's start"
    assert f'data-from="{found["equity_from"]}"' in visit.text("/pieces/performance?hours=87600")
    deepest = max(one["drawdown_bps"] for one in found["equity"])
    assert deepest == pytest.approx(found["whole"]["taken"]["drawdown_bps"])
    worst = sorted(one["net_bps"] for one in found["equity"])[:2]
    assert found["tail"] == {
        "n": 40, "level": 0.05, "worst": pytest.approx(worst[0]), "cvar_bps": pytest.approx(sum(worst) / 2)
    }  # fmt: skip
    assert sum(one["n"] for one in found["calibration"]["bins"]) == found["calibration"]["n"]
    assert found["calibration"]["breakeven"] == pytest.approx(decisions[0].breakeven)
    assert visit.call("GET", "/api/performance?hours=87600&world=live").json["whole"]["decisions"] == 0


def test_what_others_wrote_stays_text_on_every_page(tmp_path: Path) -> None:
    with a_memory(tmp_path / "home") as build:
        told = build.decide(
            at("10:00:00"), symbol=CANARY, action=Action.ENTER, route=Route.MODEL, reason=CANARY
        )
        build.trade(told, 3.0)
        build.follow(told, 2.0)
    with served(tmp_path / "home") as call, a_stand_in(tmp_path / "home", place=CANARY, why=CANARY):
        visit = Visitor(call)
        for address in (*ADDRESSES, f"/decisions/{told.decision_id}", *PIECES):
            text = visit.text(address)
            assert "<img" not in text, address
            assert Marked(text).inline == [], address
        assert "&lt;img src=x onerror=alert(1)&gt;" in visit.text(f"/decisions/{told.decision_id}")


def test_an_answer_cites_decisions_that_open(busy: tuple[Visitor, list[Decision]]) -> None:
    visit, _ = busy
    question = "how many decisions on 2024-08-08 on ORBUSDT?"
    told = dict(events_of(visit.ask(question)))
    assert "24" in told["answer"]["answer"]
    cited = told["answer"]["citations"]
    assert cited
    assert "ORBUSDT" in visit.text(f"/decisions/{cited[0]}")
    assert visit.ask(question, csrf="0" * 64).status == 403
    assert visit.ask("x" * 1_001).status == 422


def test_what_is_told_of_a_question_is_put_into_the_page_as_text_alone(visit: Visitor) -> None:
    told = visit.ask(CANARY, [CANARY])
    assert told.headers["content-type"].startswith("text/event-stream")
    assert [name for name, _ in events_of(told)][-1] == "fault"
    script = visit(address_of("ask.js")).body.decode()
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "setHTML", "DOMParser"):
        assert way not in script


def test_a_market_has_its_signals_fills_book_and_tape(busy: tuple[Visitor, list[Decision]]) -> None:
    visit, decisions = busy
    found = visit.call("GET", "/api/market/ORBUSDT?hours=100").json
    own = [one for one in decisions if one.symbol == "ORBUSDT"]
    assert [one["decision_id"] for one in found["seen"]] == [one.decision_id for one in own]
    entered = {one.decision_id for one in own if one.action is Action.ENTER}
    assert {one["decision_id"] for one in found["fills"]} == entered
    assert {one["side"] for one in found["fills"]} == {"buy", "sell"}
    assert visit.call("GET", "/api/depth/ORBUSDT").json["bids"][0] == ["0.510", "20"]
    assert "0.510" in visit.text("/pieces/depth?symbol=ORBUSDT")


def test_signals_are_counted_by_kind_with_what_is_believed_of_them(visit: Visitor) -> None:
    (found,) = visit.call("GET", "/api/signals/quality").json
    assert (found["name"], found["decisions"], found["entered"]) == ("mm_range", 120, 40)
    assert found["followed"]["n"] == 120
    told = found["posterior"]
    assert 0 < told["low"] < told["median"] < told["high"] < 1
    assert told["median"] == pytest.approx(found["followed"]["win_rate"]["value"], abs=0.02)
    symbols = visit.call("GET", "/api/signals/quality?by=symbol").json
    assert {one["name"]: one["decisions"] for one in symbols} == dict.fromkeys(SYMBOLS, 24)


def test_what_bound_the_sizes_is_counted_by_limit(visit: Visitor) -> None:
    (only,) = visit.call("GET", "/api/risk/bounds").json["limits"]
    assert (only["limit"], only["shrank"], only["forbade"]) == ("max_order_size_usd", 40, 0)
    assert only["left"] == pytest.approx(61 / 200)


def test_a_report_is_shown_as_text_with_neither_pictures_nor_links() -> None:
    written = f"# T\n\n![x](a.png)\n\n{CANARY}\n\n[y](javascript:alert(3))\n\n| a |\n| --- |\n| 1 |"
    found = Marked(str(as_html(written)))
    assert found.inline == []
    assert {"h1", "table"} <= set(found.tags)
    assert not {"img", "a", "script"} & set(found.tags)


def test_faults_are_sentences_on_a_page_and_json_to_a_program(visit: Visitor) -> None:
    found = visit("/decisions/d_ffffffffff")
    assert found.status == 404
    assert "Nothing there" in found.body.decode()
    assert visit.call("GET", "/api/decisions/d_ffffffffff").json["error"]
    assert visit("/decisions?before=x").status == 422


def test_files_may_be_kept_and_pages_may_not(visit: Visitor) -> None:
    assert "immutable" in visit(address_of("keeper.css")).headers["cache-control"]
    assert visit("/").headers["cache-control"] == "no-store"
    assert visit("/static/000000000000/keeper.css").status == 404
    assert visit("/static/../tokens.py").status == 404


def test_vendored_files_are_those_that_were_published() -> None:
    told = (FOLDER / "vendor" / "README.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| `([^`]+)` .* `([0-9a-f]{64})` \|$", told, re.MULTILINE))
    scripts = {
        name.removeprefix("vendor/"): one for name, one in assets().items() if name.startswith("vendor/")
    }
    assert set(listed) == set(scripts)
    for name, one in scripts.items():
        assert hashlib.sha256(one.body).hexdigest() == listed[name], name


def test_the_switch_of_a_page_needs_its_token(empty: Visitor) -> None:
    told = re.search(r'<meta name="csrf" content="(\w+)">', empty.text("/"))
    assert told is not None
    assert told[1] == csrf_of(empty.cookie)
    shared = {"scope": None, "body": {"killed": True}, "Cookie": f"{COOKIE}={empty.cookie}"}
    key = {"Idempotency_Key": "a-key-of-a-test"}
    assert empty.call("POST", "/api/kill", **shared, **key).status == 403  # type: ignore[arg-type]
    assert empty.call("POST", "/api/kill", **shared, **key, X_CSRF_Token=told[1]).status == 200  # type: ignore[arg-type]
    assert KillSwitch(empty.call.desk.home).is_set
