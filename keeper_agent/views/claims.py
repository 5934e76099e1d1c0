"""The claims table for people: measures down, stages across, coloured only where the interval says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from keeper_agent.views.claims_tapes import kept_out

Row = Mapping[str, Any]
NOTHING = "[dim]–[/]"


def claims_table(told: Mapping[str, Any]) -> Table:
    """The table of what ``keeper evaluate --json`` says."""
    table = Table(title=_title(told), title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("", style="dim", no_wrap=True)
    for stage in told["stages"]:
        table.add_column(stage["stage"], justify="right", no_wrap=True)
    for label, cell in _MEASURES:
        told_in = label.format(money=told["money"])
        table.add_row(told_in, *(cell(stage) for stage in told["stages"]))
    return table


def _title(told: Row) -> str:
    if "tapes" not in told:
        return (
            f"{told['scenario']}: {told['worlds']} worlds of {told['virtual_minutes_each']:g} virtual minutes"
        )
    tapes = "1 tape" if len(told["tapes"]) == 1 else f"{len(told['tapes'])} tapes"
    return f"{tapes}, {told['hours']:.1f} hours, {told['blocks']} stretches of time"


def endings_tables(told: Mapping[str, Any]) -> Iterator[Table]:
    """Where the basis points of each stage's round trips went, by how they ended; none where it had none."""
    for stage in told["stages"]:
        if not stage["endings"]:
            continue
        table = Table(
            title=f"{stage['stage']}: where the bps of a round trip went",
            title_justify="left",
            box=None,
            pad_edge=False,
            header_style="bold",
        )
        table.add_column("", style="dim", no_wrap=True)
        for name in ("trips", *_STEP_LABELS.values(), "net"):
            table.add_column(name, justify="right", no_wrap=True)
        for row in stage["endings"]:
            steps = (_step(row["steps"][name]) for name in _STEP_LABELS)
            table.add_row(row["ending"], f"{row['trips']:,}", *steps, _figure("net", "+.2f", good=1)(row))
        yield table


def _step(figure: Row | None) -> str:
    return NOTHING if figure is None else f"{figure['value']:+.2f}"


def notes(told: Mapping[str, Any]) -> Iterator[str]:
    """What has to be said beside the table."""
    where = "tapes" if "tapes" in told else "worlds"
    yield f"[dim]intervals: {told['interval']}; {told['tried']} settings tried on these {where}[/]"
    for name, why in told["not_known"].items():
        yield f"[dim]{name.replace('_', ' ')} –: {escape(why)}[/]"
    for name, what in told["adds"].items():
        yield f"[dim]{name}: {escape(what)}[/]"
    for name, model in told["models"].items():
        skill = model["brier_skill"]
        of = f"{told['trained_on_worlds']} {'simulated' if 'tapes' in told else 'other'} worlds"
        yield (
            f"model {name}: Brier skill {skill['value']:+.3f} \\[{skill['low']:+.3f}, {skill['high']:+.3f}] "
            f"on {model['test_n']:,} later examples of {of}, "
            f"ECE {model['ece']:.3f} (floor {model['ece_floor']:.3f}){_set(model, told)}{_takes(model, told)}"
        )
    if "tapes" in told:
        yield from kept_out(told)
    if told["overfitting"] is not None:
        half = "stretches" if "tapes" in told else "worlds"
        yield f"chance that the best stage of half of the {half} is none elsewhere: {told['overfitting']:.2f}"
    cost, few = (
        told["cost"],
        [s["stage"] for s in told["stages"] if s["round_trips"] < told["cost"]["round_trips_asked_for"]],
    )
    if few:
        yield (
            f"[yellow]fewer than {cost['round_trips_asked_for']:,} round trips: {', '.join(few)}; "
            f"a difference of one point of wins cannot be told[/]"
        )


def _set(model: Row, told: Row) -> str:
    if not model["set_by_round_trips"]:
        return ""
    trips, worlds = model["set_by_round_trips"], told["set_by_worlds"]
    return f"; then set by {trips:,} round trips of {worlds} further worlds"


def _takes(model: Row, told: Row) -> str:
    above = model["takes_above_bps"]
    if "tapes" in told and told["gate"] == "rank":
        return "; takes what it expects more of than of half of the tape's candidates before"
    if above is None:
        return "; takes what it expects to pay"
    return f"; takes the half that it ranks better: what it expects to come to more than {above:+.1f} bps"


def _figure(name: str, form: str, *, scale: float = 1.0, good: int = 0) -> Callable[[Row], str]:
    """A figure with its interval; coloured where that excludes 0, ``good`` is the sign that is welcome."""

    def cell(stage: Row) -> str:
        figure = stage[name]
        if figure is None:
            return NOTHING
        text = format(figure["value"] * scale, form)
        if figure["low"] is None:
            return f"{text} [dim]\\[few][/]"
        low, high = figure["low"] * scale, figure["high"] * scale
        text += f" \\[{low:{form}}, {high:{form}}]"
        if good and low * good > 0 and high * good > 0:
            return f"[green]{text}[/]"
        return f"[red]{text}[/]" if good and low * good < 0 and high * good < 0 else text

    return cell


def _plain(name: str, form: str, *, scale: float = 1.0) -> Callable[[Row], str]:
    def cell(stage: Row) -> str:
        value = stage[name]
        return NOTHING if value is None else format(value if scale == 1 else value * scale, form)

    return cell


def _sharpe(stage: Row) -> str:
    found = stage["sharpe"]
    if found is None:
        return NOTHING
    colour = "green" if found["probability"] > 0.95 else "red"
    return f"{found['sharpe']:+.3f}, [{colour}]P {found['probability']:.2f}[/]"


_STEP_LABELS: Mapping[str, str] = {
    "entry_spread": "entry to mid",
    "adverse": "second after",
    "drift": "held",
    "delay": "on its way",
    "exit_spread": "mid to exit",
    "entry_fee": "entry fee",
    "exit_fee": "exit fee",
    "rest": "rest",
}

_MEASURES: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("round trips", _plain("round_trips", ",")),
    ("won, %", _figure("win_rate", ".1f", scale=100)),
    ("break-even of wins, %", _plain("breakeven_win_rate", ".1f", scale=100)),
    ("net a round trip, bps", _figure("expectancy_bps", "+.2f", good=1)),
    ("  without the best 1 %", _figure("without_best_bps", "+.2f", good=1)),
    ("net an hour, bps", _figure("bps_an_hour", "+.0f", good=1)),
    ("taker fee that pays nothing, bps", _figure("breakeven_taker_bps", "+.2f")),
    ("profit factor", _plain("profit_factor", ".2f")),
    ("entry against TWAP, bps", _figure("slippage_bps", "+.2f", good=-1)),
    ("filled of entries, %", _figure("filled", ".0f", scale=100)),
    ("deepest drawdown, {money}", _plain("drawdown_quote", ".3f")),
    ("departures caused, of 100", _figure("departures_caused", "+.2f", good=-1)),
    ("Sharpe a trip, deflated", _sharpe),
    ("uplift a round trip, bps", _figure("uplift_bps", "+.2f", good=1)),
    ("uplift an hour, bps", _figure("uplift_bps_an_hour", "+.0f", good=1)),
    ("left open", _plain("left_open", "d")),
)
