"""One side of the book against a plain dictionary, operation by operation."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.market.book import (
    CAPACITY,
    LADDER,
    LOW,
    TABLE,
    VIEW,
    best_key,
    best_size,
    clear,
    depth_at,
    depth_top,
    find,
    insert,
    remove,
)
from tools.market.kernel import kernel

Ints = npt.NDArray[np.int64]
SET, CLEAR = 0, 1
TOP = 5


@kernel
def run(ladder: Any, ops: Ints, seen: Ints) -> None:
    """Apply ``ops`` of (what, key, size, asked key); after each note best key and size, depths and count."""
    for i in range(ops.shape[0]):
        what, key, size, asked = ops[i]
        slot = find(ladder, key)
        if what == CLEAR:
            clear(ladder)
        elif size == 0:
            if slot >= 0:
                remove(ladder, key)
        elif slot >= 0:
            ladder.sizes[slot] = size
        else:
            insert(ladder, key, size, i)
        seen[i, 0] = best_key(ladder) if ladder.count > 0 else 0
        seen[i, 1] = best_size(ladder) if ladder.count > 0 else 0
        seen[i, 2] = depth_top(ladder, TOP)
        seen[i, 3] = depth_at(ladder, asked)
        seen[i, 4] = ladder.count
        seen[i, 5] = depth_top(ladder, LOW)


class Plain:
    """The same side as a dictionary of key to (size, birth)."""

    def __init__(self) -> None:
        self.levels: dict[int, tuple[int, int]] = {}
        self.dropped = 0

    def apply(self, i: int, what: int, key: int, size: int) -> None:
        if what == CLEAR:
            self.levels.clear()
        elif size == 0:
            self.levels.pop(key, None)
        elif key in self.levels:
            self.levels[key] = size, self.levels[key][1]
        else:
            self._insert(key, size, i)

    def _insert(self, key: int, size: int, birth: int) -> None:
        self.levels[key] = size, birth
        if len(self.levels) > CAPACITY:
            del self.levels[min(self.levels)]
            self.dropped += 1

    def seen(self, asked: int) -> list[int]:
        best = sorted(self.levels, reverse=True)[:LOW] if self.levels else []
        sizes = [self.levels[key][0] for key in best]
        at = self.levels.get(asked, (0, 0))[0]
        first = [best[0], sizes[0]] if best else [0, 0]
        return [*first, sum(sizes[:TOP]), at, len(self.levels), sum(sizes)]


def content(ladder: Any) -> dict[int, tuple[int, int]]:
    """Every level as the table finds it, and as many as the side counts."""
    slots = ladder["table"][ladder["table"] > 0] - 1
    assert len(slots) == len(set(slots.tolist())) == ladder["count"]
    return {int(ladder["keys"][s]): (int(ladder["sizes"][s]), int(ladder["births"][s])) for s in slots}


def check(ops: list[tuple[int, int, int, int]], *, compare_every: int = 1) -> tuple[Any, Plain]:
    """Run both and compare after each operation (or each so many) and at the end."""
    ladder = np.zeros(1, LADDER)
    seen = np.zeros((len(ops), 6), np.int64)
    run(ladder[0], np.array(ops, np.int64).reshape(-1, 4), seen)
    plain = Plain()
    for i, (what, key, size, asked) in enumerate(ops):
        plain.apply(i, what, key, size)
        if i % compare_every == 0 or i == len(ops) - 1:
            assert seen[i].tolist() == plain.seen(asked), f"after operation {i}: {ops[i]}"
    assert content(ladder[0]) == plain.levels
    best = sorted(plain.levels, reverse=True)[: int(ladder["shown"][0])]
    assert ladder["view_keys"][0][: len(best)].tolist() == best[::-1]
    return ladder[0], plain


def homes(keys: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Where each key's probe starts, computed apart from the kernel."""
    with np.errstate(over="ignore"):
        mixed: npt.NDArray[np.uint64] = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return mixed >> np.uint64(48)


CANDIDATES = np.arange(1, 3_000_000, dtype=np.int64) * 1_000_000
EDGE = CANDIDATES[homes(CANDIDATES) >= TABLE - 3][:120].tolist()  # probes that run over the table's end


@st.composite
def operations(draw: st.DrawFn) -> list[tuple[int, int, int, int]]:
    """Sequences over few enough keys that levels come, change, go and come back."""
    pool = draw(st.sampled_from([list(range(1, 12)), list(range(-400, -1)), EDGE]))
    key = st.sampled_from(pool)
    size = st.one_of(st.just(0), st.integers(1, 10**12))
    what = st.sampled_from([SET] * 30 + [CLEAR])
    return draw(st.lists(st.tuples(what, key, size, key), min_size=1, max_size=250))


@settings(max_examples=60)
@given(operations())
def test_a_side_is_a_dictionary_whatever_happens_to_it(ops: list[tuple[int, int, int, int]]) -> None:
    check(ops)


@pytest.mark.parametrize("sign", [1, -1])
def test_thousands_of_levels_stay_in_order_while_the_view_is_refilled(sign: int) -> None:
    rng = np.random.default_rng(11)
    keys = sign * rng.permutation(4_000)
    ops = [(SET, int(key) or 1, int(rng.integers(1, 10**9)), int(keys[0])) for key in keys]
    # eat the touch away, far beyond what the view holds, with far inserts in between
    for i, key in enumerate(sorted({op[1] for op in ops}, reverse=True)[:1_500]):
        ops.append((SET, key, 0, int(rng.choice(keys))))
        if i % 3 == 0:
            ops.append((SET, int(rng.choice(keys)) or 1, int(rng.integers(0, 5)), key))
    check(ops, compare_every=7)


def test_random_traffic_around_a_moving_touch_agrees() -> None:
    rng = np.random.default_rng(3)
    centre = 60_000
    ops = []
    for _ in range(20_000):
        centre += int(rng.integers(-3, 4))
        key = centre - int(rng.exponential(60))
        size = 0 if rng.random() < 0.5 else int(rng.integers(1, 10**10))
        ops.append((SET, key, size, centre - 5))
    check(ops, compare_every=11)


def test_deletions_close_the_gap_around_the_end_of_the_table() -> None:
    rng = np.random.default_rng(5)
    assert len(EDGE) > 60
    ops = [(SET, key, 7, EDGE[0]) for key in EDGE]
    keys, asked = rng.choice(EDGE, (2, 3_000)).tolist()
    sizes = rng.integers(0, 3, 3_000).tolist()
    ops += [(SET, key, size, ask) for key, size, ask in zip(keys, sizes, asked, strict=True)]
    ladder, plain = check(ops)
    assert (ladder["table"][:20] > 0).any(), "no probe wrapped around"
    check([*ops, *((SET, key, 0, key) for key in plain.levels)])


def test_a_full_side_drops_the_level_farthest_from_the_touch() -> None:
    near = [(SET, 1_000_000 + i, 1 + i % 9, 1_000_000) for i in range(CAPACITY)]
    better = [(SET, 2_000_000 + i, 5, 1_000_000 + i) for i in range(40)]
    worse = [(SET, 10 + i, 5, 10 + i) for i in range(5)]
    again = [(SET, 1_000_500, 0, 1_000_500), (SET, 12, 3, 12), (SET, 3_000_000, 1, 12)]
    ladder, plain = check([*near, *better, *worse, *again], compare_every=997)
    assert plain.dropped == 46
    assert int(ladder["dropped"]) == plain.dropped
    assert find(ladder, 12) == -1


def test_the_view_is_as_deep_as_depth_may_ask_of_it() -> None:
    assert TOP <= LOW < VIEW
    assert CAPACITY * 4 <= TABLE
