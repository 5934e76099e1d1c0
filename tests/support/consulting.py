"""A consultant over real providers' libraries, a memory and a budget, wired as the agent does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr

from graphs.brain import ConsultRequest, consult_request
from graphs.brains.breaker import Breaker, BreakerConfig
from graphs.brains.completion import ChatProvider
from graphs.brains.consultant import Consultant, Desk
from graphs.brains.pricing import ListedTariff
from memory.consultations import ConsultationLog
from memory.episodes import EpisodeLog
from memory.spending import SpendCaps, SpendLedger
from memory.store import Store
from tests.support.proposals import NOW, a_neighbour, a_signal, a_vote
from tools.domain.clock import Stopwatch, SystemStopwatch
from tools.domain.identity import decision_id
from tools.domain.market import NANOS

KEY = "sk-very-secret-key-of-nobody"
MODELS = {"openai": "gpt-5-mini", "anthropic": "claude-haiku-4-5"}
CAPS = SpendCaps(call=Decimal("0.05"), day=Decimal("0.20"), month=Decimal("2"))
PATIENT = BreakerConfig(most_faults=1_000)
PATIENCE_S = 240.0  # for an answer, where lateness is not what is tested
SOON = NOW + round(PATIENCE_S * NANOS)


@dataclass
class HandClock:
    """A clock that is set by hand."""

    ts: int = NOW

    def now(self) -> int:
        """What it was set to."""
        return self.ts


class HandWatch:
    """A stopwatch that is moved by hand."""

    ns: int = 0

    def elapsed(self) -> int:
        """What it was moved to."""
        return self.ns


def a_provider(name: str, url: str, model: str | None = None) -> ChatProvider:
    """A provider's own library, pointed at ``url``."""
    from graphs.brains.anthropic_chat import AnthropicProvider
    from graphs.brains.openai_chat import OpenAIProvider

    if name == "openai":
        place = url if url.endswith("/v1") else f"{url}/v1"
        return OpenAIProvider(model or MODELS[name], SecretStr(KEY), place)
    return AnthropicProvider(model or MODELS[name], SecretStr(KEY), url)


def a_desk(name: str, url: str, config: BreakerConfig = PATIENT, stopwatch: Stopwatch | None = None) -> Desk:
    """That provider with its listed prices; ``stopwatch`` is the breaker's."""
    breaker = Breaker(stopwatch or SystemStopwatch(), config)
    return Desk(a_provider(name, url), breaker, ListedTariff(name, MODELS[name]))


@dataclass
class Office:
    """A consultant with its budget and its log."""

    consultant: Consultant
    spending: SpendLedger
    log: ConsultationLog
    store: Store

    def spent(self) -> Decimal:
        """Of this month, US dollars."""
        return self.spending.spent()[1]


@contextmanager
def an_office(
    home: Path,
    desks: Sequence[Desk],
    *,
    caps: SpendCaps = CAPS,
    longest_s: float = PATIENCE_S,
    clock: HandClock | None = None,
) -> Iterator[Office]:
    """A consultant over ``desks`` while it is needed."""
    with Store.open(home, is_throwaway=True) as store:
        begin_run(store)
        spending = SpendLedger(store, caps, clock or HandClock(), run_id="run_test", world="recorded")
        log = ConsultationLog(store)
        consultant = Consultant(desks, spending, log, SystemStopwatch(), longest_s)
        try:
            yield Office(consultant, spending, log, store)
        finally:
            consultant.close()


def begin_run(store: Store) -> None:
    """The run that the hand-made signals belong to."""
    EpisodeLog(store).begin_run(
        run_id="run_test",
        world="recorded",
        command="test",
        config={},
        code_version="0",
        input_hash="",
        seed=7,
        ts=NOW,
    )


def a_request(sequence: int = 0) -> ConsultRequest:
    """An ambiguous signal to be asked about."""
    signal = a_signal(sequence)
    votes = (a_vote("pattern", 0.6, 3.0, "o_1"),)
    return consult_request(
        decision_id(signal.signal_id), signal, votes, (a_neighbour(1), a_neighbour(2)), ts=NOW
    )
