"""What the gateway hears, sorted by symbol: each symbol's executor hears of its own orders alone."""

from __future__ import annotations

from collections import defaultdict

from tools.domain.trading import Fill, Intent, OrderUpdate
from tools.execution.exchange import Exchange, News


class SymbolExchange:
    """The exchange as one symbol sees it."""

    def __init__(self, whole: Exchange, symbols: dict[str, str]) -> None:
        self._whole = whole
        self._symbols = symbols
        self.updates: list[OrderUpdate] = []
        self.fills: list[Fill] = []

    def place(self, intent: Intent) -> None:
        """Send the order of a durable intent."""
        self._symbols[intent.client_order_id] = intent.symbol
        self._whole.place(intent)

    def cancel(self, client_order_id: str, ts: int) -> None:
        """Ask for a cancel."""
        self._whole.cancel(client_order_id, ts)

    def drain(self) -> News:
        """Everything said of this symbol since the last call."""
        said = News(tuple(self.updates), tuple(self.fills))
        self.updates, self.fills = [], []
        return said


class NewsDesk:
    """Sorts what ``whole`` says; orders are known by who placed them here.

    Args:
        whole: The exchange of every symbol.
    """

    def __init__(self, whole: Exchange) -> None:
        self._whole = whole
        self._symbols: dict[str, str] = {}
        self._exchanges: defaultdict[str, SymbolExchange] = defaultdict(
            lambda: SymbolExchange(self._whole, self._symbols)
        )

    def exchange(self, symbol: str) -> SymbolExchange:
        """The exchange of one symbol."""
        return self._exchanges[symbol]

    def sort(self) -> list[str]:
        """Take in what was said; the symbols it was about, in an order that every run has."""
        said = self._whole.drain()
        about: set[str] = set()
        for fill in said.fills:
            self._exchanges[fill.symbol].fills.append(fill)
            about.add(fill.symbol)
        for update in said.updates:
            symbol = self._symbols[update.client_order_id]
            self._exchanges[symbol].updates.append(update)
            about.add(symbol)
            if update.is_over:
                del self._symbols[update.client_order_id]
        return sorted(about)
