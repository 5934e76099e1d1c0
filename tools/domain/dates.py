"""Arithmetic with UTC dates written as ``YYYY-MM-DD``."""

from __future__ import annotations

from datetime import date


def is_date(text: str) -> bool:
    """Whether ``text`` is a calendar day written as ``YYYY-MM-DD``.

    >>> is_date("2024-02-29"), is_date("2023-02-29"), is_date("20240229")
    (True, False, False)
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def days_between(first: str, last: str) -> int:
    """How many calendar days there are from ``first`` to ``last``, both counted.

    >>> days_between("2024-08-08", "2024-08-09")
    2
    """
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
