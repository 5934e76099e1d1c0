"""Figures as a page tells them; None is told as a dash, never as zero."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tools.domain.clock import iso
from tools.domain.trading import Route

NONE = "–"
Number = float | int | str | Decimal | None


def bps(value: Number) -> str:
    """Basis points with their sign."""
    return NONE if value is None else f"{float(value):+.2f} bps"


def signed(value: Number, digits: int = 4) -> str:
    """An amount with its sign."""
    return NONE if value is None else f"{float(value):+.{digits}f}"


def amount(value: Number, digits: int = 2) -> str:
    """An amount without sign."""
    return NONE if value is None else f"{float(value):,.{digits}f}"


def price(value: Number) -> str:
    """A price to seven figures, never in powers of ten."""
    if value is None:
        return NONE
    text = f"{Decimal(repr(value) if isinstance(value, float) else str(value)):.7g}"
    return f"{Decimal(text):f}"


def share(value: Number) -> str:
    """A share in per cent."""
    return NONE if value is None else f"{100 * float(value):.1f} %"


def whole_share(value: Number) -> str:
    """A share in whole per cent."""
    return NONE if value is None else f"{100 * float(value):.0f} %"


def decimal(value: Number, digits: int = 2) -> str:
    """A plain number."""
    return NONE if value is None else f"{float(value):.{digits}f}"


def seconds(value: Number) -> str:
    """A span in the unit that suits it."""
    if value is None:
        return NONE
    left = float(value)
    if left < 120:
        return f"{left:.1f} s" if left < 10 else f"{left:.0f} s"
    return f"{left / 60:.0f} min" if left < 7_200 else f"{left / 3_600:.1f} h"


def clock(ts: int | None) -> str:
    """Time of day to the second, UTC."""
    return NONE if ts is None else iso(ts)[11:19]


def when(ts: int | None) -> str:
    """Date and time to the second, UTC."""
    return NONE if ts is None else iso(ts)[:19].replace("T", " ")


def short(name: str | None) -> str:
    """An id shortened to what is still unique in nearly every record."""
    return NONE if name is None else name[:12]


def plain(words: object) -> str:
    """A name of the code as words."""
    return NONE if words is None else str(words).replace("_", " ")


def decider(route: str) -> str:
    """Who decided, in a word."""
    return Route(route).label


def tone(value: Number) -> str:
    """Class of a figure that is good above zero and bad below."""
    if value is None or float(value) == 0:
        return "even"
    return "up" if float(value) > 0 else "down"


def headline(found: Mapping[str, Any] | None, kind: str = "bps") -> str:
    """An estimate alone, for a card that tells its ``margin`` beside it."""
    return NONE if found is None else f"{_scaled(found['value'], kind)}{' %' if kind == 'share' else ' bps'}"


def margin(found: Mapping[str, Any], kind: str = "bps") -> str:
    """The 95 % interval of an estimate and its n."""
    if found["low"] is None:
        return f"(n = {found['n']}, no interval)"
    return f"[{_scaled(found['low'], kind)}, {_scaled(found['high'], kind)}], n = {found['n']}"


def estimate(found: Mapping[str, Any] | None, kind: str = "bps") -> str:
    """An estimate with its 95 % interval and n."""
    return NONE if found is None else f"{headline(found, kind)} {margin(found, kind)}"


def _scaled(value: float, kind: str) -> str:
    return f"{100 * value:.0f}" if kind == "share" else f"{value:+.2f}"


FILTERS = {
    one.__name__: one
    for one in (
        bps, signed, amount, price, share, whole_share, decimal, seconds, clock, when, short, plain, decider,
        tone, headline, margin, estimate,
    )
}  # fmt: skip
