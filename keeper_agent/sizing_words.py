"""A size asked for from outside: what an entry of so many USD would be, by the rules in force now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tools.domain.errors import BadUsage, NotInRecord
from tools.domain.market import UNITS, Instrument
from tools.domain.parameter import ParameterSet
from tools.execution.sizing import SizeRequest, SizingMode, mm_average_usd, size_entry
from tools.execution.tolerating import tolerance_reason, tolerated_of
from tools.risk.limits import RiskAppetite

MOST_USD = 1_000_000_000


def suggest_size(
    request: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    instruments: Mapping[str, Instrument],
    parameters: ParameterSet,
    mode: SizingMode,
    believed: Mapping[str, float | None] | None = None,
) -> dict[str, Any]:
    """The USD of the largest slice, how many slices, their distance in seconds, and why.

    Args:
        request: symbol, target_usd and appetite.
        rows: The symbols as the agent stands.
        instruments: Those it watches.
        parameters: In force.
        mode: How this account sizes.
        believed: Of the market maker's tolerance, where sizes are learned.

    Raises:
        BadUsage: A word is missing or wrong.
        NotInRecord: The symbol is not watched, or has no price yet.
    """
    name, target = str(request.get("symbol")), request.get("target_usd")
    if not isinstance(target, int | float) or not 0 < target <= MOST_USD:
        raise BadUsage(f"target_usd must be positive and at most {MOST_USD}, was {target!r}")
    if request.get("appetite") not in list(RiskAppetite):
        raise BadUsage(
            f"appetite expects {', '.join(RiskAppetite)}, was {str(request.get('appetite'))[:40]!r}"
        )
    row = next((one for one in rows if one["symbol"] == name), None)
    if row is None or name not in instruments or not row["mid"]:
        raise NotInRecord(f"no price of {name[:40]} is known")
    instrument = instruments[name]
    price, rate = round(row["mid"] * UNITS), instrument.quote_usd or Decimal(0)
    sized = size_entry(
        SizeRequest(
            instrument=instrument,
            price=price,
            target_usd=Decimal(str(target)),
            mm_average_usd=mm_average_usd({"mm_avg_order_size": row["mm"]["order"]}, instrument),
            confidence=row["mm"]["confidence"] or 0.0,
            mode=mode,
            appetite=RiskAppetite(request["appetite"]),
            tolerated=tolerated_of(believed or {}),
            tolerance_reason=tolerance_reason(believed or {}) if mode is SizingMode.LEARNED else "",
        ),
        parameters,
    )
    plan = sized.plan
    bent = [f"{one.limit}: {one.before} → {one.after}, {one.reason}" for one in sized.clamps]
    reason = ["nothing can be entered"] if plan is None else [plan.reasoning]
    return {
        "size_usd": 0.0 if plan is None else float(instrument.value(max(plan.slices), price) * rate),
        "split_count": 0 if plan is None else len(plan.slices),
        "split_delay_sec": 0.0 if plan is None else plan.split_delay_s,
        "reasoning": "; ".join(reason + bent),
    }
