"""``keeper compile``: compile the kernels into the cache."""

from __future__ import annotations

import subprocess
import sys
import time

from keeper_agent.console import print_json, say
from tools.domain.errors import KeeperError

VENUE = (sys.executable, "-m", "venue.warmup")  # a process of its own, as the venue is


def compile_all(*, as_json: bool) -> None:
    """Compile every kernel and say how long it took and where they are kept."""
    if not as_json:
        say("compiling the kernels (about a minute the first time) …")
    began = time.perf_counter()
    # imported here because numba's own import belongs to what is timed
    from tools.execution.compiling import compile_kernels
    from tools.market.kernel import CACHE  # the same

    with subprocess.Popen(VENUE, stderr=subprocess.PIPE, text=True) as venue:  # noqa: S603 (our own words)
        compile_kernels()
        _, told = venue.communicate()
    if venue.returncode:
        raise KeeperError(f"the local venue's kernels could not be compiled: {told.strip()[-500:]}")
    took = time.perf_counter() - began
    if as_json:
        print_json({"compile_s": took, "cache": str(CACHE) if CACHE else None})
    else:
        kept = str(CACHE) if CACHE else "nowhere: the cache cannot be written"
        say(f"kernels ready in {took:.1f} s, kept in {kept}")
