"""Words of the commands that judge the agent's stages and parts; ``cli`` gathers them."""

from __future__ import annotations

from typing import Annotated

import typer

from keeper_agent.record_words import Json


def evaluate(
    stages: Annotated[
        str, typer.Option(help="Which stages, in order: baseline, ml, mm, sizing.")
    ] = "baseline,ml,mm,sizing",
    scenario: Annotated[str, typer.Option(help="T0, T1, T2, T3, T4 or RANDOM: how hard it is.")] = "T3",
    seeds: Annotated[int, typer.Option(help="Worlds every stage trades in.")] = 20,
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
    as_json: Json = False,
) -> None:
    """Run the agent's stages over the same simulated worlds and show what each is worth, with intervals."""
    from keeper_agent.commands.evaluate import evaluate_stages  # heavy: the matching engine and the agent

    evaluate_stages(
        stages=stages,
        scenario=scenario,
        seeds=seeds,
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
