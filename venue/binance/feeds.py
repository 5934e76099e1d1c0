"""Market streams: who listens to which, and what each of them is sent."""

from __future__ import annotations

from typing import Any

import orjson

from venue.binance import public
from venue.binance.channels import Channel, channel_of
from venue.binance.desk import Desk
from venue.binance.flows import CandleFlow, DepthFlow, Flow, PartialFlow, TickerFlow
from venue.serving.beats import Beats
from venue.serving.desk import Market
from venue.serving.events import Event
from venue.serving.prints import Aggregate, Print
from venue.serving.session import Session


class Feeds:
    """The streams that have listeners; ``is_wrapped`` sessions get the stream's name, too.

    Where it ``is_prompt``, depth does not wait for its beat: each batch of the wire is a message.
    """

    def __init__(self, desk: Desk, *, kline_ms: int = 2_000, is_prompt: bool = False) -> None:
        self._desk = desk
        self._kline_ms = kline_ms
        self._is_prompt = is_prompt
        self._listeners: dict[str, dict[Session, None]] = {}
        self._wrapped: set[Session] = set()
        self._flows: dict[int, dict[str, Flow]] = {}
        self._depths: dict[int, dict[str, DepthFlow]] = {}
        self._tops: dict[int, dict[str, Any]] = {}
        self._beats = Beats(self.beat)
        desk.audience.append(self)

    def heard(self) -> list[str]:
        """The streams that anybody hears."""
        return list(self._listeners)

    def channel(self, name: str) -> Channel | None:
        """The stream of that name, where it and its symbol exist."""
        channel = channel_of(name, self._kline_ms)
        if channel is not None and channel.symbol and channel.symbol not in self._desk.by_symbol:
            return None
        return channel

    def wrap(self, session: Session, *, is_wrapped: bool) -> None:
        """Whether a session wants the stream's name around every message."""
        if is_wrapped:
            self._wrapped.add(session)
        else:
            self._wrapped.discard(session)

    def is_wrapped(self, session: Session) -> bool:
        """Whether it does."""
        return session in self._wrapped

    def subscribe(self, session: Session, channel: Channel) -> None:
        """Let a session hear a stream."""
        listeners = self._listeners.setdefault(channel.name, {})
        if not listeners and channel.period_ms:
            self._start(channel)
        listeners[session] = None

    def unsubscribe(self, session: Session, name: str) -> None:
        """Let a session hear it no longer; a stream without listeners ends."""
        listeners = self._listeners.get(name, {})
        listeners.pop(session, None)
        if listeners:
            return
        self._listeners.pop(name, None)
        for flows in self._flows.values():
            flows.pop(name, None)
        for depths in self._depths.values():
            depths.pop(name, None)

    def forget(self, session: Session) -> None:
        """A session is gone."""
        for name in self.of(session):
            self.unsubscribe(session, name)
        self._wrapped.discard(session)

    def of(self, session: Session) -> list[str]:
        """The streams a session hears."""
        return [name for name, listeners in self._listeners.items() if session in listeners]

    def _start(self, channel: Channel) -> None:
        self._flows.setdefault(channel.period_ms, {})[channel.name] = self._flow(channel)
        self._beats.need(channel.period_ms)

    def _flow(self, channel: Channel) -> Flow:
        desk = self._desk
        markets = [desk.by_symbol[channel.symbol]] if channel.symbol else desk.markets
        if channel.kind in ("ticker", "miniTicker"):
            is_mini = channel.kind == "miniTicker"
            return TickerFlow(desk, markets, is_mini=is_mini, is_list=not channel.symbol)
        market = markets[0]
        if channel.kind == "kline":
            return CandleFlow(desk, market, channel)
        if channel.kind == "partial":
            return PartialFlow(market, channel.levels)
        flow = DepthFlow(desk, market)
        self._depths.setdefault(market.number, {})[channel.name] = flow
        return flow

    def beat(self, period_ms: int) -> None:
        """Send what the streams of a period have to say."""
        for name, flow in list(self._flows.get(period_ms, {}).items()):
            for payload in flow.beat():
                self._emit(name, payload)

    def _emit(self, name: str, payload: Any) -> None:
        raw = orjson.dumps(payload)
        wrapped = b""
        for session in list(self._listeners.get(name, ())):
            if session in self._wrapped:
                wrapped = wrapped or b'{"stream":"' + name.encode() + b'","data":' + raw + b"}"
                session.push(name, wrapped)
            else:
                session.push(name, raw)

    def printed(self, market: Market, trade: Print) -> None:
        """Send a trade."""
        name = f"{market.symbol.lower()}@trade"
        if name not in self._listeners:
            return
        words = market.words
        payload = {
            "e": "trade",
            "E": self._desk.now_ms(),
            "s": market.symbol,
            "t": trade.id,
            "p": words.price(trade.price),
            "q": words.size(trade.size),
            "T": trade.ms,
            "m": trade.is_buyer_maker,
            "M": True,
        }
        self._emit(name, payload)

    def level_changed(self, market: Market, event: Event) -> None:
        """Let every depth stream of the market know."""
        if event.side > 1:
            return
        for flow in self._depths.get(market.number, {}).values():
            flow.change(event.side, event.price, event.size, event.number)

    def batch_over(self, market: Market, aggregates: list[Aggregate]) -> None:
        """Send aggregate trades, and the best prices where they moved."""
        if self._is_prompt:
            self._hurry(market)
        name = f"{market.symbol.lower()}@aggTrade"
        if name in self._listeners:
            for one in aggregates:
                self._emit(name, self._aggregate(market, one))
        name = f"{market.symbol.lower()}@bookTicker"
        if name in self._listeners:
            best = public.best(market)
            if self._tops.get(market.number) != best:
                self._tops[market.number] = best
                keys = {"s": "symbol", "b": "bidPrice", "B": "bidQty", "a": "askPrice", "A": "askQty"}
                payload = {letter: best[key] for letter, key in keys.items()}
                self._emit(name, {"u": market.book(1).update_id} | payload)

    def _hurry(self, market: Market) -> None:
        for name, flow in list(self._depths.get(market.number, {}).items()):
            for payload in flow.beat():
                self._emit(name, payload)

    def _aggregate(self, market: Market, one: Aggregate) -> dict[str, Any]:
        return {
            "e": "aggTrade",
            "E": self._desk.now_ms(),
            "s": market.symbol,
            "a": one.id,
            "p": market.words.price(one.price),
            "q": market.words.size(one.size),
            "f": one.first,
            "l": one.last,
            "T": one.ms,
            "m": one.is_buyer_maker,
            "M": True,
        }

    def close(self) -> None:
        """Stop all beats."""
        self._beats.close()
