"""Strategies learned from the record: mined, measured on every later match, deprecated with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphs.improvement import Occasion
from memory.strategies import (
    ACTIVE,
    DEPRECATED,
    MINED,
    StrategyRules,
    StrategyVersion,
    updated,
)
from tools.domain.identity import formerly, strategy_id
from tools.domain.parameter import ParameterSet
from tools.domain.strategies import Example
from tools.models.signatures import Signature, mine
from tools.risk.matches import deprecation, matched

MINED_TRIPS = 500  # the newest followed signals that are searched


@dataclass(frozen=True, slots=True)
class Schooling:
    """Versions to keep, and how many signatures were tried for the new ones."""

    versions: tuple[StrategyVersion, ...]
    found: tuple[StrategyVersion, ...]
    tried: int


def school(
    examples: Sequence[Example],
    held: Sequence[StrategyVersion],
    occasion: Occasion,
    parameters: ParameterSet,
    seed: int,
) -> Schooling:
    """Bring the strategies held up to date with every later match, and look for new ones."""
    measured = tuple(_measured(one, examples, occasion) for one in held)
    mined = mine(examples[-MINED_TRIPS:], seed)
    known = {one.strategy_id for one in held}
    found = [_version(one, examples[-MINED_TRIPS:], occasion, parameters) for one in mined.signatures]
    fresh = tuple(one for one in found if known.isdisjoint((one.strategy_id, formerly(one.strategy_id))))
    return Schooling((*measured, *fresh), fresh, mined.tried)


def _measured(version: StrategyVersion, examples: Sequence[Example], occasion: Occasion) -> StrategyVersion:
    """The strategy with the results of its matches since it was found; deprecated where they turned."""
    if version.standing == DEPRECATED:
        return version
    seen = matched(version.learned(), [one for one in examples if one.ts > version.ts])
    reason = deprecation(seen)
    return updated(
        version,
        n=seen.n,
        wins=seen.wins,
        net_bps=seen.mean_bps,
        error_bps=seen.error_bps,
        standing=DEPRECATED if reason else ACTIVE,
        reason=reason or version.reason,
        run_id=occasion.run_id,
        ts_known=occasion.ts,
    )


def _version(
    found: Signature, examples: Sequence[Example], occasion: Occasion, parameters: ParameterSet
) -> StrategyVersion:
    rules = StrategyRules.model_validate(
        {
            "conditions": [
                {"feature": one.feature, "low": one.low, "high": one.high} for one in found.conditions
            ],
            "size_share": 1.0,
            "stop_bps": parameters["stop_bps"],
            "target_bps": max(parameters["take_profit_buffer_bps"], 0.1),
        }
    )
    return StrategyVersion(
        strategy_id=strategy_id(occasion.world, rules.model_dump_json()),
        rules=rules,
        standing=ACTIVE,
        reason=f"won {found.wins} of {found.n}, {found.mean_bps:+.1f} bps a trade, p = {found.p_value:.3f}",
        origin=MINED,
        n=0,
        wins=0,
        net_bps=0.0,
        error_bps=0.0,
        evidence=tuple(examples[row].outcome_id for row in found.members),
        day=occasion.day,
        run_id=occasion.run_id,
        world=occasion.world,
        ts=occasion.ts,
        ts_known=occasion.ts,
    )
