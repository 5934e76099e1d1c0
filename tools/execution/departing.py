"""Whether the market maker that an entry relied on has left (K6.3)."""

from __future__ import annotations

from collections.abc import Mapping

from tools.domain.parameter import ParameterSet
from tools.domain.sources import is_from_candles
from tools.domain.trading import Signal
from tools.execution.entry import Entry

Bounds = tuple[float | None, float | None]


def bounds_of(features: Mapping[str, float | None]) -> Bounds:
    """Where the market maker buys and sells, quote per base; None is unknown."""
    return features.get("mm_lower_bound"), features.get("mm_upper_bound")


def confidence_of(signal: Signal) -> float:
    """How sure it was that a market maker is there; 0 where nothing was known.

    A signal of the market maker's range is as sure as that; one from candles is sure of something else.
    """
    if is_from_candles(signal.source):
        return signal.features.get("mm_confidence") or 0.0
    return signal.confidence


def is_given_back(entry: Entry) -> bool:
    """Whether what is held is sold when the market maker leaves: a signal from candles counts on none."""
    return entry.parameters["departure_exit"] > 0 and not is_from_candles(entry.signal.source)


def mm_has_left(entry: Entry, features: Mapping[str, float | None]) -> bool:
    """Whether nobody is left of those that the decision counted on.

    While a position is held, a price that moves is what target and stop are for: only a market maker that
    was followed until it left ends it.
    """
    if entry.entered:
        return is_given_back(entry) and (features.get("mm_departed") or 0.0) > 0
    return has_changed_hands(entry.confidence, entry.bounds, features, entry.parameters)


def has_changed_hands(
    confidence: float, bounds: Bounds, features: Mapping[str, float | None], parameters: ParameterSet
) -> bool:
    """Whether the market maker seen with ``confidence`` at ``bounds`` is not who is in ``features``.

    Where a market maker is followed, its own refreshes tell whether it has left: a price that
    moves takes its bounds along. Where none is, the rule of bounds and confidence is all there is.
    """
    departed = features.get("mm_departed")
    if departed is not None:
        return departed > 0
    return bounds_have_moved(confidence, bounds, features, parameters)


def bounds_have_moved(
    confidence: float, bounds: Bounds, features: Mapping[str, float | None], parameters: ParameterSet
) -> bool:
    """Bounds moved too far since the decision, or a confidence that was there is gone: the baseline."""
    least = parameters["abort_confidence"]
    now = features["mm_confidence"]
    if confidence >= least and (now is None or now < least):
        return True
    limit = parameters["abort_bounds_move_bps"]
    moved = zip(bounds, bounds_of(features), strict=True)
    return any(
        was is not None and is_now is not None and abs(is_now / was - 1) * 1e4 > limit
        for was, is_now in moved
    )
