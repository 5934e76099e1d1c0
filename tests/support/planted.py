"""A record with planted facts, day after day, as the product would have written it.

Eight symbols. NEARUSDT fails in 30.9 % of its round trips and loses by it; VETUSDT, LINKUSDT and
AVAXUSDT fail in 20 % and earn nothing at best; four others fail in 6 % and earn the same. Nearly
every winner goes 5 bps beyond its costs and no farther, and what fills between 30 and 45 seconds is
as good as the rest, later it is bad: a buffer of 2 bps and a timeout of 30 s leave money behind.
About the two thresholds on confidence and spoofing there is nothing but noise. The world answers to
the parameters in force, so a change is met by what it causes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from memory.episodes import EpisodeLog
from memory.store import Store
from tools.domain import identity
from tools.domain.clock import day_bounds, day_of
from tools.domain.market import NANOS, UNITS, Side
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Action, Decision, Outcome, Result, Route, Signal, Vote

FAILING, RISKY = ("NEARUSDT",), ("AVAXUSDT", "LINKUSDT", "VETUSDT")
USUAL = ("ADAUSDT", "ATOMUSDT", "DOTUSDT", "XLMUSDT")
SYMBOLS = (*FAILING, *RISKY, *USUAL)
FAILURE = dict.fromkeys(FAILING, 0.309) | dict.fromkeys(RISKY, 0.20) | dict.fromkeys(USUAL, 0.06)
PRICE = 100 * UNITS
COST_BPS, MAKER_BPS = 5.0, 1.0
HALT_BPS = -25.0
PLANTED_BUFFER, PLANTED_TIMEOUT = 5.0, 45.0
USUAL_BUFFER, USUAL_TIMEOUT = 2.0, 30.0
FIRST_DAY = "2025-01-06"
DAY_NS = 86_400 * NANOS
NEUTRAL_SD_BPS = 12.0


@dataclass(frozen=True, slots=True)
class Latent:
    """What the market would do on one signal, whatever is asked of it."""

    fill_s: float
    reach_bps: float
    halts: bool
    final_bps: float
    confidence: float
    spoofing: float


@dataclass(slots=True)
class PlantedRecord:
    """Writes one day after the other into a memory.

    Args:
        store: The memory's writer.
        seed: Of everything that is drawn.
        a_day: Signals a symbol and day.
        hours: Hours of the day, from midnight, in which they come.
        world: The world the rows belong to.
        strength: How large the planted effects are, 1 as described above; 0 plants nothing.
    """

    store: Store
    seed: int
    a_day: int = 200
    world: str = "recorded"
    first_day: str = FIRST_DAY
    hours: int = 23
    strength: float = 1.0

    def begin(self, run_id: str, ts: int) -> None:
        """Begin the run that the rows belong to."""
        EpisodeLog(self.store).begin_run(
            run_id=run_id,
            world=self.world,
            command="run",
            config={},
            code_version="planted",
            input_hash="",
            seed=self.seed,
            ts=ts,
        )

    def day(self, index: int) -> str:
        """The date of the ``index``-th day."""
        return day_of(day_bounds(self.first_day)[0] + index * DAY_NS)

    def write_day(self, index: int, parameters: ParameterSet) -> int:
        """One day under ``parameters``; returns when its last outcome is known."""
        start, end = day_bounds(self.day(index))
        run_id = f"run_{self.seed:04d}{index:06d}"
        self.begin(run_id, start)
        log, rng = EpisodeLog(self.store), np.random.default_rng((self.seed, index))
        gap = self.hours * 3_600 * NANOS // self.a_day
        for slot in range(self.a_day):
            for place, symbol in enumerate(rng.permutation(SYMBOLS)):
                ts = start + slot * gap + place * (gap // len(SYMBOLS))
                self._write(
                    log, run_id, str(symbol), ts, _latent(rng, str(symbol), self.strength), parameters
                )
        self.store.flush()
        return end

    def _write(
        self, log: EpisodeLog, run_id: str, symbol: str, ts: int, latent: Latent, parameters: ParameterSet
    ) -> None:
        signal = _signal(run_id, self.world, symbol, ts, latent, parameters)
        decision = _decision(signal, latent, parameters)
        log.record_signal(signal)
        log.record_decision(decision)
        log.record_outcome(_outcome(signal, decision, latent))


def failure_of(symbol: str, strength: float) -> float:
    """How often round trips of ``symbol`` fail where effects are planted at ``strength``."""
    usual = FAILURE[USUAL[0]]
    return usual + strength * (FAILURE[symbol] - usual)


def _latent(rng: np.random.Generator, symbol: str, strength: float) -> Latent:
    confidence, spoofing = _features(rng)
    draw, late = rng.random(), rng.random()
    early = 0.95 - 0.45 * strength  # what fills between 30 and 45 seconds is what a longer timeout gains
    fill_s = (
        rng.uniform(2, 30) if draw < early else rng.uniform(30, 45) if draw < 0.95 else rng.uniform(45, 58)
    )
    fails = late < (0.6 if fill_s > PLANTED_TIMEOUT else failure_of(symbol, strength))
    buffer = USUAL_BUFFER + strength * (PLANTED_BUFFER - USUAL_BUFFER)
    reach = COST_BPS + buffer + rng.exponential(0.3) if rng.random() < 0.95 else rng.uniform(5, 10)
    halts, final = bool(fails), float(rng.normal(0, 3))
    if 0.65 < confidence < 0.75 or 0.75 < spoofing < 0.85:  # about a threshold: noise around nothing
        reach, halts, final = 0.0, False, float(rng.normal(COST_BPS, NEUTRAL_SD_BPS))
    elif fails:
        reach = float(rng.uniform(0, 4))
    return Latent(float(fill_s), float(reach), halts, final, confidence, spoofing)


def _features(rng: np.random.Generator) -> tuple[float, float]:
    """Confidence and spoofing score; a tenth of the signals each lie about a threshold."""
    draw = rng.random()
    confidence = rng.uniform(0.65, 0.75) if draw < 0.1 else rng.uniform(0.8, 1.0)
    spoofing = rng.uniform(0.75, 0.85) if draw > 0.9 else rng.uniform(0.0, 0.5)
    return float(confidence), float(spoofing)


def _signal(
    run_id: str, world: str, symbol: str, ts: int, latent: Latent, parameters: ParameterSet
) -> Signal:
    target_bps = COST_BPS + parameters["take_profit_buffer_bps"]
    return Signal(
        signal_id=identity.signal_id(run_id, symbol, "mm_range", ts, 0),
        run_id=run_id,
        world=world,
        symbol=symbol,
        venue="binance",
        source="mm_range",
        ts=ts,
        ts_event=ts,
        side=Side.BUY,
        entry_price=PRICE,
        take_profit=PRICE + round(PRICE * target_bps * 1e-4),
        stop=PRICE - round(PRICE * 20 * 1e-4),
        entry_timeout_ns=parameters.nanos("entry_timeout_s"),
        hold_timeout_ns=120 * NANOS,
        cost_bps=COST_BPS,
        confidence=latent.confidence,
        features={
            "mm_confidence": latent.confidence,
            "spoofing_score": latent.spoofing,
            "mm_upper_bound": PRICE / UNITS * (1 + 2e-4),
        },
        vector=(),
    )


def _decision(signal: Signal, latent: Latent, parameters: ParameterSet) -> Decision:
    refusing = []
    if latent.confidence < parameters["mm_min_confidence"]:
        refusing.append("mm_confidence")
    if latent.spoofing > parameters["spoof_max_score"]:
        refusing.append("spoofing")
    votes = tuple(Vote(f"rule.{name}", "skip", None, None, None, "as seen") for name in refusing)
    return Decision(
        decision_id=identity.decision_id(signal.signal_id),
        signal_id=signal.signal_id,
        run_id=signal.run_id,
        world=signal.world,
        symbol=signal.symbol,
        venue=signal.venue,
        ts=signal.ts,
        action=Action.SKIP if refusing else Action.ABSTAIN,
        route=Route.RULE if refusing else Route.ABSTAIN,
        probability=None,
        breakeven=signal.breakeven,
        expected_bps=None,
        is_probe=False,
        plan=None,
        votes=votes,
        clamps=(),
        reason="as seen" if refusing else "nobody to ask",
        parameters_version=parameters.version,
        model_version=None,
        recalled=(),
    )


def _outcome(signal: Signal, decision: Decision, latent: Latent) -> Outcome:
    """What the follow of the product would have found, by the triple barrier."""
    fill_ns = round(latent.fill_s * NANOS)
    target = (signal.take_profit / PRICE - 1) * 1e4
    filled = fill_ns <= signal.entry_timeout_ns
    watched = fill_ns <= 2 * signal.entry_timeout_ns
    is_target = latent.reach_bps >= target
    leave = target if is_target else HALT_BPS if latent.halts else latent.final_bps
    fees = 2 * MAKER_BPS if is_target else COST_BPS
    result = Result.TAKE_PROFIT if is_target else Result.STOP if latent.halts else Result.TIMEOUT
    ts_known = signal.ts + (fill_ns if watched else 2 * signal.entry_timeout_ns) + signal.hold_timeout_ns
    outcome = Outcome(
        outcome_id=identity.outcome_id(signal.signal_id, "shadow"),
        signal_id=signal.signal_id,
        decision_id=decision.decision_id,
        run_id=signal.run_id,
        world=signal.world,
        symbol=signal.symbol,
        venue=signal.venue,
        kind="shadow",
        is_probe=False,
        result=result,
        ts_entry=signal.ts + fill_ns,
        ts_exit=signal.ts + fill_ns + 30 * NANOS,
        ts_known=ts_known,
        entry_price=PRICE,
        exit_price=PRICE + round(PRICE * leave * 1e-4),
        size=UNITS,
        gross_bps=leave,
        net_bps=leave - fees,
        net_quote=None,
        fees_quote=None,
        mfe_bps=max(latent.reach_bps, latent.final_bps),
        mae_bps=HALT_BPS if latent.halts else min(0.0, latent.final_bps),
        time_to_target_ns=30 * NANOS if is_target else None,
        time_to_stop_ns=20 * NANOS if latent.halts else None,
        time_to_fill_ns=fill_ns,
        reach_bps=latent.reach_bps,
        halt_bps=HALT_BPS if latent.halts else None,
        final_bps=latent.final_bps,
    )
    return outcome if filled else _unfilled(outcome, is_watched=watched)


def _unfilled(outcome: Outcome, *, is_watched: bool) -> Outcome:
    money = dict.fromkeys(("ts_entry", "ts_exit", "entry_price", "exit_price", "gross_bps", "net_bps"))
    seen = ("time_to_fill_ns", "reach_bps", "halt_bps", "final_bps", "mfe_bps", "mae_bps")
    unseen = {} if is_watched else dict.fromkeys((*seen, "time_to_target_ns", "time_to_stop_ns"))
    return replace(outcome, result=Result.UNFILLED, **money, **unseen)


def facts() -> Iterator[str]:
    """What there is to be found."""
    yield from ("take_profit_buffer_bps", "entry_timeout_s")
    yield from (f"symbol_size_share@{symbol}" for symbol in (*FAILING, *RISKY))


def decoys() -> Iterator[str]:
    """What must be left alone."""
    yield from ("mm_min_confidence", "spoof_max_score")
    yield from (f"symbol_size_share@{symbol}" for symbol in USUAL)
