"""The HTTP port for monitoring the bot: whether it is alive, whether it is ready, and its metrics."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from bot import __version__
from bot.errors import CannotListen
from bot.operations import metrics

LAG_CHECK_SECONDS = 0.25
"""How often the lag of the event loop is measured."""
READINESS_TIMEOUT_SECONDS = 2.0
"""How long finding out whether the bot is ready may take."""

ReadinessProblems = Callable[[], Awaitable[list[str]]]
"""Returns why the bot is not ready; empty where it is."""


@contextlib.asynccontextmanager
async def serve_http(host: str, port: int, find_problems: ReadinessProblems) -> AsyncIterator[int]:
    """Measure, and serve HTTP on a port (0 for any that is free), until the context ends. Yields the port.

    Raises CannotListen where it cannot be had.
    """
    metrics.enable(__version__)
    runner = web.AppRunner(_make_application(find_problems), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    watching = asyncio.create_task(_watch_event_loop())
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except (OSError, OverflowError) as error:
            raise CannotListen(
                f"CUEPOINT_HTTP_PORT {port} cannot be had on {host}: {error}; name another, or leave it out."
            ) from error
        yield int(runner.addresses[0][1])
    finally:
        watching.cancel()
        await runner.cleanup()
        metrics.disable()


def _make_application(find_problems: ReadinessProblems) -> web.Application:
    async def healthz(_request: web.Request) -> web.Response:
        # That this is answered shows that the process lives and the event loop runs.
        return web.Response(text="alive\n")

    async def readyz(_request: web.Request) -> web.Response:
        try:
            problems = await asyncio.wait_for(find_problems(), READINESS_TIMEOUT_SECONDS)
        except TimeoutError:
            problems = [f"the database has not answered for {READINESS_TIMEOUT_SECONDS:g} seconds"]
        if problems:
            return web.Response(status=503, text="".join(f"{problem}\n" for problem in problems))
        return web.Response(text="ready\n")

    async def serve_metrics(_request: web.Request) -> web.Response:
        kind, text = metrics.render()
        return web.Response(body=text, headers={"Content-Type": kind})

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", serve_metrics)])
    return app


async def _watch_event_loop() -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LAG_CHECK_SECONDS
        await asyncio.sleep(LAG_CHECK_SECONDS)
        metrics.observe_loop_lag(max(0.0, loop.time() - due))
