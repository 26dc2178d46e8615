"""Where nothing can be written, people still get their answers, only without the buttons that would need it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.discord_app.client import CuepointClient
from bot.discord_app.services import optional_writes
from bot.discord_app.services.optional_writes import OptionalWrites
from bot.settings import Settings
from storage.errors import DatabaseError
from storage.ledger import Ledger
from storage.library import Library
from tests.support.discord.harness import MemberActor, components_of, discord_with, seen

Unwritable = Callable[[Ledger], contextlib.AbstractAsyncContextManager[None]]
QUESTION = "what is a hold cue?"
QUOTED = "hold cue"
WITHOUT_BUTTONS = "Nothing can be stored just now, so buttons are missing; ask again later to get them."


@contextlib.asynccontextmanager
async def full(_ledger: Ledger) -> AsyncIterator[None]:
    """No file may grow, or be written where it is long already."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.asynccontextmanager
async def read_only(ledger: Ledger) -> AsyncIterator[None]:
    """As after the file system was mounted anew, for reading only."""
    await ledger._database._writer.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        await ledger._database._writer.execute("PRAGMA query_only = OFF")


@contextlib.asynccontextmanager
async def locked(ledger: Ledger) -> AsyncIterator[None]:
    """Another program writes for longer than anybody waits."""
    await ledger._database._writer.execute("PRAGMA busy_timeout = 20")
    with contextlib.closing(sqlite3.connect(ledger._database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


WAYS = [full, read_only, locked]


@pytest.fixture(autouse=True)
def _tries_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optional_writes, "RETRY_SECONDS", 0.0)


@pytest.fixture
async def alice(library: Library, ledger: Ledger) -> AsyncIterator[tuple[MemberActor, Any]]:
    bot = CuepointClient(Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0"}), library, ledger, shard_count=1)
    async with discord_with(bot) as env:
        general = env.create_guild().create_text_channel("general")
        yield env.guild.add_member(env.create_user("alice")), general


def labels(result: Any) -> list[str]:
    """The labels of the buttons that are no links."""
    return list(_labels(components_of(result)))


def _labels(components: list[dict[str, Any]]) -> Iterator[str]:
    for each in components:
        if each.get("custom_id") and each.get("label"):
            yield each["label"]
        yield from _labels([*each.get("components", []), *filter(None, [each.get("accessory")])])


@pytest.mark.parametrize("unwritable", WAYS)
async def test_an_answer_is_given_without_buttons_where_their_state_cannot_be_written(
    alice: tuple[MemberActor, Any], ledger: Ledger, caplog: pytest.LogCaptureFixture, unwritable: Unwritable
) -> None:
    person, general = alice
    before = await person.slash(general, "ask", question=QUESTION)
    assert labels(before)[:1] == ["Read on"]
    caplog.clear()
    async with unwritable(ledger):
        for _ in range(3):
            answer = await person.slash(general, "ask", question=f"{QUESTION} ")
            assert QUOTED in seen(answer)
            assert "Something went wrong" not in seen(answer)
            assert labels(answer) == ["Delete"]
            assert seen(answer).count(WITHOUT_BUTTONS) == 1
        drawn = await person.slash(general, "timeline", question=QUESTION)
        assert QUOTED in seen(drawn)
        assert WITHOUT_BUTTONS in seen(drawn)
        transcript = await person.slash(general, "transcript", video="Captions", at="1:00")
        assert labels(transcript)[-1:] in ([], ["Delete"])
        assert WITHOUT_BUTTONS in seen(transcript)
        # The buttons from before work on, and what they open has none that would not.
        opened = await person.click(before.response, label="Read on")
        assert QUOTED in seen(opened)
        assert not {"Later", "Helpful"} & set(labels(opened))
        missed = await person.slash(general, "ask", question="zebra pizza dough")
        assert "I only know three sample talks" in seen(missed)
        assert WITHOUT_BUTTONS not in seen(missed), "it has none anyway"
    noted = [record for record in caplog.records if record.levelno >= logging.ERROR]
    messages = [record.getMessage() for record in noted]
    assert len(messages) == len({message.split(" failed, and answers go on")[0] for message in messages}), messages
    assert [message for message in messages if message.startswith("storing what buttons need failed")]
    assert not any(record.exc_info for record in noted)
    assert "Read on" in labels(await person.slash(general, "ask", question=QUESTION))


async def test_a_vote_that_cannot_be_written_is_told_and_the_answer_stays(
    alice: tuple[MemberActor, Any], ledger: Ledger
) -> None:
    person, general = alice
    card = await person.slash(general, "ask", question=QUESTION)
    opened = await person.click(card.response, label="Read on")
    async with read_only(ledger):
        told = await person.click(opened.response, label="Helpful")
        assert seen(told).startswith("Nothing can be stored or read just now; please try again later. Whoever runs")
    assert QUOTED in seen(opened)


async def test_nobody_waits_long_for_a_busy_database(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    writes = OptionalWrites(lambda: now)
    busy, tried = asyncio.Event(), 0

    async def write() -> str:
        nonlocal tried
        tried += 1
        await busy.wait()
        return "key"

    optional = pytest.MonkeyPatch()
    optional.setattr(optional_writes, "WAIT_SECONDS", 0.01)
    optional.setattr(optional_writes, "RETRY_SECONDS", 5.0)
    assert await writes.attempt("storing what buttons need", write) is None
    assert await writes.attempt("storing what buttons need", write) is None
    assert tried == 1, "the second does not even wait"
    busy.set()
    now = 6.0
    assert await writes.attempt("storing what buttons need", write) == "key"
    optional.undo()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == [
        "storing what buttons need failed, and answers go on without it until it succeeds again: the database is busy"
    ]


async def test_what_no_answer_shows_is_written_while_nobody_waits() -> None:
    writes, is_writable, written = OptionalWrites(), asyncio.Event(), list[str]()

    async def write() -> None:
        await is_writable.wait()
        written.append("a count")

    writes.begin("counting questions", write)
    assert written == [], "it has only begun"
    is_writable.set()
    await writes.finish()
    assert written == ["a count"]


async def test_a_failure_is_logged_again_after_a_success(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    writes, works = OptionalWrites(), False

    async def write() -> str:
        if not works:
            raise DatabaseError(f"{path}: the disk is full; free some space. Nothing was changed.")
        return "key"

    for expected, works in ((None, False), (None, False), ("key", True), (None, False)):  # noqa: B007 - write reads it
        assert await writes.attempt("noting that", write) == expected
    assert caplog.text.count("the disk is full; free some space") == 2
