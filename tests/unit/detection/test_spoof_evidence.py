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
from tools.detection.spoof_evidence import ALONE, EVIDENCE, N
from tools.detection.spoof_odds import (
    first_odds,
    fitted_odds,
    hopeless,
    log_odds,
    nearly_odds,
    odds_of,
    rounding,
    threshold,
)
from tools.detection.state import new_senses
from tools.domain.parameter import default_parameters

REAL = (-1, ASK - TICK, SMALL)


def act(step: int, side: int = 1, *besides: Change) -> list[np.ndarray]:
    price = BID - 2 * TICK if side > 0 else ASK + 2 * TICK
    shown = ((side, price, LARGE), *besides)
    return [at(step, *shown), at(step + 4, *((one, price, 0) for one, price, _ in shown))]


def evidence(alerts: np.ndarray, word: str) -> np.ndarray:
    return alerts["evidence"][:, EVIDENCE.index(word)]


def test_the_numbers_in_force_read_as_plain_numpy_does() -> None:
    odds, scratch = fitted_odds(), np.zeros(N)
    rows = np.random.default_rng(2).normal(size=(50, N)) * 3
    found = [odds_of(odds[0], row, scratch) for row in rows]
    assert found == pytest.approx(log_odds(odds, rows), rel=1e-9)
    assert 0.5 < threshold() < 1
    told = first_odds(odds[0], rows[0])
    assert told == pytest.approx(odds["first_intercept"][0] + odds["first"][0] @ rows[0, :ALONE])


def test_a_score_is_of_all_evidence_by_the_numbers_in_force() -> None:
    for (alert,) in (scored(*act(410, 1, REAL)), scored(*act(410, 1))):
        odds = log_odds(fitted_odds(), alert["evidence"][None])[0]
        assert alert["score"] == pytest.approx(1 / (1 + np.exp(-odds)))


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


PLACES = tuple((1, BID - ticks * TICK, LARGE) for ticks in (2, 3, 4))
GONE = tuple((*place[:2], 0) for place in PLACES)


def test_levels_that_come_one_after_another_and_go_together_are_of_one_act() -> None:
    alerts = scored(*(at(410 + 2 * i, place) for i, place in enumerate(PLACES)), at(420, *GONE))
    assert evidence(alerts, "layers").tolist() == [0.0]
    assert evidence(alerts, "staged").tolist() == pytest.approx([np.log2(3)])


def test_levels_that_go_one_after_another_are_told_of_by_each_that_follows() -> None:
    alerts = scored(at(410, *PLACES), *(at(420 + 2 * i, gone) for i, gone in enumerate(GONE)))
    assert evidence(alerts, "staged").tolist() == pytest.approx([0.0, 1.0, np.log2(3)])


@pytest.mark.parametrize(
    ("placed", "gone", "expected"),
    [
        ((410, 410), (420, 431), 0.0),  # more than a second between their ends
        ((405, 416), (420, 422), 0.0),  # and between their beginnings
        ((410, 410), (420, 429), 1.0),
    ],
)
def test_what_lies_more_than_a_second_apart_is_not_one_act(
    placed: tuple[int, int], gone: tuple[int, int], expected: float
) -> None:
    events = [*zip(placed, PLACES, strict=False), *zip(gone, GONE, strict=False)]
    alerts = scored(*(at(step, change) for step, change in events))
    assert evidence(alerts, "staged")[-1] == expected


def test_small_orders_and_the_other_side_are_no_stages() -> None:
    small = (1, BID - 3 * TICK, LARGE // 3)
    other = (-1, ASK + 2 * TICK, LARGE)
    for second in (small, other):
        shown = at(410, PLACES[0], second), at(420, (*second[:2], 0)), at(421, GONE[0])
        assert evidence(scored(*shown), "staged")[-1] == 0.0


@pytest.mark.parametrize(
    ("aggressor", "price", "step", "expected"),
    [
        (-1, BID, 419, (1.0, 0.0)),  # sold to the bids that the show propped up
        (1, ASK, 419, (0.0, 1.0)),
        (-1, BID, 417, (0.0, 0.0)),  # too long before
    ],
)
def test_a_trade_just_before_says_on_which_side_it_was(
    aggressor: int, price: int, step: int, expected: tuple[float, float]
) -> None:
    traded = print_event(START + step * STEP, aggressor, price, SMALL)
    (alert,) = scored(at(410, PLACES[0]), traded, at(420, GONE[0]))
    assert tuple(alert["evidence"][EVIDENCE.index(word)] for word in ("hit", "lifted")) == expected


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


def test_odds_that_are_passed_over_never_reach_the_floor() -> None:
    odds, scratch = fitted_odds(), np.zeros(N)
    rows = np.random.default_rng(9).normal(0.5, 2.0, (400, N))
    exact = np.array([odds_of(odds[0], row, scratch) for row in rows])
    nearly = np.array([nearly_odds(odds[0], row, scratch) for row in rows])
    assert 0.0 < np.abs(exact - nearly).max() < rounding(odds) < 1e-6
    scores = 1.0 / (1.0 + np.exp(-exact))
    for floor in np.quantile(scores, [0.6, 0.75, 0.9]):  # scores that are reached to the last bit
        passed = nearly >= hopeless(odds, float(floor))
        assert passed[scores >= floor].all()
        assert np.count_nonzero(passed) <= np.count_nonzero(scores >= floor) + 1
    assert hopeless(odds, 0.0) == -np.inf
