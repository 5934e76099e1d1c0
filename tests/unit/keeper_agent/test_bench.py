"""``keeper bench``: finds the benchmarks of the checkout and hands their words on."""

from __future__ import annotations

from pathlib import Path

import pytest

from keeper_agent.commands import bench
from tools.domain.errors import BadUsage


def test_every_benchmark_is_listed_with_what_it_measures() -> None:
    found = bench.benchmarks()
    assert {"detection", "memory", "feed.clients", "router"} <= set(found)
    assert all(found.values())


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadUsage, match=r"'nothing'.*detection"):
        bench.run_benchmark("nothing", [])


def test_its_exit_code_is_the_benchmarks(capfd: pytest.CaptureFixture[str]) -> None:
    assert bench.run_benchmark("detection", ["--tiers", "T9"]) == 2
    assert "--tiers expects" in capfd.readouterr().err


def test_without_the_source_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("keeper_agent.__file__", str(tmp_path / "keeper_agent" / "__init__.py"))
    with pytest.raises(BadUsage, match="come with the source"):
        bench.benchmarks()
