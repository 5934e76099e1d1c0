"""The least that reads at all: aiohttp, a decoder, floats, dictionaries; no check, no first book."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp
import msgspec

from benchmarks.feed.clients import Sheet
from benchmarks.feed.sides import BareFrame, bare_push, bare_take, parse_push
from benchmarks.loopback.plan import FIRST_MS, LoadPlan
from tools.market.endpoints import endpoint_of

Read = Callable[[Any], int]


async def run(address: str, plan: LoadPlan, sheet: Sheet) -> None:
    """Follow every stream, on as many connections as Keeper."""
    endpoint = endpoint_of(plan.venue, f"http://{address}")
    a_connection = endpoint.streams_per_connection // 2
    shards = [plan.names[at : at + a_connection] for at in range(0, plan.symbols, a_connection)]
    wire = endpoint.wire()
    async with aiohttp.ClientSession() as http:
        reads = []
        for at, names in enumerate(shards):
            channels = [channel for name in names for channel in wire.channels(name)]
            asked = wire.subscribe(channels, 1)
            read = json_reader(names) if plan.venue == "binance" else proto_reader(names)
            reads.append(_follow(http, endpoint.stream_url(at), asked, read, sheet))
        await asyncio.gather(*reads)


async def _follow(http: aiohttp.ClientSession, url: str, asked: str, read: Read, sheet: Sheet) -> None:
    async with http.ws_connect(url, decode_text=False) as ws:
        await ws.send_str(asked)
        async for message in ws:
            ms = read(message.data)
            if ms:
                sheet.handle(ms - FIRST_MS)
                sheet.reach(ms - FIRST_MS)


def json_reader(names: Sequence[str]) -> Read:
    """Take a frame of Binance's in; returns its venue time, 0 for what is no market data."""
    decode = msgspec.json.Decoder(BareFrame).decode
    takes = {name: bare_take() for name in names}

    def read(data: Any) -> int:
        found = decode(data)
        if found.e:
            takes[found.s](found)
        return found.E

    return read


def proto_reader(names: Sequence[str]) -> Read:
    """The same for a frame of MEXC's."""
    takes = {name: bare_push() for name in names}

    def read(data: Any) -> int:
        if data[:1] == b"{":
            return 0
        push = parse_push(data)
        takes[push.symbol](push)
        return int(push.sendTime)

    return read
