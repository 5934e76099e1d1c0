"""What asking cost: counted from what was asked and paid, as known then, beside what the caps leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from graphs.cost import CostFigures, budget_left, cost_as_data, measure_cost, told_cost
from keeper_agent.views.report_live import cost_part
from memory.asking_cost import asking_cost
from memory.consultations import Consultation, ConsultationLog, Tokens
from memory.spending import SpendCaps, SpendLedger
from memory.store import Store
from tests.support.memories import DAY, MemoryBuilder, at

CAPS = SpendCaps(Decimal("0.01"), Decimal("0.06"), Decimal(2))
EARLIER, NEXT_MONTH = "2024-08-02", "2024-09-01"
LATER = at("12:00:00", "2024-12-01")


class Hand:
    """A clock that is set by hand."""

    ts = 0

    def now(self) -> int:
        return self.ts


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path, is_throwaway=True) as store:
        MemoryBuilder(store).begin()
        clock = Hand()
        ledger = SpendLedger(store, CAPS, clock, run_id="run_0000000001", world="recorded")
        plan = (
            ("a", EARLIER, "0.004", Tokens(input=900, output=40, cached=600)),
            ("b", DAY, "0.002", Tokens(input=1_000, output=50, cached=0)),
            ("c", DAY, None, None),
            ("d", NEXT_MONTH, "0.009", Tokens(input=5, output=5)),
        )
        for name, day, paid, tokens in plan:
            clock.ts = at("10:00:00", day)
            ledger.reserve(name, Decimal("0.01"), provider="openai", model="small")
            if paid is not None:
                clock.ts += 10**9
                ledger.settle(name, Decimal(paid), provider="openai", model="small")
            ConsultationLog(store).record(consultation(name, at("10:00:00", day), tokens))
        yield store


def consultation(name: str, ts: int, tokens: Tokens | None) -> Consultation:
    return Consultation(
        consultation_id=f"c_{name}", decision_id=f"d_{name}", run_id="run_0000000001", world="recorded",
        purpose="decide", propensity=1.0, attempt=0, provider="openai", model="small", prompt_version="1",
        fingerprint="f", request=b"", answer=b"", text="", cause=None if tokens else "timeout", detail="",
        tokens=tokens, cost_usd=Decimal(0), ts=ts, ts_known=ts + 10**9,
    )  # fmt: skip


def test_the_day_and_its_month_are_counted_apart(store: Store) -> None:
    found = measure_cost(store, DAY, CAPS, as_of=LATER)
    assert (found.day.calls, found.day.failed, found.day.decisions) == (2, 1, 2)
    assert (found.day.input_tokens, found.day.cached_tokens, found.day.hits) == (1_000, 0, 0)
    assert (found.month.calls, found.month.input_tokens, found.month.output_tokens) == (3, 1_900, 90)
    assert (found.month.cached_tokens, found.month.hits, found.month.uncounted) == (600, 1, 1)


def test_what_was_never_settled_counts_at_its_worst_and_is_named(store: Store) -> None:
    found = measure_cost(store, DAY, CAPS, as_of=LATER)
    assert (found.day.spent_usd, found.day.unsettled_usd) == (Decimal("0.012"), Decimal("0.01"))
    assert found.month.spent_usd == Decimal("0.016")
    assert budget_left(found) == (Decimal("0.048"), Decimal("1.984"))
    spent = replace(found.day, spent_usd=Decimal(1))
    assert budget_left(replace(found, day=spent))[0] == 0, "more than the cap is nothing left, not less"


def test_what_became_known_later_is_not_counted(store: Store) -> None:
    asked = at("10:00:00")
    known = asking_cost(store, at("00:00:00"), at("23:59:59"), as_of=asked)
    assert known.calls == 0
    assert known.spent_usd == Decimal("0.02"), "both were reserved, neither settled"


def test_it_is_told_in_words_and_on_the_page(store: Store) -> None:
    found = measure_cost(store, DAY, CAPS, as_of=LATER)
    assert "| month | 3 | 3 | 1 | 1,900 | 600 | 1 | 90 | 0.016 | 0.01 | 1.984 |" in told_cost(found)[1]
    page = cost_part(cost_as_data(found))
    assert "600 (32%), 1 call<" in page
    assert "0.0480 USD of 0.0600 USD" in page


def test_a_month_without_a_question_says_so_with_the_budget(store: Store) -> None:
    found = measure_cost(store, "2024-10-01", CAPS, as_of=LATER)
    assert told_cost(found)[1] == "No brain was asked this month; 2 USD of the month's budget are left."
    assert "2.0000 USD of this month&#x27;s budget are left" in cost_part(cost_as_data(found))
    untold = CostFigures(found.day, found.month, None)
    assert budget_left(untold) == (None, None)
