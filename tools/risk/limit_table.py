"""Every limit of the account, one row each: checks, ``keeper limits`` and docs/limits.md are made from it.

A row with a check is asked before every entry. The others bind an entry that is under way, and name
the module that watches them. Defaults stand in the catalogue of parameters alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tools.domain.clock import iso
from tools.domain.parameter import SPECS, ParameterSet
from tools.domain.trading import Clamp
from tools.risk.exposure import ZERO, LedgerSnapshot
from tools.risk.rooms import Check, cap, count, forbid
from tools.risk.wishes import EntryRequest, RiskAppetite, Room, amount, money

LEAST_ENTRIES = 20  # of a day, from which a share of them says something
LEAST_LOOKS = 20  # at market makers, likewise
CANDLE_MODELS = ("continuation", "reversal")  # those that score


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


def mm_capacity_usd(mm_average_usd: Decimal, parameters: ParameterSet) -> Decimal:
    """What an MM can absorb in one entry: its average order, once for each slice allowed.

    An MM refreshes its quote after being hit; ``max_split_count`` consecutive orders is how
    often it is asked to (K11: at most 10), so capacity is their product.
    """
    return mm_average_usd * parameters.whole("max_split_count")


def _killed(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    return "the kill switch is set; keeper resume clears it" if ledger.is_killed else None


def _paused(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    return "entries are paused; keeper resume allows them again" if ledger.is_paused else None


def _rests(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    until = ledger.rests.get(request.symbol, 0)
    return f"{request.symbol} rests until {iso(until)}" if request.ts < until else None


def _lost(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    limit = amount(parameters, "daily_loss_limit_usd")
    if ledger.realised_usd > -limit:
        return None
    return f"the day made {money(ledger.realised_usd)} USD, entries end at -{money(limit)}"


def _probed(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    if request.is_probe and ledger.has_open_probe(request.symbol):
        return f"a probe on {request.symbol} is open already"
    return None


def _departing(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    left, entered = sum(ledger.departures_today.values()), sum(ledger.entries_today.values())
    most = parameters["max_departure_share"]
    if most >= 1 or entered < LEAST_ENTRIES or left <= most * entered:
        return None
    return f"MMs left in {left} of the day's {entered} entries, more than {most:g} of them"


def _undetected(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    least, looks, found = parameters["min_detection_share"], ledger.mm_looks, ledger.mm_found
    if least <= 0 or looks < LEAST_LOOKS or found >= least * looks:
        return None
    return f"an MM was found at {found} of the last {looks} looks, less than {least:g} of them"


def _scored_low(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    least = parameters["score_threshold"]
    if request.score is None or request.score >= least:
        return None
    return f"score {request.score:g} below {least:g}"


def _unheeded(model: str) -> Check:
    def why(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
        is_off = request.source == model and not parameters[f"heed_{model}"]
        return f"the {model} model is switched off" if is_off else None

    return forbid(why)


def _risk_of_a_trade(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    capital = amount(parameters, "risk_capital_usd")
    if capital <= 0 or request.loss_bps is None or request.loss_bps <= 0:
        return None
    share = amount(parameters, "risk_per_trade")
    room = capital * share * 10_000 / Decimal(str(request.loss_bps))
    stop = f"{request.loss_bps:.2f} bps at its stop"
    return Room(room, f"{money(share)} of {money(capital)} USD may be lost with {stop}")


def _mm_protection(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    if request.mm_average_usd is None or request.appetite is not RiskAppetite.CONSERVATIVE:
        return None
    share = request.appetite.multiplier(parameters)
    capacity = mm_capacity_usd(request.mm_average_usd, parameters)
    return Room(share * capacity, f"{money(share)} of the {money(capacity)} USD the MM absorbs in one entry")


TABLE: tuple[Limit, ...] = (
    Limit(
        "kill_switch", Scope.ACCOUNT, Blocks.ENTRIES, "", "K11", "set by keeper kill", forbid(_killed)
    ),
    Limit("pause", Scope.ACCOUNT, Blocks.ENTRIES, "", "K11", "set by keeper pause", forbid(_paused)),
    Limit(
        "symbol_rest", Scope.SYMBOL, Blocks.SYMBOL, "departure_rest_s", "K6.3", "after its MM left",
        forbid(_rests),
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
        f"share of the UTC day's entries (at least {LEAST_ENTRIES}) in which the MM left", forbid(_departing),
        off_at=1,
    ),
    Limit(
        "detection_share", Scope.ACCOUNT, Blocks.ENTRIES, "min_detection_share", "K11 (0.5)",
        f"share of the last looks (at least {LEAST_LOOKS}) at which an MM was found", forbid(_undetected),
        off_at=0,
    ),
    Limit(
        "daily_loss", Scope.ACCOUNT, Blocks.ENTRIES, "daily_loss_limit_usd", "K11",
        "realised loss of the UTC day after fees", forbid(_lost),
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
    Limit("one_probe", Scope.SYMBOL, Blocks.PROBES, "", "K3.1", "one probe a symbol", forbid(_probed)),
    Limit(
        "symbol_positions", Scope.SYMBOL, Blocks.SYMBOL, "max_symbol_positions", "K6.3",
        "positions at once on the symbol",
        count(
            "max_symbol_positions",
            lambda request, ledger: ledger.symbol_positions(request.symbol),
            "{done} of {most} positions on {symbol} are open",
        ),
    ),
    *(
        Limit(
            f"{model}_model", Scope.ENTRY, Blocks.SIGNALS, f"heed_{model}", "B6",
            f"whether signals of the {model} model are entered", _unheeded(model),
        )
        for model in CANDLE_MODELS
    ),
    Limit(
        "score_threshold", Scope.ENTRY, Blocks.SIGNALS, "score_threshold", "B6",
        "least score of a candle signal", forbid(_scored_low),
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
        "share of risk_capital_usd lost at the stop; off while that is 0", _risk_of_a_trade,
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
        "mm_protection", Scope.ENTRY, Blocks.SIZE, "conservative_multiplier", "K11",
        "share of what the MM absorbs, unless the operator chose balanced or aggressive", _mm_protection,
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
        "mm_moved", Scope.ENTRY, Blocks.WHOLE, "abort_bounds_move_bps", "K11", "the MM's bounds moved",
        watched="tools.execution.departing",
    ),
    Limit(
        "mm_doubted", Scope.ENTRY, Blocks.WHOLE, "abort_confidence", "K11", "confidence in the MM fell below",
        watched="tools.execution.departing",
    ),
)  # fmt: skip
