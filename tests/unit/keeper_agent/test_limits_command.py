"""``keeper limits`` tells every limit with the value in force."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from keeper_agent.cli import app
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


def test_the_terminal_names_them_too(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["limits", "--home", str(tmp_path / "none")])
    assert done.exit_code == 0
    assert all(row.name in done.stdout for row in TABLE)
