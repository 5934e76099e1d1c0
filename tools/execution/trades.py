"""The trade ledger: executions counted by trade id, each exactly once, however often they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from tools.domain.market import Instrument
from tools.domain.trading import Fill, Intent
from tools.execution.wire import Trade

Rate = Callable[[str, str], Decimal | None]


def no_rate(asset: str, quote: str) -> Decimal | None:
    """Nothing is known of any asset's worth."""
    del asset, quote
    return None


class TradeLedger:
    """Which trades are known, and what they make of our orders.

    Args:
        rate: Worth of one unit of an asset in a quote currency; for fees taken in a third asset.
    """

    def __init__(self, rate: Rate = no_rate) -> None:
        self._rate = rate
        self._known: set[tuple[str, str]] = set()
        self._filled: dict[str, int] = {}
        self.unvalued: dict[str, Decimal] = {}

    def know(self, fills: Iterable[Fill]) -> None:
        """Fills that memory holds already: they count, and are not told again."""
        for fill in fills:
            if self._admit(fill.symbol, fill.trade_id):
                self._count(fill.client_order_id, fill.size)

    def filled(self, client_order_id: str) -> int:
        """The sum of an order's known executions, size units."""
        return self._filled.get(client_order_id, 0)

    def take(self, trade: Trade, intent: Intent, instrument: Instrument) -> Fill | None:
        """The fill that ``trade`` is for the order of ``intent``; None if it is known already."""
        if not self._admit(intent.symbol, trade.trade_id):
            return None
        self._count(intent.client_order_id, trade.size)
        in_quote = trade.fee_asset in ("", instrument.quote)
        return Fill(
            trade_id=trade_key(intent.symbol, trade.trade_id),
            client_order_id=intent.client_order_id,
            decision_id=intent.decision_id,
            run_id=intent.run_id,
            world=intent.world,
            symbol=intent.symbol,
            venue=intent.venue,
            side=intent.side,
            price=trade.price,
            size=trade.size,
            fee_quote=self._fee_quote(trade, instrument),
            is_maker=trade.is_maker,
            ts=trade.ts,
            fee_asset="" if in_quote else trade.fee_asset,
            fee_amount=Decimal(0) if in_quote else trade.fee,
        )

    def _admit(self, symbol: str, trade_id: str) -> bool:
        key = (symbol, trade_key(symbol, trade_id))
        if key in self._known:
            return False
        self._known.add(key)
        return True

    def _count(self, client_order_id: str, size: int) -> None:
        self._filled[client_order_id] = self.filled(client_order_id) + size

    def _fee_quote(self, trade: Trade, instrument: Instrument) -> Decimal:
        """The fee's worth in quote; what has no known worth is kept apart, never silently nothing."""
        if trade.fee_asset in ("", instrument.quote):
            return trade.fee
        if trade.fee_asset == instrument.base:
            return trade.fee * trade.price / 10**8
        rate = self._rate(trade.fee_asset, instrument.quote)
        if rate is None:
            self.unvalued[trade.fee_asset] = self.unvalued.get(trade.fee_asset, Decimal(0)) + trade.fee
            return Decimal(0)
        return trade.fee * rate


def trade_key(symbol: str, trade_id: str) -> str:
    """A trade id that is unique on its venue: venues number trades a symbol."""
    return trade_id if trade_id.startswith(f"{symbol}:") else f"{symbol}:{trade_id}"
