"""Every limit of the account, one row each: checks, ``keeper limits`` and docs/limits.md are made from it.

A row with a check is asked before every entry. The others bind an entry that is under way, and name
the module that watches them. Defaults stand in the catalogue of parameters alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tools.domain.parameter import SPECS, ParameterSet
from tools.domain.sources import SCORING_MODELS
from tools.domain.trading import Clamp
from tools.risk.bounds import correlation, cvar, estimated, joint_tail, kelly, regime
from tools.risk.checks import (
    LEAST_ENTRIES,
    LEAST_LOOKS,
    departing,
    few_signals,
    held_back,
    killed,
    lost,
    mm_protection,
    paused,
    probed,
    rests,
    risk_of_a_trade,
    scored_low,
    undetected,
    unheeded,
)
from tools.risk.exposure import ZERO, LedgerSnapshot
from tools.risk.rooms import Check, cap, count, forbid
from tools.risk.wishes import EntryRequest, money


class Scope(StrEnum):
    """What a limit counts over."""

    ACCOUNT = "account"
    SYMBOL = "symbol"
    ENTRY = "entry"


class Blocks(StrEnum):
    """What a limit does where it binds; none ever keeps a position open."""

    ENTRIES = "every new entry"
    SYMBOL = "new entries on the symbol"
    PROBES = "a second probe on the symbol"
    SIGNALS = "entries on candle signals"
    SIZE = "what is beyond it of an entry"
    SLICES = "the slices still to come"
    WHOLE = "the rest of an entry, and what is held is sold"


@dataclass(frozen=True, slots=True)
class Limit:
    """A named limit.

    Attributes:
        parameter: Whose value it is; empty where it is a state and has none.
        source: Where it is asked for.
        meaning: In words.
        room: What it leaves of an entry, None where it has nothing to say; no check where it is watched.
        watched: The module that holds it while an entry is under way.
        off_at: Value at which it is off.
    """

    name: str
    scope: Scope
    blocks: Blocks
    parameter: str
    source: str
    meaning: str
    room: Check | None = None
    watched: str = ""
    off_at: float | None = None

    @property
    def unit(self) -> str:
        """Unit of its value."""
        return SPECS[self.parameter].unit if self.parameter else "state"

    @property
    def default(self) -> float | None:
        """Its value where nobody has set another; None for a state."""
        return SPECS[self.parameter].default if self.parameter else None

    def is_off(self, parameters: ParameterSet) -> bool:
        """Whether its value switches it off."""
        return self.off_at is not None and parameters[self.parameter] == self.off_at

    def clamp(self, request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Clamp | None:
        """The cut this limit makes in the request, or None where it fits."""
        room = None if self.room is None else self.room(request, ledger, parameters)
        if room is None or room.usd >= request.usd:
            return None
        return Clamp(self.name, money(request.usd), money(max(ZERO, room.usd)), room.reason)


TABLE: tuple[Limit, ...] = (
    Limit(
        "kill_switch", Scope.ACCOUNT, Blocks.ENTRIES, "", "K11", "set by keeper kill", forbid(killed)
    ),
    Limit("pause", Scope.ACCOUNT, Blocks.ENTRIES, "", "K11", "set by keeper pause", forbid(paused)),
    Limit(
        "symbol_rest", Scope.SYMBOL, Blocks.SYMBOL, "departure_rest_s", "K6.3", "after its MM left",
        forbid(rests),
    ),
    Limit(
        "symbol_blacklist", Scope.SYMBOL, Blocks.SYMBOL, "blacklist_departures", "K11",
        "MM departures of the UTC day after which the symbol is left alone until it ends",
        count(
            "blacklist_departures",
            lambda request, ledger: ledger.departures_today.get(request.symbol, 0),
            "MMs left {symbol} {done} times today, {most} are enough",
            off_at=0,
        ), off_at=0,
    ),
    Limit(
        "departure_share", Scope.ACCOUNT, Blocks.ENTRIES, "max_departure_share", "K11",
        f"share of the UTC day's entries (at least {LEAST_ENTRIES}) in which the MM left", forbid(departing),
        off_at=1,
    ),
    Limit(
        "detection_share", Scope.ACCOUNT, Blocks.ENTRIES, "min_detection_share", "K11 (0.5)",
        f"share of the last looks (at least {LEAST_LOOKS}) at which an MM was found", forbid(undetected),
        off_at=0,
    ),
    Limit(
        "daily_loss", Scope.ACCOUNT, Blocks.ENTRIES, "daily_loss_limit_usd", "K11",
        "realised loss of the UTC day after fees", forbid(lost),
    ),
    Limit(
        "trades_per_day", Scope.SYMBOL, Blocks.SYMBOL, "max_trades_per_day", "K11",
        "entries of the UTC day on the symbol",
        count(
            "max_trades_per_day",
            lambda request, ledger: ledger.trades_today(request.symbol),
            "{symbol} had {done} of {most} entries of the day",
        ),
    ),
    Limit(
        "open_positions", Scope.ACCOUNT, Blocks.ENTRIES, "max_open_positions", "K11", "positions at once",
        count(
            "max_open_positions",
            lambda request, ledger: ledger.open_positions,
            "{done} of {most} positions are open",
        ),
    ),
    Limit("one_probe", Scope.SYMBOL, Blocks.PROBES, "", "K3.1", "one probe a symbol", forbid(probed)),
    Limit(
        "symbol_positions", Scope.SYMBOL, Blocks.SYMBOL, "max_symbol_positions", "K6.3",
        "positions at once on the symbol",
        count(
            "max_symbol_positions",
            lambda request, ledger: ledger.symbol_positions(request.symbol),
            "{done} of {most} positions on {symbol} are open",
        ),
    ),
    Limit(
        "held_back", Scope.ACCOUNT, Blocks.ENTRIES, "behave", "B7",
        "pauses of the account, a symbol or a model after its own losses", forbid(held_back), off_at=0,
    ),
    Limit(
        "few_signals", Scope.ACCOUNT, Blocks.SIGNALS, "behave", "B7",
        "candle signals of a day in a drawdown", forbid(few_signals), off_at=0,
    ),
    *(
        Limit(
            f"{model}_model", Scope.ENTRY, Blocks.SIGNALS, f"heed_{model}", "B6",
            f"whether signals of the {model} model are entered", unheeded(model),
        )
        for model in SCORING_MODELS
    ),
    Limit(
        "score_threshold", Scope.ENTRY, Blocks.SIGNALS, "score_threshold", "B6",
        "least score of a candle signal", forbid(scored_low),
    ),
    Limit(
        "signals_per_day", Scope.ACCOUNT, Blocks.SIGNALS, "max_signals_per_day", "B6",
        "entries of the UTC day on candle signals",
        count(
            "max_signals_per_day",
            lambda request, ledger: ledger.scored_entries_today(),
            "{done} of {most} candle signals of the day were entered",
            applies=lambda request: request.score is not None,
        ),
    ),
    Limit(
        "risk_per_trade", Scope.ENTRY, Blocks.SIZE, "risk_per_trade", "B6",
        "share of risk_capital_usd lost at the stop; off while that is 0", risk_of_a_trade,
    ),
    Limit(
        "symbol_exposure", Scope.SYMBOL, Blocks.SIZE, "max_symbol_exposure_usd", "K11",
        "promised, working and held on the symbol",
        cap(
            "max_symbol_exposure_usd",
            lambda request, ledger: ledger.symbol_exposure_usd(request.symbol),
            "{held} of {limit} USD are at stake on {symbol}",
        ),
    ),
    Limit(
        "total_exposure", Scope.ACCOUNT, Blocks.SIZE, "max_total_exposure_usd", "K11",
        "promised, working and held in all",
        cap(
            "max_total_exposure_usd",
            lambda request, ledger: ledger.total_exposure_usd,
            "{held} of {limit} USD are at stake in all",
        ),
    ),
    Limit(
        "cvar_bound", Scope.SYMBOL, Blocks.SIZE, "bound_cvar", "R1",
        "cvar_share of risk_capital_usd over the symbol's CVaR of a day", estimated("bound_cvar", cvar),
        off_at=0,
    ),
    Limit(
        "kelly_bound", Scope.ENTRY, Blocks.SIZE, "bound_kelly", "R2",
        "kelly_share of Kelly's position at the lower end of the edge, at most kelly_cap of the capital",
        kelly, off_at=0,
    ),
    Limit(
        "correlation_bound", Scope.ACCOUNT, Blocks.SIZE, "bound_correlation", "R3",
        "the total limit, less for correlation and its breakdown",
        estimated("bound_correlation", correlation), off_at=0,
    ),
    Limit(
        "tail_bound", Scope.ACCOUNT, Blocks.SIZE, "bound_tail", "R13",
        "joint_exposure_usd of what would crash along with the symbol", estimated("bound_tail", joint_tail),
        off_at=0,
    ),
    Limit(
        "regime_bound", Scope.ACCOUNT, Blocks.SIZE, "bound_regime", "R14",
        "regime_symbol_usd and regime_total_usd, less when volatile", estimated("bound_regime", regime),
        off_at=0,
    ),
    Limit(
        "mm_protection", Scope.ENTRY, Blocks.SIZE, "conservative_multiplier", "K11",
        "share of what the MM absorbs, unless the operator chose balanced or aggressive", mm_protection,
    ),
    Limit(
        "orders_in_a_row", Scope.ENTRY, Blocks.SLICES, "max_split_count", "K11", "orders of one entry",
        watched="tools.execution.sizing",
    ),
    Limit(
        "order_spacing", Scope.ENTRY, Blocks.SLICES, "min_split_delay_s", "K11 (at least 1)",
        "time between two orders of one entry", watched="tools.execution.executor",
    ),
    Limit(
        "mm_check", Scope.ENTRY, Blocks.WHOLE, "mm_check_s", "K11", "how often the MM is looked at",
        watched="tools.execution.executor",
    ),
    Limit(
        "mm_left", Scope.ENTRY, Blocks.WHOLE, "departure_exit", "K6.3",
        "the MM that was followed left; 0 keeps what is held", watched="tools.execution.departing",
    ),
    Limit(
        "mm_moved", Scope.ENTRY, Blocks.WHOLE, "abort_bounds_move_bps", "K11", "the MM's bounds moved",
        watched="tools.execution.departing",
    ),
    Limit(
        "mm_doubted", Scope.ENTRY, Blocks.WHOLE, "abort_confidence", "K11", "confidence in the MM fell below",
        watched="tools.execution.departing",
    ),
)  # fmt: skip
