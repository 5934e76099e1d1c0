"""One soak: a sender, a receiver, and what can be claimed afterwards.

The sender's log, the receiver's journal, its counters, what its senses counted and the final
books of both are five accounts of the same run; they must agree.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.loopback.log import Log, read_log
from benchmarks.loopback.processes import ROOT, read_state, sending
from benchmarks.soak.audit import Audit, audit
from benchmarks.soak.journal import CHANGED, TRADED, Journal, read_journal
from benchmarks.soak.plan import SoakPlan
from benchmarks.soak.receiver import HEAL_S, RECEIVED_FILE, SAMPLES_FILE
from benchmarks.soak.slopes import Slope, slopes

RECEIVER = ("-m", "benchmarks.soak.receiver")


@dataclass(frozen=True, slots=True)
class Report:
    """What a soak showed; ``broken`` names every claim that did not hold.

    Attributes:
        delay_p50_ms: From wire to the end of the senses, as ``delay_p99_ms``.
        lag_p99_ms: How much too late the loop woke a sleeper.
        paused_s: The longest that the machine may have let sender and receiver wait; from ``silence_s`` on a
            sound connection is rightly taken for a frozen one, and what was counted tells of the machine.
    """

    plan: SoakPlan
    sender: Mapping[str, Any]
    counts: Mapping[str, int]
    audit: Audit
    slopes: Sequence[Slope]
    books_differ: Sequence[str]
    delay_p50_ms: float
    delay_p99_ms: float
    lag_p50_ms: float
    lag_p99_ms: float
    lag_most_ms: float
    paused_s: float
    load_before: float
    load_after: float
    broken: Sequence[str]


def soak(plan: SoakPlan, receiver: Sequence[str] = RECEIVER) -> Report:
    """Run ``plan``; ``receiver`` are the interpreter's arguments that start the receiving process.

    Raises:
        RuntimeError: Sender or receiver ended with an error.
    """
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with sending(plan.load, folder) as address:
            arguments = [address, msgspec.json.encode(plan).decode(), str(folder)]
            command = [sys.executable, *receiver, *arguments]
            limit = plan.load.seconds + 2 * HEAL_S
            ended = subprocess.run(command, timeout=limit, check=False, cwd=ROOT)  # noqa: S603 (our own)
            if ended.returncode:
                raise RuntimeError(f"the receiver ended with {ended.returncode}")
        return report(plan, folder, load_before)


def report(plan: SoakPlan, folder: Path, load_before: float) -> Report:
    """Compare what both left in ``folder``."""
    log, journal = read_log(folder), read_journal(folder)
    sent, received = read_state(folder), msgspec.json.decode((folder / RECEIVED_FILE).read_bytes())
    checked = audit(log, journal, plan.load.symbols)
    moved = slopes(np.load(folder / SAMPLES_FILE, allow_pickle=False))
    differ = [name for name, book in sent["books"].items() if book != received["books"][name]]
    p50, p99 = _delays(log, journal)
    broken = [
        *_unfit(plan, sent["state"]),
        *(f"{one.gauge} grows by {one.low:.1f} to {one.high:.1f} a minute" for one in moved if one.grows),
        *(f"the final book of {name} is not the sender's" for name in differ),
        *_unnoticed(checked),
        *_disagreements(sent["state"], received, checked),
    ]
    return Report(
        plan=plan,
        sender=sent["state"],
        counts=received["counts"],
        audit=checked,
        slopes=moved,
        books_differ=differ,
        delay_p50_ms=p50,
        delay_p99_ms=p99,
        lag_p50_ms=received["lag_p50_ms"],
        lag_p99_ms=received["lag_p99_ms"],
        lag_most_ms=received["lag_most_ms"],
        paused_s=_longest_gap_s(log) + received["lag_most_ms"] / 1000,
        load_before=load_before,
        load_after=os.getloadavg()[0],
        broken=broken,
    )


def _unfit(plan: SoakPlan, state: Mapping[str, Any]) -> Iterator[str]:
    """A sender that the machine lets wait for seconds looks frozen to the receiver, and rightly so."""
    late_s = state["late_p99_ms"] / 1000
    if late_s > plan.silence_s / 2:
        yield f"the machine was too busy: the sender wrote {late_s:.1f} s late (99th percentile)"


def _longest_gap_s(log: Log) -> float:
    """Between two moments at which the sender wrote anything at all."""
    sent = np.sort(log["ts_sent"][log["ts_sent"] > 0])
    return float(np.diff(sent).max(initial=0)) / 1e9


def _delays(log: Log, journal: Journal) -> tuple[float, float]:
    own = journal[(journal["what"] == CHANGED) | (journal["what"] == TRADED)]
    delay = (own["ts_done"] - log["ts_sent"][own["number"]]) / 1e6
    p50, p99 = np.percentile(delay, (50, 99)).tolist()
    return p50, p99


def _unnoticed(checked: Audit) -> Iterator[str]:
    if checked.unnoticed:
        yield f"{checked.unnoticed} messages were lost and nothing said so"
    if checked.repeated:
        yield f"{checked.repeated} messages were handed out twice or out of order"
    if checked.false_marks:
        yield f"{checked.false_marks} prints are marked although none is missing before them"
    noticed = checked.in_books + checked.in_marked_holes + checked.before_first
    if checked.missing != noticed + checked.unnoticed:
        yield f"{checked.missing} messages are missing, {noticed} are accounted for"


def _disagreements(state: Mapping[str, Any], received: Mapping[str, Any], checked: Audit) -> Iterator[str]:
    """Counters that do not tell the same story as the sender, the journal or the senses."""
    counts, sensed, faults = received["counts"], received["sensed"], state["faults"]
    cuts = faults["disconnect"] + faults["freeze"]
    pairs = [
        ("connections", counts["connects"], state["accepted"]),
        ("connections lost and cut", counts["losses"], cuts),
        ("connections left for their silence and frozen", counts["stale"], faults["freeze"]),
        ("books asked for and served", counts["snapshots_asked"], state["books"]),
        ("resets sensed and handed out", sensed["resets"], checked.opened + checked.dropped),
        ("holes sensed and handed out", sensed["gaps"], checked.marks),
        ("malformed and unknown frames", counts["malformed"] + counts["others"], 0),
        ("crossed books", sensed["crossed"], 0),
        ("deltas received and accounted for", counts["deltas_received"], _deltas(counts)),
    ]
    if not counts["overflows"]:
        pairs += [
            ("holes counted and handed out", counts["prints_holes"], checked.marks),
            ("books joined and handed out", counts["deltas_snapshots"], checked.opened),
        ]
    if not cuts:
        pairs.append(("frames received and written", counts["depths"] + counts["prints"], state["frames"]))
    for what, found, expected in pairs:
        if found != expected:
            yield f"{what}: {found} against {expected}"


def _deltas(counts: Mapping[str, int]) -> int:
    return sum(counts[f"deltas_{end}"] for end in ("applied", "repeated", "discarded", "waiting"))
