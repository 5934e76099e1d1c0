"""Cutting an entry into slices the MM can digest, in whole lots so that nothing is lost."""

from __future__ import annotations

from typing import NamedTuple


class Split(NamedTuple):
    """Slices in lots, and the lots that no admissible slice could carry."""

    slices: tuple[int, ...]
    left_out: int


def split_lots(total: int, *, largest: int, smallest: int, most: int) -> Split:
    """Fewest slices of at most ``largest`` and at least ``smallest`` lots that carry ``total``.

    Full slices come first and the rest last. A rest below ``smallest`` is spread: the same
    number of slices, made even. Where an even slice would be too small as well, or more
    than ``most`` slices were needed, the lots that do not fit are left out and returned,
    for the caller to record: ``sum(slices) + left_out == total``, always.

    >>> split_lots(500, largest=80, smallest=50, most=10).slices
    (72, 72, 72, 71, 71, 71, 71)
    >>> split_lots(450, largest=80, smallest=50, most=10).slices
    (80, 80, 80, 80, 80, 50)

    Raises:
        ValueError: The bounds are not 0 < smallest <= largest and most > 0.
    """
    if not 0 < smallest <= largest or most <= 0:
        raise ValueError(f"expected 0 < smallest <= largest and most > 0, was {smallest}, {largest}, {most}")
    carried = min(total, largest * most)
    if carried < smallest:
        return Split((), total)
    count = -(-carried // largest)
    rest = carried - (count - 1) * largest
    if rest >= smallest:
        slices = (largest,) * (count - 1) + (rest,)
    elif carried >= count * smallest:
        slices = _even(carried, count)
    else:
        slices = (largest,) * (count - 1)
    return Split(slices, total - sum(slices))


def _even(total: int, count: int) -> tuple[int, ...]:
    each, more = divmod(total, count)
    return (each + 1,) * more + (each,) * (count - more)
