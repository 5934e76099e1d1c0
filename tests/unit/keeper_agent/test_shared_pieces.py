"""What all browsers fetch at the same moment is made once, and never shown when it is old."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from keeper_agent.dashboard.shared import FRESH_S, MOST, Shared
from tools.domain.clock import NS


class Hand:
    """A watch that is moved by hand."""

    now = 0

    def elapsed(self) -> int:
        """Where it stands, ns."""
        return self.now


def test_who_asks_at_the_same_moment_gets_what_one_made() -> None:
    shared, made, start = Shared(Hand()), [], Barrier(8)

    def ask(_: int) -> bytes:
        start.wait()
        return shared.piece("/latest", 1, lambda: made.append(1) or b"piece")  # type: ignore[func-returns-value]

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {b"piece"}
    assert len(made) == 1


def test_it_is_made_anew_once_the_record_grew_or_time_passed() -> None:
    watch = Hand()
    shared = Shared(watch)
    assert shared.piece("/latest", 1, lambda: b"first") == b"first"
    assert shared.piece("/other", 1, lambda: b"other") == b"other"
    watch.now = round(FRESH_S * NS)
    assert shared.piece("/latest", 1, lambda: b"second") == b"first"
    assert shared.piece("/latest", 2, lambda: b"second") == b"second"
    watch.now += round(FRESH_S * NS) + 1
    assert shared.piece("/latest", 2, lambda: b"third") == b"third"


def test_what_fails_is_not_kept_and_little_is() -> None:
    shared = Shared(Hand())

    def fail() -> bytes:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        shared.piece("/latest", 1, fail)
    assert shared.piece("/latest", 1, lambda: b"made") == b"made"
    for number in range(MOST):
        shared.piece(f"/decisions?before={number}", 1, lambda: b"rows")
    assert shared.piece("/latest", 1, lambda: b"anew") == b"anew"
