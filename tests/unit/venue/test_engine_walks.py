"""The compiled engine and the plain one agree after every command, and the comparison can fail."""

import hashlib
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.engine_walk import (
    as_dicts,
    command,
    difference,
    first_difference,
    new_exchange,
    new_oracle,
    opening,
    random_commands,
    tally,
    unsound,
)
from tests.support.slow_engine import SlowEngine
from tests.support.slow_state import Slow, SlowMarket
from venue.engine.codes import EventKind, Reason, SelfTrade
from venue.engine.exchange import Exchange

LENGTH = 2_000


@pytest.mark.parametrize("seed", range(4))
def test_engines_agree_after_every_command(seed: int) -> None:
    fast = new_exchange()
    assert first_difference(seed, LENGTH, fast, new_oracle()) == (LENGTH, "")
    assert unsound(fast) == ""


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(seed=st.integers(10, 2**32), length=st.integers(1, 120))
def test_engines_agree_from_any_seed(seed: int, length: int) -> None:
    assert first_difference(seed, length, Exchange(new_exchange().rules), new_oracle()) == (length, "")


class Recording(Exchange):
    """Keeps all events."""

    def __init__(self, told: list[np.ndarray]) -> None:  # type: ignore[type-arg]
        super().__init__(new_exchange().rules)
        self.told = told

    def run(self, commands: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        events = super().run(commands)
        self.told.append(events)
        return events


def test_walks_come_by_everything() -> None:
    told: list[np.ndarray] = []  # type: ignore[type-arg]
    for seed in (11, 12):
        assert first_difference(seed, 3_000, Recording(told), new_oracle()) == (3_000, "")
    seen = tally(np.concatenate(told))
    assert {kind for kind, _ in seen} == {kind.name for kind in EventKind}
    never = set(Reason) - {Reason(reason) for _, reason in seen}
    assert never <= {Reason.PRICE_BAND, Reason.POOL_FULL, Reason.ACCOUNTS_FULL}


def test_invariants_hold_after_every_command() -> None:
    fast = new_exchange()
    fast.run(opening())
    commands = random_commands(np.random.default_rng(5), LENGTH)
    for i in range(LENGTH):
        fast.run(commands[i : i + 1])
        assert unsound(fast) == "", as_dicts(commands[i : i + 1])


def test_no_order_is_lost() -> None:
    fast = new_exchange()
    fast.run(opening())
    events = fast.run(random_commands(np.random.default_rng(6), LENGTH))
    for number, rules in enumerate(fast.rules):
        here = events[events["market"] == number]
        alive = set(here[here["kind"] == EventKind.ACCEPTED]["order"].tolist())
        ends = here[np.isin(here["kind"], (EventKind.CANCELLED, EventKind.EXPIRED))]["order"].tolist()
        trades = here[here["kind"] == EventKind.TRADE]
        filled = trades["order"][trades["left"] == 0].tolist()
        filled += trades["other_order"][trades["other_left"] == 0].tolist()
        assert len(set(ends) | set(filled)) == len(ends) + len(filled)
        open_now = {int(o["id"]) for a in range(5) for o in fast.open_orders(a, rules.symbol)}
        assert alive - set(ends) - set(filled) == open_now


class LastInFirstOut(SlowEngine):
    """Within a price, the latest order trades first."""

    def join(self, market: SlowMarket, order: Slow, state: str) -> None:
        super().join(market, order, state)
        order.queued = -order.queued


class FeeForgotten(SlowEngine):
    """Sellers pay no fee."""

    def settle(self, market: SlowMarket, order: Slow, price: int, lots: int, ppm: int) -> int:
        return super().settle(market, order, price, lots, ppm if order.side == 0 else 0)


class FeeRoundedDown(SlowEngine):
    """Fees are rounded in the account's favour."""

    def settle(self, market: SlowMarket, order: Slow, price: int, lots: int, ppm: int) -> int:
        whole = lots * (market.rules["lot_units"] if order.side == 0 else price * market.rules["cost_units"])
        exact = whole * ppm // 1_000_000
        rounded = super().settle(market, order, price, lots, ppm)
        asset = self.paid(market, 1 - order.side)
        self.total[order.account, asset] += rounded - exact
        self.fees[asset] -= rounded - exact
        return exact


class SelfTradeIgnored(SlowEngine):
    """Orders trade with their own account whatever they ask for."""

    def work(self, market: SlowMarket, order: Slow) -> None:
        order.stp = SelfTrade.NONE
        super().work(market, order)


class OtherLegForgotten(SlowEngine):
    """The second leg of an OCO stays."""

    def end_other(self, market: SlowMarket, order: Slow) -> None:
        if order.other is not None:
            order.other.other = None
            order.other = None


MUTANTS = [LastInFirstOut, FeeForgotten, FeeRoundedDown, SelfTradeIgnored, OtherLegForgotten]


@pytest.mark.parametrize("mutant", MUTANTS)
def test_wrong_engine_is_caught(mutant: type[SlowEngine]) -> None:
    where, what = first_difference(0, LENGTH, new_exchange(), new_oracle(mutant))
    assert where < LENGTH
    assert "differ" in what or "balance" in what


def test_same_commands_give_the_same_bytes() -> None:
    commands = random_commands(np.random.default_rng(3), 5_000)
    results = []
    for size in (5_000, 777, 1):
        fast = Exchange(new_exchange().rules, has_history=False)
        fast.run(opening())
        told = hashlib.sha256()
        for part in parts(commands, size):
            told.update(fast.run(part).tobytes())
        results.append((told.hexdigest(), fast.state_hash()))
    assert results[0] == results[1] == results[2]


def parts(commands: np.ndarray, size: int) -> Iterator[np.ndarray]:  # type: ignore[type-arg]
    """The commands in batches of ``size``."""
    for start in range(0, len(commands), size):
        yield commands[start : start + size]


def test_state_hash_sees_one_lot_and_the_place_in_a_queue() -> None:
    def hash_of(sizes: tuple[int, ...]) -> str:
        fast = new_exchange()
        fast.run(opening())
        for size in sizes:
            fast.run(command(market=1, price=299_000, size=size))
        return fast.state_hash()

    hashes = {hash_of(sizes) for sizes in ((3,), (4,), (3, 4), (4, 3))}
    assert len(hashes) == 4
    assert hash_of((3, 4)) in hashes


def test_oracle_refuses_to_agree_with_nothing() -> None:
    fast, slow = new_exchange(), new_oracle()
    first, second = opening()[:1], opening()[1:2]
    assert difference(fast, slow, first) == ""
    fast.run(second)
    assert difference(fast, slow, second) != ""
