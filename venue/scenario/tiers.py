"""How hard each world is. These numbers are frozen: see docs/decisions/0011-tiers.md.

T0 is a toy, T1 easy, T2 mid, T3 hard (imitators, wash prints, spoofing), T4 an adversary that
adapts; RANDOM is mid with a market maker that randomises its sizes.
"""

from __future__ import annotations

from dataclasses import dataclass

from venue.participants.quoting import Family

# what a tier draws from; families added since are taken only where they are asked for
ALL_FAMILIES = (Family.TIMER, Family.TRIGGERED, Family.INVENTORY, Family.LADDER, Family.HUMMINGBOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One level of difficulty.

    Args:
        mm_rate_hz, mm_rate_jitter, mm_size_jitter: of each market maker.
        mm_quote: least and greatest size of a quote in money.
        mm_families: those drawn from.
        makers: market makers a symbol.
        adds_hz: limit orders of the crowd a second; ``sigma`` and ``round_share`` of their sizes.
        grid_bots: imitators; ``grid_rate_hz``, ``grid_jitter``.
        wash_every_s, spoof_every_s: 0 is none.
        spoof_lifetime_s, spoof_multiple: medians, least and greatest.
        leaves_every_s: mean time between spontaneous withdrawals in calm markets.
    """

    mm_rate_hz: float
    mm_rate_jitter: float
    mm_size_jitter: float
    mm_quote: tuple[float, float] = (4.0, 40.0)
    mm_families: tuple[Family, ...] = ALL_FAMILIES
    makers: int = 1
    adds_hz: float = 2.0
    sigma: float = 1.0
    round_share: float = 0.4
    grid_bots: int = 0
    grid_rate_hz: float = 0.25
    grid_jitter: float = 0.02
    wash_every_s: float = 0.0
    spoof_every_s: float = 0.0
    spoof_lifetime_s: tuple[float, float] = (0.3, 5.0)
    spoof_multiple: tuple[float, float] = (6.0, 20.0)
    spoofers: int = 1
    leaves_every_s: float = 1800.0


TIERS: dict[str, Tier] = {
    "T0": Tier(
        mm_rate_hz=4, mm_rate_jitter=0.02, mm_size_jitter=0, mm_families=(Family.TIMER,), leaves_every_s=1e9
    ),
    "T1": Tier(mm_rate_hz=4, mm_rate_jitter=0.05, mm_size_jitter=0.01),
    "T2": Tier(mm_rate_hz=2, mm_rate_jitter=0.1, mm_size_jitter=0.05),
    "RANDOM": Tier(mm_rate_hz=2, mm_rate_jitter=0.1, mm_size_jitter=0.6),
    "T3": Tier(
        mm_rate_hz=0.7,
        mm_rate_jitter=0.2,
        mm_size_jitter=0.2,
        adds_hz=4.0,
        grid_bots=3,
        wash_every_s=10,
        spoof_every_s=45,
    ),
    "T4": Tier(
        mm_rate_hz=0.7,
        mm_rate_jitter=0.5,
        mm_size_jitter=0.35,
        makers=2,
        adds_hz=4.0,
        grid_bots=4,
        wash_every_s=5,
        spoof_every_s=40,
        spoofers=2,
        spoof_lifetime_s=(1.5, 8.0),
        spoof_multiple=(3.0, 9.5),
    ),
}
