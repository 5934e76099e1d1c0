"""The checks of limits that are more than a cap: each says why nothing may be entered, or how much may."""

from __future__ import annotations

from decimal import Decimal

from tools.domain.clock import iso
from tools.domain.parameter import ParameterSet
from tools.domain.sources import model_of
from tools.risk.behaviour import Effect, Hold
from tools.risk.exposure import LedgerSnapshot
from tools.risk.rooms import Check, forbid
from tools.risk.wishes import EntryRequest, RiskAppetite, Room, amount, money

LEAST_ENTRIES = 20  # of a day, from which a share of them says something
LEAST_LOOKS = 20  # at market makers, likewise
STRICTER, MOST_POINTS = 5, 95  # points that a rule of behaviour adds to the score asked for, and the most
CAREFUL = Decimal("0.005")  # at risk a trade in a deep drawdown
FEW_SIGNALS = 2  # a day in a drawdown


def mm_capacity_usd(mm_average_usd: Decimal, parameters: ParameterSet) -> Decimal:
    """What an MM can absorb in one entry: its average order, once for each slice allowed.

    An MM refreshes its quote after being hit; ``max_split_count`` consecutive orders is how
    often it is asked to (K11: at most 10), so capacity is their product.
    """
    return mm_average_usd * parameters.whole("max_split_count")


def killed(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    """Why the kill switch forbids every entry, or None."""
    return "the kill switch is set; keeper resume clears it" if ledger.is_killed else None


def paused(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    """Why the operator's pause forbids every entry, or None."""
    return "entries are paused; keeper resume allows them again" if ledger.is_paused else None


def rests(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    """Why the symbol rests, or None."""
    until = ledger.rests.get(request.symbol, 0)
    return f"{request.symbol} rests until {iso(until)}" if request.ts < until else None


def lost(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    """Why the day's loss ends entries, or None."""
    limit = amount(parameters, "daily_loss_limit_usd")
    if ledger.realised_usd > -limit:
        return None
    return f"the day made {money(ledger.realised_usd)} USD, entries end at -{money(limit)}"


def probed(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    """Why a second probe on the symbol may not be, or None."""
    if request.is_probe and ledger.has_open_probe(request.symbol):
        return f"a probe on {request.symbol} is open already"
    return None


def departing(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    """Why too many market makers left today, or None."""
    left, entered = sum(ledger.departures_today.values()), sum(ledger.entries_today.values())
    most = parameters["max_departure_share"]
    if most >= 1 or entered < LEAST_ENTRIES or left <= most * entered:
        return None
    return f"MMs left in {left} of the day's {entered} entries, more than {most:g} of them"


def undetected(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    """Why too few market makers were found of late, or None."""
    least, looks, found = parameters["min_detection_share"], ledger.mm_looks, ledger.mm_found
    if least <= 0 or looks < LEAST_LOOKS or found >= least * looks:
        return None
    return f"an MM was found at {found} of the last {looks} looks, less than {least:g} of them"


def scored_low(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    """Why a candle signal's score is too low, or None."""
    raised = STRICTER * sum(
        1 for hold in _held(request, ledger, parameters) if hold.effect is Effect.THRESHOLD
    )
    least = min(MOST_POINTS, parameters["score_threshold"] + raised)
    if request.score is None or request.score >= least:
        return None
    return f"score {request.score:g} below {least:g}"


def unheeded(model: str) -> Check:
    """Forbid the signals of ``model`` while its switch is 0."""

    def why(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
        is_off = model_of(request.source) == model and not parameters[f"heed_{model}"]
        return f"the {model} model is switched off" if is_off else None

    return forbid(why)


def risk_of_a_trade(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    """USD that lose a set share of the capital at the stop; None where either is not known."""
    capital = amount(parameters, "risk_capital_usd")
    if capital <= 0 or request.loss_bps is None or request.loss_bps <= 0:
        return None
    share = amount(parameters, "risk_per_trade")
    if any(hold.effect is Effect.RISK for hold in _held(request, ledger, parameters)):
        share = min(share, CAREFUL)
    room = capital * share * 10_000 / Decimal(str(request.loss_bps))
    stop = f"{request.loss_bps:.2f} bps at its stop"
    return Room(room, f"{money(share)} of {money(capital)} USD may be lost with {stop}")


def mm_protection(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    """USD that are a conservative share of what the MM absorbs; None where that does not apply."""
    if request.mm_average_usd is None or request.appetite is not RiskAppetite.CONSERVATIVE:
        return None
    share = request.appetite.multiplier(parameters)
    capacity = mm_capacity_usd(request.mm_average_usd, parameters)
    return Room(share * capacity, f"{money(share)} of the {money(capacity)} USD the MM absorbs in one entry")


def held_back(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    """Why the account's own results keep this entry from being taken, or None."""
    for hold in _held(request, ledger, parameters):
        if hold.effect is Effect.PAUSE and hold.until is not None:
            what = f" of {hold.key}" if hold.key else ""
            return f"rule {hold.rule}{what} holds until {iso(hold.until)}"
    return None


def few_signals(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> str | None:
    """Why a drawdown allows no further candle signal today, or None."""
    is_held = any(hold.effect is Effect.SIGNALS for hold in _held(request, ledger, parameters))
    done = ledger.scored_entries_today()
    if request.score is None or not is_held or done < FEW_SIGNALS:
        return None
    return f"{done} of {FEW_SIGNALS} candle signals of a day in a drawdown were entered"


def _held(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> list[Hold]:
    """The rules of behaviour that bear on ``request``; none while they are switched off."""
    if not parameters["behave"]:
        return []
    return [hold for hold in ledger.holds if hold.key in ("", request.symbol, model_of(request.source))]
