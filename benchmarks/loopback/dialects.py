"""How each venue tells of a change, of a trade, and of a subscription, as packets of a WebSocket."""

from __future__ import annotations

from typing import Any, Protocol

from ccxt.protobuf.mexc import PushDataV3ApiWrapper_pb2

Changed = list[tuple[str, str]]  # price and size as text
TEXT, BINARY = 0x81, 0x82


def packet(body: bytes, opcode: int) -> bytes:
    """``body`` as one unmasked WebSocket frame."""
    if len(body) < 126:
        return bytes((opcode, len(body))) + body
    if len(body) < 1 << 16:
        return bytes((opcode, 126)) + len(body).to_bytes(2, "big") + body
    return bytes((opcode, 127)) + len(body).to_bytes(8, "big") + body


class Dialect(Protocol):
    """A venue's language, as its server speaks it."""

    path: str

    def depth(self, name: str, first: int, last: int, ms: int, sides: tuple[Changed, Changed]) -> bytes:
        """Changes of bids and asks that lead to version ``last``."""
        ...

    def trade(self, name: str, number: int, ms: int, price: str, size: str, *, sold: bool) -> bytes:
        """One public trade."""
        ...

    def stream(self, channel: str) -> tuple[str, bool]:
        """The symbol that ``channel`` is about, and whether it carries trades."""
        ...

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What a client's message is answered with."""
        ...


class Binance:
    """Binance spot."""

    path = "/stream/ws/{number}"

    def depth(self, name: str, first: int, last: int, ms: int, sides: tuple[Changed, Changed]) -> bytes:
        """A depthUpdate."""
        bids, asks = (",".join(f'["{price}","{size}"]' for price, size in side) for side in sides)
        text = f'{{"e":"depthUpdate","E":{ms},"s":"{name}","U":{first},"u":{last},"b":[{bids}],"a":[{asks}]}}'
        return packet(text.encode(), TEXT)

    def trade(self, name: str, number: int, ms: int, price: str, size: str, *, sold: bool) -> bytes:
        """A trade, numbered."""
        maker = "true" if sold else "false"
        text = f'{{"e":"trade","E":{ms},"s":"{name}","t":{number},"p":"{price}","q":"{size}"'
        return packet(f'{text},"T":{ms},"m":{maker},"M":true}}'.encode(), TEXT)

    def stream(self, channel: str) -> tuple[str, bool]:
        """For example ``c00usdt@trade``."""
        name, _, kind = channel.partition("@")
        return name.upper(), kind == "trade"

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """An acknowledgement with the number of the request."""
        return {"result": None, "id": asked["id"]}


class Mexc:
    """MEXC spot."""

    path = "/ws"

    def depth(self, name: str, first: int, last: int, ms: int, sides: tuple[Changed, Changed]) -> bytes:
        """A push of aggregated depth."""
        push = self._push("depth", name, ms)
        body = push.publicAggreDepths
        for items, side in ((body.bids, sides[0]), (body.asks, sides[1])):
            for price, size in side:
                items.add(price=price, quantity=size)
        body.fromVersion, body.toVersion = str(first), str(last)
        return packet(push.SerializeToString(), BINARY)

    def trade(self, name: str, number: int, ms: int, price: str, size: str, *, sold: bool) -> bytes:
        """A push of one deal; MEXC does not number them."""
        push = self._push("deals", name, ms)
        push.publicAggreDeals.deals.add(price=price, quantity=size, tradeType=1 + sold, time=ms)
        return packet(push.SerializeToString(), BINARY)

    def stream(self, channel: str) -> tuple[str, bool]:
        """For example ``spot@public.aggre.deals.v3.api.pb@100ms@C00USDT``."""
        return channel.rpartition("@")[2], ".deals." in channel

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """An acknowledgement, or the answer to a ping."""
        said = "PONG" if asked["method"].lower() == "ping" else ",".join(asked["params"])
        return {"id": asked.get("id", 0), "code": 0, "msg": said}

    def _push(self, kind: str, name: str, ms: int) -> Any:
        channel = f"spot@public.aggre.{kind}.v3.api.pb@100ms@{name}"
        return PushDataV3ApiWrapper_pb2.PushDataV3ApiWrapper(channel=channel, symbol=name, sendTime=ms)


DIALECTS: dict[str, Dialect] = {"binance": Binance(), "mexc": Mexc()}
