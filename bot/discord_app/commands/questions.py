"""The slash commands for everyone, and the command in the menu of a message."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.answering.question import remove_operators
from bot.discord_app.cards import about as about_cards
from bot.discord_app.cards.base import Card
from bot.discord_app.cards.markdown import shorten
from bot.discord_app.commands.library import library
from bot.discord_app.commands.privacy import privacy
from bot.discord_app.commands.settings import settings
from bot.discord_app.delivery.error_handler import on_command_error
from bot.discord_app.delivery.responses import Interaction, send_when_ready
from bot.discord_app.interactions.context import delivery_of, interaction_context, resolve_asker, resolver
from bot.discord_app.interactions.handling import is_admitted
from bot.discord_app.interactions.turns import answer_in_turn
from bot.discord_app.services.asker_resolver import ResolvedAsker
from bot.discord_app.services.button_state import Inquiry, VideoListState
from bot.discord_app.services.catalogue import MAX_CHOICE_LENGTH, best_videos, closest_names, make_choices
from bot.errors import EmptyQuestion, ServerNotAccessible
from bot.operations.metrics import QuestionSource
from bot.timecodes import parse_timecode
from storage.models import Scope

MAX_MESSAGE_LENGTH = 500
"""Characters of a message that are searched for: its beginning says what it is about."""
NEWEST_FIRST = "newest first"


class CuepointTree(app_commands.CommandTree[Any]):
    """All commands, everywhere: in servers, direct messages and group messages, installed to a server or a user."""

    def __init__(self, client: discord.Client) -> None:
        # Without these, Discord's defaults allow less than everywhere.
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self.add_command(ask)
        self.add_command(timeline)
        self.add_command(videos)
        self.add_command(video_)
        self.add_command(transcript)
        self.add_command(help_)
        self.add_command(about)
        self.add_command(settings)
        self.add_command(privacy)
        self.add_command(find_in_videos)
        self.add_command(library)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Return whether to handle a command, or an autocomplete."""
        return await is_admitted(interaction)

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Hand every error to the one handler."""
        await on_command_error(interaction, error)


@app_commands.command()
@app_commands.describe(
    question='What to look for. Also understood: "exact phrase" and -without',
    video="Only in this video",
    creator="Only in this creator's videos",
    speaker="Only what this person says",
    after="Only in videos published from then on: 2025-06-03, 2025-06 or 2025",
    before="Only in videos published before: 2025-06-03, 2025-06 or 2025",
    order="Which quotes come first",
    private="Show the answer to you alone",
    server="Only in this server's own videos",
)
async def ask(
    interaction: Interaction,
    question: Range[str, 1, 2000],
    video: Range[str, 1, 200] = "",
    creator: Range[str, 1, 200] = "",
    speaker: Range[str, 1, 200] = "",
    after: Range[str, 1, 40] = "",
    before: Range[str, 1, 40] = "",
    order: Literal["best first", "newest first"] = "best first",
    private: bool | None = None,
    server: Range[str, 1, 100] = "",
) -> None:
    """Ask the videos: quotes word for word, and links to the second."""
    inquiry = Inquiry(
        question, video, creator, speaker=speaker, after=after, before=before, newest_first=order == NEWEST_FIRST
    )
    await _answer_question(interaction, inquiry, QuestionSource.SLASH, private=private, server=server)


async def _answer_question(
    interaction: Interaction, inquiry: Inquiry, source: QuestionSource, *, private: bool | None, server: str = ""
) -> None:
    questions = interaction.client.app.questions

    def answer(asker: ResolvedAsker) -> Coroutine[Any, Any, Card]:
        asked = replace(inquiry, server=asker.picked)
        return questions.answer_question(asker, asked, questions.accept(asker, asked), source)

    await answer_in_turn(interaction, resolver(interaction, private=private, picked=server), answer)


@app_commands.command()
@app_commands.describe(
    question="What to look for, as with /ask",
    video="Only in this video",
    private="Show the picture to you alone",
    server="Only in this server's own videos",
)
async def timeline(
    interaction: Interaction,
    question: Range[str, 1, 2000],
    video: Range[str, 1, 200] = "",
    private: bool | None = None,
    server: Range[str, 1, 100] = "",
) -> None:
    """Draw where in the videos something is spoken of, with the best moments."""
    questions = interaction.client.app.questions

    def draw(asker: ResolvedAsker) -> Coroutine[Any, Any, Card]:
        inquiry = Inquiry(question, video, server=asker.picked)
        return questions.show_timeline(asker, inquiry, questions.accept(asker, inquiry))

    await answer_in_turn(interaction, resolver(interaction, private=private, picked=server), draw)


@app_commands.command()
@app_commands.describe(
    search="Words of a title, or a creator's name; all videos if left out", order="Which videos come first"
)
async def videos(
    interaction: Interaction,
    search: Range[str, 1, 200] = "",
    order: Literal["by title", "newest first"] = "by title",
) -> None:
    """List the videos that can be asked about here."""
    asker = await resolve_asker(interaction, private=True)
    state = VideoListState(search.strip(), order == NEWEST_FIRST)
    await send_when_ready(
        interaction, interaction.client.app.questions.list_videos(asker, 0, state), delivery_of(asker)
    )


@app_commands.command(name="video")
@app_commands.describe(video="Which video: its title or its id")
async def video_(interaction: Interaction, video: Range[str, 1, 200]) -> None:
    """Show one video: its length, and the words that tell it from the others."""
    questions = interaction.client.app.questions
    resolve = resolver(interaction, private=True)
    await answer_in_turn(interaction, resolve, lambda asker: questions.show_video(asker, video))


@app_commands.command()
@app_commands.describe(video="Which video: its title or its id", at="A moment such as 12:34; the beginning if left out")
async def transcript(interaction: Interaction, video: Range[str, 1, 200], at: Range[str, 1, 20] = "0") -> None:
    """Show the words around a moment of a video."""
    try:
        moment = parse_timecode(at)
    except ValueError as error:
        raise EmptyQuestion(f"{error}.") from error
    questions = interaction.client.app.questions
    resolve = resolver(interaction, private=True)
    await answer_in_turn(interaction, resolve, lambda asker: questions.show_transcript(asker, video, moment))


@app_commands.command(name="help")
async def help_(interaction: Interaction) -> None:
    """Show how to ask."""
    asker = await resolve_asker(interaction, private=True)
    await send_when_ready(interaction, _as_awaitable(about_cards.help_card()), delivery_of(asker))


@app_commands.command()
async def about(interaction: Interaction) -> None:
    """Show what this bot is, what it can search, and what it keeps."""
    asker = await resolve_asker(interaction, private=True)
    await send_when_ready(interaction, interaction.client.app.questions.show_about(asker), delivery_of(asker))


@app_commands.context_menu(name="Find in videos")
async def find_in_videos(interaction: Interaction, message: discord.Message) -> None:
    """Ask with the words of somebody's message. Its author meant no operators, so none are read."""
    words = remove_operators(shorten(message.content, MAX_MESSAGE_LENGTH))
    if not words.strip():
        raise EmptyQuestion("That message has no text to look for.")
    await _answer_question(interaction, Inquiry(words), QuestionSource.MENU, private=True)


async def _as_awaitable(card: Card) -> Card:
    return card


async def _typed_scope(interaction: Interaction) -> Scope | None:
    """Return the scope of suggestions for a user who types: that of the server they have picked, if any.

    None where they may not see that server's videos.
    """
    picked = getattr(interaction.namespace, "server", None) or ""
    try:
        return (await resolve_asker(interaction, private=True, picked=picked)).scope
    except ServerNotAccessible:
        return None


@ask.autocomplete("video")
@timeline.autocomplete("video")
@video_.autocomplete("video")
@transcript.autocomplete("video")
async def suggest_videos(interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest the videos that match the typed text, best first."""
    scope = await _typed_scope(interaction)
    videos = [] if scope is None else await interaction.client.app.catalogue.list_videos(scope)
    matches = await asyncio.to_thread(best_videos, current, videos)
    return make_choices(matches)


@ask.autocomplete("server")
@timeline.autocomplete("server")
async def suggest_servers(interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest the servers that the asker was just verified to be in and whose videos they may search here."""
    servers = await interaction.client.app.askers.list_servers(interaction_context(interaction))
    names, ids = list(servers.values()), list(servers)
    return [
        Choice(name=shorten(names[place], MAX_CHOICE_LENGTH) or "unnamed", value=str(ids[place]))
        for place in closest_names(current, names)
    ]


@ask.autocomplete("creator")
async def suggest_creators(interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest the creators that match the typed text, best first."""
    scope = await _typed_scope(interaction)
    names = [] if scope is None else await interaction.client.app.catalogue.list_creators(scope)
    return await _choose_names(current, names)


@ask.autocomplete("speaker")
async def suggest_speakers(interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest those who speak in the videos and match the typed text, best first."""
    scope = await _typed_scope(interaction)
    names = [] if scope is None else await interaction.client.app.catalogue.list_speakers(scope)
    return await _choose_names(current, names)


async def _choose_names(current: str, names: list[str]) -> list[Choice[str]]:
    places = await asyncio.to_thread(closest_names, current, names)
    return [
        Choice(name=shorten(names[place], MAX_CHOICE_LENGTH) or "unnamed", value=names[place][:MAX_CHOICE_LENGTH])
        for place in places
    ]
