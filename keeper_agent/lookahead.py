"""Whether anything looked ahead: the same recording, cut off at many points, must be the same up to each cut.

A run over a part of a recording cannot know what the rest holds. So whatever it sensed, signalled,
recalled, decided, wrote into a prompt, ordered or filled before its end must be, to the last digit, what
a run over the whole did by then. What differs was taken from the future.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from graphs.brain import ConsultAnswer, ConsultRequest
from keeper_agent.app import Keeper
from keeper_agent.brains import BrainParts
from keeper_agent.candles import candle_folder
from keeper_agent.settings import Settings
from memory.schema import METADATA
from memory.store import Store
from scheduler.observer import Silent
from scheduler.replay import replay
from scheduler.run import RunIdentity
from tools.detection.senses import evaluate
from tools.detection.state import new_senses
from tools.domain.errors import InvariantBroken, NotEnoughData
from tools.domain.identity import derived_run_id
from tools.domain.market import NANOS, Instrument
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.trading import World
from tools.execution.stream import sense_until
from tools.features.names import FEATURES
from tools.features.series import series, steps
from tools.market.events import Events
from tools.models.outcome_model import OutcomeModel
from tools.risk.escalation import Purpose, Verdict
from tools.risk.routing import Settlement

# table, its id, the time something could first depend on it, and whether the last instant counts: there a
# run closes what is open, because its recording ends
_TABLES = (
    ("signal", "signal_id", "ts", True),
    ("decision", "decision_id", "ts", True),
    ("intent", "client_order_id", "ts", False),
    ("order", "ts", "ts", False),
    ("fill", "trade_id", "ts", False),
    ("outcome", "outcome_id", "ts_known", False),
)
SENSED, PROMPT = "features", "prompt"
LEAST_SHARE = 0.1  # of the recording, before which no cut lies: too little happened

Seen = dict[tuple[str, int, str], Mapping[str, Any]]  # what, when, which: its values


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that depended on what came later."""

    what: str
    name: str
    ts: int
    field: str
    whole: str
    cut: str


@dataclass(frozen=True, slots=True)
class Cut:
    """What a cut showed.

    Attributes:
        ts: The last instant the part holds, ns.
        compared: How many records of each kind were compared.
        differences: Every value that differs, in order of time.
    """

    ts: int
    compared: Mapping[str, int]
    differences: tuple[Difference, ...]


def cut_points(events: Events, n: int, seed: int) -> list[int]:
    """Instants to cut at, ns, drawn evenly over the recording behind its first tenth, in order.

    Raises:
        NotEnoughData: The recording has no length.
    """
    first, last = int(events["ts_init"][0]), int(events["ts_init"][-1])
    if last - first < NANOS:
        raise NotEnoughData("the recording is shorter than a second; there is nothing to cut")
    shares = np.sort(np.random.default_rng(seed).uniform(LEAST_SHARE, 1.0, n))
    return [first + int(share * (last - first)) for share in shares]


def look_ahead(
    settings: Settings,
    instrument: Instrument,
    events: Events,
    model: OutcomeModel | None,
    cuts: Sequence[int],
    each: Callable[[], None] = lambda: None,
) -> Iterator[Cut]:
    """Run over the whole and over every part that ends at one of ``cuts``, and compare."""
    whole = _seen(settings, instrument, events, model)
    each()
    for cut in cuts:
        part = events[: int(np.searchsorted(events["ts_init"], cut, side="right"))]
        yield _compared(whole, _seen(settings, instrument, part, model), int(part["ts_init"][-1]))
        each()


def _compared(whole: Seen, cut: Seen, end: int) -> Cut:
    ours, theirs = (_known(seen, end) for seen in (whole, cut))
    counts: dict[str, int] = {}
    found: list[Difference] = []
    for key in sorted(ours.keys() | theirs.keys(), key=lambda one: (one[1], one[0], one[2])):
        counts[key[0]] = counts.get(key[0], 0) + 1
        found += _differences(key, ours.get(key), theirs.get(key))
    return Cut(end, counts, tuple(found))


def _known(seen: Seen, end: int) -> Seen:
    late = {name for name, _, _, has_end in _TABLES if not has_end}
    return {key: values for key, values in seen.items() if key[1] < end + (key[0] not in late)}


def _differences(
    key: tuple[str, int, str], whole: Mapping[str, Any] | None, cut: Mapping[str, Any] | None
) -> Iterator[Difference]:
    what, ts, name = key
    if whole is None or cut is None:
        yield Difference(what, name, ts, "", "there" if whole else "absent", "there" if cut else "absent")
        return
    for column, value in whole.items():
        other = cut.get(column)
        if value != other and not (value != value and other != other):  # nothing known is equal to itself
            yield Difference(what, name, ts, column, str(value)[:80], str(other)[:80])


def _seen(settings: Settings, instrument: Instrument, events: Events, model: OutcomeModel | None) -> Seen:
    """Everything a run over ``events`` left, by what, when and which."""
    first, last = int(events["ts_init"][0]), int(events["ts_init"][-1])
    prompts = _Prompts()
    with tempfile.TemporaryDirectory(prefix="keeper-lookahead-") as scratch:
        own = settings.model_copy(
            update={"keeper_home": Path(scratch), "keeper_candles": candle_folder(settings)}
        )
        run_id = derived_run_id("lookahead", instrument, first, settings.keeper_seed)
        identity = RunIdentity(run_id, World.RECORDED, settings.keeper_seed)
        with Store.open(own.keeper_home, is_throwaway=True) as store:
            brain = BrainParts(prompts, lambda: 0.0, lambda: True, prompts.audit, NANOS, prompts)
            markets = {instrument.symbol: instrument}
            keeper = Keeper(own, store, identity, markets, Silent(), model, first, brain=brain)
            keeper.begin("lookahead", {}, "", first)
            replay(keeper.cycle(instrument), events)
            keeper.end(last)
            found = _records(store)
    found.update({(PROMPT, ts, name): {"text": text} for name, ts, text in prompts.shown})
    found.update(_sensed(instrument, events, default_parameters(own.parameter_overrides())))
    return found


def _records(store: Store) -> Seen:
    found: Seen = {}
    for name, key, ts, _ in _TABLES:
        table = METADATA.tables[name]
        for n, row in enumerate(store.read(select(table).order_by(table.c[ts]))):
            which = f"{row['client_order_id']} {row['status']}" if name == "order" else str(row[key])
            same = (name, int(row[ts]), which)
            found[same if same not in found else (name, int(row[ts]), f"{which} {n}")] = dict(row)
    return found


def _sensed(instrument: Instrument, events: Events, parameters: ParameterSet) -> Seen:
    """The features at every whole second."""
    senses, index = new_senses(instrument, parameters), 0
    stamps = steps(int(events["ts_init"][0]), int(events["ts_init"][-1]), NANOS)

    def advance(ts: int) -> None:
        nonlocal index
        index = sense_until(events, index, ts, senses)

    rows = series(stamps, advance, lambda ts, row: evaluate(senses[0], ts, row))
    return {
        (SENSED, ts, instrument.symbol): dict(zip(FEATURES, row.tolist(), strict=True))
        for ts, row in zip(stamps.tolist(), rows, strict=True)
    }


@dataclass(slots=True)
class _Prompts:
    """A brain that is shown everything, and asked for nothing: it keeps what it would have been shown."""

    shown: list[tuple[str, int, str]] = field(default_factory=list)

    def audit(self, requests: Sequence[ConsultRequest]) -> None:
        """Keep what each would show."""
        for one in requests:
            self.shown.append((one.decision_id, one.ts, f"{one.prompt.system}\n{one.prompt.user}"))

    def consult(self, requests: Sequence[ConsultRequest], deadline_ns: int) -> Sequence[ConsultAnswer]:
        """Never reached: nothing is sent for an answer."""
        raise InvariantBroken("a look for look-ahead asked for an answer")

    def choose(
        self, settlements: Sequence[Settlement], signal_ids: Sequence[str], parameters: ParameterSet
    ) -> tuple[Verdict, ...]:
        """Everything is shown, nothing waits."""
        return tuple(Verdict(Purpose.AUDIT, "every prompt is compared") for _ in settlements)
