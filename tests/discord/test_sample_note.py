"""Until something is imported, every card says so, whichever way people came to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from discord import AppCommandType, Permissions
from discord.app_commands import Command

from bot.discord_app.cards.parts.base import Card, text_display
from bot.discord_app.cards.parts.limits import MAX_CARD_TEXT_LENGTH, MAX_SAMPLE_NOTE_LENGTH, find_problems
from bot.discord_app.cards.parts.sample_note import NOTHING_IMPORTED, ONLY_SAMPLES_SHOWN, add_sample_note
from bot.discord_app.client import ITEMS
from bot.discord_app.services.asker_resolver import STRANGER
from bot.localization import LANGUAGES, SOURCE_LANGUAGE, set_language
from bot.verdicts import ONLY_SAMPLES
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels
from tests.support.discord.discord_world import Rows, World, world_of
from tests.support.discord.harness import interactions, menu_of, options_of, pressable, seen
from tests.support.discord.scope_scenarios import Player

NOTE, VERDICT, IMPORT = NOTHING_IMPORTED, ONLY_SAMPLES, "Import transcripts"
FOUND = "what is a hold cue?"
# What speaks of no video: what was voted, kept or refused, and who may do something.
NOT_OF_VIDEOS = ("Thank you. Counted", "Your vote is taken back", "### What I keep")
MANAGING = {"library", "settings", "privacy", "follow", "unfollow", "Import"}
"""The first words of commands that show no videos."""
MANAGING_MODULES = ("commands", "admin", "follow_buttons", "forum_buttons", "personal_data_button")
"""The files of buttons and menus whose press shows no videos: what is asked from there is answered in turn."""
UNREACHABLE_ITEMS = {"ChoosePage", "TurnVideos", "ShowPersonalData"}
"""What no card has that shows three talks, since the list of them is one page; and what shows no videos."""


async def asking(player: Player) -> None:
    for question in (FOUND, "zebra pizza dough", "captions of a pizza", "what is attention?"):
        await player.slash("ask", question=question)
        await player.slash("ask", question=question, private=True)
    await player.slash("ask", question="captions", video="sample-captions", order="newest first")


async def turning_pages(player: Player) -> None:
    card = await player.slash("ask", question="words")
    card = await player.click(await player.click(card, "Next"), "Previous")
    await player.read(card, 2)
    await player.click(card, "Delete")


async def opening_passages(player: Player) -> None:
    opened = await player.read(await player.slash("ask", question=FOUND, private=True), 1)
    for label in ("Helpful", "Not helpful"):
        await player.click(await player.click(opened, label), "Take back my vote")
    for label in ("Later", "Earlier", "Back to the quote"):
        opened = await player.click(opened, label)


async def sharing(player: Player) -> None:
    card = await player.slash("ask", question=FOUND, private=True)
    await player.click(card, "Share")
    await player.click(await player.read(card, 1), "Share")


async def clicking_a_message(player: Player) -> None:
    if player.channel is not None:
        await player.menu(FOUND)
    if player.channel is player.world.general:
        await player.click(await player.menu("what are rolling captions?", player.world.both), "Show to the author")


async def drawing(player: Player) -> None:
    await player.slash("timeline", question="captions")
    await player.slash("timeline", question="zebra pizza dough")


async def listing(player: Player) -> None:
    card = await player.slash("videos")
    await player.choose(card, "watch", options_of(card, "watch")[0])
    await player.slash("videos", search="captions", order="newest first")
    await player.slash("videos", search="zebra")


async def looking_at_one(player: Player) -> None:
    card = await player.slash("video", video="sample-captions")
    if menu_of(card, "readat"):
        await player.choose(card, "readat", options_of(card, "readat")[0])
    words = await player.click(card, "Transcript")
    words = await player.click(await player.click(words, "Later"), "Earlier")
    await player.click(words, "This video")
    for label in ("Ask", "Timeline"):
        await player.fill_in(card, label, question="hold cue")
    await player.slash("transcript", video="sample-captions", at="2:00")


async def being_told(player: Player) -> None:
    await player.slash("about")
    card = await player.slash("help")
    for label in ("Try the example", "Videos", "Privacy"):
        await player.click(card, label)
    small = await player.slash("ask", question="hi")
    for label in ("Videos", "Help"):
        await player.click(small, label)


async def conversing(player: Player) -> None:
    for words in ("hi", "who are you?", "what videos do you have?", "help", "ok", "show me the captions video",
                  FOUND, "more", "and why?"):  # fmt: skip
        await player.slash("ask", question=words)


async def writing(player: Player) -> None:
    if player.channel is not player.world.abroad:
        for words in ("hi", "who are you?", "list all videos", "help", FOUND, "more", "zebra pizza dough"):
            await player.write(words)


async def beginning(player: Player) -> None:
    """Pressing what a new server is shown, if this is one."""
    if player.channel is player.world.general:
        card = await player.world.welcome()
        for label in ("Try a sample", "Help"):
            await player.click(card, label)


Road = Callable[[Player], Awaitable[None]]
ROADS: tuple[Road, ...] = (
    asking, turning_pages, opening_passages, sharing, clicking_a_message, drawing, listing, looking_at_one, being_told,
    conversing, writing, beginning,
)  # fmt: skip


@pytest.fixture
async def empty(library: Library, ledger: Ledger, rows: Rows) -> AsyncIterator[World]:
    async with world_of(library, ledger, rows, filled=False) as made:
        yield made


def players(world: World) -> dict[str, Player]:
    return {
        "a member": Player(world, world.one, world.general),
        "a manager": Player(world, world.owner, world.general),
        "somebody in direct messages": Player(world, world.alone(world.one)),
        "a manager in direct messages": Player(world, world.alone(world.owner)),
        "somebody who brought the app": Player(world, world.abroad_as(world.one), world.abroad),
    }


def cards(told: list[Any]) -> list[str]:
    """The words of all cards that somebody was shown."""
    shown = [seen_in(entry["components"]) for entry in told if "components" in entry]
    shared = [seen_in(components) for entry in told for components in entry.get("shared", ())]
    return [card for card in (*shown, *shared) if not card.startswith(NOT_OF_VIDEOS)]


def seen_in(components: list[dict[str, Any]]) -> str:
    assert find_problems(components) == []
    lines: list[str] = []

    def walk(parts: list[dict[str, Any]]) -> None:
        for part in parts:
            lines.extend(str(part[key]) for key in ("content", "label") if part.get(key))
            walk(part.get("components") or [])

    walk(components)
    return "\n".join(lines)


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.__name__)
async def test_every_card_says_that_nothing_is_imported(empty: World, road: Road) -> None:
    for name, player in players(empty).items():
        await road(player)
        for card in cards(player.told):
            assert (NOTE in card) != (VERDICT in card), f"{name}: {card}"
            assert (IMPORT in card) == (name == "a manager"), f"{name}: {card}"


async def test_no_command_and_no_button_is_left_out(empty: World) -> None:
    """Whoever adds one adds it to the roads, or says that it shows no videos."""
    for player in players(empty).values():
        for road in ROADS:
            await road(player)
    done = interactions(empty.env)
    commands = [each for each in empty.bot.tree.walk_commands() if isinstance(each, Command)]
    menus = empty.bot.tree.get_commands(type=AppCommandType.message)
    names = {each.qualified_name for each in (*commands, *menus)}
    assert {name for name in names - done.commands if name.split()[0] not in MANAGING} == set()
    of_videos = [item for item in ITEMS if not set(MANAGING_MODULES) & set(item.__module__.split("."))]
    unpressed = {
        item.__name__
        for item in of_videos
        if not any(map(item.__discord_ui_compiled_template__.fullmatch, done.pressed))
    }
    assert unpressed - UNREACHABLE_ITEMS == set()


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.__name__)
async def test_once_something_is_imported_nobody_is_told_so(world: World, road: Road) -> None:
    for player in players(world).values():
        await road(player)
        for card in cards(player.told):
            assert NOTE not in card
            assert VERDICT not in card
            assert ONLY_SAMPLES_SHOWN not in card


async def test_the_button_opens_the_form_for_those_alone_who_manage_the_server(empty: World) -> None:
    asked = await empty.owner.slash(empty.general, "ask", question=FOUND)
    assert not asked.ephemeral
    assert IMPORT in pressable(asked)
    refused = await empty.one.click(asked.response, label=IMPORT)
    assert refused.modal is None
    assert refused.ephemeral
    assert seen(refused) == "Only those who may manage this server can do that."
    form = await empty.owner.click(asked.response, label=IMPORT)
    assert form.modal is not None
    talk = ("Lights [AAAAAAAAAAA].srt", b"1\n00:00:01,000 --> 00:00:04,000\nthe copper lantern\n")
    assert "1 video added" in seen(await empty.owner.submit_modal(form, {"files": [talk]}))
    after = seen(await empty.owner.slash(empty.general, "ask", question="copper lantern"))
    assert NOTE not in after
    assert IMPORT not in after


async def test_somebody_who_managed_the_server_before_is_refused_too(empty: World) -> None:
    role = empty.alpha.create_role("mods", permissions=Permissions(manage_guild=True))
    member = empty.alpha.add_member(empty.env.create_user("mo"), roles=[role])
    asked = await member.slash(empty.general, "ask", question=FOUND)
    assert IMPORT in pressable(asked)
    empty.env.backend.remove_member_role(empty.alpha.id, member.id, role.id)
    assert "Only those who may manage" in seen(await member.click(asked.response, label=IMPORT))
    assert IMPORT not in pressable(await member.slash(empty.general, "ask", question=FOUND))


async def test_of_a_library_out_of_reach_nothing_is_said(world: World, library: Library) -> None:
    """It holds a video, which those who ask elsewhere need not know."""
    await library.purge(access.host_scope())
    vip = world.alpha.create_text_channel("vip")
    await world.limit(world.alpha, channels=frozenset({vip.id}))
    for person in (world.one, world.owner):
        for card in (
            await person.slash(world.general, "ask", question=FOUND),
            await person.slash(world.general, "videos"),
            await person.slash(world.general, "ask", question="zebra pizza dough"),
        ):
            assert ONLY_SAMPLES_SHOWN in seen(card)
            assert "Nothing is imported" not in seen(card)
            assert IMPORT not in seen(card)
    card = await world.stranger.slash("ask", question=FOUND)
    assert STRANGER in seen(card)
    assert ONLY_SAMPLES_SHOWN in seen(card), "their server may have videos of its own"


async def test_where_the_shared_videos_answer_no_samples_are_shown(empty: World, library: Library, rows: Rows) -> None:
    await library.import_files(access.host_scope(), [(rows(("ferry", 0, "the ferry leaves")), Labels())])
    for words in (FOUND, "ferry"):
        said = seen(await empty.owner.slash(empty.general, "ask", question=words))
        assert NOTE not in said
        assert VERDICT not in said


async def test_with_near_misses_the_links_are_explained_too(empty: World) -> None:
    said = seen(await empty.one.slash(empty.general, "ask", question="zebra pizza dough captions"))
    assert "Possibly related" in said
    assert VERDICT in said
    assert ONLY_SAMPLES_SHOWN in said


async def test_there_are_as_many_sample_talks_as_it_says(library: Library) -> None:
    assert len(await library.videos(access.sample_scope())) == 3


async def test_the_largest_card_has_room_for_the_note(empty: World) -> None:
    """Everything that people can write at once, none of which is ours to shorten away."""
    words = " ".join(["captions", "*_~`>|", "“quoted”", "𝒘𝒐𝒓𝒅𝒔"] * 40)[:1900]
    await empty.owner.slash(empty.general, "ask", question=words, video="captions", creator="samples")
    for question in (words, "and " + words[:1800], '"' + words[:1500] + '"', words + " -zebra"):
        for named in ({}, {"video": "sample-captions", "creator": "Cuepoint samples"}):
            card = await empty.owner.slash(empty.general, "ask", question=question, **named)
            assert (NOTE in seen(card)) != (VERDICT in seen(card))
            card = await empty.owner.slash(empty.general, "timeline", question=question)
            assert (NOTE in seen(card)) != (VERDICT in seen(card))


def test_the_note_fits_into_the_room_kept_for_it_in_every_language() -> None:
    for language in (SOURCE_LANGUAGE, *LANGUAGES):
        set_language(language)
        try:
            card = Card(text_display("x" * (MAX_CARD_TEXT_LENGTH - MAX_SAMPLE_NOTE_LENGTH)))
            add_sample_note(card, is_empty=True, manages=True)
            assert find_problems(card.components()) == []
        finally:
            set_language(SOURCE_LANGUAGE)


def test_the_note_is_added_once() -> None:
    card = Card(text_display("x"))
    for _ in range(2):
        add_sample_note(card, is_empty=True, manages=True)
    assert seen_in(card.components()) == f"x\n-# {NOTE}\n{IMPORT}"
