"""Outcomes of followed signals: results, fees and excursions, by a worked case."""

import numpy as np
import pytest

from tests.support.proposals import ALGO, a_signal
from tools.domain.trading import Action, Decision, Result, Route
from tools.execution.following import CENSORED, FOLLOW, STOPPED, TARGET, TIMED_OUT, UNFILLED
from tools.execution.outcomes import bps, shadow_outcome

SIGNAL = a_signal()
DECISION = Decision(
    decision_id="d",
    signal_id=SIGNAL.signal_id,
    run_id=SIGNAL.run_id,
    world=SIGNAL.world,
    symbol=SIGNAL.symbol,
    venue=SIGNAL.venue,
    ts=SIGNAL.ts,
    action=Action.SKIP,
    route=next(iter(Route)),
    probability=None,
    breakeven=0.5,
    expected_bps=None,
    is_probe=False,
    plan=None,
    votes=(),
    clamps=(),
    reason="",
    parameters_version=0,
    model_version=None,
    recalled=(),
)


def ended(result: int, **values: int) -> np.void:
    follow = np.zeros(1, FOLLOW)
    defaults = {
        "entry": 20_000_000,
        "highest": 20_060_000,
        "lowest": 19_980_000,
        "ts_entry": 5,
        "ts_exit": 9,
        "ts_end": 50,
    }
    for name, value in (defaults | values | {"result": result}).items():
        follow[name] = value
    return follow[0]


def test_a_target_pays_the_maker_fee_and_others_the_takers() -> None:
    target = shadow_outcome(SIGNAL, DECISION, ended(TARGET, exit=20_060_000, ts_target=9), 7, ALGO)
    stop = shadow_outcome(SIGNAL, DECISION, ended(STOPPED, exit=19_960_000, ts_stop=9), 7, ALGO)
    late = shadow_outcome(SIGNAL, DECISION, ended(TIMED_OUT, exit=20_000_000), 7, ALGO)
    assert target is not None
    assert stop is not None
    assert late is not None
    assert (target.result, target.net_bps) == (Result.TAKE_PROFIT, pytest.approx(30.0))
    assert (stop.result, stop.gross_bps) == (Result.STOP, pytest.approx(-20.0))
    assert stop.net_bps == pytest.approx(-20.0 - 5.0 * 0.998)
    assert (late.result, late.net_bps) == (Result.TIMEOUT, pytest.approx(-5.0))
    assert (target.time_to_target_ns, target.time_to_stop_ns, target.ts_known) == (4, None, 50)
    assert (target.mfe_bps, target.mae_bps) == (pytest.approx(30.0), pytest.approx(-10.0))


def test_an_unfilled_entry_has_no_result_in_money() -> None:
    outcome = shadow_outcome(SIGNAL, DECISION, ended(UNFILLED, ts_entry=0, ts_exit=0), 7, ALGO)
    assert outcome is not None
    assert outcome.result is Result.UNFILLED
    assert {outcome.net_bps, outcome.gross_bps, outcome.mfe_bps, outcome.ts_entry, outcome.ts_exit} == {None}


def test_a_censored_follow_has_no_outcome() -> None:
    assert shadow_outcome(SIGNAL, DECISION, ended(CENSORED), 7, ALGO) is None


def test_basis_points_are_of_the_entry() -> None:
    assert bps(10_100, 10_000) == pytest.approx(100.0)
