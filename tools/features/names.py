"""Names of the features, in the order every array and file keeps them."""

from __future__ import annotations

BOOK_FEATURES = ("mid", "spread_bps", "microprice", "imbalance")
STATE_FEATURES = ("realised_volatility", "regime")
TAPE_FEATURES = ("aggressor_ratio_60s", "large_trades_count", "trade_size_variance", "tape_velocity")
FLOW_FEATURES = ("order_lifetime_avg", "spoofing_score", "mm_spread_stability", "book_refresh_rate")
MM_FEATURES = (
    "mm_detected",
    "mm_confidence",
    "mm_avg_order_size",
    "mm_spread_bps",
    "mm_lower_bound",
    "mm_upper_bound",
    "mm_refresh_rate",
    "mm_departed",
)

FEATURES: tuple[str, ...] = BOOK_FEATURES + STATE_FEATURES + TAPE_FEATURES + FLOW_FEATURES + MM_FEATURES
INDEX: dict[str, int] = {name: i for i, name in enumerate(FEATURES)}

# told on a signal beside the features, where it is known; no model's input and no column of a series
EVIDENCE = ("outlook_volatility", "outlook_regime", "btc_correlation", "btc_overlaps")
