"""Words of the commands that judge the agent's stages and parts; ``cli`` gathers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keeper_agent.record_words import Json
from keeper_agent.tape_words import QuoteUsd
from tools.domain.errors import BadUsage

WORLDS = 20
ORDER_USD = 20.0


def evaluate(
    stages: Annotated[
        str, typer.Option(help="Which stages, in order: baseline, ml, mm, sizing.")
    ] = "baseline,ml,mm,sizing",
    scenario: Annotated[str, typer.Option(help="T0, T1, T2, T3, T4 or RANDOM: how hard it is.")] = "T3",
    tape: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of recordings to trade over in place of worlds; repeatable."),
    ] = None,
    seeds: Annotated[int | None, typer.Option(help="Worlds every stage trades in; default: 20.")] = None,
    first_seed: Annotated[int, typer.Option(help="First of them.")] = 7,
    train_seeds: Annotated[int, typer.Option(help="Other worlds, which the models are trained on.")] = 10,
    trip_seeds: Annotated[
        int, typer.Option(help="Further worlds, whose round trips say what the models' scores mean.")
    ] = 0,
    minutes: Annotated[float, typer.Option(help="Virtual minutes a world lasts.")] = 20,
    coins: Annotated[int, typer.Option(help="Thin coins, 1 to 5.")] = 5,
    workers: Annotated[int, typer.Option(help="Processes.")] = 2,
    tried: Annotated[
        int | None,
        typer.Option(help="Settings tried on these worlds so far, these included; default: the stages."),
    ] = None,
    gate: Annotated[
        str,
        typer.Option(help="A model takes the half it ranks better (rank), or what it expects to pay (edge)."),
    ] = "rank",
    manner: Annotated[
        str,
        typer.Option(help="Rest at both ends like a market maker (maker), or enter below the asks (inside)."),
    ] = "maker",
    quote_usd: QuoteUsd = None,
    order_usd: Annotated[
        float | None, typer.Option(help="Size of an entry on a tape, US dollars; default: 20.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the agent's stages over the same simulated worlds, or recorded tapes, and show what each is worth.

    With --tape, models are trained on simulated worlds and whole tapes are judged on. Exit codes: 0 done,
    2 wrong words, or a quote of which the dollars are not known, 3 a folder or file that is no recording,
    8 too little to train on, 130 interrupted.
    """
    if tape:
        # heavy: the matching engine and the agent
        from keeper_agent.commands.evaluate_tapes import evaluate_on_tapes

        if seeds is not None:
            raise BadUsage(
                "--seeds counts the worlds traded in; with --tape there are none (see --train-seeds)"
            )
        evaluate_on_tapes(
            folders=tape,
            stages=stages,
            scenario=scenario,
            first_seed=first_seed,
            train_seeds=train_seeds,
            trip_seeds=trip_seeds,
            minutes=minutes,
            coins=coins,
            workers=workers,
            tried=tried,
            gate=gate,
            manner=manner,
            quote_usd=quote_usd,
            order_usd=ORDER_USD if order_usd is None else order_usd,
            as_json=as_json,
        )
        return
    from keeper_agent.commands.evaluate import evaluate_stages  # heavy: the matching engine and the agent

    if quote_usd is not None or order_usd is not None:
        raise BadUsage("--quote-usd and --order-usd are of recorded tapes; they go with --tape DIR")
    evaluate_stages(
        stages=stages,
        scenario=scenario,
        seeds=WORLDS if seeds is None else seeds,
        first_seed=first_seed,
        train_seeds=train_seeds,
        trip_seeds=trip_seeds,
        minutes=minutes,
        coins=coins,
        workers=workers,
        tried=tried,
        gate=gate,
        manner=manner,
        as_json=as_json,
    )


def ablate(
    parts: Annotated[
        str,
        typer.Option(help="Which parts, separated by commas; empty is every one."),
    ] = "",
    base: Annotated[
        str, typer.Option(help="Held against: everything that goes together, or what is shipped on.")
    ] = "everything",
    scenario: Annotated[str, typer.Option(help="T0, T1, T2, T3, T4 or RANDOM: how hard it is.")] = "T3",
    seeds: Annotated[
        int, typer.Option(help="Worlds, each played once with all and once for each part.")
    ] = 12,
    first_seed: Annotated[int, typer.Option(help="First of them.")] = 7,
    minutes: Annotated[float, typer.Option(help="Virtual minutes a world lasts.")] = 6,
    coins: Annotated[int, typer.Option(help="Thin coins, 1 to 5.")] = 5,
    workers: Annotated[int, typer.Option(help="Processes.")] = 2,
    as_json: Json = False,
) -> None:
    """Play the same simulated worlds with and without each part of the agent and show what each is worth.

    Exit codes: 0 done, 2 an unknown part, scenario or number, 130 interrupted.
    """
    from keeper_agent.commands.ablate import ablate_parts  # heavy: the matching engine and the agent

    ablate_parts(
        parts=parts,
        base=base,
        scenario=scenario,
        seeds=seeds,
        first_seed=first_seed,
        minutes=minutes,
        coins=coins,
        workers=workers,
        as_json=as_json,
    )
