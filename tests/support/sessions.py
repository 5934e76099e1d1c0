"""``keeper run --world venue`` with its API on a free port: a process of its own, as a user starts it."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.commands import started
from tools.domain.clock import NS, SystemStopwatch

PATIENCE_S = 240.0  # a cold cache compiles the kernels first
LINK = re.compile(r"open once, within ten minutes: ((http://[^/\s]+)/login\?code=\S+)")
# As `make run` has it: on thin coins with an empty memory half of what is refused is tried.
PARAMETERS = (
    "mm_min_trades=4,mm_refresh_rate_min=0.2,tape_window_s=120,entry_zone=0.7,entry_ticks_ahead=4,"
    "signal_spacing_s=2,entry_timeout_s=30,hold_timeout_s=30,probe_share=0.5,probe_target_usd=20"
)
SETTINGS = {
    "KEEPER_API": "on",
    "KEEPER_SEED": "99",
    "KEEPER_PARAMETERS": PARAMETERS,
    "DEFAULT_ORDER_SIZE_USD": "25",
    "MAX_ORDER_SIZE_USD": "50",
}


@dataclass(frozen=True, slots=True)
class VenueRun:
    """One that runs.

    Attributes:
        process: Of the agent; the venue is its child.
        home: Its home.
        origin: Where API and pages are served, without a slash at the end.
        link: Lets one browser in, once.
        said: The file that holds all it has said.
    """

    process: subprocess.Popen[str]
    home: Path
    origin: str
    link: str
    said: Path


@contextmanager
def a_venue_run(home: Path, *words: str, **extra: str) -> Iterator[VenueRun]:
    """An agent at a local venue until the end of the block, ready to be looked at.

    Args:
        home: Not there yet; what it says goes into a file beside it.
        *words: Further words of ``keeper run``.
        **extra: Settings beside those of ``SETTINGS``, or in their place.
    """
    said = home.parent / "run.out"
    with started("run", "--world", "venue", "--json", *words, home=home, **SETTINGS | extra) as process:
        link, origin = _link_in(said, process)
        yield VenueRun(process, home, origin, link, said)


def _link_in(said: Path, process: subprocess.Popen[str]) -> Sequence[str]:
    watch, pause = SystemStopwatch(), threading.Event()
    until = watch.elapsed() + PATIENCE_S * NS
    while (found := LINK.search(said.read_text("utf-8"))) is None:
        assert process.poll() is None, said.read_text("utf-8")
        assert watch.elapsed() < until, f"not within {PATIENCE_S:.0f} s: {said.read_text('utf-8')}"
        pause.wait(0.05)
    return found.groups()
