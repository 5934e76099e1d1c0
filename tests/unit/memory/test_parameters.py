"""Parameters are versions: bounded, explained, and as of a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from memory.episodes import EpisodeLog
from memory.parameters import ParameterStore
from memory.store import Store
from tools.domain.errors import BadUsage, InvariantBroken
from tools.domain.parameter import default_parameters


def change(parameters: ParameterStore, name: str, value: float, ts: int, **more: Any) -> Any:
    told: dict[str, Any] = {"reason": "too tight", "evidence": ["l_1", "o_2"], "run_id": "run_0000000001"}
    return parameters.change(name, value, ts=ts, **{**told, "world": "recorded", **more})


def test_without_versions_the_settings_hold_over_the_catalogue(store: Store) -> None:
    parameters = ParameterStore(store, {"stop_bps": 30})
    assert parameters.snapshot(0)["stop_bps"] == 30
    assert parameters.snapshot(0).values == default_parameters({"stop_bps": 30}).values
    assert parameters.snapshot(0).version == 0


def test_a_change_holds_from_its_time_on_and_never_before(store: Store, log: EpisodeLog) -> None:
    parameters = ParameterStore(store, {"stop_bps": 30})
    change(parameters, "stop_bps", 25, 100)
    change(parameters, "entry_timeout_s", 45, 150)
    change(parameters, "stop_bps", 40, 200)
    for seen in (parameters, ParameterStore(store, {"stop_bps": 30})):
        values = [
            (seen.snapshot(ts)["stop_bps"], seen.snapshot(ts).version) for ts in (99, 100, 150, 199, 200)
        ]
        assert values == [(30, 0), (25, 1), (25, 2), (25, 2), (40, 3)]
        assert seen.snapshot(200).origin == {"stop_bps": "version 3", "entry_timeout_s": "version 2"}


def test_history_tells_every_version_and_its_reason(store: Store, log: EpisodeLog) -> None:
    parameters = ParameterStore(store)
    change(parameters, "stop_bps", 25, 100, impact={"expected_bps": 0.5}, context={"win_rate": 0.4})
    change(parameters, "stop_bps", 40, 200)
    first, second = parameters.history("stop_bps")
    assert (first.value_before, first.value, first.ts_known, first.ts_retired) == (20, 25, 100, 200)
    assert (second.value_before, second.value, second.version, second.ts_retired) == (25, 40, 2, None)
    assert (first.reason, first.evidence) == ("too tight", ("l_1", "o_2"))
    assert (first.impact, first.context) == ({"expected_bps": 0.5}, {"win_rate": 0.4})


@pytest.mark.parametrize(
    ("name", "value", "ts", "more", "message"),
    [
        ("stop_bpz", 25, 200, {}, "unknown parameter 'stop_bpz'"),
        ("stop_bps", 5_000, 200, {}, "stop_bps must be between 1 and 1000"),
        ("stop_bps", float("nan"), 200, {}, "stop_bps must be between"),
        ("stop_bps", 25, 200, {"reason": " "}, "expected a reason"),
        ("stop_bps", 30, 99, {}, "no earlier than 100, was 99"),
        ("stop_bps", 25, 200, {}, "25 is already in force"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    store: Store, log: EpisodeLog, name: str, value: float, ts: int, more: dict[str, Any], message: str
) -> None:
    parameters = ParameterStore(store)
    change(parameters, "stop_bps", 25, 100)
    with pytest.raises(BadUsage, match=message):
        change(parameters, name, value, ts, **more)
    assert parameters.snapshot(300)["stop_bps"] == 25
    assert len(parameters.history("stop_bps")) == 1


def test_a_change_of_an_unknown_run_leaves_nothing_half_done(store: Store, log: EpisodeLog) -> None:
    parameters = ParameterStore(store)
    change(parameters, "stop_bps", 25, 100)
    with pytest.raises(InvariantBroken, match="refers to run"):
        change(parameters, "stop_bps", 30, 200, run_id="run_unknown")
    (only,) = parameters.history("stop_bps")
    assert only.ts_retired is None


def test_a_snapshot_is_the_same_object_until_something_changes(store: Store, log: EpisodeLog) -> None:
    parameters = ParameterStore(store)
    change(parameters, "stop_bps", 25, 100)
    assert parameters.snapshot(100) is parameters.snapshot(10**18)


def test_a_reader_sees_a_change_after_refreshing(home: Path, store: Store, log: EpisodeLog) -> None:
    with Store.open(home, read_only=True) as reader:
        seen = ParameterStore(reader)
        change(ParameterStore(store), "stop_bps", 25, 100)
        seen.refresh()
        assert seen.snapshot(100)["stop_bps"] == 25


def test_a_change_that_is_not_certain_yet_is_seen_after_a_refresh_alone(
    store: Store, log: EpisodeLog
) -> None:
    parameters = ParameterStore(store, {"stop_bps": 30})
    change(parameters.detached(), "stop_bps", 25, 100)
    assert parameters.snapshot(100)["stop_bps"] == 30
    parameters.refresh()
    assert parameters.snapshot(100)["stop_bps"] == 25


def test_a_symbol_may_have_its_own_share_and_nothing_else_of_its_own(store: Store, log: EpisodeLog) -> None:
    parameters = ParameterStore(store)
    change(parameters, "symbol_size_share@NEARUSDT", 0.5, 100)
    seen = parameters.snapshot(100)
    assert (seen.scoped("symbol_size_share", "NEARUSDT"), seen.scoped("symbol_size_share", "ADAUSDT")) == (
        0.5,
        1,
    )
    assert parameters.snapshot(99).scoped("symbol_size_share", "NEARUSDT") == 1
    for name, value in (("stop_bps@NEARUSDT", 25), ("symbol_size_share@NEARUSDT", 2), ("nonsense@X", 1)):
        with pytest.raises(BadUsage):
            change(parameters, name, value, 200)
