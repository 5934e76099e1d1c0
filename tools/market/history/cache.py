"""Answers that may be used again for a while, each with the time it was fetched and where from."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import orjson

from tools.domain.clock import Clock
from tools.domain.market import NANOS
from tools.market.history.files import write_whole

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Fetched(Generic[Value]):
    """A value, when it was fetched (ns UTC), and whether that was just now."""

    value: Value
    at: int
    is_fresh: bool


class Cache:
    """A folder of answers of one venue; those of different hosts are never mixed up."""

    def __init__(self, folder: Path, clock: Clock, *, venue: str, host: str | None) -> None:
        self._folder = folder
        self._clock = clock
        self._source = f"{venue} {host or 'live'}"

    async def get(
        self,
        name: str,
        max_age_s: float,
        *,
        fetch: Callable[[], Awaitable[Value]],
        pack: Callable[[Value], object],
        unpack: Callable[[Any], Value],
    ) -> Fetched[Value]:
        """What is kept as ``name`` if it is young enough, else what ``fetch`` brings, kept from now on."""
        path = self._folder / f"{re.sub(r'[^A-Za-z0-9]+', '-', self._source)}-{name}.json"
        kept = self._read(path, max_age_s, unpack)
        if kept is not None:
            return kept
        value = await fetch()
        at = self._clock.now()
        document = {"source": self._source, "fetched_at": at, "value": pack(value)}
        write_whole(path, lambda part: _write(part, orjson.dumps(document)))
        return Fetched(value, at, True)

    def _read(self, path: Path, max_age_s: float, unpack: Callable[[Any], Value]) -> Fetched[Value] | None:
        """A cache that cannot be used is one that is not there: it is fetched again."""
        try:
            document = orjson.loads(path.read_bytes())
            at = int(document["fetched_at"])
            is_young = 0 <= self._clock.now() - at < max_age_s * NANOS
            if document["source"] != self._source or not is_young:
                return None
            return Fetched(unpack(document["value"]), at, False)
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
