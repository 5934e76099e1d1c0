"""From what was settled to what is asked: drafts of entries for the limits, then their sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tools.domain.errors import InvariantBroken
from tools.domain.identity import decision_id
from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet
from tools.domain.sources import SCORING_MODELS, model_of
from tools.domain.trading import Action, Signal
from tools.execution.sizing import SizeRequest, Sizing, SizingMode, entry_wish, mm_average_usd, size_entry
from tools.execution.tolerating import tolerance_reason, tolerated_of
from tools.risk.limits import Limited
from tools.risk.routing import Settlement
from tools.risk.wishes import Edge, EntryRequest, RiskAppetite, amount


@dataclass(frozen=True, slots=True)
class SizingDesk:
    """How this account sizes: its instruments, mode and appetite."""

    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    mode: SizingMode = SizingMode.ADAPTIVE
    appetite: RiskAppetite = RiskAppetite.CONSERVATIVE

    def instrument(self, symbol: str) -> Instrument:
        """The instrument of ``symbol``.

        Raises:
            InvariantBroken: A signal names a symbol that this account does not know.
        """
        if symbol not in self.instruments:
            known = ", ".join(sorted(self.instruments)) or "none"
            raise InvariantBroken(f"a signal names {symbol}, known instruments: {known}")
        return self.instruments[symbol]


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry on its way: what shall be sized and what is asked of the limits.

    ``limit`` is None where the wish itself came to nothing; sizing then says why.
    """

    size: SizeRequest
    limit: EntryRequest | None


def draft_entries(
    signals: Sequence[Signal],
    settlements: Sequence[Settlement],
    desk: SizingDesk,
    parameters: ParameterSet,
    ts: int,
) -> tuple[EntryDraft | None, ...]:
    """A draft for each signal to be entered at ``ts``, None for the others."""
    pairs = zip(signals, settlements, strict=True)
    return tuple(
        _draft(signal, settlement, desk, parameters, ts) if settlement.action is Action.ENTER else None
        for signal, settlement in pairs
    )


def size_entries(
    drafts: Sequence[EntryDraft | None], limited: Sequence[Limited | None], parameters: ParameterSet
) -> tuple[Sizing | None, ...]:
    """Size each draft within what the limits left it; None where they left nothing."""
    return tuple(_size(draft, left, parameters) for draft, left in zip(drafts, limited, strict=True))


def _draft(
    signal: Signal, settlement: Settlement, desk: SizingDesk, parameters: ParameterSet, ts: int
) -> EntryDraft:
    instrument = desk.instrument(signal.symbol)
    average = mm_average_usd(signal.features, instrument)
    request = SizeRequest(
        instrument=instrument,
        price=signal.entry_price,
        target_usd=_probe_target(parameters) if settlement.is_probe else None,
        mm_average_usd=average,
        confidence=signal.confidence,
        mode=desk.mode,
        appetite=desk.appetite,
        fraction=settlement.fraction,
        tolerated=tolerated_of(signal.features),
        tolerance_reason=tolerance_reason(signal.features) if desk.mode is SizingMode.LEARNED else "",
    )
    wish = entry_wish(request, parameters)
    if wish.usd <= 0:
        return EntryDraft(request, None)
    return EntryDraft(
        request,
        replace(
            ask_for(signal, wish.usd, ts, average, appetite=desk.appetite, is_probe=settlement.is_probe),
            edge=edge_of(signal, settlement, parameters),
        ),
    )


def edge_of(signal: Signal, settlement: Settlement, parameters: ParameterSet) -> Edge:
    """The edge of ``signal`` at its lower end; what nobody estimated loses at its stop."""
    gain, loss = (signal.gain_bps, signal.loss_bps) if signal.entry_price > 0 else (0.0, 0.0)
    if settlement.expected_bps is None or settlement.error_bps is None:
        return Edge(-loss, gain, loss)
    return Edge(settlement.expected_bps - parameters["kelly_z"] * settlement.error_bps, gain, loss)


def ask_for(
    signal: Signal,
    usd: Decimal,
    ts: int,
    mm_average: Decimal | None,
    *,
    appetite: RiskAppetite,
    is_probe: bool,
) -> EntryRequest:
    """What is asked of the limits for ``usd`` on ``signal`` at ``ts``; the ledger is asked the same."""
    return EntryRequest(
        decision_id=decision_id(signal.signal_id),
        symbol=signal.symbol,
        usd=usd,
        ts=ts,
        mm_average_usd=mm_average,
        appetite=appetite,
        is_probe=is_probe,
        source=signal.source,
        score=signal.confidence * 100 if model_of(signal.source) in SCORING_MODELS else None,
        loss_bps=signal.loss_bps if signal.entry_price > 0 else None,
    )


def _probe_target(parameters: ParameterSet) -> Decimal:
    """What a probe aims at: the smallest order, or more where a parameter says so."""
    return max(amount(parameters, "min_order_size_usd"), amount(parameters, "probe_target_usd"))


def _size(draft: EntryDraft | None, limited: Limited | None, parameters: ParameterSet) -> Sizing | None:
    if draft is None or (limited is not None and limited.usd <= 0):
        return None
    ceiling = None if limited is None else limited.usd
    return size_entry(draft.size._replace(ceiling_usd=ceiling), parameters)
