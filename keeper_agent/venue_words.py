"""Words of the commands that deal with a venue; ``cli`` gathers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keeper_agent.record_words import Json


def venue(
    scenario: Annotated[str, typer.Option(help="T0, T1, T2, T3, T4 or RANDOM: how hard it is.")] = "T2",
    seed: Annotated[int, typer.Option(help="Which world of that kind.")] = 7,
    port: Annotated[int, typer.Option(help="Loopback port; 0 is any that is free.")] = 0,
    control_port: Annotated[int, typer.Option(help="Port of the control calls; 0 is any.")] = 0,
    truth_out: Annotated[Path | None, typer.Option(help="Folder for who did what, and why.")] = None,
    coins: Annotated[int, typer.Option(help="Thin coins beside BTC, 1 to 5.")] = 5,
    minutes: Annotated[float | None, typer.Option(help="Stop after so long.")] = None,
    tape: Annotated[
        Path | None, typer.Option(help="Folder of recordings to show in place of a scenario.")
    ] = None,
    speed: Annotated[
        str, typer.Option(help="Of the tape: 1 as recorded, 60, max as fast as clients read.")
    ] = "1",
    hold: Annotated[bool, typer.Option("--hold", help="Start the tape by POST /tape at control.")] = False,
    child: Annotated[bool, typer.Option("--child", hidden=True, help="End with standard input.")] = False,
) -> None:
    """Serve a local exchange with labelled participants, or a recording; one JSON line tells where."""
    from keeper_agent.commands.venue import refuse_mixed, run_tape, run_venue  # heavy: the matching engine

    refuse_mixed(tape=tape, speed=speed, is_held=hold, truth_out=truth_out)
    if tape is not None:
        run_tape(
            tape=tape,
            speed=speed,
            is_held=hold,
            port=port,
            control_port=control_port,
            minutes=minutes,
            is_child=child,
        )
        return
    run_venue(
        scenario=scenario,
        seed=seed,
        port=port,
        control_port=control_port,
        truth_out=truth_out,
        coins=coins,
        minutes=minutes,
        is_child=child,
    )


def record(
    venue: Annotated[str, typer.Option("--venue", help="binance, binance-futures or mexc.")],
    symbols: Annotated[str, typer.Option("--symbols", help="Symbols, e.g. BTCUSDT,ETHUSDT.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the recordings.")],
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="Another host, e.g. http://127.0.0.1:8080.")
    ] = None,
    minutes: Annotated[float | None, typer.Option("--minutes", help="Stop after; default: Ctrl-C.")] = None,
    rotate: Annotated[str, typer.Option("--rotate", help="Length of a recording, e.g. 15m, 1h, 1d.")] = "1h",
    disk_budget: Annotated[
        str, typer.Option("--disk-budget", help="Most disk space, e.g. 500MB, 2GB; the oldest go first.")
    ] = "2GB",
    as_json: Json = False,
) -> None:
    """Record a venue's live market data in the layout that replay reads."""
    from keeper_agent.commands.record import record_feed  # heavy: the reader

    record_feed(
        venue=venue,
        symbols=symbols,
        out=out,
        base_url=base_url,
        minutes=minutes,
        rotate=rotate,
        disk_budget=disk_budget,
        as_json=as_json,
    )


def lab(
    scenario: Annotated[str, typer.Option(help="T0, T1, T2, T3, T4 or RANDOM: how hard it is.")] = "T2",
    seed: Annotated[int, typer.Option(help="Which world of that kind.")] = 7,
    coins: Annotated[int, typer.Option(help="Thin coins, 1 to 5.")] = 5,
    minutes: Annotated[float, typer.Option(help="Virtual minutes a session lasts.")] = 30,
    explore: Annotated[
        bool, typer.Option("--explore", help="Trade at random, as often as limits allow.")
    ] = False,
    pairs: Annotated[
        int, typer.Option(help="So many worlds twice, with one thing changed; 0 is one session.")
    ] = 0,
    change: Annotated[
        list[str] | None,
        typer.Option("--change", help="Parameter that differs in pairs, name=value; default: no Keeper."),
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes for pairs.")] = 2,
    memory: Annotated[
        str | None, typer.Option("--memory", help="Snapshot (name or folder) or home to start from.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the session's memory and the truth.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Let the agent trade in a simulated world, in virtual time, with a memory of its own."""
    from keeper_agent.commands.lab import run_laboratory  # heavy: the matching engine and the agent

    run_laboratory(
        scenario=scenario,
        seed=seed,
        coins=coins,
        minutes=minutes,
        explore=explore,
        pairs=pairs,
        change=change or [],
        workers=workers,
        memory=memory,
        out=out,
        as_json=as_json,
    )
