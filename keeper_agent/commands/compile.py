"""``keeper compile``: compile the kernels into the cache."""

from __future__ import annotations

import time

from keeper_agent.console import print_json, say


def compile_all(*, as_json: bool) -> None:
    """Compile every kernel and say how long it took and where they are kept."""
    if not as_json:
        say("compiling the kernels (about half a minute the first time) …")
    began = time.perf_counter()
    # imported here because numba's own import belongs to what is timed
    from tools.execution.warmup import warm_kernels
    from tools.market.kernel import CACHE  # the same

    warm_kernels()
    took = time.perf_counter() - began
    if as_json:
        print_json({"compile_s": took, "cache": str(CACHE) if CACHE else None})
    else:
        kept = str(CACHE) if CACHE else "nowhere: the cache cannot be written"
        say(f"kernels ready in {took:.1f} s, kept in {kept}")
