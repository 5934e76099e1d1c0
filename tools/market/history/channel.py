"""One line to a venue: requests that only read, within a budget, asked again when the way fails.

ccxt sends and sorts errors into classes; its own queue and its own retries are off, because they know
neither the venue's counter nor how long it asked to be left alone. Nothing here changes anything at the
venue, so that asking twice is harmless.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from tools.domain.clock import Clock, Stopwatch
from tools.domain.errors import KeeperError
from tools.domain.market import NANOS
from tools.market.history.budget import WeightBudget

TOO_MANY = (418, 429)
SHUT_OUT = 403  # where it comes with the time after which to come back
MINUTE_NS = 60 * NANOS
USED_WEIGHT = ("x-mbx-used-weight-1m", "x-mbx-used-weight")
Answer = TypeVar("Answer")


class VenueUnreachable(KeeperError):
    """The venue could not be asked, or did not answer anything usable, however often we tried."""


class VenueRefused(KeeperError):
    """The venue answered, and the answer is no."""


class Malformed(Exception):
    """An answer that is not what the venue promises; the next may be."""


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """How much may be asked and how patient to be.

    Attributes:
        weight_per_minute: Most request weight in any minute.
        venue_share: Part of the venue's own limit at which its counter makes us wait for its next minute;
            the rest is left to whoever else uses this address.
        first_tries: Tries before the venue has ever answered: a wrong address should be told soon.
        tries: Tries of any later request.
        backoff_s: Pause after the first failure; it doubles with each.
        most_backoff_s: Longest such pause.
        usual_wait_s: How long to be quiet where the venue says stop but not for how long.
        longest_wait_s: Longest time asked for by the venue that is worth waiting.
        timeout_s: Silence that counts as a failure.
    """

    weight_per_minute: int = 1_200
    venue_share: float = 0.8
    first_tries: int = 4
    tries: int = 9
    backoff_s: float = 0.5
    most_backoff_s: float = 30.0
    usual_wait_s: float = 60.0
    longest_wait_s: float = 900.0
    timeout_s: float = 20.0


@dataclass(slots=True)
class ChannelCounts:
    """What was asked and what became of it."""

    requests: int = 0
    weight: int = 0
    retries: int = 0
    limited: int = 0  # answered 429 or 418
    paused: int = 0  # for the venue's own counter


@dataclass(frozen=True, slots=True)
class Heard:
    """Status and headers of an answer; status 0 where there was none."""

    status: int
    headers: Mapping[str, str]

    def number(self, *names: str) -> float | None:
        """The first of the headers that is there, where it is a number."""
        lower = {name.lower(): value for name, value in self.headers.items()}
        found = next((lower[name] for name in names if name in lower), "")
        return float(found) if found.isascii() and found.isdigit() else None


class Channel:
    """Asks one venue through a ccxt client, one request after the other."""

    def __init__(
        self,
        client: Any,
        library: Any,
        *,
        venue: str,
        config: ChannelConfig,
        clock: Clock,
        stopwatch: Stopwatch,
        rng: np.random.Generator,
        complain: Callable[[str], None],
    ) -> None:
        self.client = client
        self.counts = ChannelCounts()
        self.venue_limit = 0  # weight a minute; 0 until the venue has told
        self.offset_ns = 0  # of the venue's clock against ours
        self._library = library
        self._venue = venue
        self._config = config
        self._clock = clock
        self._rng = rng
        self._complain = complain
        self._budget = WeightBudget(config.weight_per_minute, stopwatch)
        self._has_answered = False
        self._heard = Heard(0, {})
        client.on_rest_response = self._hear
        self._turn = asyncio.Lock()

    async def ask(
        self, what: str, weight: int, send: Callable[[], Awaitable[Any]], read: Callable[[Any], Answer]
    ) -> Answer:
        """What ``read`` makes of the answer to ``send``.

        Args:
            what: The request, for messages.
            weight: What it costs at the venue.
            send: Makes the request.
            read: Turns the answer into what is wanted; raises ``Malformed`` where it is none.

        Raises:
            VenueUnreachable: No usable answer came.
            VenueRefused: The venue refused.
        """
        async with self._turn:
            failures = 0
            while True:
                try:
                    return await self._once(weight, send, read)
                except (self._library.BaseError, Malformed) as error:
                    failures += 1
                    await self._after(what, failures, error)

    async def _once(
        self, weight: int, send: Callable[[], Awaitable[Any]], read: Callable[[Any], Answer]
    ) -> Answer:
        await self._budget.spend(weight)
        self.counts.requests += 1
        self.counts.weight += weight
        self._heard = Heard(0, {})
        try:
            answer = await send()
        finally:
            self._obey_counter()
        self._has_answered = True
        return read(answer)

    def _hear(self, status: int, reason: str, url: str, method: str, headers: Any, body: str, *_: Any) -> str:
        """What ccxt calls with every answer before it judges it."""
        self._heard = Heard(int(status), headers)
        return body.strip()

    def _obey_counter(self) -> None:
        used = self._heard.number(*USED_WEIGHT)
        if used is None or not self.venue_limit or used < self.venue_limit * self._config.venue_share:
            return
        self.counts.paused += 1
        left_ns = MINUTE_NS - (self._clock.now() + self.offset_ns) % MINUTE_NS
        self._budget.pause(left_ns / NANOS + 0.5)
        self._complain(
            f"{self._venue} counts {used:,.0f} of {self.venue_limit:,} request weight at this address; "
            f"waiting {left_ns / NANOS:.0f} s for its next minute"
        )

    async def _after(self, what: str, failures: int, error: Exception) -> None:
        """Wait as long as the failure asks for, or give up."""
        status = self._heard.status
        if status in TOO_MANY or (status == SHUT_OUT and self._heard.number("retry-after") is not None):
            self.counts.limited += 1
            self._wait_as_told(what, failures)
        elif not self._is_passing(error, status):
            raise self._refusal(what, error) from error
        elif failures >= (self._config.tries if self._has_answered else self._config.first_tries):
            raise VenueUnreachable(
                f"{self._venue} gave no usable answer to {what} in {failures} tries; the last: "
                f"{_first_line(error)}"
            ) from error
        else:
            self.counts.retries += 1
            await asyncio.sleep(self._backoff_s(failures))

    def _wait_as_told(self, what: str, failures: int) -> None:
        told = self._heard.number("retry-after")
        seconds = self._config.usual_wait_s if told is None else max(told, 0.05)
        if seconds > self._config.longest_wait_s or failures > self._config.tries:
            raise VenueRefused(
                f"{self._venue} has shut out this address (HTTP {self._heard.status}) for {seconds:,.0f} s; "
                f"{what} was not answered. Start again after that, from where it stopped"
            )
        self._budget.pause(seconds)
        self._complain(f"{self._venue} answered HTTP {self._heard.status}; quiet for {seconds:.0f} s")

    def _is_passing(self, error: Exception, status: int) -> bool:
        """Whether the same request may succeed later: no answer, half an answer, or a fault of theirs."""
        if isinstance(error, self._library.BadSymbol):
            return False
        is_fault = isinstance(error, Malformed | self._library.OperationFailed)
        return is_fault or status == 0 or status >= 500

    def _refusal(self, what: str, error: Exception) -> KeeperError:
        return VenueRefused(f"{self._venue} refused {what}: {_first_line(error)}")

    def _backoff_s(self, failures: int) -> float:
        longest = min(self._config.most_backoff_s, self._config.backoff_s * 2.0 ** min(failures - 1, 30))
        return float(longest * (0.5 + 0.5 * self._rng.random()))


def _first_line(error: BaseException) -> str:
    cause = error.__cause__
    said = next(iter(str(error).splitlines()), "")[:200]
    because = next(iter(str(cause).splitlines()), "")[:120] if cause is not None else ""
    return f"{type(error).__name__} {said}" + (f" ({because})" if because else "")
