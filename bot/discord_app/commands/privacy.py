"""`/privacy`: what is kept about a user, for that user: to see, to export, and to delete."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from datetime import UTC, datetime

import discord
from discord import app_commands

from bot.discord_app.cards.parts.controls import custom_id_pattern
from bot.discord_app.delivery.responses import Interaction, send_when_ready
from bot.discord_app.delivery.retries import FIRST_RESPONSE_TIMEOUT_SECONDS, send_with_retries
from bot.discord_app.interactions.card_button import CardButton
from bot.discord_app.interactions.context import delivery_of, resolve_asker
from storage.models import Follow, PersonalData

FILE_NAME = "cuepoint-about-me.json"


@app_commands.command()
async def privacy(interaction: Interaction) -> None:
    """Show what I keep about you, export it, or have it deleted."""
    asker = await resolve_asker(interaction, private=True)
    await send_when_ready(interaction, interaction.client.app.personal_data.show(asker), delivery_of(asker))


class Export(CardButton, template=custom_id_pattern("export")):
    """Exports everything that is kept about the user who presses, as a file for them alone."""

    records_use = False

    async def act(self, interaction: Interaction) -> None:
        personal_data = interaction.client.app.personal_data
        data = await personal_data.load(interaction.user.id)
        content = export_json(data, personal_data.retention_days).encode()

        async def send_file() -> None:
            file = discord.File(io.BytesIO(content), FILE_NAME)
            await interaction.response.send_message(file=file, ephemeral=True)

        await send_with_retries(send_file, FIRST_RESPONSE_TIMEOUT_SECONDS)


def export_json(data: PersonalData, retention_days: float) -> str:
    """Return everything that is kept about a user as JSON."""
    content = {
        "kept_for_days": retention_days,
        "votes": [{**asdict(cast.vote), "voted_at": _format_moment(cast.voted_at)} for cast in data.votes],
        "questions_without_a_clear_answer": [
            {**asdict(miss), "last_asked": _format_moment(miss.last_asked)} for miss in data.misses
        ],
        "seen_in_servers": [
            {"server": str(sighting.server_id), "last_seen": _format_moment(sighting.last_seen)}
            for sighting in data.sightings
        ],
        "followed_questions": [_describe_follow(follow) for follow in data.follows],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _describe_follow(follow: Follow) -> dict[str, object]:
    """Return a question that a user follows; their id is kept with it."""
    return {
        "user": str(follow.person_id),
        "library": follow.library,
        "question": json.loads(follow.inquiry),
        "channel": str(follow.channel_id) if follow.channel_id else None,
        "language": follow.locale,
        "closest": follow.accepts_closest,
        "once": follow.is_once,
        "followed_at": _format_moment(follow.made_at),
        "known_places": [{"video_id": video_id, "second": second} for video_id, second in follow.known],
    }


def _format_moment(second: float) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat(timespec="seconds")
