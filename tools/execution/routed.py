"""A symbol's market whose orders go to a venue: senses here, fills from there."""

from __future__ import annotations

from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Intent
from tools.execution.exchange import Exchange, News
from tools.execution.market import SymbolMarket


class RoutedMarket(SymbolMarket):
    """Senses, follows and the watched stop of one symbol; orders go to ``exchange``.

    Args:
        exchange: Hears of this symbol's orders alone.
        has_brackets: Whether the venue keeps a target and a stop in one order.
    """

    def __init__(
        self,
        instrument: Instrument,
        parameters: ParameterSet,
        exchange: Exchange,
        *,
        has_brackets: bool,
    ) -> None:
        super().__init__(instrument, parameters)
        self.has_brackets = has_brackets
        self._exchange = exchange

    def place(self, intent: Intent) -> None:
        """Send the order of a durable intent."""
        self._exchange.place(intent)

    def cancel(self, client_order_id: str, ts: int) -> None:
        """Ask for a cancel; fills may still arrive before it acts."""
        self._exchange.cancel(client_order_id, ts)

    def drain(self) -> News:
        """Everything said of this symbol's orders since the last call."""
        return self._exchange.drain()

    def settle(self, ts: int) -> None:
        """Nothing: a venue goes on after a session, and its word has to be waited for."""
        del ts
