"""What people show to others: a quote or a whole answer, once, and with a notification of one person at most."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from bot import asking
from bot.discord_app.services.questions.button_state import AnswerState, Inquiry
from bot.discord_app.services.questions.sharing import PING_PAUSE_SECONDS, Recipient, Sharing, Showing
from bot.errors import AlreadyShared
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, Source
from tests.support.discord.discord_world import QUESTION as THREE_THINGS
from tests.support.discord.discord_world import World, found
from tests.support.discord.harness import (
    ChannelHandle,
    Env,
    InteractionResult,
    MemberActor,
    answers,
    pressable,
    restart,
    seen,
)

QUESTION = "how does bm25 rank"
IN_REACH = "copper lantern"
SHARED_BEFORE = "You have shared this here already."


def shared_by(result: InteractionResult) -> Any:
    """What a press on a private card showed to everybody, or told the one who pressed."""
    (message,) = result.followups or [result.response]
    return message


def pinged(env: Env, message: Any) -> list[int]:
    kept = env.backend.get_message(message.channel_id, message.id)
    assert not kept.ping_role_ids
    assert not kept.mention_everyone
    return list(kept.ping_user_ids)


def allowed(env: Env) -> list[Any]:
    """Whom the requests that sent or edited a message allowed to be notified."""
    bodies = [each.json.get("data", each.json) for each in env.http_requests if isinstance(each.json, dict)]
    return [body.get("allowed_mentions") for body in bodies if body and body.get("components")]


async def ask_privately(alice: MemberActor, channel: ChannelHandle) -> InteractionResult:
    result = await alice.slash(channel, "ask", question=QUESTION, private=True)
    assert result.ephemeral
    return result


# A quote


async def test_share_publishes_the_short_quote_of_the_card_with_its_second(
    general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    card = await ask_privately(alice, general)
    opened = await alice.click(card.response, label="Read on")
    for _ in range(3):
        opened = await alice.click(opened.response, label="Later")
    message = shared_by(await alice.click(opened.response, label="Share"))
    assert not message.ephemeral
    shown, answer = seen(message), seen(card)
    assert "Shared by alice" in shown
    quote = next(line for line in answer.splitlines() if line.startswith("> "))
    assert quote in shown.splitlines(), "as the answer has it, wherever one had read on"
    link = re.search(r"\(https://\S+#t=\d+\)", answer)
    assert link is not None
    assert link[0] in shown
    assert "▶ 1:18" in shown
    copy = await bob.click(message, label="Read on")
    assert copy.ephemeral
    assert "**BM25**" in seen(copy)


async def test_a_second_press_says_that_it_is_shared_also_after_a_restart(
    discord: Env, general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    card = await ask_privately(alice, general)
    opened = await alice.click(card.response, label="Read on")
    once_more = await alice.click(card.response, label="Read on")
    first = await alice.click(opened.response, label="Share")
    assert "Shared" in seen(first)
    assert not {"Share", "Shared"} & pressable(first), "the button is disabled"
    assert {"Earlier", "Later", "Helpful"} <= pressable(first) | {"Earlier"}, "and no other is"
    for _ in range(2):
        again = await alice.click(once_more.response, label="Share")
        assert (seen(shared_by(again)), shared_by(again).ephemeral) == (SHARED_BEFORE, True)
        await restart(discord, library, ledger)
    assert len(answers(general, discord)) == 1


async def test_what_one_has_shared_and_deleted_can_be_shared_again(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    card = await ask_privately(alice, general)
    opened = await alice.click(card.response, label="Read on")
    again = await alice.click(card.response, label="Read on")
    message = shared_by(await alice.click(opened.response, label="Share"))
    await alice.click(message, label="Delete")
    assert answers(general, discord) == []
    await alice.click(again.response, label="Share")
    assert len(answers(general, discord)) == 1


async def test_somebody_else_and_another_channel_are_no_second_time(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    elsewhere = discord.guild.create_text_channel("elsewhere")
    for person, channel in ((alice, general), (bob, general), (alice, elsewhere)):
        card = await ask_privately(person, channel)
        await person.click((await person.click(card.response, label="Read on")).response, label="Share")
    assert (len(answers(general, discord)), len(answers(elsewhere, discord))) == (2, 1)


async def test_words_that_were_replaced_meanwhile_are_not_shared(
    discord: Env, general: ChannelHandle, alice: MemberActor, library: Library
) -> None:
    async def import_talk(words: str) -> None:
        captions = f"1\n00:00:01,000 --> 00:00:09,000\n{words}\n".encode()
        labels = Labels(title="Harbour", video_id="harbour")
        await library.import_files(access.host_scope(), [(Source("harbour.srt", captions), labels)], replace=True)

    await import_talk("the copper lantern hangs above the gate")
    card = await alice.slash(general, "ask", question="copper lantern", private=True)
    opened = await alice.click(card.response, label="Read on")
    await import_talk("a lantern is named here that nobody has read yet")
    told = shared_by(await alice.click(opened.response, label="Share"))
    assert (told.ephemeral, answers(general, discord)) == (True, [])
    assert "have expired" in seen(told)
    await import_talk("the copper lantern hangs above the gate")
    assert "hangs above" in seen(shared_by(await alice.click(opened.response, label="Share")))


async def test_what_could_not_be_made_may_be_shared_later(
    discord: Env, general: ChannelHandle, alice: MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await ask_privately(alice, general)
    opened = await alice.click(card.response, label="Read on")

    async def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(asking, "open_passage", fail)
        assert "Something went wrong" in seen(shared_by(await alice.click(opened.response, label="Share")))
    await alice.click(opened.response, label="Share")
    assert len(answers(general, discord)) == 1


async def test_nothing_of_who_shares_what_is_stored(ledger: Ledger) -> None:
    assert await ledger.record_once("a quote", by="5 in 6", lifetime_seconds=60)
    assert not await ledger.record_once("a quote", by="5 in 6", lifetime_seconds=60)
    assert await ledger.record_once("a quote", by="7 in 6", lifetime_seconds=60)
    rows = await ledger._database.fetch_rows("SELECT payload, libraries FROM button_state")
    assert [tuple(row) for row in rows] == [("", "[]"), ("", "[]")]
    await ledger.forget_once("a quote", by="5 in 6")
    assert await ledger.record_once("a quote", by="5 in 6", lifetime_seconds=60)


async def test_what_is_remembered_of_who_shares_what_has_no_words_and_goes_with_their_data(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    app = discord.bot.app
    for person in (alice, bob):
        await person.click((await ask_privately(person, general)).response, label="Share")
    assert QUESTION not in repr(app.sharing._shared)
    assert {act[0] for act in app.sharing._shared} == {alice.id, bob.id}
    await app.personal_data.delete(alice.id)
    assert {act[0] for act in app.sharing._shared} == {bob.id}


# A whole answer


async def test_a_private_answer_is_shared_whole_once(
    discord: Env, general: ChannelHandle, alice: MemberActor, ledger: Ledger
) -> None:
    card = await ask_privately(alice, general)
    public = await alice.slash(general, "ask", question=QUESTION)
    assert "Share" not in seen(public), "everybody sees it"
    pressed = await alice.click(card.response, label="Share")
    message = shared_by(pressed)
    assert not message.ephemeral
    assert seen(message).replace("-# Shared by alice\n", "") == seen(public)
    assert "Share" not in pressable(pressed)
    assert "Read on" in pressable(pressed)
    again = await ask_privately(alice, general)
    assert seen(shared_by(await alice.click(again.response, label="Share"))) == SHARED_BEFORE
    assert pinged(discord, message) == []
    assert await ledger.misses(access.SAMPLES) == []


async def test_a_shared_answer_has_the_public_number_of_quotes(
    general: ChannelHandle, alice: MemberActor, library: Library
) -> None:
    rows = [
        f"{n}\n00:0{n}:00,000 --> 00:0{n}:09,000\nthe copper lantern of gate {n} {'abcdefghi'[n] * 9}\n"
        for n in range(9)
    ]
    for n, row in enumerate(rows):
        await library.import_files(access.host_scope(), [(Source(f"{n}.srt", row.encode()), Labels(title=f"Talk {n}"))])
    alone = await alice.slash(general, "ask", question="copper lantern", private=True)
    shared = shared_by(await alice.click(alone.response, label="Share"))
    public = await alice.slash(general, "ask", question="copper lantern")

    def counted(result: Any) -> int:
        return len(re.findall(r"Talk \d", seen(result)))

    assert counted(shared) == counted(public) < counted(alone)


async def test_an_answer_that_draws_on_what_others_may_not_see_cannot_be_shared(world: World) -> None:
    reader = world.alpha.create_role("reader")
    member = world.alpha.add_member(world.env.create_user("reader"), roles=[reader])
    await world.limit(world.alpha, roles=frozenset({reader.id}))
    result = await member.slash(world.general, "ask", question=THREE_THINGS)
    assert found(result) == {"alpha", "shared"}
    assert "Share" not in seen(result)


async def test_what_becomes_private_is_not_in_what_is_shared(world: World) -> None:
    card = await world.one.slash(world.general, "ask", question=IN_REACH, private=True)
    assert "alpha" in found(card)
    await world.limit(world.alpha, roles=frozenset({1}))
    refused = shared_by(await world.one.click(card.response, label="Share"))
    assert seen(refused).startswith("There is nothing in it that everyone here may see.")
    assert refused.ephemeral
    assert answers(world.general, world.env) == []


# For somebody


async def test_for_names_one_person_and_notifies_only_them(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    everyone = f"<@{alice.id}> @everyone @here <@&1> how does bm25 rank"
    result = await alice.slash(general, "ask", question=everyone, **{"for": bob})
    assert not result.ephemeral
    assert f"For <@{bob.id}>\n" in seen(result)
    assert pinged(discord, result.response) == [bob.id]
    assert allowed(discord)[-1] == {"parse": [], "users": [bob.id]}


async def test_nobody_is_notified_by_a_name_a_title_or_what_is_said(
    discord: Env, alice: MemberActor, general: ChannelHandle, library: Library
) -> None:
    hostile = f"<@{alice.id}> @everyone <@&1> lantern"
    bob = discord.guild.add_member(discord.create_user("bob"), nick="@everyone <@1>")
    content = f"1\n00:00:01,000 --> 00:00:04,000\n{hostile} said\n".encode()
    labels = Labels(title=hostile, creator=hostile)
    await library.import_files(access.host_scope(), [(Source("a.srt", content), labels)])
    result = await alice.slash(general, "ask", question="lantern", **{"for": bob})
    assert pinged(discord, result.response) == [bob.id]
    private = await bob.slash(general, "ask", question="lantern", private=True)
    assert pinged(discord, shared_by(await bob.click(private.response, label="Share"))) == []


async def test_where_the_server_answers_in_private_an_answer_for_somebody_is_public(world: World) -> None:
    await world.limit(world.alpha, private_by_default=True)
    result = await world.both.slash(world.general, "ask", question=IN_REACH, **{"for": world.one})
    assert (result.ephemeral, pinged(world.env, result.response)) == (False, [world.one.id])


async def test_an_answer_that_must_stay_private_notifies_nobody_and_says_why(world: World) -> None:
    reader = world.alpha.create_role("reader")
    member = world.alpha.add_member(world.env.create_user("reader"), roles=[reader])
    await world.limit(world.alpha, roles=frozenset({reader.id}))
    result = await member.slash(world.general, "ask", question=THREE_THINGS, **{"for": world.one})
    assert (result.ephemeral, found(result)) == (True, {"alpha", "shared"})
    assert "Not everyone here may see this, so it is shown to you alone, and **one** is not told." in seen(result)
    assert f"<@{world.one.id}>" not in seen(result)
    assert pinged(world.env, result.response) == []


async def test_who_wants_it_in_private_notifies_nobody(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    result = await alice.slash(general, "ask", question=QUESTION, private=True, **{"for": bob})
    assert result.ephemeral
    assert "You asked in private, so **bob** is not told." in seen(result)
    assert pinged(discord, result.response) == []


async def test_bots_oneself_and_those_who_are_not_there_are_not_named(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    robot = discord.guild.add_member(discord.create_user("robot", bot=True))
    for person, told in ((robot, "Bots are not told"), (alice, "It is meant for you")):
        result = await alice.slash(general, "ask", question=QUESTION, **{"for": person})
        assert told in seen(result)
        assert "**BM25**" in seen(result), "the question is answered"
        assert "<@" not in seen(result)
        assert pinged(discord, result.response) == []


async def test_outside_of_a_server_that_the_bot_is_in_nobody_is_named(world: World) -> None:
    abroad = world.abroad_as(world.stranger)
    other = world.abroad_as(world.one)
    alone = world.alone(world.stranger)
    for result in (
        await abroad.slash(world.abroad, "ask", question=THREE_THINGS, **{"for": other}),
        await alone.slash("ask", question=THREE_THINGS, **{"for": world.alone(world.stranger)}),
    ):
        assert "I can name somebody only in a server that I am in, so nobody else is told." in seen(result)
        assert found(result) == {"shared"}
        assert pinged(world.env, result.response) == []


async def test_nobody_is_notified_of_no_answer(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    result = await alice.slash(general, "ask", question="zebra crossings quantum", **{"for": bob})
    assert "There is no answer to show, so **bob** is not told." in seen(result)
    assert pinged(discord, result.response) == []


async def test_one_person_cannot_flood_another(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    carol = discord.guild.add_member(discord.create_user("carol"))
    told = []
    for asker, person in ((alice, bob), (alice, bob), (alice, carol), (carol, bob), (alice, bob)):
        result = await asker.slash(general, "ask", question=QUESTION, **{"for": person})
        told.append(pinged(discord, result.response))
    assert told == [[bob.id], [], [carol.id], [bob.id], []]
    assert f"For <@{bob.id}>, without a notification: they have just had one from you." in seen(result)


async def test_the_pause_between_two_notifications_ends(ledger: Ledger, discord: Env) -> None:
    now = [100.0]
    writes: Any = None
    sharing = Sharing(ledger, writes, lambda: now[0])
    asker: Any = type("Asker", (), {"user_id": 1, "private": False, "shareable": True})
    showing = Showing(Recipient(2, "bob"))

    def notified() -> tuple[int, ...]:
        return sharing.introduce(asker, showing, is_answered=True).notified

    assert notified() == (2,)
    now[0] += PING_PAUSE_SECONDS - 1
    assert notified() == ()
    now[0] += 1
    assert notified() == (2,)


async def test_the_cooldown_counts(discord: Env, library: Library, ledger: Ledger) -> None:
    await restart(discord, library, ledger, CUEPOINT_COOLDOWN_SECONDS="60")
    general = discord.create_guild().create_text_channel("general")
    alice, bob = (discord.guild.add_member(discord.create_user(name)) for name in ("alice", "bob"))
    card = await ask_privately(alice, general)
    assert "you can ask again <t:" in seen(shared_by(await alice.click(card.response, label="Share")))
    again = await alice.slash(general, "ask", question=QUESTION, **{"for": bob})
    assert again.ephemeral
    assert answers(general, discord) == []


async def add_talks_of_the_lantern(library: Library) -> None:
    """Several pages of moments."""
    texts = [
        f"the copper lantern {word} and {word[::-1]} went {word * 2}"
        for word in ("oak", "elm", "ash", "fir", "yew", "bay", "fig")
    ]
    files = [
        (Source(f"{n}.srt", f"1\n00:00:01,000 --> 00:00:04,000\n{text}\n".encode()), Labels(title=f"Talk {n}"))
        for n, text in enumerate(texts)
    ]
    await library.import_files(access.host_scope(), files)


async def test_the_name_stays_and_nobody_is_notified_again_where_pages_are_turned(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor, library: Library
) -> None:
    await add_talks_of_the_lantern(library)
    card = await alice.slash(general, "ask", question="copper lantern", **{"for": bob})
    turned = await alice.click(card.response, label="Next")
    assert f"For <@{bob.id}>\n" in seen(turned)
    assert allowed(discord)[-1] == {"parse": []}
    said = await bob.send(general, "where is the copper lantern?")
    menu = await alice.context_menu(general, "Find in videos", said)
    assert "Show to the author" in pressable(await alice.click(menu.response, label="Next"))
    whole = shared_by(
        await alice.click(
            (await alice.slash(general, "ask", question="copper lantern", private=True)).response, label="Share"
        )
    )
    assert "Shared by alice" in seen(await alice.click(whole, label="Next"))


async def test_a_mention_in_the_code_of_a_question_makes_it_an_answer_for_nobody(
    general: ChannelHandle, alice: MemberActor, bob: MemberActor, library: Library
) -> None:
    await add_talks_of_the_lantern(library)
    card = await alice.slash(general, "ask", question=f"copper lantern `<@{bob.id}>`")
    assert f"`<@{bob.id}>`" in seen(card)
    assert "For <@" not in seen(await alice.click(card.response, label="Next"))


# In the menu of a message


async def test_the_answer_to_a_message_can_be_shown_to_its_author(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    said = await bob.send(general, "does anybody know how bm25 does the ranking? <@1> @everyone")
    menu = await alice.context_menu(general, "Find in videos", said)
    assert menu.ephemeral
    assert {"Share", "Show to the author"} <= pressable(menu)
    pressed = await alice.click(menu.response, label="Show to the author")
    message = shared_by(pressed)
    assert f"For <@{bob.id}>\n-# Shared by alice\n" in seen(message)
    assert pinged(discord, message) == [bob.id]
    assert not {"Share", "Show to the author", "Shared"} & pressable(pressed)
    again = await alice.context_menu(general, "Find in videos", said)
    assert seen(shared_by(await alice.click(again.response, label="Share"))) == SHARED_BEFORE


async def test_ones_own_message_and_that_of_a_bot_have_no_author_to_show_it_to(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    robot = discord.guild.add_member(discord.create_user("robot", bot=True))
    for author in (alice, robot):
        said = await author.send(general, "how does bm25 rank")
        menu = await alice.context_menu(general, "Find in videos", said)
        assert "Share" in pressable(menu)
        assert "Show to the author" not in pressable(menu)


async def test_presses_at_once_are_one_also_where_nothing_can_be_written(ledger: Ledger) -> None:
    class NoWrites:
        async def attempt(self, *_: Any) -> None:
            await asyncio.sleep(0)

    writes: Any = NoWrites()
    sharing, state, shown = Sharing(ledger, writes), AnswerState(Inquiry("why?"), ()), []

    async def press() -> None:
        async with sharing.share_once(1, 2, state):
            await asyncio.sleep(0)
            shown.append("shared")

    results = await asyncio.gather(press(), press(), press(), return_exceptions=True)
    assert shown == ["shared"]
    assert [type(each) for each in results] == [type(None), AlreadyShared, AlreadyShared]
