"""Parameters: bounded, named numbers that code reads and reflection may move.

The catalogue is the single list of them. Memory keeps their versions; the decision cycle
reads one immutable snapshot and passes plain numbers down.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.domain.errors import BadUsage


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One tunable: its name, default, bounds, unit and meaning."""

    name: str
    default: float
    low: float
    high: float
    unit: str
    help: str

    def check(self, value: float) -> float:
        """``value`` if it is finite and within bounds, else BadUsage."""
        if not math.isfinite(value) or not self.low <= value <= self.high:
            raise BadUsage(f"{self.name} must be between {self.low} and {self.high} {self.unit}, was {value}")
        return value


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """An immutable snapshot of every parameter, with the version it came from."""

    values: Mapping[str, float]
    version: int = 0
    origin: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        """The value of ``name``; KeyError for a name that is not in the catalogue."""
        return self.values[name]

    def scoped(self, name: str, symbol: str) -> float:
        """The value of ``name`` on ``symbol``: its own where one was learned, else the general one."""
        return self.values.get(scoped_name(name, symbol), self.values[name])

    def whole(self, name: str) -> int:
        """The value of ``name`` as an int."""
        return int(self.values[name])

    def nanos(self, name: str) -> int:
        """The value of ``name``, which is in seconds, as nanoseconds."""
        return round(self.values[name] * 1e9)

    def days_ns(self, name: str) -> int:
        """The value of ``name``, which is in days, as nanoseconds."""
        return round(self.values[name] * 86_400e9)


SCOPE = "@"  # between a parameter and the symbol whose own value it is


def scoped_name(name: str, symbol: str) -> str:
    """What the value of ``name`` on ``symbol`` alone is called, e.g. ``symbol_size_share@BTCUSDT``."""
    return f"{name}{SCOPE}{symbol}"


def base_name(name: str) -> str:
    """The parameter a name, scoped or not, is about."""
    return name.partition(SCOPE)[0]


CATALOGUE: tuple[ParameterSpec, ...] = (
    # switches
    ParameterSpec("detect_mm", 1, 0, 1, "switch", "look for market makers; without one there is no signal"),
    ParameterSpec("track_tape", 1, 0, 1, "switch", "use the tape; off leaves its features unavailable"),
    ParameterSpec("track_lifetimes", 1, 0, 1, "switch", "measure how long level orders live"),
    ParameterSpec(
        "infer_aggressor", 1, 0, 1, "switch", "infer the aggressor where the venue does not name it"
    ),
    # tape
    ParameterSpec("tape_window_s", 60, 5, 600, "s", "window of the aggressor ratio and tape statistics"),
    ParameterSpec("velocity_window_s", 10, 1, 60, "s", "window of the tape velocity"),
    ParameterSpec("large_trade_usd", 1_000, 10, 1e7, "USD", "a print this large counts as a large trade"),
    # market maker
    ParameterSpec("mm_min_trades", 20, 1, 1_000, "prints", "prints from which the tape may bound an MM"),
    ParameterSpec("mm_min_confidence", 0.7, 0, 1, "share", "MM confidence below which a signal is refused"),
    ParameterSpec("mm_refresh_rate_min", 0.5, 0, 100, "Hz", "slowest refresh rate of an MM"),
    ParameterSpec("mm_refresh_rate_max", 10, 0.1, 1_000, "Hz", "fastest refresh rate of an MM"),
    ParameterSpec(
        "mm_touch_bps", 10, 0.1, 500, "bps", "distance from mid within which quotes count as the MM's"
    ),
    # spoofing
    ParameterSpec(
        "spoof_size_ratio", 10, 1, 1_000, "x", "size against normal from which an order is suspect"
    ),
    ParameterSpec("spoof_lifetime_s", 1, 0.01, 60, "s", "lifetime below which a suspect cancel scores"),
    ParameterSpec(
        "spoof_update_hz", 5, 0, 1_000, "Hz", "book update rate from which a suspect cancel scores"
    ),
    ParameterSpec("spoof_max_score", 0.8, 0, 1, "share", "spoof score above which a signal is refused"),
    # signal
    ParameterSpec(
        "signal_min_confidence", 0.05, 0, 1, "share", "MM confidence below which no signal is raised"
    ),
    ParameterSpec("signal_spacing_s", 5, 0.1, 3_600, "s", "least time between two signals on a symbol"),
    ParameterSpec(
        "entry_zone", 0.4, 0.01, 1, "share", "part of the MM range, from below, where entries are sought"
    ),
    ParameterSpec(
        "entry_ticks_ahead", 1, 0, 100, "ticks", "so far in front of the MM's bid an entry is placed"
    ),
    ParameterSpec("take_profit_buffer_bps", 2, 0, 200, "bps", "profit asked above the round trip's cost"),
    ParameterSpec(
        "entry_least_bps", 4, 0, 200, "bps", "an entry nearer to the MM's middle is withdrawn; 0 never"
    ),
    ParameterSpec(
        "exit_lead_s", 2, 0, 600, "s", "how often what is held is offered anew in front of the asks; 0 never"
    ),
    ParameterSpec(
        "exit_least_bps", 2, 0, 200, "bps", "such an offer is at least so far above the MM's middle"
    ),
    ParameterSpec("stop_bps", 20, 1, 1_000, "bps", "distance of the stop below the entry"),
    ParameterSpec("stop_dwell_ms", 250, 0, 60_000, "ms", "time a bid must stay at the stop; quotes flicker"),
    ParameterSpec("protective_gap_bps", 10, 0, 500, "bps", "the venue's stop below the one Keeper watches"),
    ParameterSpec("protective_reach_bps", 150, 0, 2_000, "bps", "worst price below the venue's stop"),
    ParameterSpec("entry_timeout_s", 30, 1, 3_600, "s", "an entry not filled by then is withdrawn"),
    ParameterSpec("hold_timeout_s", 300, 5, 86_400, "s", "a position still open by then is closed"),
    # routing
    ParameterSpec("min_edge_bps", 0.5, 0, 100, "bps", "expected value after costs needed to enter"),
    ParameterSpec(
        "ambiguity_z", 1.0, 0, 5, "sigma", "half-width of the interval around zero that is ambiguous"
    ),
    ParameterSpec("pattern_neighbours", 25, 1, 500, "patterns", "neighbours recalled for a signal"),
    ParameterSpec("pattern_min_neighbours", 8, 1, 500, "patterns", "fewer neighbours than this do not vote"),
    ParameterSpec("pattern_min_similarity", 0.6, -1, 1, "cosine", "less similar patterns are no neighbours"),
    ParameterSpec(
        "pattern_capacity",
        100_000,
        10,
        100_000,
        "patterns",
        "patterns in force; beyond it the least is retired",
    ),
    ParameterSpec(
        "pattern_min_importance", 0.02, 0, 0.5, "share", "a state worth less, halved with age, is no pattern"
    ),
    ParameterSpec(
        "pattern_half_life_days", 90, 0, 3_650, "days", "age at which a pattern counts half; 0 never fades"
    ),
    ParameterSpec(
        "pattern_importance_power", 0.5, 0, 1, "power", "how much importance counts beside similarity; 0 not"
    ),
    ParameterSpec("heed_patterns", 1, 0, 1, "switch", "let similar states that are remembered vote"),
    ParameterSpec("heed_model", 1, 0, 1, "switch", "let the outcome model vote, where there is one"),
    ParameterSpec("heed_strategies", 1, 0, 1, "switch", "let learned strategies vote"),
    ParameterSpec("session_capacity", 50, 1, 1_000, "records", "last records of a kind and symbol at hand"),
    ParameterSpec("lesson_capacity", 1_000, 10, 10_000, "lessons", "lessons in force at most"),
    ParameterSpec("profile_capacity", 1_000, 10, 10_000, "profiles", "symbols and regimes profiled at most"),
    ParameterSpec(
        "probe_share", 0.08, 0, 0.5, "share", "share of refused signals taken as labelled probes on paper"
    ),
    ParameterSpec("probe_target_usd", 0, 0, 1e6, "USD", "target of a probe; 0 takes the smallest order"),
    # brain
    ParameterSpec(
        "consult_share", 0.03, 0, 0.03, "share", "most doubtful share of decisions worth asking a brain about"
    ),
    ParameterSpec(
        "consult_usefulness", 0.5, 0, 1, "share", "what an answer is worth, against knowing the result"
    ),
    ParameterSpec("consult_delay_bps", 0.1, 0, 100, "bps", "what waiting for an answer costs an entry"),
    ParameterSpec(
        "stale_move_bps", 10, 0.1, 1_000, "bps", "price moved further while a brain was asked: skip"
    ),
    ParameterSpec("stale_book_s", 5, 0.1, 300, "s", "book silent for longer when a brain answered: skip"),
    ParameterSpec(
        "audit_share",
        0.01,
        0,
        0.02,
        "share",
        "share of all decisions asked about afterwards, by a coin",
    ),
    ParameterSpec(
        "skill_min_outcomes", 100, 10, 1e6, "outcomes", "fewer than these leave a vote's weight alone"
    ),
    # bandit
    ParameterSpec(
        "bandit",
        0,
        0,
        2,
        "choice",
        "withhold entries by what their kind came to: 1 Thompson, 2 LinUCB; 0 off",
    ),
    ParameterSpec(
        "bandit_base", 0, 0, 1, "share", "won from which Thompson acts; 0 is the signal's break-even"
    ),
    ParameterSpec("bandit_explore", 0.05, 0.01, 0.5, "share", "least chance of acting and of not acting"),
    ParameterSpec("bandit_width", 1, 0, 10, "sigma", "errors that LinUCB adds to what it expects"),
    ParameterSpec(
        "bandit_half_life_days", 7, 0.01, 365, "days", "after which a bandit's outcome counts half"
    ),
    # sizing
    ParameterSpec("default_order_size_usd", 2, 0.1, 1e6, "USD", "target of one entry"),
    ParameterSpec("min_order_size_usd", 1, 0.01, 1e6, "USD", "smallest slice"),
    ParameterSpec("max_order_size_usd", 10, 0.1, 1e7, "USD", "largest entry"),
    ParameterSpec(
        "conservative_multiplier", 0.8, 0.1, 1, "x", "slice against the MM's average order, conservative"
    ),
    ParameterSpec("symbol_size_share", 1, 0, 1, "share", "of the usual size; learned for each symbol"),
    ParameterSpec("max_split_count", 10, 1, 100, "slices", "most slices of one entry"),
    ParameterSpec("min_split_delay_s", 2, 1, 60, "s", "time between two slices"),
    ParameterSpec("pov_share", 0.2, 0.01, 0.9, "share", "of all volume that POV execution buys"),
    ParameterSpec(
        "risk_aversion", 0.002, 0, 10, "1/bps", "cost that squared risk is worth, Almgren-Chriss execution"
    ),
    ParameterSpec(
        "tolerance_risk", 0.1, 0.01, 0.5, "share", "chance of passing what the MM bears, learned sizing"
    ),
    ParameterSpec(
        "tolerance_half_life_days", 7, 0.01, 365, "days", "after which an MM's reaction to a fill counts half"
    ),
    ParameterSpec(
        "reaction_refreshes", 8, 1, 100, "refreshes", "of the MM that are waited for after a fill of ours"
    ),
    # learning
    ParameterSpec(
        "adapt", 0, 0, 1, "switch", "adapt sizes, stops and targets to losing streaks and to the market"
    ),
    ParameterSpec(
        "trial_share",
        0.5,
        0,
        0.9,
        "share",
        "most share of decisions a candidate value gets while it is tried live; 0 tries none",
    ),
    # market maker protection
    ParameterSpec("mm_check_s", 2, 0.1, 60, "s", "how often the MM is checked while an entry is at work"),
    ParameterSpec("departure_exit", 1, 0, 1, "switch", "sell what is held when the MM it counted on leaves"),
    ParameterSpec("abort_bounds_move_bps", 10, 0.1, 1_000, "bps", "bounds moved further: abort"),
    ParameterSpec("abort_confidence", 0.5, 0, 1, "share", "MM confidence below which an entry aborts"),
    ParameterSpec("departure_rest_s", 300, 1, 86_400, "s", "rest of a symbol after its MM left"),
    # limits
    ParameterSpec("max_symbol_exposure_usd", 500, 0, 1e9, "USD", "most exposure a symbol"),
    ParameterSpec("max_total_exposure_usd", 5_000, 0, 1e9, "USD", "most exposure in all"),
    ParameterSpec("max_symbol_positions", 1, 0, 1, "positions", "most positions a symbol at once"),
    ParameterSpec("max_open_positions", 5, 0, 1_000, "positions", "most positions at once"),
    ParameterSpec("max_trades_per_day", 100, 0, 1e6, "entries", "most entries a symbol a day"),
    ParameterSpec("daily_loss_limit_usd", 50, 0, 1e9, "USD", "loss of the day after which entries stop"),
    ParameterSpec(
        "blacklist_departures", 3, 0, 1_000, "departures", "MM departures that end a symbol's day; 0 never"
    ),
    ParameterSpec(
        "max_departure_share", 0.2, 0, 1, "share", "MMs that left of the day's entries: pause; 1 never"
    ),
    ParameterSpec(
        "min_detection_share", 0, 0, 1, "share", "MMs found at the last looks, fewer: pause; 0 never"
    ),
    ParameterSpec("risk_capital_usd", 0, 0, 1e9, "USD", "what risk is a share of; 0 is not stated"),
    ParameterSpec("risk_per_trade", 0.01, 0.001, 0.05, "share", "of the capital, lost at the stop at most"),
    ParameterSpec(
        "candle_signals", 0, 0, 1, "switch", "raise signals from closed candles; read at the start"
    ),
    ParameterSpec("momentum_threshold", 0.05, 0.001, 1, "share", "change over 12 candles that is momentum"),
    ParameterSpec("candle_hold", 10, 1, 100, "candles", "how long a candle signal is held at most"),
    ParameterSpec("max_signals_per_day", 5, 1, 20, "entries", "most entries a day on candle signals"),
    ParameterSpec("score_threshold", 75, 50, 95, "points", "least score of a candle signal"),
    ParameterSpec("heed_continuation", 1, 0, 1, "switch", "take entries from the continuation model"),
    ParameterSpec("heed_reversal", 1, 0, 1, "switch", "take entries from the reversal model"),
    ParameterSpec("behave", 0, 0, 1, "switch", "let the account's own results hold it back"),
    # bounds on a size, from estimates
    ParameterSpec("bound_cvar", 0, 0, 1, "switch", "bound sizes by the mean of the worst days"),
    ParameterSpec("bound_kelly", 0, 0, 1, "switch", "bound sizes by Kelly on the lower end of the edge"),
    ParameterSpec("bound_correlation", 0, 0, 1, "switch", "lower the total limit for correlation"),
    ParameterSpec("bound_tail", 0, 0, 1, "switch", "bound what would crash together"),
    ParameterSpec("bound_regime", 0, 0, 1, "switch", "bound exposure by volatility"),
    ParameterSpec("cvar_share", 0.02, 0.0001, 1, "share", "of the capital, lost on a symbol's worst days"),
    ParameterSpec("kelly_share", 0.25, 0.01, 1, "share", "of Kelly's position that is taken"),
    ParameterSpec("kelly_cap", 0.25, 0.001, 1, "share", "of the capital that one entry has at most"),
    ParameterSpec("kelly_z", 1.645, 0, 5, "sigma", "how far below its estimate the edge is taken"),
    ParameterSpec("joint_exposure_usd", 1_000, 0, 1e9, "USD", "most that may crash together"),
    ParameterSpec("regime_symbol_usd", 750, 0, 1e9, "USD", "exposure a symbol at usual volatility"),
    ParameterSpec("regime_total_usd", 3_000, 0, 1e9, "USD", "exposure in all at usual volatility"),
    # paper venue
    ParameterSpec(
        "order_latency_ms", 80, 0, 10_000, "ms", "time from sending an order to the paper venue acting"
    ),
)

SPECS: Mapping[str, ParameterSpec] = {spec.name: spec for spec in CATALOGUE}


def default_parameters(overrides: Mapping[str, float] | None = None) -> ParameterSet:
    """The catalogue's defaults with ``overrides`` applied and checked.

    Raises:
        BadUsage: An override is unknown or out of bounds.
    """
    values = {spec.name: float(spec.default) for spec in CATALOGUE}
    origin: dict[str, str] = {}
    for name, value in (overrides or {}).items():
        if name not in SPECS:
            raise BadUsage(f"unknown parameter {name!r}; known: {', '.join(sorted(SPECS))}")
        values[name] = SPECS[name].check(float(value))
        origin[name] = "setting"
    return ParameterSet(values, 0, origin)
