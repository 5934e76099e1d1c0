"""Bounds from estimates: worked cases, what is missing leaves nothing, and no later day is ever seen."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from memory.codec import from_plain, to_plain
from tools.domain.market import NANOS
from tools.domain.parameter import ParameterSet, default_parameters
from tools.risk.bounds import OLDEST_NS, kelly_fraction
from tools.risk.dependence import joint_fall, kendall, tail_dependence, togetherness
from tools.risk.exposure import LedgerSnapshot, OpenEntry
from tools.risk.ledger import RiskLedger
from tools.risk.limits import limit_entry
from tools.risk.prospects import LEAST_DAYS, Prospects, pair_name, prospects_at
from tools.risk.wishes import Edge, EntryRequest

DAY = 86_400 * NANOS
WISH = EntryRequest("d_new", "A", Decimal(1_000), ts=DAY)
AHEAD = Prospects(DAY, {"A": 0.1, "B": 0.1}, {"A": 1.0, "B": 2.0}, 0.5, 0.2, {"A B": 0.6})
ALL = ("bound_cvar", "bound_correlation", "bound_tail", "bound_regime")
Floats = npt.NDArray[np.float64]


def ruled(**changes: float) -> ParameterSet:
    wide = {"max_symbol_exposure_usd": 1e6, "max_total_exposure_usd": 1e6, "max_symbol_positions": 100}
    return ParameterSet({**default_parameters().values, **wide, "risk_capital_usd": 10_000, **changes})


def left(
    ledger: LedgerSnapshot, request: EntryRequest = WISH, **changes: float
) -> tuple[Decimal, str | None]:
    found = limit_entry(request, ledger, ruled(**changes))
    return round(found.usd, 6), found.bound


def test_the_size_is_the_least_of_all_bounds_and_names_it() -> None:
    ledger = LedgerSnapshot(prospects=AHEAD)

    def bound(**changes: float) -> tuple[Decimal, str | None]:
        return left(ledger, WISH, **{**dict.fromkeys(ALL, 1.0), **changes})

    assert bound(joint_exposure_usd=300) == (Decimal(300), "tail_bound")
    assert bound(cvar_share=0.001) == (Decimal(100), "cvar_bound")
    assert bound(cvar_share=0.001, regime_total_usd=80) == (Decimal(90), "regime_bound")
    assert bound(cvar_share=1, joint_exposure_usd=1e6) == (Decimal("843.75"), "regime_bound")


def test_the_sizing_rule_of_cvar_is_value_times_risk_over_cvar() -> None:
    assert left(LedgerSnapshot(prospects=AHEAD), bound_cvar=1, cvar_share=0.005)[0] == 500
    held = LedgerSnapshot(entries=(OpenEntry("d", "A", position_usd=Decimal(450)),), prospects=AHEAD)
    assert left(held, bound_cvar=1, cvar_share=0.005) == (Decimal(50), "cvar_bound")


def test_kelly_is_the_formula_of_the_source_and_grows_nothing_faster() -> None:
    edge = Edge(low_bps=6.0, gain_bps=30.0, loss_bps=20.0)
    p = (edge.low_bps + edge.loss_bps) / (edge.gain_bps + edge.loss_bps)
    b = edge.gain_bps / edge.loss_bps
    assert kelly_fraction(edge) * edge.loss_bps / 1e4 == pytest.approx((b * p - (1 - p)) / b)

    def growth(share: float) -> float:
        won, lost = math.log1p(share * edge.gain_bps / 1e4), math.log1p(-share * edge.loss_bps / 1e4)
        return p * won + (1 - p) * lost

    best = kelly_fraction(edge)
    assert growth(best) > max(growth(0.95 * best), growth(1.05 * best)) > 0
    assert kelly_fraction(Edge(-1.0, 30.0, 20.0)) == kelly_fraction(Edge(1.0, 0.0, 20.0)) == 0


def test_kelly_takes_a_quarter_up_to_its_cap_and_nothing_without_an_edge() -> None:
    def bet(low: float) -> EntryRequest:
        return replace(WISH, usd=Decimal(5_000), edge=Edge(low, 1_000.0, 1_000.0))

    assert left(LedgerSnapshot(), bet(10.0), bound_kelly=1) == (Decimal(250), "kelly_bound")
    assert left(LedgerSnapshot(), bet(900.0), bound_kelly=1) == (Decimal(2_500), "kelly_bound")
    assert left(LedgerSnapshot(), bet(-0.1), bound_kelly=1) == (Decimal(0), "kelly_bound")


def test_what_crashes_along_counts_as_far_as_it_does_and_the_unknown_wholly() -> None:
    def beside(symbol: str) -> LedgerSnapshot:
        return LedgerSnapshot(entries=(OpenEntry("d", symbol, position_usd=Decimal(500)),), prospects=AHEAD)

    assert [left(beside(s), bound_tail=1)[0] for s in ("A", "B", "C")] == [500, 700, 500]


@pytest.mark.parametrize("switch", ALL)
def test_a_bound_that_is_on_and_knows_nothing_leaves_nothing_and_says_so(switch: str) -> None:
    for ledger, why in (
        (LedgerSnapshot(), "no daily candles of A"),
        (LedgerSnapshot(prospects=replace(AHEAD, cvar={"B": 0.1})), "no daily candles of A"),
        (LedgerSnapshot(prospects=replace(AHEAD, ts=DAY - OLDEST_NS - 1)), "the daily candles end"),
    ):
        found = limit_entry(WISH, ledger, ruled(**{switch: 1}))
        assert found.usd == 0
        assert why in found.clamps[-1].reason


def walks(seed: int, n: int, m: int = 3) -> Floats:
    rng = np.random.default_rng(seed)
    shared = rng.standard_t(4, (n, 1))
    return np.asarray(np.exp(np.cumsum(0.02 * (shared + rng.standard_t(4, (n, m))), axis=0)))


def test_prospects_know_nothing_of_days_that_were_not_over() -> None:
    closes, ends = walks(1, 400), np.arange(1, 401) * DAY
    changed = closes.copy()
    changed[300:] *= np.exp(np.random.default_rng(2).normal(0, 0.5, (100, 3)))
    names = ("A", "B", "C")
    for ts in (300 * DAY, 301 * DAY - 1):
        was = prospects_at(names, ends, closes, ts)
        assert (
            was == prospects_at(names, ends, changed, ts) == prospects_at(names, ends[:300], closes[:300], ts)
        )
        assert was.ts == 300 * DAY
    assert prospects_at(names, ends, closes, 301 * DAY) != prospects_at(names, ends, changed, 301 * DAY)
    with pytest.raises(ValueError, match=f"need {LEAST_DAYS} daily returns, were {LEAST_DAYS - 1}"):
        prospects_at(names, ends, closes, LEAST_DAYS * DAY)


def test_prospects_are_sealed_and_read_back_with_the_account() -> None:
    ledger = RiskLedger()
    ledger.foresee(prospects_at(("A", "B"), np.arange(1, 201) * DAY, walks(3, 200, 2), 200 * DAY))
    view = ledger.snapshot(200 * DAY)
    assert view.prospects is not None
    assert from_plain(LedgerSnapshot, to_plain(view)) == view == RiskLedger(view).snapshot(200 * DAY)
    assert view.prospects.tail_with("B", "A") == view.prospects.tails[pair_name("A", "B")] > 0.3
    assert view.prospects.tail_with("A", "Z") is None


def test_together_is_what_was_planted() -> None:
    rng = np.random.default_rng(4)
    shared = rng.normal(size=(60, 1))
    close = togetherness(shared + 0.1 * rng.normal(size=(60, 4)))
    apart = togetherness(rng.normal(size=(60, 4)))
    assert close.correlation > 0.97 > 0.3 > apart.correlation
    assert close.breakdown < 0.1 < apart.breakdown
    flipped = np.column_stack([shared, shared, np.where(np.arange(60)[:, None] < 40, shared, -shared)])
    assert togetherness(flipped).breakdown == 1.0
    assert togetherness(shared).breakdown == togetherness(shared).correlation == 0.0
    with pytest.raises(ValueError, match="needs 60 steps"):
        togetherness(shared[:59])


def clayton_pairs(seed: int, n: int, theta: float) -> Floats:
    """Both uniform, by the conditional distribution (Nelsen 2006, exercise 4.17)."""
    rng = np.random.default_rng(seed)
    u, w = rng.random(n), rng.random(n)
    return np.column_stack([u, ((w ** (-theta / (1 + theta)) - 1) * u**-theta + 1) ** (-1 / theta)])


@pytest.mark.parametrize("theta", [0.5, 2.0, 6.0])
def test_a_planted_copula_is_found_with_its_joint_falls(theta: float) -> None:
    tau = float(np.mean([kendall(*clayton_pairs(seed, 1_000, theta).T) for seed in range(20)]))
    assert tau == pytest.approx(theta / (theta + 2), abs=0.03)
    assert tail_dependence(tau) == pytest.approx(2 ** (-1 / theta), abs=0.06)
    many = clayton_pairs(9, 400_000, theta)
    assert joint_fall(tau, 0.05) == pytest.approx(np.mean((many < 0.05).all(axis=1)), rel=0.12)


def test_falls_are_likelier_together_the_more_they_are_linked_and_never_than_one_alone() -> None:
    found = [joint_fall(tau, 0.05) for tau in (-0.5, 0.0, 0.2, 0.5, 0.9)]
    assert found[0] == found[1] == pytest.approx(0.0025)
    assert all(one < other <= 0.05 for one, other in pairwise(found[1:]))
    assert tail_dependence(0.0) == tail_dependence(-1.0) == 0.0
