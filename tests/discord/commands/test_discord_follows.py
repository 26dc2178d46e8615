"""`/follow`, `/unfollow`, and the button under a card without an answer: what people are told, and what is kept."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import ui

from bot.discord_app.cards.follows import FollowedQuestion, follows_card
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.command_buttons import unfollow_button
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import find_problems
from storage import access
from storage.ledger import MAX_FOLLOWS
from storage.models import Follow, Labels
from tests.support.discord.discord_world import Rows, World
from tests.support.discord.harness import (
    InteractionResult,
    answers,
    every_part,
    menu_of,
    options_of,
    pressable,
    restart,
    seen,
)

TELL_ME = "Tell me when there is an answer"
HOSTILE = "@everyone **who** [sees](https://example.com) `this` <@1>\n# and ||this||?"


async def followed(world: World, person: Any) -> list[Follow]:
    return await world.ledger.follows_of(person.id)


async def follow(world: World, question: str, **options: Any) -> InteractionResult:
    return await world.one.slash(world.general, "follow", question=question, **options)


async def test_who_follows_is_told_what_happens_what_is_kept_and_how_it_ends(world: World) -> None:
    card = await follow(world, "Sirocco winds?")
    assert card.ephemeral
    for told in (
        "Following: *Sirocco winds?*", "an import into this server’s videos brings a clear answer", "direct message",
        "at most one a day", "I keep your Discord id with the question, here alone", "/unfollow", "/privacy",
        "30 days without news", "Keep direct messages from this server open",
    ):  # fmt: skip
        assert told in seen(card)
    assert "It is answered already" not in seen(card)
    (kept,) = await followed(world, world.one)
    assert (kept.person_id, kept.library) == (world.one.id, access.library_key(world.alpha.id))
    assert (kept.channel_id, kept.accepts_closest, kept.is_once, kept.known) == (0, False, False, ())
    assert kept.locale == "en-US"


async def test_what_is_answered_already_is_shown_on_wish_and_not_told_again(world: World) -> None:
    card = await follow(world, "copper lantern", closest=True)
    assert "**It is answered already.** I tell you when an import brings more." in seen(card)
    assert "even one that is only close" in seen(card)
    (kept,) = await followed(world, world.one)
    assert kept.known == (("alpha-talk", 0.0),), "and not the shared videos, which are asked there too"
    assert kept.accepts_closest
    shown = await world.one.click(card.response, label="Show the answer")
    assert shown.ephemeral
    assert "above the gate" in seen(shown)


async def test_a_close_answer_counts_for_those_who_want_one_and_for_nobody_else(world: World) -> None:
    question = "copper lantern winds"
    await restart(world.env, world.library, world.ledger, CUEPOINT_CONFIDENT_FROM="1")
    card = await follow(world, question)
    assert "already" not in seen(card)
    (kept,) = await followed(world, world.one)
    assert kept.known == (), "the same place may become a part of the clear answer"
    card = await follow(world, question, closest=True)
    assert "**There is a close answer already.** I tell you when an import brings more." in seen(card)
    (kept,) = await followed(world, world.one)
    assert kept.known == (("alpha-talk", 0.0),)


async def test_what_is_imported_while_it_is_asked_is_not_missed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    questions, seen_then = world.bot.app.questions, []
    find_answer = type(questions).find_answer

    async def look(self: Any, *given: Any) -> Any:
        seen_then.extend(await world.ledger.follows_in(access.library_key(world.alpha.id)))
        return await find_answer(self, *given)

    monkeypatch.setattr(type(questions), "find_answer", look)
    await follow(world, "Sirocco winds?")
    assert [each.person_id for each in seen_then] == [world.one.id], "an import in between finds that it is followed"


async def test_a_question_is_followed_with_its_filters_in_one_library_alone(world: World) -> None:
    await follow(world, "ferry", video="alpha-talk")
    (kept,) = await followed(world, world.one)
    assert kept.known == ()
    assert '"video":"alpha-talk"' in kept.inquiry
    assert "(alpha-talk)" in seen(await world.one.slash(world.general, "unfollow"))


async def test_following_the_same_again_is_one_follow(world: World) -> None:
    for person in (world.both_in_beta, world.alone(world.both)):
        place = [world.beta_hall] if person is world.both_in_beta else []
        picked = {} if place else {"server": str(world.beta.id)}
        await person.slash(*place, "follow", question="bronze bell", **picked)
    assert len(await followed(world, world.both)) == 1, "also picked from elsewhere"


async def test_nobody_follows_more_than_the_limit(world: World) -> None:
    for number in range(MAX_FOLLOWS):
        await follow(world, f"sirocco {number}")
    assert "You follow 20 questions, which is the most there may be. End one with </unfollow:" in seen(
        await follow(world, "mistral")
    )
    assert "Following" in seen(await follow(world, "sirocco 3")), "one that is followed already"
    card = await world.one.slash(world.general, "unfollow")
    await world.one.select(card.response, [options_of(card, "endfollow")[0]])
    assert "Following" in seen(await follow(world, "mistral"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"question": "-lantern"}, "A minus only leaves out"),
        ({"question": "???"}, "asks nothing of the videos"),
        ({"question": '""'}, "at least one word"),
        ({"question": "lantern", "video": "no such gate"}, "no such gate"),
        ({"question": "lantern", "creator": "nobody"}, "nobody"),
        ({"question": "lantern", "server": "Nowhere"}, "I can’t search that server from here"),
    ],
)
async def test_what_cannot_be_asked_cannot_be_followed(world: World, options: dict[str, str], told: str) -> None:
    refused = await world.one.slash(world.general, "follow", **options)
    assert told in seen(refused)
    assert refused.ephemeral
    assert await followed(world, world.one) == []


@pytest.mark.parametrize("said", ["hi", "thanks!", "lol", "help me", "who are you?", "more"])
async def test_small_talk_is_not_followed(world: World, said: str) -> None:
    refused = await follow(world, said)
    assert "That asks nothing of the videos" in seen(refused)
    assert refused.ephemeral
    assert await followed(world, world.one) == []


async def test_it_counts_as_a_question_for_the_cooldown(world: World) -> None:
    await restart(world.env, world.library, world.ledger, CUEPOINT_COOLDOWN_SECONDS="60")
    await follow(world, "sirocco")
    refused = await follow(world, "mistral")
    assert "you can ask again" in seen(refused)
    assert len(await followed(world, world.one)) == 1


async def test_where_the_server_wants_none_none_is_kept_or_offered(world: World) -> None:
    offered = await world.one.slash(world.general, "ask", question="Sirocco winds")
    await world.limit(world.alpha, allows_follows=False)
    assert "their server has switched that off" in seen(await follow(world, "sirocco"))
    assert "has switched that off" in seen(
        await world.owner.slash(world.general, "follow", question="sirocco", channel=world.general)
    )
    assert TELL_ME not in pressable(await world.one.slash(world.general, "ask", question="Sirocco winds"))
    assert "has switched that off" in seen(await world.one.click(offered.response, label=TELL_ME)), "an older card"
    assert await followed(world, world.one) == []
    assert "Following" in seen(await world.both_in_beta.slash(world.beta_hall, "follow", question="sirocco"))


async def test_what_is_kept_to_channels_or_roles_is_not_told_in_direct_messages(world: World) -> None:
    await world.limit(world.alpha, channels=frozenset({world.general.id}))
    refused = seen(await follow(world, "copper lantern"))
    assert "kept to some channels, so I can’t tell you of them in a direct message" in refused
    await world.limit(world.alpha, channels=frozenset(), roles=frozenset({1}))
    assert "These videos are not open to you" in seen(await follow(world, "copper lantern"))
    for card in (await world.one.slash(world.general, "ask", question="Sirocco winds"),):
        assert TELL_ME not in pressable(card)
    assert await followed(world, world.one) == []
    role = world.alpha.create_role("keeper")
    await world.limit(world.alpha, roles=frozenset({role.id}))
    keeper = world.alpha.add_member(world.env.create_user("keeper"), roles=[role])
    assert "Following" in seen(await keeper.slash(world.general, "follow", question="copper lantern"))


async def test_outside_of_servers_the_shared_videos_are_meant_or_the_server_that_was_picked(world: World) -> None:
    await world.meet()
    alone = world.alone(world.both)
    card = await alone.slash("follow", question="ferry across")
    assert "an import into the shared videos" in seen(card)
    assert "Keep direct messages" not in seen(card)
    assert "an import into Beta’s videos" in seen(
        await alone.slash("follow", question="bronze bell", server=str(world.beta.id))
    )
    assert "the shared videos" in seen(
        await world.abroad_as(world.both).slash(world.abroad, "follow", question="lantern")
    )
    libraries = [each.library for each in await followed(world, world.both)]
    assert libraries == [access.SHARED, access.library_key(world.beta.id), access.SHARED]


async def test_without_shared_videos_the_only_server_of_somebody_is_meant_and_never_one_of_several(
    world: World,
) -> None:
    await world.meet()
    await world.library.purge(access.host_scope())
    assert "Alpha’s videos" in seen(await world.alone(world.one).slash("follow", question="lantern"))
    refused = await world.alone(world.both).slash("follow", question="lantern")
    assert "in one server’s videos at a time" in seen(refused)
    assert "in one server’s videos at a time" in seen(
        await world.abroad_as(world.one).slash(world.abroad, "follow", question="lantern")
    ), "where others are, a server is not chosen for anybody"
    assert await followed(world, world.both) == []


async def test_those_who_manage_a_server_have_a_channel_told(world: World) -> None:
    card = await world.owner.slash(world.general, "follow", question="copper lantern", channel=world.general)
    assert f"I post it in <#{world.general.id}>, at most once a day. Everybody there can read" in seen(card)
    (kept,) = await followed(world, world.owner)
    assert kept.channel_id == world.general.id
    refused = await world.one.slash(world.general, "follow", question="copper lantern", channel=world.general)
    assert "Only those who may manage this server can have a channel told" in seen(refused)
    assert await followed(world, world.one) == []


async def test_a_channel_is_told_only_what_everybody_there_may_see(world: World) -> None:
    other = world.alpha.create_text_channel("other")
    await world.limit(world.alpha, channels=frozenset({other.id}))
    options = {"question": "copper lantern", "channel": world.general}
    assert "Not everybody in that channel may see" in seen(await world.owner.slash(world.general, "follow", **options))
    options["channel"] = other
    card = await world.owner.slash(world.general, "follow", **options)
    assert "It is answered already" in seen(card), "though it is not searched where this was typed"
    await world.limit(world.alpha, channels=frozenset(), roles=frozenset({1}))
    assert "Not everybody in that channel may see" in seen(
        await world.owner.slash(world.general, "follow", question="bell", channel=other)
    )
    await world.limit(world.alpha, roles=frozenset())
    assert "Leave “server” empty" in seen(
        await world.owner.slash(world.general, "follow", question="bell", channel=other, server="Alpha")
    )


async def test_a_channel_in_which_the_bot_may_not_write_is_refused(world: World) -> None:
    denied = {world.alpha.default_role: discord.PermissionOverwrite(send_messages=False)}
    closed = world.alpha.create_text_channel("closed", overwrites=denied)
    refused = await world.owner.slash(world.general, "follow", question="lantern", channel=closed)
    assert "I may not write in that channel" in seen(refused)


async def test_a_button_under_a_card_without_an_answer_follows_once_for_whoever_presses(world: World) -> None:
    card = await world.one.slash(world.general, "ask", question="Sirocco winds?")
    assert not card.ephemeral
    labels = [each["label"] for each in every_part(card) if each["type"] == 2]
    assert labels[0] == TELL_ME, "the next step stands first"
    told = await world.both.click(card.response, label=TELL_ME)
    assert told.ephemeral
    assert "brings a clear answer, I send it to you in a direct message. Then it ends." in seen(told)
    (kept,) = await followed(world, world.both)
    assert kept.is_once
    assert kept.library == access.library_key(world.alpha.id)
    assert await followed(world, world.one) == []
    private = await world.one.slash(world.general, "ask", question="lantern sirocco winds mistral", private=True)
    await world.one.click(private.response, label=TELL_ME)
    assert len(await followed(world, world.one)) == 1
    assert TELL_ME not in pressable(await world.one.slash(world.general, "ask", question="copper lantern"))


async def test_the_button_ends_nothing_that_is_followed_for_longer(world: World, rows: Rows) -> None:
    question = "who repaired the sluice of the canal"
    card = await world.one.slash(world.general, "ask", question=question)
    await follow(world, question, closest=True)
    await world.one.click(card.response, label=TELL_ME)
    (kept,) = await followed(world, world.one)
    assert (kept.is_once, kept.accepts_closest) == (False, True)
    talk = rows(("canal", 0, "the carpenter repaired the sluice of the canal before the spring flood came"))
    await world.library.import_files(access.own_scope(world.alpha.id), [(talk, Labels())])
    await world.one.click(card.response, label=TELL_ME)
    (kept,) = await followed(world, world.one)
    assert not kept.is_once


async def test_what_is_followed_already_survives_that_it_cannot_be_asked_again_now(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(world, "copper lantern")
    (kept,) = await followed(world, world.one)

    async def fail(*_given: Any) -> Any:
        raise OSError("the disk is gone")

    monkeypatch.setattr(type(world.bot.app.questions), "find_answer", fail)
    await follow(world, "copper lantern")
    assert [each.known for each in await followed(world, world.one)] == [kept.known]


async def test_an_answer_that_has_come_since_is_shown_and_nothing_is_kept(world: World, rows: Rows) -> None:
    card = await world.one.slash(world.general, "ask", question="Sirocco winds?")
    own = access.own_scope(world.alpha.id)
    await world.library.import_files(own, [(rows(("winds", 0, "the sirocco winds blow in spring")), Labels())])
    told = await world.one.click(card.response, label=TELL_ME)
    assert "There is an answer by now: *Sirocco winds?*" in seen(told)
    assert await followed(world, world.one) == []
    assert "blow in spring" in seen(await world.one.click(told.response, label="Show the answer"))


async def test_a_mention_and_a_direct_message_offer_it_too(world: World) -> None:
    await world.one.send(world.general, f"<@{world.env.backend.bot_user.id}> sirocco winds?")
    assert TELL_ME in pressable(answers(world.general, world.env)[-1])
    alone = world.alone(world.one)
    await alone.send_dm("sirocco winds?")
    (answer,) = answers(alone.dm_channel, world.env)
    await alone.click(answer, label=TELL_ME)
    (kept,) = await followed(world, world.one)
    assert kept.library == access.SHARED


async def test_where_nothing_is_imported_yet_the_first_import_is_waited_for(world: World) -> None:
    for scope in (access.own_scope(world.alpha.id), access.host_scope()):
        await world.library.purge(scope)
    card = await world.one.slash(world.general, "ask", question="sirocco winds")
    told = await world.one.click(card.response, label=TELL_ME)
    assert "an import into this server’s videos" in seen(told)
    assert seen(told).endswith("-# Nothing is imported here yet."), "and it shows no sample talk"
    await follow(world, "what is a hold cue?")
    known = [each.known for each in await followed(world, world.one)]
    assert known == [(), ()], "the sample talks answer that, and are no answer"


async def test_what_is_followed_is_listed_where_it_belongs_and_ended_one_by_one(world: World) -> None:
    await world.meet()
    await follow(world, "Sirocco winds?")
    await world.both.slash(world.general, "follow", question="copper mine")
    await world.both_in_beta.slash(world.beta_hall, "follow", question="Bronze age?")
    await world.alone(world.both).slash("follow", question="Ferry times?")
    in_alpha = await world.both.slash(world.general, "unfollow")
    assert in_alpha.ephemeral
    words = seen(in_alpha)
    assert "copper mine" in words
    assert "Ferry times?" in words
    assert "Bronze age?" not in words
    assert "And 1 elsewhere" in words
    assert "Sirocco" not in words, "others follow that"
    alone = await world.alone(world.both).slash("unfollow")
    assert "*Bronze age?* · Beta’s videos · since <t:" in seen(alone)
    chosen = [each.follow_id for each in await followed(world, world.both) if "Bronze" in each.inquiry]
    left = await world.alone(world.both).select(alone.response, [str(chosen[0])], custom_id=menu_of(alone, "endfollow"))
    assert "Bronze" not in seen(left)
    assert "copper mine" in seen(left)
    assert "You no longer follow 2 questions." in seen(await world.both.click(in_alpha.response, label="End all"))
    assert await followed(world, world.both) == []
    assert len(await followed(world, world.one)) == 1
    empty = seen(await world.both.slash(world.general, "unfollow"))
    assert "You follow no question here" in empty
    assert "/follow" in empty


async def test_end_all_ends_what_is_listed_there(world: World) -> None:
    await world.both.slash(world.general, "follow", question="copper mine")
    await world.both.slash(world.general, "follow", question="copper pot")
    await world.both_in_beta.slash(world.beta_hall, "follow", question="Bronze age?")
    card = await world.both.slash(world.general, "unfollow")
    await world.both.click(card.response, label="End all")
    assert [each.library for each in await followed(world, world.both)] == [access.library_key(world.beta.id)]


async def test_buttons_work_after_a_restart(world: World) -> None:
    told = await follow(world, "Sirocco winds?")
    card = await world.one.slash(world.general, "ask", question="mistral bora")
    await restart(world.env, world.library, world.ledger)
    assert "You no longer follow *Sirocco winds?*" in seen(await world.one.click(told.response, label="Unfollow"))
    assert "You don’t follow that question any more." in seen(await world.one.click(told.response, label="Unfollow"))
    assert "Following" in seen(await world.one.click(card.response, label=TELL_ME))


async def test_nobody_ends_what_another_follows(world: World) -> None:
    await follow(world, "Sirocco winds?")
    (kept,) = await followed(world, world.one)
    channel = world.bot.get_channel(world.general.id)
    assert isinstance(channel, discord.TextChannel)
    shown = await channel.send(view=Card(ui.ActionRow(unfollow_button(world.one.id, kept.follow_id))))
    refused = await world.both.click(shown, label="Unfollow")
    assert refused.ephemeral
    assert "Only the person who follows this can end it." in seen(refused)
    forged = await channel.send(view=Card(ui.ActionRow(unfollow_button(world.both.id, kept.follow_id))))
    assert "You don’t follow that question any more." in seen(await world.both.click(forged, label="Unfollow"))
    made = follows_card([FollowedQuestion(kept.follow_id, "Forged")], Owner(world.both.id))
    listed = await channel.send(view=made)
    await world.both.select(listed, [str(kept.follow_id)])
    assert await followed(world, world.one) == [kept]


async def test_a_hostile_question_is_shown_as_it_is_and_pings_nobody(world: World) -> None:
    words = seen(await follow(world, HOSTILE))
    assert r"\@everyone \*\*who\*\* \[sees\]" in words
    listed = await world.one.slash(world.general, "unfollow")
    assert r"\@everyone" in seen(listed)
    assert "\n# and" not in seen(listed)


async def test_a_server_that_is_purged_takes_what_is_followed_in_it_along(world: World) -> None:
    await follow(world, "Sirocco winds?")
    await world.alone(world.one).slash("follow", question="Ferry times?")
    card = await world.owner.slash(world.general, "library purge")
    assert "what people follow" in seen(card)
    await world.owner.click(card.response, label="Delete everything")
    assert [each.library for each in await followed(world, world.one)] == [access.SHARED]


def test_the_longest_list_fits() -> None:
    names = [
        FollowedQuestion(n, f"*{n}*" * 600, ("x" * 200,) * 3, server_name="_" * 100, channel_id=10**19, is_once=True)
        for n in range(MAX_FOLLOWS)
    ]
    assert find_problems(follows_card(names, Owner(10**19), elsewhere=3).components()) == []


async def test_what_an_import_answers_is_told_in_a_direct_message_and_ended_there(world: World, rows: Rows) -> None:
    world.bot.check_libraries.cancel()
    world.bot.tell_followers.cancel()
    await world.bot.app.checker.check_changed()
    await follow(world, "who repaired the sluice of the canal")
    card = await world.both.slash(world.general, "ask", question="who repaired the sluice of the canal")
    await world.both.click(card.response, label=TELL_ME)
    talk = rows(("canal", 0, "the carpenter repaired the sluice of the canal before the spring flood came"))
    await world.library.import_files(access.own_scope(world.alpha.id), [(talk, Labels())])
    await world.bot.app.checker.check_changed()
    assert await world.bot.app.notifier.tell_all(world.bot) == 2
    alone = world.alone(world.one)
    (told,) = answers(alone.dm_channel, world.env)
    assert "carpenter" in seen(told)
    assert "You no longer follow *who repaired the sluice" in seen(await alone.click(told, label="Unfollow"))
    assert await followed(world, world.one) == []
    assert "carpenter" in seen(answers(world.alone(world.both).dm_channel, world.env)[0])
    assert await followed(world, world.both) == [], "that was to be told once"


async def test_an_import_that_answers_no_open_question_says_nothing_of_them(world: World, rows: Rows) -> None:
    key, own = access.library_key(world.alpha.id), access.own_scope(world.alpha.id)
    world.bot.check_libraries.cancel()
    await world.bot.app.checker.check_changed()
    await world.one.slash(world.general, "ask", question="who repaired the sluice of the canal")
    await world.bot.app.writes.finish()
    await world.library.import_files(own, [(rows(("bell", 0, "quite other words about november")), Labels())])
    assert await world.bot.app.checker.remark_on_import(key) == []
    talk = rows(("canal", 0, "the carpenter repaired the sluice of the canal before the spring flood came"))
    await world.library.import_files(own, [(talk, Labels())])
    (remark,) = await world.bot.app.checker.remark_on_import(key)
    assert remark.startswith("1 of 1 open question is answered now")
