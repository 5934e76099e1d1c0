"""What the database counts alone is what the rows come to when they are read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graphs.query import answer
from graphs.reading.counted import counted
from graphs.reading.figures import figure, grouped, rows_of
from memory.store import Store
from memory.tally import Condition
from prompts.reading.forms import Form, Statistic, What
from tests.support.asked_world import NOW, an_asked_world
from tools.domain.errors import NotInRecord

STOPPED = Condition("result", ("stop",))
WON = Condition("won", (1,))
NO_STOP = Condition("result", ("stop",), is_not=True)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    world = an_asked_world(tmp_path_factory.mktemp("home"))
    with Store.open(world.home, read_only=True) as opened:
        yield opened
    world.plain.close()


@pytest.mark.parametrize(
    "form",
    [
        Form(What.FIGURE, "trade", where=(WON,)),
        Form(What.FIGURE, "trade", Statistic.SHARE, part=(STOPPED,)),
        Form(What.FIGURE, "trade", Statistic.SHARE, where=(WON,), part=(NO_STOP,)),
        Form(What.FIGURE, "decision", Statistic.SHARE, part=(Condition("rule", ("spoofing",)),)),
        Form(What.LEADER, "trade", Statistic.SHARE, part=(WON,), group="symbol", best=True),
        Form(What.NAMES, "trade", part=(STOPPED,), group="route"),
        Form(What.GROUPS, "trade", Statistic.SHARE, part=(WON,), group="day"),
        Form(What.COMPARE, "trade", Statistic.SHARE, where=(NO_STOP,), part=(WON,)),
    ],
)
def test_the_database_counts_what_the_rows_come_to(store: Store, form: Form) -> None:
    quick = counted(store, form)
    assert quick is not None
    rows = rows_of(store, form)
    whole = figure(rows, form, form.statistic, form.measure)
    assert whole.n > 0
    assert quick.n == len(rows)
    assert (quick.figure.value, quick.figure.low, quick.figure.high) == (whole.value, whole.low, whole.high)
    if form.group:
        slow = {
            name: figure(those, form, form.statistic, "").value
            for name, those in grouped(rows, form, form.group).items()
        }
        assert {name: one.value for name, one in quick.groups.items()} == slow


def test_what_needs_its_rows_is_not_counted_alone(store: Store) -> None:
    assert counted(store, Form(What.FIGURE, "trade", Statistic.SHARE, part=(WON,))) is None
    assert counted(store, Form(What.FIGURE, "trade", Statistic.SUM, "net")) is None
    assert counted(store, Form(What.FIGURE, "trade", newest=5)) is None


def test_a_pronoun_stands_for_the_same_through_a_talk(store: Store) -> None:
    first = "which symbol lost the most money?"
    name = answer(store, first, NOW).numbers["name"]
    asked = ("how many trades did it have?", "what was its win rate?")
    one = answer(store, asked[0], NOW, (first,))
    other = answer(store, asked[0], NOW, (first, asked[1]))
    alone = answer(store, f"how many trades on {name}?", NOW)
    assert one.numbers["n"] == other.numbers["n"] == alone.numbers["n"]
    assert alone.numbers["n"] < answer(store, "how many trades?", NOW).numbers["n"]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("how much tax do I owe?", 'Keeper keeps nothing of "tax"'),
        ("số dư tài khoản của tôi?", 'Keeper keeps nothing of "số dư tài khoản"'),
    ],
)
def test_a_topic_of_which_nothing_is_kept_is_refused_by_name(store: Store, question: str, told: str) -> None:
    with pytest.raises(NotInRecord, match=told):
        answer(store, question, NOW)
