"""Stages over recorded tapes: models trained on simulated worlds, then every stage over every tape.

Nothing of a tape is learned from, so all of it is judged on and nothing has to be purged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from keeper_agent.lab.many import Pool
from keeper_agent.lab.stages import Manner, Models, Stage
from keeper_agent.lab.tape_blocks import Blocks, Span, blocks_of
from keeper_agent.lab.tape_session import (
    Entry,
    Played,
    TapeJob,
    TapeSpan,
    Trip,
    looked_at,
    played,
)
from keeper_agent.settings import Settings
from tools.domain.errors import BadInput, BadUsage
from tools.market.tapes import TapeFiles, find_tapes
from tools.models.claims import WorldResult

Each = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TapeWork:
    """What is to be evaluated.

    Attributes:
        quote_usd: US dollars per quote unit of the tapes whose quote is not a dollar.
        order_usd: Size of an entry, US dollars.
    """

    tapes: Sequence[TapeSpan]
    stages: Sequence[Stage]
    keeper: Settings
    manner: Manner
    quote_usd: Decimal | None
    order_usd: float

    def jobs(self, models: Models) -> list[TapeJob]:
        """A job a tape.

        Raises:
            BadUsage: A stage's model is not among ``models``.
        """
        stages = []
        sizes = {"default_order_size_usd": self.order_usd, "max_order_size_usd": self.order_usd}
        for stage in self.stages:
            conditions, own = stage.conditions(self.keeper, models, self.manner)
            sized = replace(conditions, parameters={**conditions.parameters, **sizes})
            sized.overrides()  # refuses what is out of bounds
            stages.append((stage.name, sized, own))
        return [
            TapeJob(
                files=tape.files,
                quote_usd=None if tape.is_dollar else self.quote_usd,
                stages=stages,
                seed=self.keeper.keeper_seed,
            )
            for tape in self.tapes
        ]


def tapes_in(folders: Sequence[Path]) -> list[TapeFiles]:
    """Every recording of ``folders``, ordered by start.

    Raises:
        BadInput: A folder is missing or holds none, or one that is incomplete.
    """
    found = {files.book.resolve(): files for folder in folders for files in find_tapes(folder)}
    return sorted(found.values(), key=lambda files: (files.start, files.venue, files.symbol))


def look_at(tapes: Sequence[TapeFiles], pool: Pool, each: Each) -> list[TapeSpan]:
    """Read every tape through.

    Raises:
        BadInput: A file is malformed, or the same recording lies there twice.
        NotEnoughData: A recording holds no event.
    """
    found: list[TapeSpan] = []
    seen: dict[str, TapeSpan] = {}
    for tape in pool.over(looked_at, tapes):
        twin = seen.setdefault(tape.book_sha256, tape)
        if twin is not tape:
            raise BadInput(f"{tape.files.book}: the same recording as {twin.files.book}; name it once")
        found.append(tape)
        each()
    return found


def check_rate(tapes: Sequence[TapeSpan], quote_usd: Decimal | None) -> None:
    """Refuse tapes of which it is not known what their quote is worth.

    Raises:
        BadUsage: No rate was given, or one rate for several quotes.
    """
    foreign = {tape.quote: tape for tape in tapes if not tape.is_dollar}
    if foreign and quote_usd is None:
        quote, tape = next(iter(foreign.items()))
        raise BadUsage(
            f"{tape.files.venue} {tape.files.symbol}: a {quote} is worth how many US dollars? "
            "Say so with --quote-usd or QUOTE_USD, or leave the tape out"
        )
    if len(foreign) > 1:
        raise BadUsage(
            f"one rate serves one quote, these tapes have {', '.join(foreign)}: evaluate them apart"
        )


@dataclass(frozen=True, slots=True)
class TapeResults:
    """What came of it.

    Attributes:
        stages: Results by stage, a world a stretch of time.
        accounts: Realised results of every tape's account, by stage.
        tapes: What each stage did on each tape, in the order of the tapes.
        blocks: Stretches of time that intervals draw.
    """

    stages: list[tuple[str, list[WorldResult]]]
    accounts: Mapping[str, Sequence[Sequence[float]]]
    tapes: Sequence[Sequence[Played]]
    blocks: Blocks


def play(work: TapeWork, pool: Pool, models: Models, each: Each) -> TapeResults:
    """Every stage over every tape; ``each`` hears of every stage that is through."""
    tapes = []
    for found in pool.over(played, work.jobs(models)):
        tapes.append(found)
        for _ in found:
            each()
    names = [stage.name for stage in work.stages]
    parts = {name: [tape[place] for tape in tapes] for place, name in enumerate(names)}
    traded = [[trip.ts for one in parts[name] for trip in one.trips] for name in names]
    blocks = blocks_of(told_by(tapes), traded)
    stages = [(name, by_block(parts[name], blocks)) for name in names]
    accounts = {name: [[trip.net_usd for trip in one.trips] for one in parts[name]] for name in names}
    return TapeResults(stages, accounts, tapes, blocks)


def told_by(tapes: Sequence[Sequence[Played]]) -> list[Span]:
    """The times of the tapes on which any stage entered: others tell nothing of how stretches differ.

    All of them where none entered anywhere.
    """
    entered = [stages[0].span for stages in tapes if any(one.entered for one in stages)]
    return entered or [stages[0].span for stages in tapes]


def by_block(tapes: Sequence[Played], blocks: Blocks) -> list[WorldResult]:
    """One stage's results by the stretch of time in which they were decided, all tapes together."""
    trips: list[list[Trip]] = [[] for _ in blocks.spans]
    entries: list[list[Entry]] = [[] for _ in blocks.spans]
    left_open = [0] * len(blocks)
    for tape in tapes:
        for trip in tape.trips:
            trips[blocks.at(trip.ts)].append(trip)
        for entry in tape.entries:
            entries[blocks.at(entry.ts)].append(entry)
        left_open[blocks.at(tape.span[1])] += tape.left_open
    return [
        WorldResult(
            seed=block,
            hours=sum(blocks.hours(block, tape.span) for tape in tapes),
            net_bps=tuple(trip.net_bps for trip in trips[block]),
            net_quote=tuple(trip.net_usd for trip in trips[block]),
            slippage_bps=tuple(entry.cost.slippage_bps for entry in entries[block]),
            filled=tuple(entry.cost.filled for entry in entries[block]),
            departures=None,
            departures_alone=None,
            left_open=left_open[block],
            parts=tuple(part for trip in trips[block] for part in trip.parts),
        )
        for block in range(len(blocks))
    ]
