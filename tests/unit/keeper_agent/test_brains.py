"""Brains by the settings: who is asked, what is refused, and that no key is ever shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graphs.decision import DecisionGraph
from keeper_agent.app import Keeper
from keeper_agent.brains import BrainParts, chosen, open_brain, told_of_brain
from keeper_agent.settings import load_settings
from keeper_agent.views.summary import summary_lines
from memory.consultations import ConsultationLog
from memory.store import Store
from scheduler.observer import Silent
from scheduler.run import RunIdentity, Tally
from scheduler.summary import results
from tests.support.commands import Here
from tests.support.consulting import KEY, HandClock, a_request, begin_run
from tests.support.proposals import NOW
from tests.support.providers import Scripted, anthropic_body, openai_body, stub_provider
from tests.support.senses import BUNDLED, instrument_of
from tools.domain.clock import SystemStopwatch
from tools.domain.errors import BadInput, BadUsage
from tools.domain.market import NANOS, plain
from tools.domain.trading import World

IDENTITY = RunIdentity("run_test", World.RECORDED, 7)


def opened(store: Store, **settings: Any) -> BrainParts | None:
    """The brain of the settings, closed again."""
    given = load_settings(keeper_home=store.path.parent, **settings)
    with open_brain(given, store, IDENTITY, HandClock(), SystemStopwatch()) as parts:
        return parts


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(tmp_path, is_throwaway=True) as opened_store:
        begin_run(opened_store)
        yield opened_store


def test_nobody_is_asked_unless_somebody_is_chosen(store: Store) -> None:
    assert opened(store, openai_api_key=KEY) is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"keeper_brain": "openai"}, "set OPENAI_API_KEY"),
        ({"keeper_brain": "anthropic"}, "set ANTHROPIC_API_KEY"),
        ({"keeper_brain": "local"}, "needs KEEPER_LOCAL_MODEL"),
        ({"keeper_brain_backup": "openai"}, "needs another KEEPER_BRAIN"),
        ({"keeper_brain": "openai", "keeper_brain_backup": "openai"}, "needs another KEEPER_BRAIN"),
        (
            {"keeper_brain": "openai", "openai_api_key": KEY, "openai_model": "gpt-99-ultra"},
            "not priced: openai gpt-99-ultra",
        ),
        (
            {"keeper_brain": "openai", "openai_api_key": KEY, "openai_base_url": "http://192.0.2.1/v1"},
            "OPENAI_BASE_URL must be https",
        ),
        (
            {"keeper_brain": "anthropic", "anthropic_api_key": KEY, "anthropic_base_url": "nonsense"},
            "ANTHROPIC_BASE_URL must be https",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(
    store: Store, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadUsage, match=words) as refused:
        opened(store, **settings)
    assert "\n" not in str(refused.value)
    assert KEY not in str(refused.value)


def test_a_model_that_is_none_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"expected a model at .*No such file"):
        opened(store, keeper_brain="local", keeper_local_model=tmp_path / "none.gguf")
    (tmp_path / "notes.gguf").write_text("not a model")
    with pytest.raises(BadInput, match="GGUF format"):
        opened(store, keeper_brain="local", keeper_local_model=tmp_path / "notes.gguf")


def test_a_model_nobody_prices_may_run_on_this_machine(store: Store) -> None:
    with stub_provider(Scripted(b"{}")) as stub:
        settings = {"keeper_brain": "openai", "openai_api_key": KEY, "openai_model": "my-own"}
        parts = opened(store, **settings, openai_base_url=f"{stub.url}/v1")
    assert parts is not None
    assert parts.price_usd() == 0


def test_the_chosen_are_asked_in_their_order_within_the_caps(store: Store) -> None:
    with stub_provider(Scripted(openai_body())) as one, stub_provider(Scripted(anthropic_body())) as two:
        settings = load_settings(
            keeper_home=store.path.parent,
            keeper_brain="anthropic",
            keeper_brain_backup="openai",
            openai_api_key=KEY,
            anthropic_api_key=KEY,
            openai_base_url=f"{one.url}/v1",
            anthropic_base_url=two.url,
            keeper_brain_usd_per_call="0.006",  # enough for the cheaper of the two
        )
        assert chosen(settings) == ["anthropic", "openai"]
        request = a_request()
        with open_brain(settings, store, IDENTITY, HandClock(), SystemStopwatch()) as parts:
            assert parts is not None
            parts.brain.consult([request], request.ts + 240 * NANOS)
        assert (len(two.asked), len(one.asked)) == (0, 1)
    kept = ConsultationLog(store).of_decision(request.decision_id)
    assert [(one.provider, one.cause) for one in kept] == [("anthropic", "over_budget"), ("openai", None)]
    told = told_of_brain(settings, store, "run_test")
    cost = plain(kept[1].cost_usd)
    assert told == {
        "who": ["anthropic", "openai"],
        "asked": 1,
        "audited": 0,
        "answered": 1,
        "cost_usd": cost,
    }
    lines = dict(summary_lines({**results(Tally(), 7), "quote": "USDT", "brain": told}))
    assert lines["brain"] == f"anthropic then openai: asked 1, audited 0, 1 usable answers, {cost} USD"


def test_no_key_is_in_the_words_of_the_settings() -> None:
    settings = load_settings(openai_api_key=KEY, anthropic_api_key=KEY)
    assert KEY not in f"{settings!r}{settings.model_dump()}"


@pytest.mark.parametrize("world", ["recorded", "venue"])
def test_the_command_says_what_is_missing_before_it_begins(
    world: str, own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEEPER_BRAIN", "openai")
    monkeypatch.setenv("KEEPER_WORLD", world)
    Here(monkeypatch, capsys)("run").fails_in_one_line(BadUsage.exit_code, "set OPENAI_API_KEY")
    assert not own_home.exists()


@pytest.mark.parametrize(
    ("world", "is_beside"), [(World.RECORDED, False), (World.VENUE, True), (World.LIVE, True)]
)
def test_a_brain_is_asked_beside_the_loop_wherever_the_market_does_not_wait(
    store: Store, world: World, is_beside: bool
) -> None:
    settings = load_settings(
        keeper_home=store.path.parent, keeper_brain="openai", openai_api_key=KEY,
        openai_base_url="http://127.0.0.1:9/v1",
    )  # fmt: skip
    identity = RunIdentity("run_test", world, 7)
    with open_brain(settings, store, identity, HandClock(), SystemStopwatch()) as parts:
        assert parts is not None
        assert parts.is_beside is is_beside
    instrument = instrument_of(BUNDLED[0])
    keeper = Keeper(
        settings, store, identity, {instrument.symbol: instrument}, Silent(), None, NOW, brain=parts
    )
    decider = keeper.cycle(instrument)._parts.decider
    assert isinstance(decider, DecisionGraph)
    assert decider.context.is_beside is is_beside
