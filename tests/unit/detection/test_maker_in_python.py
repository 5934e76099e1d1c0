"""The market-maker detector and its mirror in plain Python follow the same quotes, ties included."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.dict_maker import KEPT, DictMaker
from tools.detection.maker import (
    MAKER,
    lose_sight,
    measure_market,
    note_level,
    note_placement,
    pair_message,
    pass_maker_second,
)
from tools.detection.trail import TRAIL, follow_message, lose_trail, note_trail_level, pass_trail_second
from tools.domain.market import NANOS

TICK, MID = 100, 100_000
STEP_NS = 20_000_000  # several messages within the moment in which sides pair


FOLLOWED = ("price", "size", "other", "level", "ts_gone")
STATES = ("unknown", "stands", "withdrawn", "taken")


def walk(seed: int, messages: int = 1_500) -> tuple[Any, Any, DictMaker, set[str]]:
    """A crowd and a maker five ticks wide on a few prices, shown to both; last, the states of its quotes."""
    rng = np.random.default_rng(seed)
    kernels, trail, plain = np.zeros(1, MAKER)[0], np.zeros(1, TRAIL)[0], DictMaker()
    met, scratch = set(), np.zeros(64)
    levels: dict[tuple[int, int], int] = {}
    measure_market(kernels, float(MID), TICK)
    plain.message(0, float(MID), TICK)
    for k in range(1, messages):
        ts = k * STEP_NS
        if ts % NANOS < STEP_NS:
            pass_maker_second(kernels)
            pass_trail_second(trail, kernels, scratch)
            plain.second(ts)
        if rng.random() < 0.002:
            lose_sight(kernels)
            lose_trail(trail)
            plain.lost()
        changes = [
            (int(side), MID - int(side) * TICK * int(rng.integers(1, 7)), int(rng.integers(0, 4)) * 10)
            for side in rng.choice([-1, 1], int(rng.integers(0, 4)))
        ]
        if rng.random() < 0.2:
            shift = int(rng.integers(-2, 3))
            changes += [(1, MID + (shift - 2) * TICK, 70), (-1, MID + (shift + 3) * TICK, 70)]
        for side, price, after in changes:
            before = levels.get((side, price), 0)
            levels[side, price] = after
            is_taken = rng.random() < 0.3
            has_gone = note_level(kernels, ts, side, price, after)
            note_trail_level(trail, ts, side, price, after, after < before and is_taken)
            if not (has_gone or after in (0, before) or (after < before and is_taken)):
                note_placement(kernels, ts, side, price, after - before, after)
            plain.level(ts, side, price, before, after, is_taken)
        measure_market(kernels, float(MID), TICK)
        follow_message(trail, kernels, ts, pair_message(kernels, ts))
        plain.message(ts, float(MID), TICK)
        followed = [(STATES[trail["state"][i]], *(trail[name][i] for name in FOLLOWED)) for i in (0, 1)]
        assert followed == [
            (one.state, *(getattr(one, name) for name in FOLLOWED)) for one in plain.trail.quotes
        ]
        met |= {one[0] for one in followed}
    return kernels, trail, plain, met


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_the_same_quotes_are_followed_and_the_same_sizes_remembered(seed: int) -> None:
    kernels, trail, plain, _ = walk(seed)
    assert (plain.trail.usual, plain.trail.alike) == (trail["usual"], trail["alike"])
    assert [quote.price for quote in plain.quotes] == kernels["quote_price"].tolist()
    assert [quote.size for quote in plain.quotes] == kernels["quote_size"].tolist()
    assert [quote.stands for quote in plain.quotes] == [stands > 0 for stands in kernels["is_standing"]]
    assert sorted(plain.sizes) == sorted(kernels["sizes"][: min(int(kernels["n_sizes"]), KEPT)].tolist())
    assert sorted(plain.gaps) == sorted(kernels["gaps"][: min(int(kernels["n_gaps"]), KEPT)].tolist())


def test_makers_are_followed_and_sizes_known_on_these_walks() -> None:
    found = [walk(seed) for seed in range(4)]
    assert all(one["peak"] > 0 and one["n_sizes"] > 20 and one["n_recent"].min() > 100 for one, *_ in found)
    assert all(met == set(STATES) for *_, met in found)
