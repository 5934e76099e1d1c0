"""The loopback ports a facade listens at."""

from __future__ import annotations

from aiohttp import web

LOOPBACK = "127.0.0.1"
SHUTDOWN_S = 0.1


class Doors:
    """Opens ports for applications, and closes them all."""

    def __init__(self) -> None:
        self._runners: list[web.AppRunner] = []

    async def open(self, app: web.Application, port: int) -> str:
        """Listen at ``port`` (0: any that is free); the address, as host and port."""
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, port).start()
        self._runners.append(runner)
        host, bound = runner.addresses[0][:2]
        return f"{host}:{bound}"

    async def close(self) -> None:
        """Listen no longer."""
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()
