"""What the running bot tells: to read on a terminal, JSON elsewhere, and never a secret."""

from __future__ import annotations

import io
import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SetupError
from bot.operations.logging_setup import HIDDEN, configured_logging
from bot.settings import Settings
from tests.support.local_discord import BotProcess, LocalDiscord
from tests.support.project import PROJECT

TOKEN = "a.very.secret-token"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("name", ["cuepoint.discord", "cuepoint.index", "discord.gateway"])
def test_elsewhere_than_on_a_terminal_a_line_is_one_object(name: str) -> None:
    stream = io.StringIO()
    with configured_logging("INFO", TOKEN, stream):
        logging.getLogger(name).info("hello %s", "you", extra={"reference": "c0ffee"})
        logging.getLogger(name).debug("unheard")
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "hello you", "level": "info", "logger": name, "reference": "c0ffee"}


def test_an_error_comes_with_its_trace_in_the_same_line() -> None:
    stream = io.StringIO()
    with configured_logging("INFO", TOKEN, stream):
        try:
            int("what somebody asked")
        except ValueError:
            logging.getLogger("cuepoint.discord").exception("unexpected error")
    (line,) = lines(stream)
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("\nValueError"), "its kind, and none of its words"


def test_of_other_libraries_only_warnings_are_told() -> None:
    stream = io.StringIO()
    with configured_logging("DEBUG", TOKEN, stream):
        logging.getLogger("asyncio").info("unheard")
        logging.getLogger("asyncio").warning("heard")
        logging.getLogger("cuepoint.discord").debug("heard")
    assert [line["event"] for line in lines(stream)] == ["heard", "heard"]


@pytest.mark.parametrize("colours", [True, False])
def test_a_terminal_gets_a_line_to_read(monkeypatch: pytest.MonkeyPatch, colours: bool) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not colours:
        monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    with configured_logging("INFO", TOKEN, stream):
        logging.getLogger("cuepoint.discord").warning("careful", extra={"reference": "c0ffee"})
    assert "careful" in stream.getvalue()
    assert "c0ffee" in stream.getvalue()
    assert ("\x1b[" in stream.getvalue()) == colours


def test_what_others_wrote_moves_no_cursor_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    with configured_logging("INFO", TOKEN, stream):
        logging.getLogger("cuepoint.index").warning("of %s", "\x1b[2Jev\u202eil", extra={"reference": "\x07"})
    assert not set("\x1b\x07\u202e") & set(stream.getvalue())
    assert "ev\\x202eil" in stream.getvalue()


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["json", "terminal"])
def test_the_token_is_told_nowhere(stream: io.StringIO) -> None:
    log = logging.getLogger("discord.http")
    address = f"https://discord.com/api/v10/webhooks/123/{'aW50' * 20}/messages/@original"
    with configured_logging("DEBUG", TOKEN, stream):
        log.info("as %s", TOKEN)
        log.info("as a field", extra={"reference": TOKEN, "question": TOKEN})
        log.warning("PATCH %s responded with 429", address)
        try:
            int(TOKEN)
        except ValueError:
            log.exception("unexpected")
    said = stream.getvalue()
    assert TOKEN not in said
    assert "aW50" not in said
    assert said.count(HIDDEN) == 3
    assert "webhooks/123/" in said


@pytest.mark.parametrize(
    "line",
    [
        "For Shard ID 0: WebSocket Event: {{'t': 'INTERACTION_CREATE', 'd': {{'token': '{token}', 'type': 2}}}}",
        'POST https://discord.com/api/v10/x with {{"token": "{token}", "type": 4}} has returned 200',
        "POST https://discord.com/api/v10/interactions/1/{token}/callback with None has returned 204",
        "Rate limit is being handled by bucket hash abc with '1234567890:{token}' major parameters",
    ],
)
@pytest.mark.parametrize("begin", ["aW50ZXJhY3Rpb246MTIz", "Zm9yIGEgd2ViaG9vazp4"])
def test_a_token_to_answer_with_is_in_no_line_of_debug(line: str, begin: str) -> None:
    token = begin + "c0-R_" * 20
    stream = io.StringIO()
    with configured_logging("DEBUG", TOKEN, stream):
        logging.getLogger("discord.gateway").debug("%s", line.format(token=token))
    (event,) = [json.loads(written)["event"] for written in stream.getvalue().splitlines()]
    assert "c0-R_" not in event
    assert event == line.format(token=HIDDEN)


def test_afterwards_all_is_as_before() -> None:
    def state() -> list[object]:
        loggers = map(logging.getLogger, ("", "cuepoint", "discord"))
        return [(log.handlers[:], log.level, log.propagate) for log in loggers]

    before = state()
    with configured_logging("DEBUG", TOKEN, io.StringIO()):
        assert state() != before
    assert state() == before


def test_the_level_is_a_setting() -> None:
    assert Settings.from_mapping({}).log_level == "INFO"
    assert Settings.from_mapping({"CUEPOINT_LOG_LEVEL": "warning"}).log_level == "WARNING"
    with pytest.raises(SetupError, match="CUEPOINT_LOG_LEVEL"):
        Settings.from_mapping({"CUEPOINT_LOG_LEVEL": "loud"})


async def test_the_bot_tells_json_and_nothing_that_people_ask(tmp_path: Path) -> None:
    question, told_so = "how does bm25 rank zebras", "the zebra crossed the river at dawn"
    async with LocalDiscord() as server:
        alice = server.add_user("Alice")
        env = {"DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": str(tmp_path), "CUEPOINT_COOLDOWN_SECONDS": "0"}
        command = [sys.executable, "-m", "bot", "serve"]
        async with BotProcess(server, command, env, logs=tmp_path, cwd=PROJECT) as bot:
            await server.ready()
            await server.reply_to(await server.slash(alice, "ask", {"question": question}))
            await server.answer_to(await server.say(alice, server.dm(alice), told_so))
            # Something goes wrong with a question: the log says where, and not what was asked.
            server.fail("POST", "/channels/*/messages", status=400)
            await server.say(alice, server.dm(alice), told_so)
            await server.wait_for(lambda: len(server.asked("POST", "/messages")) == 2)
            assert await bot.terminate() == 0
            said = [json.loads(line) for line in bot.stderr.splitlines()]
    assert {"event", "level", "logger", "timestamp"} <= set.intersection(*(set(line) for line in said))
    assert {line["logger"].split(".")[0] for line in said} == {"cuepoint", "discord"}
    assert any("exception" in line for line in said)
    for words in (question, "zebra", "Alice", server.token):
        assert words not in bot.stderr


async def test_no_token_to_answer_with_is_in_a_log_of_everything(tmp_path: Path) -> None:
    async with LocalDiscord() as server:
        alice = server.add_user("Alice")
        env = {"DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": str(tmp_path), "CUEPOINT_LOG_LEVEL": "DEBUG"}
        async with BotProcess(server, [sys.executable, "-m", "bot", "serve"], env, logs=tmp_path, cwd=PROJECT) as bot:
            await server.ready()
            await server.reply_to(await server.slash(alice, "ask", {"question": "what is a hold cue"}))
            assert await bot.terminate() == 0
    assert "INTERACTION_CREATE" in bot.stderr
    assert server.world.tokens
    assert not [token for token in (server.token, *server.world.tokens) if token in bot.stderr]
