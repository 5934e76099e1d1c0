"""The rivals of the regimes benchmark find what is planted, and its parts keep apart what they must."""

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.regimes.fit import WARM, document, fitted_model, fitted_weights, prepared, tried
from benchmarks.regimes.rivals import Garch, HiddenMarkov, exponential_average, rule_as_it_stands
from benchmarks.regimes.scores import mean_of, parts_of, qlike
from benchmarks.regimes.series import Series, World, on_grid, trailing
from benchmarks.regimes.simulated import accuracy, announced
from tools.domain.market import NANOS
from tools.features.har import AHEAD
from tools.features.outlook import outlook_from_json
from tools.features.regime import CALM, VOLATILE
from tools.features.returns import EVERY

Reals = npt.NDArray[np.float64]


def garch_returns(seed: int, n: int, alpha: float, beta: float) -> Reals:
    """A GARCH(1,1) path of unit variance, times 1e-4."""
    rng = np.random.default_rng(seed)
    variance, out = 1.0, np.zeros(n)
    for i in range(n):
        out[i] = np.sqrt(variance) * rng.standard_normal()
        variance = 1 - alpha - beta + alpha * out[i] ** 2 + beta * variance
    return out * 1e-4


def test_garch_finds_what_was_planted_and_forecasts_toward_its_level() -> None:
    found = Garch(garch_returns(1, 40_000, 0.1, 0.85))
    assert (found.alpha, found.beta) == pytest.approx((0.1, 0.85), abs=0.02)
    after_quiet = found.ahead(np.zeros(200))[-1]
    after_shock = found.ahead(np.concatenate([np.zeros(200), [5e-4]]))[-1]
    assert after_quiet < 0.6e-8 < 1e-8 < after_shock


def spells(seed: int, n: int = 12_000) -> tuple[Reals, npt.NDArray[np.int64]]:
    """Rows about one of two centres, in spells of a hundred on average."""
    rng = np.random.default_rng(seed)
    truth = np.cumsum(rng.random(n) < 0.01) % 2
    return rng.normal(size=(n, 2)) + np.array([[-1.0, 0.0], [1.0, 0.5]])[truth], truth


def test_the_markov_filter_finds_planted_states_by_the_past_alone() -> None:
    model = HiddenMarkov([spells(1)[0]], np.array([[-0.2, 0.0], [0.3, 0.0]]))
    assert model.means == pytest.approx(np.array([[-1.0, 0.0], [1.0, 0.5]]), abs=0.1)
    rows, truth = spells(2)
    said = model.filtered(rows)
    assert np.mean(said == truth) > 0.95
    assert np.array_equal(model.filtered(rows[:500]), said[:500])


def test_what_lies_ahead_is_the_next_twelve_and_unknown_at_the_end() -> None:
    returns = np.arange(1.0, 40.0)
    series = Series("x", np.arange(39), returns)
    assert series.ahead()[4] == pytest.approx(np.mean(returns[5 : 5 + AHEAD] ** 2))
    assert series.move_ahead()[4] == pytest.approx(returns[5 : 5 + AHEAD].sum())
    assert np.isnan(series.ahead()[-AHEAD:]).all()
    assert trailing(returns, 3)[5] == pytest.approx(returns[3:6].mean())


def test_no_part_sees_into_the_next() -> None:
    parts = parts_of(10_000)
    fit, choose, held = parts["fit"], parts["choose"], parts["held"]
    assert fit.stop + AHEAD <= choose.start < choose.stop
    assert choose.stop + AHEAD <= held.start < held.stop <= 10_000 - AHEAD


def test_qlike_is_least_at_the_truth() -> None:
    actual = np.random.default_rng(1).chisquare(3, 50_000) / 3
    losses = [float(qlike(np.full(len(actual), level), actual).mean()) for level in (0.7, 0.9, 1.0, 1.1, 1.4)]
    assert int(np.argmin(losses)) == 2


def test_an_interval_over_blocks_is_wider_where_rows_hang_together() -> None:
    rng = np.random.default_rng(1)
    shared = np.repeat(rng.normal(size=100), 50)
    stamps = np.arange(5_000)
    alone = mean_of(stamps, rng.normal(size=5_000), 50)
    together = mean_of(stamps, shared, 50)
    assert together["high"] - together["low"] > 4 * (alone["high"] - alone["low"])
    assert (together["n"], together["blocks"]) == (5_000, 100)


def test_a_fit_is_named_refuses_nothing_of_its_own_and_finds_the_wilder_state(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    wild = np.where((np.arange(9_000) // 400) % 3 == 2, 3.0, 1.0)
    series = Series("x", np.arange(9_000) * NANOS, rng.normal(0, 1e-4, 9_000) * wild)
    market = prepared(series)
    said, model = tried([market], 3, 5.0)
    assert said["flips_a_return"] < 0.1
    names = model["regimes"][0][:3].tolist()
    fastest = int(np.argmax(model["states"][0][:3, 0]))
    assert sorted(names) != [CALM, CALM, CALM]
    assert names.count(VOLATILE) == 1
    assert names[fastest] in (VOLATILE, 3)
    text = document(fitted_weights([market]), model, {"tried": [said]})
    assert outlook_from_json(text)["model"]["n_states"][0] == 3
    assert json.loads(text)["provenance"] == {"tried": [said]}


def test_nothing_after_the_fit_part_moves_the_fit() -> None:
    rng = np.random.default_rng(2)
    returns = rng.normal(0, 1e-4, 6_000) * np.where((np.arange(6_000) // 300) % 2, 3.0, 1.0)
    other = returns.copy()
    other[3_000:] = rng.normal(0, 1e-2, 3_000)
    stamps = np.arange(6_000)
    ours, theirs = (prepared(Series("x", stamps, one)) for one in (returns, other))
    assert ours.part("fit").start == WARM
    assert fitted_weights([ours]) == pytest.approx(fitted_weights([theirs]))
    assert fitted_model([ours], 3, 5.0)["states"] == pytest.approx(fitted_model([theirs], 3, 5.0)["states"])


def test_the_grid_passes_over_seconds_without_a_mid() -> None:
    mids = 100 + np.arange(30.0)
    mids[9] = np.nan
    series = on_grid("x", np.arange(30) * NANOS, mids)
    at = [EVERY - 1, 14, 19, 24, 29]
    assert series.returns == pytest.approx(np.diff(np.log(mids[at])))
    assert series.stamps.tolist() == [one * NANOS for one in at[1:]]


def test_truth_is_scored_by_recall_and_by_how_soon() -> None:
    states = np.repeat([1, 2, 1, 3], 700)
    world = World(1, np.ones(2_800), states)
    late = np.concatenate([np.ones(720, np.int64), states[720:]])
    perfect = accuracy([world], [states])["balanced_accuracy"]
    assert perfect["value"] == 1.0
    assert accuracy([world], [late])["recall"]["volatile"] == pytest.approx(680 / 700, abs=1e-3)
    assert announced([world], [late])["delay_s"]["median"] == 20
    assert announced([world], [np.ones(2_800, np.int64)])["announced"] == 0


def test_the_rule_and_the_average_need_no_future() -> None:
    returns = garch_returns(3, 2_000, 0.2, 0.75)
    assert np.array_equal(rule_as_it_stands(returns[:900]), rule_as_it_stands(returns)[:900])
    assert np.array_equal(exponential_average(returns[:900], 0.9), exponential_average(returns, 0.9)[:900])
