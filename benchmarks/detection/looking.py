"""One look at a market: what the senses say at a moment, beside what was true then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.detection.worlds import TWO_SIDED, Market, Standing, at_second
from benchmarks.size_signature import score
from tools.detection.maker import EVIDENCE, LEAST_GAPS
from tools.detection.senses import evaluate
from tools.detection.state import feature_buffer, new_senses
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.features.names import INDEX
from tools.market.instruments import instrument_for
from venue.truth import share_quoting

Reals = npt.NDArray[np.float64]
Void = npt.NDArray[np.void]

FIRST_S, STEP_S, WINDOW_S = 60, 5, 60
FIRST_FITTED_S = 20  # the first minute is part of what the posterior has to know
QUOTING = 0.9
CONFIDENCE = INDEX["mm_confidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What was said and what was true."""

    market: str
    ts: int
    state: str  # of the market makers: the best of them; "none" where there is none
    is_two_sided: bool
    confidence: float
    bounds: tuple[float, float]
    size: float
    rate_hz: float
    standing: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """A minute in which a market maker quoted throughout, or in which there was none."""

    market: str
    is_quoted: bool
    confidence: float
    baseline: float


def moments(market: Market) -> Iterator[Moment]:
    """Looks every few seconds, at odd fractions of them."""
    world = market.world
    rng = np.random.default_rng(world.seed)
    state = new_senses(instrument_for("binance", market.symbol), default_parameters())
    events, features, taken = market.events, feature_buffer(), 0
    for second in range(FIRST_S, world.seconds, STEP_S):
        ts = at_second(second + rng.uniform(0, STEP_S))
        taken = sense_until(events, taken, ts, state)
        evaluate(state[0], ts, features)
        yield moment_of(market, ts, features)


def moment_of(market: Market, ts: int, features: Reals) -> Moment:
    """Put what was said beside what was true."""
    states = set(market.states(ts).values())
    named = [name for name in ("full", "small", "wide", "bid_only", "ask_only", "away") if name in states]
    said = {name: float(features[i]) for name, i in INDEX.items()}
    return Moment(
        market=f"{market.world.tier}/{market.world.family}/{market.world.seed}/{market.symbol}",
        ts=ts,
        state=named[0] if named else "none",
        is_two_sided=bool(states & set(TWO_SIDED)),
        confidence=said["mm_confidence"],
        bounds=(said["mm_lower_bound"], said["mm_upper_bound"]),
        size=said["mm_avg_order_size"],
        rate_hz=said["mm_refresh_rate"],
        standing=tuple(market.standing(ts)),
    )


def evidence_of(
    market: Market, is_apart: bool = False
) -> tuple[Reals, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Evidence at looks as of ``moments`` while the book was watched long enough to judge.

    Returns the evidence, shape (n, EVIDENCE), whether a maker quotes both sides, and whether one is followed;
    with ``is_apart`` the evidence for one whose sides move apart, and whether it was asked for.
    """
    world = market.world
    rng = np.random.default_rng(world.seed)
    state = new_senses(instrument_for("binance", market.symbol), default_parameters())
    events, features, taken = market.events, feature_buffer(), 0
    rows, quoted, followed = [], [], []
    for second in range(FIRST_FITTED_S, world.seconds, STEP_S):
        ts = at_second(second + rng.uniform(0, STEP_S))
        taken = sense_until(events, taken, ts, state)
        evaluate(state[0], ts, features)
        if np.isnan(features[CONFIDENCE]):
            continue
        row = state["evidence_apart" if is_apart else "evidence"][0].copy()
        rows.append(row)
        quoted.append(bool(set(market.states(ts).values()) & set(TWO_SIDED)))
        is_followed = bool(state["maker"]["n_links"][0] >= LEAST_GAPS)
        followed.append(not np.isnan(row[0]) if is_apart else is_followed)
    return np.array(rows).reshape(-1, EVIDENCE), np.array(quoted, np.bool_), np.array(followed, np.bool_)


def windows(market: Market) -> Iterator[Window]:
    """Whole minutes, judged at their end; those in which a market maker came or went are left out."""
    world = market.world
    state = new_senses(instrument_for("binance", market.symbol), default_parameters())
    events, features, taken = market.events, feature_buffer(), 0
    for second in range(FIRST_S + WINDOW_S, world.seconds + 1, WINDOW_S):
        start, end = at_second(second - WINDOW_S), at_second(second)
        taken = sense_until(events, taken, end, state)
        evaluate(state[0], end, features)
        shares = [share_quoting(market.truth, name, start, end) for name in market.makers]
        if shares and max(shares) < QUOTING:
            continue
        plain = score(market.view, start, end, world.period_ns)
        yield Window(f"{world.seed}/{market.symbol}", bool(shares), float(features[CONFIDENCE]), plain)
