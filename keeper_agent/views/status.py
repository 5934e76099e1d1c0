"""How an agent stands, drawn for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from keeper_agent.views.board import NONE, REGIMES, SOUND
from memory.diary_lines import escaped

ENTRIES = {"allowed": "green", "paused": "yellow", "killed": "bold red"}
LATENCIES = ("decision", "memory", "model")
DIGITS = 10  # of an id: commands take any beginning that fits no other
QUIET_S = 10.0  # a book silent for so long is shown in yellow


def starting() -> Text:
    """What is shown before the first frame."""
    return Text("the agent is starting", style="yellow")


def status_view(found: Mapping[str, Any], *, is_running: bool = True) -> RenderableType:
    """Everything at a glance."""
    parts: list[RenderableType] = [_head(found, is_running), _symbols(found["symbols"])]
    if found["positions"]:
        parts.append(_positions(found["positions"]))
    if found["orders"]:
        parts.append(_orders(found["orders"]))
    named = Table.grid(padding=(0, 2, 0, 0))
    named.add_column(style="dim", no_wrap=True)
    named.add_column(overflow="fold")
    rows: Sequence[tuple[str, str | Text]] = (
        ("feeds", _feeds(found["symbols"])),
        ("today", _today(found)),
        ("run", _run(found["run"])),
        *_metrics(found),
        ("brain", _brain(found)),
    )
    for name, told in rows:
        named.add_row(name, told)
    return Group(*parts, named)


def _head(found: Mapping[str, Any], is_running: bool) -> Text:
    line = Text()
    if is_running:
        line.append("● running ", style="bold green")
    else:
        line.append("○ not running ", style="bold red")
        ended = found.get("ended")
        line.append(f"ended {ended} " if ended else "as last known ", style="yellow")
    line.append(f"{found['world']} ({found['place']})\n")
    line.append(f"{_short(found['run_id'])}  {found['time']}  ", style="dim")
    line.append(f"entries {found['entries']}", style=ENTRIES.get(found["entries"], ""))
    return line.append(f" ({escaped(found['why'])})" if found.get("why") else "", style="dim")


def _table(*names: str, right: Sequence[str] = ()) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    for name in names:
        table.add_column(name, no_wrap=True, justify="right" if name in right else "left")
    return table


def _symbols(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("symbol", "regime", "mid", "spread", "MM range", "seen", "doing",
                   right=("mid", "spread", "seen"))  # fmt: skip
    for row in rows:
        mm = row["mm"]
        low, high = mm["low"], mm["high"]
        doing = f"resting {row['rest_s']:.0f} s" if row["rest_s"] > 0 else row["doing"]
        table.add_row(
            Text(escaped(row["symbol"]), style="bold"),
            Text(row["regime"] or NONE, style=REGIMES.get(row["regime"] or "", "dim")),
            _number(row["mid"], ".6g"),
            _number(row["spread_bps"], ".1f", " bps"),
            NONE if low is None or high is None else f"{low:.6g}–{high:.6g}",
            Text(_number(mm["confidence"], ".2f"), style="green" if mm["is_there"] else "dim"),
            Text(doing, style="cyan" if doing != "watching" else "dim"),
        )
    return table


def _feeds(rows: Sequence[Mapping[str, Any]]) -> Text:
    """What is wrong with the feeds: the books that are not sound, silence, gaps."""
    found = {row["symbol"]: _faults(row) for row in rows}
    told = [f"{escaped(symbol)} {', '.join(faults)}" for symbol, faults in found.items() if faults]
    return Text("; ".join(told), style="yellow") if told else Text("all books sound", style="green")


def _faults(row: Mapping[str, Any]) -> list[str]:
    silent, gaps = row["silent_s"], row["feed"]["book_gaps"] + row["feed"]["tape_gaps"]
    faults = [row["book"]] if row["book"] != SOUND else []
    faults += [f"silent {silent:.0f} s"] if silent is not None and silent > QUIET_S else []
    return faults + ([f"{gaps} gaps"] if gaps else [])


def _positions(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("position", "size", "price", "target", "stop", "decision", right=("size", "price"))
    for row in rows:
        name = Text(escaped(row["symbol"]) + (" (probe)" if row["is_probe"] else ""), style="bold cyan")
        table.add_row(
            name, row["size"], row["price"] or NONE, row["target"], row["stop"], _short(row["decision_id"])
        )
    return table


def _orders(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("order", "leg", "side", "left", "price", "decision", right=("left", "price"))
    for row in rows:
        table.add_row(
            Text(escaped(row["symbol"]), style="bold blue"),
            row["leg"],
            row["side"],
            row["left"],
            row["price"] or "market",
            _short(row["decision_id"]),
        )
    return table


def _today(found: Mapping[str, Any]) -> Text:
    today, limits = found["today"], found["limits"]
    realised = float(today["realised_usd"])
    line = Text(f"{realised:+.4f} USD after fees", style="green" if realised >= 0 else "red")
    line.append(f"  loss limit {limits['daily_loss_limit_usd']:g} USD  entries {today['entries']}", "default")
    at_stake = float(found["at_stake_usd"])
    return line.append(f"  at stake {at_stake:.2f} of {limits['max_total_exposure_usd']:g} USD", "default")


def _run(run: Mapping[str, Any]) -> str:
    counted = f"decisions {run['decisions']}  probes {run['probes']}  round trips {run['round_trips']}"
    result = f"result {float(run['net_quote']):+.4f} after {float(run['fees_quote']):.4f} of fees"
    return f"{counted}  {result}  departures {run['departures']}"


def _metrics(found: Mapping[str, Any]) -> Sequence[tuple[str, Text]]:
    metrics = found.get("metrics", {})
    if not metrics or "fault" in metrics:
        return (("metrics", Text(metrics.get("fault", "not read yet"), style="yellow")),)
    day, strategies = metrics["last_24h"], metrics["strategies"]
    taken = {name: found["latencies"].get(name) for name in LATENCIES}
    told = "".join(f"  {name} {NONE if one is None else _ms(one)}" for name, one in taken.items())
    counted = f"  strategies {strategies.get('active', 0)} active, {strategies.get('deprecated', 0)} retired"
    return (
        ("metrics", Text(f"decisions an hour {metrics['decisions_an_hour']}{told}")),
        ("24 hours", Text(_win_rate(day) + counted)),
    )


def _ms(taken: Mapping[str, float]) -> str:
    return f"{taken['p50_ms']:.1f} ms (p99 {taken['p99_ms']:.1f})"


def _win_rate(day: Mapping[str, Any]) -> str:
    if not day["round_trips"]:
        return "no round trip"
    low, high = day["win_rate_interval"]
    return (
        f"wins {day['win_rate']:.0%} [{low:.0%}, {high:.0%}] of {day['round_trips']}, "
        f"break-even {day['breakeven']:.0%}, {day['expectancy_bps']:+.1f} bps each"
    )


def _brain(found: Mapping[str, Any]) -> Text:
    brain = found.get("metrics", {}).get("brain")
    if brain is None:
        return Text("nobody is asked", style="dim")
    line = Text(" then ".join(brain["who"]))
    line.append(f"  waiting for {found['asking']}" if found["asking"] else "")
    line.append(f"  left today {float(brain['left_today_usd']):.4f} USD")
    return line.append(f"  this month {float(brain['left_month_usd']):.4f} USD")


def _short(name: str) -> str:
    kind, line, digits = name.partition("_")
    return f"{kind}{line}{digits[:DIGITS]}"


def _number(value: float | None, form: str, unit: str = "") -> str:
    return NONE if value is None else f"{value:{form}}{unit}"
