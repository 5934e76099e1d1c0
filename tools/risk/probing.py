"""Probes: a small, bounded, labelled share of refused signals taken so that outcomes exist.

With an empty memory nothing is certain and nothing would ever be learned. A probe is
drawn by a coin fixed by seed and signal, has the smallest size unless a parameter says more, and
passes every limit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from tools.domain.identity import unit_draw
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Action, Route, Signal, World
from tools.risk.routing import Settlement, is_sound


@dataclass(frozen=True, slots=True)
class ProbePolicy:
    """Where probes may be taken.

    Attributes:
        seed: Seed of the coin.
        world: World of the run; live money is no playground.
        allowed: The operator's word; None allows probes everywhere but in the live world.
    """

    seed: int
    world: World
    allowed: bool | None = None

    @property
    def is_open(self) -> bool:
        """Whether any probe may be taken at all."""
        return self.world is not World.LIVE if self.allowed is None else self.allowed


def choose_probe(
    settlement: Settlement,
    signal: Signal,
    parameters: ParameterSet,
    *,
    policy: ProbePolicy,
    open_probes: Collection[str],
) -> Settlement:
    """``settlement``, turned into a labelled probe where policy, data and coin allow it.

    A brain's veto stands, a signal that no longer holds is not probed, and a symbol has at most
    one open probe.
    """
    if settlement.action is Action.ENTER or settlement.route is Route.LLM or not policy.is_open:
        return settlement
    if settlement.is_outdated:
        return settlement
    if signal.symbol in open_probes or not is_sound(signal, parameters):
        return settlement
    if unit_draw(policy.seed, "probe", signal.signal_id) >= parameters["probe_share"]:
        return settlement
    reason = f"probe, though {settlement.action}: {settlement.reason}"
    return replace(settlement, action=Action.ENTER, is_probe=True, is_ambiguous=False, reason=reason)


def choose_probes(
    settlements: Sequence[Settlement],
    signals: Sequence[Signal],
    parameters: ParameterSet,
    *,
    policy: ProbePolicy,
    open_probes: Collection[str],
) -> tuple[Settlement, ...]:
    """The same for a batch, in order; a symbol probed earlier in it is not probed again."""
    taken = set(open_probes)
    chosen: list[Settlement] = []
    for settlement, signal in zip(settlements, signals, strict=True):
        drawn = choose_probe(settlement, signal, parameters, policy=policy, open_probes=taken)
        if drawn.is_probe:
            taken.add(signal.symbol)
        chosen.append(drawn)
    return tuple(chosen)
