"""The agent's stages over one recording: each a replay of its own, filled by the replay's matching.

Nobody on a tape reacts, so nobody can be driven away: departures caused are not known. Fees are the venue's,
the recording decides what an order would have met, and what is held at its end is sold into its last book.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from graphs.plain import PlainDecisions
from keeper_agent.app import Keeper
from keeper_agent.lab.anatomy import trip_parts
from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.entry_costs import EntryCost, entry_costs
from keeper_agent.lab.exploring import InsidePaperMarket, Venture
from keeper_agent.lab.keeping import lay_out
from keeper_agent.lab.laboratory import SHARED_MEMORY, own_settings
from keeper_agent.lab.session import Witness
from keeper_agent.lab.sitting import scorer
from keeper_agent.lab.tape_blocks import Span
from keeper_agent.lab.tape_quotes import TapeQuotes
from keeper_agent.settings import Settings
from memory.own_store import ForgetfulStore
from scheduler.replay import replay
from scheduler.run import RunIdentity
from tools.domain.errors import BadUsage, NotEnoughData
from tools.domain.identity import derived_run_id
from tools.domain.market import Instrument
from tools.domain.parameter import default_parameters
from tools.domain.trading import Action, Decision, Route, World
from tools.execution.paper import PaperMarket
from tools.execution.warmup import warm_kernels
from tools.market.instruments import instrument_for
from tools.market.tapes import TapeFiles
from tools.market.tardis import Recording, read_recording
from tools.models.anatomy import TripParts
from tools.models.ranking import RankedSoFar
from tools.models.scoring import SignalScorer


@dataclass(frozen=True, slots=True)
class TapeSpan:
    """What has to be known of a tape before it is played.

    Attributes:
        span: Its first and last instant, ns.
        book_sha256: Of its book's file.
    """

    files: TapeFiles
    quote: str
    is_dollar: bool
    span: Span
    book_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TapeJob:
    """A tape and the stages that are to be played over it.

    Attributes:
        quote_usd: US dollars per quote unit; None where the quote is a dollar.
        stages: Name, conditions and settings of each.
        seed: Of every draw.
    """

    files: TapeFiles
    quote_usd: Decimal | None
    stages: Sequence[tuple[str, LabSettings, Settings]]
    seed: int


@dataclass(frozen=True, slots=True)
class Trip:
    """A round trip.

    Attributes:
        ts: When it was decided, ns.
        net_bps, net_usd: Result after costs.
        parts: Its steps; none where a mid is not known.
    """

    ts: int
    net_bps: float
    net_usd: float
    parts: tuple[TripParts, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry, filled or not, that was decided at ``ts``, ns."""

    ts: int
    cost: EntryCost


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One stage over one tape.

    Attributes:
        span: Of the tape.
        trips: In order of exit.
        entries: In order of decision, without those too near to the tape's end to be held against TWAP.
        left_open: Positions that could not be sold at the end.
        decisions: How many were made.
        entered: How many of them entered.
        refused: Why the others did not: a limit, a rule, or the model; how often.
        cpu_s: Processor time it took.
    """

    stage: str
    span: Span
    trips: tuple[Trip, ...]
    entries: tuple[Entry, ...]
    left_open: int
    decisions: int
    entered: int
    refused: Mapping[str, int]
    cpu_s: float


def looked_at(files: TapeFiles) -> TapeSpan:
    """Read a tape through, so that whatever is wrong with it is told before anything is played.

    Raises:
        BadInput: A file is malformed.
        NotEnoughData: There is no event.
    """
    plain = instrument_for(files.venue, files.symbol)
    recording = read_recording(files.trades, files.book, plain)
    events = recording.events
    if not len(events):
        raise NotEnoughData(f"{files.book}: the recording holds no event")
    span = (int(events["ts_init"][0]), int(events["ts_init"][-1]))
    return TapeSpan(files, plain.quote, plain.quote_usd is not None, span, recording.book_sha256)


def played(job: TapeJob) -> list[Played]:
    """Every stage of a job over its tape, in order."""
    instrument = instrument_for(job.files.venue, job.files.symbol, quote_usd=job.quote_usd)
    if instrument.quote_usd is None:
        raise BadUsage(f"{job.files.symbol}: what its quote is worth in US dollars is not known")
    recording = read_recording(job.files.trades, job.files.book, instrument)
    warm_kernels()
    quotes = TapeQuotes(instrument, recording.events)
    return [
        _played(job, name, conditions, settings, instrument, recording, quotes)
        for name, conditions, settings in job.stages
    ]


def _played(
    job: TapeJob,
    name: str,
    conditions: LabSettings,
    settings: Settings,
    instrument: Instrument,
    recording: Recording,
    quotes: TapeQuotes,
) -> Played:
    began = time.process_time()
    events = recording.events
    first, last = int(events["ts_init"][0]), int(events["ts_init"][-1])
    run_id = derived_run_id("evaluate", recording.book_sha256, recording.trades_sha256, job.seed)
    witness = Witness()
    witness.ask(lambda decision, signal: 0.0)  # no coin is thrown: probes are off
    folder = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="keeper-tape-", dir=folder) as scratch:
        home = Path(scratch) / "memory"
        lay_out(home)
        own = own_settings(settings, home, job.seed, conditions.overrides())
        with ForgetfulStore.open(home, is_throwaway=True) as store:
            keeper = Keeper(
                own,
                store,
                RunIdentity(run_id, World.RECORDED, job.seed),
                {instrument.symbol: instrument},
                witness,
                _scorer(conditions, own),
                first,
                market=InsidePaperMarket if conditions.venture is Venture.INSIDE else PaperMarket,
                decider=PlainDecisions,
            )
            keeper.begin("evaluate", {}, f"{recording.book_sha256} {recording.trades_sha256}", first)
            replay(keeper.cycle(instrument), events)
            keeper.end(last)
    decisions = [one.decision for one in witness.chosen]
    refused = Counter(_why(one) for one in decisions if one.action is not Action.ENTER)
    return Played(
        stage=name,
        span=(first, last),
        trips=_trips(witness, instrument, quotes),
        entries=_entries(witness, conditions, instrument, quotes),
        left_open=keeper.tally.open_positions,
        decisions=len(decisions),
        entered=len(decisions) - refused.total(),
        refused=dict(refused.most_common()),
        cpu_s=time.process_time() - began,
    )


def _scorer(conditions: LabSettings, settings: Settings) -> SignalScorer | None:
    """What scores a stage's candidates; by rank it holds them against the tape's own, not a world's."""
    model = scorer(replace(conditions, takes_above_bps=None), settings)
    if model is None or conditions.takes_all or conditions.takes_above_bps is None:
        return model
    return RankedSoFar(model, default_parameters(conditions.overrides())["min_edge_bps"])


def _why(refused: Decision) -> str:
    """What stood in the way: the first limit, the rule, or what decided."""
    if refused.clamps:
        return refused.clamps[0].limit
    return refused.reason.split(":")[0] if refused.route is Route.RULE else refused.route.value


def _trips(witness: Witness, instrument: Instrument, quotes: TapeQuotes) -> tuple[Trip, ...]:
    decided = {one.decision.decision_id: one.decision.ts for one in witness.chosen}
    taken = [one for one in witness.outcomes if one.kind == "taken" and one.net_bps is not None]
    return tuple(
        Trip(
            decided[one.decision_id],
            one.net_bps or 0.0,
            float((one.net_quote or Decimal(0)) * (instrument.quote_usd or Decimal(0))),
            trip_parts([one], witness.fills, witness.intents, quotes),
        )
        for one in sorted(taken, key=lambda one: (one.ts_exit or one.ts_known, one.outcome_id))
    )


def _entries(
    witness: Witness, conditions: LabSettings, instrument: Instrument, quotes: TapeQuotes
) -> tuple[Entry, ...]:
    patience = default_parameters(conditions.overrides()).nanos("entry_timeout_s")
    return tuple(
        Entry(one.decision.ts, cost)
        for one in witness.chosen
        for cost in entry_costs(
            [one.decision],
            witness.fills,
            quotes,
            patience_ns=patience,
            taker_bps=instrument.taker_fee_bps,
        )
    )
