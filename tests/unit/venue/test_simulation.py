"""One seed is one market; nobody's absence touches anybody else's chances; no money appears."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.support.venues import shared_world, world
from venue.draws import Draws
from venue.public import BOOK, LAST, NANOS, PRINT, RESET, VIEW
from venue.scenario.build import Scenario, UnknownTier, build
from venue.scenario.tiers import TIERS
from venue.sim import Simulation

SYMBOL = "ORBUSDT"


def test_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    first, again, other = world(seconds=30), world(seconds=30), world(seconds=30, seed=12)
    assert first.digest() == again.digest() != other.digest()
    assert first.view(SYMBOL, NANOS // 100).tobytes() == again.view(SYMBOL, NANOS // 100).tobytes()


def test_shorter_scenario_is_the_start_of_the_longer_one() -> None:
    short, long = (
        world(seconds=20),
        build(Scenario(tier="T3", seed=11, seconds=60, thin_coins=1, has_leader=False)),
    )
    long.run(20)
    assert short.pits[0].levels == long.pits[0].levels


def drawn(monkeypatch: pytest.MonkeyPatch, without: tuple[str, ...]) -> dict[str, list[float]]:
    """Everything each stream has given out, by its name."""
    log: dict[str, list[float]] = defaultdict(list)

    class Recorded(Draws):
        def __init__(self, seed: int, name: str) -> None:
            super().__init__(seed, name)
            self.name = name

        def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
            log[f"{self.name}/uniform"].append(value := super().uniform())
            return low + (high - low) * value

        def normal(self) -> float:
            log[f"{self.name}/normal"].append(value := super().normal())
            return value

        def exponential(self, mean: float) -> float:
            log[f"{self.name}/exponential"].append(value := super().exponential(1.0))
            return mean * value

    with monkeypatch.context() as patch:
        for module in ("agent", "noise", "market_maker", "takers"):
            patch.setattr(f"venue.participants.{module}.Draws", Recorded)
        patch.setattr("venue.scenario.build.Draws", Recorded)
        world(seconds=60, without=without)
    return log


@pytest.mark.parametrize("family", ["mm", "grid", "spoof", "wash", "informed", "noise"])
def test_removing_a_family_leaves_all_other_draws_unchanged(
    monkeypatch: pytest.MonkeyPatch, family: str
) -> None:
    whole, less = drawn(monkeypatch, ()), drawn(monkeypatch, (family,))
    assert set(less) <= set(whole)
    running = {name for name in less if not name.endswith("traits")}
    assert len(running) > 8
    for name, values in less.items():
        n = min(len(values), len(whole[name]))
        assert n > 0
        assert values[:n] == whole[name][:n]


def test_crowd_comes_at_the_same_times_with_and_without_a_market_maker() -> None:
    def arrivals(sim: Simulation) -> set[tuple[int, int]]:
        return {(o[2], o[6]) for o in sim.truth.orders if o[4] == "noise"}

    with_maker, without = arrivals(shared_world("T3")), arrivals(world("T3", without=("mm",)))
    assert len(with_maker & without) > 0.97 * len(with_maker | without)


def test_fundamental_price_does_not_depend_on_who_trades() -> None:
    with_maker, without = shared_world("T3"), world("T3", without=("mm", "noise"))
    ts = with_maker.start_ns + 77 * NANOS
    assert with_maker.pits[0].worth(ts) == without.pits[0].worth(ts)


@pytest.mark.parametrize("tier", TIERS)
def test_every_unit_is_somebodys_in_every_tier(tier: str) -> None:
    sim = shared_world(tier)
    supply, fees = sim.exchange.supply(), sim.exchange.fees_taken()
    owned = dict.fromkeys(supply, 0)
    for account in sim.agents:
        for asset, (free, locked) in sim.exchange.balances(account).items():
            assert free >= 0
            assert locked >= 0
            owned[asset] += free + locked
    assert {asset: owned[asset] + fees[asset] for asset in supply} == supply
    assert len(sim.truth.trades) > 3


def test_truth_and_engine_agree_on_the_book() -> None:
    sim = shared_world("T3")
    book, pit = sim.exchange.book(SYMBOL, 1000), sim.pits[0]
    assert dict(book.bids) == pit.bids
    assert dict(book.asks) == pit.asks
    assert (book.bids[0][0], book.asks[0][0]) == (pit.best_bid, pit.best_ask)


def test_every_order_has_one_end_at_most_and_all_others_rest() -> None:
    sim = shared_world("T3")
    ended = [end[1] for end in sim.truth.ends]
    placed = {order[1] for order in sim.truth.orders}
    assert len(ended) == len(set(ended))
    assert set(ended) <= placed
    resting = {int(o["id"]) for account in sim.agents for o in sim.exchange.open_orders(account, SYMBOL)}
    assert placed - set(ended) == resting


@pytest.mark.parametrize("period", [NANOS // 100, NANOS // 10])
def test_public_view_rebuilds_the_book_at_both_speeds(period: int) -> None:
    sim = shared_world("T3")
    view, pit = sim.view(SYMBOL, period), sim.pits[0]
    rebuilt: dict[int, dict[int, int]] = {1: {}, -1: {}}
    for row in view[view["kind"] == BOOK]:
        if row["size"]:
            rebuilt[int(row["side"])][int(row["price"])] = int(row["size"])
        else:
            del rebuilt[int(row["side"])][int(row["price"])]
    tick, lot = pit.symbol.tick_units, pit.symbol.lot_units
    assert rebuilt[1] == {price * tick: size * lot for price, size in pit.bids.items()}
    assert rebuilt[-1] == {price * tick: size * lot for price, size in pit.asks.items()}


def test_public_messages_are_contiguous_and_ordered() -> None:
    view = shared_world("T3").view(SYMBOL, NANOS // 10)
    assert np.all(np.diff(view["ts_init"]) >= 0)
    ends = view[(view["kind"] == BOOK) & (view["flags"] & LAST > 0)]
    assert np.all(ends["first_update"][1:] == ends["last_update"][:-1] + 1)
    assert np.all(np.diff(ends["ts_event"]) > 0)
    assert view[view["kind"] == BOOK]["flags"][0] & RESET
    assert np.sum(view["kind"] == PRINT) == len(shared_world("T3").truth.trades)


def test_public_view_names_nobody() -> None:
    fields = {"ts_event", "ts_init", "price", "size", "kind", "side", "flags", "first_update", "last_update"}
    assert set(VIEW.names or ()) == fields


def test_truth_is_written_to_files(tmp_path: Path) -> None:
    sim = shared_world("T3")
    sim.truth.write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        *(f"{name}.parquet" for name in ("orders", "ends", "trades")),
        *(f"{name}.jsonl" for name in ("quoting", "agents", "regimes")),
    }
    orders = pq.read_table(tmp_path / "orders.parquet")
    assert orders.num_rows == len(sim.truth.orders)
    assert {"quote", "spoof", "wash", "grid", "noise"} <= set(orders["intent"].to_pylist())


def test_five_coins_and_the_leader_share_a_clock() -> None:
    sim = build(Scenario(tier="T2", seed=3, seconds=20))
    sim.run(20)
    assert [pit.symbol.base for pit in sim.pits] == ["BTC", "ORB", "KITE", "MOSS", "FERN", "DUSK"]
    assert all(pit.best_bid < pit.best_ask for pit in sim.pits)
    assert all(len(pit.levels) > 50 for pit in sim.pits)


def test_unknown_tier_is_one_clear_line() -> None:
    with pytest.raises(UnknownTier, match=r"tier must be one of T0, T1, .*, was T9"):
        Scenario(tier="T9", seed=1, seconds=1)
