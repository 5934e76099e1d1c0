"""Bounds on a size that come from estimates: each off until it has shown that it earns its place.

A bound that is on and does not know what it needs leaves nothing: it names what is missing, instead of
being silently absent.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tools.domain.clock import iso
from tools.domain.market import NANOS
from tools.domain.parameter import ParameterSet
from tools.risk.exposure import ZERO, LedgerSnapshot
from tools.risk.prospects import Prospects
from tools.risk.rooms import Check
from tools.risk.wishes import Edge, EntryRequest, Room, amount, money

OLDEST_NS = 3 * 86_400 * NANOS  # prospects older than this say nothing any more
CORRELATED, BROKEN = 0.3, 0.5  # most that each takes of the total limit
CALM_FACTOR, STIRRED_FACTOR = 1.25, 0.25  # most and least of a limit that volatility leaves
LOOSE = 0.25  # most that low correlation adds

Estimate = Callable[[EntryRequest, LedgerSnapshot, ParameterSet, Prospects], Room]


def kelly_fraction(edge: Edge) -> float:
    """Share of the capital, as a position, that makes it grow fastest, at least 0.

    f* = (b p - q) / b with b = gain / loss is the share to risk at the stop; over the loss at the stop it
    is the position. By the edge e = p gain - q loss that is e / (gain loss).

    >>> round(kelly_fraction(Edge(low_bps=2.0, gain_bps=20.0, loss_bps=20.0)), 6)
    50.0

    Source:
        Kelly, A new interpretation of information rate (1956); MacLean, Thorp & Ziemba, Good and bad
        properties of the Kelly criterion (2010).
    """
    if edge.gain_bps <= 0 or edge.loss_bps <= 0:
        return 0.0
    low = min(edge.low_bps, edge.gain_bps)  # no more can be earned than the gain
    return max(0.0, low * 1e4 / (edge.gain_bps * edge.loss_bps))


def kelly(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
    """A part of Kelly's share on the lower bound of the edge (R2); probes are no bets on an edge.

    Where the ledger is asked without an edge, the wish was held to this bound when it was sized.
    """
    if not parameters["bound_kelly"] or request.is_probe or request.edge is None:
        return None
    capital = amount(parameters, "risk_capital_usd")
    share = min(kelly_fraction(request.edge) * parameters["kelly_share"], parameters["kelly_cap"])
    room = capital * Decimal(repr(share))
    low = f"an edge of {request.edge.low_bps:+.2f} bps at the lower end"
    return Room(room, f"{share:.4f} of {money(capital)} USD, for {low}")


def estimated(switch: str, estimate: Estimate) -> Check:
    """A bound that needs prospects, asked where ``switch`` is on."""

    def room(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet) -> Room | None:
        if not parameters[switch]:
            return None
        found = ledger.prospects
        if found is None or request.symbol not in found.cvar:
            return Room(ZERO, f"no daily candles of {request.symbol} are known")
        if request.ts - found.ts > OLDEST_NS:
            return Room(ZERO, f"the daily candles end at {iso(found.ts)}")
        return estimate(request, ledger, parameters, found)

    return room


def cvar(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet, found: Prospects) -> Room:
    """What may be held so that a day beyond its 95 % quantile costs a set share of the capital (R1)."""
    capital, share = amount(parameters, "risk_capital_usd"), amount(parameters, "cvar_share")
    loss = found.cvar[request.symbol]
    held = ledger.symbol_exposure_usd(request.symbol)
    limit = capital * share / Decimal(repr(loss)) if loss > 0 else ZERO
    return Room(limit - held, f"{money(share)} of {money(capital)} USD at a CVaR of {loss:.4f} a day")


def correlation(
    request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet, found: Prospects
) -> Room:
    """The total limit, less where symbols move together or have lately come to move otherwise (R3)."""
    factor = (1 - CORRELATED * found.correlation) * (1 - BROKEN * found.breakdown)
    limit = amount(parameters, "max_total_exposure_usd") * Decimal(repr(factor))
    said = f"correlation {found.correlation:.2f} and its breakdown {found.breakdown:.2f}"
    return Room(limit - ledger.total_exposure_usd, f"{factor:.3f} of the total limit by {said}")


def joint_tail(
    request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet, found: Prospects
) -> Room:
    """What is held, each symbol as far as it crashes along with this one, up to a limit (R13)."""
    limit, along = amount(parameters, "joint_exposure_usd"), ZERO
    for entry in ledger.entries:
        shared = found.tail_with(request.symbol, entry.symbol)
        along += entry.exposure_usd * Decimal(repr(1.0 if shared is None else shared))
    return Room(limit - along, f"{along:.2f} of {money(limit)} USD would crash along with {request.symbol}")


def regime(request: EntryRequest, ledger: LedgerSnapshot, parameters: ParameterSet, found: Prospects) -> Room:
    """Baselines of a symbol and of all, less when volatile, more when symbols go their own ways (R14)."""
    ratio = found.volatility[request.symbol]
    factor = (1 / ratio if ratio > 0 else STIRRED_FACTOR) * (1 + LOOSE * (1 - found.correlation))
    factor = min(CALM_FACTOR, max(STIRRED_FACTOR, factor))
    scale = Decimal(repr(factor))
    own = amount(parameters, "regime_symbol_usd") * scale - ledger.symbol_exposure_usd(request.symbol)
    whole = amount(parameters, "regime_total_usd") * scale - ledger.total_exposure_usd
    return Room(min(own, whole), f"{factor:.3f} of the baselines at {ratio:.2f} of the usual volatility")
