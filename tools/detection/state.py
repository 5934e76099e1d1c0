"""The state of one symbol's senses: one structured record, so that a kernel passes a pointer.

Every algorithm keeps its own part; this module only puts the parts together and tunes them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.detection import chains as ch
from tools.detection import departure as de
from tools.detection import maker as mk
from tools.detection import market_maker as mm
from tools.detection import orders as lo
from tools.detection import posterior as po
from tools.detection import spoof as sp
from tools.detection import spoofing as sg
from tools.detection import trail as tr
from tools.domain.market import NANOS, Instrument
from tools.domain.parameter import ParameterSet
from tools.features import flow as fl
from tools.features import outlook as ol
from tools.features import path as pa
from tools.features import regime as rg
from tools.features.names import FEATURES
from tools.market.book import LADDER
from tools.market.tape import RING, TAPE

EMPTY, SOUND, CROSSED, GAPPED, LOADING = 0, 1, 2, 3, 4  # status of the book
STATUS_LABELS = ("empty", "sound", "crossed", "gapped", "loading")

BOOKKEEPING = np.dtype(
    [
        ("status", np.int64),
        ("best_bid", np.int64),
        ("best_ask", np.int64),
        ("bid_size", np.int64),
        ("ask_size", np.int64),
        ("near", np.int64),  # units from the touch within which adds and ends are counted
        ("tick", np.int64),  # greatest common divisor of all prices seen, units
        ("in_message", np.int64),
        ("ts", np.int64),  # receive time of the last event
        ("ts_event", np.int64),
        ("ts_broken", np.int64),  # receive time at which the book was found crossed or gapped
        ("ts_book", np.int64),  # receive time of the last book message
        ("interval", np.float64),  # average time between book messages, ns
        ("messages", np.int64),
        ("events", np.int64),
        ("crossed", np.int64),
        ("gaps", np.int64),
        ("resets", np.int64),
        ("unknown_deletes", np.int64),
    ],
    align=True,
)

CONFIG = np.dtype(
    [
        ("quiet_ns", np.int64),  # 0: the feed is complete by construction
        ("window_ns", np.int64),
        ("velocity_ns", np.int64),
        ("large_quote", np.float64),
        ("touch_bps", np.float64),
        ("min_trades", np.int64),
        ("min_confidence", np.float64),
        ("rate_min", np.float64),
        ("rate_max", np.float64),
        ("spoof_ratio", np.float64),
        ("spoof_life_s", np.float64),
        ("spoof_hz", np.float64),
        ("detect_mm", np.int64),
        ("track_tape", np.int64),
        ("track_lifetimes", np.int64),
        ("infer_aggressor", np.int64),
    ],
    align=True,
)

Void = npt.NDArray[np.void]
Reals = npt.NDArray[np.float64]


SENSES = np.dtype(
    [
        ("book", BOOKKEEPING),
        ("config", CONFIG),
        ("tape", TAPE),
        ("flow", fl.FLOW),
        ("regime", rg.REGIME),
        ("spoof", sp.SPOOF),
        ("maker", mk.MAKER),
        ("trail", tr.TRAIL),
        ("chains", ch.CHAINS),
        ("posterior", po.POSTERIOR),
        ("apart", po.POSTERIOR),  # of makers whose sides move apart
        ("evidence", np.float64, (mk.EVIDENCE,)),
        ("evidence_apart", np.float64, (mk.EVIDENCE,)),  # the first is NaN where it was not asked for
        ("sorting", np.float64, (mk.GAPS,)),
        ("orders", lo.ORDERS),
        ("departure", np.float64, (de.DEPARTURE,)),
        ("bids", LADDER),
        ("asks", LADDER),
        ("ring", np.int64, (RING, 4)),
        ("rows", np.float64, (fl.SECONDS, fl.COLUMNS)),
        ("histogram", np.float64, (2, mm.BINS)),
        ("watched", np.float64, (1,)),  # seconds that the histogram holds
        ("scratch", np.float64, (4, mm.CLUSTERS)),
        ("small", np.float64, (8,)),
        ("outlook", ol.OUTLOOK),
        ("path", pa.PATH),
        ("alerts", sg.ALERTS),
    ],
    align=True,
)


def new_senses(instrument: Instrument, parameters: ParameterSet) -> Void:
    """Empty senses for ``instrument``, tuned by ``parameters``."""
    state: Void = np.zeros(1, SENSES)
    state["rows"] = np.nan
    state["book"]["tick"] = instrument.tick
    state["posterior"] = po.fitted_posterior()
    state["apart"] = po.fitted_posterior(po.FILE_APART)
    state["outlook"] = ol.fitted_outlook()
    tune(state, instrument, parameters)
    return state


def tune(state: Void, instrument: Instrument, parameters: ParameterSet) -> None:
    """Bring the parameters in force into ``state``; its memory of the market stays."""
    usd = float(instrument.quote_usd) if instrument.quote_usd is not None else np.nan
    config: dict[str, Any] = {
        "quiet_ns": int((instrument.quiet_limit_s or 0.0) * NANOS),
        "window_ns": parameters.nanos("tape_window_s"),
        "velocity_ns": parameters.nanos("velocity_window_s"),
        "large_quote": parameters["large_trade_usd"] / usd,
        "touch_bps": parameters["mm_touch_bps"],
        "min_trades": parameters.whole("mm_min_trades"),
        "min_confidence": parameters["mm_min_confidence"],
        "rate_min": parameters["mm_refresh_rate_min"],
        "rate_max": parameters["mm_refresh_rate_max"],
        "spoof_ratio": parameters["spoof_size_ratio"],
        "spoof_life_s": parameters["spoof_lifetime_s"],
        "spoof_hz": parameters["spoof_update_hz"],
        "detect_mm": parameters.whole("detect_mm"),
        "track_tape": parameters.whole("track_tape"),
        "track_lifetimes": parameters.whole("track_lifetimes"),
        "infer_aggressor": parameters.whole("infer_aggressor"),
    }
    for name, value in config.items():
        state["config"][name] = value


def feature_buffer() -> Reals:
    """An array for ``evaluate``, shape (len(FEATURES),)."""
    return np.full(len(FEATURES), np.nan)
