"""``keeper ask`` as a talk: follow-ups, a prompt, standard input, a brain for what rules cannot read."""

from __future__ import annotations

import io
import sys
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from keeper_agent.asked import FILE
from keeper_agent.cli import main
from keeper_agent.interpreters import FOLDER
from memory.consultations import ConsultationLog
from memory.lock import HomeLock
from memory.store import Store
from tests.support.consulting import KEY
from tests.support.proposing import a_proposal
from tests.support.providers import Scripted, StubProvider, openai_body, stub_provider
from tests.support.remembered import a_remembered_day
from tools.domain.trading import Decision

UNREAD = "gimme da tally of scalps on BTC"


class Typed(io.StringIO):
    """What a person types at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def told(own_home: Path) -> dict[str, Decision]:
    return a_remembered_day(own_home)


def keeper(monkeypatch: pytest.MonkeyPatch, *words: str, typed: io.StringIO | None = None) -> int:
    monkeypatch.setattr(sys, "argv", ["keeper", *words])
    if typed is not None:
        monkeypatch.setattr(sys, "stdin", typed)
    with pytest.raises(SystemExit) as leaving:
        main()
    return int(leaving.value.code or 0)


def answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], question: str
) -> dict[str, object]:
    assert keeper(monkeypatch, "ask", question, "--json") == 0
    found: dict[str, object] = orjson.loads(capsys.readouterr().out)
    return found


def test_a_follow_up_keeps_its_context_from_one_command_to_the_next(
    told: dict[str, Decision],
    own_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = answered(monkeypatch, capsys, "what were the last three decisions?")
    assert first["after"] == []
    second = answered(monkeypatch, capsys, "the second one")
    assert second["citations"] == [told["buy"].decision_id]
    third = answered(monkeypatch, capsys, "how many decisions on BTC?")
    assert third["after"] == []
    fourth = answered(monkeypatch, capsys, "and ETH?")
    assert fourth["after"] == ["how many decisions on BTC?"]
    assert (own_home / FILE).stat().st_mode & 0o777 == 0o600


def test_a_talk_at_a_terminal_goes_on_after_what_cannot_be_answered(
    told: dict[str, Decision], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = Typed("how many decisions on BTC?\nwhat is the weather?\nand ETH?\nexit\nhow many fills?\n")
    assert keeper(monkeypatch, "ask", typed=typed) == 0
    shown = capsys.readouterr()
    assert "8 decisions." in shown.out
    assert "2 decisions." in shown.out
    assert "fills" not in shown.out
    assert shown.err.count("keeper: not in the record") == 1


def test_lines_on_standard_input_are_each_answered(
    told: dict[str, Decision], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keeper(monkeypatch, "ask", typed=io.StringIO("how many fills?\n\nhow many decisions?\n")) == 0
    out = capsys.readouterr().out
    assert "10 fills." in out
    assert "10 decisions." in out
    assert keeper(monkeypatch, "ask", typed=io.StringIO("")) == 2
    assert capsys.readouterr().err.count("\n") == 1


def ask_with_a_brain(monkeypatch: pytest.MonkeyPatch, stub: StubProvider, *words: str) -> int:
    """The command with a brain chosen, whose server is ``stub``."""
    settings = {"KEEPER_BRAIN": "openai", "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{stub.url}/v1"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return keeper(monkeypatch, "ask", *words)


def test_a_brain_reads_what_the_rules_cannot_and_its_price_is_shown(
    told: dict[str, Decision],
    own_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Beside a running agent, whose home and budget are not touched."""
    with (
        HomeLock.acquire(own_home, "keeper run"),
        stub_provider(Scripted(openai_body(a_proposal(symbols=["BTCUSDT"])))) as stub,
    ):
        assert ask_with_a_brain(monkeypatch, stub, UNREAD) == 0
        assert "read by openai gpt-5-mini for 0.0" in capsys.readouterr().out
        assert ask_with_a_brain(monkeypatch, stub, UNREAD, "--json") == 0
        found = orjson.loads(capsys.readouterr().out)
        assert ask_with_a_brain(monkeypatch, stub, "how many fills?") == 0
    assert found["numbers"]["n"] == 4
    assert len(stub.asked) == 2
    with Store.open(own_home / FOLDER, read_only=True) as store:
        kept = ConsultationLog(store).all_until()
    assert [one.purpose for one in kept] == ["ask", "ask"]
    assert sum((one.cost_usd for one in kept), Decimal(0)) == 2 * Decimal(found["brain"]["cost_usd"])
    assert KEY.encode() not in kept[0].request
    with Store.open(own_home, read_only=True) as store:
        assert ConsultationLog(store).all_until() == ()


def test_the_budget_of_questions_holds_from_one_command_to_the_next(
    told: dict[str, Decision], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEEPER_ASK_USD_PER_DAY", "0.004")
    with stub_provider(Scripted(b"{}", status=500)) as stub:  # whose cost nobody knows counts in full
        codes = [ask_with_a_brain(monkeypatch, stub, UNREAD) for _ in range(3)]
    assert codes == [6, 6, 6]
    assert 1 <= len(stub.asked) < 3
    assert "(over_budget)" in capsys.readouterr().err
