"""What the ledger knows of servers: when one was welcomed, and of what kinds anything is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Follow, PublicPlace, ServerRecords, ServerSettings, Verdict, Vote
from tests.support.clock import Clock
from tests.support.sqlite_files import query

SERVER, OTHER, APP, PERSON = 111, 222, 5, 812345678901234567
MONTH = 30 * 86_400.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def ledgers(library: Library, path: Path, clock: Clock) -> AsyncIterator[list[Ledger]]:
    """Two on one database, as two processes have them."""
    opened = [await Ledger.open(path, now=clock) for _ in range(2)]
    yield opened
    for ledger in opened:
        await ledger.close()


async def claim(ledger: Ledger, server: int = SERVER) -> bool:
    return await ledger.claim_welcome(server, APP, every_seconds=MONTH)


async def test_of_many_who_claim_at_once_one_welcomes(ledgers: list[Ledger], clock: Clock) -> None:
    for _ in range(2):
        claimed = await asyncio.gather(*(claim(ledger) for ledger in ledgers * 10))
        assert sorted(claimed) == [False] * 19 + [True]
        clock.second += MONTH
    assert await claim(ledgers[0], OTHER), "every server by itself"


async def test_a_claim_holds_through_leaving_returning_and_a_purge(ledgers: list[Ledger], clock: Clock) -> None:
    ledger = ledgers[0]
    await ledger.record_presence(SERVER, APP)
    assert await claim(ledger)
    await ledger.save_settings(SERVER, ServerSettings(quotes=2))
    await ledger.purge_server(SERVER)
    await ledger.record_departure(SERVER, APP)
    await ledger.record_presence(SERVER, APP)
    clock.second += MONTH - 1
    assert not await claim(ledger)
    clock.second += 1
    assert await claim(ledger)


async def test_a_claim_leaves_what_is_known_of_a_server_as_it_is(ledgers: list[Ledger]) -> None:
    ledger = ledgers[0]
    await ledger.save_settings(SERVER, ServerSettings(quotes=2))
    await ledger.record_presence(SERVER, APP)
    await claim(ledger)
    assert (await ledger.settings(SERVER)).quotes == 2
    assert await ledger.departed_at(SERVER) is None


async def test_the_kinds_of_what_is_kept_are_those_that_a_purge_deletes(ledgers: list[Ledger], path: Path) -> None:
    ledger, key = ledgers[0], access.library_key(SERVER)
    await ledger.record_presence(SERVER, APP)
    await claim(ledger)
    assert await ledger.server_records(SERVER) == ServerRecords()
    vote = Vote(access.SHARED, "what?", "v", 0.0, Verdict.HELPFUL, PublicPlace(SERVER, 1))
    keep = {
        "settings": ledger.save_settings(SERVER, ServerSettings(quotes=2)),
        "votes": ledger.save_vote(PERSON, vote),
        "misses": ledger.record_miss(key, "where?", PERSON),
        "follows": ledger.add_follow(Follow(PERSON, key, "{}")),
        "sightings": ledger.record_sighting(PERSON, SERVER),
    }
    kept = ServerRecords()
    for kind, writing in keep.items():
        await writing
        after = await ledger.server_records(SERVER)
        assert getattr(after, kind), kind
        assert after != kept
        kept = after
    query(path, f"INSERT INTO question_tally (server, day, asked, answered) VALUES ('{SERVER}', '2026-11-29', 1, 1)")
    assert await ledger.server_records(SERVER) == ServerRecords(*[True] * 6)
    assert await ledger.server_records(OTHER) == ServerRecords()
    await ledger.purge_server(SERVER)
    assert await ledger.server_records(SERVER) == ServerRecords()
