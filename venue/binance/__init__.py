"""Binance spot as its clients see it: REST, market streams and the WebSocket API, on one engine."""

from __future__ import annotations
