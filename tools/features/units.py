"""The unit of every feature, for whoever shows one to a person."""

from __future__ import annotations

from collections.abc import Mapping

UNIT_OF: Mapping[str, str] = {
    "mid": "quote per base",
    "spread_bps": "bps",
    "microprice": "quote per base",
    "imbalance": "share",
    "realised_volatility": "log return per √min",
    "regime": "regime",
    "aggressor_ratio_60s": "share",
    "large_trades_count": "prints",
    "trade_size_variance": "quote²",
    "tape_velocity": "prints/s",
    "order_lifetime_avg": "s",
    "spoofing_score": "share",
    "mm_spread_stability": "share",
    "book_refresh_rate": "Hz",
    "mm_detected": "switch",
    "mm_confidence": "share",
    "mm_avg_order_size": "quote",
    "mm_spread_bps": "bps",
    "mm_lower_bound": "quote per base",
    "mm_upper_bound": "quote per base",
    "mm_refresh_rate": "Hz",
}
