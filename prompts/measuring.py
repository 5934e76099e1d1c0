"""Which figure a question asks for: the words for it, for its statistic and for its unit together."""

from __future__ import annotations

from prompts.hearing import Heard
from prompts.queries import Ask, Measure, Subject
from tools.domain.errors import NotInRecord

_MONEY = {"mean": Measure.MEAN_QUOTE, "median": Measure.MEDIAN_QUOTE, "total": Measure.NET_QUOTE}
_BPS = {"mean": Measure.NET_BPS, "median": Measure.MEDIAN_BPS, "total": Measure.TOTAL_BPS}
OF_BRAINS = (Measure.COST, Measure.MEAN_COST, Measure.BUDGET)
OF_COUNTS = (Measure.SHARE, Measure.PER_DAY, Measure.GROUPS)


def measure_of(heard: Heard, ask: Ask, subject: Subject) -> Measure | None:
    """The figure that is asked for; None is the usual ones.

    Raises:
        NotInRecord: Two figures are asked for at once.
    """
    if ask is Ask.BRAINS:
        return _of_brains(heard)
    if ask is Ask.COUNT:
        return _of_counts(heard)
    if ask not in (Ask.RESULT, Ask.EXTREME):
        return None
    named = _named(heard)
    statistic, unit = statistic_of(heard), heard.one("unit")
    if named is Measure.NET_QUOTE or named is None:
        return _of_money(heard, named, statistic, unit, ask)
    if named is Measure.FEES and statistic == "mean":
        return Measure.MEAN_FEES
    if named is Measure.HOLDING_TIME and statistic == "median":
        return Measure.MEDIAN_HOLDING
    return named


def _named(heard: Heard) -> Measure | None:
    """The one figure that is named; money is what any of the others is about."""
    named = [one for one in heard.said.get("measure", []) if isinstance(one, Measure)]
    if heard.has("spent") and not [one for one in named if one is not Measure.NET_QUOTE]:
        named = [Measure.FEES] if not heard.has("won") else named
    special = [one for one in named if one is not Measure.NET_QUOTE]
    if len(special) > 1:
        special = [one for one in special if one is not Measure.SHARE]  # a win rate is a share already
    if Measure.STREAK in special:
        special = [one for one in special if one is not Measure.HOLDING_TIME]  # "how long" is its length
    if len(special) > 1:
        told = " and ".join(one.value for one in special)
        raise NotInRecord(f"not in the record as one figure: the question asks for {told} at once")
    if heard.has("length") and not special:
        return Measure.HOLDING_TIME
    return special[0] if special else Measure.NET_QUOTE if named else None


def statistic_of(heard: Heard) -> str | None:
    """Mean, median or total, as it was said; None where it was not."""
    said = [one for one in heard.said.get("statistic", []) if one != "total"]
    if len(said) > 1:
        raise NotInRecord("not in the record as one figure: the question asks for mean and median at once")
    if not said and heard.has("pertrade"):
        return "mean"
    return str(said[0]) if said else "total" if heard.has("statistic") else None


def _of_money(
    heard: Heard, named: Measure | None, statistic: str | None, unit: object | None, ask: Ask
) -> Measure | None:
    if ask is Ask.EXTREME:
        if unit == "quote" or named is not None:
            return Measure.NET_QUOTE if statistic != "mean" else None
        return Measure.TOTAL_BPS if unit == "bps" and statistic == "total" else None
    if statistic is not None and (named is None or unit is not None or statistic != "total"):
        return (_MONEY if unit == "quote" else _BPS)[statistic]
    if unit == "bps":
        return Measure.TOTAL_BPS
    return Measure.NET_QUOTE if named is not None or unit == "quote" else None


def _of_counts(heard: Heard) -> Measure | None:
    if heard.has("measure", Measure.SHARE):
        return Measure.SHARE
    return Measure.PER_DAY if heard.has("statistic", "mean") and heard.has("group", "day") else None


def _of_brains(heard: Heard) -> Measure | None:
    if heard.has("measure", Measure.BUDGET):
        return Measure.BUDGET
    is_money = heard.has("measure") or heard.has("spent") or heard.has("unit", "quote")
    if not is_money or heard.has("measure", Measure.SHARE):
        return None
    return Measure.MEAN_COST if heard.has("statistic", "mean") else Measure.COST
