"""How an agent stands, drawn for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from keeper_agent.views.board import BLOCKS, NONE, REGIMES
from memory.diary_lines import escaped

ENTRIES = {"allowed": "green", "paused": "yellow", "killed": "bold red"}
LATENCIES = ("decision", "memory", "model")
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
    parts += [_money(found), _metrics(found), _brain(found)]
    return Group(*parts)


def _head(found: Mapping[str, Any], is_running: bool) -> Text:
    line = Text()
    if is_running:
        line.append("● running ", style="bold green")
    else:
        line.append("○ not running ", style="bold red")
        ended = found.get("ended")
        line.append(f"ended {ended}: " if ended else "as last known: ", style="yellow")
    line.append(f"{found['world']} ({found['place']})  run {found['run_id']}  {found['time']}  ")
    line.append(f"entries {found['entries']}", style=ENTRIES.get(found["entries"], ""))
    if found.get("why"):
        line.append(f" ({escaped(found['why'])})", style="dim")
    return line


def _table(*names: str, right: Sequence[str] = ()) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    for name in names:
        table.add_column(name, no_wrap=True, justify="right" if name in right else "left")
    return table


def _symbols(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("symbol", "book", "regime", "mid", "spread", "MM range", "seen", "doing",
                   right=("mid", "spread"))  # fmt: skip
    for row in rows:
        mm = row["mm"]
        low, high = mm["low"], mm["high"]
        doing = f"resting {row['rest_s']:.0f} s" if row["rest_s"] > 0 else row["doing"]
        table.add_row(
            Text(escaped(row["symbol"]), style="bold"),
            _feed(row),
            Text(row["regime"] or NONE, style=REGIMES.get(row["regime"] or "", "dim")),
            _number(row["mid"], ".6g"),
            _number(row["spread_bps"], ".1f", " bps"),
            NONE if low is None or high is None else f"{low:.6g}–{high:.6g}",
            _bar(mm["confidence"], mm["is_there"]),
            Text(doing, style="cyan" if doing != "watching" else "dim"),
        )
    return table


def _feed(row: Mapping[str, Any]) -> Text:
    """The state of the book, and what is wrong with its feed."""
    silent, gaps = row["silent_s"], row["feed"]["book_gaps"] + row["feed"]["tape_gaps"]
    faults = [row["book"]]
    faults += [f"silent {silent:.0f} s"] if silent is not None and silent > QUIET_S else []
    faults += [f"{gaps} gaps"] if gaps else []
    return Text(", ".join(faults), style="green" if faults == ["sound"] else "yellow")


def _positions(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("position", "size", "price", "target", "stop", "decision", right=("size", "price"))
    for row in rows:
        name = Text(escaped(row["symbol"]) + (" (probe)" if row["is_probe"] else ""), style="bold cyan")
        table.add_row(name, row["size"], row["price"] or NONE, row["target"], row["stop"], row["decision_id"])
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
            row["decision_id"],
        )
    return table


def _money(found: Mapping[str, Any]) -> Text:
    today, limits, run = found["today"], found["limits"], found["run"]
    realised = float(today["realised_usd"])
    line = Text("today    ", style="dim")
    line.append(f"{realised:+.4f} USD after fees", style="green" if realised >= 0 else "red")
    line.append(f"  loss limit {limits['daily_loss_limit_usd']:g} USD  entries {today['entries']}")
    line.append(
        f"  at stake {float(found['at_stake_usd']):.2f} of {limits['max_total_exposure_usd']:g} USD\n"
    )
    line.append("run      ", style="dim")
    line.append(f"decisions {run['decisions']}  probes {run['probes']}  round trips {run['round_trips']}")
    line.append(f"  result {run['net_quote']} after {run['fees_quote']} fees  departures {run['departures']}")
    return line


def _metrics(found: Mapping[str, Any]) -> Text:
    metrics, line = found.get("metrics", {}), Text("metrics  ", style="dim")
    if not metrics or "fault" in metrics:
        line.append(metrics.get("fault", "not read yet"), style="yellow")
        return line
    day, strategies = metrics["last_24h"], metrics["strategies"]
    line.append(f"decisions an hour {metrics['decisions_an_hour']}  ")
    for name in LATENCIES:
        taken = found["latencies"].get(name)
        line.append(f"{name} {NONE if taken is None else _ms(taken)}  ")
    line.append("\n24 hours ", style="dim")
    line.append(_win_rate(day))
    line.append(
        f"  strategies {strategies.get('active', 0)} active, {strategies.get('deprecated', 0)} retired"
    )
    return line


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
    line, brain = Text("brain    ", style="dim"), found.get("metrics", {}).get("brain")
    if brain is None:
        return line.append("nobody is asked", style="dim")
    line.append(" then ".join(brain["who"]))
    line.append(f"  waiting for {found['asking']}" if found["asking"] else "")
    line.append(f"  left today {float(brain['left_today_usd']):.4f} USD")
    line.append(f"  this month {float(brain['left_month_usd']):.4f} USD")
    return line


def _number(value: float | None, form: str, unit: str = "") -> str:
    return NONE if value is None else f"{value:{form}}{unit}"


def _bar(confidence: float | None, is_there: bool) -> Text:
    if confidence is None:
        return Text(NONE, style="dim")
    full = round(max(0.0, min(1.0, confidence)) * BLOCKS)
    return Text(f"{'█' * full}{'░' * (BLOCKS - full)} {confidence:.2f}", style="green" if is_there else "dim")
