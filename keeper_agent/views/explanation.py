"""A decision's explanation as a person reads it, at 80 columns or piped as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from tools.domain.clock import NS, iso
from tools.domain.trading import Route

Data = Mapping[str, Any]
COLOUR = {"enter": "green", "skip": "yellow", "abstain": "magenta", "unsure": "cyan", "silent": "dim"}
MOST_NEIGHBOURS = 8


def show_explanation(out: Console, found: Data) -> None:
    """Then and later, in that order and apart."""
    then, later = found["known_then"], found["known_later"]
    title = Text.assemble(
        (found["decision_id"], "bold cyan"), "  ", (then["action"].upper(), f"bold {COLOUR[then['action']]}")
    )
    title.append(f"  {found['symbol']} on {found['venue']}  {found['time']}")
    out.print(title)
    out.print(Rule("known when it was decided", style="dim", align="left"))
    _show_conclusion(out, found, then)
    _show_votes(out, then["votes"])
    _show_consultations(out, "asked", then["consultations"])
    _show_inputs(out, then["inputs"])
    _show_size(out, then)
    _show_neighbours(out, then)
    out.print(Rule("what came later", style="dim", align="left"))
    _show_execution(out, later)
    for kind, name in (("outcome_taken", "taken"), ("outcome_shadow", "on paper")):
        _show_outcome(out, name, later[kind])
    _show_consultations(out, "audited", later["audits"])
    _show_graph(out, found["graph"])


def _show_conclusion(out: Console, found: Data, then: Data) -> None:
    signal = then["signal"]
    probe = "  a probe: taken to learn" if then["is_probe"] else ""
    _pair(out, "decided by", f"{Route(then['route']).label}{probe}")
    _pair(out, "reason", then["reason"])
    beside = f"{_share(then['probability'])} against break-even {_share(then['breakeven'])}"
    _pair(out, "win odds", beside)
    _pair(out, "expected", _bps(then["expected_bps"]))
    _pair(out, "signal", f"{signal['source']} {signal['side']}, confidence {signal['confidence']:.2f}")
    levels = f"entry {signal['entry_price']}, target {signal['take_profit']}, stop {signal['stop']}"
    _pair(out, "levels", f"{levels}; +{signal['gain_bps']:.2f} / -{signal['loss_bps']:.2f} bps after cost")
    if then["profile"] is not None:
        _pair(out, "profile", then["profile"]["statement"])
    model = then["model_version"] or "none"
    _pair(out, "versions", f"parameters {then['parameters_version']}, model {model}, {found['run_id']}")


def _show_votes(out: Console, votes: Iterable[Data]) -> None:
    table = _table("component", "stance", "odds", "expected ± error", "reason and evidence")
    for vote in votes:
        error = "" if vote["interval_bps"] is None else f" ± {vote['interval_bps']:.2f}"
        expected = "" if vote["expected_bps"] is None else f"{vote['expected_bps']:+.2f}{error} bps"
        reason = Text(vote["reason"])
        if vote["evidence"]:
            reason.append(f" [{_ids(vote['evidence'])}]", style="dim cyan")
        odds = "" if vote["probability"] is None else f"{vote['probability']:.2f}"
        table.add_row(
            vote["component"], Text(vote["stance"], style=COLOUR[vote["stance"]]), odds, expected, reason
        )
    out.print(table)


def _show_consultations(out: Console, name: str, found: Iterable[Data]) -> None:
    for one in found:
        tokens = one["tokens"]
        counted = "" if tokens is None else f", {tokens['input']} + {tokens['output']} tokens"
        cost = f"{one['cost_usd']} USD{counted}, {one['answered_ms']:.0f} ms, prompt {one['prompt_version']}"
        _pair(out, name, f"{one['provider']} {one['model']}: {cost}")
        _pair(out, "said", one["text"] if one["cause"] is None else f"{one['cause']}: {one['detail']}")


def _show_inputs(out: Console, inputs: Iterable[Data]) -> None:
    table = _table("input", "value", "unit")
    table.columns[1].justify = "right"
    for one in inputs:
        missing = Text("unavailable", style="dim")
        table.add_row(one["name"], missing if one["value"] is None else _number(one["value"]), one["unit"])
    out.print(table)


def _show_size(out: Console, then: Data) -> None:
    plan = then["size_plan"]
    if plan is None:
        _pair(out, "size", "none")
    else:
        slices = (
            f"{len(plan['slices'])} × every {plan['split_delay_s']:g} s" if len(plan["slices"]) > 1 else "1"
        )
        _pair(out, "size", f"{plan['size']} worth {plan['value_quote']} quote, slices: {slices}")
        _pair(out, "because", plan["reasoning"])
    if then["arm"] is not None:
        _pair(out, "tried", then["arm"]["text"])
    for clamp in then["clamps"]:
        _pair(out, "clamp", f"{clamp['limit']}: {clamp['before']} → {clamp['after']}, {clamp['reason']}")
    if not then["clamps"]:
        _pair(out, "clamps", "none")


def _show_neighbours(out: Console, then: Data) -> None:
    recalled = then["recalled"]
    if not recalled and not then["recalled_missing"]:
        _pair(out, "recalled", "no similar state with a known outcome")
        return
    _pair(out, "recalled", f"{len(recalled)} similar states")
    for one in recalled[:MOST_NEIGHBOURS]:
        net = "no position" if one["net_bps"] is None else f"{one['net_bps']:+.2f} bps"
        out.print(
            Text(
                f"            {one['outcome_id']} {one['symbol']} {one['kind']} {_words(one['result'])} {net}"
            )
        )
    if len(recalled) > MOST_NEIGHBOURS:
        out.print(
            Text(f"            and {len(recalled) - MOST_NEIGHBOURS} more (--json lists all)", style="dim")
        )
    if then["recalled_missing"]:
        _pair(out, "missing", f"{_ids(then['recalled_missing'])} not in this memory")


def _show_execution(out: Console, later: Data) -> None:
    if not later["intents"]:
        _pair(out, "orders", "none")
        return
    state = {order["client_order_id"]: order for order in later["orders"]}
    table = _table("order", "leg", "side", "size", "price", "state")
    for intent in later["intents"]:
        order = state.get(intent["client_order_id"])
        status = (
            "unknown"
            if order is None
            else order["status"] + (f", {order['reason']}" if order["reason"] else "")
        )
        price = intent["price"] or "market"
        side = "buy" if intent["side"] > 0 else "sell"
        table.add_row(intent["client_order_id"], intent["leg"], side, intent["size"], price, status)
    out.print(table)
    for fill in later["fills"]:
        role = "maker" if fill["is_maker"] else "taker"
        side = "buy" if fill["side"] > 0 else "sell"
        said = f"{side} {fill['size']} at {fill['price']} as {role}, fee {fill['fee_quote']}"
        _pair(out, "fill", f"{iso(fill['ts'])}  {said}")


def _show_outcome(out: Console, name: str, outcome: Data | None) -> None:
    if outcome is None:
        _pair(out, name, "nothing in the record")
        return
    if outcome["net_bps"] is None:
        _pair(out, name, f"{_words(outcome['result'])}: no position came about")
        return
    held = (outcome["ts_exit"] - outcome["ts_entry"]) / NS
    line = Text(f"{_words(outcome['result'])}, ")
    line.append(_bps(outcome["net_bps"]), style="green" if outcome["won"] else "red")
    line.append(f" net ({_bps(outcome['gross_bps'])} gross), held {held:.1f} s")
    _pair(out, name, line)
    if outcome["net_quote"] is not None:
        _pair(out, "", f"{outcome['net_quote']} quote after {outcome['fees_quote']} of fees")
    if outcome["mfe_bps"] is not None:
        touched = [
            f"{label} after {outcome[key] / NS:.1f} s"
            for label, key in (("target", "time_to_target_ns"), ("stop", "time_to_stop_ns"))
            if outcome[key] is not None
        ]
        way = f"best {_bps(outcome['mfe_bps'])}, worst {_bps(outcome['mae_bps'])} on the way"
        _pair(out, "", "; ".join([way, *touched]))


def _show_graph(out: Console, graph: Data) -> None:
    """What the decision rested on and what came of it, an edge a line; evidence is listed above."""
    labels = {node["id"]: node for node in graph["nodes"]}
    out.print(Rule("the story in the memory graph", style="dim", align="left"))
    edges = [edge for edge in graph["edges"] if labels[edge["target"]]["kind"] != "pattern"]
    for edge in edges:
        target, source = labels[edge["target"]], labels[edge["source"]]
        line = Text(f"{source['kind']} ")
        line.append(_words(edge["relation"]), style="cyan")
        line.append(f" {target['kind']}: {target['label']}")
        if target["is_later"]:
            line.append(" (later)", style="dim")
        out.print(line)
    hidden = len(graph["edges"]) - len(edges)
    if hidden:
        out.print(Text(f"and {hidden} edges to recalled patterns", style="dim"))


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _pair(out: Console, name: str, value: str | Text) -> None:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=11 if len(name) < 12 else len(name), style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(name, value)
    out.print(grid)


def _bps(value: float | None) -> str:
    return "unavailable" if value is None else f"{value:+.2f} bps"


def _share(value: float | None) -> str:
    return "unavailable" if value is None else f"{100 * value:.1f} %"


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,.6g}" if abs(value) < 10_000 else f"{value:,.2f}"


def _ids(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _words(name: str) -> str:
    return name.replace("_", " ")
