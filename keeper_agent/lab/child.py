"""A venue of our own: started as a child process, ended with us whatever happens to us.

The child reads our end of its standard input; when this process is gone, even killed, the
input ends and so does the venue.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tools.domain.errors import KeeperError

READY_S = 240.0  # the first start may compile the engine, and the machine may be busy
GOODBYE_S = 5.0


class VenueFailed(KeeperError):
    """The local venue did not start."""


@asynccontextmanager
async def local_venue(words: Sequence[str]) -> AsyncIterator[Mapping[str, Any]]:
    """A running ``keeper venue`` with the given options; yields what it says of itself.

    Raises:
        VenueFailed: It ended before it was ready, or never was.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "keeper_agent.cli",
        "venue",
        "--child",
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # a Ctrl-C is for us; the venue ends after our last order
    )
    try:
        yield await _described(process)
    finally:
        await _end(process)


async def _described(process: asyncio.subprocess.Process) -> Mapping[str, Any]:
    if process.stdout is None:
        raise VenueFailed("the local venue has no output")
    try:
        line = await asyncio.wait_for(process.stdout.readline(), READY_S)
    except TimeoutError:
        raise VenueFailed(f"the local venue was not ready within {READY_S:.0f} s") from None
    if not line:
        raise VenueFailed(f"the local venue ended with exit code {await process.wait()}")
    described: Mapping[str, Any] = json.loads(line)
    return described


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), GOODBYE_S)
    except TimeoutError:
        process.kill()
        await process.wait()
