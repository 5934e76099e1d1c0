"""Rows of memory as lines for people: one an event, about 500 bytes at most, nothing in it can act.

Names and reasons may come from a venue or a model: what is not printable is written as its escape,
so a line stays one line and a terminal shows what is there and does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Label, Select, literal_column, select

from memory.schema import METADATA
from tools.domain.clock import iso
from tools.domain.market import NANOS, plain, to_decimal
from tools.domain.regime import Regime

LONGEST_TEXT = 160
SHOWN_IDS = 3
NONE = "-"
_T = METADATA.tables
Cells = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DiaryLine:
    """One event as people read it.

    Attributes:
        ts: When it became known, ns.
        kind: What kind of event it is.
        name: The id of what it is about.
        text: The whole line, without its end.
    """

    ts: int
    kind: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A table that is told of.

    Attributes:
        kind: The word for its events.
        table: Its name.
        rows: What is read of it; ``at`` is its rowid.
        name: The column with the id of what an event is about.
        tell: The line after time, word and id; None for a row that is not told.
    """

    kind: str
    table: str
    rows: Select[Any]
    name: str
    tell: Callable[[Cells], str | None]

    def line(self, row: Cells) -> DiaryLine | None:
        """The line of a row."""
        said = self.tell(row)
        if said is None:
            return None
        ts, name = int(row["ts_known"]), one_word(str(row[self.name]))
        return DiaryLine(ts, self.kind, name, f"{iso(ts)} {self.kind} {name} {said}")


def escaped(text: str) -> str:
    """``text`` with everything that is not printable as its escape."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text
    )


def quoted(text: str, most: int = LONGEST_TEXT) -> str:
    """``text`` in quotes, escaped and cut."""
    cut = text if len(text) <= most else f"{text[: most - 1]}…"
    return '"' + escaped(cut.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def one_word(text: str) -> str:
    """A name, which a venue may have given, as one word."""
    return escaped(text.replace("\\", "\\\\")[:60]).replace(" ", "\\x20") or NONE


def _number(value: float | None, form: str = ".2f") -> str:
    return NONE if value is None else format(value, form)


def _price(units: int | None) -> str:
    return NONE if units is None else plain(to_decimal(units))


def _ids(text: str) -> str:
    names = [one_word(str(name)) for name in orjson.loads(text)]
    more = f" (+{len(names) - SHOWN_IDS})" if len(names) > SHOWN_IDS else ""
    return (", ".join(names[:SHOWN_IDS]) or NONE) + more


def _decision(row: Cells) -> str:
    votes = {vote["component"]: vote for vote in orjson.loads(row["votes"])}

    def confidence(name: str) -> str:
        return _number(votes.get(name, {}).get("probability"))

    regime = NONE if row["regime"] is None else Regime(row["regime"]).label
    probe = " probe" if row["is_probe"] else ""
    return (
        f"{one_word(row['symbol'])} {row['action']}{probe} by {row['route']}"
        f" at {_price(row['entry_price'])} target {_price(row['take_profit'])} stop {_price(row['stop'])}"
        f"{_size(row['plan'])} | confidence signal {_number(row['confidence'])} model {confidence('model')}"
        f" memory {confidence('pattern')} strategies {confidence('strategy')}"
        f" all {_number(row['probability'])} of {_number(row['breakeven'])} needed,"
        f" {_number(row['expected_bps'], '+.2f')} bps | {regime} | {quoted(row['reason'])}"
    )


def _size(plan: str | None) -> str:
    if plan is None:
        return ""
    kept = orjson.loads(plan)
    return f" size {kept['size']} in {len(kept['slices'])}"


def _outcome(row: Cells) -> str | None:
    if row["kind"] != "taken":
        return None
    held = (
        NONE if not row["ts_entry"] or not row["ts_exit"]
        else f"{(row['ts_exit'] - row['ts_entry']) / NANOS:.1f} s"
    )  # fmt: skip
    return (
        f"{one_word(row['symbol'])} {row['result']} entry {_price(row['entry_price'])}"
        f" exit {_price(row['exit_price'])} size {_price(row['size'])} held {held}"
        f" | P&L {row['net_quote'] or NONE} after {row['fees_quote'] or NONE} fees,"
        f" {_number(row['net_bps'], '+.2f')} bps | best {_number(row['mfe_bps'], '+.1f')}"
        f" worst {_number(row['mae_bps'], '+.1f')} bps | {one_word(row['outcome_id'])}"
    )


def _parameter(row: Cells) -> str:
    context = ", ".join(
        f"{one_word(str(name))} {one_word(str(value))}"
        for name, value in orjson.loads(row["context"]).items()
    )
    return (
        f"{one_word(row['name'])} {row['value_before']:g} → {row['value']:g}"
        f" | because {quoted(row['reason'])}"
        f" | triggered by {_ids(row['evidence'])} | {context[:120] or 'no context kept'}"
    )


def _effect(row: Cells) -> str:
    return (
        f"{one_word(row['verdict'])}: {_number(row['effect_bps'], '+.2f')} bps"
        f" [{_number(row['interval_low'], '+.2f')}, {_number(row['interval_high'], '+.2f')}] a signal,"
        f" n {row['n']}, measured {row['day']}"
    )


def _lesson(row: Cells) -> str:
    return (
        f"learned {quoted(row['statement'], 240)} | effect {_number(row['effect'], '+.3g')}"
        f" [{_number(row['interval_low'], '+.3g')}, {_number(row['interval_high'], '+.3g')}], n {row['n']}"
        f" | from {_ids(row['evidence'])} of {row['day']}"
    )


def _strategy(row: Cells) -> str:
    return (
        f"{one_word(row['standing'])} {row['wins']} of {row['n']} won, {_number(row['net_bps'], '+.2f')} bps"
        f" ± {_number(row['error_bps'])} | {quoted(row['reason'])} | {one_word(row['origin'])} {row['day']}"
    )


def _consultation(row: Cells) -> str:
    said = quoted(row["text"]) if row["cause"] is None else f"{row['cause']}: {quoted(row['detail'])}"
    return (
        f"{row['purpose']} {one_word(row['provider'])} {one_word(row['model'])} {said}"
        f" | {(row['ts_known'] - row['ts']) / 1e6:.0f} ms, {row['cost_usd']} USD"
        f" | {one_word(row['decision_id'])}"
    )


def _source(
    kind: str, table: str, name: str, tell: Callable[[Cells], str | None], columns: str, signal: str = ""
) -> Source:
    own = _T[table]
    kept = [own.c[column] for column in ("ts_known", *columns.split())]
    at: Label[Any] = literal_column(f'"{table}".rowid').label("at")
    if not signal:
        return Source(kind, table, select(at, *kept).select_from(own), name, tell)
    raised = _T["signal"]
    more = [raised.c[column] for column in signal.split()]
    joined = own.join(raised, own.c.signal_id == raised.c.signal_id)
    return Source(kind, table, select(at, *kept, *more).select_from(joined), name, tell)


SOURCES: tuple[Source, ...] = (
    _source(
        "decision",
        "decision",
        "decision_id",
        _decision,
        "decision_id symbol action route is_probe probability breakeven expected_bps plan votes reason",
        "entry_price take_profit stop confidence regime",
    ),
    _source(
        "brain",
        "consultation",
        "consultation_id",
        _consultation,
        "consultation_id decision_id purpose provider model text cause detail cost_usd ts",
    ),
    _source(
        "round-trip",
        "outcome",
        "decision_id",
        _outcome,
        "decision_id outcome_id symbol kind result ts_entry ts_exit entry_price exit_price size net_quote "
        "fees_quote net_bps mfe_bps mae_bps",
    ),
    _source(
        "parameter",
        "parameter",
        "version",
        _parameter,
        "version name value_before value reason evidence context",
    ),
    _source(
        "impact",
        "effect",
        "version",
        _effect,
        "version verdict effect_bps interval_low interval_high n day",
    ),
    _source(
        "lesson",
        "lesson",
        "lesson_id",
        _lesson,
        "lesson_id statement effect interval_low interval_high n evidence day",
    ),
    _source(
        "strategy",
        "strategy",
        "strategy_id",
        _strategy,
        "strategy_id standing wins n net_bps error_bps reason origin day",
    ),
)
