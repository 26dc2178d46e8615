"""The HTTP side: who may ask, what is recorded, what goes wrong on command, and how answers and errors are written."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from ..basics import ApiError, Breach, Problem, Request, invalid_form
from ..faults import Fault
from ..gateway import Gateway
from ..messages import Part
from ..state import World

API = "/api/v10"
LARGEST_REQUEST = 25 * 1024 * 1024


@dataclass(eq=False)
class Call:
    """One request in the hands of the handler of its route."""

    world: World
    gateway: Gateway
    params: dict[str, str]
    query: dict[str, str]
    body: Any
    files: dict[int, Part]
    arrived: float

    def key(self, name: str) -> int:
        value = self.params[name]
        if not value.isdecimal():
            text = f"Value {value!r} is not snowflake."
            raise invalid_form([Problem((name,), "NUMBER_TYPE_COERCE", text)])
        return int(value)


Answer = tuple[int, Any]
Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True)
class Endpoint:
    method: str
    template: str
    handler: Handler
    # The routes of an interaction's token need no bot token.
    open: bool = False


class Rest:
    def __init__(self, world: World, gateway: Gateway, endpoints: list[Endpoint]) -> None:
        self._world = world
        self._gateway = gateway
        self._endpoints = endpoints

    def application(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_REQUEST)
        app.router.add_get("/gateway/", self._gateway.handle)
        for endpoint in self._endpoints:
            app.router.add_route(endpoint.method, API + endpoint.template, self._serving(endpoint))
        app.router.add_get("/cdn/attachments/{channel_id}/{upload_id}/{filename}", self._serving(None))
        app.router.add_route("*", "/{rest:.*}", self._serving(_UNKNOWN))
        return app

    def _serving(self, endpoint: Endpoint | None) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            return await self._serve(request, endpoint)

        return serve

    async def _serve(self, request: web.Request, endpoint: Endpoint | None) -> web.StreamResponse:
        arrived = time.monotonic()
        path = request.path.removeprefix(API)
        record = Request(request.method, path, dict(request.query), None, [], arrived)
        self._world.requests.append(record)
        fault = self._world.faults.take(request.method, path)
        try:
            response = await self._answer(request, endpoint, record, fault)
        except ConnectionError:
            # The client has lost its patience in the middle of a request.
            response = None
        except Exception as error:
            self._world.broken.append(error)
            raise
        finally:
            record.answered_at = time.monotonic()
            self._world.changes.tell()
        if response is None:
            record.status = 0
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return response

    async def _answer(
        self, request: web.Request, endpoint: Endpoint | None, record: Request, fault: Fault | None
    ) -> web.StreamResponse | None:
        """None is a connection cut off without an answer."""
        try:
            record.body, files = await _read(request)
            record.files = [part.filename for part in files.values()]
            record.contents = [part.content for part in files.values()]
            call = Call(
                self._world,
                self._gateway,
                dict(request.match_info),
                record.query,
                record.body,
                files,
                record.at,
            )
            trouble = fault is not None and (fault.drop or fault.status is not None)
            if fault is not None and not fault.applied:
                await asyncio.sleep(fault.delay)
                # A request that only came late is late: the deadline looks at when it reached Discord.
                call.arrived += fault.delay
            if fault is not None and trouble and not fault.applied:
                return _spoiled(record, fault)
            response = await self._handled(request, endpoint, record, call)
            if fault is not None and fault.applied:
                await asyncio.sleep(fault.delay)
                if trouble:
                    return _spoiled(record, fault)
        except ApiError as error:
            self._blame(record, error)
            response = _written(record, error.status, error.body())
        return response

    async def _handled(
        self, request: web.Request, endpoint: Endpoint | None, record: Request, call: Call
    ) -> web.StreamResponse:
        if endpoint is None:
            return self._download(record, call)
        if endpoint is _UNKNOWN:
            self._world.unknown_routes.append(record)
        elif not endpoint.open and request.headers.get("Authorization") != f"Bot {self._world.token}":
            raise ApiError(401, 0, "401: Unauthorized")
        if self._world.schema is not None and request.method in ("POST", "PUT", "PATCH") and endpoint is not _UNKNOWN:
            problems = self._world.schema.check(request.method, endpoint.template, record.body)
            if problems:
                raise invalid_form(problems)
        status, answer = await endpoint.handler(call)
        return _written(record, status, answer)

    def _download(self, record: Request, call: Call) -> web.Response:
        upload = self._world.uploads.get(call.key("upload_id"))
        if upload is None or upload.filename != call.params["filename"]:
            record.status = 404
            return web.Response(status=404, text="This content is no longer available.")
        record.status = 200
        return web.Response(body=upload.content, headers={"Content-Type": upload.content_type})

    def _blame(self, record: Request, error: ApiError) -> None:
        """Keeps what a test should never find: bodies that Discord refuses for what stands in them."""
        if error.code == 50006:
            error.problems = error.problems or [Problem((), "EMPTY_MESSAGE", error.message)]
        if error.code in (50006, 50035):
            self._world.breaches += [
                Breach(record.method, record.path, ".".join(problem.path), problem.code, problem.message)
                for problem in error.problems
            ]


async def _unknown(_call: Call) -> Answer:
    raise ApiError(404, 0, "404: Not Found")


_UNKNOWN = Endpoint("*", "", _unknown, open=True)


def _written(record: Request, status: int, answer: Any) -> web.Response:
    record.status, record.answer = status, answer
    # The client takes a body for JSON only under exactly this type, without a charset.
    headers = {"Content-Type": "application/json", "Via": "1.1 google"}
    if status == 204:
        return web.Response(status=204, headers={"Via": "1.1 google"})
    headers |= {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "49", "X-RateLimit-Reset-After": "1.000"}
    return web.Response(status=status, body=json.dumps(answer).encode(), headers=headers)


def _spoiled(record: Request, fault: Fault) -> web.Response | None:
    if fault.drop or fault.status is None:
        return None
    record.status = fault.status
    kind, text = fault.answer()
    return web.Response(status=fault.status, body=text.encode(), headers=fault.headers() | {"Content-Type": kind})


async def _read(request: web.Request) -> tuple[Any, dict[int, Part]]:
    if not request.body_exists:
        return None, {}
    if request.content_type == "multipart/form-data":
        return await _read_parts(request)
    data = await request.read()
    if request.content_type != "application/json":
        text = f"Expected \"Content-Type\" header to be one of {{'application/json'}}, not {request.content_type}."
        raise invalid_form([Problem(("_content_type",), "CONTENT_TYPE_INVALID", text)])
    return _parsed(data), {}


async def _read_parts(request: web.Request) -> tuple[Any, dict[int, Part]]:
    body: Any = None
    files: dict[int, Part] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        name, content = part.name or "", bytes(await part.read())
        if name == "payload_json":
            body = _parsed(content)
        elif name.startswith("files[") and name[6:-1].isdecimal():
            files[int(name[6:-1])] = Part(part.filename or "file", content)
        else:
            raise invalid_form([Problem((name,), "UNKNOWN_KEY", "neither payload_json nor files[n]")])
    return body, files


def _parsed(data: bytes) -> Any:
    if not data:
        return None
    try:
        return json.loads(data)
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
