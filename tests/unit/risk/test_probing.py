"""Probes are few, labelled, repeatable and never where they are not wanted."""

from __future__ import annotations

import pytest

from tests.support.proposals import a_signal, a_silence, a_vote, with_features
from tools.domain.parameter import default_parameters
from tools.domain.trading import Action, Route, Signal, Vote, World
from tools.risk.probing import ProbePolicy, choose_probe, choose_probes
from tools.risk.routing import Advice, AdviceAction, Settlement, advise, settle

ALWAYS = default_parameters({"probe_share": 0.5})
PAPER = ProbePolicy(seed=7, world=World.RECORDED)
SILENT = (a_silence("pattern"),)


def drawn(signal: Signal, votes: tuple[Vote, ...] = SILENT, policy: ProbePolicy = PAPER) -> Settlement:
    settlement = settle(signal, votes, ALWAYS)
    return choose_probe(settlement, signal, ALWAYS, policy=policy, open_probes=())


def lucky(policy: ProbePolicy = PAPER) -> int:
    """Sequence number of a signal that the coin favours."""
    return next(i for i in range(100) if drawn(a_signal(i), policy=policy).is_probe)


def test_a_refused_signal_becomes_a_labelled_probe_and_keeps_its_route_and_votes() -> None:
    i = lucky()
    refused = drawn(with_features(i, mm_confidence=0.2))
    assert (refused.action, refused.route, refused.is_probe) == (Action.ENTER, Route.RULE, True)
    assert refused.reason.startswith("probe, though skip: rule.mm_confidence")


def test_live_money_is_never_probed_unless_the_operator_says_so() -> None:
    i = lucky()
    assert not drawn(a_signal(i), policy=ProbePolicy(7, World.LIVE)).is_probe
    assert drawn(a_signal(i), policy=ProbePolicy(7, World.LIVE, allowed=True)).is_probe
    assert not drawn(a_signal(i), policy=ProbePolicy(7, World.RECORDED, allowed=False)).is_probe


@pytest.mark.parametrize("fault", [{"mid": None}, {"mm_confidence": None}, {"spread_bps": float("nan")}])
def test_unsound_data_is_never_probed(fault: dict[str, float | None]) -> None:
    assert not any(drawn(with_features(i, **fault)).is_probe for i in range(200))


def test_a_target_that_cannot_pay_is_never_probed() -> None:
    assert not any(drawn(a_signal(i, take_profit=20_005_000)).is_probe for i in range(200))


def test_a_brains_veto_stands() -> None:
    i = lucky()
    signal = a_signal(i)
    vetoed = advise(
        settle(signal, SILENT, ALWAYS),
        Advice(AdviceAction.SKIP, settle(signal, SILENT, ALWAYS).fraction, "thin"),
    )
    assert choose_probe(vetoed, signal, ALWAYS, policy=PAPER, open_probes=()) == vetoed


def test_a_clear_entry_is_no_probe() -> None:
    votes = (a_vote("pattern", 20.0, 1.0),)
    assert not any(drawn(a_signal(i), votes).is_probe for i in range(200))


def test_a_batch_probes_a_symbol_once_and_not_where_one_is_open() -> None:
    signals = [a_signal(i) for i in range(100)]
    settlements = [settle(signal, SILENT, ALWAYS) for signal in signals]
    chosen = choose_probes(settlements, signals, ALWAYS, policy=PAPER, open_probes=())
    assert sum(settlement.is_probe for settlement in chosen) == 1
    blocked = choose_probes(settlements, signals, ALWAYS, policy=PAPER, open_probes={"ALGOUSDT"})
    assert not any(settlement.is_probe for settlement in blocked)


def test_the_coin_is_fixed_by_seed_and_signal() -> None:
    first = [drawn(a_signal(i)).is_probe for i in range(300)]
    assert first == [drawn(a_signal(i)).is_probe for i in range(300)]
    assert first != [drawn(a_signal(i), policy=ProbePolicy(8, World.RECORDED)).is_probe for i in range(300)]
