"""Large orders shown and withdrawn: what is scored, as what, and what it must not depend on."""

from functools import cache

import numpy as np
import pytest

from tests.support.senses import BTCUSDT
from tests.support.tapes import book_message, print_event, synthetic_market
from tools.detection.alert_log import AlertLog
from tools.detection.background import BACKGROUND, FEWEST, learn_order, share_shorter
from tools.detection.order_log import OrderLog
from tools.detection.senses import evaluate
from tools.detection.spoof_evidence import EVIDENCE
from tools.detection.spoofing import ALERT, ALERTS, LAYERED, MIRRORED, ONE
from tools.detection.state import feature_buffer, new_senses
from tools.detection.touches import note_touch, touch_key
from tools.domain.market import NANOS, UNITS
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.market.events import Events

START = 1_700_000_000 * NANOS
STEP = NANOS // 10
BID, ASK = 1000 * UNITS, 1001 * UNITS
TICK = UNITS // 100
SMALL, LARGE = UNITS, 40 * UNITS

Change = tuple[int, int, int]


def at(step: int, *changes: Change) -> Events:
    return book_message(START + step * STEP, list(changes))


def ordinary() -> list[Events]:
    """A book, and as many small orders that come and go as make a size usual; the last step is 400."""
    deep = [(1, BID - 400 * TICK, UNITS), (-1, ASK + 400 * TICK, UNITS)]  # nothing below leaves the window
    top = [(1, BID, 9 * UNITS), (-1, ASK, 9 * UNITS)]
    events = [book_message(START, [*top, *deep], is_snapshot=True)]
    for i in range(81, 201):
        place = (1, BID - 50 * TICK, SMALL)
        events += [at(2 * i - 1, place), at(2 * i, (*place[:2], 0))]
    return events


def log_of(*events: Events, floor: float = 0.0) -> AlertLog:
    log = AlertLog(new_senses(BTCUSDT, default_parameters()), floor)
    for batch in events:
        log.sense_until(batch, 0, 1 << 62)
    return log


@cache
def usual_market() -> np.ndarray:
    """Senses that have seen what is ordinary."""
    senses = new_senses(BTCUSDT, default_parameters())
    log = AlertLog(senses, 0.0)
    for batch in ordinary():
        log.sense_until(batch, 0, 1 << 62)
    assert log.raised == 0
    return senses


def scored(*events: Events) -> np.ndarray:
    log = AlertLog(usual_market().copy(), 0.0)
    for batch in events:
        log.sense_until(batch, 0, 1 << 62)
    return log.alerts()


def test_one_large_order_that_vanishes_is_scored_where_it_lay() -> None:
    (alert,) = scored(at(410, (1, BID - 2 * TICK, LARGE)), at(414, (1, BID - 2 * TICK, 0)))
    assert (alert["kind"], alert["key"], alert["units"]) == (ONE, BID - 2 * TICK, LARGE)
    assert (alert["ts_add"], alert["ts"]) == (START + 410 * STEP, START + 414 * STEP)
    x = dict(zip(EVIDENCE, alert["evidence"], strict=True))
    assert x["size"] == pytest.approx(np.log2(40), abs=0.25)
    assert x["life"] == pytest.approx(np.log(0.4))


def test_levels_that_come_and_go_together_are_one_alert_and_weigh_more() -> None:
    levels = [(-1, ASK + k * TICK, LARGE) for k in (2, 3, 4)]
    gone = [(side, price, 0) for side, price, _ in levels]
    (alone,) = scored(at(410, levels[0]), at(414, gone[0]))
    (alert,) = scored(at(410, *levels), at(414, *gone))
    assert (alert["kind"], alert["units"]) == (LAYERED, 3 * LARGE)
    assert alert["key"] < 0
    assert alert["score"] > alone["score"]


def test_levels_placed_apart_are_not_layers() -> None:
    first, second = (1, BID - 2 * TICK, LARGE), (1, BID - 3 * TICK, LARGE)
    (alert,) = scored(at(405, first), at(410, second), at(414, (*first[:2], 0), (*second[:2], 0)))
    assert (alert["kind"], alert["units"]) == (ONE, LARGE)


def test_a_small_order_opposite_that_comes_and_goes_with_it_is_its_mirror() -> None:
    large, mirror = (1, BID - 2 * TICK, LARGE), (-1, ASK - TICK, SMALL)
    gone = (*large[:2], 0), (*mirror[:2], 0)
    (alert,) = scored(at(410, large, mirror), at(414, *gone))
    (alone,) = scored(at(410, large), at(414, gone[0]))
    (later,) = scored(at(408, mirror), at(410, large), at(414, *gone))
    assert alert["kind"] == MIRRORED
    assert alone["kind"] == later["kind"] == ONE
    assert alert["score"] > alone["score"]


def test_what_a_print_took_was_meant() -> None:
    large = (1, BID + TICK, LARGE)
    taken = print_event(START + 414 * STEP, -1, BID + TICK, LARGE)
    assert len(scored(at(410, large), taken, at(414, (*large[:2], 0)))) == 0


@pytest.mark.parametrize(
    ("price", "size", "steps"),
    [(BID - 2 * TICK, SMALL, 4), (BID - 1000 * TICK, LARGE, 4), (BID - 2 * TICK, LARGE, 700)],
    ids=["usual size", "far away", "a minute old"],
)
def test_what_is_usual_far_or_old_is_not_looked_at(price: int, size: int, steps: int) -> None:
    assert len(scored(at(410, (1, price, size)), at(410 + steps, (1, price, 0)))) == 0


def test_an_order_replaced_at_its_level_has_not_gone() -> None:
    price = BID - 2 * TICK
    assert len(scored(at(410, (1, price, LARGE)), at(414, (1, price, LARGE - SMALL // 2)))) == 0


def test_what_moves_to_another_price_counts_as_replaced() -> None:
    first, second = (1, BID - 3 * TICK, LARGE), (1, BID - 2 * TICK, LARGE)
    (moved,) = scored(at(410, first), at(414, (*first[:2], 0), second))
    (gone,) = scored(at(410, first), at(414, (*first[:2], 0)))
    column = EVIDENCE.index("replaced")
    assert moved["evidence"][column] == pytest.approx(np.log(2), abs=0.01)
    assert gone["evidence"][column] == 0.0


def test_nothing_is_judged_before_a_size_is_usual() -> None:
    large = (1, BID - 2 * TICK, LARGE)
    opening = ordinary()[: int(FEWEST)]
    assert len(log_of(*opening, at(410, large), at(414, (*large[:2], 0))).alerts()) == 0


def test_one_huge_order_moves_neither_quantile() -> None:
    state = np.zeros(1, BACKGROUND)
    for i in range(320):
        learn_order(state[0], 1 + i, 10.0 + i % 3, 1.0)
    usual, large = state["usual"][0], state["large"][0]
    for i in range(32):
        learn_order(state[0], 400 + i, 1e6 if i == 0 else 10.0 + i % 3, 1.0)
    assert (state["usual"][0], state["large"][0]) == (usual, large)
    assert 8.0 < usual < 14.0
    assert share_shorter(state[0], 0.01) < 0.01 < 0.99 < share_shorter(state[0], 1.0)


def test_alerts_before_a_moment_do_not_change_when_the_future_is_cut() -> None:
    events = synthetic_market(seed=5, seconds=120)
    whole = log_of(events).alerts()
    assert len(whole) > 10
    for share in (0.4, 0.7, 0.9):
        cut = int(share * len(events))
        until = events["ts_init"][cut]
        before = log_of(events[: int(np.searchsorted(events["ts_init"], until))].copy()).alerts()
        assert before.tobytes() == whole[whole["ts"] < until].tobytes()


def test_it_does_not_matter_how_the_stream_is_cut_into_batches() -> None:
    events = synthetic_market(seed=6, seconds=60)
    log = AlertLog(new_senses(BTCUSDT, default_parameters()), 0.0)
    index = 0
    for ts in range(int(events["ts_init"][0]), int(events["ts_init"][-1]) + 7 * STEP, 7 * STEP):
        index = log.sense_until(events, index, ts)
    assert log.alerts().tobytes() == log_of(events).alerts().tobytes()
    assert len(log.alerts()) > 5


def test_the_floor_keeps_the_most_suspect_only() -> None:
    events = synthetic_market(seed=5, seconds=60)
    every = log_of(events).alerts()
    floor = float(np.median(every["score"]))
    assert log_of(events, floor=floor).alerts().tobytes() == every[every["score"] >= floor].tobytes()


def test_nothing_is_judged_until_somebody_asks_and_no_feature_changes_when_one_does() -> None:
    events = synthetic_market(seed=5, seconds=30)
    plain, ordered, asked = (new_senses(BTCUSDT, default_parameters()) for _ in range(3))
    sense_until(events, 0, 1 << 62, plain)
    OrderLog(ordered).sense_until(events, 0, 1 << 62)
    AlertLog(asked, 0.0).sense_until(events, 0, 1 << 62)
    untouched = np.zeros(1, plain.dtype)["alerts"].tobytes()
    assert plain["alerts"].tobytes() == ordered["alerts"].tobytes() == untouched
    assert asked["alerts"].tobytes() != untouched
    rows = []
    for state in (plain, ordered, asked):
        row = feature_buffer()
        evaluate(state[0], int(events["ts_init"][-1]), row)
        rows.append(row.tobytes())
    assert rows[0] == rows[1] == rows[2]


def test_an_empty_log_has_no_alerts() -> None:
    assert log_of().alerts().dtype == ALERT
    assert len(log_of().alerts()) == 0


def test_an_order_opposite_as_large_as_itself_is_no_mirror() -> None:
    large, other = (1, BID - 2 * TICK, LARGE), (-1, ASK - TICK, LARGE + SMALL)
    alerts = scored(at(410, large, other), at(414, (*large[:2], 0), (*other[:2], 0)))
    assert [int(alert["kind"]) for alert in alerts if alert["key"] > 0] == [ONE]


def test_a_withdrawal_is_judged_once() -> None:
    large = (1, BID - 2 * TICK, LARGE)
    later = [at(step, (1, BID - 60 * TICK, SMALL + step)) for step in range(415, 420)]
    assert len(scored(at(410, large), at(414, (*large[:2], 0)), *later)) == 1


def test_a_withdrawal_is_judged_by_the_touch_before_its_message() -> None:
    """A bid behind the touch goes with the touch: it lay behind it, not before the new one."""
    large, step = (1, BID - 40 * TICK, LARGE), 414
    (alert,) = scored(at(410, large), at(step, (*large[:2], 0), (1, BID, 0)))
    x = dict(zip(EVIDENCE, alert["evidence"], strict=True))
    assert x["distance"] == pytest.approx(np.log1p(4.0))
    assert x["approach"] == pytest.approx(0.0)


def test_the_touch_is_that_of_the_moment_and_not_of_the_message_after() -> None:
    state = np.zeros(1, ALERTS)
    for ts in (10, 20, 30):
        note_touch(state[0], ts, 1000 + ts, 2000 + ts)
    assert [touch_key(state[0], ts, 1) for ts in (20, 29, 30, 99)] == [1020, 1020, 1030, 1030]
    assert touch_key(state[0], 25, -1) == -2020
    assert touch_key(state[0], 9, 1) == 0


def test_an_act_with_a_mirror_is_remembered_and_fades() -> None:
    large, mirror = (1, BID - 2 * TICK, LARGE), (-1, ASK - TICK, SMALL)
    act = [at(410, large, mirror), at(414, (*large[:2], 0), (*mirror[:2], 0))]
    again = [at(420, large), at(424, (*large[:2], 0)), at(1320, large), at(1324, (*large[:2], 0))]
    habit = scored(*act, *again)["evidence"][:, EVIDENCE.index("habit")].tolist()
    kept = [0.0, np.exp(-1.0 / 180), np.exp(-91.0 / 180) + np.exp(-90.0 / 180)]
    assert habit == pytest.approx(np.log1p(kept), abs=1e-9)


def test_only_what_no_print_took_was_withdrawn() -> None:
    """Of a small and a large order at one level a print took the small one, which was first."""
    price = BID + TICK
    orders = [at(408, (1, price, 3 * SMALL)), at(410, (1, price, 3 * SMALL + LARGE))]
    taken = print_event(START + 414 * STEP, -1, price, 3 * SMALL)
    (alert,) = scored(*orders, taken, at(414, (1, price, 0)))
    assert alert["units"] == LARGE


def test_what_takes_the_place_of_a_large_order_has_not_gone() -> None:
    """An order of the usual size stands where the large one was: the rest of it was withdrawn."""
    price = BID - 2 * TICK
    (alert,) = scored(at(410, (1, price, LARGE)), at(414, (1, price, SMALL)))
    assert alert["units"] == LARGE - SMALL
