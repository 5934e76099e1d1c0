"""Profiles in memory: what the record says of a symbol in a regime, as it was known at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from sqlalchemy import insert, or_, select, update

from memory.codec import canonical, finite
from memory.schema import METADATA
from memory.store import Store
from memory.strategies import HEARD_AFTER_NS
from tools.domain.regime import Regime
from tools.domain.trading import Signal

_STRUCTURED = ("signature", "hours")
_NUMBERS = ("n_effective", "win_low", "win_high", "breakeven", "net_bps")
_TOLD = frozenset({"run_id", "ts", "ts_known", "ts_retired", "day"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What followed signals on a symbol in a regime were like.

    Attributes:
        n_effective: How many independent ones they are worth.
        win_low: Lower end of the interval of the win rate.
        breakeven: Mean win rate their signals needed.
        net_bps: Mean result after costs; ``net_low`` and ``net_high`` are None where too few tell.
        signature: Medians of what is known of the market maker, by feature.
        hours: The best hours, UTC: hour, n, mean and its interval.
        day: The UTC date whose reflection said so.
        ts_retired: From then on a later version holds; None while it does.
    """

    profile_id: str
    world: str
    symbol: str
    regime: str
    n: int
    n_effective: float
    wins: int
    win_low: float
    win_high: float
    breakeven: float
    net_bps: float
    net_low: float | None
    net_high: float | None
    spread_bps: float | None
    signature: Mapping[str, float]
    hours: tuple[Mapping[str, float], ...]
    day: str
    run_id: str
    ts: int
    ts_known: int
    ts_retired: int | None = None

    @property
    def figures(self) -> Mapping[str, float]:
        """What a mind is shown: every figure that is known, by name."""
        known = {
            "signals": float(self.n),
            "independent_signals": self.n_effective,
            "won_share": self.wins / self.n,
            "won_share_low": self.win_low,
            "won_share_high": self.win_high,
            "breakeven_share": self.breakeven,
            "net_bps": self.net_bps,
            "net_bps_low": self.net_low,
            "net_bps_high": self.net_high,
            "usual_spread_bps": self.spread_bps,
            **{f"usual_{name}": value for name, value in self.signature.items()},
        }
        return {name: value for name, value in known.items() if value is not None}

    @property
    def statement(self) -> str:
        """The profile in a sentence."""
        mean = f"{self.net_bps:+.1f} bps a signal after costs"
        bounds = "" if self.net_low is None else f" [{self.net_low:.1f}, {self.net_high:.1f}]"
        rate = f"{self.wins / self.n:.0%} won [{self.win_low:.0%}, {self.win_high:.0%}]"
        return (
            f"{self.symbol} in regime {self.regime}: {rate} where {self.breakeven:.0%} break even, "
            f"{mean}{bounds}, n={self.n}"
        )


def profile_name(world: str, symbol: str, regime: str) -> str:
    """The id all versions of a profile share."""
    return f"pf_{world}_{symbol}_{regime}"


class ProfileBook:
    """Profiles in ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, profile: Profile) -> None:
        """Keep a version; it retires the one in force unless it says the same."""
        table = METADATA.tables["profile"]
        held = (table.c.profile_id == profile.profile_id) & table.c.ts_retired.is_(None)
        rows = self._store.read(select(table).where(held))
        if any(_claim(_profile(row)) == _claim(profile) for row in rows):
            return
        retire = update(table).where(held).values(ts_retired=profile.ts_known)
        self._store.execute([retire, insert(table).values(_values(profile))])

    def known(self, ts: int, *, symbol: str | None = None, world: str | None = None) -> list[Profile]:
        """Every profile in force at ``ts``, by symbol, regime and world."""
        table = METADATA.tables["profile"]
        wanted = [table.c.ts_known <= ts, or_(table.c.ts_retired.is_(None), table.c.ts_retired > ts)]
        wanted += [] if symbol is None else [table.c.symbol == symbol]
        wanted += [] if world is None else [table.c.world == world]
        order = (table.c.symbol, table.c.regime, table.c.world)
        return [_profile(row) for row in self._store.read(select(table).where(*wanted).order_by(*order))]

    def of(self, ts: int, world: str, symbol: str, regime: str) -> Profile | None:
        """The profile of ``symbol`` in ``regime`` as of ``ts``; None where there is none."""
        found = [one for one in self.known(ts, symbol=symbol, world=world) if one.regime == regime]
        return found[0] if found else None


def heard(book: ProfileBook, signal: Signal) -> Mapping[str, float] | None:
    """The figures on a signal's symbol in its regime as they are heard at its time; None without any.

    As with strategies, a minute after their date: a reflection beside the trading writes later than it dates.
    """
    regime = Regime(int(signal.features.get("regime") or 0)).label
    found = book.of(signal.ts - HEARD_AFTER_NS, signal.world, signal.symbol, regime)
    return None if found is None else found.figures


def _claim(profile: Profile) -> dict[str, Any]:
    return {name: value for name, value in _values(profile).items() if name not in _TOLD}


def _values(profile: Profile) -> dict[str, Any]:
    values = asdict(profile)
    values.update({name: finite(values[name]) for name in _NUMBERS})
    return {**values, **{name: canonical(values[name]) for name in _STRUCTURED}}


def _profile(row: Mapping[str, Any]) -> Profile:
    values = {name: row[name] for name in Profile.__dataclass_fields__}
    structured = {name: orjson.loads(row[name]) for name in _STRUCTURED}
    return Profile(**{**values, **structured, "hours": tuple(structured["hours"])})
