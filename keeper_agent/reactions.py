"""How market makers took our fills: kept in memory as it becomes known, and told to what sizes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

from memory.reactions import ReactionBook
from tools.domain.parameter import ParameterSet
from tools.domain.reaction import Reaction
from tools.domain.trading import World
from tools.risk.tolerance import Tolerances

REMEMBERED = 500  # fills of a symbol that the impact is fitted on


class Reactions:
    """What is believed of every symbol's market maker, beginning with what memory knows at ``ts``.

    A recording does not react to us, so nothing is learned from one.
    """

    def __init__(self, book: ReactionBook, world: World, parameters: ParameterSet, ts: int) -> None:
        self._book = book
        known = book.known(world.value, ts)
        self._beliefs = Tolerances(known, half_life_ns=parameters.days_ns("tolerance_half_life_days"))
        self._fills: dict[str, deque[Reaction]] = {}
        for one in known:
            self._remember(one)
        self._reacts = world is not World.RECORDED

    @property
    def reacted(self) -> Callable[[Reaction], None] | None:
        """What is to be told of each reaction; None where there are none."""
        return self._learn if self._reacts else None

    def told(self, symbol: str, ts: int, parameters: ParameterSet) -> Mapping[str, float]:
        """What is believed at ``ts``, by the names of ``tolerance.TOLD``."""
        return self._beliefs.of(symbol, ts, parameters).told()

    def fills(self, symbol: str, ts: int) -> tuple[Reaction, ...]:
        """The last reactions on ``symbol`` known at ``ts``, at most ``REMEMBERED``."""
        return tuple(one for one in self._fills.get(symbol, ()) if one.ts_known <= ts)

    def _remember(self, reaction: Reaction) -> None:
        self._fills.setdefault(reaction.symbol, deque(maxlen=REMEMBERED)).append(reaction)

    def _learn(self, reaction: Reaction) -> None:
        self._book.record(reaction)
        self._beliefs.learn(reaction)
        self._remember(reaction)
