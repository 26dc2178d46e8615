"""The port for whoever watches the bot: alive, ready, and what is measured."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.discord_app.health import readiness_problems
from bot.errors import CannotListen
from bot.operations import http_server, metrics
from bot.operations.metrics import AnswerStep, Gauge, ImportOutcome, QuestionSource
from storage.library import Library
from tests.support.discord.running_bot import QUESTION, bot_process
from tests.support.local_discord import LocalDiscord, Permission
from tests.support.project import PROJECT


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def get(port: int, path: str) -> tuple[int, str]:
    """Status and text; 0 where nobody listens yet."""
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
            return answer.status, await answer.text()
    except aiohttp.ClientConnectionError:
        return 0, ""


async def until(port: int, path: str, status: int) -> str:
    async with asyncio.timeout(20):
        while True:
            found, text = await get(port, path)
            if found == status:
                return text
            await asyncio.sleep(0.02)


async def counted(port: int, name: str, label: str, count: int = 1) -> None:
    """Waits until something was counted so often: a card of how far an import is may come before its end."""
    async with asyncio.timeout(20):
        while True:
            if values((await get(port, "/metrics"))[1]).get((name, (label,)), 0) >= count:
                return
            await asyncio.sleep(0.02)


def values(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Each sample by its name and the values of its labels, these by their own names."""
    samples = [each for family in text_string_to_metric_families(text) for each in family.samples]
    return {(each.name, tuple(each.labels[name] for name in sorted(each.labels))): each.value for each in samples}


async def test_it_tells_whether_it_is_alive_and_ready(server: LocalDiscord, tmp_path: Path) -> None:
    port = free_port()
    server.gateway.greeting.clear()
    async with bot_process(server, tmp_path, CUEPOINT_HTTP_PORT=str(port)) as bot:
        assert await until(port, "/healthz", 200) == "alive\n"
        assert "connected to Discord's gateway with 0 of" in await until(port, "/readyz", 503)
        server.gateway.greeting.set()
        assert await until(port, "/readyz", 200) == "ready\n"
        server.gateway.greeting.clear()
        server.gateway.drop()
        assert "with 0 of 1 shards" in await until(port, "/readyz", 503)
        assert (await get(port, "/healthz"))[0] == 200, "it is alive, and must not be started anew"
        assert values((await get(port, "/metrics"))[1])["cuepoint_shards_connected", ()] == 0
        server.gateway.greeting.set()
        await until(port, "/readyz", 200)
        measured = values((await get(port, "/metrics"))[1])
        assert measured["cuepoint_shards_connected", ()] == measured["cuepoint_shards", ()] == 1
        events = {name: measured["cuepoint_gateway_events_total", (name,)] for name in ("connected", "resumed")}
        assert events == {"connected": server.gateway.readies, "resumed": server.gateway.resumed}
        assert (await get(port, "/nothing"))[0] == 404
        assert await bot.terminate() == 0


async def test_what_people_do_is_counted_and_never_who_or_where(server: LocalDiscord, tmp_path: Path) -> None:
    port = free_port()
    async with bot_process(server, tmp_path, CUEPOINT_HTTP_PORT=str(port)) as bot:
        await server.ready()
        guild, mod = server.add_guild("Home"), server.add_user("Mod")
        server.add_member(guild, mod, server.add_role(guild, "Mods", Permission.MANAGE_GUILD))
        channel = server.add_channel(guild, "general")
        await server.gateway.announce_guild(guild)
        before = values(await until(port, "/metrics", 200))
        assert before["cuepoint_imports_total", (ImportOutcome.CHANGED,)] == 0
        await server.reply_to(await server.slash(mod, "ask", {"question": QUESTION}, at=channel))
        await server.reply_to(await server.slash(mod, "timeline", {"question": "hold cue"}, at=channel))
        await server.reply_to(await server.slash(mod, "ask", {"question": "zqxv", "video": "zzz"}, at=channel))
        asked = await server.say(mod, channel, f"{server.bot_user.mention} {QUESTION}")
        await server.answer_to(asked)
        await server.reply_to(await server.message_menu(mod, "Find in videos", asked))
        await server.answer_to(await server.say(mod, server.dm(mod), "zqxv wvut"))
        rows = [{"video_id": f"v{n}", "text": f"copper lantern {n}", "start_second": 0} for n in range(3)]
        upload = server.upload("rows.jsonl", "\n".join(map(json.dumps, rows)).encode())
        for outcome in (ImportOutcome.CHANGED, ImportOutcome.UNCHANGED):
            opened = await server.slash(mod, "library import", at=channel)
            await server.modal_of(opened)
            await server.submit_modal(opened, {"files": [upload]})
            await counted(port, "cuepoint_imports_total", outcome)
        await server.reply_to(await server.slash(mod, "ask", {"question": "copper lantern"}, at=channel))
        # A reply is there before it is known that it has come.
        await counted(port, "cuepoint_step_seconds_count", AnswerStep.REPLY, 6)
        text = (await get(port, "/metrics"))[1]
        assert await bot.terminate() == 0
    measured = values(text)
    count = {labels: int(value) for (name, labels), value in measured.items() if name == "cuepoint_questions_total"}
    assert count.pop(("confident", QuestionSource.SLASH)) == 3
    assert count == {
        ("error", QuestionSource.SLASH): 1,
        ("confident", QuestionSource.MENTION): 1,
        ("confident", QuestionSource.MENU): 1,
        ("nothing", QuestionSource.DIRECT): 1,
    }
    assert measured["cuepoint_step_seconds_count", (AnswerStep.SEARCH,)] == 6, "of the seven questions one failed"
    assert measured["cuepoint_step_seconds_count", (AnswerStep.COMPOSE,)] == 6
    assert measured["cuepoint_imports_total", (ImportOutcome.CHANGED,)] == 1
    assert measured["cuepoint_imports_total", (ImportOutcome.UNCHANGED,)] == 1
    assert measured["cuepoint_import_videos_total", ("added",)] == len(rows)
    assert measured["cuepoint_import_segments_total", ("added",)] == len(rows)
    assert measured["cuepoint_libraries_open", ()] >= 1
    assert measured["cuepoint_index_segments", ()] >= len(rows)
    assert measured["cuepoint_event_loop_lag_seconds_count", ()] > 0
    assert measured["process_resident_memory_bytes", ()] > 1_000_000
    assert {labels[0] for name, labels in measured if name == "cuepoint_build_info"}
    names = {name for family in text_string_to_metric_families(text) for each in family.samples for name in each.labels}
    assert names == {"way", "found", "step", "outcome", "change", "event", "le", "version", "python", "why"}
    for known in (guild.id, mod.id, channel.id, "Home", "Mod", "copper", "bm25"):
        assert str(known) not in re.sub(r"^# .*$", "", text, flags=re.MULTILINE)


async def test_a_port_that_is_taken_is_said_in_words(server: LocalDiscord, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = int(other.getsockname()[1])
        async with bot_process(server, tmp_path, CUEPOINT_HTTP_PORT=str(port)) as bot:
            assert await bot.wait() == 1
            assert f"CUEPOINT_HTTP_PORT {port} cannot be had" in bot.stderr
            assert "Traceback" not in bot.stderr


async def test_what_hinders_is_told_also_when_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never() -> list[str]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(http_server, "READINESS_TIMEOUT_SECONDS", 0.01)
    async with http_server.serve_http("127.0.0.1", 0, never) as port:
        status, text = await get(port, "/readyz")
    assert (status, text) == (503, "the database has not answered for 0.01 seconds\n")
    with pytest.raises(CannotListen, match="CUEPOINT_HTTP_PORT"):
        async with http_server.serve_http("no.such.host.invalid", 1, never):
            pass


async def test_a_database_that_cannot_be_read_hinders(library: Library, tmp_path: Path) -> None:
    class Connected:
        """As much of a client as is looked at."""

        connected_shards = frozenset({0})
        shard_count = 1

    client: object = Connected()
    assert await readiness_problems(client, library) == []  # type: ignore[arg-type]
    path = tmp_path / "data" / "cuepoint.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(b"no database at all " * 4096)
    (told,) = await readiness_problems(client, library)  # type: ignore[arg-type]
    assert "cuepoint.db" in told


async def test_a_mistake_of_ours_hinders_too_and_is_logged_with_its_trace(
    library: Library, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Connected:
        """As much of a client as is looked at."""

        connected_shards = frozenset({0})
        shard_count = 1

    async def mistaken(_scope: object) -> None:
        raise sqlite3.OperationalError("no such table: video")

    monkeypatch.setattr(library, "non_empty", mistaken)
    client: object = Connected()
    assert await readiness_problems(client, library) == ["the library cannot be read; the log says why"]  # type: ignore[arg-type]
    (record,) = caplog.records
    assert record.exc_info is not None


async def test_nothing_is_measured_until_it_is_turned_on() -> None:
    with metrics.time_step(AnswerStep.SEARCH), metrics.count_question(QuestionSource.SLASH) as found:
        found("confident")
    metrics.count_error()
    metrics.register_gauge(Gauge.SHARDS, lambda: 1 / 0)
    metrics.enable("1.2.3")
    try:
        told = values(metrics.render()[1].decode())
        assert told["cuepoint_unexpected_errors_total", ()] == 0
        assert told["cuepoint_step_seconds_count", (AnswerStep.SEARCH,)] == 0
        assert told["cuepoint_shards", ()] == 0
        assert not [labels for name, labels in told if name == "cuepoint_questions_total"]
    finally:
        metrics.disable()


def test_every_measure_is_in_the_docs_and_no_other() -> None:
    operating = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
    chapter = operating.partition("## Watching it\n")[2].partition("\n## ")[0]
    metrics.enable("1.2.3")
    try:
        families = {each.name for each in text_string_to_metric_families(metrics.render()[1].decode())}
    finally:
        metrics.disable()
    told = {name.removesuffix("_total") for name in re.findall(r"`(cuepoint_\w+)`", chapter)}
    assert told == {name for name in families if not name.startswith("process_")}


def test_a_bot_that_nobody_watches_loads_nothing_for_it() -> None:
    code = "import sys, bot.discord_app.runner; print([n for n in sys.modules if n.startswith('prometheus')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=True)
    assert done.stdout.strip() == "[]"
