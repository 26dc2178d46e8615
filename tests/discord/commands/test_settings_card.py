"""The card of `/settings`: everything is changed on it, by menus and one form, and set back by one button."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest

from bot.discord_app.cards.admin.settings import CHANNELS_ID, DIGEST_ID, FORUMS_ID, ROLES_ID
from bot.discord_app.cards.admin.settings_form import changed_texts, settings_form
from bot.languages import language_names
from bot.localization import LANGUAGES, set_language
from bot.server_settings import change_setting, hash_settings
from storage import access
from storage.models import Labels, Question, ServerSettings
from tests.support import asking as asking_text
from tests.support.discord.discord_world import Rows, World
from tests.support.discord.harness import InteractionResult, MemberActor, every_part, filled_in, restart, seen
from tests.support.local_discord.api.limits import modal_problems

REFUSED = "Only those who may manage this server can do that."


async def card_of(world: World) -> InteractionResult:
    return await world.owner.slash(world.general, "settings")


async def opened(person: MemberActor, card: InteractionResult) -> InteractionResult:
    return await person.click(card.response, label="Change")


async def submitted(person: MemberActor, card: InteractionResult, **changes: Any) -> InteractionResult:
    form = await opened(person, card)
    return await person.submit_modal(form, filled_in(form, **changes))


def manager(world: World, name: str = "manager") -> tuple[MemberActor, int]:
    """Somebody with a role by which they manage Alpha, and the role's id."""
    role = world.alpha.create_role(name, permissions=discord.Permissions(manage_guild=True))
    return world.alpha.add_member(world.env.create_user(name), roles=[role]), role.id


async def test_the_card_is_short_lines_for_its_user_alone_and_each_menu_stands_below_its_setting(world: World) -> None:
    card = await card_of(world)
    assert card.ephemeral
    lines = seen(card).splitlines()
    assert max(map(len, lines)) < 56
    for line in ("**Searched in:** all channels", "**Who may search:** everyone", "**Answers are:** public",
                 "**Wait between questions:** none", "**Forums with answers:** none",
                 "**Weekly summary in:** none"):  # fmt: skip
        assert line in lines
    parts = [each for each in every_part(card) if each["type"] in (5, 6, 8, 10)]
    above = {parts[place]["custom_id"]: parts[place - 1].get("content") for place in range(1, len(parts))
             if "custom_id" in parts[place]}  # fmt: skip
    assert above == {
        CHANNELS_ID: "**Searched in:** all channels",
        ROLES_ID: "**Who may search:** everyone",
        FORUMS_ID: "**Forums with answers:** none",
        DIGEST_ID: "**Weekly summary in:** none",
    }
    menus = {each["custom_id"]: each for each in parts if "custom_id" in each}
    assert all(menu["placeholder"].startswith("Choose ") for menu in menus.values())
    assert (menus[FORUMS_ID]["channel_types"], menus[DIGEST_ID]["channel_types"]) == ([15], [0, 5])
    assert menus[DIGEST_ID]["max_values"] == 1


async def test_the_form_shows_what_is_and_changes_what_was_changed_in_it(world: World) -> None:
    card = await card_of(world)
    form = await opened(world.owner, card)
    assert filled_in(form) == {
        "switches": ["shared", "misses", "follows"], "quotes": ["0"], "cooldown": ["0"], "language": ["auto"],
        "other": "",
    }  # fmt: skip
    changes = {"switches": ["private", "misses"], "quotes": ["2"], "cooldown": ["60"], "language": ["de"]}
    words = seen(await world.owner.submit_modal(form, filled_in(form, **changes)))
    for line in (
        *("**Changed.**", "Answers are:** private", "an answer:** at most 2", "questions:** 1 minute"),
        *("Shared videos:** not searched", "of the videos:** German", "Following questions:** not allowed"),
    ):
        assert line in words
    kept = ServerSettings("de", 2, True, False, cooldown_seconds=60.0, allows_follows=False)
    assert await world.ledger.settings(world.alpha.id) == kept
    unchanged = await submitted(world.owner, card)
    assert "Changed." not in seen(unchanged)
    assert await world.ledger.settings(world.alpha.id) == kept


async def test_what_another_moderator_changed_meanwhile_stays(world: World) -> None:
    other, _ = manager(world)
    form = await opened(world.owner, await card_of(world))
    await other.slash(world.general, "settings", quotes=4, misses=False)
    await submitted(other, await other.slash(world.general, "settings"), cooldown=["30"])
    words = seen(
        await world.owner.submit_modal(form, filled_in(form, switches=["private", "shared", "misses", "follows"]))
    )
    assert "an answer:** at most 4" in words
    kept = ServerSettings(quotes=4, private_by_default=True, cooldown_seconds=30.0, record_misses=False)
    assert await world.ledger.settings(world.alpha.id) == kept


async def test_of_changes_at_once_nothing_is_lost(world: World) -> None:
    service, server_id = world.bot.app.settings, world.alpha.id
    changes = [("quotes", "1"), ("channels", "7"), ("roles", "8"), ("misses", "no"), ("digest", "9")]

    async def change(name: str, text: str) -> None:
        await service.change(server_id, lambda now: change_setting(now, name, text))

    await asyncio.gather(*(change(name, text) for name, text in changes))
    kept = ServerSettings(
        quotes=1, channels=frozenset({7}), roles=frozenset({8}), record_misses=False, digest_channel=9
    )
    assert await world.ledger.settings(server_id) == kept
    await asyncio.gather(service.reset(server_id, shown=hash_settings(kept)), change("quotes", "2"))
    assert await world.ledger.settings(server_id) == ServerSettings(quotes=2)


async def test_card_and_form_work_after_a_restart(world: World) -> None:
    card = await card_of(world)
    form = await opened(world.owner, card)
    await restart(world.env, world.library, world.ledger)
    assert "an answer:** at most 5" in seen(await world.owner.submit_modal(form, filled_in(form, quotes=["5"])))
    await world.owner.select(card.response, [world.general], custom_id=DIGEST_ID)
    asked = await world.owner.click(card.response, label="Reset")
    await restart(world.env, world.library, world.ledger)
    assert "defaults again" in seen(await world.owner.click(asked.response, label="Reset"))
    assert await world.ledger.settings(world.alpha.id) == ServerSettings()


async def test_who_no_longer_manages_the_server_changes_nothing(world: World) -> None:
    person, role_id = manager(world)
    await world.limit(world.alpha, quotes=3)
    card = await person.slash(world.general, "settings")
    form = await opened(person, card)
    asking = await person.slash(world.general, "settings")
    asked = await person.click(asking.response, label="Reset")
    world.env.backend.remove_member_role(world.alpha.id, person.id, role_id)
    late = [
        await person.submit_modal(form, filled_in(form, quotes=["5"])),
        await person.select(card.response, [world.general], custom_id=DIGEST_ID),
        await person.select(card.response, [], custom_id=FORUMS_ID),
        await opened(person, card),
        await person.click(card.response, label="Reset"),
        await person.click(asked.response, label="Reset"),
        await person.click(asked.response, label="Keep them"),
    ]
    assert [REFUSED in seen(each) for each in late] == [True] * len(late)
    assert await world.ledger.settings(world.alpha.id) == ServerSettings(quotes=3)


async def test_a_value_that_cannot_be_read_is_named_and_the_others_are_saved(world: World) -> None:
    card = await card_of(world)
    words = seen(await submitted(world.owner, card, quotes=["3"], language=["fr"], other="*Klingonese*"))
    assert "⚠ Not saved: I can’t read “\\*Klingonese\\*” as a value of language." in words
    assert "“auto” takes it from the first import" in words
    assert "**Changed.**" in words
    assert await world.ledger.settings(world.alpha.id) == ServerSettings(quotes=3)


async def test_any_language_can_be_written_by_its_name_and_is_then_the_one_that_is_chosen(world: World) -> None:
    card = await card_of(world)
    assert "of the videos:** Finnish" in seen(await submitted(world.owner, card, other=" finnish "))
    form = await opened(world.owner, card)
    assert filled_in(form)["language"] == ["fi"]
    assert "of the videos:** Estonian" in seen(await world.owner.submit_modal(form, filled_in(form, other="et")))
    await submitted(world.owner, card, other="auto")
    assert (await world.ledger.settings(world.alpha.id)).language == "", "as the refusal of another advises"
    await world.limit(world.alpha, language="fi")
    await submitted(world.owner, card, language=["auto"])
    assert (await world.ledger.settings(world.alpha.id)).language == ""


async def test_a_wait_that_the_form_does_not_offer_stays_as_it_is(world: World) -> None:
    await world.limit(world.alpha, cooldown_seconds=7.5)
    card = await card_of(world)
    form = await opened(world.owner, card)
    assert filled_in(form)["cooldown"] == ["7.5"]
    await world.owner.submit_modal(form, filled_in(form, quotes=["1"]))
    assert (await world.ledger.settings(world.alpha.id)).cooldown_seconds == 7.5


async def test_forums_and_the_channel_of_the_summary_are_chosen_and_taken_back(world: World) -> None:
    forum = world.alpha.create_forum_channel("help")
    card = await card_of(world)
    await world.owner.select(card.response, [forum], custom_id=FORUMS_ID)
    words = seen(await world.owner.select(card.response, [world.general], custom_id=DIGEST_ID))
    assert f"**Forums with answers:** <#{forum.id}>" in words
    assert f"**Weekly summary in:** <#{world.general.id}>" in words
    warnings = [line for line in words.splitlines() if line.startswith("⚠")]
    assert [warning[:31] for warning in warnings] == ["⚠ Forum posts can’t be read: wh"], "without that intent"
    assert "Meanwhile </library forum-card:" in warnings[0], "what the manager can do without the host"
    kept = ServerSettings(forums=frozenset({forum.id}), digest_channel=world.general.id)
    assert await world.ledger.settings(world.alpha.id) == kept
    await world.owner.select(card.response, [], custom_id=FORUMS_ID)
    await world.owner.select(card.response, [], custom_id=DIGEST_ID)
    assert await world.ledger.settings(world.alpha.id) == ServerSettings()


async def test_a_reset_lists_what_it_changes_and_asks_once(world: World) -> None:
    await world.owner.slash(world.general, "settings", language="de", private=True)
    await world.limit(world.alpha, channels=frozenset({world.general.id}))
    card = await card_of(world)
    asked = await world.owner.click(card.response, label="Reset")
    words = seen(asked).splitlines()
    assert words == [
        "### Reset the settings of this server?",
        f"**Searched in:** <#{world.general.id}> → all channels",
        "**Answers are:** private → public",
        "**Language of the videos:** German → as the first import says",
        "Reset",
        "Keep them",
    ]
    kept = seen(await world.owner.click(asked.response, label="Keep them"))
    assert "**Answers are:** private" in kept
    asked = await world.owner.click(card.response, label="Reset")
    assert "All settings are the defaults again." in seen(await world.owner.click(asked.response, label="Reset"))
    assert await world.ledger.settings(world.alpha.id) == ServerSettings()
    (button,) = [each for each in every_part(await card_of(world)) if each.get("label") == "Reset"]
    assert button["disabled"]


async def test_after_a_reset_the_first_import_says_the_language_again(world: World, rows: Rows) -> None:
    scope = access.own_scope(world.alpha.id)
    await world.library.purge(scope)
    await world.owner.slash(world.general, "settings", language="de")
    asked = await world.owner.click((await card_of(world)).response, label="Reset")
    await world.owner.click(asked.response, label="Reset")
    file = rows(("v", 0, "die Häuser am Hafen"))
    await world.library.import_files(scope, [(file, Labels(language="fr"))])
    hits = (await asking_text.search_one_language(world.library, scope, Question("Haus", "Haus"), 5)).hits
    assert not hits, "as it would be found in German"


async def test_a_reset_changes_nothing_that_it_did_not_list(world: World) -> None:
    await world.limit(world.alpha, quotes=3)
    card, stale = await card_of(world), await card_of(world)
    asked = await world.owner.click(card.response, label="Reset")
    await world.limit(world.alpha, record_misses=False)
    words = seen(await world.owner.click(asked.response, label="Reset"))
    assert "Somebody has changed the settings since I asked." in words
    assert "**Unanswered questions:** not noted → noted, without names" in words
    assert (await world.ledger.settings(world.alpha.id)).quotes == 3
    assert "defaults again" in seen(await world.owner.click(asked.response, label="Reset"))
    late = await world.owner.click(stale.response, label="Reset")
    assert "These are the defaults already." in seen(late)


async def test_what_is_deleted_is_told_and_is_chosen_in_no_menu(world: World) -> None:
    talks, role = world.alpha.create_text_channel("talks"), world.alpha.create_role("reader")
    gone = 10**17
    await world.limit(world.alpha, channels=frozenset({talks.id, gone}), roles=frozenset({role.id, gone, gone + 1}))
    words = seen(await card_of(world))
    assert f"**Searched in:** <#{talks.id}>, 1 deleted channel" in words
    assert f"**Who may search:** <@&{role.id}>, 2 deleted roles" in words
    assert "⚠" not in words
    limits = {"channels": frozenset({gone}), "roles": frozenset({gone}), "forums": frozenset({gone})}
    await world.limit(world.alpha, **limits, digest_channel=gone)
    card = await card_of(world)
    for problem in (
        "⚠ Every chosen channel is deleted, so this server’s videos are searched nowhere.",
        "⚠ Every chosen role is deleted, so nobody can search this server’s videos.",
        "⚠ Every chosen forum is deleted, so no posts are answered.",
        "⚠ The channel of the weekly summary is deleted. Choose another one.",
    ):
        assert problem in seen(card).splitlines()
    assert [each["default_values"] for each in every_part(card) if each.get("default_values")] == []
    assert str(gone) not in seen(card)


async def test_where_the_bot_can_do_too_little_it_says_what_to_allow(world: World) -> None:
    everyone = world.alpha.default_role
    hidden = discord.PermissionOverwrite(view_channel=False)
    silent = discord.PermissionOverwrite(send_messages=False)
    secret = world.alpha.create_text_channel("secret", overwrites={everyone: hidden})
    notices = world.alpha.create_text_channel("notices", overwrites={everyone: silent})
    await world.limit(world.alpha, channels=frozenset({secret.id}), digest_channel=notices.id)
    words = seen(await card_of(world)).splitlines()
    assert (
        f"⚠ I can’t see <#{secret.id}>: I answer commands there, but no mentions. Let me view it to change that."
        in words
    )
    assert f"⚠ I can’t write the weekly summary in <#{notices.id}>. Let me view it and send messages there." in words
    await world.limit(world.alpha, channels=frozenset(), digest_channel=world.general.id)
    assert "⚠" not in seen(await card_of(world))


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
@pytest.mark.parametrize("host_cooldown", [0.0, 2.0, 3600.0])
def test_the_form_is_within_discords_limits_and_sends_back_what_it_shows(language: str, host_cooldown: float) -> None:
    set_language(language)
    several = [
        ServerSettings(),
        ServerSettings("sgn", 5, True, False, cooldown_seconds=3599.875, record_misses=False, allows_follows=False),
        *(ServerSettings(code) for code in language_names() if code != "auto"),
    ]
    for settings in several:
        form = settings_form(settings, host_cooldown=host_cooldown).to_dict()
        assert modal_problems(form) == []
        fields = {label["component"]["custom_id"]: label["component"] for label in form["components"]}
        chosen = {name: [option["value"] for option in field["options"] if option.get("default")]
                  for name, field in fields.items() if "options" in field}  # fmt: skip
        assert [len(chosen[name]) for name in ("quotes", "cooldown", "language")] == [1, 1, 1]
        assert changed_texts(form["custom_id"], {**chosen, "other": [""]}) == {}
        assert changed_texts(form["custom_id"], {}) == {}, "a field that is not sent changes nothing"
    set_language("en")
