"""Typing slips are put right where one word can be meant, and nowhere else."""

from __future__ import annotations

import pytest

from prompts.spelling import correct


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("decisons", "decisions"),
        ("tradse", "trades"),
        ("yesterdy", "yesterday"),
        ("yestarday", "yesterday"),
        ("skiped", "skipped"),
        ("signlas", "signals"),
        ("avarage", "average"),
        ("mny", "many"),
    ],
)
def test_a_slip_is_put_right_and_told(typed: str, meant: str) -> None:
    assert correct(f"how {typed}", {typed}) == (f"how {meant}", (f"{typed} → {meant}",))


@pytest.mark.parametrize(
    "word",
    ["traders", "weather", "chance", "brought", "trailing", "frog", "doge", "roles", "sharpe"],
)
def test_a_word_that_is_right_or_far_from_all_others_stays(word: str) -> None:
    assert correct(word, {word}) == (word, ())


def test_what_was_understood_is_not_touched() -> None:
    assert correct("decisons and tradse", {"tradse"})[0] == "decisons and trades"


def test_no_word_is_read_as_one_that_says_nothing() -> None:
    """Else a condition would be lost: "trailing" is not "trading"."""
    assert correct("reallly", {"reallly"})[0] == "reallly"
    assert correct("abuot", {"abuot"})[0] == "about"
