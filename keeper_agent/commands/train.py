"""``keeper train outcome``: learn from every followed signal, judge out of sample, promote only a gain."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from keeper_agent.app import CODE_VERSION
from keeper_agent.commands.replay import load_source, run_cycle
from keeper_agent.console import OUT, print_json, say
from keeper_agent.mlflow_sink import tell_mlflow
from keeper_agent.settings import Settings, load_settings
from memory.connection import DATABASE
from memory.followed import followed_signals
from memory.lock import HomeLock
from memory.store import Store
from scheduler.observer import Silent
from scheduler.run import RunIdentity
from tools.domain.clock import SystemClock
from tools.domain.errors import BadUsage, NotEnoughData
from tools.domain.identity import derived_run_id
from tools.domain.trading import Outcome, Signal, World
from tools.market.tapes import find_tapes
from tools.models.examples import Example, build_dataset, example_of
from tools.models.outcome_model import TrainedOutcome, train_outcome
from tools.models.registry import ModelRegistry

NOTHING_FOLLOWED = "no signal was followed yet; keeper run follows each, --tape DIR learns from recordings"
Pair = tuple[Signal, Outcome]


def train_outcome_model(
    *, home: Path | None, tape: Sequence[Path], only_tapes: bool, promote: bool, as_json: bool
) -> None:
    """Train, report, save, and promote where the gate allows it or the operator insists."""
    settings = load_settings(keeper_home=home)
    settings.mlflow_server()  # a wrong address is told before the work, not after
    if only_tapes and not tape:
        raise BadUsage("--only-tapes needs at least one --tape folder")
    with HomeLock.acquire(settings.keeper_home, "keeper train outcome"):
        remembered = [] if only_tapes else remembered_pairs(settings)
        replayed = [pair for folder in tape for pair in replayed_pairs(settings, folder, as_json)]
        pairs = [*remembered, *replayed]
        if not pairs:
            raise NotEnoughData(NOTHING_FOLLOWED)
        trained = train_outcome(build_dataset(examples_of(pairs)), seed=settings.keeper_seed)
        registry = ModelRegistry(settings.keeper_home)
        now = SystemClock().now()
        version = registry.save(trained, ts_trained=now, code_version=CODE_VERSION)
        passed, why = gate(trained)
        if passed or promote:
            registry.promote(version, ts=now, reason=why if passed else f"by hand, though: {why}")
    summary = {
        "version": version,
        "examples_remembered": len(remembered),
        "examples_replayed": len(replayed),
        "gate_passed": passed,
        "gate": why,
        "promoted": passed or promote,
        "report": asdict(trained.report),
    }
    if as_json:
        print_json(summary)
    else:
        show(summary)
    tell_mlflow(settings, registry.manifest(version), is_in_force=passed or promote)


def remembered_pairs(settings: Settings) -> list[Pair]:
    """Followed signals of the home's memory; none where there is no memory yet."""
    if not (settings.keeper_home / DATABASE).exists():
        return []
    with Store.open(settings.keeper_home, read_only=True) as store:
        return followed_signals(store)


def replayed_pairs(settings: Settings, folder: Path, as_json: bool) -> list[Pair]:
    """Followed signals of every recording in ``folder``, replayed without trading, one signal a second."""
    pairs: list[Pair] = []
    for files in find_tapes(folder):
        if not as_json:
            say(f"replaying {files.venue} {files.symbol} for labels")
        source = load_source(files.trades, files.book, files.symbol, files.venue, settings.quote_usd)
        with tempfile.TemporaryDirectory(prefix="keeper-train-") as scratch:
            own = settings.model_copy(
                update={
                    "keeper_home": Path(scratch),
                    "keeper_probes": "never",
                    "ml_model_path": None,
                    "keeper_parameters": ",".join(
                        filter(None, (settings.keeper_parameters, "signal_spacing_s=1"))
                    ),
                }
            )
            recording = source.recording
            run_id = derived_run_id("train", recording.book_sha256, recording.trades_sha256)
            run_cycle(own, source, RunIdentity(run_id, World.RECORDED, settings.keeper_seed), Silent())
            with Store.open(own.keeper_home, read_only=True) as store:
                pairs.extend(followed_signals(store))
    return pairs


def examples_of(pairs: Sequence[Pair]) -> list[Example]:
    """The labelled examples among ``pairs``; an entry that never filled is none."""
    found = (example_of(signal, outcome) for signal, outcome in pairs)
    return [example for example in found if example is not None]


def gate(trained: TrainedOutcome) -> tuple[bool, str]:
    """Whether the model may decide: it beats the trade's geometry and acting on it pays, beyond chance."""
    skill, uplift = trained.report.skill_over_geometry, trained.report.trading.uplift
    passed = skill.low > 0 and uplift is not None and uplift.low > 0
    said = f"skill over geometry {skill.value:+.3f} [{skill.low:+.3f}, {skill.high:+.3f}]"
    if uplift is not None:
        said += f", uplift {uplift.value:+.2f} bps [{uplift.low:+.2f}, {uplift.high:+.2f}]"
    return passed, said


def show(summary: dict[str, Any]) -> None:
    """The report for a person."""
    OUT.print(f"[bold]outcome model {summary['version']}[/]")
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for label, text in report_lines(summary):
        table.add_row(label, text)
    OUT.print(table)
    if summary["gate_passed"]:
        OUT.print(f"[green]promoted:[/] {summary['gate']}", soft_wrap=True)
    elif summary["promoted"]:
        why = f"[yellow]promoted on your word, though the gate refused:[/] {summary['gate']}"
        OUT.print(why, soft_wrap=True)
    else:
        why = f"[yellow]kept, not promoted:[/] {summary['gate']}; both intervals must lie above zero"
        OUT.print(why, soft_wrap=True)


def report_lines(summary: dict[str, Any]) -> list[tuple[str, str]]:
    """Label and text: what was learned from, and how it did on what it had not seen."""
    learned = f"{summary['examples_remembered']} remembered, {summary['examples_replayed']} replayed"
    return [("signals", learned), *metric_lines(summary["report"])]


def metric_lines(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and text: how a model did on what it had not seen."""
    model, logistic, trading = report["model"], report["logistic"], report["trading"]
    calibration = f"error {model['ece']:.3f} (a perfect model would show {model['ece_floor']:.3f})"
    acting = f"would enter {trading['entered']} of {report['test_n']}"
    if trading["acting"] is not None:
        acting += f", {interval(trading['acting'])} bps each, {trading['win_rate']:.0%} won"
        acting += f" against a break-even of {trading['breakeven_win_rate']:.0%}"
    return [
        ("examples", f"{report['n']} filled, worth {report['effective_n']:.0f} independent ones"),
        ("won", f"{report['base_rate']:.1%} in training, {report['test_win_rate']:.1%} in the test"),
        ("test", f"the last {report['test_n']}, {report['purged']} purged before them"),
        (
            "skill over base rate",
            f"{interval(model['brier_skill'])} (logistic {interval(logistic['brier_skill'])})",
        ),
        ("skill over geometry", interval(report["skill_over_geometry"])),
        ("ranking", f"ROC {model['roc_auc']:.3f}, precision-recall {model['pr_auc']:.3f}"),
        ("calibration", f"{report['calibration']}, {calibration}"),
        ("taking all", f"{interval(trading['taking_all'])} bps each after costs"),
        ("acting on it", acting),
        ("tried", f"{report['configurations_tried']} configuration(s); the test was opened once"),
    ]


def interval(estimate: dict[str, float]) -> str:
    """A value with its interval."""
    return f"{estimate['value']:+.3f} \\[{estimate['low']:+.3f}, {estimate['high']:+.3f}]"
