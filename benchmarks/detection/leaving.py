"""Departures alone: the alarm in force and the one before it, on the same worlds, by tier and family.

``python -m benchmarks.detection.leaving --set developed --tiers T2,T3 --json``; ``--set judged`` are
families, coins and seeds on which nothing about departures was chosen, ``--set presence`` the worlds that
judged the rest. Alarms of one world are not independent; the intervals do not know that.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.detection import sets
from benchmarks.detection.figures import share
from benchmarks.detection.looking import FIRST_S
from benchmarks.detection.worlds import Market, at_second, markets
from tools.detection.departure import DEPARTURE, GONE_PERIODS, IS_ESTABLISHED, PERIOD_S, judge_departure
from tools.detection.maker import GAPS
from tools.detection.senses import evaluate, sense
from tools.detection.state import feature_buffer, new_senses
from tools.domain.parameter import default_parameters
from tools.features.names import INDEX
from tools.market.instruments import instrument_for
from tools.market.kernel import kernel
from venue.public import NANOS

Reals = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Void = npt.NDArray[np.void]
Spell = tuple[int, str]  # since when, state

WATCH_NS = NANOS // 10  # how often a departure is looked for
GONE_LEFT = 3.0  # the baseline: periods without either quote of the last pair
LATE_PERIODS = 1.5  # after its maker's return an alarm is late, not false
LASTING_PERIODS = 4.0  # a departure that is worth being told
TAIL_NS = 60 * NANOS  # of a world: what leaves so late is not counted
DEPARTED = INDEX["mm_departed"]
WATCHED = 6  # columns of ``watch``
SETS = {"developed": sets.LEAVING_DEVELOPED, "judged": sets.LEAVING_JUDGED, "presence": sets.JUDGED}


@kernel
def watch(
    events: Void, market: Void, start: int, scratch: Reals, row: Reals, features: Reals, out: Reals
) -> None:
    """Judge a departure every WATCH_NS from ``start`` into ``out``, shape (n, WATCHED).

    Columns: periods since the quotes of the last pair went, the usual period in seconds, whether a
    maker is established, the time of its last refresh, what the senses say, when the later quote went.
    """
    s = market[0]
    taken = 0
    for k in range(out.shape[0]):
        ts = start + k * WATCH_NS
        while taken < events.shape[0] and events[taken].ts_init <= ts:
            sense(s, events[taken])
            taken += 1
        evaluate(s, ts, features)
        judge_departure(s.maker, ts, scratch, row)
        out[k, 0] = row[GONE_PERIODS]
        out[k, 1] = row[PERIOD_S]
        out[k, 2] = row[IS_ESTABLISHED]
        out[k, 3] = s.maker.ts_refresh
        out[k, 4] = features[DEPARTED]
        out[k, 5] = max(s.trail.ts_gone[0], s.trail.ts_gone[1])


@dataclass(frozen=True, slots=True)
class Look:
    """A watched market: time of the first look, and the looks, shape (n, WATCHED)."""

    market: Market
    start: int
    seen: Reals


def watched(market: Market) -> Look:
    """The departure sense over a whole market."""
    start = at_second(FIRST_S) + WATCH_NS // 2
    state = new_senses(instrument_for("binance", market.symbol), default_parameters())
    out = np.zeros(((market.world.seconds - FIRST_S) * 10, WATCHED))
    watch(market.events, state, start, np.zeros(GAPS), np.zeros(DEPARTURE), feature_buffer(), out)
    return Look(market, start, out)


def pair_alarms(seen: Reals) -> list[int]:
    """The baseline: an established maker's last pair has been out of the book for three periods."""
    is_on = (seen[:, 2] > 0) & (np.nan_to_num(seen[:, 0]) >= GONE_LEFT)
    return raised(is_on, seen[:, 3])


def trail_alarms(seen: Reals) -> list[int]:
    """What is in force: the feature ``mm_departed``."""
    return raised(seen[:, 4] > 0, seen[:, 5])


def raised(is_on: Bools, cause: Reals) -> list[int]:
    """Where an alarm is raised: once for each cause."""
    found: list[int] = []
    for k in np.flatnonzero(is_on):
        if not found or cause[k] != cause[found[-1]]:
            found.append(int(k))
    return found


@dataclass(slots=True)
class Tally:
    """Alarms and departures, counted."""

    met: list[bool] = field(default_factory=list)  # departures of established makers
    met_lasting: list[bool] = field(default_factory=list)  # of them those of four periods or more
    met_all: list[bool] = field(default_factory=list)  # of makers not established, too
    delays: list[tuple[float, float]] = field(default_factory=list)  # seconds, periods
    right: int = 0
    wrong: int = 0
    on_partial: int = 0  # while it quotes wider, or one side
    repeated: int = 0  # in a departure that has had one
    hours: float = 0.0  # of quoting both sides, usual size or small

    def add(self, other: Tally) -> None:
        """Take in another's."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def figures(self) -> dict[str, Any]:
        """Shares with intervals, rates, and medians."""
        seconds, periods = np.array(self.delays).T if self.delays else ((), ())
        return {
            "coverage": share(np.array(self.met, np.bool_)),
            "coverage_lasting": share(np.array(self.met_lasting, np.bool_)),
            "coverage_all": share(np.array(self.met_all, np.bool_)),
            "precision": share(np.array([True] * self.right + [False] * self.wrong)),
            "false_alarms": self.wrong,
            "false_alarms_an_hour": round(self.wrong / self.hours, 2) if self.hours else None,
            "hours": round(self.hours, 1),
            "delay_periods_median": round(float(np.median(periods)), 2) if self.delays else None,
            "delay_s_median": round(float(np.median(seconds)), 2) if self.delays else None,
            "alarms_on_partial_withdrawals": self.on_partial,
            "repeated": self.repeated,
        }


def count(look: Look, alarms: Sequence[int], tally: Tally) -> None:
    """Hold the alarms of a market with one maker against the truth's spells."""
    seen = look.seen
    ts = look.start + np.arange(len(seen)) * WATCH_NS
    spells = [(row[2], row[3]) for row in look.market.truth.quoting if row[0] == look.market.symbol]
    at = np.searchsorted([since for since, _ in spells], ts, side="right") - 1
    states = np.array([spells[i][1] for i in at])
    tally.hours += float(np.isin(states, ("full", "small")).sum()) * WATCH_NS / (3600 * NANOS)
    credited = set()
    for k in alarms:
        late_ns = ts[k] - spells[at[k]][0]
        was_away = at[k] > 0 and spells[at[k] - 1][1] == "away"
        if states[k] == "away" and at[k] in credited:
            tally.repeated += 1
        elif states[k] == "away" or (was_away and late_ns < LATE_PERIODS * seen[k, 1] * NANOS):
            credited.add(at[k])
            tally.right += 1
        elif states[k] in ("full", "small"):
            tally.wrong += 1
        else:
            tally.on_partial += 1
    for i, (since, state) in enumerate(spells):
        k = int(np.searchsorted(ts, since)) - 1
        if state == "away" and k >= 0 and since <= ts[-1] - TAIL_NS:
            until = spells[i + 1][0] if i + 1 < len(spells) else np.inf
            count_departure((since, until), [ts[j] for j in alarms if at[j] == i], seen[k], tally)


def count_departure(spell: tuple[int, float], alarms: Sequence[int], before: Reals, tally: Tally) -> None:
    """A departure, the times of its alarms, and the last look before it."""
    is_met = bool(alarms)
    tally.met_all.append(is_met)
    if not before[2]:
        return
    period = before[1]
    tally.met.append(is_met)
    if spell[1] - spell[0] >= LASTING_PERIODS * period * NANOS:
        tally.met_lasting.append(is_met)
    if is_met:
        delay = (alarms[0] - spell[0]) / NANOS
        tally.delays.append((delay, delay / period))


def departures(looks: Sequence[Look]) -> dict[str, Any]:
    """Both rules on the same looks."""
    found = {}
    for name, alarms in (("trail", trail_alarms), ("pair", pair_alarms)):
        tally = Tally()
        for look in looks:
            count(look, alarms(look.seen), tally)
        found[name] = tally.figures()
    return found


def main() -> None:
    """Measure and print, a tier at a time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection.leaving", description=__doc__)
    parser.add_argument("--set", choices=tuple(SETS), default="developed")
    parser.add_argument("--tiers", default=",".join(sets.LEAVING_TIERS))
    parser.add_argument(
        "--json", action="store_true", help="one line of JSON a tier instead of indented text"
    )
    arguments = parser.parse_args()
    worlds = [world for batch in SETS[arguments.set] for world in batch.worlds()]
    for tier in arguments.tiers.split(","):
        looks = [watched(market) for world in worlds if world.tier == tier for market in markets(world)]
        families = sorted({look.market.world.family for look in looks})
        found = {
            family: departures([look for look in looks if look.market.world.family == family])
            for family in families
        }
        print(
            json.dumps(
                {"tier": tier, "all": departures(looks), **found}, indent=None if arguments.json else 2
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
