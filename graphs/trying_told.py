"""Live experiments in words and as data: what is tried, how it stands, what begins next."""

from __future__ import annotations

from typing import Any

from graphs.trying import Standing, Trying
from memory.experiments import ExperimentRecord

BEGINS, UNDER_WAY, OVER = "begins", "under way", "over"
Told = tuple[str, ExperimentRecord, Standing | None]


def standing_of(found: Trying) -> list[Told]:
    """The experiments a report speaks of, with where they are."""
    told: list[Told] = []
    if found.standing is not None:
        place = UNDER_WAY if found.trial is None else OVER
        told.append((place, found.standing.experiment, found.standing))
    if found.next is not None:
        told.append((BEGINS, found.next, None))
    return told


def experiment_as_data(told: Told) -> dict[str, Any]:
    """An experiment as plain data."""
    place, record, standing = told
    own = ("experiment_id", "name", "value_before", "value", "kind", "tries", "undoes", "day")
    values: dict[str, Any] = {name: getattr(record, name) for name in own}
    values |= {"place": place, "terms": dict(record.terms), "n": 0, "n_candidate": 0}
    values |= dict.fromkeys(("share", "harm_bps", "effect_bps", "interval_low", "interval_high"))
    if standing is not None:
        values |= {
            "n_candidate": standing.n_candidate,
            "share": standing.share,
            "harm_bps": standing.harm_bps,
        }
    if standing is not None and standing.gain is not None:
        gain = standing.gain
        values |= {
            "n": gain.n,
            "effect_bps": gain.value,
            "interval_low": gain.low,
            "interval_high": gain.high,
        }
    return values


def told_trying(found: Trying) -> list[str]:
    """The report's part on live experiments, as Markdown; empty where nothing is tried."""
    told = [experiment_as_data(one) for one in standing_of(found)]
    if not told:
        return []
    head = "| parameter | in force | tried | judged by | outcomes, tried | gain a decision | chance | |"
    rows = [_row(one) for one in told]
    said = (
        "A candidate gets each decision with the chance that it is the better value, within bounds laid down "
        "before; the intervals hold at all times at once."
    )
    return ["## Tried live", said, "\n".join([head, "|" + " --- |" * 8, *rows])]


def _row(one: dict[str, Any]) -> str:
    gain = "unavailable"
    if one["effect_bps"] is not None:
        gain = f"{one['effect_bps']:+.2f} bps [{one['interval_low']:+.2f}, {one['interval_high']:+.2f}]"
    chance = "" if one["share"] is None else f"{one['share']:.2f}"
    seen = f"{one['n']}, {one['n_candidate']}"
    kind = "round trips taken" if one["kind"] == "taken" else "followed signals"
    place = one["place"] if one["undoes"] is None else f"{one['place']}, watches version {one['undoes']}"
    cells = (one["name"], f"{one['value_before']:g}", f"{one['value']:g}", kind, seen, gain, chance, place)
    return f"| {' | '.join(cells)} |"
