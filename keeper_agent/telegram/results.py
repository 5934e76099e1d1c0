"""What trading came to, as messages out of the record: over all, by time, by symbol, trade by trade."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from keeper_agent.api.performance import performance, world_of
from keeper_agent.brains import chosen
from keeper_agent.exports import pnl
from keeper_agent.figures import spent_on_brains
from keeper_agent.settings import Settings
from keeper_agent.telegram.message import Message, columns
from keeper_agent.telegram.words import Words
from memory.lookup import DecisionFilter
from memory.statistics import trade_facts
from memory.store import Store
from tools.domain.clock import iso
from tools.domain.market import plain

ALL_HOURS = 24.0 * 366 * 20
DAILY, WEEKLY, MONTHLY = "daily", "weekly", "monthly"


def profit(store: Store, words: Words) -> Message:
    """The whole record of the newest decision's world, with its intervals."""
    found = performance(store, ALL_HOURS)
    whole, taken = found.whole, found.whole.taken
    lines = [words("profit.decisions", n=whole.decisions, entries=whole.entries, probes=whole.probes)]
    lines += _result_lines(taken, words)
    if found.is_cut:
        lines.append(words("profit.cut"))
    first = found.equity[0].ts if found.equity else None
    since = words("unavailable") if first is None else iso(first)[:10]
    return Message(words("profit.head", world=found.world or "-", since=since), lines)


def _result_lines(taken: Mapping[str, Any], words: Words) -> list[str]:
    if not taken["n"]:
        return [words("profit.none")]
    rate, mean, no = taken["win_rate"], taken["net_bps"], words("unavailable")
    need = taken["breakeven_win_rate"]
    lines = [words("profit.n", n=taken["n"], wins=taken["wins"])]
    lines.append(
        words(
            "profit.rate",
            rate=f"{rate['value']:.1%}",
            low=f"{rate['low']:.1%}",
            high=f"{rate['high']:.1%}",
            need=no if need is None else f"{need:.1%}",
        )
    )
    ends = {end: no if mean[end] is None else f"{mean[end]:+.2f}" for end in ("low", "high")}
    lines.append(words("profit.mean", mean=f"{mean['value']:+.2f}", **ends))
    if taken["net_quote"] is not None:
        money = {"net": taken["net_quote"], "fees": taken["fees_quote"], "fall": taken["drawdown_quote"]}
        lines.append(words("profit.money", **money))
    return lines


def by_time(store: Store, words: Words, kind: str, newest: int) -> Message:
    """The ``newest`` days, weeks or months on which a result became known, newest first."""
    groups: dict[tuple[str, str, str], list[Any]] = {}
    for line in pnl(store):
        key = (_start(str(line["day"]), kind), str(line["quote"]), str(line["world"]))
        sums = groups.setdefault(key, [Decimal(0), 0, 0])
        for at, name in enumerate(("net_after_brains", "round_trips", "wins")):
            sums[at] += line[name]
    starts = sorted({key[0] for key in groups}, reverse=True)[:newest]
    rows = [
        [key[0], f"{plain(sums[0])} {key[1]}", str(sums[1]), str(sums[2]), key[2]]
        for key, sums in sorted(groups.items(), reverse=True)
        if key[0] in starts
    ]
    return _table(words(f"days.{kind}"), words("days.columns"), rows, words)


def _start(day: str, kind: str) -> str:
    if kind == MONTHLY:
        return day[:7]
    if kind == WEEKLY:
        found = date.fromisoformat(day)
        return str(found - timedelta(days=found.weekday()))
    return day


def by_symbol(store: Store, words: Words) -> Message:
    """Round trips of each symbol, the best first."""
    found = performance(store, ALL_HOURS)
    groups = [one for one in found.by["symbol"] if one.taken["n"]]
    groups.sort(key=lambda one: Decimal(one.taken["net_quote"] or 0), reverse=True)
    rows = [
        [
            one.name,
            one.taken["net_quote"] or "-",
            str(one.taken["n"]),
            str(one.taken["wins"]),
            f"{one.taken['net_bps']['value']:+.2f}",
        ]
        for one in groups
    ]
    head = words("performance.head", world=found.world or "-")
    return _table(head, words("performance.columns"), rows, words)


def trades(store: Store, words: Words, newest: int) -> Message:
    """The ``newest`` round trips, newest first."""
    wanted = DecisionFilter(world=world_of(store), kind="taken")
    rows = [
        [
            iso(one.ts_exit)[5:16].replace("T", " "),
            one.symbol,
            words(f"result.{one.result}"),
            f"{one.net_bps:+.2f}",
            "-" if one.net_quote is None else plain(one.net_quote),
        ]
        for one in reversed(trade_facts(store, wanted, newest=newest, has_rules=False))
    ]
    return _table(words("trades.head", n=len(rows)), words("trades.columns"), rows, words)


def budget(store: Store, settings: Settings, words: Words, now: int) -> Message:
    """What brains cost today and this month, and what is left of their caps."""
    names = chosen(settings)
    lines = [words("budget.who", who=", ".join(names)) if names else words("budget.none")]
    caps = (settings.keeper_brain_usd_per_day, settings.keeper_brain_usd_per_month)
    for key, spent, cap in zip(("day", "month"), spent_on_brains(store, now), caps, strict=True):
        told = {"spent": plain(spent), "left": plain(max(Decimal(0), cap - spent)), "cap": plain(cap)}
        lines.append(words(f"budget.{key}", **told))
    return Message(words("budget.head"), lines)


def _table(head: str, names: str, rows: Iterable[list[str]], words: Words) -> Message:
    found = list(rows)
    if not found:
        return Message(head, [words("nothing")])
    return Message(head, columns([names.split("|"), *found]), is_table=True)
