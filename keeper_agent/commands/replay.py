"""``keeper replay``: the decision cycle over recorded files, with a memory of its own."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from rich.markup import escape

from keeper_agent.app import Keeper, current_model
from keeper_agent.brains import BrainParts
from keeper_agent.candles import SWITCH, candle_folder, warmth
from keeper_agent.console import OUT, own_words, print_json, progress, say
from keeper_agent.recorded_brains import recorded_parts
from keeper_agent.repeating import repetition, to_repeat
from keeper_agent.settings import Settings, load_settings
from keeper_agent.views.summary import summary_table
from memory.connection import DATABASE
from memory.snapshots import open_snapshot_copy
from memory.store import Store
from scheduler.files import ReplayFiles
from scheduler.live import place_in_time
from scheduler.observer import Observer, Silent
from scheduler.replay import replay
from scheduler.run import RunIdentity
from scheduler.summary import results, silence_of
from tools.domain.errors import BadInput, NotEnoughData
from tools.domain.identity import derived_run_id
from tools.domain.market import Instrument
from tools.domain.parameter import default_parameters
from tools.domain.trading import World
from tools.execution.warmup import warm_kernels
from tools.market.instruments import instrument_for
from tools.market.tardis import Recording, read_recording


@dataclass(frozen=True, slots=True)
class Source:
    """A recording, what it is of, and what it cost to read."""

    instrument: Instrument
    recording: Recording
    decode_s: float
    compile_s: float


def replay_files(
    *,
    trades: Path,
    book: Path,
    symbol: str,
    venue: str,
    memory: str | None,
    out: Path | None,
    quote_usd: float | None,
    repeat: str | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """Replay the two files and print the summary; ``out`` gets the record and the memory."""
    settings = load_settings(keeper_home=home)
    source = load_source(trades, book, symbol, venue, quote_rate(settings, quote_usd))
    files = ReplayFiles(out) if out is not None else None
    try:
        summary = replay_source(settings, source, memory, files or Silent(), out, repeat)
    finally:
        if files is not None:
            files.close()
    if out is not None:
        (out / "summary.json").write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2))
    if summary["silence"]:
        say(f"[yellow]note:[/] {escape(summary['silence'])}")
    if "repeated" in summary:
        say(_told_of_repetition(summary["repeated"]))
    if as_json:
        print_json(summary)
    else:
        OUT.print(summary_table(f"Replay of {venue} {symbol}", summary))
        if out is not None:
            OUT.print(f"record in {escape(str(out))}; explain a decision with:", soft_wrap=True)
            OUT.print(f"  {escape(own_words('explain ID', out / 'memory'))}", soft_wrap=True)


def quote_rate(settings: Settings, given: float | None) -> Decimal | None:
    """US dollars per quote unit: the option, else the setting."""
    return Decimal(str(given)) if given is not None else settings.quote_usd


def load_source(trades: Path, book: Path, symbol: str, venue: str, rate: Decimal | None) -> Source:
    """Read the files and compile the kernels, each timed apart.

    Raises:
        BadInput: A file is missing, malformed, or holds no book at all.
    """
    instrument = instrument_for(venue, symbol, quote_usd=rate)
    began = time.perf_counter()
    recording = read_recording(trades, book, instrument)
    decoded = time.perf_counter()
    warm_kernels()
    compiled = time.perf_counter()
    return Source(instrument, recording, decoded - began, compiled - decoded)


def replay_source(
    settings: Settings,
    source: Source,
    memory: str | None,
    observer: Observer,
    out: Path | None,
    repeat: str | None = None,
) -> dict[str, Any]:
    """Run the cycle over ``source`` from an empty memory or a frozen one; returns the summary.

    ``repeat`` names a run of the home that is repeated over it, see ``repeating``.
    """
    with tempfile.TemporaryDirectory(prefix="keeper-replay-") as scratch:
        home = Path(scratch) / "memory"
        frozen = None
        if memory is not None:
            frozen = open_snapshot_copy(memory, home, home=settings.keeper_home)
        own = settings.model_copy(update={"keeper_home": home, "keeper_candles": candle_folder(settings)})
        if repeat is None:
            run_id = derived_run_id(
                source.instrument,
                first_instant(source),
                sorted(settings.parameter_overrides().items()),
                settings.keeper_seed,
                settings.position_sizing_mode,
                settings.risk_appetite,
                *([] if settings.execution_algorithm == "planned" else [settings.execution_algorithm]),
                settings.keeper_probes,
                frozen.fingerprint if frozen else "empty",
                *_candles_known(own, source),
            )
            identity = RunIdentity(run_id, World.RECORDED, settings.keeper_seed)
            summary = run_cycle(own, source, identity, observer)
        else:
            summary = _repeat(settings, own, source, observer, repeat)
        if out is not None:
            keep_memory(home, out / "memory")
    return summary


def _candles_known(settings: Settings, source: Source) -> list[str]:
    """What names the candles that a run begins with; nothing where they are off."""
    if not default_parameters(settings.parameter_overrides())[SWITCH]:
        return []
    return [warmth(settings, World.RECORDED, source.instrument, first_instant(source))]


def _repeat(
    settings: Settings, own: Settings, source: Source, observer: Observer, text: str
) -> dict[str, Any]:
    """Run the cycle as a run of the home was, under its name and at its time, and compare."""
    symbol = source.instrument.symbol
    found = to_repeat(settings, text, symbol, source.recording.book_sha256)
    first_instant(source)
    events = place_in_time(source.recording.events, found.run.ts_started)
    placed = replace(source, recording=replace(source.recording, events=events))
    identity = RunIdentity(found.run.run_id, World.RECORDED, found.run.seed)
    summary = run_cycle(own, placed, identity, observer, found.brain, is_moved=True)
    return {**summary, "repeated": repetition(own, found, symbol, int(events["ts_init"][-1]))}


def _told_of_repetition(told: Mapping[str, Any]) -> str:
    """How well a run was repeated, in a line."""
    text = f"{told['same']} of {told['decisions']} decisions of {told['run_id']} came out the same"
    first = told["first_difference"]
    if first is None:
        return text
    how = "did not come" if first["is_missing"] else f"differs in {', '.join(first['columns'])}"
    return f"[yellow]note:[/] {text}; {first['decision_id']} {how}: was the memory it started from another?"


def first_instant(source: Source) -> int:
    """When the recording begins, ns.

    A run is named by where it begins and how it is set, never by what its files hold later:
    a recording cut short, or packed anew, is the same run up to the cut.

    Raises:
        NotEnoughData: There is no event.
    """
    events = source.recording.events
    if len(events) == 0:
        raise NotEnoughData("the recording holds no event")
    return int(events["ts_init"][0])


def run_cycle(
    settings: Settings,
    source: Source,
    identity: RunIdentity,
    observer: Observer,
    brain: BrainParts | None = None,
    *,
    is_moved: bool = False,
) -> dict[str, Any]:
    """The cycle over ``source`` with the memory in the settings' home; returns the summary.

    ``brain`` answers what is asked; where none is given, the record of that memory does and nobody else.
    ``is_moved`` says that the recording was moved in time.
    """
    recording, instrument = source.recording, source.instrument
    events = recording.events
    first, last = first_instant(source), int(events["ts_init"][-1])
    model = current_model(settings)
    with Store.open(settings.keeper_home, is_throwaway=True) as store:
        keeper = Keeper(
            settings,
            store,
            identity,
            {instrument.symbol: instrument},
            observer,
            model,
            first,
            brain=brain or recorded_parts(store, settings, first),
            is_moved=is_moved,
        )
        hashes = f"{recording.book_sha256} {recording.trades_sha256}"
        keeper.begin("replay", {"parameters": dict(settings.parameter_overrides())}, hashes, first)
        cycle = keeper.cycle(instrument)
        began = time.perf_counter()
        with progress(f"replaying {instrument.symbol}", len(events)) as bar:
            replay(cycle, events, lambda done: bar.update(bar.task_ids[0], completed=done))
        keeper.end(last)
        wall = time.perf_counter() - began
    return {
        "run_id": identity.run_id,
        "symbol": instrument.symbol,
        "venue": instrument.venue,
        "quote": instrument.quote,
        "events": len(events),
        "wall_s": wall,
        "events_per_s": len(events) / wall,
        "decode_s": source.decode_s,
        "compile_s": source.compile_s,
        "model": model.version if model else None,
        **results(keeper.tally, identity.seed),
        "book_sha256": recording.book_sha256,
        "trades_sha256": recording.trades_sha256,
        "feed": cycle.market.counters()
        | {"duplicates": recording.duplicates, "rounded_amounts": recording.rounded_amounts},
        "silence": silence_of(cycle.market, keeper.tally.decisions),
    }


def keep_memory(home: Path, folder: Path) -> None:
    """Leave the replay's memory in ``folder``, so that its decisions can be explained."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / DATABASE
        for leftover in folder.glob(f"{DATABASE}*"):
            leftover.unlink()
        shutil.copyfile(home / DATABASE, target)
        target.chmod(0o600)
    except OSError as error:
        raise BadInput(f"cannot write the replay's memory to {folder}: {error.strerror}") from error
