"""Market streams of the futures venue: those of spot with the fields that differ."""

from __future__ import annotations

from typing import Any

from venue.binance.feeds import Feeds


class FuturesFeeds(Feeds):
    """Streams whose messages carry a transaction time, and whose depth names its predecessor."""

    def _emit(self, name: str, payload: Any) -> None:
        super()._emit(name, self._in_futures_words(name, payload))

    def _in_futures_words(self, name: str, payload: Any) -> Any:
        if isinstance(payload, list):
            return payload
        kind, now = payload.get("e"), self._desk.now_ms()
        if kind == "depthUpdate":
            return payload | {"T": payload["E"], "pu": payload["U"] - 1}
        if kind in ("trade", "aggTrade"):
            told = {key: value for key, value in payload.items() if key != "M"}
            return told | ({"X": "MARKET"} if kind == "trade" else {})
        if "lastUpdateId" in payload:
            return self._partial(name, payload, now)
        if kind is None:
            return {"e": "bookTicker", "E": now, "T": now} | payload
        return payload

    def _partial(self, name: str, payload: dict[str, Any], now: int) -> dict[str, Any]:
        update = payload["lastUpdateId"]
        return {
            "e": "depthUpdate",
            "E": now,
            "T": now,
            "s": name.partition("@")[0].upper(),
            "U": update,
            "u": update,
            "pu": update - 1,
            "b": payload["bids"],
            "a": payload["asks"],
        }
