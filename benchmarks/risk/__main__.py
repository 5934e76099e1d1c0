"""Measure forecasts of losses: ``python -m benchmarks.risk --folder DIR --json``.

DIR holds ``candles/SYMBOL-5m.parquet``. Losses of a day (looking back on 90 to 252 days) and of an hour
(on 60 days) are forecast one step ahead at 95 and 99 %, symbol by symbol and equally weighted; then how
often symbols fell together is held against what the first half of the candles led to expect, and the
worst days of an account under each bound against those of one with the same exposure and none.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.risk.backtest import Plan, judged
from benchmarks.risk.candles import DAY_US, HOUR_US, groups
from benchmarks.risk.falls import falls
from benchmarks.risk.worth import worth

LEVELS = (0.95, 0.99)
STEPS = {"day": (DAY_US, 90, 252, 20), "hour": (HOUR_US, 1_440, 1_440, 336)}

FALLS = {"day": (DAY_US, 7), "hour": (HOUR_US, 168)}  # blocks of a week
SHARES = (0.05, 0.025)


def measured(folder: Path) -> Iterator[tuple[str, Any]]:
    """Figures by name, each as soon as it is there."""
    for step, (step_us, least, most, fit_every) in STEPS.items():
        for level in LEVELS:
            plan = Plan(least, most, level, fit_every)
            for group in groups(folder / "candles", step_us):
                for i, symbol in enumerate(group.symbols):
                    yield "losses", {
                        "step": step, "level": level, "of": symbol,
                        **judged(group.returns[:, i : i + 1], np.ones(1), plan),
                    }  # fmt: skip
                even = np.full(len(group.symbols), 1 / len(group.symbols))
                yield "losses", {
                    "step": step, "level": level, "of": "+".join(group.symbols),
                    **judged(group.returns, even, plan),
                }  # fmt: skip

    for step, (step_us, block) in FALLS.items():
        for share in SHARES:
            for group in groups(folder / "candles", step_us):
                yield "joint_falls", {"step": step, **falls(group, share, block)}
    for group in groups(folder / "candles", DAY_US):
        yield "bounds", worth(group)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.risk", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="one line of JSON a part, not indented text")
    arguments = parser.parse_args()
    for name, found in measured(arguments.folder):
        print(json.dumps({name: found}, indent=None if arguments.json else 2), flush=True)


if __name__ == "__main__":
    main()
