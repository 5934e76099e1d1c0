"""The client library as the order path uses it: the calls of a ccxt client that are made, and no others."""

from __future__ import annotations

from typing import Any, Protocol


class Client(Protocol):
    """What is used of a ccxt client."""

    async def create_order(self, symbol: str, kind: str, side: str, /, *args: Any) -> Any:
        """Place an order."""
        ...

    async def cancel_order(self, order_id: Any, symbol: str, params: Any, /) -> Any:
        """Cancel an order."""
        ...

    async def fetch_order(self, order_id: Any, symbol: str, params: Any, /) -> Any:
        """One order."""
        ...

    async def fetch_open_orders(self, symbol: str, since: Any = None, limit: Any = None) -> Any:
        """The open orders of a symbol."""
        ...

    async def fetch_my_trades(
        self, symbol: str, since: Any = None, limit: Any = None, params: Any = ...
    ) -> Any:
        """Our trades on a symbol."""
        ...

    async def fetch_balance(self, params: Any = ...) -> Any:
        """The account's balances."""
        ...

    async def load_time_difference(self, params: Any = ...) -> Any:
        """Measure how far our clock is from the venue's."""
        ...

    async def watch_my_trades(self) -> Any:
        """Wait for new trades of ours."""
        ...

    async def private_post_orderlist_oco(self, params: Any, /) -> Any:
        """Place two orders of which one ends the other."""
        ...

    async def private_delete_orderlist(self, params: Any, /) -> Any:
        """Cancel both."""
        ...

    def parse_order(self, reply: Any, market: Any = None, /) -> Any:
        """A venue's order in the client library's structure."""
        ...
