"""People are told once of answers to what they follow, and only what they may see at that moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.discord_app.services.follows import notifier
from bot.discord_app.services.questions.button_state import Inquiry, dump_inquiry
from storage import access
from storage.ledger import Ledger, ToldPlaces
from storage.library import Library
from storage.models import Follow, Labels
from tests.support.discord.discord_world import Clock, Rows, World, world_of
from tests.support.discord.harness import ChannelHandle, seen

DAY = 24 * 3600.0
ASKED = "who repaired the sluice of the canal"
ANSWER = "the carpenter repaired the sluice of the canal before the spring flood came"
OTHER = "nobody can sing here at noon, since the heat is too much for anybody to breathe"


@pytest.fixture
async def ledger(library: Library, clock: Clock) -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(library.path, now=clock)
    yield ledger
    await ledger.close()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifier, "PAUSE_SECONDS", 0.0)


@pytest.fixture
async def world(library: Library, ledger: Ledger, rows: Rows) -> AsyncIterator[World]:
    async with world_of(library, ledger, rows) as made:
        made.bot.check_libraries.cancel()
        made.bot.tell_followers.cancel()
        await made.bot.app.checker.check_changed()
        yield made


async def follow(world: World, person: Any, question: str = ASKED, **wishes: Any) -> None:
    values = {"library": access.library_key(world.alpha.id), "locale": "en", **wishes}
    assert await world.ledger.add_follow(Follow(person.id, inquiry=dump_inquiry(Inquiry(question)), **values))


async def bring(world: World, rows: Rows, *texts: str, video: str = "new-talk", scope: Any = None) -> None:
    """Import a video into Alpha, as the terminal does."""
    given = [rows(*((video, 40 * number, text) for number, text in enumerate(texts)), title="The new talk")]
    await world.library.import_files(scope or access.own_scope(world.alpha.id), [(each, Labels()) for each in given])


async def look(world: World) -> int:
    """What the loops of the bot do; return how many messages were sent."""
    await world.bot.app.checker.check_changed()
    return await world.bot.app.notifier.tell_all(world.bot)


def told(world: World, where: Any) -> list[str]:
    """What the bot wrote to a person, or in a channel."""
    channel = where if isinstance(where, ChannelHandle) else world.alone(where).dm_channel
    own = world.env.backend.bot_user.id
    return [seen(message) for message in channel.history() if message.author.id == own]


async def test_somebody_is_told_of_a_clear_answer_by_direct_message_once(world: World, rows: Rows) -> None:
    await follow(world, world.one)
    await bring(world, rows, OTHER, video="another")
    assert await look(world) == 0
    await bring(world, rows, OTHER, ANSWER)
    assert await look(world) == 1
    (card,) = told(world, world.one)
    assert ASKED in card
    assert "sluice" in card
    assert "The new talk" in card
    assert "In Alpha" in card
    assert await look(world) == 0
    assert len(told(world, world.one)) == 1
    (kept,) = await world.ledger.follows_of(world.one.id)
    assert kept.known


async def test_what_was_told_is_not_told_again_when_its_video_is_imported_again(
    world: World, rows: Rows, clock: Clock
) -> None:
    await follow(world, world.one)
    await bring(world, rows, ANSWER)
    assert await look(world) == 1
    clock.second += 2 * DAY
    await bring(world, rows, ANSWER, OTHER)
    assert await look(world) == 0


async def test_one_message_a_day_tells_of_everything(world: World, rows: Rows, clock: Clock) -> None:
    await follow(world, world.one)
    await follow(world, world.one, "where does the heron sleep")
    await bring(world, rows, ANSWER, "the old heron sleeps above the mill pond where the heron was born")
    assert await look(world) == 1
    (card,) = told(world, world.one)
    assert "sluice" in card
    assert "heron" in card
    await follow(world, world.one, "what do the glassblowers eat")
    await bring(world, rows, "glassblowers eat rye bread, glassblowers eat nothing else", video="third")
    clock.second += DAY - 60
    assert await look(world) == 0
    clock.second += 60
    assert await look(world) == 1
    assert "rye bread" in told(world, world.one)[-1].replace("**", "")


async def test_what_is_followed_once_is_kept_no_longer(world: World, rows: Rows) -> None:
    await follow(world, world.one, is_once=True)
    await bring(world, rows, ANSWER)
    assert await look(world) == 1
    assert await world.ledger.follows_of(world.one.id) == []


async def test_managers_are_told_in_their_channel(world: World, rows: Rows) -> None:
    await follow(world, world.owner, channel_id=world.general.id)
    await bring(world, rows, ANSWER)
    assert await look(world) == 1
    assert told(world, world.owner) == []
    assert "sluice" in told(world, world.general)[-1]
    assert told(world, world.general)[-1].startswith("### A new answer\n")


async def test_a_server_is_told_of_its_own_library_alone(world: World, rows: Rows) -> None:
    await follow(world, world.both, library=access.library_key(world.beta.id))
    await bring(world, rows, ANSWER)
    assert await look(world) == 0


async def test_shared_videos_are_told_of_to_anybody(world: World, rows: Rows) -> None:
    await follow(world, world.stranger, library=access.SHARED)
    await bring(world, rows, ANSWER, scope=access.host_scope())
    assert await look(world) == 1
    assert "sluice" in told(world, world.stranger)[-1]


async def _leave(world: World) -> None:
    # The bot asked Discord about them just now, and would believe that for some minutes.
    assert await world.bot.app.memberships.find_memberships(world.one.id, [world.alpha.id])
    world.env.backend.remove_member(world.alpha.id, world.one.id)


async def _switch_off(world: World) -> None:
    await world.limit(world.alpha, allows_follows=False)


async def _keep_to_roles(world: World) -> None:
    await world.limit(world.alpha, roles=frozenset({5}))


async def _keep_to_channels(world: World) -> None:
    await world.limit(world.alpha, channels=frozenset({world.general.id}))


async def _take_back(world: World) -> None:
    await world.library.undo(access.own_scope(world.alpha.id))


async def _delete_data(world: World) -> None:
    await world.ledger.delete_personal_data(world.one.id)


async def _purge(world: World) -> None:
    await world.bot.app.library_admin.delete_server(world.alpha.id)


@pytest.mark.parametrize(
    "change", [_leave, _switch_off, _keep_to_roles, _keep_to_channels, _take_back, _delete_data, _purge]
)
async def test_what_changed_between_finding_and_telling_keeps_everything_untold(
    world: World, rows: Rows, clock: Clock, change: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await follow(world, world.one)
    await bring(world, rows, ANSWER)
    assert await world.bot.app.checker.check_changed() == 1
    await change(world)
    for _ in range(6):
        assert await world.bot.app.notifier.tell_all(world.bot) == 0
        clock.second += DAY
    assert told(world, world.one) == []
    assert "unexpected" not in caplog.text


async def test_data_that_is_deleted_while_the_message_is_made_is_not_told_of(
    world: World, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(world, world.one)
    await bring(world, rows, ANSWER)
    await world.bot.app.checker.check_changed()
    ask = world.bot.app.answers.ask

    async def delete_and_ask(*arguments: Any, **options: Any) -> Any:
        await world.ledger.delete_personal_data(world.one.id)
        return await ask(*arguments, **options)

    monkeypatch.setattr(world.bot.app.answers, "ask", delete_and_ask)
    assert await world.bot.app.notifier.tell_all(world.bot) == 0
    assert told(world, world.one) == []
    assert await world.ledger.last_notices() == {}


async def test_who_takes_no_direct_messages_is_tried_for_some_days_and_then_no_longer_kept(
    world: World, rows: Rows, clock: Clock
) -> None:
    await follow(world, world.one)
    await bring(world, rows, ANSWER)
    tries = 0
    for _ in range(8):
        world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
        tries += bool(await world.ledger.follows_of(world.one.id))
        assert await look(world) == 0
        clock.second += DAY
    assert tries == 4
    assert await world.ledger.follows_of(world.one.id) == []


async def test_a_message_of_which_nobody_knows_whether_it_arrived_is_looked_for(
    world: World, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(world, world.one)
    await bring(world, rows, ANSWER)
    finish = world.ledger.finish_batch

    async def fail(*_arguments: Any) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(world.ledger, "finish_batch", fail)
    assert await look(world) == 0
    assert len(told(world, world.one)) == 1
    monkeypatch.setattr(world.ledger, "finish_batch", finish)
    assert await look(world) == 0
    assert len(told(world, world.one)) == 1
    (kept,) = await world.ledger.follows_of(world.one.id)
    assert kept.known
    assert await world.ledger.found_follows() == []


def find_more_at_first_question(world: World, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has another video that answers be imported and found while the next question is asked, before it is told."""
    ask, is_first = world.bot.app.answers.ask, True

    async def ask_and_find_more(*arguments: Any, **options: Any) -> Any:
        nonlocal is_first
        answer = await ask(*arguments, **options)
        if is_first:
            is_first = False
            await bring(world, rows, "the smith repaired the sluice of the canal once more", video="second")
            await world.bot.app.checker.check_changed()
        return answer

    monkeypatch.setattr(world.bot.app.answers, "ask", ask_and_find_more)


async def test_what_is_found_while_somebody_waits_for_their_turn_is_told_in_the_next_message(
    world: World, rows: Rows, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(world, world.one)
    await bring(world, rows, ANSWER)
    await world.bot.app.checker.check_changed()
    find_more_at_first_question(world, rows, monkeypatch)
    assert await world.bot.app.notifier.tell_all(world.bot) == 1
    assert "smith" not in told(world, world.one)[0]
    clock.second += DAY
    assert await world.bot.app.notifier.tell_all(world.bot) == 1
    assert "smith" in told(world, world.one)[1]


async def test_what_no_longer_answers_takes_nothing_with_it_that_was_found_meanwhile(
    world: World, rows: Rows, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(world, world.one)
    await bring(world, rows, ANSWER)
    await world.bot.app.checker.check_changed()
    await world.library.undo(access.own_scope(world.alpha.id))
    find_more_at_first_question(world, rows, monkeypatch)
    assert await world.bot.app.notifier.tell_all(world.bot) == 0
    clock.second += notifier.UNREACHED_SECONDS
    assert await world.bot.app.notifier.tell_all(world.bot) == 1
    assert "smith" in told(world, world.one)[0]


async def test_of_two_processes_one_tells(world: World, rows: Rows, clock: Clock) -> None:
    await follow(world, world.one)
    await bring(world, rows, ANSWER)
    await world.bot.app.checker.check_changed()
    (found,) = await world.ledger.found_follows()
    number = found.follow.follow_id
    other = await Ledger.open(world.library.path, now=clock)
    assert await other.begin_batch("other", {number: ToldPlaces((("new-talk", 0.0),), found.video_ids)})
    assert not await world.ledger.begin_batch("own", {number: ToldPlaces((), found.video_ids)})
    assert await other.is_whole("other", [number])
    await other.close()


async def test_what_another_process_is_telling_is_left_to_it(
    world: World, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(world, world.one)
    await bring(world, rows, ANSWER)
    await world.bot.app.checker.check_changed()
    (found,) = await world.ledger.found_follows()
    number = found.follow.follow_id
    assert await world.ledger.begin_batch("other", {number: ToldPlaces((("new-talk", 0.0),), found.video_ids)})
    monkeypatch.setattr(world.bot, "get_guild", lambda _server_id: None)  # its shard is in another process
    assert await world.bot.app.notifier.tell_all(world.bot) == 0
    assert await world.ledger.is_whole("other", [number])
    assert told(world, world.one) == []


@pytest.mark.parametrize("days", [-400, 400])
async def test_a_clock_that_was_wrong_keeps_nobody_untold(world: World, rows: Rows, clock: Clock, days: int) -> None:
    await follow(world, world.one)
    await bring(world, rows, ANSWER)
    clock.second += days * DAY
    assert await look(world) == 1
    clock.second -= days * DAY
    await bring(world, rows, "the smith repaired the sluice of the canal once more", video="second")
    clock.second += DAY
    assert await look(world) == 1


async def test_a_server_where_thousands_are_told_keeps_no_other_waiting(
    world: World, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifier, "MAX_AT_ONCE", 2)
    for person in (world.one, world.owner, world.both):
        await follow(world, person)
    await bring(world, rows, ANSWER)
    await world.bot.app.checker.check_changed()
    await follow(world, world.stranger, library=access.SHARED)
    await bring(world, rows, ANSWER, scope=access.host_scope())
    await world.bot.app.checker.check_changed()
    assert await world.bot.app.notifier.tell_all(world.bot) == 2
    assert len(told(world, world.stranger)) == 1
    assert await world.bot.app.notifier.tell_all(world.bot) == 2
    assert await world.bot.app.notifier.tell_all(world.bot) == 0


async def test_looking_at_what_is_new_does_not_wait_until_everybody_is_told(
    world: World, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def tell_for_hours(_client: Any) -> int:
        await asyncio.Event().wait()
        return 0

    monkeypatch.setattr(world.bot.app.notifier, "tell_all", tell_for_hours)
    await follow(world, world.one)
    await bring(world, rows, ANSWER)
    async with asyncio.timeout(30):
        await world.bot.check_libraries()
    assert len(await world.ledger.found_follows()) == 1
