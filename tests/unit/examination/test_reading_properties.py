"""Whatever is asked by parts: groups add up to the whole, a condition and its denial too, bounds part it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from graphs.query import answer
from graphs.reading import answering, groups
from graphs.reading.answering import answer_form
from graphs.reading.counted import counted
from memory.statistics import last_decision_time
from memory.store import Store
from memory.tally import Bound, Condition, Selection, Times, counts, tally
from prompts.reading.forms import Form, Statistic, What
from prompts.reading.tongue import Tongue
from tools.domain.errors import NotInRecord

MINUTE_NS = 60 * 10**9


@pytest.fixture(scope="module")
def store(second_home: Path) -> Iterator[Store]:
    with Store.open(second_home, is_throwaway=True) as opened:
        yield opened


def value(store: Store, question: str) -> Decimal:
    last = last_decision_time(store)
    assert last is not None
    return Decimal(str(answer(store, question, last + MINUTE_NS).numbers["value"]))


def by(store: Store, question: str) -> list[Decimal]:
    last = last_decision_time(store)
    assert last is not None
    told = answer(store, question, last + MINUTE_NS).numbers["by"]
    return [Decimal(str(one["value"] if isinstance(one, dict) else one)) for one in told.values()]


@pytest.mark.parametrize("thing", ["decisions", "trades", "fills", "orders", "signals followed on paper"])
@pytest.mark.parametrize("way", ["symbol", "regime", "route", "day", "hour", "weekday"])
def test_the_counts_of_groups_add_up_to_the_whole(store: Store, thing: str, way: str) -> None:
    assert sum(by(store, f"number of {thing} by {way}")) == value(store, f"how many {thing}")


@pytest.mark.parametrize("way", ["symbol", "regime", "route", "weekday"])
def test_the_sums_of_groups_add_up_to_the_whole(store: Store, way: str) -> None:
    whole = value(store, "total fees of all trades in usdt")
    assert abs(sum(by(store, f"total fees by {way}")) - whole) < Decimal("0.000001")


@pytest.mark.parametrize(
    ("whole", "one", "other"),
    [
        ("how many trades", "how many trades on ADA", "how many trades not on ADA"),
        (
            "how many decisions",
            "how many decisions in the calm regime",
            "how many decisions outside the calm regime",
        ),
        ("how many trades", "how many trades were probes", "how many trades were not probes"),
        ("how many brain calls", "how many audit calls", "how many brain calls except audits"),
        ("bao nhiêu lệnh", "bao nhiêu lệnh FIL", "bao nhiêu lệnh không phải FIL"),
        (
            "how many trades",
            "how many trades were split into one slice",
            "how many trades had more than 1 slices",
        ),
    ],
)
def test_what_holds_and_what_does_not_make_the_whole(store: Store, whole: str, one: str, other: str) -> None:
    assert value(store, one) + value(store, other) == value(store, whole)
    assert 0 < value(store, one) < value(store, whole)


def test_a_gap_is_the_difference_of_its_sides(store: Store) -> None:
    ada, dot = (value(store, f"total fees on {one} in usdt") for one in ("ADA", "DOT"))
    assert abs(value(store, "how much more fees did ADA pay than DOT, in usdt") - abs(ada - dot)) < Decimal(
        "1e-6"
    )


@pytest.mark.parametrize("word", ["frobnicated", "moonphase", "kryptonite"])
@pytest.mark.parametrize(
    "question", ["how many {} trades on ADA", "total fees of {} trades", "tổng phí của lệnh {}"]
)
def test_no_figure_is_told_of_a_word_that_nobody_read(store: Store, question: str, word: str) -> None:
    last = last_decision_time(store)
    assert last is not None
    with pytest.raises(NotInRecord, match=word):
        answer(store, question.format(word), last + MINUTE_NS)


COUNTS = [
    Form(what=what, entity=entity, group=group, where=where, times=times, best=best)
    for entity in ("decision", "trade", "fill", "order", "paper")
    for where in ((), (Condition("symbol", ("ALGOUSDT",), is_not=True),), (Condition("probe", (1,)),))
    for times in ((), (Times(hours=(3 * 3600, 15 * 3600), is_not=True),))
    for what, group, best in (
        (What.FIGURE, "", None),
        (What.GROUPS, "symbol", None),
        (What.GROUPS, "probe", None),
        (What.GROUPS, "weekday", None),
        (What.GROUPS, "week", None),
        (What.LEADER, "route", True),
        (What.LEADER, "probe", False),
    )
]


@pytest.mark.parametrize("form", COUNTS, ids=lambda form: f"{form.entity}-{form.what}-{form.group}")
def test_what_the_database_counts_is_what_reading_every_row_counts(
    store: Store, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text, figures and citations, word for word; and it really is counted there."""
    assert counted(store, form) is not None
    told = answer_form(store, form, Tongue(is_vietnamese=False))
    for module in (answering, groups):
        monkeypatch.setattr(module, "counted", lambda store, form: None)
    assert answer_form(store, form, Tongue(is_vietnamese=False)) == told


@pytest.mark.parametrize(
    "form",
    [
        Form(What.FIGURE, "decision", bounds=(Bound("expected", low=Decimal(0)),)),
        Form(What.FIGURE, "decision", part=(Condition("probe", (1,)),)),
        Form(What.FIGURE, "decision", newest=5),
        Form(What.FIGURE, "trade", statistic=Statistic.SUM, measure="net"),
        Form(What.GROUPS, "decision", group="rule"),
    ],
    ids=lambda form: f"{form.entity}-{form.what}-{form.statistic}",
)
def test_what_the_database_cannot_tell_is_not_counted_there(store: Store, form: Form) -> None:
    assert counted(store, form) is None


@pytest.mark.parametrize("column", ["rule", "limit", "objecting", "favouring"])
def test_rows_whose_list_holds_a_name_are_found_by_the_database(store: Store, column: str) -> None:
    every = tally(store, Selection("decision", (column,)))
    names = {one for row in every for one in row[column]}
    assert names
    for name in sorted(names | {"nobody", "spoof", "x'y", f"rule.{min(names)}"}):
        wanted = Selection("decision", (column,), (Condition(column, (name,)),))
        assert tally(store, wanted) == [row for row in every if name in row[column]]
        assert counts(store, wanted) == [(None, sum(name in row[column] for row in every))]
        others = replace(wanted, where=(Condition(column, (name,), is_not=True),))
        assert tally(store, others) == [row for row in every if name not in row[column]]
    two = Selection("decision", (column,), (Condition(column, tuple(sorted(names)[:2])),))
    assert tally(store, two) == [row for row in every if set(row[column]) & set(sorted(names)[:2])]
    assert len(every) > 100
