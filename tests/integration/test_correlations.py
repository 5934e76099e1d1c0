"""Correlations of symbols over HTTP and on the page: what is known of them, and what is not told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from keeper_agent.api import comoving
from keeper_agent.api.sessions import COOKIE
from tests.support.api import Caller, served
from tests.support.memories import SECOND, MemoryBuilder, a_memory, at

N = 240
STEP = 60 * SECOND


def follow_a_walk(build: MemoryBuilder, symbol: str, mids: list[float], first: int, step: int = STEP) -> None:
    """A decision on each of ``mids``, one every minute."""
    plain = build._signal
    for number, mid in enumerate(mids):
        build._signal = lambda ts, name, regime, mid=mid: replace(  # type: ignore[method-assign, misc]
            plain(ts, name, regime), features={"mid": mid}
        )
        build.decide(first + number * step, symbol=symbol)
    build._signal = plain  # type: ignore[method-assign]


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    home: Path = tmp_path_factory.mktemp("home")
    rng = np.random.default_rng(5)
    shared, own = rng.normal(size=(2, N)) * 1e-3
    leader, twin = np.exp(np.cumsum(shared)), np.exp(np.cumsum(0.9 * shared + 0.3 * own))
    mirror = np.exp(-np.cumsum(shared))
    with a_memory(home) as build:
        follow_a_walk(build, "LEADUSDT", (100 * leader).tolist(), at("10:00:00"))
        follow_a_walk(build, "TWINUSDT", (5 * twin).tolist(), at("10:00:20"))
        follow_a_walk(build, "MIRRUSDT", (7 * mirror).tolist(), at("10:00:00"))
        follow_a_walk(build, "RAREUSDT", [1.0, 1.01, 1.02], at("10:30:00"))
        follow_a_walk(build, "FLATUSDT", [3.0] * 100, at("10:00:10"))
    with served(home) as call:
        yield call


def test_each_two_symbols_have_a_value_with_interval_and_n_or_the_reason(call: Caller) -> None:
    found = call("GET", "/api/risk/correlations?hours=6").json
    assert found["symbols"][0]["n"] == N
    pairs = {frozenset((one["first"], one["second"])): one for one in found["pairs"]}
    assert len(pairs) == 10
    twin = pairs[frozenset(("LEADUSDT", "TWINUSDT"))]
    assert 0 < twin["low"] < twin["value"] < twin["high"] <= 1
    assert twin["value"] == pytest.approx(
        0.9 / np.hypot(0.9, 0.3), abs=0.03
    )  # though never seen at one moment
    mirror = pairs[frozenset(("LEADUSDT", "MIRRUSDT"))]
    assert mirror["value"] == pytest.approx(-0.9999, abs=1e-3)
    assert mirror["n"] == N - 1
    rare = pairs[frozenset(("LEADUSDT", "RAREUSDT"))]
    assert (rare["value"], rare["low"], rare["why"]) == (None, None, "too few")
    flat = pairs[frozenset(("LEADUSDT", "FLATUSDT"))]
    assert (flat["value"], flat["why"]) == (None, "too short or still")


def test_a_shorter_span_holds_less(call: Caller) -> None:
    whole = call("GET", "/api/risk/correlations?hours=6").json
    short = call("GET", "/api/risk/correlations?hours=0.2").json
    assert short["symbols"][0]["n"] < whole["symbols"][0]["n"] / 4
    assert all(one["value"] is None for one in short["pairs"])
    assert call("GET", "/api/risk/correlations?hours=6&world=live").json["pairs"] == []


def test_what_is_left_out_is_counted(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comoving, "MOST_SYMBOLS", 2)
    found = call("GET", "/api/risk/correlations?hours=6").json
    assert (len(found["symbols"]), found["left_out"], len(found["pairs"])) == (2, 3, 1)
    monkeypatch.setattr(comoving, "MOST_SIGNALS", 50)
    assert call("GET", "/api/risk/correlations?hours=6").json["is_cut"] is True


def test_the_page_shows_values_shades_and_what_is_too_few(call: Caller) -> None:
    entered = call("GET", f"/login?code={call.desk.sessions.new_link()}", scope=None)
    cookie = entered.headers["set-cookie"].partition(";")[0]
    assert cookie.startswith(COOKIE)
    text = call("GET", "/risk", scope=None, Cookie=cookie, Accept="text/html").body.decode()
    assert text.count('class="s-5 apart"') == 4  # MIRR with LEAD and TWIN, either way round
    assert "too few<small>n " in text
    assert "too short or still<small>" in text
    assert f"{N} signals" in text
