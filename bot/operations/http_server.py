"""The port for whoever watches the bot: is it alive, is it ready, what has been measured."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from bot import __version__
from bot.errors import CannotListen
from bot.operations import metrics

LAG_CHECK_SECONDS = 0.25
"""How often it is measured by how much the event loop is late."""
READINESS_TIMEOUT_SECONDS = 2.0
"""How long finding out whether the bot is ready may take."""

ReadinessProblems = Callable[[], Awaitable[list[str]]]
"""Why the bot is not ready; nothing where it is."""


@contextlib.asynccontextmanager
async def serve_http(host: str, port: int, hindrances: ReadinessProblems) -> AsyncIterator[int]:
    """Measure, and answer on a port (0 for any that is free) for as long as this lasts; tells which one it is.

    Raises CannotListen.
    """
    metrics.enable(__version__)
    runner = web.AppRunner(_make_application(hindrances), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    looking = asyncio.ensure_future(_watch_event_loop())
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except (OSError, OverflowError) as error:
            raise CannotListen(
                f"CUEPOINT_HTTP_PORT {port} cannot be had on {host}: {error}; name another, or leave it out."
            ) from error
        yield int(runner.addresses[0][1])
    finally:
        looking.cancel()
        await runner.cleanup()
        metrics.disable()


def _make_application(hindrances: ReadinessProblems) -> web.Application:
    async def healthz(_request: web.Request) -> web.Response:
        # Who gets this has seen the process live and the event loop turn.
        return web.Response(text="alive\n")

    async def readyz(_request: web.Request) -> web.Response:
        try:
            found = await asyncio.wait_for(hindrances(), READINESS_TIMEOUT_SECONDS)
        except TimeoutError:
            found = [f"the database has not answered for {READINESS_TIMEOUT_SECONDS:g} seconds"]
        if found:
            return web.Response(status=503, text="".join(f"{each}\n" for each in found))
        return web.Response(text="ready\n")

    async def measured(_request: web.Request) -> web.Response:
        kind, text = metrics.render()
        return web.Response(body=text, headers={"Content-Type": kind})

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", measured)])
    return app


async def _watch_event_loop() -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LAG_CHECK_SECONDS
        await asyncio.sleep(LAG_CHECK_SECONDS)
        metrics.observe_loop_lag(max(0.0, loop.time() - due))
