"""A maker whose sides move apart: when it is asked for, what speaks for it, whether it left."""

from typing import Any

import numpy as np
import pytest

from tests.support.senses import BTCUSDT
from tools.detection.apart import BELIEVED_NS, UNSTEADY, can_be_missed, has_left_apart, is_apart, weigh_apart
from tools.detection.belief import believe, believed_size, has_departed, quoted_bounds, remember_belief
from tools.detection.chains import CHAINS
from tools.detection.maker import EVIDENCE, MAKER
from tools.detection.state import new_senses
from tools.domain.market import NANOS, UNITS
from tools.domain.parameter import default_parameters

T0 = 1_000 * NANOS
BID, ASK = 99 * UNITS, 101 * UNITS


def chains(state: Any = None) -> Any:
    """Two chains of one pace, each placed anew once a second to T0, in turn."""
    one = np.zeros(1, CHAINS)[0] if state is None else state
    one["followed"][:], one["paces"][:] = (1, 2), 40.0
    for i, price in enumerate((BID, ASK)):
        quote = one["quotes"][i]
        quote["ts"], quote["price"], quote["links"] = T0 - i * NANOS // 2, price, 30
        quote["period"], quote["log_period"], quote["value"] = 1.0, 0.0, 5.0
        quote["unsteady"] = 0.3 + 0.1 * i
    one["turns"], one["repeats"], one["phase"][:] = 60.0, 2.0, (-30.0, 0.0, 30.0)
    one["n_gaps"], one["gaps"][:40] = 40, 1.0
    one["n_sizes"], one["sizes"][:40] = 40, 5.0
    return one


def maker() -> Any:
    one = np.zeros(1, MAKER)[0]
    one["placed"][:] = 120.0
    return one


def senses() -> Any:
    """Two chains in a book watched for a minute in which nobody moves both sides together."""
    state = new_senses(BTCUSDT, default_parameters())
    one = state[0]
    one["watched"][0] = 60.0
    one["maker"]["placed"][:] = 120.0
    chains(one["chains"])
    return one


def evidence(ts: int = T0, **changed: float) -> Any:
    one, out = chains(), np.zeros(EVIDENCE)
    for name, value in changed.items():
        one[name] = value
    weigh_apart(one, maker(), ts, 0.2, out)
    return out


def test_chains_go_on_where_linked_refreshes_do_not_account_for_them() -> None:
    one, other = chains(), maker()
    assert is_apart(one, other)
    other["paces"][-1] = 4.1
    assert not is_apart(one, other)
    other["paces"][-1] = 3.9
    assert is_apart(one, other)
    one["paces"][1] = 2.9
    assert not is_apart(one, other)


@pytest.mark.parametrize("side", [0, 1])
def test_chains_whose_sizes_and_gaps_scatter_are_of_many_hands(side: int) -> None:
    one = chains()
    one["quotes"][side]["unsteady"] = UNSTEADY
    assert not is_apart(one, maker())
    one["quotes"][side]["unsteady"] = UNSTEADY - 0.01
    assert is_apart(one, maker())


def test_nobody_is_apart_who_is_not_followed() -> None:
    one = chains()
    one["followed"][:] = 0
    assert not is_apart(one, maker())


def test_evidence_is_of_both_sides() -> None:
    out = evidence(T0 + 2 * NANOS)
    assert out[0] == pytest.approx(np.log(0.25))
    assert out[1] == pytest.approx(np.log(41.0))
    assert out[2] == pytest.approx(0.4)  # the less steady chain
    assert out[3:6].tolist() == [0.0, 0.0, 0.0]
    assert out[6] == pytest.approx(61.0 / 64.0)
    assert out[7] == pytest.approx(30.0 / 32.0)
    assert out[8] == pytest.approx(np.log(3.5))  # the longer silence
    assert out[9] == 0.0
    assert out[10] == pytest.approx(np.log(121.0))


def test_a_quote_that_is_gone_speaks_for_nothing_while_the_other_stands() -> None:
    one, out = chains(), np.zeros(EVIDENCE)
    one["quotes"][0]["ts_gone"] = T0
    weigh_apart(one, maker(), T0 + 4 * NANOS, 0.2, out)
    assert out[9] == 0.0
    one["quotes"][1]["ts_gone"] = T0 + NANOS
    weigh_apart(one, maker(), T0 + 4 * NANOS, 0.2, out)
    assert out[9] == pytest.approx(np.log(4.0))


def test_unlike_paces_and_sizes_are_told() -> None:
    one, out = chains(), np.zeros(EVIDENCE)
    one["quotes"][0]["log_period"], one["quotes"][1]["value"] = 1.0, 7.0
    weigh_apart(one, maker(), T0, 0.2, out)
    assert out[3:6].tolist() == [1.0, 0.5, 2.0]


def test_it_is_believed_where_the_first_posterior_sees_nobody_and_no_other_way() -> None:
    one = senses()
    belief, rate = believe(one, T0)
    assert belief > 0.9
    assert rate == pytest.approx(1.0)
    assert believed_size(one, belief) == pytest.approx(np.exp(5.0))
    assert quoted_bounds(one, T0, 0, belief) == pytest.approx((99.0, 101.0))
    one["maker"]["paces"][-1] = 40.0
    assert believe(one, T0)[0] == one["posterior"]["unfollowed"]
    assert np.isnan(one["evidence_apart"][0])


def test_two_strangers_are_not_believed() -> None:
    one = senses()
    quotes = one["chains"]["quotes"]
    quotes[0]["log_period"], quotes[0]["period"], quotes[0]["value"] = 1.5, np.exp(1.5), 3.5
    one["chains"]["turns"], one["chains"]["repeats"], one["chains"]["phase"][:] = 6.0, 6.0, (1.0, 1.0, 6.0)
    one["chains"]["paces"][:], quotes["unsteady"][:] = (5.0, 8.0), (1.05, 0.9)
    assert believe(one, T0)[0] < 0.5


def test_it_is_never_believed_less_than_one_who_moves_both_sides_together() -> None:
    one = senses()
    one["posterior"]["unfollowed"] = 0.45
    one["chains"]["quotes"]["ts"][:] = T0 - 300 * NANOS
    assert believe(one, T0)[0] == 0.45


def test_bounds_that_cross_are_none() -> None:
    one = senses()
    one["chains"]["quotes"][0]["price"] = ASK
    assert np.isnan(quoted_bounds(one, T0, 0, 0.9)).all()


def test_it_left_when_neither_quote_stands_for_two_periods_and_one_was_withdrawn() -> None:
    one = chains()
    one["quotes"]["ts_gone"][:] = (T0, T0 + NANOS)
    assert not has_left_apart(one, T0 + 3 * NANOS - 1)
    assert has_left_apart(one, T0 + 3 * NANOS)
    one["quotes"]["is_taken"][:] = (1, 0)
    assert has_left_apart(one, T0 + 3 * NANOS)
    one["quotes"]["is_taken"][:] = 1
    assert not has_left_apart(one, T0 + 3 * NANOS)
    one["quotes"]["is_taken"][:], one["quotes"][1]["ts_gone"] = 0, 0
    assert not has_left_apart(one, T0 + 30 * NANOS)


def test_however_fast_it_is_less_than_a_second_is_no_departure() -> None:
    one = chains()
    one["quotes"]["ts_gone"][:], one["quotes"]["log_period"][:] = T0, -3.0
    assert not has_left_apart(one, T0 + NANOS - 1)
    assert has_left_apart(one, T0 + NANOS)


def test_only_one_believed_in_lately_can_be_missed() -> None:
    one = senses()
    assert not can_be_missed(one["chains"], T0)
    assert np.isnan(has_departed(one, T0))
    remember_belief(one, T0)
    assert one["chains"]["ts_believed"] == T0
    assert has_departed(one, T0) == 0.0
    one["chains"]["quotes"]["ts_gone"][:] = T0
    assert has_departed(one, T0 + 5 * NANOS) == 1.0
    assert can_be_missed(one["chains"], T0 + BELIEVED_NS)
    assert not can_be_missed(one["chains"], T0 + BELIEVED_NS + 1)
    one["chains"]["paces"][0] = 3.5
    assert not can_be_missed(one["chains"], T0)
