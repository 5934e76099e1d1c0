"""Whatever a provider does over real HTTP: a typed cause, within the deadline, below the cap."""

from __future__ import annotations

import json
import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graphs.brain import ask
from graphs.brains.breaker import Breaker, BreakerConfig
from graphs.brains.completion import Completion, Exchange
from graphs.brains.consultant import Desk
from graphs.brains.pricing import ListedTariff
from memory.consultations import ConsultationLog, Tokens, last_attempts
from memory.store import Store
from prompts.render import Prompt
from tests.support.consulting import (
    CAPS,
    KEY,
    MODELS,
    PATIENCE_S,
    SOON,
    HandWatch,
    a_desk,
    a_request,
    an_office,
)
from tests.support.proposals import NOW
from tests.support.providers import (
    BODIES,
    CUT,
    GOOD,
    GOOD_TEXT,
    HUGE,
    ODD,
    REFUSED,
    Scripted,
    StubProvider,
    stub_provider,
)
from tools.domain.clock import SystemStopwatch
from tools.domain.market import NANOS
from tools.risk.advice import AdviceAction, Cause

NAMES = ("openai", "anthropic")
DEADLINE_S = 3.0  # of what is late on purpose; a request must have been sent by then
SLACK_S = 10.0  # for a machine that does other things as well
SILENT_S = 600.0  # who waits for it is seen, whatever the machine's speed


@pytest.fixture(scope="module", autouse=True)
def warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a library does once and for all at its first call is not done within a deadline."""
    for name in NAMES:
        home = tmp_path_factory.mktemp(name)
        with (
            stub_provider(Scripted(BODIES[name]())) as stub,
            an_office(home, [a_desk(name, stub.url)]) as office,
        ):
            assert ask(office.consultant, [a_request()], SOON)[0].cause is None


def scripted(name: str, fault: str) -> Scripted:
    """The provider's response with one thing wrong."""
    body = BODIES[name]
    good = body()
    error = json.dumps({"error": {"type": "x", "message": f"no {KEY}"}}).encode()
    return {
        "429": Scripted(error, 429, (("retry-after", "30"),)),
        "529": Scripted(error, 529),
        "503": Scripted(error, 503),
        "500": Scripted(error, 500),
        "401": Scripted(error, 401),
        "403": Scripted(error, 403),
        "400": Scripted(error, 400),
        "404": Scripted(error, 404),
        "redirect": Scripted(b"", 307, (("location", "http://127.0.0.1:9/elsewhere"),)),
        "silent": Scripted(good, delay_s=SILENT_S),
        "dripping": Scripted(good, drip_s=SILENT_S / len(good)),
        "no json": Scripted(b"<html>gateway</html>"),
        "empty body": Scripted(b""),
        "other json": Scripted(b'{"hello": "world"}'),
        "cut": Scripted(good, cut_after=len(good) // 2),
        "ends early": Scripted(good, cut_after=len(good) // 2, is_chunked=True),
        "malformed chunk": Scripted(good.replace(b'"usage"', b'"usage", :')),
        "endless": Scripted(b'{"a": "' + b"x" * 1_100_000 + b'"}'),
        "no text": Scripted(body("")),
        "cut by its limit": Scripted(body(GOOD_TEXT[:40], stop=CUT[name])),
        "refused": Scripted(body("I will not.", stop=REFUSED[name])),
        "odd stop": Scripted(body(stop=ODD[name])),
        "absurd usage": Scripted(body(usage=HUGE[name])),
        "prose": Scripted(body("I would take this one.")),
        "bad json": Scripted(body(GOOD_TEXT[:-1])),
        "bad enum": Scripted(body(json.dumps({**GOOD, "action": "double"}))),
        "too large": Scripted(body(json.dumps({**GOOD, "size_fraction": 5}))),
        "another field": Scripted(body(json.dumps({**GOOD, "symbol": "SCAMUSDT"}))),
        "invented number": Scripted(body(json.dumps({**GOOD, "reason": "wins 87 % of the time"}))),
        "invented id": Scripted(body(json.dumps({**GOOD, "cited_ids": ["o_77"]}))),
    }[fault]


FAULTS = {
    "429": Cause.RATE_LIMITED,
    "529": Cause.OVERLOADED,
    "503": Cause.OVERLOADED,
    "500": Cause.SERVER_ERROR,
    "401": Cause.KEY_REFUSED,
    "403": Cause.KEY_REFUSED,
    "400": Cause.BAD_REQUEST,
    "404": Cause.BAD_REQUEST,
    "redirect": Cause.BAD_REQUEST,
    "silent": Cause.LATE,
    "dripping": Cause.LATE,
    "no json": Cause.MALFORMED_BODY,
    "empty body": Cause.MALFORMED_BODY,
    "other json": Cause.MALFORMED_BODY,
    "cut": Cause.CUT_OFF,
    "ends early": Cause.MALFORMED_BODY,
    "malformed chunk": Cause.MALFORMED_BODY,
    "endless": Cause.MALFORMED_BODY,
    "no text": Cause.EMPTY,
    "cut by its limit": Cause.TRUNCATED,
    "refused": Cause.REFUSED,
    "odd stop": Cause.ODD_STOP,
    "absurd usage": Cause.ODD_USAGE,
    "prose": Cause.INVALID,
    "bad json": Cause.INVALID,
    "bad enum": Cause.INVALID,
    "too large": Cause.INVALID,
    "another field": Cause.INVALID,
    "invented number": Cause.FALSE_CLAIM,
    "invented id": Cause.FALSE_CLAIM,
}
FREE = ("429", "529", "503", "401", "403", "400", "404")
COUNTED = ("no text", "cut by its limit", "refused", "odd stop", "prose", "bad json", "bad enum")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_no_trade_with_its_cause_in_time_and_below_the_cap(
    name: str, fault: str, tmp_path: Path
) -> None:
    request = a_request()
    deadline_s = DEADLINE_S if FAULTS[fault] is Cause.LATE else PATIENCE_S
    with (
        stub_provider(scripted(name, fault)) as stub,
        an_office(tmp_path, [a_desk(name, stub.url)]) as office,
    ):
        began = time.monotonic()
        (advice,) = ask(office.consultant, [request], NOW + round(deadline_s * NANOS))
        assert time.monotonic() - began < deadline_s + SLACK_S
        assert (advice.action, advice.cause) == (AdviceAction.NONE, FAULTS[fault]), advice
        (kept,) = office.log.of_decision(request.decision_id)
        assert (kept.cause, kept.cost_usd) == (FAULTS[fault].value, office.spent())
        assert json.loads(kept.request) == stub.asked[0], "what was sent is kept, even of a call that failed"
        assert office.spent() <= CAPS.call
        tariff = ListedTariff(name, MODELS[name])
        if fault in FREE:
            assert office.spent() == 0
        elif fault in COUNTED:
            assert kept.tokens is not None
            assert office.spent() == tariff.cost_usd(kept.tokens)
        elif fault not in ("too large", "another field", "invented number", "invented id"):
            assert office.spent() == tariff.worst_usd(request.prompt)
        assert KEY not in f"{advice}{kept}"
        assert len(stub.asked) == 1, "nothing is asked twice behind the budget's back"


@pytest.mark.parametrize("name", NAMES)
def test_nobody_at_the_other_end_is_unreachable_and_free(name: str, tmp_path: Path) -> None:
    with stub_provider(Scripted(b"")) as stub:
        gone = stub.url
    with an_office(tmp_path, [a_desk(name, gone)]) as office:
        (advice,) = ask(office.consultant, [a_request()], SOON)
        assert advice.cause is Cause.UNREACHABLE
        assert office.spent() == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_good_answer_is_taken_counted_and_paid_for(name: str, tmp_path: Path) -> None:
    request = a_request()
    with (
        stub_provider(Scripted(BODIES[name]())) as stub,
        an_office(tmp_path, [a_desk(name, stub.url)]) as office,
    ):
        (advice,) = ask(office.consultant, [request], SOON)
        assert (advice.action, advice.fraction) == (AdviceAction.REDUCE, Decimal("0.5")), advice
        (kept,) = office.log.of_decision(request.decision_id)
        written = 0 if name == "openai" else 24
        assert kept.tokens == Tokens(1200, 60, cached=1024 if name == "openai" else 1000, cache_write=written)
        assert kept.cost_usd == ListedTariff(name, MODELS[name]).cost_usd(kept.tokens) == office.spent() > 0
        assert json.loads(kept.request) == stub.asked[0]
        assert kept.answer == BODIES[name]()
        assert (kept.text, kept.cause, kept.prompt_version) == (GOOD_TEXT, None, "consult-3")
        assert KEY.encode() not in kept.request
        assert KEY in str(stub.headers[0]), "the key was really used"


def test_the_constant_part_comes_first_and_anthropic_is_told_to_keep_it(tmp_path: Path) -> None:
    asked: dict[str, Any] = {}
    for name in NAMES:
        with (
            stub_provider(Scripted(BODIES[name]())) as stub,
            an_office(tmp_path / name, [a_desk(name, stub.url)]) as office,
        ):
            ask(office.consultant, [a_request(1), a_request(2)], SOON)
            first, second = stub.asked
            asked[name] = first
            if name == "openai":
                assert first["messages"][0] == second["messages"][0]
                assert first["messages"][0]["role"] == "system"
            else:
                assert first["system"] == second["system"]
    assert asked["anthropic"]["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert asked["anthropic"]["output_config"]["format"]["type"] == "json_schema"
    assert asked["openai"]["response_format"]["json_schema"]["strict"] is True


def test_the_backup_answers_where_the_first_one_fails(tmp_path: Path) -> None:
    request = a_request()
    with (
        stub_provider(scripted("openai", "529")) as first,
        stub_provider(Scripted(BODIES["anthropic"]())) as second,
        an_office(tmp_path, [a_desk("openai", first.url), a_desk("anthropic", second.url)]) as office,
    ):
        (advice,) = ask(office.consultant, [request], SOON)
        assert advice.cause is None
        kept = office.log.of_decision(request.decision_id)
        assert [(one.provider, one.cause) for one in kept] == [
            ("openai", "overloaded"),
            ("anthropic", None),
        ]


def test_a_silent_first_one_leaves_time_for_the_backup(tmp_path: Path) -> None:
    with (
        stub_provider(scripted("openai", "silent")) as first,
        stub_provider(Scripted(BODIES["anthropic"]())) as second,
        an_office(tmp_path, [a_desk("openai", first.url), a_desk("anthropic", second.url)]) as office,
    ):
        (advice,) = ask(office.consultant, [a_request()], NOW + 8 * NANOS)
        assert advice.cause is None, advice


def test_an_unusable_answer_is_not_taken_elsewhere(tmp_path: Path) -> None:
    with (
        stub_provider(scripted("openai", "invented number")) as first,
        stub_provider(Scripted(BODIES["anthropic"]())) as second,
        an_office(tmp_path, [a_desk("openai", first.url), a_desk("anthropic", second.url)]) as office,
    ):
        (advice,) = ask(office.consultant, [a_request()], SOON)
        assert advice.cause is Cause.FALSE_CLAIM
        assert second.asked == []


def test_a_provider_that_keeps_failing_is_left_alone_then_tried_once(tmp_path: Path) -> None:
    config, watch = BreakerConfig(most_faults=2, rest_s=0.3), HandWatch()
    with (
        stub_provider(scripted("openai", "500")) as stub,
        an_office(tmp_path, [a_desk("openai", stub.url, config, watch)]) as office,
    ):
        causes = [ask(office.consultant, [a_request(i)], SOON)[0].cause for i in range(4)]
        assert causes == [Cause.SERVER_ERROR] * 2 + [Cause.CIRCUIT_OPEN] * 2
        assert len(stub.asked) == 2
        watch.ns += round(0.35 * NANOS)
        stub.script[:] = [Scripted(BODIES["openai"]())]
        assert ask(office.consultant, [a_request(5)], SOON)[0].cause is None
        assert ask(office.consultant, [a_request(6)], SOON)[0].cause is None


def test_calls_asked_at_once_never_spend_more_than_the_cap(tmp_path: Path) -> None:
    worst = ListedTariff("openai", MODELS["openai"]).worst_usd(a_request().prompt)
    caps = type(CAPS)(call=worst, day=worst * 3, month=worst * 100)
    with (
        stub_provider(scripted("openai", "no json")) as stub,
        an_office(tmp_path, [a_desk("openai", stub.url)], caps=caps) as office,
    ):
        advices = ask(office.consultant, [a_request(i) for i in range(12)], SOON)
        causes = [advice.cause for advice in advices]
        assert causes.count(Cause.MALFORMED_BODY) == 3 == len(stub.asked)
        assert causes.count(Cause.OVER_BUDGET) == 9
        assert office.spent() == worst * 3


def test_an_audit_is_kept_and_nobody_waits_for_it(tmp_path: Path) -> None:
    request = a_request()
    gate = threading.Event()
    with (
        stub_provider(Scripted(BODIES["openai"](), delay_s=SILENT_S, gate=gate)) as stub,
        an_office(tmp_path, [a_desk("openai", stub.url)]) as office,
    ):
        office.consultant.audit([request])
        assert office.log.of_decision(request.decision_id) == ()
        gate.set()  # only now is there an answer: whoever had waited for it would wait still
        until = time.monotonic() + PATIENCE_S
        while not office.log.of_decision(request.decision_id) and time.monotonic() < until:
            time.sleep(0.05)
        (kept,) = office.log.of_decision(request.decision_id)
        assert kept.text == GOOD_TEXT
        assert kept.ts_known > kept.ts


class Stuck:
    """A provider that holds up the whole loop, as a broken library might."""

    name, model = "openai", "gpt-5-mini"

    def __init__(self) -> None:
        self.let_go = threading.Event()

    async def complete(self, prompt: Prompt, timeout_s: float) -> Completion:
        """Too late, and deaf to being cancelled."""
        self.let_go.wait(SILENT_S)
        return Completion(GOOD_TEXT, None, Exchange())

    async def close(self) -> None:
        """Nothing to let go of."""


def test_a_stuck_loop_holds_nobody_up_and_the_record_says_late(tmp_path: Path) -> None:
    request = a_request()
    stuck = Stuck()
    desk = Desk(stuck, Breaker(SystemStopwatch()), ListedTariff("openai", "gpt-5-mini"))
    with an_office(tmp_path, [desk], longest_s=0.3) as office:
        began = time.monotonic()
        (advice,) = ask(office.consultant, [request], NOW + round(DEADLINE_S * NANOS))
        assert time.monotonic() - began < SLACK_S
        assert advice.cause is Cause.LATE
        stuck.let_go.set()
    with Store.open(tmp_path) as store:
        kept = last_attempts(ConsultationLog(store).of_decision(request.decision_id))
        assert kept[request.decision_id].cause == "late"


def test_the_stub_speaks_as_the_libraries_read(tmp_path: Path) -> None:
    with stub_provider(Scripted(b"{}")) as stub:
        assert isinstance(stub, StubProvider)
    with pytest.raises(ValueError, match="finish_reason"):
        BODIES["openai"](stop="finished")
