"""The receiver of a soak with planted faults, which the soak's own checks must catch.

``python -m tests.support.soak_mutants NAMES ADDRESS PLAN FOLDER``; NAMES are parted by commas.
"""

import sys

from benchmarks.soak.receiver import main
from tools.market.events import GAP, Events
from tools.market.lines import Batch, SymbolLine
from tools.market.sync import DepthSync, PrintSequence
from tools.market.wire.messages import Depth, Prints


def leak() -> None:
    """Every event is kept for ever, in however many batches they come."""
    kept: list[object] = []
    take = SymbolLine.take

    def taken(line: SymbolLine) -> Batch | None:
        batch = take(line)
        kept.extend(batch.events.tolist() if batch else ())
        return batch

    SymbolLine.take = taken  # type: ignore[method-assign]


def unchecked_books() -> None:
    """Each delta is taken to follow the one before."""

    def follows(_: DepthSync, __: Depth) -> bool:
        return True

    DepthSync._follows = follows  # type: ignore[method-assign]


def unmarked_prints() -> None:
    """Holes are seen and not passed on."""
    on_prints = PrintSequence.on_prints

    def unmarked(own: PrintSequence, prints: Prints) -> tuple[Events, tuple[int, ...], bool]:
        rows, ids, _ = on_prints(own, prints)
        assert not (rows["flags"] & GAP).any()
        return rows, ids, False

    PrintSequence.on_prints = unmarked  # type: ignore[method-assign]


MUTANTS = {"leak": leak, "unchecked_books": unchecked_books, "unmarked_prints": unmarked_prints}

if __name__ == "__main__":
    for name in sys.argv[1].split(","):
        MUTANTS[name]()
    main(sys.argv[2:])
