"""Ids: wide enough for a billion rows, and still the ones an older memory holds."""

from __future__ import annotations

import re

import pytest

from tools.domain import identity
from venue.binance.parameters import LEGAL_CLIENT as BINANCE
from venue.mexc.parameters import LEGAL_CLIENT as MEXC

ROWS = 10**9
OLD_SIGNAL = "s_0123456789"
SIGNAL = identity.signal_id("run_1", "BTCUSDT", "mm_range", 5, 1)
IDS = {
    "signal": SIGNAL,
    "decision": identity.decision_id(SIGNAL),
    "outcome": identity.outcome_id(SIGNAL, "taken"),
    "consultation": identity.consultation_id(identity.decision_id(SIGNAL), 1),
    "lesson": identity.lesson_id("group", "2024-08-08"),
    "strategy": identity.strategy_id("recorded", "{}"),
    "run": identity.derived_run_id("tape", 7),
    "fresh run": identity.fresh_run_id(5),
}


@pytest.mark.parametrize("name", IDS)
def test_a_billion_rows_share_an_id_with_a_chance_below_one_in_a_billion(name: str) -> None:
    digits = IDS[name].partition("_")[2]
    assert re.fullmatch(r"[0-9a-f]+", digits)
    assert ROWS**2 / 2 / 16 ** len(digits) < 1e-9


def test_a_quarter_of_a_million_signals_of_one_run_have_as_many_ids() -> None:
    ids = {identity.signal_id("run_1", "BTCUSDT", "mm_range", ts, ts) for ts in range(250_000)}
    assert len(ids) == 250_000


def test_what_an_old_signal_led_to_keeps_the_name_it_had() -> None:
    decision = identity.decision_id(OLD_SIGNAL)
    assert decision == "d_de01868b5c"
    assert identity.outcome_id(OLD_SIGNAL, "shadow") == "o_b4b78027b9"
    assert identity.consultation_id(decision, 1) == "c_46de33278f"


def test_an_id_begins_with_the_one_it_used_to_be() -> None:
    assert identity.formerly("y_0123456789abcdef01234567") == "y_0123456789"
    assert identity.formerly("y_0123456789") == "y_0123456789"


@pytest.mark.parametrize("decision", [IDS["decision"], "d_0123456789"])
def test_every_venue_takes_a_client_order_id(decision: str) -> None:
    name = identity.client_order_id(decision, "bracket", 99)
    assert BINANCE.fullmatch(name)
    assert MEXC.fullmatch(name)
    assert len(name) <= 32
