"""`/settings` and `/privacy`: who may see and change what."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import discord
import pytest

from bot.discord_app.cards.admin import misses as misses_cards
from bot.discord_app.cards.admin.settings import (
    CHANNELS_ID,
    DIGEST_ID,
    FORUMS_ID,
    ROLES_ID,
    ServerParts,
    SettingsReader,
    reset_card,
    settings_card,
)
from bot.discord_app.cards.parts.channel_mentions import mention_channels
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import find_problems
from bot.discord_app.cards.privacy import privacy_card
from bot.errors import SettingsError
from bot.languages import language_names, name_language
from bot.server_settings import NAMES, change_each, change_setting, describe_settings, write_setting
from storage import access
from storage.models import CastVote, Labels, Miss, PersonalData, Question, ServerSettings, Sighting, Verdict, Vote
from tests.support import asking as asking_text
from tests.support.discord.discord_world import Rows, World
from tests.support.discord.harness import every_part, moments_on, seen


async def test_settings_are_shown_in_full_and_changed(world: World) -> None:
    shown = await world.owner.slash(world.general, "settings")
    assert shown.ephemeral
    for told in describe_settings(ServerSettings(), host_cooldown=0.0).values():
        assert told in seen(shown)
    assert "**Searched in:** all channels\n" in seen(shown)
    assert "Changed." not in seen(shown)
    options = {"quotes": 2, "private": True, "shared": False, "cooldown": 30, "misses": False, "language": "de"}
    said = seen(await world.owner.slash(world.general, "settings", **options))
    assert "Changed." in said
    kept = await world.ledger.settings(world.alpha.id)
    assert kept == ServerSettings(
        "de", 2, private_by_default=True, shared_too=False, cooldown_seconds=30.0, record_misses=False
    )
    for told in describe_settings(kept, host_cooldown=0.0, language=name_language).values():
        assert told in said
    assert await world.ledger.settings(world.beta.id) == ServerSettings()
    again = await world.owner.slash(world.general, "settings", cooldown=0, language="auto")
    assert "**Wait between questions:** none" in seen(again)
    assert (await world.ledger.settings(world.alpha.id)).language == ""


async def test_the_language_is_that_of_the_library(world: World, rows: Rows) -> None:
    scope = access.own_scope(world.alpha.id)
    await world.library.import_files(scope, [(rows(("v", 0, "die Häuser am Hafen")), Labels())])

    async def houses() -> int:
        return len((await asking_text.search_one_language(world.library, scope, Question("Haus", "Haus"), 5)).hits)

    assert await houses() == 0
    await world.owner.slash(world.general, "settings", language="de")
    assert await houses() == 1
    refused = await world.owner.slash(world.general, "settings", language="German!")
    assert "I can’t read “German!” as a value of language" in seen(refused)


def chosen_in(card: Any) -> dict[str, list[int]]:
    """The ids that are chosen in each menu of a card."""
    menus = [each for each in every_part(card) if str(each.get("custom_id", "")).startswith("cue:limit:")]
    return {menu["custom_id"]: [int(each["id"]) for each in menu.get("default_values") or []] for menu in menus}


async def test_channels_and_roles_are_chosen_from_menus(world: World) -> None:
    talks, reader = world.alpha.create_text_channel("talks"), world.alpha.create_role("reader")
    shown = await world.owner.slash(world.general, "settings")
    changed_card = await world.owner.select(shown.response, [talks], custom_id=CHANNELS_ID)
    assert f"<#{talks.id}>" in seen(changed_card)
    await world.owner.select(changed_card.response, [reader], custom_id=ROLES_ID)
    kept = await world.ledger.settings(world.alpha.id)
    assert (kept.channels, kept.roles) == (frozenset({talks.id}), frozenset({reader.id}))
    again = await world.owner.slash(world.general, "settings")
    assert chosen_in(again) == {CHANNELS_ID: [talks.id], ROLES_ID: [reader.id], FORUMS_ID: [], DIGEST_ID: []}
    await world.owner.select(again.response, [], custom_id=CHANNELS_ID)
    assert (await world.ledger.settings(world.alpha.id)).channels == frozenset()


async def test_a_channel_that_the_menu_does_not_offer_is_told_and_not_put_into_it(world: World) -> None:
    category = world.alpha.create_category("Talks")
    await world.limit(world.alpha, channels=frozenset({category.id, world.general.id}))
    shown = await world.owner.slash(world.general, "settings")
    assert chosen_in(shown)[CHANNELS_ID] == [world.general.id]
    assert f"<#{category.id}>" in seen(shown)


async def test_only_managers_and_also_later_only_they(world: World) -> None:
    manages = world.alpha.create_role("manager", permissions=discord.Permissions(manage_guild=True))
    manager = world.alpha.add_member(world.env.create_user("manager"), roles=[manages])
    shown = await manager.slash(world.general, "settings", quotes=3)
    assert "Changed." in seen(shown)
    world.env.backend.remove_member_role(world.alpha.id, manager.id, manages.id)
    late = await manager.select(shown.response, [world.general], custom_id=CHANNELS_ID)
    assert "Only those who may manage this server" in seen(late)
    assert (await world.ledger.settings(world.alpha.id)).channels == frozenset()
    # A server can offer the command to others: what it does is still for managers.
    everywhere = world.env.backend.commands[None].values()
    number = next(int(each["id"]) for each in everywhere if each["name"] == "settings")
    world.alpha.set_command_permissions(number, {world.alpha.default_role: True})
    refused = await world.one.slash(world.general, "settings", quotes=1)
    assert "Only those who may manage this server" in seen(refused)
    assert (await world.ledger.settings(world.alpha.id)).quotes == 3


async def test_quotes_an_answer(world: World, rows: Rows) -> None:
    words = ("one", "two", "six")
    many = [rows((f"bell-{word}", 0, f"the brass bell number {word}")) for word in words]
    await world.library.import_files(access.own_scope(world.alpha.id), [(each, Labels()) for each in many])

    async def quotes(question: str) -> int:
        return len(moments_on(await world.one.slash(world.general, "ask", question=question)))

    assert await quotes("brass bell number") == 3
    await world.limit(world.alpha, quotes=1)
    assert await quotes("brass bell number") == 1
    assert await quotes("bell sirocco mistral bora zephyr") == 1, "nor are there more near misses"
    card = await world.one.slash(world.general, "ask", question="brass bell number")
    first = seen(card)
    turned = seen(await world.one.click(card.response, label="Next"))
    quotes_there = [line for line in turned.splitlines() if line.startswith("> ")]
    assert len(quotes_there) == 1
    assert set(quotes_there).isdisjoint(first.splitlines())


async def test_privacy_shows_exports_and_deletes_what_is_kept(world: World) -> None:
    await world.meet()
    card = await world.one.slash(world.general, "ask", question="the lantern")
    opened = await world.one.click(card.response, label="Read on")
    await world.one.click(opened.response, label="Helpful")
    await world.one.slash(world.general, "ask", question="Sirocco winds?")
    await world.one.slash(world.general, "follow", question="Mistral winds?")
    shown = await world.one.slash(world.general, "privacy")
    assert shown.ephemeral
    for told in (
        "**Votes:** 1", "no clear answer to:** 1", "used me:** 1: Alpha", "for 30 days", "you follow:** 1",
        "your Discord id itself is kept with a question that you follow", "After 30 days without news",
    ):  # fmt: skip
        assert told in seen(shown)
    file = await exported(world, await world.one.click(shown.response, label="Export"))
    assert [each["question"] for each in file["votes"]] == ["the lantern"]
    assert [each["question"] for each in file["questions_without_a_clear_answer"]] == ["sirocco winds?"]
    assert [each["server"] for each in file["seen_in_servers"]] == [str(world.alpha.id)]
    (followed,) = file.pop("followed_questions")
    assert (followed["user"], followed["question"]) == (str(world.one.id), {"text": "Mistral winds?"})
    assert followed["library"] == access.library_key(world.alpha.id)
    assert str(world.one.id) not in json.dumps(file), "what they follow has their id, and nothing else"
    assert "Deleted: 4 entries" in seen(await world.one.click(shown.response, label="Delete all of it"))
    assert await world.ledger.personal_data(world.one.id) == PersonalData()
    assert len(await world.ledger.personal_data(world.both.id)) == 2
    assert "**Votes:** 0" in seen(await world.one.slash(world.general, "privacy"))
    assert await world.ledger.personal_data(world.one.id) == PersonalData(), "looking adds nothing"


async def exported(world: World, result: Any) -> dict[str, Any]:
    assert result.ephemeral
    (attachment,) = result.response.attachments
    content: dict[str, Any] = json.loads(await attachment.read())
    return content


def test_every_card_fits() -> None:
    long = "supercalifragilistic " * 40
    ids = frozenset(range(10**19, 10**19 + 25))
    crowded = ServerSettings("sgn", 5, True, False, ids, ids, 2.5, False, False, ids, 10**19)
    channels = dict.fromkeys(ids, discord.ChannelType.forum)
    reader = SettingsReader(2.0, ServerParts(channels, ids))
    nothing_left = SettingsReader(2.0, ServerParts({}, frozenset()))
    named = f"I can’t see {mention_channels(sorted(ids))}. " + "Let me view it to be mentioned. " * 3
    cards = [
        settings_card(crowded, reader, Owner(1), said="Changed.", refused=[long], problems=[named] * 5),
        settings_card(crowded, nothing_left, Owner(1)),
        reset_card(crowded, reader, 1, said="Changed."),
        misses_cards.misses_card([Miss("shared", long + str(n), n, 1e9) for n in range(40)], Owner(1), 1),
        misses_cards.misses_card([], Owner(1)),
        privacy_card(
            PersonalData(
                (CastVote(Vote("shared", long, "v", 0.0, Verdict.HELPFUL), 1.0),), (), (Sighting(1, 1.0),) * 99
            ),
            [long] * 99, Owner(1), retention_days=30.0,
        ),
    ]  # fmt: skip
    assert [find_problems(card.components()) for card in cards] == [[]] * len(cards)


def test_every_setting_is_told_and_can_be_written() -> None:
    settings = ServerSettings()
    texts = {
        "channels": "<#1>, 2", "roles": "<@&3>", "private": "yes", "quotes": "1", "cooldown": "2.5", "shared": "No",
        "language": "pt-BR", "misses": "off", "follows": "no", "forums": "4", "digest": "<#5>",
    }  # fmt: skip
    assert tuple(texts) == NAMES == tuple(describe_settings(settings, host_cooldown=2.0))
    for name, text in texts.items():
        settings = change_setting(settings, name, text)
    assert settings == ServerSettings(
        "pt", 1, True, False, frozenset({1, 2}), frozenset({3}), 2.5,
        record_misses=False, allows_follows=False, forums=frozenset({4}), digest_channel=5,
    )  # fmt: skip
    assert change_each(ServerSettings(), {name: write_setting(settings, name) for name in NAMES}).settings == settings
    assert change_setting(settings, "digest", "").digest_channel is None
    for name in ("channels", "roles", "language"):
        settings = change_setting(settings, name, "")
    assert (settings.channels, settings.roles, settings.language) == (frozenset(), frozenset(), "")
    assert change_setting(replace(settings, language="de"), "language", "auto").language == ""
    assert change_setting(settings, "cooldown", "0").cooldown_seconds is None
    assert change_setting(settings, "quotes", "0").quotes is None


@pytest.mark.parametrize(
    ("name", "text"),
    [("quotes", "6"), ("quotes", "-1"), ("private", "maybe"), ("channels", "general"), ("cooldown", "-1"),
     ("cooldown", "9999"), ("language", "klingon"), ("colour", "red")],
)  # fmt: skip
def test_what_is_no_such_setting_is_refused_in_words(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=name):
        change_setting(ServerSettings(), name, text)


def test_every_language_suggested_can_be_set() -> None:
    for code in language_names():
        if code != "auto":
            assert change_setting(ServerSettings(), "language", code).language == code
