"""User streams by listen key: what happens to an account's orders, wallet and positions."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from aiohttp import web

from venue.binance import events
from venue.engine.history import OrderState
from venue.futures import orders, replies
from venue.futures.desk import ASSET, FuturesDesk
from venue.futures.ledger import Filled
from venue.serving.desk import Market
from venue.serving.events import NS_A_MS, Event
from venue.serving.faults import USER_STREAM
from venue.serving.session import POLICY_VIOLATION, Session
from venue.serving.sockets import Sockets
from venue.serving.words import MODES, SIDES


class FuturesUsers:
    """Books fills into the ledger, and tells the owners' sockets."""

    def __init__(self, desk: FuturesDesk, sockets: Sockets) -> None:
        self._desk = desk
        self._sockets = sockets
        self._sessions: dict[Session, int] = {}
        self._traded: dict[int, dict[int, Market]] = {}
        desk.owners.append(self)

    def __len__(self) -> int:
        """How many sockets listen."""
        return len(self._sessions)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One socket; its listen key is in the query or the path."""
        key = request.query.get("listenKey", "") or request.match_info.get("key", "")

        def opened(session: Session) -> None:
            if key in self._desk.listen_keys:
                self._sessions[session] = self._desk.listen_keys[key]
            else:
                session.close_soon(POLICY_VIOLATION)

        return await self._sockets.serve(request, self._receive, self._forget, opened)

    def _receive(self, session: Session, text: str) -> None:
        """Nothing is asked on a user stream."""

    def _forget(self, session: Session) -> None:
        self._sessions.pop(session, None)

    def traded(self, market: Market, order: OrderState, event: Event, *, is_maker: bool) -> None:
        """Book a fill and tell of it; the wallet is told when the commands are over."""
        value = event.price * event.size * market.words.cost_units
        profit, fee = self._desk.ledger.book(
            Filled(
                account=order.account,
                market=market.number,
                trade=event.number,
                order=order.id,
                side=order.side,
                lots=event.size,
                value=value,
                is_maker=is_maker,
                ts=event.ts,
            )
        )
        told = events.traded(market.words, order, event, is_maker=is_maker)
        told |= {"n": self._desk.money(fee), "N": market.words.rules.quote, "rp": self._desk.money(profit)}
        self._report(market, order, event, told)
        self._traded.setdefault(order.account, {})[market.number] = market

    def changed(self, market: Market, order: OrderState, event: Event) -> None:
        """Tell of a change without a trade."""
        self._report(market, order, event, events.changed(order, event))

    def transferred(self, account: int, asset: str, event: Event) -> None:
        """Nothing: what lies at the engine is not the owner's (see ledger.py)."""

    def moved(self, account: int, assets: set[str]) -> None:
        """Tell wallet and positions after trades, and withdraw what may no longer be reduced."""
        markets = self._traded.pop(account, {})
        if not markets:
            return
        self._tell(account, self._account_update(account, list(markets.values())))
        if self._desk.ledger.wallets[account].reduce_only:
            # not here: somebody else's command may be in the middle of being told
            for market in markets.values():
                asyncio.get_running_loop().call_soon(orders.trim, self._desk, account, market)

    def _account_update(self, account: int, markets: list[Market]) -> dict[str, Any]:
        desk, now = self._desk, self._desk.now_ms()
        balance = desk.money(desk.ledger.wallets[account].balance)
        inner = {
            "m": "ORDER",
            "B": [{"a": ASSET, "wb": balance, "cw": balance, "bc": "0"}],
            "P": [self._position(account, market) for market in markets],
        }
        return {"e": "ACCOUNT_UPDATE", "E": now, "T": now, "a": inner}

    def _position(self, account: int, market: Market) -> dict[str, Any]:
        desk, held = self._desk, self._desk.ledger.wallets[account].position(market.number)
        return {
            "s": market.symbol,
            "pa": replies.signed_size(market.words, held.size),
            "ep": replies.entry_price(market.words, held),
            "bep": replies.entry_price(market.words, held),
            "cr": desk.money(held.realised),
            "up": desk.money(desk.ledger.unrealised(account, market.number)),
            "mt": "cross",
            "iw": "0",
            "ps": "BOTH",
        }

    def _report(self, market: Market, order: OrderState, event: Event, told: dict[str, Any]) -> None:
        words, wallet = market.words, self._desk.ledger.wallets[order.account]
        inner = {
            "s": market.symbol,
            "c": self._desk.client_id(order),
            "S": SIDES[order.side],
            "o": replies.kind_of(order),
            "ot": replies.kind_of(order),
            "f": replies.tif_of(order),
            "q": words.size(order.size),
            "p": words.price(order.price),
            "ap": replies.average(words, told["spent"], told["filled"]),
            "sp": words.price(0),
            "x": told["x"],
            "X": told["X"],
            "i": order.id,
            "l": told.get("l", words.size(0)),
            "z": words.size(told["filled"]),
            "L": told.get("L", words.price(0)),
            "n": told.get("n", "0"),
            "N": told.get("N", words.rules.quote),
            "T": event.ms,
            "t": told.get("t", 0),
            "b": "0",
            "a": "0",
            "m": told.get("m", False),
            "R": (market.number, order.id) in wallet.reduce_only,
            "wt": "CONTRACT_PRICE",
            "ps": "BOTH",
            "cp": False,
            "rp": told.get("rp", "0"),
            "pP": False,
            "V": MODES[order.stp],
        }
        self._tell(
            order.account, {"e": "ORDER_TRADE_UPDATE", "E": event.ms, "T": event.ts // NS_A_MS, "o": inner}
        )

    def _tell(self, account: int, payload: dict[str, Any]) -> None:
        for session, owner in list(self._sessions.items()):
            if owner == account:
                session.push(USER_STREAM, orjson.dumps(payload))
