"""The HTTP port for monitoring the bot: whether it is alive, whether it is ready, and its metrics."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from bot import __version__
from bot.errors import CannotListen
from bot.operations import metrics

LAG_CHECK_SECONDS = 0.25
"""How often the lag of the event loop is measured."""
READINESS_TIMEOUT_SECONDS = 2.0
"""How long finding out whether the bot is ready may take."""
MAX_CONNECTIONS = 64
"""How many connections there may be at once; a further one is closed at once."""
MAX_CONNECTION_SECONDS = 10.0
"""How long a connection may last, its one request and its reply included, however slowly they are sent or read."""
SWEEP_SECONDS = 1.0
"""How often it is looked which connections have lasted too long."""
OTHER_NAME = "This port does not answer to that name: ask by address, or name it in CUEPOINT_HTTP_NAMES.\n"

ReadinessProblems = Callable[[], Awaitable[list[str]]]
"""Returns why the bot is not ready; empty where it is."""


@contextlib.asynccontextmanager
async def serve_http(
    host: str, port: int, find_problems: ReadinessProblems, names: Collection[str] = ()
) -> AsyncIterator[int]:
    """Measure, and serve HTTP on a port (0 for any that is free), until the context ends. Yields the port.

    Beside addresses and names without a dot, it answers to `host` and to `names`. Raises CannotListen where the port
    cannot be had.
    """
    metrics.enable(__version__)
    known_names = frozenset(name.lower() for name in (host, *names))
    runner = web.AppRunner(_make_application(find_problems, known_names), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    watching = [asyncio.create_task(_watch_event_loop()), asyncio.create_task(_close_old_connections(runner))]
    try:
        try:
            await _BoundedSite(runner, host, port).start()
        except (OSError, OverflowError) as error:
            raise CannotListen(
                f"CUEPOINT_HTTP_PORT {port} cannot be had on {host}: {error}; name another, or leave it out."
            ) from error
        yield int(runner.addresses[0][1])
    finally:
        for task in watching:
            task.cancel()
        await runner.cleanup()
        metrics.disable()


class _BoundedSite(web.BaseSite):
    """An address with a bound on connections. aiohttp has none: a flood would take every file handle of the process."""

    def __init__(self, runner: web.AppRunner, host: str, port: int) -> None:
        super().__init__(runner, backlog=MAX_CONNECTIONS)
        self._host, self._port = host, port

    @property
    def name(self) -> str:
        """Return the address of the site."""
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """Listen. Raises OSError and OverflowError where the address cannot be had."""
        await super().start()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accept, self._host, self._port, backlog=self._backlog)

    def _accept(self) -> asyncio.BaseProtocol:
        server = self._runner.server
        if server is None or len(server.connections) >= MAX_CONNECTIONS:
            return _ClosedConnection()
        return server()


class _ClosedConnection(asyncio.Protocol):
    """A connection that is closed as soon as it is made."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close it."""
        transport.close()


async def _close_old_connections(runner: web.AppRunner) -> None:
    """Close connections that have lasted too long: one that sends nothing, or byte by byte, would stay."""
    loop = asyncio.get_running_loop()
    since: dict[object, float] = {}
    while runner.server is not None:
        now = loop.time()
        connections = runner.server.connections
        since = {connection: since.get(connection, now) for connection in connections}
        for connection in connections:
            if now - since[connection] >= MAX_CONNECTION_SECONDS:
                connection.force_close()
        await asyncio.sleep(SWEEP_SECONDS)


def _is_own_name(host: str | None, names: Collection[str]) -> bool:
    """Return whether a request's Host is an address or a name that this port has.

    A page of somebody else's may let its own name point at this machine, and then read what the port says in the
    browser of a person who can reach it (DNS rebinding). It cannot do so with an address, nor with a name that has no
    dot, as machines and containers of one network have.
    """
    if host is None:
        return True
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return "." not in name or name in names or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _make_application(find_problems: ReadinessProblems, names: Collection[str]) -> web.Application:
    @web.middleware
    async def check_request(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response: web.StreamResponse = web.Response(status=421, text=OTHER_NAME)
        if _is_own_name(request.headers.get(hdrs.HOST), names):
            try:
                response = await handler(request)
            except web.HTTPException as error:
                response = web.Response(status=error.status, text=f"{error.reason}\n")
        # A connection for every request: nobody holds one between two of them.
        response.force_close()
        return response

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

    app = web.Application(middlewares=[check_request])
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", serve_metrics)])
    return app


async def _watch_event_loop() -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LAG_CHECK_SECONDS
        await asyncio.sleep(LAG_CHECK_SECONDS)
        metrics.observe_loop_lag(max(0.0, loop.time() - due))
