"""Values and rows in words: units, lines, and the form as it was understood."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from graphs.measured import clock_parts, duration
from graphs.reading.figures import Figure, Number, told_names
from memory.entities import ENTITIES
from memory.tally import Bound, Condition, TallyRow, Times, Value
from prompts.composing import WEEKDAYS
from prompts.reading.forms import Form, Statistic, What
from prompts.reading.tongue import Tongue
from tools.domain.clock import iso
from tools.domain.market import plain
from tools.domain.parameter import SPECS

_SHORT = Decimal("0.00000001")


def unit_of(form: Form, statistic: Statistic, measure: str) -> str:
    """What a statistic of the form is counted in; empty for plain numbers."""
    if statistic is Statistic.SHARE:
        return "share"
    if not measure or statistic in (Statistic.COUNT, Statistic.STREAK, Statistic.DISTINCT):
        return ""
    return ENTITIES[form.entity].columns[measure].unit


def told(value: Number | None, unit: str, tongue: Tongue) -> str:
    """A number with its unit."""
    if value is None:
        return tongue.say("unavailable")
    if unit == "share":
        return f"{100 * float(value):.1f} %"
    if unit == "bps":
        return f"{float(value):+.2f} bps"
    if unit == "s":
        return duration(float(value))
    text = short(value)
    return {"quote": f"{text} quote", "usd": f"{text} USD"}.get(unit, text)


def short(value: Number) -> str:
    """A number with eight places at most."""
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if number == number.to_integral_value():
        return str(int(number))
    return plain(number.quantize(_SHORT).normalize())


def as_number(value: Number | None) -> float | str | int | None:
    """A number as plain data; decimals are text, so that no digit is lost."""
    return plain(value.quantize(_SHORT).normalize()) if isinstance(value, Decimal) else value


def told_value(value: Value, column: str, form: Form, tongue: Tongue, row: TallyRow | None = None) -> str:
    """One value of a row; the row tells the unit of a parameter."""
    known = ENTITIES[form.entity].columns[column]
    if known.kind == "time":
        return tongue.say("unavailable") if value is None else moment_told(int(str(value)))
    if isinstance(value, bool) or value is None or isinstance(value, str | tuple):
        return ", ".join(told_names(value, column))
    if column in ("after", "before") and row is not None:
        return f"{told(value, '', tongue)} {parameter_unit(row)}".rstrip()
    return told(value, known.unit, tongue)


def moment_told(ts: int) -> str:
    """A moment as people read it."""
    text = iso(ts)
    return f"{text[:10]} {text[11:19]} UTC"


def parameter_unit(row: TallyRow) -> str:
    """The unit of the parameter that a row changed; empty for plain numbers."""
    spec = SPECS.get(str(row["parameter"]).partition("@")[0])
    return "" if spec is None else spec.unit


def numbers_beside(value: Number | None, unit: str) -> dict[str, object]:
    """The figures that stand in words beside a value."""
    return {"told": clock_parts(float(value))} if unit == "s" and value is not None else {}


def share_told(found: Figure, form: Form, measure: str, tongue: Tongue) -> str:
    """A share with what it is a share of, and its interval."""
    if found.value is None:
        return tongue.say("unavailable")
    unit = ENTITIES[form.entity].columns[measure].unit if measure else ""
    whole = f"{told(found.part, unit, tongue)} {tongue.say('of')} {told(found.whole, unit, tongue)}"
    noun = f" {tongue.noun(form.entity, found.whole)}" if not measure else ""
    interval = (
        "" if found.low is None or found.high is None else f" [{100 * found.low:.1f}, {100 * found.high:.1f}]"
    )
    return f"{told(found.value, 'share', tongue)}{interval}: {whole}{noun}"


def line_of(row: TallyRow, form: Form, tongue: Tongue) -> str:
    """A row in a line: when, what and how it came out."""
    moment = iso(int(str(row["ts"])))
    if form.entity in ("lesson", "change", "strategy", "report", "run", "profile", "pattern"):
        rest = [str(row[name]) for name in ("parameter", "statement", "symbol") if row.get(name) is not None]
        if form.entity == "change":
            return f"{rest[0]} {row['before']:g} → {row['after']:g}, {moment}"
        standing = "" if row.get("standing") is None else f" [{row['standing']}]"
        return f"{row['id']} {moment}{standing} {' '.join(rest)}".rstrip()
    pieces = [str(row["id"]), moment, *([str(row["symbol"])] if row.get("symbol") else [])]
    known = [one for one in ("result", "net_bps", "net") if row.get(one) is not None]
    pieces += [told_value(row[one], one, form, tongue).replace("_", " ") for one in known]
    return "  ".join(pieces)


def understood(form: Form) -> str:
    """The form in words, so that the person sees what was understood."""
    measure = ENTITIES[form.entity].columns[form.measure].label if form.measure else ""
    pieces = [
        f"{form.statistic.value.replace('_', ' ')} {measure}".rstrip()
        if form.what is not What.LIST
        else "list"
    ]
    pieces.append(f"of {ENTITIES[form.entity].many}")
    pieces += [condition_told(one) for one in form.where] + [bound_told(one, form) for one in form.bounds]
    pieces += [time_told(one) for one in form.times]
    if form.time_column != "ts":
        pieces.append(f"by {ENTITIES[form.entity].columns[form.time_column].label}")
    part = [*(condition_told(one) for one in form.part), *(bound_told(one, form) for one in form.part_bounds)]
    pieces += [f"the part with {' and '.join(part)}"] if part else []
    pieces += [f"by {form.group}"] if form.group else []
    if form.having is not None:
        label = form.having.measure.replace("_", " ")
        pieces.append(
            f"where their {form.having.statistic.value} {label} is{_range(form.having.bound)}".replace(
                "  ", " "
            )
        )
    pieces += [f"the {abs(form.newest)} {'newest' if form.newest > 0 else 'oldest'}"] if form.newest else []
    pieces += (
        [f"the {'highest' if form.best else 'lowest'} first"]
        if form.best is not None and form.measure
        else []
    )
    pieces += [f"asking for {form.attribute.replace('_', ' ')}"] if form.attribute else []
    pieces += [f"comparing {' with '.join(side.name for side in form.sides)}"] if form.sides else []
    pieces += [f"reading {', '.join(form.corrections)}"] if form.corrections else []
    return ", ".join(pieces)


def condition_told(one: Condition) -> str:
    """A condition in words."""
    names = " or ".join(
        name for value in one.values for name in told_names(_flag(one.column, value), one.column)
    )
    return f"{one.column.replace('_', ' ')} {'not ' if one.is_not else ''}{names}"


def _flag(column: str, value: str | int) -> Value:
    return value if isinstance(value, str) else bool(value)


def bound_told(one: Bound, form: Form) -> str:
    """A bound in words."""
    return f"{ENTITIES[form.entity].columns[one.column].label}{_range(one)}"


def _range(one: Bound) -> str:
    low = "" if one.low is None else f" {'from' if one.is_closed else 'above'} {plain(one.low)}"
    high = "" if one.high is None else f" {'up to' if one.is_closed else 'below'} {plain(one.high)}"
    return f"{low}{high}"


def time_told(one: Times) -> str:
    """A time in words."""
    pieces = [
        "" if one.ts_from is None else f"from {iso(one.ts_from)}",
        "" if one.ts_to is None else f"before {iso(one.ts_to)}",
        "" if one.hours is None else f"between {_clock(one.hours[0])} and {_clock(one.hours[1])} of each day",
        "" if not one.weekdays else f"on {', '.join(WEEKDAYS[day] for day in one.weekdays)}",
    ]
    return ("outside " if one.is_not else "") + (
        " ".join(piece for piece in pieces if piece) or "all the time"
    )


def _clock(second: int) -> str:
    return f"{second // 3_600:02d}:{second // 60 % 60:02d}"


def joined(names: Sequence[str]) -> str:
    """Names after each other."""
    return ", ".join(names)
