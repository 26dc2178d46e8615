"""What changes while an answer is under way: what its asker may no longer see is not sent, and nothing more is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.discord_app.interactions import turns
from bot.discord_app.services.asker_resolver import CHANGED
from storage import access
from storage.errors import RequestError
from storage.library import Library
from storage.models import Labels
from tests.support.discord.discord_world import QUESTION, Rows, World, found
from tests.support.discord.harness import answers, open_passage, seen

Change = Callable[[World], Awaitable[object]]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch, world: World) -> Callable[[Change], None]:
    """Has something change after the next question is ranked, and before it is answered: each answer is late here."""
    monkeypatch.setattr(turns, "RECHECK_AFTER_SECONDS", -1.0)
    search, changes = Library.rank, list[Change]()

    async def search_then_change(*arguments: Any, **named: Any) -> Any:
        results = await search(*arguments, **named)
        while changes:
            await changes.pop()(world)
        return results

    monkeypatch.setattr(Library, "rank", search_then_change)
    return changes.append


CHANGES: dict[str, Change] = {
    "kept to roles": lambda world: world.limit(world.alpha, roles=frozenset({1})),
    "kept to channels": lambda world: world.limit(world.alpha, channels=frozenset({1})),
    "shown in private": lambda world: world.limit(world.alpha, private_by_default=True),
    "sharing turned off": lambda world: world.limit(world.alpha, shared_too=False),
    "purged": lambda world: world.bot.app.library_admin.delete_server(world.alpha.id),
    "purged by another program": lambda world: world.library.purge(access.own_scope(world.alpha.id)),
    "bot removed": lambda world: world.ledger.record_departure(world.alpha.id, world.bot.application_id),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_may_no_longer_be_seen_is_not_sent(
    world: World, meanwhile: Callable[[Change], None], change: str
) -> None:
    meanwhile(CHANGES[change])
    result = await world.one.slash(world.general, "ask", question=QUESTION)
    assert found(result) == set()
    assert seen(result) == CHANGED == "What you may see here has changed; please ask again."
    assert result.ephemeral


@pytest.mark.parametrize("change", [change for change in CHANGES if change != "shown in private"])
async def test_the_same_of_mentions(world: World, meanwhile: Callable[[Change], None], change: str) -> None:
    meanwhile(CHANGES[change])
    await world.one.send(world.general, f"<@{world.env.backend.bot_user.id}> {QUESTION}")
    assert seen(answers(world.general, world.env)[-1]) == CHANGED


async def test_the_same_of_a_button(world: World, meanwhile: Callable[[Change], None]) -> None:
    card = await world.one.slash(world.general, "ask", question=QUESTION)
    meanwhile(CHANGES["kept to roles"])
    result = await open_passage(world.one, card, 1)
    assert seen(result) == CHANGED
    assert result.ephemeral


async def test_what_widens_meanwhile_changes_nothing(world: World, meanwhile: Callable[[Change], None]) -> None:
    await world.limit(world.alpha, shared_too=False)
    meanwhile(lambda world: world.limit(world.alpha, shared_too=True))
    assert found(await world.one.slash(world.general, "ask", question=QUESTION)) == {"alpha"}


async def test_a_role_that_was_taken_away_meanwhile_counts_no_more(
    world: World, meanwhile: Callable[[Change], None]
) -> None:
    reader = world.alpha.create_role("reader")
    member = world.alpha.add_member(world.env.create_user("reader"), roles=[reader])
    await world.limit(world.alpha, roles=frozenset({reader.id}))
    assert found(await member.slash(world.general, "ask", question=QUESTION)) == {"alpha", "shared"}

    async def take_role(world: World) -> None:
        world.env.backend.get_guild(world.alpha.id).members[member.id].role_ids.clear()

    meanwhile(take_role)
    assert seen(await member.slash(world.general, "ask", question=QUESTION)) == CHANGED


async def test_in_a_direct_message_the_server_is_asked_again(world: World, meanwhile: Callable[[Change], None]) -> None:
    await world.meet()
    alone = world.alone(world.one)
    assert found(await alone.slash("ask", question=QUESTION)) == {"alpha", "shared"}
    meanwhile(CHANGES["kept to roles"])
    assert seen(await alone.slash("ask", question=QUESTION)) == CHANGED


async def _kept(world: World, word: str) -> list[str]:
    """The tables in which a word or anything of Alpha is kept."""
    tables = ("button_state", "miss", "vote", "sighting")
    held = []
    for table in tables:
        rows = await world.ledger._rows(f"SELECT * FROM {table}")
        if any(word in str(value) or str(world.alpha.id) in str(value) for row in rows for value in row):
            held.append(table)
    return held


@pytest.mark.parametrize("change", ["purged", "purged by another program"])
@pytest.mark.parametrize("way", ["slash", "mention"])
async def test_nothing_is_kept_of_a_server_purged_meanwhile(
    world: World, meanwhile: Callable[[Change], None], change: str, way: str
) -> None:
    meanwhile(CHANGES[change])
    question = "copper zeppelin, without a clear answer"
    if way == "slash":
        await world.one.slash(world.general, "ask", question=question)
    else:
        await world.one.send(world.general, f"<@{world.env.backend.bot_user.id}> {question}")
    assert await _kept(world, "zeppelin") == []


@pytest.mark.parametrize("way", ["slash", "mention"])
async def test_nothing_is_kept_of_a_person_who_had_it_deleted_meanwhile(
    world: World, meanwhile: Callable[[Change], None], way: str
) -> None:
    meanwhile(lambda world: world.bot.app.personal_data.delete(world.one.id))
    question = "copper zeppelin, without a clear answer"
    if way == "slash":
        await world.one.slash(world.general, "ask", question=question)
    else:
        await world.one.send(world.general, f"<@{world.env.backend.bot_user.id}> {question}")
    kept = await world.ledger.personal_data(world.one.id)
    assert (kept.misses, kept.sightings, kept.votes) == ((), (), ())
    await world.one.slash(world.general, "ask", question=question)
    kept = await world.ledger.personal_data(world.one.id)
    assert (len(kept.misses), len(kept.sightings)) == (1, 1), "what is asked afterwards is another matter"


async def test_an_import_stops_where_its_library_is_purged(library: Library, rows: Rows) -> None:
    own = access.own_scope(7)
    await library.import_files(own, [(rows(("before", 0, "kept for a while")), Labels())])
    purges: list[asyncio.Future[bool]] = []

    def purge_after_the_first(done: int, _total: int) -> None:
        if done == 1:
            purges.append(asyncio.ensure_future(library.purge(own)))

    files = [(rows((f"video-{number}", 0, "gone with it")), Labels()) for number in range(40)]
    with pytest.raises(RequestError, match="deleted during this import"):
        await library.import_files(own, files, progress=purge_after_the_first)
    assert await library.videos(own) == []
