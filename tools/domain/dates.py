"""Arithmetic with UTC dates written as ``YYYY-MM-DD``."""

from __future__ import annotations

from datetime import date


def days_between(first: str, last: str) -> int:
    """How many calendar days there are from ``first`` to ``last``, both counted.

    >>> days_between("2024-08-08", "2024-08-09")
    2
    """
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
