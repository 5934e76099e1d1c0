"""Public streams: who listens to which, and what each of them is sent."""

from __future__ import annotations

from venue.mexc.channels import Channel, channel_of
from venue.mexc.desk import Desk
from venue.mexc.flows import BookTickerFlow, CandleFlow, DealsFlow, DepthFlow, Flow
from venue.mexc.frames import push
from venue.serving.beats import Beats
from venue.serving.desk import Market
from venue.serving.events import Event
from venue.serving.prints import Aggregate, Print
from venue.serving.session import Session


class Feeds:
    """The streams that have listeners."""

    def __init__(self, desk: Desk, *, kline_ms: int = 2_000) -> None:
        self._desk = desk
        self._kline_ms = kline_ms
        self._listeners: dict[str, dict[Session, None]] = {}
        self._channels: dict[str, Channel] = {}
        self._flows: dict[str, Flow] = {}
        self._beats = Beats(self.beat)
        desk.audience.append(self)

    def channel(self, name: str) -> Channel | None:
        """The stream of that name, where it and its symbol exist."""
        channel = channel_of(name, self._kline_ms)
        return channel if channel is not None and channel.symbol in self._desk.by_symbol else None

    def subscribe(self, session: Session, channel: Channel) -> None:
        """Let a session hear a stream."""
        if channel.name not in self._flows:
            self._channels[channel.name] = channel
            self._flows[channel.name] = self._flow(channel)
            self._beats.need(channel.period_ms)
        self._listeners.setdefault(channel.name, {})[session] = None

    def unsubscribe(self, session: Session, name: str) -> None:
        """Let a session hear it no longer; a stream without listeners ends."""
        listeners = self._listeners.get(name, {})
        listeners.pop(session, None)
        if not listeners:
            for part in (self._listeners, self._channels, self._flows):
                part.pop(name, None)

    def forget(self, session: Session) -> None:
        """A session is gone."""
        for name in self.of(session):
            self.unsubscribe(session, name)

    def of(self, session: Session) -> list[str]:
        """The streams a session hears."""
        return [name for name, listeners in self._listeners.items() if session in listeners]

    def _flow(self, channel: Channel) -> Flow:
        market = self._desk.by_symbol[channel.symbol]
        if channel.kind == "depth":
            return DepthFlow(market, channel)
        if channel.kind == "deals":
            return DealsFlow(market, channel)
        if channel.kind == "bookTicker":
            return BookTickerFlow(market)
        return CandleFlow(self._desk, market, channel)

    def beat(self, period_ms: int) -> None:
        """Send what the streams of a period have to say."""
        for name, flow in list(self._flows.items()):
            channel = self._channels[name]
            if channel.period_ms != period_ms:
                continue
            for body in flow.beat():
                message = push(name, channel.symbol, self._desk.now_ms(), body)
                for session in list(self._listeners[name]):
                    session.push(name, message)

    def printed(self, market: Market, trade: Print) -> None:
        """Keep a trade for the next beat."""
        for name, flow in self._flows.items():
            if isinstance(flow, DealsFlow) and self._channels[name].symbol == market.symbol:
                flow.trades.append(trade)

    def level_changed(self, market: Market, event: Event) -> None:
        """Let every depth stream of the market know; the engine tells of levels in the book alone."""
        for name, flow in self._flows.items():
            if isinstance(flow, DepthFlow) and self._channels[name].symbol == market.symbol:
                flow.changes.add(event.side, event.price, event.size, event.number)

    def batch_over(self, market: Market, aggregates: list[Aggregate]) -> None:
        """Nothing: everything goes out at a beat."""

    def close(self) -> None:
        """Stop all beats."""
        self._beats.close()
