"""The long fuzz of the API, figures as JSON: ``python -m tests.fuzz --examples 200``; 1 on a fault."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import orjson

from tests.fuzz.by_hand import Hand
from tests.fuzz.described import Fuzzer
from tests.fuzz.tally import Tally
from tests.support.api import served
from tests.support.living import session

PLAYED_S = 100


def main() -> int:
    """Read the command line, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=200, help="that fit, and as many that do not, each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="how the paths begin that are asked")
    options = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="keeper-fuzz-") as folder:
        home = Path(folder) / "home"
        with session(home) as agent, served(home) as call:
            agent.play_to(PLAYED_S)
            known = {"symbol": "BTCUSDT", "name": agent.noted.decisions[0].decision_id}
            Hand(call, known, tally, options.only).all()
            Fuzzer(call, known, tally).ask(options.examples, start=options.seed, only=options.only)
    sys.stdout.buffer.write(orjson.dumps(tally.told(), option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
