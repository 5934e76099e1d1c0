"""Estimates on pages: whole in a table, the figure and its margin apart on a card."""

from __future__ import annotations

import pytest

from keeper_agent.dashboard.words import estimate, headline, margin


@pytest.mark.parametrize(
    ("found", "kind", "told"),
    [
        ({"value": 1.5, "low": -2.0, "high": 4.25, "n": 30}, "bps", "+1.50 bps [-2.00, +4.25], n = 30"),
        ({"value": 0.5, "low": 0.09, "high": 0.91, "n": 2}, "share", "50 % [9, 91], n = 2"),
        ({"value": -3.0, "low": None, "high": None, "n": 1}, "bps", "-3.00 bps (n = 1, no interval)"),
    ],
)
def test_a_card_and_a_table_tell_the_same(found: dict[str, float | None], kind: str, told: str) -> None:
    assert estimate(found, kind) == told
    assert f"{headline(found, kind)} {margin(found, kind)}" == told


def test_what_is_not_known_is_a_dash() -> None:
    assert (estimate(None), headline(None, "share")) == ("–", "–")
