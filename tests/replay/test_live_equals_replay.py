"""However the events come in, in large chunks, in frames or paced by a clock, the record is the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import scheduler.live
from scheduler.cycle import DecisionCycle
from scheduler.live import Stop, place_in_time, play
from scheduler.replay import chunks
from tests.support.replays import before, record_of
from tests.support.senses import BUNDLED, instrument_of, opening
from tools.domain.market import NANOS
from tools.market.events import Events

SECONDS = 100


class FakeClock:
    """A clock that only moves when it is slept on, and never exactly as asked."""

    def __init__(self, seed: int) -> None:
        self._now = 1_800_000_000 * NANOS
        self._rng = np.random.default_rng(seed)

    def now(self) -> int:
        return self._now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0, "the loop would spin"
        self._now += int(seconds * NANOS * self._rng.uniform(1.0, 3.0))


def in_frames(seed: int) -> Callable[[DecisionCycle, Events], None]:
    """Batches of any size, but events of one instant stay together."""

    def drive(cycle: DecisionCycle, events: Events) -> None:
        rng = np.random.default_rng(seed)
        stamps, start = events["ts_init"], 0
        while start < len(events):
            asked = min(start + int(rng.geometric(1 / 300)), len(events))
            end = int(np.searchsorted(stamps, stamps[asked - 1], side="right"))
            last = int(stamps[end - 1])
            until = last if end == len(events) else int(rng.integers(last, int(stamps[end])))
            cycle.run(events[start:end], until)
            start = end
        cycle.close(int(stamps[-1]))

    return drive


def paced(
    monkeypatch: pytest.MonkeyPatch, speed: float, seed: int, stop_at: float = 2.0
) -> Callable[[DecisionCycle, Events], None]:
    """The live loop under a fake clock; a stop is asked for at the share ``stop_at`` of the tape."""

    def drive(cycle: DecisionCycle, events: Events) -> None:
        clock, stop, shares = FakeClock(seed), Stop(), [0.0]
        monkeypatch.setattr(scheduler.live, "sleep", clock.sleep)

        def each_frame(share: float) -> None:
            assert share >= shares[-1]
            shares.append(share)
            stop.requested = share >= stop_at
            cycle.market.features(cycle.market.ts)  # as the terminal does

        play(cycle, events, speed=speed, clock=clock, stop=stop, each_frame=each_frame)
        assert len(shares) > 20

    return drive


@pytest.mark.parametrize("tape", BUNDLED)
@pytest.mark.parametrize("seed", [1, 2])
def test_frames_of_any_size_give_the_record_of_the_replay(tmp_path: Path, tape: str, seed: int) -> None:
    events, instrument = opening(tape, SECONDS), instrument_of(tape)
    replayed = record_of(tmp_path / "replay", events, instrument)
    assert record_of(tmp_path / "frames", events, instrument, drive=in_frames(seed)) == replayed
    assert all(replayed.values()), "nothing happened that could have differed"


@pytest.mark.parametrize("tape", BUNDLED)
@pytest.mark.parametrize("speed", [1.0, 20.0])
def test_the_live_loop_gives_the_record_of_the_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tape: str, speed: float
) -> None:
    events, instrument = opening(tape, SECONDS), instrument_of(tape)
    replayed = record_of(tmp_path / "replay", events, instrument)
    lived = record_of(tmp_path / "live", events, instrument, drive=paced(monkeypatch, speed, seed=3))
    assert lived == replayed


def test_a_stopped_session_decided_what_the_replay_decides_up_to_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events, instrument = opening(BUNDLED[0], SECONDS), instrument_of(BUNDLED[0])
    replayed = record_of(tmp_path / "replay", events, instrument)
    drive = paced(monkeypatch, 20.0, seed=4, stop_at=0.7)
    stopped = record_of(tmp_path / "live", events, instrument, drive=drive)
    assert b"" != stopped["decisions"] != replayed["decisions"]
    assert replayed["decisions"].startswith(stopped["decisions"])
    middle = int(events["ts_init"][0]) + SECONDS // 2 * NANOS
    assert before(stopped, "fills", middle) == before(replayed, "fills", middle)


def test_a_tape_is_moved_as_a_whole() -> None:
    events = opening(BUNDLED[0], 10)
    moved = place_in_time(events, 1_900_000_000 * NANOS)
    assert int(moved["ts_init"][0]) == 1_900_000_000 * NANOS
    for name in ("ts_init", "ts_event"):
        assert (np.diff(moved[name]) == np.diff(events[name])).all()
    assert int(events["ts_init"][0]) != int(moved["ts_init"][0]), "the recording itself was changed"


@pytest.mark.parametrize("size", [1, 7, 1_000, 10**9])
def test_chunks_cover_everything_and_part_no_instant(size: int) -> None:
    events = opening(BUNDLED[0], 10)
    parts = list(chunks(events, size))
    assert [start for start, _ in parts] == [0, *(end for _, end in parts[:-1])]
    assert parts[-1][1] == len(events)
    stamps = events["ts_init"]
    assert all(stamps[end - 1] < stamps[end] for _, end in parts[:-1])
