"""The least that reads at all: aiohttp, msgspec, floats and dictionaries; no check, no book to start from."""

from __future__ import annotations

import asyncio

import aiohttp
import msgspec

from benchmarks.feed.clients import Sheet
from benchmarks.feed.sides import BareFrame, bare_take
from benchmarks.loopback.plan import FIRST_MS, LoadPlan

A_CONNECTION = 25  # symbols, as many as Keeper's


async def run(address: str, plan: LoadPlan, sheet: Sheet) -> None:
    """Follow every stream."""
    async with aiohttp.ClientSession() as http:
        shards = [plan.names[at : at + A_CONNECTION] for at in range(0, plan.symbols, A_CONNECTION)]
        await asyncio.gather(*(_read(http, address, at, names, sheet) for at, names in enumerate(shards)))


async def _read(
    http: aiohttp.ClientSession, address: str, at: int, names: tuple[str, ...], sheet: Sheet
) -> None:
    decode = msgspec.json.Decoder(BareFrame).decode
    takes = {name: bare_take() for name in names}
    url = f"ws://{address}/stream/ws/{at}"
    async with http.ws_connect(url, decode_text=False) as ws:
        channels = [f"{name.lower()}@{kind}" for name in names for kind in ("depth@100ms", "trade")]
        await ws.send_json({"method": "SUBSCRIBE", "params": channels, "id": 1})
        async for message in ws:
            found = decode(message.data)
            if found.e:
                takes[found.s](found)
                sheet.handle(found.E - FIRST_MS)
                sheet.reach(found.E - FIRST_MS)
