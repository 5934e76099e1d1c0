"""Where signals come from, by name, and which of them are told apart where results are learned from.

A signal of the market maker's range lives for minutes, one of candles for ten candles: what one came to says
nothing of the other. So what recalls, mines or fits results asks first which source they are of.
"""

from __future__ import annotations

MM_RANGE = "mm_range"
CANDLE_MODELS = ("continuation", "reversal", "momentum", "strength")
SCORING_MODELS = CANDLE_MODELS[:2]  # those whose confidence is a score of 0 to 100
PART = "."  # between a candle model and its timeframe


def candle_source(model: str, timeframe: str) -> str:
    """What signals of a candle model on a timeframe are called.

    >>> candle_source("reversal", "30m")
    'reversal.30m'
    """
    return f"{model}{PART}{timeframe}"


def model_of(source: str) -> str:
    """The model behind a source, whatever its timeframe; a source without one is its own.

    >>> model_of("reversal.30m"), model_of("mm_range")
    ('reversal', 'mm_range')
    """
    return source.partition(PART)[0]


def is_from_candles(source: str) -> bool:
    """Whether signals of ``source`` are made from candles.

    >>> is_from_candles("strength.1d"), is_from_candles("mm_range")
    (True, False)
    """
    return model_of(source) in CANDLE_MODELS
