"""What the ledger keeps of people who follow questions, for how long, and that nothing else has their id."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from storage.ledger import MAX_FOLLOWS, Ledger
from storage.ledger.notices import ToldPlaces
from storage.models import Follow
from tests.support.clock import Clock

ANA, BEN = 812345678901234567, 923456789012345678
DAY = 24 * 3600.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cuepoint.db"


@pytest.fixture
async def ledger(path: Path, clock: Clock) -> AsyncIterator[Ledger]:
    opened = await Ledger.open(path, now=clock)
    yield opened
    await opened.close()


TOLD = ToldPlaces((("talk", 90.0),), frozenset({"talk"}))


def made(person: int = ANA, question: str = "what is elmo?", library: str = "server:1", channel: int = 0) -> Follow:
    return Follow(person, library, f'{{"text":"{question}"}}', channel, known=(("talk", 61.5),))


async def told(ledger: Ledger, recipient: str, at: float) -> None:
    async with ledger._database.transaction() as connection:
        await connection.execute(
            "INSERT INTO last_notice VALUES (?1, ?2) ON CONFLICT DO UPDATE SET sent_at = ?2", (recipient, at)
        )


async def recipients(ledger: Ledger) -> list[str]:
    return [recipient for (recipient,) in await ledger._rows("SELECT recipient FROM last_notice ORDER BY 1", ())]


async def test_what_is_followed_comes_back_with_all_that_is_known_of_it(ledger: Ledger, clock: Clock) -> None:
    assert await ledger.add_follow(made())
    (kept,) = await ledger.follows_of(ANA)
    assert (kept.person_id, kept.library, kept.known, kept.made_at) == (
        ANA,
        "server:1",
        (("talk", 61.5),),
        clock.second,
    )
    assert await ledger.follows_of(BEN) == []
    assert await ledger.follows_in("server:1") == [kept]


async def test_of_several_follows_only_ones_own_are_ended(ledger: Ledger) -> None:
    for person in (ANA, BEN):
        for number in range(3):
            await ledger.add_follow(made(person, f"question {number}"))
    every = [follow.follow_id for person in (ANA, BEN) for follow in await ledger.follows_of(person)]
    assert await ledger.remove_follows(ANA, every) == 3
    assert await ledger.remove_follows(ANA, every) == 0
    assert len(await ledger.follows_of(BEN)) == 3


async def test_a_follow_ends_after_the_retention_in_which_nobody_was_told(ledger: Ledger, clock: Clock) -> None:
    await ledger.add_follow(made(ANA))
    await ledger.add_follow(made(BEN))
    await ledger.add_follow(made(BEN, channel=7))
    clock.second += 20 * DAY
    await told(ledger, f"user:{BEN}", clock.second)
    clock.second += 10 * DAY
    assert await ledger.delete_expired(30 * DAY) == 2
    assert await ledger.follows_of(ANA) == []
    (kept,) = await ledger.follows_of(BEN)
    assert kept.channel_id == 0, "the channel was not told"
    clock.second += 20 * DAY
    await ledger.delete_expired(30 * DAY)
    assert await ledger.follows_of(BEN) == []
    assert await recipients(ledger) == [], "nor who was told last"


async def test_following_again_keeps_it_for_longer(ledger: Ledger, clock: Clock) -> None:
    await ledger.add_follow(made())
    clock.second += 20 * DAY
    await ledger.add_follow(made())
    clock.second += 20 * DAY
    await ledger.delete_expired(30 * DAY)
    assert len(await ledger.follows_of(ANA)) == 1


async def test_when_somebody_was_told_is_kept_for_as_long_as_that_matters(ledger: Ledger, clock: Clock) -> None:
    await ledger.add_follow(made(BEN))
    for recipient in (f"user:{ANA}", f"user:{BEN}", "channel:7"):
        await told(ledger, recipient, clock.second)
    clock.second += DAY
    await ledger.delete_expired(30 * DAY)
    assert len(await recipients(ledger)) == 3, "they are told once a day at most"
    clock.second += DAY
    await ledger.delete_expired(30 * DAY)
    assert await recipients(ledger) == [f"user:{BEN}"]


async def test_no_other_table_ever_has_somebodys_id(ledger: Ledger, path: Path) -> None:
    await ledger.add_follow(made())
    await told(ledger, f"user:{ANA}", 1.0)
    await ledger.record_miss("server:1", "What is ELMo?", ANA)
    await ledger.record_sighting(ANA, 1)
    await ledger.save_state("{}", lifetime_seconds=DAY, bound_to=str(ANA))
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        having = {
            table
            for table in tables
            for row in connection.execute(f"SELECT * FROM {table}")
            if any(str(ANA) in str(value) for value in row)
        }
    assert having == {"follow", "last_notice"}
    await ledger.delete_personal_data(ANA)
    await ledger.close()
    assert str(ANA).encode() not in path.read_bytes()


async def test_nobody_follows_more_than_the_limit(ledger: Ledger) -> None:
    added = [await ledger.add_follow(made(question=f"question {number}")) for number in range(MAX_FOLLOWS + 1)]
    assert added == [True] * MAX_FOLLOWS + [False]
    assert await ledger.add_follow(made(question="question 3")), "one that is followed already"
    assert await ledger.add_follow(made(BEN))


async def test_of_somebody_who_has_their_data_deleted_while_they_are_told_nothing_is_kept(ledger: Ledger) -> None:
    await ledger.add_follow(made())
    (kept,) = await ledger.follows_of(ANA)
    await ledger.note_found([kept.follow_id], {"talk"})
    ledger.erasures.begin_event()
    assert await ledger.begin_batch("batch", {kept.follow_id: TOLD})
    await ledger.delete_personal_data(ANA)
    await ledger.finish_batch("batch", f"user:{ANA}")
    assert await recipients(ledger) == []


async def test_a_message_is_not_begun_where_one_of_its_follows_has_ended(ledger: Ledger) -> None:
    for question in ("what is elmo?", "what is bert?"):
        await ledger.add_follow(made(question=question))
    ids = [follow.follow_id for follow in await ledger.follows_of(ANA)]
    await ledger.note_found(ids, {"talk"})
    await ledger.remove_follow(ANA, ids[1])
    assert not await ledger.begin_batch("batch", dict.fromkeys(ids, TOLD))
    assert [found.batch for found in await ledger.found_follows()] == [""]


async def test_when_somebody_was_told_is_kept_no_longer_than_what_they_follow_and_what_was_told_once(
    ledger: Ledger, clock: Clock
) -> None:
    for person, library in ((ANA, "server:1"), (BEN, "server:2")):
        await ledger.add_follow(made(person, library=library))
        await told(ledger, f"user:{person}", clock.second)
    (kept,) = await ledger.follows_of(ANA)
    await ledger.remove_follow(ANA, kept.follow_id)
    assert await recipients(ledger) == [f"user:{BEN}"]
    await ledger.purge_server(2)
    assert await recipients(ledger) == []
