"""The nearest of a full library: the mirror beside an independent brute force and Chroma's own index.

``python -m benchmarks.patterns --patterns 100000 --json``. Each question comes after one pattern was
promoted and one retired, as in a library at its capacity. Every answer of the mirror is compared with a
brute force in double precision that shares no code with it. Chroma is asked a part of the same questions.
Times are those of the wall and of the processor: on a busy machine they differ.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from benchmarks.patterns.states import (
    NOBODY,
    RARE,
    fill_home,
    make_states,
    name_of,
    nearest,
    share_found,
)
from memory.lock import HomeLock
from memory.patterns import PatternLibrary
from memory.recall import PatternRecall
from memory.store import Store
from tools.domain.ports import ANYWHERE, EVEN, Neighbour, Priority, Where
from tools.features.fingerprint import SIZE

WEIGHED = Priority(power=0.5, half_life_ns=90 * 86_400 * 10**9)
NEAREST = 10
PAUSE_S = 0.005  # a decision comes after waiting for the market, not after a long calculation
WARM = 20  # questions before any is timed
CLOSE = 1e-12  # two sums of the same products in different order


@dataclass(frozen=True, slots=True)
class Question:
    """A kind of question.

    Attributes:
        back: Share of the record before the time it is asked as of, from the end.
    """

    name: str
    priority: Priority = EVEN
    where: Where = ANYWHERE
    back: float = 0.0


QUESTIONS = (
    Question("all"),
    Question("weighed by age and importance", priority=WEIGHED),
    Question("one symbol of 50", where=Where(symbol="C7USDT")),
    Question("one symbol, weighed", priority=WEIGHED, where=Where(symbol="C7USDT")),
    Question("a filter that leaves 10", where=Where(symbol=RARE)),
    Question("a filter that leaves 0", where=Where(symbol=NOBODY)),
    Question("as of the middle, weighed", priority=WEIGHED, back=0.5),
)


class Bench:
    """A library of ``count`` patterns in ``home``, and what is promoted while it is asked."""

    def __init__(self, home: Path, count: int, width: int, seed: int, queries: int) -> None:
        self.count = count
        self.states = make_states(count + (queries + WARM) * len(QUESTIONS) + queries, width, seed)
        self.filled = count
        self._left = 0
        fill_home(home, self.states, count)
        self._home = home
        rng = np.random.default_rng(seed + 1)
        picked = self.states.vectors[rng.integers(0, count, queries + WARM)]
        self.queries: npt.NDArray[np.float64] = picked + rng.normal(0, 0.1, picked.shape)

    def load(self) -> tuple[PatternRecall, dict[str, float]]:
        """The mirror as a start makes it, with the time and the memory that takes."""
        with Store.open(self._home, is_throwaway=True) as store:
            before, began = resident_mib(), time.perf_counter()
            recall = PatternRecall.load(store, self.states.vectors.shape[1], since=0)
            took = time.perf_counter() - began
        return recall, {"load_s": took, "mirror_mib": resident_mib() - before, "rss_mib": resident_mib()}

    def whole(self) -> PatternRecall:
        """A mirror that forgets nothing of what was retired, for questions about long ago."""
        recall = PatternRecall()
        for number in range(self.filled):
            recall.keep(self.states.pattern(number))
        for number in range(self._left):
            recall.retire(name_of(number), int(self.states.retired[number]))
        return recall

    def exchange(self, recall: PatternRecall) -> None:
        """Promote the next state and retire the oldest one."""
        recall.keep(self.states.pattern(self.filled))
        ts = int(self.states.known[self.filled])
        self.states.retired[self._left] = ts
        recall.retire(name_of(self._left), ts)
        self.filled, self._left = self.filled + 1, self._left + 1

    def ask(self, recall: PatternRecall, question: Question) -> dict[str, Any]:
        """Time and check every query as ``question``."""
        timed = Timed()
        shares, wrong, exchanged = [], 0, []
        for number, query in enumerate(self.queries):
            began = time.perf_counter_ns()
            self.exchange(recall)
            exchanged.append(time.perf_counter_ns() - began)
            ts = int(self.states.known[int((self.filled - 1) * (1 - question.back))])
            time.sleep(PAUSE_S)
            found = timed.call(lambda: self._found(recall, query, ts, question), number >= WARM)  # noqa: B023
            expected = nearest(
                self.states,
                query,
                ts,
                NEAREST,
                priority=question.priority,
                where=question.where,
                count=self.filled,
            )
            shares.append(share_found(found, expected))
            wrong += not is_same_order(found, expected)
        return {
            "question": question.name,
            **timed.figures(),
            "recall": float(np.mean(shares)),
            "answers_in_another_order": wrong,
            "promote_and_retire_p50_ms": float(np.median(exchanged)) / 1e6,
        }

    def _found(
        self, recall: PatternRecall, query: npt.NDArray[np.float64], ts: int, question: Question
    ) -> list[Neighbour]:
        asked = tuple(query.tolist())
        return recall.neighbours(
            [asked], ts, NEAREST, -1.0, priority=question.priority, where=question.where
        )[0]

    def ask_chroma(self, limit: int) -> dict[str, Any]:
        """The same library in Chroma: making it, and a part of the questions it understands."""
        with (
            HomeLock.acquire(self._home, "benchmark") as lock,
            Store.open(self._home, is_throwaway=True) as store,
            PatternLibrary(lock, store) as library,
        ):
            began = time.perf_counter()
            library.sync()
            made_s = time.perf_counter() - began
            ts = int(self.states.known[self.count - 1])
            self.states.retired[:] = np.iinfo(np.int64).max
            rows = [self._chroma_row(library, one, ts, limit) for one in QUESTIONS if is_chromas(one)]
            began = time.perf_counter()
            differences = library.verify()
            return {
                "made_s": made_s,
                "verify_s": time.perf_counter() - began,
                "differences": len(differences),
                "questions": rows,
            }

    def _chroma_row(self, library: PatternLibrary, question: Question, ts: int, limit: int) -> dict[str, Any]:
        timed, shares = Timed(), []
        for number, query in enumerate(self.queries[: WARM + limit]):
            asked = query.tolist()
            found = timed.call(
                lambda: library.nearest(asked, ts, NEAREST, where=question.where),  # noqa: B023
                number >= WARM,
            )
            expected = nearest(
                self.states, query, ts, NEAREST, priority=EVEN, where=question.where, count=self.count
            )
            shares.append(share_found(found, expected))
        return {"question": question.name, **timed.figures(), "recall": float(np.mean(shares))}


class Timed:
    """Times of calls, on the wall and on the processor."""

    def __init__(self) -> None:
        self._wall: list[int] = []
        self._processor: list[int] = []

    def call(self, work: Callable[[], list[Neighbour]], is_counted: bool) -> list[Neighbour]:
        """The result of ``work``; its times are kept if it counts."""
        wall, processor = time.perf_counter_ns(), time.thread_time_ns()
        found = work()
        if is_counted:
            self._processor.append(time.thread_time_ns() - processor)
            self._wall.append(time.perf_counter_ns() - wall)
        return found

    def figures(self) -> dict[str, Any]:
        """The median and the 99th percentile of both, milliseconds."""
        wall, processor = (np.percentile(times, [50, 99]) / 1e6 for times in (self._wall, self._processor))
        return {
            "n": len(self._wall),
            "p50_ms": float(wall[0]),
            "p99_ms": float(wall[1]),
            "processor_p50_ms": float(processor[0]),
            "processor_p99_ms": float(processor[1]),
        }


def is_chromas(question: Question) -> bool:
    """Whether Chroma can be asked that: it knows filters, but no weights."""
    return question.priority == EVEN and question.back == 0


def is_same_order(found: Sequence[Neighbour], expected: Sequence[tuple[str, float]]) -> bool:
    """Whether both name the same states in the same order, with the same scores."""
    if [one.outcome_id for one in found] != [name for name, _ in expected]:
        return False
    pairs = zip(found, expected, strict=True)
    return all(abs(one.similarity * one.weight - score) <= CLOSE for one, (_, score) in pairs)


def resident_mib() -> float:
    """Memory of this process that is in use."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        bench = Bench(home, arguments.patterns, arguments.width, arguments.seed, arguments.queries)
        recall, start = bench.load()
        busy = os.getloadavg()[0]
        rows = [bench.ask(recall, question) for question in QUESTIONS if not question.back]
        in_force = len(recall)
        whole = bench.whole()
        rows += [bench.ask(whole, question) for question in QUESTIONS if question.back]
        found: dict[str, Any] = {
            "patterns": arguments.patterns,
            "in_force_at_the_end": in_force,
            "width": arguments.width,
            "nearest": NEAREST,
            "load_average": [busy, os.getloadavg()[0]],
            "processors": os.cpu_count(),
            **start,
            "mirror": rows,
        }
        if not arguments.without_chroma:
            found["chroma"] = bench.ask_chroma(arguments.chroma_queries)
        return found


def show(found: Mapping[str, Any]) -> None:
    """The figures as a table."""
    print(f"{found['patterns']} patterns of {found['width']} values, loaded in {found['load_s']:.1f} s")
    for name in ("mirror", "chroma"):
        rows = found.get(name, {})
        for row in rows["questions"] if name == "chroma" and rows else rows:
            print(
                f"{name:<7} {row['question']:<30} p50 {row['p50_ms']:.2f} ms, p99 {row['p99_ms']:.2f} ms, "
                f"recall {row['recall']:.4f}, n {row['n']}"
            )


def main() -> None:
    """Print the measurement; ends with 1 where the mirror missed a nearest one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patterns", type=int, default=100_000)
    parser.add_argument("--width", type=int, default=SIZE, help="values of a state")
    parser.add_argument("--queries", type=int, default=1_000, help="of each kind")
    parser.add_argument("--chroma-queries", type=int, default=200, help="of each kind")
    parser.add_argument("--without-chroma", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="one document of JSON")
    arguments = parser.parse_args()
    found = measure(arguments)
    if arguments.json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        show(found)
    if any(row["recall"] < 1 or row["answers_in_another_order"] for row in found["mirror"]):
        raise SystemExit("the mirror differs from the brute force")


if __name__ == "__main__":
    main()
