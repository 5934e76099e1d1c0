"""Shows recordings at a pace: their own, a multiple of it, or that of the clients that read.

A stamp is moved so that the tape begins now, and divided by the speed, so that it never lies
ahead of the venue's own clock and distances stay in proportion.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from venue.clock import Clock
from venue.tape.exchange import Shown
from venue.tape.recording import Recording
from venue.tape.steps import Step, steps
from venue.wire import Wire

NS_A_US = 1_000
LONGEST_NAP_S = 0.05
MOST_BEHIND = 256  # messages a client may have waiting before an unhurried tape goes on
NAP_S = 0.001


class TapeClock:
    """The wall's time; while something recorded is told, the time of that."""

    def __init__(self, wall: Clock) -> None:
        self.wall = wall
        self.told: int | None = None

    def now(self) -> int:
        """The present."""
        return self.wall.now() if self.told is None else self.told


@dataclass(frozen=True, slots=True)
class Track:
    """One symbol's recording, its book, and the receiver's time that counts as its beginning, us."""

    recording: Recording
    shown: Shown
    zero: int


class Player:
    """Plays all tracks as one.

    Args:
        speed: 1 is as recorded; None is as fast as clients read, and while nobody does not at all.
        is_wanted: Whether anybody listens and nobody is far behind, for a tape without a speed.
        is_held: Whether it waits for ``let_go`` before the first step.
    """

    def __init__(
        self,
        wire: Wire,
        clock: TapeClock,
        tracks: Sequence[Track],
        *,
        speed: float | None,
        is_wanted: Callable[[], bool],
        is_held: bool = False,
    ) -> None:
        self._wire = wire
        self._clock = clock
        self._tracks = tracks
        self._speed = speed
        self._is_wanted = is_wanted
        self._go = asyncio.Event()
        if not is_held:
            self._go.set()
        self._start = 0
        self._steps = heapq.merge(
            *(_on_track(number, track) for number, track in enumerate(tracks)), key=lambda due: due[0]
        )
        self.n_shown = 0
        self.at_us = 0
        self.is_over = False

    def open_books(self) -> None:
        """Show the first snapshot of every book, before anybody is let in."""
        for track in self._tracks:
            opening = next(step for step in steps(track.recording) if step.is_snapshot)
            self._change(track, opening, self._clock.now())

    def let_go(self) -> None:
        """Begin, where it was held."""
        self._go.set()

    def described(self) -> dict[str, Any]:
        """Where it is."""
        return {
            "speed": self._speed or "max",
            "is_held": not self._go.is_set(),
            "is_over": self.is_over,
            "steps_shown": self.n_shown,
            "seconds_in": self.at_us / 1e6,
            "seconds_long": self.length_us / 1e6,
        }

    @property
    def length_us(self) -> int:
        """From the first step to the last."""
        return max(track.recording.last - track.zero for track in self._tracks)

    async def run(self) -> None:
        """Play to the end."""
        await self._go.wait()
        self._start = self._clock.wall.now()
        for offset, number, step in self._steps:
            await self._wait(offset)
            self._show(self._tracks[number], step)
            self.n_shown += 1
            self.at_us = offset
        self.is_over = True

    async def _wait(self, offset_us: int) -> None:
        await asyncio.sleep(0)  # clients are served even where the tape never has to wait
        if self._speed is None:
            while not self._is_wanted():
                await asyncio.sleep(NAP_S)
            return
        due = self._start + round(offset_us * NS_A_US / self._speed)
        while (left := due - self._clock.wall.now()) > 0:
            await asyncio.sleep(min(left / 1e9, LONGEST_NAP_S))

    def _stamp(self, track: Track, step: Step) -> int:
        """When the venue says that it happened."""
        if self._speed is None:
            return self._clock.wall.now()
        since = step.ts - track.zero + (track.recording.delay or 0)
        return self._start + round(since * NS_A_US / self._speed)

    def _show(self, track: Track, step: Step) -> None:
        ts = self._clock.told = self._stamp(track, step)
        try:
            if step.print is not None:
                row = step.print
                number = row.id if row.id >= 0 else self.n_shown + 1
                self._wire.publish(track.shown.trade(row, number, ts))
            else:
                self._change(track, step, ts)
        finally:
            self._clock.told = None

    def _change(self, track: Track, step: Step, ts: int) -> None:
        shown, rows = track.shown, step.changes
        changes = shown.replacing(rows) if step.is_snapshot else shown.in_steps(rows)
        self._wire.publish(shown.change(changes, ts))


def _on_track(number: int, track: Track) -> Iterator[tuple[int, int, Step]]:
    """A recording's steps with their distance from its beginning."""
    for step in steps(track.recording):
        yield step.local - track.zero, number, step


def beginnings(recordings: Sequence[Recording]) -> list[int]:
    """The time that counts as the beginning of each: recordings that overlap keep their distance."""
    order = sorted(range(len(recordings)), key=lambda i: recordings[i].first)
    zeros = [0] * len(recordings)
    zero = end = -1
    for i in order:
        if recordings[i].first > end:
            zero = recordings[i].first
        end = max(end, recordings[i].last)
        zeros[i] = zero
    return zeros
