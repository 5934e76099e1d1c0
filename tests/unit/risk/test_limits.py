"""Each limit at its edge, all of them together, and that a batch shares its room."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.domain.parameter import ParameterSet, default_parameters
from tools.risk.exposure import LedgerSnapshot, OpenEntry
from tools.risk.limits import RULES, EntryRequest, RiskAppetite, limit_batch, limit_entry

PARAMETERS = ParameterSet({**default_parameters().values, "max_symbol_positions": 100})
WISH = EntryRequest("d_new", "ALGOUSDT", Decimal(10), ts=1_000)


def held(symbol: str, usd: int, name: str = "d_old", *, is_probe: bool = False) -> OpenEntry:
    return OpenEntry(name, symbol, position_usd=Decimal(usd), is_probe=is_probe)


@pytest.mark.parametrize(
    ("ledger", "limit", "left"),
    [
        (LedgerSnapshot(rests={"ALGOUSDT": 1_001}), "symbol_rest", "0"),
        (LedgerSnapshot(realised_usd=Decimal(-50)), "daily_loss", "0"),
        (LedgerSnapshot(entries_today={"ALGOUSDT": 100}), "trades_per_day", "0"),
        (
            LedgerSnapshot(entries=tuple(held(f"X{i}", 1, f"d_{i}") for i in range(5))),
            "open_positions",
            "0",
        ),
        (LedgerSnapshot(entries=(held("ALGOUSDT", 494),)), "symbol_exposure", "6"),
        (LedgerSnapshot(entries=(held("LINKUSDT", 4_993),)), "total_exposure", "7"),
    ],
)
def test_a_limit_that_is_reached_cuts_and_says_so(ledger: LedgerSnapshot, limit: str, left: str) -> None:
    limited = limit_entry(WISH, ledger, PARAMETERS)
    assert [clamp.limit for clamp in limited.clamps] == [limit]
    assert limited.usd == Decimal(left)
    assert (limited.clamps[0].before, limited.clamps[0].after) == ("10", left)
    assert limited.clamps[0].reason


@pytest.mark.parametrize(
    "ledger",
    [
        LedgerSnapshot(),
        LedgerSnapshot(rests={"ALGOUSDT": 1_000, "LINKUSDT": 10**18}),
        LedgerSnapshot(realised_usd=Decimal("-49.99")),
        LedgerSnapshot(entries_today={"ALGOUSDT": 99, "LINKUSDT": 100}),
        LedgerSnapshot(entries=tuple(held(f"X{i}", 1, f"d_{i}") for i in range(4))),
        LedgerSnapshot(entries=(held("ALGOUSDT", 490),)),
        LedgerSnapshot(entries=(held("LINKUSDT", 4_990),)),
    ],
)
def test_just_inside_every_limit_nothing_is_cut(ledger: LedgerSnapshot) -> None:
    assert limit_entry(WISH, ledger, PARAMETERS) == limit_entry(WISH, LedgerSnapshot(), PARAMETERS)
    assert limit_entry(WISH, ledger, PARAMETERS).usd == Decimal(10)


def test_an_mm_lends_eighty_percent_of_what_it_absorbs_unless_the_operator_chose_more() -> None:
    wish = replace(WISH, mm_average_usd=Decimal("0.50"))
    limited = limit_entry(wish, LedgerSnapshot(), PARAMETERS)
    assert limited.usd == Decimal(4)
    assert limited.clamps[0].limit == "mm_protection"
    for appetite in (RiskAppetite.BALANCED, RiskAppetite.AGGRESSIVE):
        assert limit_entry(replace(wish, appetite=appetite), LedgerSnapshot(), PARAMETERS).usd == Decimal(10)


def test_a_symbol_has_at_most_one_open_probe_and_other_entries_do_not_mind() -> None:
    ledger = LedgerSnapshot(entries=(held("ALGOUSDT", 1, is_probe=True),))
    assert limit_entry(replace(WISH, is_probe=True), ledger, PARAMETERS).clamps[0].limit == "one_probe"
    assert limit_entry(WISH, ledger, PARAMETERS).usd == Decimal(10)


def test_a_symbol_that_is_held_is_not_entered_again_by_default() -> None:
    ledger = LedgerSnapshot(entries=(held("ALGOUSDT", 1),))
    limited = limit_entry(WISH, ledger, default_parameters())
    assert limited.usd == 0
    assert [clamp.limit for clamp in limited.clamps] == ["symbol_positions"]
    assert limit_entry(replace(WISH, symbol="LINKUSDT"), ledger, default_parameters()).usd == Decimal(10)


def test_a_reservation_counts_as_exposure_position_and_trade() -> None:
    ledger = LedgerSnapshot(entries_today={"ALGOUSDT": 99}).with_entry(
        OpenEntry("d_old", "ALGOUSDT", reserved_usd=Decimal(499))
    )
    assert ledger.trades_today("ALGOUSDT") == 100
    assert ledger.open_positions == 1
    assert ledger.symbol_exposure_usd("ALGOUSDT") == Decimal(499)


def test_two_limits_that_cut_one_wish_are_both_recorded() -> None:
    ledger = LedgerSnapshot(entries=(held("ALGOUSDT", 492, "d_1"), held("LINKUSDT", 4_503, "d_2")))
    limited = limit_entry(WISH, ledger, PARAMETERS)
    assert [(c.limit, c.before, c.after) for c in limited.clamps] == [
        ("symbol_exposure", "10", "8"),
        ("total_exposure", "8", "5"),
    ]


def test_a_wish_that_is_no_amount_is_refused() -> None:
    for wish in (Decimal(0), Decimal(-1), Decimal("NaN")):
        with pytest.raises(ValueError, match="positive amount"):
            limit_entry(replace(WISH, usd=wish), LedgerSnapshot(), PARAMETERS)


def test_a_batch_cannot_take_the_same_room_twice() -> None:
    ledger = LedgerSnapshot(entries=(held("ALGOUSDT", 485),))
    wishes = [replace(WISH, decision_id=f"d_{i}") for i in range(3)]
    left = limit_batch([wishes[0], None, *wishes[1:]], ledger, PARAMETERS)
    assert [None if room is None else room.usd for room in left] == [10, None, 5, 0]


AMOUNTS = st.decimals(Decimal("0.01"), Decimal(600), places=2)
SYMBOLS = st.sampled_from(["ALGOUSDT", "LINKUSDT", "NEARUSDT", "AVAXUSDT", "VETUSDT", "XUSDT"])


@given(wishes=st.lists(st.tuples(SYMBOLS, AMOUNTS), max_size=12), loss=st.integers(-60, 10))
def test_no_batch_breaks_a_limit(wishes: list[tuple[str, Decimal]], loss: int) -> None:
    ledger = LedgerSnapshot(realised_usd=Decimal(loss))
    requests = [EntryRequest(f"d_{i}", symbol, usd, 0) for i, (symbol, usd) in enumerate(wishes)]
    results = limit_batch(requests, ledger, PARAMETERS)
    taken: dict[str, Decimal] = {}
    for request, result in zip(requests, results, strict=True):
        assert result is not None
        assert Decimal(0) <= result.usd <= request.usd
        assert bool(result.clamps) == (result.usd < request.usd)
        taken[request.symbol] = taken.get(request.symbol, Decimal(0)) + result.usd
    assert all(usd <= 500 for usd in taken.values())
    assert sum(taken.values()) <= 5_000
    assert sum(1 for result in results if result and result.usd > 0) <= 5
    assert loss > -50 or sum(taken.values()) == 0


def test_every_rule_has_a_name_of_its_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
