"""What a comparison found as plain data: the counts, what each cause cost, and every difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from keeper_agent.parity.causes import MEANINGS, Cause, Difference, What
from keeper_agent.parity.day import DayParity, RunParity
from tools.domain.clock import iso
from tools.domain.market import plain


def parity_as_data(found: DayParity) -> dict[str, Any]:
    """The whole of ``found``; money and amounts as decimal text."""
    differences = found.differences
    unexplained = sum(one.cause is Cause.UNEXPLAINED for one in differences)
    return {
        "date": found.date,
        "compared": {what.value: found.compared[what.value] for what in What},
        "differing": {what.value: sum(one.what is what for one in differences) for what in What},
        "attributed": len(differences) - unexplained,
        "unexplained": unexplained,
        "causes": [_cause(cause, differences) for cause in Cause],
        "runs": [_run(run) for run in found.runs],
        "differences": [_difference(one) for one in differences],
    }


def _cause(cause: Cause, differences: Iterable[Difference]) -> dict[str, Any]:
    mine = [one for one in differences if one.cause is cause]
    told = [one.net_quote for one in mine if one.net_quote is not None]
    return {
        "cause": cause.value,
        "meaning": MEANINGS[cause],
        **{what.value: sum(one.what is what for one in mine) for what in What},
        "net_quote": plain(sum(told, Decimal(0))),
        "net_of": len(told),
    }


def _run(run: RunParity) -> dict[str, Any]:
    recorded, modelled = run.delay_ns
    return {
        "run_id": run.run_id,
        "world": run.world,
        "code_version": run.code_version,
        "compared": {what.value: run.compared[what.value] for what in What},
        "differing": len(run.differences),
        "not_played": dict(run.missing),
        "delay_ms": {"recorded_median": recorded / 1e6, "modelled": modelled / 1e6},
    }


def _difference(one: Difference) -> dict[str, Any]:
    told = {field.name: getattr(one, field.name) for field in fields(one)}
    return {
        **told,
        "what": one.what.value,
        "cause": one.cause.value,
        "time": iso(one.ts),
        "recorded": _side(one.recorded),
        "replayed": _side(one.replayed),
        "net_quote": None if one.net_quote is None else plain(one.net_quote),
    }


def _side(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in values.items()}
