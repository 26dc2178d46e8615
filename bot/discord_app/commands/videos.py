"""The commands about videos: the list of them, one by itself, and its transcript."""

from __future__ import annotations

from typing import Literal

from discord import app_commands
from discord.app_commands import Choice, Range

from bot.discord_app.cards.parts.markdown import shorten
from bot.discord_app.commands.questions import NEWEST_FIRST
from bot.discord_app.commands.suggestions import suggest_videos
from bot.discord_app.delivery.responses import Interaction, send_when_ready
from bot.discord_app.interactions.context import delivery_of, resolve_asker, resolver
from bot.discord_app.interactions.turns import answer_in_turn
from bot.discord_app.services.questions.button_state import VideoListState
from bot.discord_app.services.questions.catalogue import MAX_CHOICE_LENGTH, closest_names
from bot.errors import UnreadableTime
from bot.timecodes import parse_timecode, timecode
from storage.errors import UnknownVideo


@app_commands.command()
@app_commands.describe(
    search="Words of a title, or a creator’s name; all videos if left out", order="Which videos come first"
)
async def videos(
    interaction: Interaction,
    search: Range[str, 1, 200] = "",
    order: Literal["by title", "newest first"] = "by title",
) -> None:
    """List the videos that can be asked about here."""
    asker = await resolve_asker(interaction, private=True)
    state = VideoListState(search.strip(), order == NEWEST_FIRST)
    await send_when_ready(interaction, interaction.client.app.videos.list_videos(asker, 0, state), delivery_of(asker))


@app_commands.command(name="video")
@app_commands.describe(video="Which video: its title or its id")
@app_commands.autocomplete(video=suggest_videos)
async def video_(interaction: Interaction, video: Range[str, 1, 200]) -> None:
    """Show one video: what comes when in it, and what is typical of it."""
    service = interaction.client.app.videos
    resolve = resolver(interaction, private=True)
    await answer_in_turn(interaction, resolve, lambda asker: service.show_video(asker, video))


async def suggest_moments(interaction: Interaction, current: str) -> list[Choice[str]]:
    """Suggest the chapters of the chosen video, as far as it has any."""
    named = getattr(interaction.namespace, "video", None) or ""
    asker = await resolve_asker(interaction, private=True)
    try:
        video = (await interaction.client.app.catalogue.find_video(asker.scope, named)).video
    except UnknownVideo:
        return []
    names = [f"{timecode(chapter.start_second)} · {chapter.title}" for chapter in video.chapters]
    return [
        Choice(name=shorten(names[place], MAX_CHOICE_LENGTH), value=timecode(video.chapters[place].start_second))
        for place in closest_names(current, names)
    ]


@app_commands.command()
@app_commands.describe(
    video="Which video: its title or its id", at="A moment such as 12:34 or 5 min; the beginning if left out"
)
@app_commands.autocomplete(video=suggest_videos, at=suggest_moments)
async def transcript(interaction: Interaction, video: Range[str, 1, 200], at: Range[str, 1, 40] = "") -> None:
    """Show the words around a moment of a video."""
    try:
        moment = parse_timecode(at) if at else None
    except ValueError as error:
        raise UnreadableTime(str(error)) from error
    service = interaction.client.app.videos
    resolve = resolver(interaction, private=True)
    await answer_in_turn(interaction, resolve, lambda asker: service.show_transcript(asker, video, moment))
