"""Evidence that an act takes from its market: what came before it, its own side, both sides' size."""

import numpy as np
import pytest

from tests.support.senses import BTCUSDT
from tests.support.tapes import print_event
from tests.unit.detection.test_spoofing import (
    ASK,
    BID,
    LARGE,
    SMALL,
    START,
    STEP,
    TICK,
    Change,
    at,
    ordinary,
    scored,
)
from tools.detection.alert_log import AlertLog
from tools.detection.background import FEWEST
from tools.detection.hazards import CANCELS, CELLS, FILLS, HAZARDS, cell_of, ended_by, learn_end
from tools.detection.spoof_evidence import ALONE, EVIDENCE, FIRST, WEIGHTS, N
from tools.detection.state import new_senses
from tools.domain.parameter import default_parameters

REAL = (-1, ASK - TICK, SMALL)


def act(step: int, side: int = 1, *besides: Change) -> list[np.ndarray]:
    price = BID - 2 * TICK if side > 0 else ASK + 2 * TICK
    shown = ((side, price, LARGE), *besides)
    return [at(step, *shown), at(step + 4, *((one, price, 0) for one, price, _ in shown))]


def evidence(alerts: np.ndarray, word: str) -> np.ndarray:
    return alerts["evidence"][:, EVIDENCE.index(word)]


def test_the_numbers_fit_the_evidence() -> None:
    assert len(FIRST) == ALONE < len(WEIGHTS) == len(EVIDENCE) == N


def test_an_act_is_a_repeat_of_those_before_it_on_its_side_and_not_of_itself() -> None:
    alerts = scored(*act(410, 1, REAL), *act(420, 1, REAL), *act(430, -1), *act(440, 1, REAL))
    habit = evidence(alerts, "habit")
    assert habit.tolist()[0] == habit.tolist()[2] == 0.0
    assert habit[1] == pytest.approx(np.log(2), abs=0.01)
    assert habit[3] == pytest.approx(np.log(3), abs=0.02)
    assert evidence(alerts, "repeats")[0] == 0.0 < evidence(alerts, "repeats")[1]


def test_two_sides_of_one_size_are_a_maker_and_score_less_than_a_small_order_opposite() -> None:
    (spoof,) = scored(*act(410, 1, REAL))
    maker = scored(*act(410, 1, (-1, ASK - TICK, LARGE - SMALL)))
    column = EVIDENCE.index("balance")
    assert spoof["evidence"][column] == pytest.approx(np.log2(40), abs=0.7)
    assert maker["evidence"][0, column] == pytest.approx(0.0, abs=0.1)
    assert spoof["score"] > maker["score"].max()


def test_an_act_is_held_against_the_hazards_before_it() -> None:
    (alert,) = scored(*act(410))
    state = np.zeros(1, HAZARDS)[0]
    for i in range(200):  # what ``ordinary`` showed and withdrew; before a size is usual nothing is learnt
        if i >= 100:
            learn_end(state, 1, cell_of(1.0, 5.0), CANCELS, 0.1)
    x = alert["evidence"][EVIDENCE.index("survival")]
    expected = -np.log(ended_by(state, cell_of(40.0, 0.2), CANCELS, 0.4))
    assert x == pytest.approx(expected, abs=1e-3)


def test_what_a_print_took_is_a_fill_and_what_was_withdrawn_a_cancel() -> None:
    senses = new_senses(BTCUSDT, default_parameters())
    log = AlertLog(senses, 0.0)
    price = BID + TICK
    taken = print_event(START + 414 * STEP, -1, price, SMALL)
    for batch in [*ordinary(), at(410, (1, price, SMALL)), taken, at(414, (1, price, 0))]:
        log.sense_until(batch, 0, 1 << 62)
    ends = senses["alerts"]["hazards"]["ends"][0]
    assert ends[CELLS, FILLS] == 1.0
    assert ends[CELLS, CANCELS] > 10.0


def test_no_act_is_remembered_before_a_size_is_usual() -> None:
    senses = new_senses(BTCUSDT, default_parameters())
    log = AlertLog(senses, 0.0)
    for batch in [*ordinary()[: int(FEWEST)], *act(410)]:
        log.sense_until(batch, 0, 1 << 62)
    assert senses["alerts"]["background"]["usual"][0] == 0.0
    assert senses["alerts"]["acts"]["n"].sum() == 0
