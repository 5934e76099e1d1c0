"""The whole detection benchmark: its worlds, its words, its figures."""

from __future__ import annotations

import itertools

import pytest

from benchmarks.detection.__main__ import planned, tables, words
from benchmarks.detection.leaving import Tally
from benchmarks.detection.sets import HELD_OUT, LEAVING_JUDGED, TIERS, UNSEEN_FAMILIES
from benchmarks.detection.whole import EMPTY, OFFSETS, QUOTED, TUNING, Plan, measure
from benchmarks.detection.worlds import NOBODY
from benchmarks.detection.zero_edge import TELLING


def plan(**changes: object) -> Plan:
    given: dict[str, object] = {"tiers": TIERS, "families": UNSEEN_FAMILIES, "seeds": (5_000, 4)}
    return Plan(**{**given, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("tier", TIERS)
def test_no_world_serves_two_purposes(tier: str) -> None:
    seeds = {role: {world.seed for world in plan().worlds(tier, role)} for role in OFFSETS}
    assert all(seeds.values())
    for one, other in itertools.combinations(seeds.values(), 2):
        assert not one & other


def test_worlds_without_a_maker_have_none_and_as_many_seeds_as_those_with_one() -> None:
    assert {world.family for role in (TUNING, EMPTY) for world in plan().worlds("T2", role)} == {NOBODY}
    quoted, empty = list(plan().worlds("T2", QUOTED)), list(plan().worlds("T2", EMPTY))
    assert len(quoted) == len({world.seed for world in empty}) == 8


def test_the_default_worlds_are_not_those_kept_aside() -> None:
    kept = {world.seed for batch in (*HELD_OUT, *LEAVING_JUDGED) for world in batch.worlds()}
    asked = planned(words(), words().parse_args([]))
    for role, tier in itertools.product(OFFSETS, TIERS):
        assert not kept & {world.seed for world in asked.worlds(tier, role)}


def test_tallies_of_two_markets_count_as_one() -> None:
    one = Tally(met=[True], delays=[(1.0, 2.0)], right=1, wrong=2, hours=0.5)
    one.add(Tally(met=[False], right=1, repeated=3, hours=1.5))
    assert one.figures()["coverage"]["n"] == 2
    assert (one.right, one.wrong, one.repeated, one.hours) == (2, 2, 3, 2.0)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["--tiers", "T9"], "--tiers expects"),
        (["--families", "nobody"], "--families expects"),
        (["--seeds", "1"], "--seeds expects"),
        (["--seeds=-1,2"], "--seeds expects"),
        (["--seconds", "60"], "--seconds expects"),
        (["--workers", "0"], "--workers expects"),
    ],
)
def test_what_is_not_understood_is_said_in_one_line(
    said: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        planned(words(), words().parse_args(said))
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_an_easy_world_is_read_and_its_figures_told() -> None:
    small = plan(tiers=("T0",), seeds=(5_000, 1), seconds=180, workers=1, has_spoofing=False)
    heard: list[tuple[int, int]] = []
    found = measure(small, lambda done, total: heard.append((done, total)))
    assert heard[-1] == (3, 3)
    tier = found["tiers"]["T0"]
    assert tier["presence"]["confidence"]["recall"]["n"] > 0
    assert tier["presence"]["confidence"]["false_positives"]["n"] > 0
    assert tier["calibration"]["brier_skill"] > 0.5 > tier["calibration"]["brier_skill_shuffled"]
    controls = tier["controls"]
    assert controls["presence"]["ranking"] > controls["presence"]["shuffled_mean"] + 0.2
    assert controls["nobody"]["is_chance"]
    assert controls["departures_of_nobody"]["hours"] > 0
    assert set(found["zero_edge"]) == set(TELLING)
    assert [table.row_count for table in tables(found)] == [1, 1, 1]
