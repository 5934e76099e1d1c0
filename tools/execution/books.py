"""What an execution does to an entry and to the account: position, cost, result after fees."""

from __future__ import annotations

from decimal import Decimal

from tools.domain.errors import InvariantBroken
from tools.domain.market import Instrument, Side
from tools.domain.trading import Fill
from tools.execution.entry import Entry
from tools.risk.ledger import RiskLedger


class Books:
    """Books the fills of one symbol."""

    def __init__(self, instrument: Instrument, ledger: RiskLedger) -> None:
        self._instrument = instrument
        self._ledger = ledger

    def book(self, entry: Entry, fill: Fill) -> None:
        """Take a fill into the entry and into the ledger."""
        entry.fills.append(fill)
        if fill.side is Side.BUY:
            self._bought(entry, fill)
        else:
            self._sold(entry, fill)

    def write_off(self, entry: Entry, ts: int) -> None:
        """Less than a lot is given up; lots that are worth too little for an order stay at stake."""
        if entry.position < self._instrument.lot:
            self._ledger.fill_exit(entry.decision.decision_id, entry.cost_open, Decimal(0), ts)
        else:
            self._ledger.strand(entry.decision.decision_id)

    def _bought(self, entry: Entry, fill: Fill) -> None:
        held = fill.held_change(self._instrument.base)
        cost = self._instrument.value(held, fill.price) * self._usd()
        entry.position += held
        entry.cost_open += cost
        self._ledger.fill_entry(fill.decision_id, cost)

    def _sold(self, entry: Entry, fill: Fill) -> None:
        value = self._instrument.value(fill.size, fill.price) * self._usd()
        cost = entry.cost_open * (Decimal(fill.size) / entry.position)
        fees = fill.fee_quote * self._usd()
        entry.position -= fill.size
        entry.cost_open -= cost
        realised = value - cost - fees - self._entry_fees(entry, fill)
        self._ledger.fill_exit(fill.decision_id, cost, realised, fill.ts)

    def _entry_fees(self, entry: Entry, fill: Fill) -> Decimal:
        """The share of the entry's fees that belongs to the part just sold, USD."""
        bought = [f for f in entry.fills if f.side is Side.BUY]
        paid = sum((f.fee_quote for f in bought), Decimal(0)) * self._usd()
        return paid * fill.size / sum(f.held_change(self._instrument.base) for f in bought)

    def _usd(self) -> Decimal:
        rate = self._instrument.quote_usd
        if rate is None:
            raise InvariantBroken(f"{self._instrument.symbol} is traded without a USD rate")
        return rate
