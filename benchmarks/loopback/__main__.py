"""``python -m benchmarks.loopback PLAN FOLDER``: send, keep the log, and stay until the input ends."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import msgspec
from aiohttp import web

from benchmarks.loopback.plan import LoadPlan
from benchmarks.loopback.sender import Sender
from tools.domain.clock import SystemStopwatch


async def serve(plan: LoadPlan, folder: Path) -> None:
    """Serve on a free port, whose number is the first line of the output."""
    sender = Sender(plan, SystemStopwatch())
    app = web.Application()
    app.add_routes(sender.routes())
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    sending = asyncio.create_task(sender.run())
    await asyncio.wait((ended, sending), return_when=asyncio.FIRST_COMPLETED)
    if sending.done():
        sending.result()
        await ended
    sending.cancel()
    sender.write(folder)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(msgspec.json.decode(sys.argv[1], type=LoadPlan), Path(sys.argv[2])))
