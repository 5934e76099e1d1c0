"""The unit and the meaning of every feature, for whoever shows one to a person."""

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
    "mm_departed": "switch",
}

MEANING_OF: Mapping[str, str] = {
    "mid": "middle between best bid and best ask",
    "spread_bps": "best ask less best bid, against the mid",
    "microprice": "best bid and ask, each weighted with the size at the other",
    "imbalance": "bid less ask size over both, on the best five levels a side; -1 to 1",
    "realised_volatility": "of the mid over the last minute, from its 1 s returns; 0.001 is 10 bps",
    "regime": "calm, volatile, trending or panic",
    "aggressor_ratio_60s": "bought over all volume in the tape window (`tape_window_s`); 0 to 1",
    "large_trades_count": "prints of at least `large_trade_usd` in the tape window",
    "trade_size_variance": "of the prints' values in the tape window",
    "tape_velocity": "prints in the velocity window (`velocity_window_s`) per second",
    "order_lifetime_avg": "how long levels near the touch lived that ended in the last 60 s",
    "spoofing_score": "how suspect the last huge order withdrawn unfilled was, fading over 10 s; 0 to 1",
    "mm_spread_stability": "1 less the spread's coefficient of variation over the last 60 s; 0 to 1",
    "book_refresh_rate": "changes of the best quotes per second, over the last 10 s",
    "mm_detected": "whether `mm_confidence` reaches `mm_min_confidence`, at a usual refresh rate",
    "mm_confidence": "probability that a market maker quotes now; empty in a book's first 10 s",
    "mm_avg_order_size": "value of the usual order of the market maker that is followed",
    "mm_spread_bps": "width of the market maker's range, against the mid",
    "mm_lower_bound": "bid of the followed market maker; without one, where the tape window's sells hit",
    "mm_upper_bound": "ask of the followed market maker; without one, where the tape window's buys lifted",
    "mm_refresh_rate": "its refreshes a second; above half the feed's pace this is a lower bound",
    "mm_departed": "whether both its quotes went, not both by fills, and stayed away for some of its periods",
}

EVIDENCE_UNIT_OF: Mapping[str, str] = {
    "outlook_volatility": "log return per √min",
    "outlook_regime": "regime",
    "btc_correlation": "correlation",
    "btc_overlaps": "pairs",
    "mm_tolerated_share": "MM orders",
    "mm_tolerance": "MM orders",
    "mm_reactions": "fills",
    "mm_reactions_left": "fills",
    "bandit_won": "results",
    "bandit_lost": "results",
    "bandit_mean_bps": "bps",
    "bandit_error_bps": "bps",
}
