"""What a stranger at the HTTP port can do: nothing that lasts, and nothing that fills the log."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator

import pytest

from bot.operations import http_server, log_throttling
from bot.operations.logging_setup import UNHANDLED_ERRORS, configured_logging
from bot.settings import Settings


async def find_no_problems() -> list[str]:
    return []


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(http_server, "MAX_CONNECTION_SECONDS", 0.2)
    monkeypatch.setattr(http_server, "SWEEP_SECONDS", 0.02)
    names = Settings.from_mapping({"CUEPOINT_HTTP_NAMES": "Bot.Example.org"}).http_names
    async with http_server.serve_http("127.0.0.1", 0, find_no_problems, names) as port:
        yield port


async def send(port: int, text: bytes) -> bytes:
    """Send bytes and return all that comes until the connection is closed from the other side."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(text)
        async with asyncio.timeout(20):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def request(host: str) -> bytes:
    return f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HT", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: "])
async def test_whoever_sends_no_whole_request_loses_the_connection(port: int, sent: bytes) -> None:
    assert b"200" not in await send(port, sent)


async def test_whoever_sends_byte_by_byte_loses_the_connection_too(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
    ended = asyncio.create_task(reader.read())
    async with asyncio.timeout(20):
        while not ended.done():
            writer.write(b"X-Header: x\r\n")
            await asyncio.wait({ended}, timeout=0.02)
    writer.close()
    assert b"200" not in (b"" if ended.exception() else ended.result())


async def test_a_connection_ends_with_its_reply(port: int) -> None:
    reply = await send(port, request("127.0.0.1"))
    assert b"\r\nConnection: close\r\n" in reply
    assert reply.endswith(b"alive\n")


async def test_there_are_only_so_many_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "MAX_CONNECTIONS", 4)
    async with http_server.serve_http("127.0.0.1", 0, find_no_problems) as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
        for _, writer in held:
            writer.write(b"GET /healthz HTTP/1.1\r\n")
        assert await send(port, b"") == b""
        assert await send(port, request("localhost")) == b"", "a fifth is closed at once"
        held[0][1].write(b"Host: localhost\r\n\r\n")
        assert b"alive" in await held[0][0].read()
        assert b"alive" in await send(port, request("localhost")), "there is room again"
        for _, writer in held:
            writer.close()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1.2.3:9080", "[::1]:9080", "localhost:9080", "cuepoint", "bot.example.org:9080"]
)
async def test_it_answers_to_addresses_and_to_its_own_names(port: int, host: str) -> None:
    assert (await send(port, request(host))).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("host", ["evil.example.com", "127.0.0.1.evil.example.com", "[x.y", "a@b.c", "x.y:z"])
async def test_it_answers_to_no_name_that_somebody_else_made(port: int, host: str) -> None:
    reply = await send(port, request(host))
    assert reply.split(b" ")[1] in (b"421", b"400")
    assert b"alive" not in reply
    assert b"evil" not in reply


async def test_a_request_without_a_host_is_answered(port: int) -> None:
    assert b"alive" in await send(port, b"GET /healthz HTTP/1.0\r\n\r\n")


def test_what_repeats_itself_is_written_five_times_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    stream = io.StringIO()
    monkeypatch.setattr(log_throttling.ThrottlingFilter.__init__, "__defaults__", (lambda: now,))
    with configured_logging("INFO", stream=stream):
        for number in range(1000):
            logging.getLogger("aiohttp.server").error("Error handling request from %s", number)
            logging.getLogger(UNHANDLED_ERRORS).error("socket.accept() out of system resource")
        logging.getLogger(UNHANDLED_ERRORS).error("something else")
        for number in range(20):
            logging.getLogger("cuepoint.discord").warning("not about connections %d", number)
        now = 61.0
        logging.getLogger("aiohttp.server").error("Error handling request from %s", "z")
    lines = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert sum(line.startswith("Error handling") for line in lines) == 6
    assert lines.count("socket.accept() out of system resource") == 5
    assert lines.count("something else") == 1
    assert sum(line.startswith("not about") for line in lines) == 20
    assert lines[-1] == "Error handling request from z (995 more such lines were left out)"
