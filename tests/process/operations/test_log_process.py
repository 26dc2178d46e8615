"""What a running bot writes down: where things went wrong, and neither its token nor a word of anybody."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sqlite3
import sys
from pathlib import Path

import pytest

from bot.operations.safe_traceback import SafeTracebackFilter, describe_error, format_trace
from storage.errors import DatabaseError
from tests.support.discord.running_bot import texts
from tests.support.local_discord import BotProcess, LocalDiscord, Permission
from tests.support.project import PROJECT

CAPTION, TITLE, FILE = "quicksilverlantern", "marmaladeharbour", "periwinklefile"
QUESTION, BROKEN, STRAY, MESSAGE = "quicksilverlantern why", "gossamerquestion", "tangerinestray", "vermilionmessage"
SRT = f"1\n00:00:01,500 --> 00:00:04,000\nthe {CAPTION} hangs\n\n2\n00:00:04,000 --> 00:00:07,250\nabove the gate\n"
# The bot as it is, but for two faults that speak of what they were given: one where questions are answered, and one
# where nobody waits for the outcome.
FAULTY = f"""
import asyncio
from bot import asking
ask, kept = asking.ask, []
async def astray(text): raise LookupError(text)
async def faulty(library, scope, question, **more):
    text = question.text
    if "{STRAY}" in text:
        kept.append(asyncio.ensure_future(astray(text)))
        await asyncio.sleep(0)
        kept.clear()
    if "{BROKEN}" in text:
        try:
            {{}}[text]
        except KeyError as error:
            raise RuntimeError(f"cannot read {{text!r}}") from error
    return await ask(library, scope, question, **more)
asking.ask = faulty
from bot.__main__ import main
main()
"""


async def test_neither_the_token_nor_words_reach_the_log(server: LocalDiscord, tmp_path: Path) -> None:
    settings = {
        "DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": str(tmp_path / "data"), "CUEPOINT_COOLDOWN_SECONDS": "0"
    }  # fmt: skip
    guild, mod = server.add_guild("Home"), server.add_user("Mod")
    server.add_member(guild, mod, server.add_role(guild, "Mods", Permission.MANAGE_GUILD))
    channel = server.add_channel(guild, "general")
    command = [sys.executable, "-c", FAULTY, "serve"]
    async with BotProcess(server, command, settings, logs=tmp_path, cwd=PROJECT) as process:
        await server.ready()
        await server.gateway.announce_guild(guild)

        async def ask(question: str) -> str:
            return texts(await server.reply_to(await server.slash(mod, "ask", {"question": question}, at=channel)))

        for name, content in ((f"{FILE} [AAAAAAAAAAA].srt", SRT), (f"{FILE}.srt", SRT.replace("-->", CAPTION))):
            opened = await server.slash(mod, "library import", {"title": TITLE}, at=channel)
            await server.modal_of(opened)
            upload = server.upload(name, content.encode())
            await server.reply_to(await server.submit_modal(opened, {"files": [upload]}), timeout=30)
        assert TITLE in await ask(QUESTION)
        told = await ask(BROKEN)
        reference = told.rsplit(" ", 1)[1]
        await ask(f"{STRAY} {QUESTION}")
        # Discord repeats what it was sent where it refuses it.
        server.fail("POST", "*/callback", status=400, times=2, body=f"<html>{QUESTION} {CAPTION}</html>")
        await server.slash(mod, "ask", {"question": QUESTION}, at=channel)
        await logged(process, "could not be told of an error")
        server.fail("POST", "/channels/*/messages", status=400, body=f"<html>{MESSAGE}</html>")
        await server.say(mod, server.dm(mod), MESSAGE)
        await logged(process, "unexpected error in on_message")
        with sqlite3.connect(tmp_path / "data" / "cuepoint.db") as database:
            database.execute("UPDATE segment SET marks = ?", (f'["{CAPTION}"]',))
        database.close()
        await ask(QUESTION)
        assert await process.terminate() == 0
    log = tmp_path / "data" / "cuepoint.log"
    written = process.stdout + process.stderr + (log.read_text() if log.exists() else "")
    lines = [json.loads(line) for line in process.stderr.splitlines() if line.startswith("{")]
    (unexpected,) = [line for line in lines if line.get("reference") == reference]
    # From Python 3.13 on a trace has the lines of a program that was given as an argument, too.
    assert re.search(r"in faulty\n(    .*\n)*KeyError\n\nwhich led to\n", unexpected["exception"])
    assert re.search(r"in faulty\n(    .*\n)*RuntimeError$", unexpected["exception"])
    (stray,) = [line for line in lines if "beside the answers: Task exception was never retrieved" in line["event"]]
    assert "LookupError" in stray["exception"]
    assert "could not be told of an error: HTTPException: status 400, code 0" in written
    for word in (server.token, CAPTION, TITLE, FILE, BROKEN, STRAY, MESSAGE, "Traceback: "):
        assert word not in written, word


async def logged(process: BotProcess, words: str) -> None:
    """Waits for what is written after the last that Discord sees of it."""
    async with asyncio.timeout(20):
        while True:
            if words in process.stderr:
                return
            await asyncio.sleep(0.02)


def test_a_trace_names_lines_and_kinds_and_repeats_nothing() -> None:
    def inner() -> None:
        raise KeyError("secret")

    try:
        try:
            inner()
        except KeyError as error:
            raise ValueError("secret too") from error
    except ValueError as error:
        told = format_trace(error)
    assert "in inner\n" in told
    assert told.index("KeyError") < told.index("which led to") < told.index("ValueError")
    assert "secret" not in told.replace('raise KeyError("secret")', "").replace('raise ValueError("secret too")', "")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(28, "No space left on device", "/home/me/secret.srt"), "OSError: No space left on device"),
        (sqlite3.OperationalError("database is locked"), "OperationalError: database is locked"),
        (DatabaseError("/data/cuepoint.db: it is full"), "DatabaseError: /data/cuepoint.db: it is full"),
        (ValueError("secret"), "ValueError"),
        (UnicodeDecodeError("utf-8", b"secret", 0, 1, "secret"), "UnicodeDecodeError"),
    ],
)
def test_of_an_error_only_what_can_hold_no_words_is_told(error: Exception, told: str) -> None:
    assert describe_error(error) == told


async def test_a_handler_writes_errors_without_what_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("cuepoint.test")
    handler = logging.StreamHandler()
    handler.addFilter(SafeTracebackFilter())
    log.addHandler(handler)
    try:
        await asyncio.wait_for(_fails(), 1)
    except ValueError as error:
        log.error("it failed", exc_info=error)
    log.removeHandler(handler)
    written = capsys.readouterr().err
    assert written.startswith("it failed\nTraceback (most recent call last):\n")
    assert written.endswith("in _fails\n    raise ValueError(words)\nValueError\n")


async def _fails() -> None:
    words = "what nobody shall read"
    raise ValueError(words)
