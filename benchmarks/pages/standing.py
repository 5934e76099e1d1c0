"""``python -m benchmarks.pages.standing HOME``: the pages over an agent that has news at every look.

It is a stand-in: a real one tells of itself four times a second, the stream looks ten times. It says where it
is in one line and stays until its input ends.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.api import served
from tests.support.watched import a_busy_day, a_stand_in

if __name__ == "__main__":
    home = Path(sys.argv[1])
    a_busy_day(home)
    with served(home) as call, a_stand_in(home):
        sys.stdout.write(f"{call.address.url} {call.address.link}\n")
        sys.stdout.flush()
        sys.stdin.read()
