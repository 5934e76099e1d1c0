"""``keeper models``: what there is, which one decides, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import Here
from tests.unit.models.conftest import SMALL, trades
from tools.models.examples import build_dataset
from tools.models.outcome_model import train_outcome
from tools.models.registry import ModelRegistry

TS = 1_704_067_200_000_000_000


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(monkeypatch, capsys)


@pytest.fixture
def versions(own_home: Path) -> tuple[str, str]:
    registry = ModelRegistry(own_home)
    trained = train_outcome(build_dataset(trades(400, signal=1.0, seed=1)), seed=1, settings=SMALL)
    older = registry.save(trained, ts_trained=TS, code_version="0.1.0")
    newer = registry.save(trained, ts_trained=TS + 10**9, code_version="0.1.0")
    registry.promote(older, ts=TS, reason="gate")
    return older, newer


def test_versions_are_listed_shown_promoted_and_rolled_back(here: Here, versions: tuple[str, str]) -> None:
    older, newer = versions
    listed = here("models", "list", "--json").json["models"]
    assert [(one["version"], one["is_current"]) for one in listed] == [(older, True), (newer, False)]
    assert older in here("models", "list").out
    assert here("models", "promote", newer, "--json").json == {
        "version": newer,
        "before": older,
        "reason": "by hand",
    }
    shown = here("models", "show", "--json").json
    assert (shown["version"], shown["is_current"], shown["promotions"][0]["reason"]) == (
        newer,
        True,
        "by hand",
    )
    assert "skill over geometry" in here("models", "show", older).out
    back = here("models", "rollback", "--json").json
    assert (back["version"], back["reason"]) == (older, f"rolled back from {newer}")
    here("models", "rollback").fails_in_one_line(7, f"no version was in force before {older}")


def test_mistakes_are_one_line(here: Here, versions: tuple[str, str], own_home: Path) -> None:
    here("models", "promote", "newest").fails_in_one_line(7, "expected a version like", "newest")
    here("models", "rollback").fails_in_one_line(7, "no version was in force before")
    (own_home / "models" / "outcome" / versions[1] / "model.json").write_text("{}")
    here("models", "promote", versions[1]).fails_in_one_line(7, versions[1])
    listed = here("models", "list")
    assert "unusable" in listed.out
    assert listed.code == 0


def test_an_empty_home_says_how_to_get_one(here: Here) -> None:
    assert "keeper train outcome" in here("models", "list").out
    here("models", "show").fails_in_one_line(7, "expected a model in force")
