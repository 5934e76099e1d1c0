"""What every sense must keep: no look ahead, no trace of being asked, no dependence on batches."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.detection.worlds import World, markets
from benchmarks.dict_book import DictSenses
from benchmarks.replay import NOISE, TOLERANCE, python_rows, settings_of
from tests.support.senses import BTCUSDT, BUNDLED, column, cut_at, feature_rows, instrument_of, opening
from tests.support.tapes import book_message, print_event, synthetic_market
from tools.domain.market import NANOS, UNITS
from tools.features.names import FEATURES
from tools.market.events import Events
from tools.market.instruments import instrument_for

SECONDS = 75


@pytest.mark.parametrize("tape", BUNDLED)
def test_truncating_a_real_tape_changes_no_earlier_feature(tape: str) -> None:
    events, instrument = opening(tape, SECONDS), instrument_of(tape)
    whole = feature_rows([events], instrument)
    assert len(whole) >= SECONDS - 2
    first, last = int(events["ts_init"][0]), int(events["ts_init"][-1])
    for share in (0.11, 0.37, 0.62, 0.93):
        cut = first + int((last - first) * share)
        rows = feature_rows([events[events["ts_init"] <= cut]], instrument)
        assert len(rows) > share * SECONDS - 4
        assert rows == {ts: whole[ts] for ts in rows}


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.floats(0.05, 0.99))
def test_truncating_any_tape_changes_no_earlier_feature(seed: int, share: float) -> None:
    events = synthetic_market(seed=seed, seconds=25, depth=6)
    whole = feature_rows([events])
    rows = feature_rows([events[: max(1, int(len(events) * share))]])
    assert rows == {ts: whole[ts] for ts in rows}


@pytest.mark.parametrize("tape", BUNDLED)
@pytest.mark.parametrize("sizes", [(7,), (1000,), (1, 13, 512, 3)])
def test_features_do_not_depend_on_how_events_were_batched(tape: str, sizes: tuple[int, ...]) -> None:
    events, instrument = opening(tape, 40), instrument_of(tape)
    assert feature_rows(cut_at(events, sizes), instrument) == feature_rows([events], instrument)


def test_one_event_at_a_time_gives_the_same_features() -> None:
    events = opening(BUNDLED[0], 12)
    assert feature_rows(cut_at(events, (1,))) == feature_rows([events])


@pytest.mark.parametrize("tape", BUNDLED)
def test_being_asked_changes_nothing(tape: str) -> None:
    events, instrument = opening(tape, 40), instrument_of(tape)
    curious = feature_rows(cut_at(events, (500,)), instrument, looks_between=3)
    assert curious == feature_rows([events], instrument)


@pytest.mark.parametrize("tape", BUNDLED)
def test_every_feature_agrees_with_plain_python_on_a_real_tape(tape: str) -> None:
    events, instrument = opening(tape, SECONDS), instrument_of(tape)
    agree(events, feature_rows([events], instrument), DictSenses(settings_of(instrument)))


@settings(max_examples=12)
@given(st.integers(0, 10_000))
def test_every_feature_agrees_with_plain_python_on_a_troubled_tape(seed: int) -> None:
    events = troubled(seed)
    agree(events, feature_rows([events]), DictSenses(settings_of(BTCUSDT)))


def test_every_feature_agrees_with_plain_python_where_a_makers_sides_take_turns() -> None:
    world = World(tier="T2", family="alternating", seed=90_900_000, seconds=120, coins=(0,))
    (market,) = markets(world)
    instrument = instrument_for("binance", market.symbol)
    rows, plain = feature_rows([market.events], instrument), DictSenses(settings_of(instrument))
    agree(market.events, rows, plain)
    assert plain.maker.chains.ts_believed > 0
    assert plain.maker.chains.turns > 10


def agree(events: Events, rows: dict[int, tuple[bool, bytes]], senses: DictSenses) -> None:
    """Plain Python says the same at every second of ``rows``."""
    seconds = iter(rows)
    limit = next(seconds)
    for row in python_rows(events):
        while row[0] > limit:
            expected, got = np.array(senses.evaluate(limit)), np.frombuffer(rows[limit][1])
            apart = ~np.isclose(got, expected, rtol=TOLERANCE, atol=NOISE, equal_nan=True)
            assert not apart.any(), {FEATURES[i]: (got[i], expected[i]) for i in np.flatnonzero(apart)}
            limit = next(seconds, 1 << 62)
        senses.take(row)
    assert limit == 1 << 62


def troubled(seed: int) -> Events:
    """A tape with silences, crossings, fresh snapshots, holes, bursts and prints without a side."""
    rng = np.random.default_rng(seed)
    parts, ts = [], 1_700_000_000 * NANOS
    mid = 60_000 * 100
    cent = UNITS // 100
    for step in range(900):
        ts += int(rng.exponential(0.08 * NANOS)) + (
            int(rng.integers(5, 200)) * NANOS if rng.random() < 0.004 else 0
        )
        mid += int(rng.integers(-2, 3)) * (1 if step < 500 else 8)
        draw = rng.random()
        if step == 0 or draw < 0.03:
            levels = [
                (side, (mid - side * k) * cent, int(rng.integers(1, 9 * UNITS)))
                for side in (1, -1)
                for k in range(1, 12)
            ]
            parts.append(book_message(ts, levels, is_snapshot=True))
        elif draw < 0.45:
            side = int(rng.integers(-1, 2))
            price, size = (mid + int(rng.integers(-3, 4))) * cent, int(rng.integers(1, UNITS))
            parts.append(print_event(ts, side, price, size, after_gap=rng.random() < 0.005))
        else:
            changes = []
            for _ in range(int(rng.integers(1, 5))):
                side = int(rng.choice([-1, 1]))
                size = 0 if rng.random() < 0.5 else int(rng.lognormal(0, 1.5) * UNITS / 50)
                reach = 0 if rng.random() < 0.002 else 1
                changes.append((side, (mid - side * (reach + int(rng.integers(0, 12)))) * cent, size))
            parts.append(book_message(ts, changes))
    return np.concatenate(parts)


def test_the_troubled_tapes_are_troubled() -> None:
    rows = [feature_rows([troubled(seed)]) for seed in range(6)]
    sound = [share for one in rows for share, _ in one.values()]
    assert 0.02 < np.mean(sound) < 0.98
    assert max(np.nanmax(column(one, "spoofing_score"), initial=0) for one in rows) > 0.1
    assert max(np.nanmax(column(one, "mm_confidence"), initial=0) for one in rows) > 0.01
