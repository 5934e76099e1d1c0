"""``keeper limits`` tells every limit with the value in force."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from keeper_agent.cli import app
from tools.execution.kill import KillSwitch
from tools.risk.limit_table import TABLE


def test_every_limit_is_told_with_what_the_operator_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEPER_PARAMETERS", "daily_loss_limit_usd=5,blacklist_departures=0")
    done = CliRunner().invoke(app, ["limits", "--json", "--home", str(tmp_path / "none")])
    assert done.exit_code == 0
    rows = {row["name"]: row for row in json.loads(done.stdout)["limits"]}
    assert list(rows) == [row.name for row in TABLE]
    assert (rows["daily_loss"]["value"], rows["daily_loss"]["default"]) == (5, 50)
    off = {name for name, row in rows.items() if row["is_off"]}
    bounds = {name for name in rows if name.endswith("_bound")}
    assert off == {"symbol_blacklist", "detection_share", "held_back", "few_signals", *bounds}
    assert rows["kill_switch"]["value"] is None
    assert rows["mm_moved"]["watched_by"] == "tools.execution.departing"


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_the_terminal_tells_each_in_whole_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("KEEPER_PARAMETERS", "daily_loss_limit_usd=5")
    KillSwitch(tmp_path).set("by hand")
    done = CliRunner().invoke(app, ["limits", "--home", str(tmp_path)])
    assert done.exit_code == 0
    lines = [line.split() for line in done.stdout.splitlines()]
    assert max(map(len, done.stdout.splitlines())) <= columns
    assert {line[0] for line in lines} >= {row.name for row in TABLE}
    words = {word for line in lines for word in line}
    assert words >= {word for row in TABLE for word in f"{row.meaning} {row.blocks.value}".split()}
    assert [line[1:4] for line in lines if line[0] in ("kill_switch", "pause", "daily_loss")] == [
        ["set", "set", "by"],
        ["not", "set", "set"],
        ["5", "USD", "realised"],
    ]
