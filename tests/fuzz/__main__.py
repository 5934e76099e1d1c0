"""The long fuzz of the API, figures as JSON: ``python -m tests.fuzz --examples 200``; 1 on a fault."""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from pathlib import Path

import orjson
from hypothesis.errors import HypothesisDeprecationWarning

from tests.fuzz.by_hand import Hand
from tests.fuzz.described import Fuzzer
from tests.fuzz.tally import Tally, paths_of
from tests.support.api import served
from tests.support.living import session

PLAYED_S = 100
QUICK_S = 40


def main() -> int:
    """Read the command line, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=200, help="that fit, and as many that do not, each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="how the paths begin that are asked")
    parser.add_argument("--quick", action="store_true", help="from the description alone, without HEAD")
    options = parser.parse_args()
    warnings.simplefilter("error", HypothesisDeprecationWarning)
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="keeper-fuzz-") as folder:
        home = Path(folder) / "home"
        with session(home) as agent, served(home) as call:
            agent.play_to(QUICK_S if options.quick else PLAYED_S)
            known = {"symbol": "BTCUSDT", "name": agent.noted.decisions[0].decision_id}
            if not options.quick:
                Hand(call, known, tally, options.only).all()
            with_heads = not options.quick
            fuzzer = Fuzzer(call, known, tally)
            fuzzer.ask(options.examples, start=options.seed, only=options.only, with_heads=with_heads)
            told = {**tally.told(), "offered": sum(len(set(ways) - {"head"}) for ways in paths_of(call))}
    sys.stdout.buffer.write(orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))
    sys.stdout.flush()
    return 1 if tally.faults else 0


def run() -> None:
    """Do that and end the process."""
    sys.exit(main())


if __name__ == "__main__":
    run()
