"""``keeper models``: every version of the outcome model, what it showed, and which one decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from keeper_agent.commands.train import metric_lines
from keeper_agent.console import OUT, print_json
from keeper_agent.mlflow_sink import tell_mlflow
from keeper_agent.settings import Settings, load_settings
from memory.lock import HomeLock
from tools.domain.clock import SystemClock, iso
from tools.models.registry import ModelCard, ModelRegistry

NONE_YET = "no model was trained yet; keeper train outcome does it"


def list_models(*, home: Path | None, as_json: bool) -> None:
    """Every version, oldest first, and what is wrong with those that cannot be used."""
    registry = ModelRegistry(load_settings(keeper_home=home).keeper_home)
    cards, promotions = registry.cards(), registry.promotions()
    if as_json:
        models = [_as_data(card) for card in cards]
        put = [{"version": one.version, "ts": one.ts, "reason": one.reason} for one in promotions]
        print_json({"models": models, "promotions": put})
        return
    if not cards:
        OUT.print(NONE_YET)
        return
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for head in ("version", "", "examples", "skill", "ECE"):
        table.add_column(head, justify="right" if head == "examples" else "left", no_wrap=True)
    for card in cards:
        table.add_row(*_cells(card))
    OUT.print(table)
    OUT.print("[dim]skill: over the trade's geometry, on data it had not seen; ECE: calibration error[/]")
    for card in cards:
        if card.problem is not None:
            OUT.print(f"[red]{escape(card.problem)}[/]", soft_wrap=True)


def show_model(*, version: str | None, home: Path | None, as_json: bool) -> None:
    """All that is known of a version; of the one in force where none is named."""
    registry = ModelRegistry(load_settings(keeper_home=home).keeper_home)
    name = registry.load(version).version  # whoever is shown must be usable
    manifest = registry.manifest(name)
    promoted = [one for one in registry.promotions() if one.version == name]
    is_current = registry.current() == name
    if as_json:
        put = [{"ts": one.ts, "reason": one.reason} for one in promoted]
        print_json({**manifest, "is_current": is_current, "promotions": put})
        return
    OUT.print(f"[bold]outcome model {name}[/]{', [green]in force[/]' if is_current else ''}")
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for label, text in (*_origin(manifest), *metric_lines(manifest["metrics"])):
        table.add_row(label, text)
    for one in promoted:
        table.add_row("put in force", f"{iso(one.ts)}: {escape(one.reason)}")
    OUT.print(table)


def promote_model(*, version: str, home: Path | None, as_json: bool) -> None:
    """Put a version in force by hand."""
    settings = load_settings(keeper_home=home)
    with HomeLock.acquire(settings.keeper_home, "keeper models promote"):
        _put(settings, version, "by hand", as_json=as_json)


def roll_back_model(*, home: Path | None, as_json: bool) -> None:
    """Put the version in force that was before."""
    settings = load_settings(keeper_home=home)
    with HomeLock.acquire(settings.keeper_home, "keeper models rollback"):
        registry = ModelRegistry(settings.keeper_home)
        earlier, now = registry.previous(), registry.current()
        _put(settings, earlier, f"rolled back from {now}", as_json=as_json, is_back=True)


def _put(settings: Settings, version: str, reason: str, *, as_json: bool, is_back: bool = False) -> None:
    registry = ModelRegistry(settings.keeper_home)
    settings.mlflow_server()  # a wrong address is told before anything is moved
    before = registry.current()
    registry.promote(version, ts=SystemClock().now(), reason=reason, is_back=is_back)
    if as_json:
        print_json({"version": version, "before": before, "reason": reason})
    else:
        OUT.print(
            f"[green]in force:[/] {version} (before: {before or 'none'}); the next keeper run decides with it"
        )
    tell_mlflow(settings, registry.manifest(version), is_in_force=True)


def _cells(card: ModelCard) -> tuple[str, ...]:
    mark = "[green]in force[/]" if card.is_current else ""
    if card.problem is not None:
        return (card.version, f"{mark} [red]unusable[/]".strip(), "", "", "")
    skill = card.metrics["skill_over_geometry"]
    told = f"{skill['value']:+.3f} \\[{skill['low']:+.3f}, {skill['high']:+.3f}]"
    return (card.version, mark, f"{card.metrics['n']:,}", told, f"{card.metrics['model']['ece']:.3f}")


def _origin(manifest: Any) -> list[tuple[str, str]]:
    return [
        ("trained", f"{iso(manifest['ts_trained'])} by version {manifest['code_version']} of keeper"),
        ("data", str(manifest["data_hash"])),
        ("inputs", ", ".join(manifest["inputs"])),
    ]


def _as_data(card: ModelCard) -> dict[str, Any]:
    told = {"version": card.version, "ts_trained": card.ts_trained, "is_current": card.is_current}
    return {**told, "metrics": dict(card.metrics), "problem": card.problem}
